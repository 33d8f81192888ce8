public import FoundationEssentials
internal import KioskDomain
internal import KioskSync
internal import SQLiteAccess

// A dossier that the portal settles while something of it is still here: the portal takes no amendment of it any more (409
// `already-resolved`), so nothing that waits, clashes or was refused can ever be sent. It follows the portal, whatever stood here stays
// among its revisions, and the history says that it was not sent. A form that is being mended is left until somebody stops mending it.

extension UnlockedStore {
    /// Has a dossier follow the portal that settled it; one with nothing unsent does so as with any other news.
    func settleClosed(_ theirs: PortalDossier, previous: String?, now: Date, in db: inout Connection) throws {
        let id = theirs.id
        let state = try db.first("SELECT state FROM dossiers WHERE id = \(id)") { DossierState(rawValue: $0.text(0)) } ?? nil
        guard let state, [.sealed, .inDoubt, .rejected, .conflict].contains(state) else {
            return try mergeWhatIsHere(with: theirs, previous: previous, wentBack: false, now: now, in: &db)
        }
        try db.supersede(kind: .dossier, subject: id, now: now)
        try follow(closed: theirs, wasSent: state == .inDoubt, now: now, in: &db)
    }

    private func follow(closed theirs: PortalDossier, wasSent: Bool, now: Date, in db: inout Connection) throws {
        let id = theirs.id
        try db.run(
            "UPDATE dossiers SET state = 'delivered', problem = NULL, updated_at = \(now.milliseconds) WHERE id = \(id)")
        guard let ours = try ownRevision(of: id, in: db), side(theirs, besides: ours.side) != ours.side else { return }
        if !wasSent { try db.addEvent(dossier: id, .notSent, by: nil, now: now) }
        try takeOver(theirs, base: ours.side, ours: ours, now: now, in: &db)
    }

    /// Stops mending a dossier that the portal settled meanwhile: what was typed becomes a revision that is not sent, and the dossier
    /// follows the portal.
    ///
    /// - Throws: ``StoreError``: `.notADraft` where nothing is being mended, or the portal has not settled it; `.noDossier`.
    public func stopMending(_ id: String, now: Date) async throws {
        try await mapped {
            try await store.write { db in
                let etag = try db.first("SELECT portal_etag FROM dossiers WHERE id = \(id)") { $0.textOrNil(0) } ?? nil
                let draft = try self.readDraft(of: id, in: db)
                guard let theirs = try self.portalDossier(id, etag: etag, in: db), theirs.status.isOver else {
                    throw StoreError.notADraft
                }
                try self.keepDraftAsRevision(draft, of: id, now: now, in: &db)
                try self.follow(closed: theirs, wasSent: false, now: now, in: &db)
            }
        }
    }

    /// Keeps what was typed into a form that will not be sealed among the revisions, and ends the form.
    func keepDraftAsRevision(_ draft: Draft, of id: String, now: Date, in db: inout Connection) throws {
        if var content = try ownRevision(of: id, in: db)?.content, content.answers != draft.answers {
            content.answers = draft.answers
            content.reasons = draft.reasons
            let number = try insertRevision(
                of: id, content: content, base: draft.baseETag, by: operatorRow.id, now: now, in: &db)
            try db.run("UPDATE dossiers SET revision = \(number) WHERE id = \(id)")
        }
        try db.run("DELETE FROM drafts WHERE dossier_id = \(id)")
        try db.addEvent(dossier: id, .mendingStopped, by: operatorRow.id, now: now)
    }
}
