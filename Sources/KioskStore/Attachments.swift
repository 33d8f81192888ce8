public import FoundationEssentials
public import KioskDomain
internal import KioskSync
internal import KioskVault
internal import SQLiteAccess

/// What is sealed of a file.
struct AttachmentFacts: Codable, Equatable {
    var sha256: String
}

extension UnlockedStore {
    /// The size of a chunk before sealing.
    static let chunkSize = 256 * 1024

    /// A file on its way in: bytes are sealed and on the disk as they come; only ``finish(now:)`` makes it one of the store's.
    public final class AttachmentWriter {
        private let owner: UnlockedStore
        private let id: String
        private let limit: Int
        private var digest: SHA256Digest
        /// What is not a whole chunk yet.
        private var pending: [UInt8] = []
        private var size = 0
        private var chunks = 0
        /// Sealed chunks that wait to be written, and the writing under way: the disk works while the next bytes are sealed.
        private var sealed: [SealedChunk] = []
        private var writing: Task<Void, any Error>?
        private var inspector: FileInspector?
        /// What an inspected file is, once it is finished.
        public private(set) var facts: FileFacts?

        init(_ owner: UnlockedStore, limit: Int, inspecting: Bool, now: Date) async throws {
            self.owner = owner
            self.limit = limit
            inspector = inspecting ? FileInspector() : nil
            try owner.store.space.checkRoom()
            let id = try Identifier.new(now: now)
            self.id = id
            digest = try SHA256Digest()
            try await owner.store.write { db in
                try db.run("INSERT INTO attachments (id, size, created_at) VALUES (\(id), 0, \(now.milliseconds))")
            }
        }

        /// Adds bytes.
        ///
        /// - Throws: ``StoreError/fileTooLarge(limit:)``, ``StoreError/unfit(_:)``, ``StoreError/diskNearlyFull(freeMegabytes:)``; what was
        ///   written is dropped.
        public func append(_ bytes: [UInt8]) async throws {
            size += bytes.count
            guard size <= limit else {
                try await abandon()
                throw StoreError.fileTooLarge(limit: limit)
            }
            do {
                try inspector?.take(bytes)
                digest.update(bytes)
                var rest = bytes[...]
                while !rest.isEmpty {
                    let part = rest.prefix(UnlockedStore.chunkSize - pending.count)
                    pending += part
                    rest = rest.dropFirst(part.count)
                    if pending.count == UnlockedStore.chunkSize { try sealPending() }
                }
                // Several chunks a transaction: one for each would make a large file slow.
                guard sealed.count >= 12 else { return }
                try owner.store.space.checkRoom()
                try await flush()
            } catch {
                try await abandon()
                throw error.asStoreError
            }
        }

        private func sealPending() throws {
            guard !pending.isEmpty else { return }
            sealed.append(
                SealedChunk(number: chunks, bytes: try owner.vault.attachments.seal(pending, as: "chunk/\(id)/\(chunks)")))
            chunks += 1
            pending.removeAll(keepingCapacity: true)
        }

        /// Begins to write what is sealed, once what was sealed before is written.
        private func flush() async throws {
            try await writing?.value
            let (file, id, batch) = (owner.store.chunks, id, ChunkBatch(sealed))
            sealed = []
            writing = Task { try await file.add(batch, to: id) }
        }

        /// Completes the file.
        ///
        /// One that the store already holds is kept once.
        ///
        /// - Returns: the attachment.
        /// - Throws: ``StoreError/emptyFile``, ``StoreError/unfit(_:)``.
        public func finish(now: Date) async throws -> StoredFile {
            guard size > 0 else {
                try await abandon()
                throw StoreError.emptyFile
            }
            do {
                try sealPending()
                try await flush()
                try await writing?.value
                try await inspectWhole()
            } catch {
                try await abandon()
                throw error.asStoreError
            }
            var finished = try SHA256Digest()
            swap(&finished, &digest)
            let sha256 = finished.finish()
            let (owner, id, size) = (owner, id, size)
            let hash = owner.vault.lookup.hash(sha256, kind: "attachment")
            let hex = Hex.encode(sha256)
            let facts = try owner.seal(AttachmentFacts(sha256: hex), as: "attachment/\(id)")
            let stored = try await owner.store.writeWithoutReserve { db in
                if let known = try db.first("SELECT id FROM attachments WHERE digest = \(hash)", { $0.text(0) }) {
                    // It may be an old one that no dossier uses any more: it is wanted again from now on.
                    try db.run("UPDATE attachments SET created_at = \(now.milliseconds) WHERE id = \(known)")
                    return StoredFile(attachment: known, size: size, sha256: hex)
                }
                try db.run(
                    """
                    UPDATE attachments SET digest = \(hash), size = \(size), sealed = \(facts)
                    WHERE id = \(id) AND NOT \(part: Connection.isReleased)
                    """)
                guard db.changes == 1 else { throw StoreError.noPaper }
                return StoredFile(attachment: id, size: size, sha256: hex)
            }
            if stored.attachment != id { try await owner.sweep([id]) }
            return stored
        }

        /// Completes the file of a paper.
        ///
        /// - Parameter fileName: the name it came under; nil where it had none.
        /// - Throws: as ``finish(now:)``.
        public func finish(component: String, fileName: String?, now: Date) async throws -> PlacedFile {
            let file = try await finish(now: now)
            guard let facts else { throw StoreError.unfit(.unknown) }
            let name = FileName.checked(fileName, ending: MediaType.ending(of: facts.mediaType) ?? "bin")
            return PlacedFile(
                component: component, fileName: name, mediaType: facts.mediaType, file: file, canJoin: ImagePDF.canEmbed(facts))
        }

        /// Ends the inspection, which reads here and there in what is on the disk already.
        private func inspectWhole() async throws {
            guard let begun = inspector else { return }
            let (owner, id) = (owner, id)
            facts = try await owner.store.chunks.read { db in
                var inspection = begun
                var reader = ChunkReader(attachment: id, vault: owner.vault)
                return try inspection.finish { offset, count in try reader.bytes(from: offset, count: count, in: db) }
            }
        }

        /// Drops what was written.
        ///
        /// - Throws: ``StoreError``.
        public func abandon() async throws {
            // What is being written has to be there to be removed; why it failed was said where it was waited for.
            _ = await writing?.result
            try await owner.sweep([id])
        }
    }

    /// A file that the store holds.
    public struct StoredFile: Equatable, Sendable {
        /// The attachment's id.
        public let attachment: String
        /// Length in bytes.
        public let size: Int
        /// Lower-case hex SHA-256.
        public let sha256: String
    }

    /// Begins to take a file in, whatever it is.
    ///
    /// - Parameter limit: the most bytes.
    /// - Throws: ``StoreError``.
    public func newAttachment(limit: Int, now: Date) async throws -> AttachmentWriter {
        try await mapped { try await AttachmentWriter(self, limit: limit, inspecting: false, now: now) }
    }

    /// Begins to take in the file of a paper: it is inspected on its way, and nothing stays of one that the portal could not read.
    ///
    /// - Throws: ``StoreError``, also ``StoreError/diskNearlyFull(freeMegabytes:)``.
    public func newPaper(limit: Int? = nil, now: Date) async throws -> AttachmentWriter {
        try await mapped { try await AttachmentWriter(self, limit: limit ?? paperLimits.fileBytes, inspecting: true, now: now) }
    }

    /// Takes the file of a paper in, piece by piece; where it fails nothing of it stays.
    ///
    /// - Parameters:
    ///   - fileName: the name it came under; nil where it had none.
    ///   - limit: the most bytes; as ``paperLimits`` says where nil.
    ///   - next: the next piece, nil at the end.
    /// - Throws: ``StoreError``, or what `next` throws.
    public func takePaper(
        component: String, fileName: String?, limit: Int? = nil, now: () -> Date, next: () async throws -> [UInt8]?
    ) async throws -> PlacedFile {
        let writer = try await newPaper(limit: limit, now: now())
        do {
            while let piece = try await next() { try await writer.append(piece) }
            return try await writer.finish(component: component, fileName: fileName, now: now())
        } catch {
            try? await writer.abandon()
            throw error
        }
    }

    /// How heavy papers may be here: what the configuration says, else what the portal's catalogue says.
    public var paperLimits: PaperLimits { store.configuration.limits.completed(by: catalogue.limits) }

    /// Bytes of a file.
    ///
    /// - Returns: at most `count` bytes; fewer at the file's end.
    /// - Throws: `DamagedHere` where a chunk was changed, moved or lost; else ``StoreError``.
    public func bytes(of attachment: String, from offset: Int, count: Int) async throws -> [UInt8] {
        guard count > 0 else { return [] }
        let size = Self.chunkSize
        let range = offset / size...(offset + count - 1) / size
        let vault = vault
        let (bytes, missing) = try await store.chunks.read { db -> ([UInt8], Int?) in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(range.count * size)
            for number in range {
                guard try db.openChunk(number, of: attachment, vault: vault, appendingTo: &bytes) else { return (bytes, number) }
            }
            return (bytes, nil)
        }
        if let missing, try await length(of: attachment) > missing * size { throw DamagedHere() }
        let from = offset - range.lowerBound * size
        return from == 0 && bytes.count <= count ? bytes : Array(bytes.dropFirst(from).prefix(count))
    }

    private func length(of attachment: String) async throws -> Int {
        try await store.read { db in try db.first("SELECT size FROM attachments WHERE id = \(attachment)") { $0.int(0) } ?? 0 }
    }
}

/// Reads here and there in a file, with the last chunk at hand.
private struct ChunkReader {
    let attachment: String
    let vault: Vault
    private var last: (number: Int, plain: [UInt8])?

    init(attachment: String, vault: Vault) {
        self.attachment = attachment
        self.vault = vault
    }

    /// So many bytes; fewer at the file's end.
    mutating func bytes(from offset: Int, count: Int, in db: borrowing Connection) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let number = (offset + bytes.count) / UnlockedStore.chunkSize
            if last?.number != number {
                var plain: [UInt8] = []
                guard try db.openChunk(number, of: attachment, vault: vault, appendingTo: &plain) else { break }
                last = (number, plain)
            }
            guard let plain = last?.plain else { break }
            let from = offset + bytes.count - number * UnlockedStore.chunkSize
            guard from < plain.count else { break }
            bytes += plain[from..<min(plain.count, from + count - bytes.count)]
        }
        return bytes
    }
}

extension Error {
    /// A file's fault as the store's own error.
    fileprivate var asStoreError: any Error { (self as? FileFault).map { StoreError.unfit($0) } ?? self }
}
