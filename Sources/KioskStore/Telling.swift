public import FoundationEssentials
internal import KioskDomain
internal import SQLiteAccess

// What the portal decided for good, a refusal or a result, is nobody's work at the portal any more, but the resident does not know it yet:
// the case stands in the worklist until someone has told them (`told_at`), or has begun a new dossier from a refused one. Another
// decision of the portal's is told anew (a trigger).

extension UnlockedStore {
    /// Notes that the resident was told what the portal decided.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.nothingToTell` where nothing is decided or it was told before.
    public func noteTold(_ id: String, now: Date) async throws {
        try await mapped { try await store.write { db in try self.noteTold(id, as: .told, now: now, in: &db) } }
    }

    /// Begins a new dossier from a refused one: its answers and papers, of the procedure as it is today.
    ///
    /// A refused dossier is closed (portal-contract.md, Dossiers); what is mended is filed anew. Sealing it asks for a consent of its own.
    ///
    /// - Returns: the new dossier's id.
    /// - Throws: ``StoreError``: `.noDossier`, `.nothingToTell` where it is not refused, `.noProcedure` where it is not filed any more.
    public func fileAnew(_ id: String, now: Date) async throws -> String {
        let detail = try await dossier(id)
        guard detail.summary.state == .delivered, detail.summary.status == .refused else { throw StoreError.nothingToTell }
        let edition = catalogue
        guard let procedure = edition.procedure(detail.summary.procedure) else {
            throw StoreError.noProcedure(detail.summary.procedure)
        }
        return try await mapped {
            let new = try Identifier.new(now: now)
            try await store.write { db in
                try self.insertDossier(new, procedure: procedure, of: edition, answers: detail.answers, now: now, in: &db)
                try self.writeDraft(
                    Draft(answers: detail.answers, reasons: detail.reasons), of: new, procedure: procedure, now: now, in: &db)
                for paper in try self.readPapers(of: id, in: db) where procedure.component(paper.component) != nil {
                    let file = StoredFile(attachment: paper.attachment, size: paper.size, sha256: paper.sha256)
                    try self.insertPaper(
                        PlacedFile(
                            component: paper.component, fileName: paper.fileName, mediaType: paper.mediaType, file: file,
                            canJoin: paper.canJoin, check: paper.check), of: new, now: now, in: &db)
                }
                try db.addEvent(dossier: new, .filedAnewFrom, subject: id, by: self.operatorRow.id, now: now)
                if detail.summary.toldAt == nil {
                    try self.noteTold(id, as: .filedAnew, subject: new, now: now, in: &db)
                } else {
                    try db.addEvent(dossier: id, .filedAnew, subject: new, by: self.operatorRow.id, now: now)
                }
            }
            return new
        }
    }

    private func noteTold(
        _ id: String, as kind: DossierEvent.Kind, subject: String? = nil, now: Date, in db: inout Connection
    ) throws {
        guard try db.first("SELECT 1 FROM dossiers WHERE id = \(id)", { _ in true }) == true else { throw StoreError.noDossier }
        try db.run(
            """
            UPDATE dossiers SET told_at = \(now.milliseconds), updated_at = \(now.milliseconds)
            WHERE id = \(id) AND \(part: Connection.isToBeTold)
            """)
        guard db.changes == 1 else { throw StoreError.nothingToTell }
        try db.addEvent(dossier: id, kind, subject: subject, by: operatorRow.id, now: now)
    }
}

extension Connection {
    /// Whether the resident of a dossier has to be told what the portal decided; as the partial index `dossiers_to_tell` has it.
    static let isToBeTold: SQL = "state = 'delivered' AND told_at IS NULL AND portal_status IN ('refused', 'resolved')"
}
