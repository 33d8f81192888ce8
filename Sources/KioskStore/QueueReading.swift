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
    /// Whether the law wants its dossier today, so that no limit holds it up.
    public let isWantedToday: Bool

    /// For words (``Situation``).
    public var facts: OperationFacts {
        OperationFacts(
            kind: KioskSync.Operation.Kind(rawValue: kind) ?? .report,
            state: KioskSync.Operation.State(rawValue: state) ?? .waiting, reason: reason, needs: needs, notBefore: notBefore,
            size: size, isWantedToday: isWantedToday)
    }
}

extension UnlockedStore {
    /// What is open in the outbox, in the order in which it is sent.
    ///
    /// - Throws: ``StoreError``.
    public func queue(now: Date, limit: Int = 1000) async throws -> [QueueRow] {
        try await store.read { db in
            let query: SQL = """
                \(part: Self.queueColumns(now: now)) WHERE state NOT IN ('done', 'superseded')
                ORDER BY urgency, size, id LIMIT \(limit)
                """
            return try db.all(query, QueueRow.init)
        }
    }

    private static func queueColumns(now: Date) -> SQL {
        let sendBy = FileHold.on(now).unlessSentBy.milliseconds
        let held: SQL = """
            kind = 'dossier' AND state = 'waiting' AND EXISTS (SELECT 1 FROM dossiers d JOIN accounts a ON a.id = d.account_id
                WHERE d.id = outbox.subject AND a.state NOT IN ('new', 'rejected', 'verified'))
            """
        return """
            SELECT id, kind, subject, iif(\(part: held), 'blocked', state),
                iif(\(part: held), \(BlockReason.accountUnverified.rawValue), reason), attempts, needs, not_before, size,
                urgency <= \(sendBy) AND EXISTS (SELECT 1 FROM outbox_needs n JOIN outbox o ON o.id = n.operation
                    JOIN dossiers d ON d.id = o.subject
                    WHERE n.needed = outbox.id AND o.kind = 'dossier' AND d.send_by <= \(sendBy))
            FROM outbox
            """
    }

    /// What words (``Situation``) ask of a dossier's way to the portal: its operation, its files that are not up, its account.
    ///
    /// - Throws: ``StoreError``.
    public func facts(of dossier: DossierDetail, now: Date) async throws -> DossierFacts {
        try await store.read { db in try self.facts(of: dossier.summary, problem: dossier.problem, now: now, in: db) }
    }

    private func facts(
        of summary: DossierSummary, problem: DossierProblem?, now: Date, in db: borrowing Connection
    ) throws -> DossierFacts {
        let id = summary.id
        let columns = Self.queueColumns(now: now)
        let operation = try db.first(
            "\(part: columns) WHERE subject = \(id) AND kind = 'dossier' AND state NOT IN ('done', 'superseded') ORDER BY id DESC LIMIT 1",
            QueueRow.init)
        let withdrawal = try db.first(
            """
            \(part: columns) WHERE subject = \(id) AND kind = 'withdrawal' AND state NOT IN ('done', 'superseded')
            ORDER BY id DESC LIMIT 1
            """, QueueRow.init)
        let files =
            try operation.map { operation in
                try db.all(
                    """
                    \(part: columns) WHERE kind = 'upload' AND state NOT IN ('done', 'superseded')
                        AND id IN (SELECT needed FROM outbox_needs WHERE operation = \(operation.id)) ORDER BY urgency, size, id
                    """, QueueRow.init)
            } ?? []
        let account = try db.first(
            "SELECT a.state FROM dossiers d JOIN accounts a ON a.id = d.account_id WHERE d.id = \(id)"
        ) { $0.text(0) }
        let trouble: DossierFacts.Trouble? =
            switch problem {
            case .rejection(let rejection): rejection.code == Rejection.damagedHere ? .damaged : nil
            case .conflict(.duplicate): .duplicate
            case .conflict(.absent): .absent
            case .conflict(.edited), nil: nil
            }
        return DossierFacts(
            state: summary.state, wasSealed: summary.revision > 0, status: summary.status, trouble: trouble,
            operation: operation?.facts, files: files.map(\.facts), account: account,
            withdrawal: withdrawal?.facts)
    }

    /// The way of each file of a dossier to the portal, by the file.
    ///
    /// - Throws: ``StoreError``.
    public func fileOperations(ofDossier id: String, now: Date) async throws -> [String: OperationFacts] {
        try await store.read { db in
            let rows = try db.all(
                """
                \(part: Self.queueColumns(now: now)) WHERE kind = 'upload' AND state NOT IN ('done', 'superseded')
                    AND subject IN (SELECT attachment_id FROM papers WHERE dossier_id = \(id)) ORDER BY id
                """, QueueRow.init)
            return Dictionary(rows.map { ($0.subject, $0.facts) }) { $1 }
        }
    }

    /// What decides when what waits will go.
    ///
    /// - Throws: ``StoreError``.
    public func outlook(_ plan: SendPlan, now: Date) async throws -> Outlook {
        Outlook(
            plan, kioskID: identity.kioskID, work: try await queuedWork(), runs: try await syncRuns(limit: 30).map(\.past),
            sentToday: try await countSent(bytes: 0, now: now), isMetered: try await isMetered(),
            clockError: try await clockError(now: now), now: now)
    }

    /// What waits to be sent and needs no person.
    ///
    /// - Throws: ``StoreError``.
    public func queuedWork() async throws -> QueuedWork {
        try await store.read { db in
            let large = SendLimits.largeFile
            let work = try db.first(
                """
                SELECT count(*) FILTER (WHERE kind <> 'upload'),
                    (SELECT count(DISTINCT n.operation) FROM outbox_needs n JOIN outbox u ON u.id = n.needed WHERE u.size > \(large)),
                    count(*) FILTER (WHERE kind = 'upload'), sum(iif(size <= \(large), size, 0)),
                    sum(iif(size > \(large), size, 0))
                FROM outbox WHERE state IN ('waiting', 'sending', 'in-doubt')
                """
            ) {
                QueuedWork(
                    messages: $0.int(0), messagesBehindLarge: $0.int(1), files: $0.int(2), bytes: $0.intOrNil(3) ?? 0,
                    largeBytes: $0.intOrNil(4) ?? 0)
            }
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

extension QueueRow {
    fileprivate init(_ row: borrowing Row) {
        self.init(
            id: row.int(0), kind: row.text(1), subject: row.text(2), state: row.text(3), reason: row.textOrNil(4),
            attempts: row.int(5), needs: row.int(6), notBefore: Date(milliseconds: row.int(7)), size: row.int(8),
            isWantedToday: row.bool(9))
    }
}
