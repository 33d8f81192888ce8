public import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskVault
internal import SQLiteAccess

/// A paper that a resident brought to an earlier dossier.
public struct EarlierPaper: Equatable, Sendable {
    /// The dossier that it was sealed with.
    public let dossier: String
    /// When that was.
    public let sealedAt: Date
    /// The paper there.
    public let paper: PaperRow
}

extension UnlockedStore {
    /// When the resident whose citizen number stands in a draft's applicant block brought papers last that this dossier does not
    /// hold; nil where never.
    ///
    /// It tells nothing else: which papers they are is told only after ``showEarlierPapers(in:now:)``.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.notADraft`.
    public func earlierPapersDate(for id: String) async throws -> Date? {
        try await findEarlierPapers(for: id).map(\.sealedAt).max()
    }

    /// Notes that the resident consented to papers of earlier dossiers being shown and used.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.notADraft`.
    public func showEarlierPapers(in id: String, now: Date) async throws {
        let procedure = try await procedure(ofDossier: id)
        try await store.write { db in
            var draft = try self.readDraft(of: id, in: db)
            guard draft.showsEarlierPapers != true else { return }
            draft.showsEarlierPapers = true
            try self.noteHandOver(of: id, now: now, in: &db)
            try self.writeDraft(draft, of: id, procedure: procedure, now: now, in: &db)
            try db.addEvent(dossier: id, .papersReused, by: self.operatorRow.id, now: now)
        }
    }

    /// The resident's papers of earlier dossiers that this one does not hold, newest first, each file once; none before the consent.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.notADraft`.
    public func earlierPapers(for id: String) async throws -> [EarlierPaper] {
        try await draft(of: id).showsEarlierPapers == true ? findEarlierPapers(for: id) : []
    }

    /// Uses an earlier paper again: the same file, stored once and sent once.
    ///
    /// - Throws: ``StoreError``: `.noPaper` where it is none of the resident's, or before the consent.
    public func reuse(paper: String, in id: String, component: String, now: Date) async throws {
        guard let earlier = try await earlierPapers(for: id).first(where: { $0.paper.id == paper })?.paper else {
            throw StoreError.noPaper
        }
        let file = StoredFile(attachment: earlier.attachment, size: earlier.size, sha256: earlier.sha256)
        try await addPaper(
            PlacedFile(
                component: component, fileName: earlier.fileName, mediaType: earlier.mediaType, file: file,
                canJoin: earlier.canJoin, check: earlier.check),
            to: id, now: now)
    }

    private func findEarlierPapers(for id: String) async throws -> [EarlierPaper] {
        let procedure = try await procedure(ofDossier: id)
        return try await mapped {
            try await store.read { db in
                let draft = try self.readDraft(of: id, in: db)
                let place = procedure.applicant.appending("citizenId")
                guard let number = draft.answers[place]?.stringValue, !number.isEmpty else { return [] }
                let hash = self.vault.lookup.hash(Array(number.utf8), kind: "citizen")
                let dossiers = try db.all(
                    """
                    SELECT d.id, d.sealed_at, d.revision, r.sealed FROM accounts a
                    JOIN dossiers d ON d.account_id = a.id AND d.id <> \(id)
                    JOIN revisions r ON r.dossier_id = d.id AND r.author = 'kiosk' AND r.number = d.revision
                    WHERE a.citizen_hash = \(hash) AND d.sealed_at IS NOT NULL ORDER BY d.sealed_at DESC, d.id DESC LIMIT 20
                    """
                ) { ($0.text(0), Date(milliseconds: $0.int(1)), $0.int(2), $0.blob(3)) }
                var known = Set(try self.readPapers(of: id, in: db).map(\.attachment))
                var found: [EarlierPaper] = []
                for (dossier, sealedAt, revision, sealed) in dossiers {
                    let content = try self.open(RevisionContent.self, sealed, as: "revision/\(dossier)/kiosk/\(revision)")
                    let agrees = try self.agrees(content.consent, to: ConsentText.Purpose.reuse, of: dossier, in: db)
                    guard agrees == true else { continue }
                    for paper in try self.readPapers(of: dossier, in: db) where known.insert(paper.attachment).inserted {
                        found.append(EarlierPaper(dossier: dossier, sealedAt: sealedAt, paper: paper))
                    }
                }
                return found
            }
        }
    }
}
