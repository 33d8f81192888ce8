public import FoundationEssentials
public import JSONTree
internal import KioskDomain
public import KioskSync
internal import SQLiteAccess

extension UnlockedStore {
    /// Ends a conflict by a person's choices: what they make is checked by the form, stored as a revision with both copies as its
    /// parents, and queued under the portal's newest ETag.
    ///
    /// - Parameter choices: for every clash of the dossier what stands, and values for other fields where the form asks for it.
    /// - Returns: what sealing gives; its state is `delivered` where the portal holds the result already.
    /// - Throws: ``StoreError``: `.noConflict`, `.choices`, `.notReady`, `.noDossier`.
    public func resolveConflict(of id: String, choices: [JSONPointer: Reconciliation.Choice], now: Date) async throws -> Sealed {
        try await mapped {
            try await store.write { db in
                let (operation, ours, theirs) = try self.conflict(of: id, in: db)
                let merge = try self.reconciliation(of: id, operation, ours: ours, theirs: theirs, in: db)
                var side: Reconciliation.Side
                do throws(Reconciliation.ChoiceFault) {
                    side = try merge.settled(by: choices)
                } catch {
                    throw StoreError.choices(error)
                }
                try self.check(&side, of: id, theirs: theirs, now: now, in: db)
                let changes =
                    merge.changes
                    + merge.clashes.map { clash in
                        MergedChange(pointer: clash.pointer, from: choices[clash.pointer] == .theirs ? .theirs : .ours)
                    }
                let revision = try self.insertMerge(
                    side, of: id, ours: ours, theirs: theirs, changes: changes, event: .resolved, by: self.operatorRow.id,
                    now: now,
                    in: &db)
                let isThere = side == Reconciliation.Side(theirs)
                let state: DossierState = isThere ? .delivered : .sealed
                try db.run(
                    """
                    UPDATE dossiers SET state = \(state.rawValue), problem = NULL, sealed_at = \(now.milliseconds),
                        updated_at = \(now.milliseconds) WHERE id = \(id)
                    """)
                let row = try db.first("SELECT receipt, account_id, send_by FROM dossiers WHERE id = \(id)") {
                    ($0.text(0), $0.text(1), $0.intOrNil(2))
                }
                guard let (receipt, account, sendBy) = row else { throw StoreError.noDossier }
                if isThere {
                    try db.supersede(kind: .dossier, subject: id, now: now)
                    try db.addEvent(dossier: id, .delivered, by: nil, now: now)
                } else {
                    try self.enqueueDossier(
                        id, revision: revision, papers: try self.readPapers(of: id, in: db), account: (account, nil),
                        sendBy: sendBy.map { Date(milliseconds: $0) }, etag: theirs.etag, now: now, in: &db)
                }
                return Sealed(id: id, receipt: receipt, state: state)
            }
        }
    }

    /// The operation that stands in conflict, what it sends and the portal's newest copy.
    func conflict(of id: String, in db: borrowing Connection) throws -> (OpenOperation, OwnRevision, PortalDossier) {
        let row = try db.first("SELECT problem, portal_etag FROM dossiers WHERE id = \(id)") {
            ($0.blobOrNil(0), $0.textOrNil(1))
        }
        guard let (problem, etag) = row else { throw StoreError.noDossier }
        let operation = try db.first(
            """
            SELECT id, revision, etag, attempts FROM outbox WHERE subject = \(id) AND kind = 'dossier' AND state = 'conflict'
            ORDER BY id DESC LIMIT 1
            """, Self.openOperation)
        guard case .conflict(.edited) = try openIfPresent(DossierProblem.self, problem, as: "problem/\(id)"), let operation,
            let ours = try ownRevision(of: id, number: operation.revision, in: db),
            let theirs = try portalDossier(id, etag: etag, in: db)
        else { throw StoreError.noConflict }
        return (operation, ours, theirs)
    }

    /// Holds what a person chose against the form, and leaves out what is not asked then.
    private func check(
        _ side: inout Reconciliation.Side, of id: String, theirs: PortalDossier, now: Date, in db: borrowing Connection
    ) throws {
        let form = Form(try procedure(ofDossier: id, in: db), today: VietnamTime.day(of: now))
        // Only of people's answers: what the portal keeps beside the form is the portal's.
        for issue in form.unasked(in: side.answers).reversed() { side.answers.set(nil, at: issue.pointer) }
        let attached = Dictionary(grouping: side.papers, by: \.component).mapValues(\.count)
        let filed = form.issues(in: side.answers) + form.paperIssues(for: side.answers, attached: attached)
        let held = Set(form.issues(in: theirs.answers).map { [$0.pointer.addressed(in: theirs.answers).description, $0.code] })
        let answers = side.answers
        let faults = filed.filter {
            $0.severity == .error && !held.contains([$0.pointer.addressed(in: answers).description, $0.code])
        }
        guard faults.isEmpty else { throw StoreError.notReady(faults) }
    }
}
