internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskSync
internal import KioskVault
internal import SQLiteAccess

/// A dossier's operation that has not reached the portal.
struct OpenOperation {
    let id: Int
    let revision: Int
    let etag: String?
    let attempts: Int
}

extension UnlockedStore {
    // MARK: A newer copy comes home

    /// What follows for a dossier when the portal's copy of it moved on, in the transaction that brings the copy.
    ///
    /// Damage in one dossier holds up no other: it is left as it is, and sending or opening it tells of the damage.
    ///
    /// - Parameter previous: the ETag of the portal's copy that was known until now.
    func follow(
        _ theirs: PortalDossier, previous: String?, wentBack: Bool = false, now: Date, in db: inout Connection
    ) throws {
        do {
            if theirs.status.isOver { return try settleClosed(theirs, previous: previous, now: now, in: &db) }
            try mergeWhatIsHere(with: theirs, previous: previous, wentBack: wentBack, now: now, in: &db)
        } catch VaultError.doesNotOpen {
            // All is read before anything is written, so nothing is half-done.
        }
    }

    func mergeWhatIsHere(
        with theirs: PortalDossier, previous: String?, wentBack: Bool, now: Date, in db: inout Connection
    ) throws {
        let id = theirs.id
        let row = try db.first("SELECT state, revision, problem FROM dossiers WHERE id = \(id)") {
            (DossierState(rawValue: $0.text(0)), $0.int(1), $0.blobOrNil(2))
        }
        guard let (state, revision, problem) = row, revision > 0 else { return }
        let conflict = try conflict(in: problem, of: id)
        switch state {
        case .conflict where conflict?.isAbsence == true:
            try db.run("UPDATE dossiers SET state = 'delivered', problem = NULL WHERE id = \(id)")
            try db.addEvent(dossier: id, .delivered, by: nil, now: now)
            try mergeWhatIsHere(with: theirs, previous: previous, wentBack: wentBack, now: now, in: &db)
        case .delivered where try wentBack && !isBeingWithdrawn(id, in: db):
            try sendWhatWasLost(theirs, previous: previous, now: now, in: &db)
        case .delivered:
            guard let ours = try ownRevision(of: id, in: db) else { return }
            let before = try portalDossier(id, etag: previous, in: db).map(Reconciliation.Side.init) ?? ours.side
            // Only the status moved; or the portal says nothing of what it holds.
            guard side(theirs, besides: before) != before, side(theirs, besides: before) != ours.side else { return }
            try takeOver(theirs, base: before, ours: ours, now: now, in: &db)
        case .draft:
            try markDraft(of: id, with: theirs, now: now, in: &db)
        case .sealed, .conflict:
            if case .duplicate = conflict { return }
            let operation = try db.first(
                """
                SELECT id, revision, etag, attempts FROM outbox WHERE subject = \(id) AND kind = 'dossier'
                    AND state IN ('waiting', 'blocked', 'conflict') ORDER BY id DESC LIMIT 1
                """, Self.openOperation)
            if let operation { try reconcile(id, operation, with: theirs, now: now, in: &db) }
        case .withdrawn: try withdrawAgain(id, now: now, in: &db)
        // In doubt: the repeat tells what the portal took. Rejected: merged when the form is taken up again.
        case .inDoubt, .rejected, nil: break
        }
    }

    private func isBeingWithdrawn(_ id: String, in db: borrowing Connection) throws -> Bool {
        try db.first(
            "SELECT 1 FROM outbox WHERE subject = \(id) AND kind = 'withdrawal' AND state IN ('waiting', 'sending', 'in-doubt')"
        ) { _ in true } ?? false
    }

    private func conflict(in problem: [UInt8]?, of id: String) throws -> Conflict? {
        guard case .conflict(let conflict) = try openIfPresent(DossierProblem.self, problem, as: "problem/\(id)") else {
            return nil
        }
        return conflict
    }

    static func openOperation(_ row: borrowing Row) throws -> OpenOperation {
        OpenOperation(id: row.int(0), revision: row.int(1), etag: row.textOrNil(2), attempts: row.int(3))
    }

    /// What a portal's copy says; what is known already, where it says nothing of the answers or of the papers: a portal that leaves
    /// them out of its answer has not deleted them.
    func side(_ theirs: PortalDossier, besides known: Reconciliation.Side?) -> Reconciliation.Side {
        var side = Reconciliation.Side(theirs)
        if side.answers.isBlank { side.answers = known?.answers ?? side.answers }
        if theirs.details == nil, side.papers.isEmpty { side.papers = known?.papers ?? [] }
        return side
    }

    /// Takes what an officer changed in a dossier that has nothing of ours under way.
    func takeOver(
        _ theirs: PortalDossier, base: Reconciliation.Side, ours: OwnRevision, now: Date, in db: inout Connection
    ) throws {
        let other = side(theirs, besides: base)
        let merge = Reconciliation(base: base, ours: base, theirs: other, policy: .resident)
        _ = try insertMerge(other, of: theirs.id, ours: ours, theirs: theirs, changes: merge.changes, now: now, in: &db)
    }

    // MARK: Sealed here, moved there

    /// Merges a sealed revision that is under way with the portal's newer copy: what needs nobody goes on at once, the rest waits for
    /// a person.
    func reconcile(
        _ id: String, _ operation: OpenOperation, with theirs: PortalDossier, now: Date, in db: inout Connection
    ) throws {
        guard let ours = try ownRevision(of: id, number: operation.revision, in: db) else { throw StoreError.noDossier }
        let merge = try reconciliation(of: id, operation, ours: ours, theirs: theirs, in: db)
        let form = Form(try procedure(ofDossier: id, in: db), today: VietnamTime.day(of: now))
        let broken = Reconciliation.broken(
            merge.answers, ours: ours.content.answers, theirs: theirs.answers, form: form)
        guard merge.clashes.isEmpty, broken.isEmpty else {
            return try diverge(id, operation, merge, broken: broken, ours: ours, theirs: theirs, now: now, in: &db)
        }
        try send(merge.merged, of: id, operation, ours: ours, theirs: theirs, changes: merge.changes, now: now, in: &db)
    }

    /// The merge of a revision under way with the portal's copy.
    ///
    /// What creates a dossier that the portal already holds was sent before, so that revision is what both started from.
    func reconciliation(
        of id: String, _ operation: OpenOperation, ours: OwnRevision, theirs: PortalDossier, in db: borrowing Connection
    ) throws -> Reconciliation {
        // One that is created again, because the portal did not hold it any more, started from the copy that was lost.
        let start = operation.etag ?? ours.base
        let known = try start.flatMap { try mergeBase(of: id, etag: $0, theirs: theirs, in: db) }.map(Reconciliation.Side.init)
        let base = start == nil ? ours.side : known
        let policy = MergePolicy(try procedure(ofDossier: id, in: db))
        return Reconciliation(
            base: base, ours: ours.side, theirs: side(theirs, besides: base ?? ours.side), policy: policy)
    }

    /// Sends what was merged under the new ETag, or is done where the portal holds it already.
    private func send(
        _ merged: Reconciliation.Side, of id: String, _ operation: OpenOperation, ours: OwnRevision, theirs: PortalDossier,
        changes: [MergedChange], now: Date, in db: inout Connection
    ) throws {
        var revision = ours.number
        if merged != ours.side {
            revision = try insertMerge(merged, of: id, ours: ours, theirs: theirs, changes: changes, now: now, in: &db)
        }
        guard merged != side(theirs, besides: merged) else {
            try finish(operation.id, now: now, in: &db)
            try db.run("UPDATE dossiers SET state = 'delivered', problem = NULL WHERE id = \(id)")
            return try db.addEvent(dossier: id, .delivered, by: nil, now: now)
        }
        // At once the first time; a portal whose copy moves with every look is not chased.
        let wait = operation.attempts == 0 ? 0 : RetryPolicy.standard.delay(attempt: operation.attempts, chance: 1)
        try db.run(
            """
            UPDATE outbox SET state = 'waiting', revision = \(revision), etag = \(theirs.etag), reason = NULL,
                not_before = \(now.addingTimeInterval(wait).milliseconds), attempts = attempts + 1, updated_at = \(now.milliseconds)
            WHERE id = \(operation.id)
            """)
        try db.run("UPDATE dossiers SET state = 'sealed', problem = NULL, updated_at = \(now.milliseconds) WHERE id = \(id)")
    }

    private func diverge(
        _ id: String, _ operation: OpenOperation, _ merge: Reconciliation, broken: [FormIssue], ours: OwnRevision,
        theirs: PortalDossier, now: Date, in db: inout Connection
    ) throws {
        let problem = try db.first("SELECT problem FROM dossiers WHERE id = \(id)") { $0.blobOrNil(0) } ?? nil
        if case .conflict(.edited(let known)) = try openIfPresent(DossierProblem.self, problem, as: "problem/\(id)"),
            known.clashes == merge.clashes, known.broken == broken
        {
            // Something else of the portal's copy moved: nothing new for the person who decides.
            return
        }
        let divergence = Divergence(
            clashes: merge.clashes, broken: broken, merged: merge.changes,
            ours: Divergence.Hand(by: ours.operatorName, at: VietnamTime.rfc3339(ours.madeAt)),
            theirs: Divergence.Hand(by: theirs.editedBy, at: VietnamTime.rfc3339(now)))
        try db.run(
            "UPDATE outbox SET state = 'conflict', reason = NULL, updated_at = \(now.milliseconds) WHERE id = \(operation.id)")
        try stop(id, .conflict, .conflict(.edited(divergence)), event: .conflict, now: now, in: &db)
    }

    // MARK: Being filled in here, moved there

    /// Marks a form that is being mended whose dossier was edited at the portal.
    ///
    /// It is not changed under anyone's hands: a page that was opened before would send the old answers back as if they had
    /// been typed. What the portal changed is merged with what was typed when the form is sealed.
    private func markDraft(of id: String, with theirs: PortalDossier, now: Date, in db: inout Connection) throws {
        var draft = try readDraft(of: id, in: db)
        guard let base = try portalDossier(id, etag: draft.baseETag, in: db).map(Reconciliation.Side.init) else { return }
        guard side(theirs, besides: base) == base else {
            return try db.addEvent(dossier: id, .editedAtPortal, by: nil, now: now)
        }
        draft.baseETag = theirs.etag
        try writeDraft(draft, of: id, procedure: try procedure(ofDossier: id, in: db), now: now, in: &db)
    }

    /// Merges a form that is just being taken up again with the portal's newest copy; where something clashes it stays as it is, and
    /// the clash is settled when it is sealed.
    func mergeDraft(of id: String, with theirs: PortalDossier, now: Date, in db: inout Connection) throws {
        var draft = try readDraft(of: id, in: db)
        guard draft.baseETag != theirs.etag else { return }
        guard let etag = draft.baseETag, let base = try mergeBase(of: id, etag: etag, theirs: theirs, in: db) else { return }
        let procedure = try procedure(ofDossier: id, in: db)
        let before = Reconciliation.Side(base)
        let papers =
            try readPapers(of: id, in: db).map { $0.paper(named: $0.fileName) } + carriedPapers(of: id, base: base, in: db)
        let ours = Reconciliation.Side(
            answers: draft.answers.withoutBlanks, papers: Set(papers.map { PortalDossier.HeldPaper($0) }))
        let other = side(theirs, besides: before)
        let merge = Reconciliation(base: before, ours: ours, theirs: other, policy: MergePolicy(procedure))
        guard merge.clashes.isEmpty else {
            return try db.addEvent(dossier: id, .editedAtPortal, by: nil, now: now)
        }
        draft.baseETag = theirs.etag
        if other != before {
            draft.reasons = draft.reasons.moved(from: draft.answers, to: merge.answers)
            draft.answers = merge.answers
        }
        try writeDraft(draft, of: id, procedure: procedure, now: now, in: &db)
        guard other != before else { return }
        try keepPapers(merge.papers, of: id, now: now, in: &db)
        try addMergeEvent(.merged, dossier: id, merge.changes.filter { $0.from != .ours }, by: nil, now: now, in: &db)
    }
}

extension [String: String] {
    /// Reasons by the places of their answers in another document: members may have other numbers there.
    func moved(from old: JSONValue, to new: JSONValue) -> [String: String] {
        let pairs = compactMap { place, reason in
            JSONPointer(place)?.addressed(in: old).located(in: new).map { ($0.description, reason) }
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

extension JSONValue {
    /// Without the texts that were left empty: a question that was looked at and passed by is no edit.
    fileprivate var withoutBlanks: JSONValue {
        switch self {
        case .object(let members):
            .object(members.filter { $1 != .null && !($1.stringValue != nil && $1.isBlank) }.mapValues(\.withoutBlanks))
        case .array(let elements): .array(elements.map(\.withoutBlanks))
        default: self
        }
    }
}
