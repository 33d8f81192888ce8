public import FoundationEssentials
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
        private var pending: [UInt8] = []
        private var size = 0
        private var chunks = 0

        init(_ owner: UnlockedStore, limit: Int, now: Date) async throws {
            self.owner = owner
            self.limit = limit
            let id = try Identifier.new(now: now)
            self.id = id
            digest = try SHA256Digest()
            try await owner.store.write { db in
                try db.run("INSERT INTO attachments (id, size, created_at) VALUES (\(id), 0, \(now.milliseconds))")
            }
        }

        /// Adds bytes.
        ///
        /// - Throws: ``StoreError/fileTooLarge(limit:)``; what was written is dropped.
        public func append(_ bytes: [UInt8]) async throws {
            size += bytes.count
            guard size <= limit else {
                try await abandon()
                throw StoreError.fileTooLarge(limit: limit)
            }
            digest.update(bytes)
            pending += bytes
            // Several chunks a transaction: a sync of the disk for each would make a large file slow.
            if pending.count >= 8 * UnlockedStore.chunkSize { try await flush(all: false) }
        }

        private func flush(all: Bool) async throws {
            var sealed: [(number: Int, bytes: [UInt8])] = []
            var from = 0
            while pending.count - from >= UnlockedStore.chunkSize || (all && from < pending.count) {
                let end = min(pending.count, from + UnlockedStore.chunkSize)
                let number = chunks + sealed.count
                sealed.append((number, try owner.vault.attachments.seal(pending[from..<end], as: "chunk/\(id)/\(number)")))
                from = end
            }
            chunks += sealed.count
            pending.removeFirst(from)
            let id = id
            let rows = sealed
            try await owner.store.write { db in
                for row in rows {
                    try db.run(
                        "INSERT INTO attachment_chunks (attachment_id, number, sealed) VALUES (\(id), \(row.number), \(row.bytes))"
                    )
                }
            }
        }

        /// Completes the file.
        ///
        /// One that the store already holds is kept once.
        ///
        /// - Returns: the attachment.
        /// - Throws: ``StoreError/emptyFile``.
        public func finish(now: Date) async throws -> StoredFile {
            guard size > 0 else {
                try await abandon()
                throw StoreError.emptyFile
            }
            try await flush(all: true)
            var finished = try SHA256Digest()
            swap(&finished, &digest)
            let sha256 = finished.finish()
            let (owner, id, size) = (owner, id, size)
            let hash = owner.vault.lookup.hash(sha256, kind: "attachment")
            let hex = Hex.encode(sha256)
            let facts = try owner.seal(AttachmentFacts(sha256: hex), as: "attachment/\(id)")
            return try await owner.store.write { db in
                if let known = try db.first("SELECT id FROM attachments WHERE digest = \(hash)", { $0.text(0) }) {
                    try db.run("DELETE FROM attachments WHERE id = \(id)")
                    // It may be an old one that no dossier uses any more: it is wanted again from now on.
                    try db.run("UPDATE attachments SET created_at = \(now.milliseconds) WHERE id = \(known)")
                    return StoredFile(attachment: known, size: size, sha256: hex)
                }
                try db.run("UPDATE attachments SET digest = \(hash), size = \(size), sealed = \(facts) WHERE id = \(id)")
                return StoredFile(attachment: id, size: size, sha256: hex)
            }
        }

        /// Drops what was written.
        ///
        /// - Throws: ``StoreError``.
        public func abandon() async throws {
            let id = id
            try await owner.store.write { db in try db.run("DELETE FROM attachments WHERE id = \(id) AND digest IS NULL") }
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

    /// Begins to take a file in.
    ///
    /// - Parameter limit: the most bytes.
    /// - Throws: ``StoreError``.
    public func newAttachment(limit: Int, now: Date) async throws -> AttachmentWriter {
        try await mapped { try await AttachmentWriter(self, limit: limit, now: now) }
    }

    /// Bytes of a file.
    ///
    /// - Returns: at most `count` bytes; fewer at the file's end.
    /// - Throws: `DamagedHere` where a chunk was changed or moved; else ``StoreError``.
    public func bytes(of attachment: String, from offset: Int, count: Int) async throws -> [UInt8] {
        guard count > 0 else { return [] }
        let size = Self.chunkSize
        let range = offset / size...(offset + count - 1) / size
        return try await mapped {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count)
            for number in range {
                let sealed = try await store.read { db in
                    try db.first(
                        "SELECT sealed FROM attachment_chunks WHERE attachment_id = \(attachment) AND number = \(number)"
                    ) { $0.blob(0) }
                }
                guard let sealed else { break }
                guard let plain = try? vault.attachments.open(sealed, as: "chunk/\(attachment)/\(number)") else {
                    throw DamagedHere()
                }
                let from = max(0, offset - number * size)
                let end = min(plain.count, offset + count - number * size)
                if from < end { bytes += plain[from..<end] }
            }
            return bytes
        }
    }

    /// Removes files that were taken in for nothing; those that some dossier uses stay.
    ///
    /// - Throws: ``StoreError``.
    public func forget(_ attachments: [String]) async throws {
        guard !attachments.isEmpty else { return }
        try await store.write { db in
            for id in attachments { try db.deleteUnusedAttachment(id) }
        }
    }

    /// Removes files that no dossier uses: half-written ones of a process that was killed, and those placed nowhere.
    ///
    /// - Parameter instant: only files begun before it, so that one being written now stays.
    /// - Throws: ``StoreError``.
    public func purgeOrphans(olderThan instant: Date) async throws {
        try await store.write { db in
            try db.run(
                """
                DELETE FROM attachments WHERE created_at < \(instant.milliseconds) AND \(part: Connection.isUnused)
                """)
        }
    }
}

extension Connection {
    /// Whether no dossier uses a file, neither as a paper nor as what one was made of nor as the signed page of a consent.
    fileprivate static let isUnused: SQL = """
        NOT EXISTS (SELECT 1 FROM papers WHERE papers.attachment_id = attachments.id)
            AND NOT EXISTS (SELECT 1 FROM papers WHERE papers.original_id = attachments.id)
            AND NOT EXISTS (SELECT 1 FROM consents WHERE consents.attachment_id = attachments.id)
            AND NOT EXISTS (SELECT 1 FROM consent_pages WHERE consent_pages.attachment_id = attachments.id)
        """

    /// Removes a file, unless some dossier uses it.
    func deleteUnusedAttachment(_ id: String) throws {
        try run("DELETE FROM attachments WHERE id = \(id) AND \(part: Self.isUnused)")
    }
}
