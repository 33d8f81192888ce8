public import FoundationEssentials
internal import SQLiteAccess

// Large files go in pieces: SQLite keeps what one statement changes in memory, all of a file in one would be as large as the file.
extension UnlockedStore {
    private static let chunksAtOnce = 32

    /// Removes files that were taken in for nothing; those in use stay.
    ///
    /// - Throws: ``StoreError``.
    public func forget(_ attachments: [String]) async throws { try await sweep(attachments) }

    /// Removes files that nothing uses: half-written ones of a process that was killed, and those placed nowhere.
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

    /// Removes those of these files that nothing uses.
    func sweep(_ attachments: [String]) async throws {
        for id in attachments {
            let isReleased = try await store.write { db in try db.releaseAttachment(id) }
            guard isReleased else { continue }
            while try await store.chunks.remove(from: id, atMost: Self.chunksAtOnce) {}
            try await store.write { db in
                try db.run("DELETE FROM attachments WHERE id = \(id) AND \(part: Connection.isReleased)")
            }
        }
    }

    /// Does what may give files up, then removes their bytes.
    func sweepingReleased<Result>(_ work: () async throws -> Result) async throws -> Result {
        let result = try await work()
        // The work is done whatever becomes of the sweep: the next run sweeps what is left.
        try? await sweep(
            try await store.read { db in
                try db.all("SELECT id FROM attachments WHERE \(part: Connection.isReleased)") { $0.text(0) }
            })
        return result
    }
}

extension Connection {
    /// Whether nothing uses a file: no dossier as a paper, as what one was made of or as the signed page of a consent, no outreach as
    /// its photograph.
    fileprivate static let isUnused: SQL = """
        NOT EXISTS (SELECT 1 FROM papers WHERE papers.attachment_id = attachments.id)
            AND NOT EXISTS (SELECT 1 FROM papers WHERE papers.original_id = attachments.id)
            AND NOT EXISTS (SELECT 1 FROM consents WHERE consents.attachment_id = attachments.id)
            AND NOT EXISTS (SELECT 1 FROM consent_pages WHERE consent_pages.attachment_id = attachments.id)
            AND NOT EXISTS (SELECT 1 FROM outreach_photos WHERE outreach_photos.attachment_id = attachments.id)
        """

    /// Whether a file is nobody's any more and waits for its sweep; such a time is before all others.
    static let isReleased: SQL = "created_at = -1"

    /// Gives a file up, unless something uses it; the next sweep removes its bytes.
    ///
    /// From here on nobody finds it: who takes the same file in makes it anew.
    ///
    /// - Returns: whether it is given up.
    @discardableResult
    func releaseAttachment(_ id: String) throws -> Bool {
        try run(
            """
            UPDATE attachments SET digest = NULL, is_uploaded = 0, \(part: Self.isReleased)
            WHERE id = \(id) AND \(part: Self.isUnused)
            """)
        return changes == 1
    }
}
