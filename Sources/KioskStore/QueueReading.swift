public import FoundationEssentials
public import KioskSync
internal import SQLiteAccess

/// An operation of the outbox as lists show it.
public struct QueueRow: Codable, Equatable, Sendable {
    /// Its number.
    public let id: Int
    /// What has to happen.
    public let kind: String
    /// The dossier, file or account it is about.
    public let subject: String
    /// Where it stands.
    public let state: String
    /// Why it is not further.
    public let reason: String?
    /// How often it was tried.
    public let attempts: Int
    /// How many operations come first.
    public let needs: Int
    /// Before when it is not tried.
    public let notBefore: Date
    /// Bytes of a file.
    public let size: Int
}

extension UnlockedStore {
    /// What is open in the outbox, in the order in which it is sent.
    ///
    /// - Throws: ``StoreError``.
    public func queue(limit: Int = 1000) async throws -> [QueueRow] {
        try await store.read { db in
            try db.all(
                """
                SELECT id, kind, subject, state, reason, attempts, needs, not_before, size FROM outbox
                WHERE state NOT IN ('done', 'superseded') ORDER BY urgency, size, id LIMIT \(limit)
                """
            ) { row in
                QueueRow(
                    id: row.int(0), kind: row.text(1), subject: row.text(2), state: row.text(3), reason: row.textOrNil(4),
                    attempts: row.int(5), needs: row.int(6), notBefore: Date(milliseconds: row.int(7)), size: row.int(8))
            }
        }
    }

    /// What waits to be sent and needs no person.
    ///
    /// - Throws: ``StoreError``.
    public func queuedWork() async throws -> QueuedWork {
        try await store.read { db in
            let large = SendLimits.largeFile
            let work = try db.first(
                """
                SELECT count(*) FILTER (WHERE kind <> 'upload'), count(*) FILTER (WHERE kind = 'upload'),
                    sum(iif(size <= \(large), size, 0)), sum(iif(size > \(large), size, 0))
                FROM outbox WHERE state IN ('waiting', 'sending', 'in-doubt')
                """
            ) { QueuedWork(messages: $0.int(0), files: $0.int(1), bytes: $0.intOrNil(2) ?? 0, largeBytes: $0.intOrNil(3) ?? 0) }
            return work ?? QueuedWork()
        }
    }

    /// When the newest of the dossiers was sealed that the law wants at the portal today, or wanted earlier, and that wait for no
    /// person; nil: there is none.
    ///
    /// - Throws: ``StoreError``.
    public func urgentSealedAt(now: Date) async throws -> Date? {
        let sendBy = FileHold.on(now).unlessSentBy.milliseconds
        return try await store.read { db in
            let sealed = try db.first(
                """
                SELECT max(d.sealed_at) FROM dossiers d JOIN outbox o ON o.subject = d.id AND o.kind = 'dossier'
                WHERE d.send_by < \(sendBy) AND d.state IN ('sealed', 'in-doubt') AND o.state IN ('waiting', 'sending', 'in-doubt')
                """
            ) { $0.intOrNil(0) }
            return (sealed ?? nil).map { Date(milliseconds: $0) }
        }
    }
}
