public import FoundationEssentials
internal import SQLiteAccess

// Large files go in pieces: SQLite keeps what one statement changes in memory, all of a file in one would be as large as the file.
extension UnlockedStore {
    private static let chunksAtOnce = 32

    /// Removes files that were taken in for nothing; those that some dossier uses stay.
    ///
    /// - Throws: ``StoreError``.
    public func forget(_ attachments: [String]) async throws { try await sweep(attachments) }

    /// Removes files that no dossier uses: half-written ones of a process that was killed, and those placed nowhere.
    ///
    /// - Parameter instant: only files begun before it, so that one being written now stays.
    /// - Throws: ``StoreError``.
    public func purgeOrphans(olderThan instant: Date) async throws {
        let orphans = try await store.read { db in
            try db.all(
                """
                SELECT id FROM attachments WHERE created_at < \(instant.milliseconds) AND \(part: Connection.isUnused)
                """
            ) { $0.text(0) }
        }
        try await sweep(orphans)
    }

    /// Removes those of these files that no dossier uses.
    func sweep(_ attachments: [String]) async throws {
        for id in attachments {
            // From here on nobody finds it: who takes the same file in makes it anew.
            let isUnused = try await store.write { db in
                try db.run(
                    """
                    UPDATE attachments SET digest = NULL, is_uploaded = 0 WHERE id = \(id) AND \(part: Connection.isUnused)
                    """)
                return db.changes == 1
            }
            if isUnused { try await sweepUnfinished(id) }
        }
    }

    /// Removes a file that is not, or no more, one of the store's.
    func sweepUnfinished(_ id: String) async throws {
        while true {
            let isOver = try await store.write { db in
                try db.run(
                    """
                    DELETE FROM attachment_chunks WHERE id IN (
                        SELECT c.id FROM attachment_chunks c JOIN attachments a ON a.id = c.attachment_id
                        WHERE a.id = \(id) AND a.digest IS NULL LIMIT \(Self.chunksAtOnce))
                    """)
                guard db.changes < Self.chunksAtOnce else { return false }
                try db.run("DELETE FROM attachments WHERE id = \(id) AND digest IS NULL")
                return true
            }
            if isOver { return }
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

    /// Removes a small file, such as a picture of a page, in the transaction under way, unless some dossier uses it.
    func deleteUnusedAttachment(_ id: String) throws {
        try run("DELETE FROM attachments WHERE id = \(id) AND \(part: Self.isUnused)")
    }
}
