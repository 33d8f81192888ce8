public import FoundationEssentials
internal import KioskDomain
internal import KioskSync
internal import SQLiteAccess

// What the portal confirmed and does not know any more, as after a restoration from a backup.
//
// The id makes sending again safe: a portal that holds the dossier after all takes no second one. What it cannot know is what people
// did meanwhile: officers may have taken the dossier in again on paper, or settled it before it was lost. So what is being amended is
// created again by itself, for it has to get there in any case; a dossier that nothing is sent of waits for the village head, who asks
// the commune police first. Nothing of it is lost here: its revisions and files stay.

extension UnlockedStore {
    /// Records that the portal does not know what an operation is about.
    func noteAbsence(_ operation: KioskSync.Operation, notBefore: Date, now: Date, in db: inout Connection) throws {
        switch operation.kind {
        case .dossier: try createAgain(operation, notBefore: notBefore, now: now, in: &db)
        case .check:
            try finish(operation.id, now: now, in: &db)
            try holdLost(operation.subject, now: now, in: &db)
        case .verification, .newCode:
            // Registering sends a code of its own.
            _ = try registerAgain(operation.subject, now: now, in: &db)
        case .withdrawal:
            try finish(operation.id, now: now, in: &db)
            try db.forgetPortalCopy(of: operation.subject, now: now)
            try db.setWithdrawn(operation.subject, now: now)
        case .account, .upload, .report:
            try db.run(
                "UPDATE outbox SET state = 'rejected', reason = \(RetryReason.absent.rawValue), updated_at = \(now.milliseconds) WHERE id = \(operation.id)"
            )
        }
    }

    private func createAgain(
        _ operation: KioskSync.Operation, notBefore: Date, now: Date, in db: inout Connection
    ) throws {
        let id = operation.subject
        let number = try db.first("SELECT revision FROM outbox WHERE id = \(operation.id)") { $0.int(0) }
        guard let ours = try ownRevision(of: id, number: number, in: db) else { throw StoreError.noDossier }
        let revision = try withoutLostPapers(ours, of: id, event: .absent, by: nil, now: now, in: &db)
        try db.forgetPortalCopy(of: id, now: now)
        try db.run("UPDATE outbox SET etag = NULL, revision = \(revision) WHERE id = \(operation.id)")
        try again(operation.id, state: "waiting", .absent, notBefore, now, in: &db)
        try db.run("UPDATE dossiers SET state = 'sealed' WHERE id = \(id) AND state = 'in-doubt'")
    }

    /// Stops a delivered dossier for a person; one that has something under way finds out by itself.
    private func holdLost(_ id: String, now: Date, in db: inout Connection) throws {
        let row = try db.first("SELECT state, portal_code, portal_status FROM dossiers WHERE id = \(id)") {
            (DossierState(rawValue: $0.text(0)), $0.textOrNil(1), $0.textOrNil(2))
        }
        guard let (state, code, status) = row, state == .delivered else { return }
        try db.forgetPortalCopy(of: id, now: now)
        let conflict = Conflict.absent(code: code ?? "", status: PortalStatus(rawValue: status ?? ""))
        try stop(id, .conflict, .conflict(conflict), event: .absent, now: now, in: &db)
    }

    /// Sends a dossier again as it was sealed that the portal does not hold any more; a person has decided so.
    ///
    /// - Throws: ``StoreError``: `.noConflict` where nobody has to decide that, `.noDossier`.
    public func sendAgain(_ id: String, now: Date) async throws {
        try await mapped {
            try await store.write { db in
                let row = try db.first("SELECT problem, account_id, send_by FROM dossiers WHERE id = \(id)") {
                    ($0.blobOrNil(0), $0.textOrNil(1), $0.intOrNil(2))
                }
                guard let (problem, account, sendBy) = row else { throw StoreError.noDossier }
                guard case .conflict(.absent) = try self.openIfPresent(DossierProblem.self, problem, as: "problem/\(id)"),
                    let account, let ours = try self.ownRevision(of: id, in: db)
                else { throw StoreError.noConflict }
                let revision = try self.withoutLostPapers(
                    ours, of: id, event: .sentAgain, by: self.operatorRow.id, now: now, in: &db)
                try db.run(
                    "UPDATE dossiers SET state = 'sealed', problem = NULL, updated_at = \(now.milliseconds) WHERE id = \(id)")
                try self.enqueueDossier(
                    id, revision: revision, papers: try self.sentPapers(of: id, in: db), account: (account, nil),
                    sendBy: sendBy.map { Date(milliseconds: $0) }, etag: nil, now: now, in: &db)
            }
        }
    }

    /// A revision without the papers that only the portal had, which are lost with its copy; the same where there are none.
    ///
    /// - Returns: the number of what is to be sent.
    private func withoutLostPapers(
        _ ours: OwnRevision, of id: String, event: DossierEvent.Kind, by operatorID: String?, now: Date, in db: inout Connection
    ) throws -> Int {
        let own = Set(try readPapers(of: id, withRemoved: true, in: db).map(\.sha256))
        var content = ours.content
        content.papers.removeAll { !own.contains($0.sha256) }
        guard content.papers.count < ours.content.papers.count else {
            try db.addEvent(dossier: id, event, by: operatorID, now: now)
            return ours.number
        }
        let number = try insertRevision(of: id, content: content, base: ours.base, by: operatorID, now: now, in: &db)
        try db.run("UPDATE dossiers SET revision = \(number) WHERE id = \(id)")
        try addMergeEvent(event, dossier: id, [], revision: number, by: operatorID, now: now, in: &db)
        return number
    }
}

extension Connection {
    /// Forgets what the portal held of a dossier; its copies stay among the revisions.
    func forgetPortalCopy(of dossier: String, now: Date) throws {
        try run(
            """
            UPDATE dossiers SET portal_code = NULL, portal_version = NULL, portal_status = NULL, portal_status_at = NULL,
                portal_due_at = NULL, portal_etag = NULL, updated_at = \(now.milliseconds) WHERE id = \(dossier)
            """)
    }

    /// Has every delivered dossier that is not over looked for at the portal, after all else that is to be done.
    func enqueueChecks(now: Date) throws {
        let (time, urgency) = (now.milliseconds, now.addingTimeInterval(365 * 86_400).milliseconds)
        let statuses = try all("SELECT DISTINCT portal_status FROM dossiers WHERE portal_status IS NOT NULL") {
            PortalStatus(rawValue: $0.text(0))
        }
        for status in statuses where !status.isOver {
            try run(
                """
                INSERT INTO outbox (kind, subject, state, not_before, urgency, size, created_at, updated_at)
                SELECT 'check', id, 'waiting', \(time), \(urgency), 0, \(time), \(time) FROM dossiers
                WHERE portal_status = \(status.rawValue) AND state = 'delivered' AND NOT EXISTS (
                    SELECT 1 FROM outbox o WHERE o.subject = dossiers.id AND o.kind = 'check'
                        AND o.state IN ('waiting', 'sending', 'in-doubt'))
                """)
        }
    }
}
