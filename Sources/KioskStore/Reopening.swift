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
                let isOver = status.map { ["resolved", "returned", "refused", "withdrawn"].contains($0.rawValue) } ?? false
                guard [.rejected, .conflict, .delivered].contains(state), !isOver else { throw StoreError.notReopenable(state) }
                let sealed = try db.first(
                    "SELECT sealed FROM revisions WHERE dossier_id = \(id) AND author = 'kiosk' AND number = \(revision)"
                ) { $0.blob(0) }
                let content = try self.open(RevisionContent.self, sealed ?? [], as: "revision/\(id)/kiosk/\(revision)")
                try db.supersede(kind: .dossier, subject: id, now: now)
                try db.run("UPDATE dossiers SET state = 'draft' WHERE id = \(id)")
                let draft = Draft(answers: content.answers, section: nil, reasons: content.reasons ?? [:])
                try self.writeDraft(draft, of: id, procedure: procedure, now: now, in: &db)
                try db.addEvent(dossier: id, .reopened, by: self.operatorRow.id, now: now)
            }
        }
    }
}
