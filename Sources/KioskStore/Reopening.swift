public import FoundationEssentials
internal import JSONTree
public import KioskDomain
internal import KioskSync
internal import SQLiteAccess

extension UnlockedStore {
    /// What was sealed last of a dossier, for whoever mends it: the value then beside the value now; nil where nothing was.
    ///
    /// - Throws: ``StoreError``.
    public func sealedLast(of id: String) async throws -> RevisionContent? {
        try await mapped { try await store.read { db in try self.ownRevision(of: id, in: db)?.content } }
    }

    /// Takes a dossier up again that the portal refused, asks a supplement for or holds: the form reopens with what was sealed
    /// last.
    ///
    /// Sealing it makes a new revision linked to that one.
    ///
    /// - Throws: ``StoreError``: `.notReopenable` while it is on its way.
    public func reopen(_ id: String, now: Date) async throws {
        let procedure = try await procedure(ofDossier: id)
        try await mapped {
            try await store.write { db in
                let row = try db.first("SELECT state, portal_status, revision FROM dossiers WHERE id = \(id)") {
                    (DossierState(rawValue: $0.text(0)), $0.textOrNil(1).map(PortalStatus.init), $0.int(2))
                }
                guard let (state, status, revision) = row, let state else { throw StoreError.noDossier }
                guard [.rejected, .conflict, .delivered].contains(state), status?.isOver != true else {
                    throw StoreError.notReopenable(state)
                }
                guard let ours = try self.ownRevision(of: id, number: revision, in: db) else { throw StoreError.noDossier }
                let (draft, papers) = try self.reopened(ours, of: id, state, now: now, in: db)
                try db.supersede(kind: .dossier, subject: id, now: now)
                try db.run("UPDATE dossiers SET state = 'draft' WHERE id = \(id)")
                try self.writeDraft(draft, of: id, procedure: procedure, now: now, in: &db)
                if let papers { try self.keepPapers(papers, of: id, now: now, in: &db) }
                try db.addEvent(dossier: id, .reopened, by: self.operatorRow.id, now: now)
                let newest = try db.first("SELECT portal_etag FROM dossiers WHERE id = \(id)") { $0.textOrNil(0) } ?? nil
                if let theirs = try self.portalDossier(id, etag: newest, in: db) {
                    try self.mergeDraft(of: id, with: theirs, now: now, in: &db)
                }
            }
        }
    }

    /// The form as it is taken up again, with the portal's copy that it starts from.
    ///
    /// Out of a conflict it is the merge, with ours where a person has to decide; the portal's other edits are in it, and so its
    /// papers are those of the merge.
    private func reopened(
        _ ours: OwnRevision, of id: String, _ state: DossierState, now: Date, in db: borrowing Connection
    ) throws -> (Draft, Set<PortalDossier.HeldPaper>?) {
        var draft = Draft(answers: ours.content.answers, section: nil, reasons: ours.content.reasons ?? [:])
        guard state != .delivered else {
            draft.baseETag = try lastETag(of: id, holding: ours.content, in: db)
            return (draft, nil)
        }
        let problem = try db.first("SELECT problem FROM dossiers WHERE id = \(id)") { $0.blobOrNil(0) } ?? nil
        if case .conflict(.absent) = try openIfPresent(DossierProblem.self, problem, as: "problem/\(id)") {
            // What the lost copy was, for the case that it comes back.
            draft.baseETag = try lastETag(of: id, holding: ours.content, in: db)
            return (draft, nil)
        }
        if case .conflict(.edited) = try openIfPresent(DossierProblem.self, problem, as: "problem/\(id)") {
            let (operation, sent, theirs) = try conflict(of: id, in: db)
            let merge = try reconciliation(of: id, operation, ours: sent, theirs: theirs, in: db)
            draft.answers = merge.answers
            draft.baseETag = theirs.etag
            return (draft, merge.papers)
        }
        draft.baseETag =
            try db.first("SELECT etag FROM outbox WHERE subject = \(id) AND kind = 'dossier' ORDER BY id DESC LIMIT 1") {
                $0.textOrNil(0)
            } ?? nil
        return (draft, nil)
    }

    /// The newest copy of the portal's that holds what we sent last.
    ///
    /// What an officer changed after it is not ours to write over: the portal answers 412, and it is merged.
    private func lastETag(of id: String, holding content: RevisionContent, in db: borrowing Connection) throws -> String? {
        let rows = try db.all(
            """
            SELECT number, etag, sealed, made_at >= (
                SELECT max(made_at) FROM revisions WHERE dossier_id = \(id) AND author = 'kiosk')
            FROM revisions WHERE dossier_id = \(id) AND author = 'portal' ORDER BY number DESC
            """
        ) { ($0.int(0), $0.text(1), $0.blob(2), $0.bool(3)) }
        for (number, etag, sealed, _) in rows {
            let held = try open(PortalDossier.self, sealed, as: "revision/\(id)/portal/\(number)")
            if held.holds(content) { return etag }
        }
        // A portal that keeps answers in a form of its own: the first copy it gave after it had ours.
        return (rows.last { $0.3 } ?? rows.first)?.1
    }
}
