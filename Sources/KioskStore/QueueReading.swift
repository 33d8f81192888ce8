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

/// What a run did.
public struct SyncRunRow: Codable, Equatable, Sendable {
    /// When it began.
    public let beganAt: Date
    /// When it ended.
    public let endedAt: Date
    /// Dossiers confirmed.
    public let delivered: Int
    /// Files confirmed.
    public let uploaded: Int
    /// Bytes sent.
    public let bytesSent: Int
    /// Changes that were new.
    public let changesApplied: Int
    /// Why it ended early.
    public let stop: String?
}

extension UnlockedStore {
    /// What is open in the outbox, in the order in which it is sent.
    ///
    /// - Throws: ``StoreError``.
    public func queue(limit: Int = 1000) async throws -> [QueueRow] {
        try await store.read { db in
            try db.all(
                """
                SELECT id, kind, subject, iif(held, 'blocked', state), iif(held, \(BlockReason.accountUnverified.rawValue), reason),
                    attempts, needs, not_before, size
                FROM (
                    SELECT *, kind = 'dossier' AND state = 'waiting' AND subject IN (\(part: Self.heldByAccount)) AS held FROM outbox
                    WHERE state NOT IN ('done', 'superseded') ORDER BY urgency, size, id LIMIT \(limit))
                ORDER BY urgency, size, id
                """
            ) { row in
                QueueRow(
                    id: row.int(0), kind: row.text(1), subject: row.text(2), state: row.text(3), reason: row.textOrNil(4),
                    attempts: row.int(5), needs: row.int(6), notBefore: Date(milliseconds: row.int(7)), size: row.int(8))
            }
        }
    }

    /// Keeps what a run did; the last 90 are kept.
    ///
    /// - Throws: ``StoreError``.
    public func keep(_ report: SyncReport, beganAt: Date, endedAt: Date) async throws {
        try await store.write { db in
            try db.run(
                """
                INSERT INTO sync_runs (began_at, ended_at, delivered, uploaded, bytes_sent, changes_applied, stop)
                VALUES (\(beganAt.milliseconds), \(endedAt.milliseconds), \(report.delivered), \(report.uploaded), \(report.bytesSent),
                    \(report.changesApplied), \(report.stop?.rawValue))
                """)
            try db.run("DELETE FROM sync_runs WHERE id <= (SELECT max(id) FROM sync_runs) - 90")
        }
    }

    /// What the last runs did, the newest first.
    ///
    /// - Throws: ``StoreError``.
    public func syncRuns(limit: Int = 10) async throws -> [SyncRunRow] {
        try await store.read { db in
            try db.all(
                """
                SELECT began_at, ended_at, delivered, uploaded, bytes_sent, changes_applied, stop FROM sync_runs
                ORDER BY id DESC LIMIT \(limit)
                """
            ) { row in
                SyncRunRow(
                    beganAt: Date(milliseconds: row.int(0)), endedAt: Date(milliseconds: row.int(1)), delivered: row.int(2),
                    uploaded: row.int(3), bytesSent: row.int(4), changesApplied: row.int(5), stop: row.textOrNil(6))
            }
        }
    }
}
