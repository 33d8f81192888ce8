public import FoundationEssentials
public import JSONTree
public import KioskDomain
public import KioskSync
internal import SQLiteAccess

/// What a person's choices would make of a conflict, before anything is stored.
public struct ResolutionPreview: Equatable, Sendable {
    /// The answers.
    public var answers: JSONValue
    /// The papers, by component and digest.
    public var papers: Set<PortalDossier.HeldPaper>
    /// What the form finds wrong in them that it does not find in the portal's copy; nothing is sealed with it.
    public var faults: [FormIssue]
    /// Whether the portal holds just this already, so that nothing is sent.
    public var isThere: Bool
}

extension UnlockedStore {
    /// What choices would make of a conflict, checked by the form; nothing is stored.
    ///
    /// - Throws: ``StoreError``: `.noConflict`, `.choices`, `.noDossier`.
    public func previewResolution(
        of id: String, choices: [JSONPointer: Reconciliation.Choice], now: Date
    ) async throws -> ResolutionPreview {
        try await mapped {
            try await store.read { db in
                let (operation, ours, theirs) = try self.conflict(of: id, in: db)
                let merge = try self.reconciliation(of: id, operation, ours: ours, theirs: theirs, in: db)
                var side = try self.settled(merge, by: choices)
                let faults = try self.faults(of: &side, of: id, theirs: theirs, now: now, in: db)
                return ResolutionPreview(
                    answers: side.answers, papers: side.papers, faults: faults,
                    isThere: side == Reconciliation.Side(theirs))
            }
        }
    }

    private func settled(
        _ merge: Reconciliation, by choices: [JSONPointer: Reconciliation.Choice]
    ) throws -> Reconciliation.Side {
        do throws(Reconciliation.ChoiceFault) {
            return try merge.settled(by: choices)
        } catch {
            throw StoreError.choices(error)
        }
    }

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
                var side = try self.settled(merge, by: choices)
                let faults = try self.faults(of: &side, of: id, theirs: theirs, now: now, in: db)
                guard faults.isEmpty else { throw StoreError.notReady(faults) }
                let changes =
                    merge.changes
                    + merge.clashes.map { clash in
                        MergedChange(pointer: clash.pointer, from: choices[clash.pointer].side)
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
                    // Nothing is sent that would tell if the portal has lost its copy while this was in conflict.
                    _ = try db.enqueue(.check, subject: id, urgency: now.addingTimeInterval(7 * 86_400), size: 0, now: now)
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
    ///
    /// - Returns: what the form does not take of it although it is not so at the portal.
    private func faults(
        of side: inout Reconciliation.Side, of id: String, theirs: PortalDossier, now: Date, in db: borrowing Connection
    ) throws -> [FormIssue] {
        let form = Form(try procedure(ofDossier: id, in: db), today: VietnamTime.day(of: now))
        // Only of people's answers: what the portal keeps beside the form is the portal's.
        for issue in form.unasked(in: side.answers).reversed() { side.answers.set(nil, at: issue.pointer) }
        let attached = Dictionary(grouping: side.papers, by: \.component).mapValues(\.count)
        let filed = form.issues(in: side.answers) + form.paperIssues(for: side.answers, attached: attached)
        let held = Set(form.issues(in: theirs.answers).map { [$0.pointer.addressed(in: theirs.answers).description, $0.code] })
        let answers = side.answers
        return filed.filter {
            $0.severity == .error && !held.contains([$0.pointer.addressed(in: answers).description, $0.code])
        }
    }

    // MARK: Undo

    /// Whether the last decision of a conflict can still be taken back: nothing of it was sent and the portal's copy is the same.
    ///
    /// - Throws: ``StoreError``: `.noDossier`.
    public func canUndoResolution(of id: String) async throws -> Bool {
        try await mapped { try await store.read { db in try self.undoable(id, in: db) != nil } }
    }

    /// Takes the last decision of a conflict back, so that it is decided anew; the revision that it made stays in the history.
    ///
    /// - Throws: ``StoreError``: `.notUndoable`, `.noDossier`.
    public func undoResolution(of id: String, now: Date) async throws {
        try await mapped {
            try await store.write { db in
                guard let (before, operation, theirs) = try self.undoable(id, in: db) else { throw StoreError.notUndoable }
                try db.supersede(kind: .dossier, subject: id, now: now)
                try db.supersede(kind: .check, subject: id, now: now)
                // What clashed is put together again as it was; the decision stays among the revisions and is no one's parent but its own.
                let number = try self.insertRevision(
                    of: id, content: before.content, base: before.base, by: self.operatorRow.id, now: now, in: &db)
                try db.run("UPDATE dossiers SET revision = \(number), state = 'sealed' WHERE id = \(id)")
                try self.addMergeEvent(.undone, dossier: id, [], revision: number, by: self.operatorRow.id, now: now, in: &db)
                let again = try db.enqueue(
                    .dossier, subject: id, revision: number, urgency: now, size: 0, etag: operation.etag, now: now)
                let open = OpenOperation(id: again, revision: number, etag: operation.etag, attempts: 0)
                try self.reconcile(id, open, with: theirs, now: now, in: &db)
            }
        }
    }

    /// What stood here before the last decision, the operation that was in conflict then, and the portal's copy; nil where it cannot be
    /// taken back.
    private func undoable(_ id: String, in db: borrowing Connection) throws -> (OwnRevision, OpenOperation, PortalDossier)? {
        let row = try db.first("SELECT portal_etag, revision, state FROM dossiers WHERE id = \(id)") {
            ($0.textOrNil(0), $0.int(1), $0.text(2))
        }
        guard let (etag, revision, state) = row else { throw StoreError.noDossier }
        guard ["sealed", "delivered"].contains(state), let etag, let decided = try ownRevision(of: id, number: revision, in: db),
            decided.base == etag, decided.operatorName != nil, try isDecision(decided, in: db),
            let theirs = try portalDossier(id, etag: etag, in: db)
        else { return nil }
        let operations = try db.all(
            "SELECT id, revision, etag, attempts, state, not_before FROM outbox WHERE subject = \(id) AND kind = 'dossier' ORDER BY id DESC LIMIT 2"
        ) { (try Self.openOperation($0), $0.text(4)) }
        // The decision's own operation, which no run has begun; there is none where it only took the portal's values.
        let isWaiting = operations.first.map { $0.0.revision == revision && $0.1 == "waiting" && $0.0.attempts == 0 } ?? false
        let earlier = isWaiting ? operations.dropFirst().first : operations.first
        guard isWaiting || state == "delivered", let (operation, end) = earlier, end == "superseded",
            operation.revision < revision, let before = try ownRevision(of: id, number: operation.revision, in: db)
        else { return nil }
        return (before, operation, theirs)
    }

    private func isDecision(_ revision: OwnRevision, in db: borrowing Connection) throws -> Bool {
        try db.first("SELECT merged_with IS NOT NULL AND operator_id IS NOT NULL FROM revisions WHERE id = \(revision.row)") {
            $0.bool(0)
        } ?? false
    }
}

extension Reconciliation.Choice? {
    /// Whose value a choice lets stand.
    fileprivate var side: MergedChange.Side {
        switch self {
        case .theirs: .theirs
        case .ours, nil: .ours
        case .value: .person
        }
    }
}
