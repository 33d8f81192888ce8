public import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskSync
internal import SQLiteAccess

extension UnlockedStore {
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
                let sealed = try db.first(
                    "SELECT sealed FROM revisions WHERE dossier_id = \(id) AND author = 'kiosk' AND number = \(revision)"
                ) { $0.blob(0) }
                let content = try self.open(RevisionContent.self, sealed ?? [], as: "revision/\(id)/kiosk/\(revision)")
                try db.supersede(kind: .dossier, subject: id, now: now)
                try db.run("UPDATE dossiers SET state = 'draft' WHERE id = \(id)")
                var draft = Draft(answers: content.answers, section: nil, reasons: content.reasons ?? [:])
                draft.baseETag = try self.lastETag(of: id, holding: content, in: db)
                try self.writeDraft(draft, of: id, procedure: procedure, now: now, in: &db)
                try db.addEvent(dossier: id, .reopened, by: self.operatorRow.id, now: now)
            }
        }
    }

    /// The newest copy of the portal's that holds what we sent last.
    ///
    /// What an officer changed after it is not ours to write over: the portal answers 412, and a person or a merge decides.
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
            if held.holds(answers: content.answers, papers: content.papers) { return etag }
        }
        // A portal that keeps answers in a form of its own: the first copy it gave after it had ours.
        return (rows.last { $0.3 } ?? rows.first)?.1
    }
}
