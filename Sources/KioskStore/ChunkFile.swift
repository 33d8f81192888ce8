internal import Glibc
internal import KioskSync
internal import KioskVault
internal import SQLiteAccess
internal import Synchronization

/// A piece of a file, sealed.
struct SealedChunk: Sendable {
    let number: Int
    let bytes: [UInt8]
}

/// Chunks on their way to the disk; each is let go as it is written, so that none is in memory twice for long.
final class ChunkBatch: Sendable {
    private let chunks: Mutex<[SealedChunk]>

    init(_ chunks: [SealedChunk]) { self.chunks = Mutex(chunks.reversed()) }

    func next() -> SealedChunk? { chunks.withLock { $0.popLast() } }
}

/// `attachments.sqlite`: the bytes of files in sealed chunks.
///
/// It is a file of its own beside `kiosk.sqlite` because it is written another way (``Connection/Kind/blobs``). Which attachments there
/// are is told by `kiosk.sqlite` alone: chunks come before their attachment is one of the store's and go before its row does, so a
/// crash between the two files leaves at most chunks that a sweep finds by that row.
final class ChunkFile: Sendable {
    private let database: Database

    /// `KIOC`, in the file's header.
    private static let migrator = Migrator(applicationID: 0x4B49_4F43, steps: [first])

    private static let first: StaticString = """
        CREATE TABLE attachment_chunks (
            -- a file's bytes in sealed chunks of 256 KiB, so that any offset is reached in bounded memory
            id INTEGER PRIMARY KEY,
            attachment_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            sealed BLOB NOT NULL,
            UNIQUE (attachment_id, number)
        ) STRICT;
        """

    private init(_ database: Database) { self.database = database }

    /// Opens the file of a data folder, making it where there are no attachments yet.
    ///
    /// - Parameter records: `kiosk.sqlite`, before its schema is brought up to date: up to schema version 6 it held the chunks itself, and
    ///   they are taken over.
    /// - Throws: `SQLiteError`; `.damaged` where the file is missing.
    static func open(in folder: String, beside records: borrowing Connection) throws -> ChunkFile {
        let path = folder + "/attachments.sqlite"
        let isNew = access(path, F_OK) != 0
        let tables = try records.all("SELECT name FROM sqlite_schema WHERE name IN ('attachments', 'attachment_chunks')") {
            $0.text(0)
        }
        if isNew, tables == ["attachments"],
            try records.first("SELECT 1 FROM attachments WHERE digest IS NOT NULL", { _ in true }) == true
        {
            throw SQLiteError(
                kind: .damaged, operation: "opening attachments.sqlite", message: "the file with the papers is missing")
        }
        var connection = try Connection(path: path, kind: .blobs)
        chmod(path, 0o600)
        try migrator.run(on: &connection)
        if tables.contains("attachment_chunks") { try takeOver(from: records, to: path) }
        return ChunkFile(Database(connection, label: "kiosk.attachments"))
    }

    /// Copies the chunks that lie with the records; what is there already, of a take-over that was cut short, is the same.
    private static func takeOver(from records: borrowing Connection, to path: String) throws {
        var chunks = try Connection(path: path, kind: .blobs)
        var last = 0
        while true {
            let rows = try records.all(
                "SELECT id, attachment_id, number, sealed FROM attachment_chunks WHERE id > \(last) ORDER BY id LIMIT 16"
            ) { (id: $0.int(0), attachment: $0.text(1), chunk: SealedChunk(number: $0.int(2), bytes: $0.blob(3))) }
            guard let final = rows.last else { return }
            try chunks.transaction { db in
                for row in rows {
                    try db.run(
                        """
                        INSERT OR IGNORE INTO attachment_chunks (attachment_id, number, sealed)
                        VALUES (\(row.attachment), \(row.chunk.number), \(row.chunk.bytes))
                        """)
                }
            }
            last = final.id
        }
    }

    /// Writes chunks of a file; they are on the disk when this returns.
    func add(_ batch: ChunkBatch, to attachment: String) async throws {
        try await mapped {
            try await database.write { db in
                while let chunk = batch.next() {
                    try db.run(
                        """
                        INSERT INTO attachment_chunks (attachment_id, number, sealed)
                        VALUES (\(attachment), \(chunk.number), \(chunk.bytes))
                        """)
                }
            }
        }
    }

    /// Removes chunks of a file.
    ///
    /// - Returns: whether there may be more of them.
    func remove(from attachment: String, atMost count: Int) async throws -> Bool {
        try await mapped {
            try await database.write { db in
                try db.run(
                    """
                    DELETE FROM attachment_chunks WHERE id IN (
                        SELECT id FROM attachment_chunks WHERE attachment_id = \(attachment) LIMIT \(count))
                    """)
                return db.changes == count
            }
        }
    }

    func read<T: Sendable>(_ body: @Sendable (borrowing Connection) throws -> T) async throws -> T {
        try await mapped { try await database.read(body) }
    }

    /// Like ``read(_:)``, but whoever asks waits.
    func readAtOnce<T: Sendable>(_ body: @Sendable (borrowing Connection) throws -> T) throws -> T {
        try mapped { try database.readAtOnce(body) }
    }
}

extension Connection {
    /// Opens a chunk of `attachments.sqlite`.
    ///
    /// - Returns: whether it is there.
    /// - Throws: `DamagedHere` where it was changed or moved; `SQLiteError`.
    func openChunk(_ number: Int, of attachment: String, vault: Vault, appendingTo plain: inout [UInt8]) throws -> Bool {
        try first("SELECT sealed FROM attachment_chunks WHERE attachment_id = \(attachment) AND number = \(number)") { row in
            try row.openChunk(0, as: number, of: attachment) { sealed, identity in
                try vault.attachments.open(sealed, as: identity, appendingTo: &plain)
            }
            return true
        } ?? false
    }

    /// Opens chunks one after another into a space, as many as there is room for.
    ///
    /// One statement is one lock of the file, whatever it reads.
    ///
    /// - Returns: how many bytes are in the space; none where the first is too long for it.
    /// - Throws: `DamagedHere` where the first is not there, or one was changed or moved; `SQLiteError`.
    func openChunks(
        from number: Int, of attachment: String, vault: Vault, into space: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        let most = (space.count + UnlockedStore.chunkSize - 1) / UnlockedStore.chunkSize
        var filled = 0
        let opened = try all(
            """
            SELECT number, sealed FROM attachment_chunks WHERE attachment_id = \(attachment) AND number >= \(number)
            ORDER BY number LIMIT \(most)
            """
        ) { row in
            guard row.int(0) == number + filled / UnlockedStore.chunkSize else { return false }
            try row.openChunk(1, as: row.int(0), of: attachment) { sealed, identity in
                guard sealed.count - SealingKey.overhead <= space.count - filled else { return }
                let room = UnsafeMutableRawBufferPointer(rebasing: space[filled...])
                filled += try vault.attachments.open(sealed, as: identity, into: room)
            }
            return true
        }
        guard opened.first == true else { throw DamagedHere() }
        return filled
    }
}

extension Row {
    /// Lends a sealed chunk and the identity that it is sealed under.
    fileprivate func openChunk(
        _ column: Int, as number: Int, of attachment: String, _ open: (UnsafeRawBufferPointer, String) throws -> Void
    ) throws {
        try withBlob(column) { sealed in
            do {
                try open(sealed, "chunk/\(attachment)/\(number)")
            } catch VaultError.doesNotOpen {
                throw DamagedHere()
            }
        }
    }
}
