public import FoundationEssentials
public import KioskDomain
internal import SQLiteAccess

/// What was found of a paper's picture at the counter, and the word with which it was passed over.
public struct PaperCheck: Codable, Equatable, Sendable {
    /// What is wrong with it.
    public var flaws: [PaperFlaw]
    /// Why it is used all the same, in the words of the person at the counter; nil where nothing is wrong.
    public var word: String?
    /// Where its ink is, in the form of `image-quality.js`: it finds a page that comes twice.
    public var fingerprint: String?

    /// A check.
    public init(flaws: [PaperFlaw], word: String? = nil, fingerprint: String? = nil) {
        self.flaws = flaws
        self.word = word
        self.fingerprint = fingerprint
    }

    /// What was found of pages that become one file; nil where nothing is wrong with any of them.
    init?(joining checks: [PaperCheck]) {
        let bad = checks.filter { !$0.flaws.isEmpty }
        guard !bad.isEmpty else { return nil }
        let found = Set(bad.flatMap(\.flaws))
        flaws = PaperFlaw.allCases.filter(found.contains)
        var words: [String] = []
        for word in bad.compactMap(\.word) where !words.contains(word) { words.append(word) }
        word = words.isEmpty ? nil : words.joined(separator: "; ")
    }

    /// What travels with the paper to the officer; nil where nothing is wrong.
    public func note(_ language: Language) -> String? {
        guard !flaws.isEmpty else { return nil }
        let names = flaws.map { $0.name(language) }.joined(separator: ", ")
        return word.map { "\(names): \($0)" } ?? names
    }
}

extension UnlockedStore {
    /// Puts the papers of a component in an order.
    ///
    /// Papers that came in meanwhile keep their places behind those that are named.
    ///
    /// - Parameter order: the papers' ids; those that are not there (any more) are passed over.
    /// - Throws: ``StoreError``: `.notADraft`, `.noDossier`.
    public func reorderPapers(of dossier: String, component: String, as order: [String], now: Date) async throws {
        try await store.write { db in
            _ = try self.readDraft(of: dossier, in: db)
            let present = try self.readPapers(of: dossier, in: db).filter { $0.component == component }.map(\.id)
            let named = order.filter(present.contains)
            let places = named + present.filter { !named.contains($0) }
            guard Set(named).count == named.count else { return }
            for (position, paper) in places.enumerated() {
                try db.run("UPDATE papers SET position = \(position) WHERE id = \(paper)")
            }
            try self.noteHandOver(of: dossier, now: now, in: &db)
            try db.run("UPDATE dossiers SET updated_at = \(now.milliseconds) WHERE id = \(dossier)")
        }
    }
}

extension Connection {
    /// The original of a new paper, where it is one of the store's finished files and not the page itself.
    func keptOriginal(_ placed: PlacedFile) throws -> String? {
        guard let original = placed.original, original != placed.file.attachment else { return nil }
        let isThere = try first("SELECT 1 FROM attachments WHERE id = \(original) AND digest IS NOT NULL") { _ in true }
        guard isThere == true else { throw StoreError.noPaper }
        return original
    }

    /// Removes what a paper was made of.
    func dropOriginals(ofPaper paper: String) throws {
        let originals = try all("SELECT original_id FROM papers WHERE id = \(paper) AND original_id IS NOT NULL") { $0.text(0) }
        try run("UPDATE papers SET original_id = NULL WHERE id = \(paper)")
        for original in originals { try releaseAttachment(original) }
    }

    /// Removes the originals of a dossier that is over, and notes it in the history.
    func dropOriginals(ofDossier dossier: String, now: Date) throws {
        let originals = try all("SELECT original_id FROM papers WHERE dossier_id = \(dossier) AND original_id IS NOT NULL") {
            $0.text(0)
        }
        guard !originals.isEmpty else { return }
        try run("UPDATE papers SET original_id = NULL WHERE dossier_id = \(dossier)")
        for original in originals { try releaseAttachment(original) }
        try addEvent(dossier: dossier, .originalsRemoved, by: nil, now: now)
    }
}
