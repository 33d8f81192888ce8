public import FoundationEssentials
public import KioskDomain
internal import SQLiteAccess

/// A dossier that is being filled in, with what a list of drafts tells of it.
public struct DraftStanding: Sendable {
    /// What was typed so far.
    public let draft: Draft
    /// Its papers.
    public let papers: [PaperRow]
    /// Papers that only the portal has.
    public let papersAtPortal: [Paper]
    /// Who began it.
    public let begunBy: String?
    /// Who worked on it last.
    public let touchedBy: String?
    /// When it was saved last.
    public let savedAt: Date
}

extension UnlockedStore {
    /// Notes once that another operator goes on with a dossier.
    ///
    /// Looking at it is not going on with it.
    func noteHandOver(of dossier: String, now: Date, in db: inout Connection) throws {
        let last = try db.first(
            "SELECT operator_id FROM events WHERE dossier_id = \(dossier) AND operator_id IS NOT NULL ORDER BY id DESC LIMIT 1"
        ) { $0.text(0) }
        guard let last, last != operatorRow.id else { return }
        try db.addEvent(dossier: dossier, .handedOver, by: operatorRow.id, now: now)
    }

    /// How a dossier that is being filled in stands, and in whose hands it is.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.notADraft`.
    public func draftStanding(of id: String) async throws -> DraftStanding {
        try await mapped {
            try await store.read { db in
                let people = try db.all(
                    """
                    SELECT o.name FROM events e LEFT JOIN operators o ON o.id = e.operator_id
                    WHERE e.dossier_id = \(id) AND e.operator_id IS NOT NULL ORDER BY e.id
                    """
                ) { $0.textOrNil(0) }
                let saved = try db.first("SELECT saved_at FROM drafts WHERE dossier_id = \(id)") { $0.int(0) }
                let draft = try self.readDraft(of: id, in: db)
                let base = try self.portalDossier(id, etag: draft.baseETag, in: db)
                return DraftStanding(
                    draft: draft, papers: try self.readPapers(of: id, in: db),
                    papersAtPortal: try self.carriedPapers(of: id, base: base, in: db),
                    begunBy: people.first ?? nil, touchedBy: people.last ?? nil, savedAt: Date(milliseconds: saved ?? 0))
            }
        }
    }
}
