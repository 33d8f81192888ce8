public import FoundationEssentials
public import JSONTree
public import KioskDomain
internal import KioskSync
internal import SQLiteAccess

/// A revision that was sealed or merged here.
struct OwnRevision {
    let row: Int
    let number: Int
    let content: RevisionContent
    let operatorName: String?
    let madeAt: Date
    /// The ETag of the portal's copy that it started from; nil where it started from none.
    let base: String?

    var side: Reconciliation.Side { Reconciliation.Side(content) }
}

extension UnlockedStore {
    /// A revision of a dossier; the last where no number is given, nil before it was sealed.
    func ownRevision(of id: String, number: Int? = nil, in db: borrowing Connection) throws -> OwnRevision? {
        let row = try db.first(
            """
            SELECT r.id, r.number, r.sealed, o.name, r.made_at, r.etag FROM revisions r LEFT JOIN operators o ON o.id = r.operator_id
            WHERE r.dossier_id = \(id) AND r.author = 'kiosk' AND (r.number = \(number) OR \(number) IS NULL)
            ORDER BY r.number DESC LIMIT 1
            """
        ) { ($0.int(0), $0.int(1), $0.blob(2), $0.textOrNil(3), $0.int(4), $0.textOrNil(5)) }
        guard let (row, number, sealed, name, madeAt, base) = row else { return nil }
        let content = try open(RevisionContent.self, sealed, as: "revision/\(id)/kiosk/\(number)")
        return OwnRevision(
            row: row, number: number, content: content, operatorName: name, madeAt: Date(milliseconds: madeAt),
            base: base)
    }

    /// Adds a revision.
    ///
    /// - Parameters:
    ///   - base: the ETag of the portal's copy that it started from.
    ///   - mergedWith: the row of the portal's copy that was merged into it.
    ///   - operatorID: who decided; nil where a merge needed nobody.
    /// - Returns: its number.
    func insertRevision(
        of id: String, content: RevisionContent, base: String?, mergedWith: Int? = nil, by operatorID: String?, now: Date,
        in db: inout Connection
    ) throws -> Int {
        let last = try db.first(
            "SELECT id, number FROM revisions WHERE dossier_id = \(id) AND author = 'kiosk' ORDER BY number DESC LIMIT 1"
        ) {
            ($0.int(0), $0.int(1))
        }
        let number = (last?.1 ?? 0) + 1
        let sealed = try seal(content, as: "revision/\(id)/kiosk/\(number)")
        try db.run(
            """
            INSERT INTO revisions (dossier_id, author, number, operator_id, parent, merged_with, etag, made_at, sealed)
            VALUES (\(id), 'kiosk', \(number), \(operatorID), \(last?.0), \(mergedWith), \(base), \(now.milliseconds), \(sealed))
            """)
        return number
    }

    /// Adds what a merge made as a revision with both copies as its parents, and has the dossier follow it.
    ///
    /// - Parameters:
    ///   - event: what the history says of it, with what was taken from where.
    ///   - operatorID: who decided; nil where nobody had to.
    /// - Returns: its number.
    func insertMerge(
        _ merged: Reconciliation.Side, of id: String, ours: OwnRevision, theirs: PortalDossier, changes: [MergedChange],
        event: DossierEvent.Kind = .merged, by operatorID: String? = nil, now: Date, in db: inout Connection
    ) throws -> Int {
        let procedure = try procedure(ofDossier: id, in: db)
        let described = Dictionary(
            (ours.content.papers + (theirs.details ?? [])).map { (PortalDossier.HeldPaper($0), $0) },
            uniquingKeysWith: { first, _ in first })
        var content = ours.content
        content.reasons = content.reasons?.moved(from: content.answers, to: merged.answers)
        content.answers = merged.answers
        content.papers = merged.papers.compactMap { described[$0] }.sorted { ($0.component, $0.id) < ($1.component, $1.id) }
        let portalRow = try db.first(
            """
            SELECT id FROM revisions WHERE dossier_id = \(id) AND author = 'portal' AND etag = \(theirs.etag)
            ORDER BY number DESC LIMIT 1
            """
        ) { $0.int(0) }
        // Before anything is written: papers also open what is sealed, which can be damaged.
        try keepPapers(merged.papers, of: id, now: now, in: &db)
        let number = try insertRevision(
            of: id, content: content, base: theirs.etag, mergedWith: portalRow, by: operatorID, now: now, in: &db)
        let label = try seal(label(of: content.answers, procedure: procedure), as: "dossier/\(id)")
        try db.run(
            """
            UPDATE dossiers SET revision = \(number), sealed = \(label), send_by = \(procedure.sendBy(content.answers)?.milliseconds),
                updated_at = \(now.milliseconds) WHERE id = \(id)
            """)
        try addMergeEvent(event, dossier: id, changes, revision: number, by: operatorID, now: now, in: &db)
        return number
    }

    /// Notes a merge with what was taken from where.
    ///
    /// - Parameter revision: the revision that it made; nil where it went into a form being mended.
    func addMergeEvent(
        _ kind: DossierEvent.Kind, dossier: String, _ changes: [MergedChange], revision: Int? = nil, by operatorID: String?,
        now: Date, in db: inout Connection
    ) throws {
        try addSealedEvent(
            kind, dossier: dossier, MergeNote(changes: changes, revision: revision), by: operatorID, now: now, in: &db)
    }

    /// Notes what happened to a dossier with something that is sealed.
    func addSealedEvent(
        _ kind: DossierEvent.Kind, dossier: String, _ note: some Encodable, by operatorID: String?, now: Date,
        in db: inout Connection
    ) throws {
        // Its number is known before it is there: events are append-only, and what is sealed is bound to its row.
        let event = try db.first("SELECT ifnull(max(id), 0) + 1 FROM events") { $0.int(0) } ?? 1
        let sealed = try seal(note, as: "event/\(event)")
        try db.run(
            """
            INSERT INTO events (id, dossier_id, at, kind, operator_id, sealed)
            VALUES (\(event), \(dossier), \(now.milliseconds), \(kind.rawValue), \(operatorID), \(sealed))
            """)
    }

    /// Has a dossier hold these papers of those it ever had; the portal's own are not among its rows.
    func keepPapers(_ kept: Set<PortalDossier.HeldPaper>, of id: String, now: Date, in db: inout Connection) throws {
        let rows = try paperKeys(of: id, in: db)
        var missing = kept.subtracting(rows.filter(\.isHere).map(\.key))
        for row in rows where row.isHere && !kept.contains(row.key) {
            try db.run("UPDATE papers SET removed_at = \(now.milliseconds) WHERE id = \(row.id)")
        }
        for row in rows where !row.isHere && missing.remove(row.key) != nil {
            try db.run("UPDATE papers SET removed_at = NULL WHERE id = \(row.id)")
        }
    }

    /// The papers that only the portal's copy has: an officer added them, and what we send has to name them.
    func carriedPapers(of id: String, base: PortalDossier?, in db: borrowing Connection) throws -> [Paper] {
        let described = base?.details ?? []
        guard !described.isEmpty else { return [] }
        let own = Set(try paperKeys(of: id, in: db).map(\.key))
        return described.filter { !own.contains(PortalDossier.HeldPaper($0)) }
    }

    /// The papers of a dossier being filled in that only the portal's copy has.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.notADraft`.
    public func papersAtPortal(of id: String) async throws -> [Paper] {
        try await mapped {
            try await store.read { db in
                let base = try self.portalDossier(id, etag: try self.readDraft(of: id, in: db).baseETag, in: db)
                return try self.carriedPapers(of: id, base: base, in: db)
            }
        }
    }

    /// Every paper that a dossier has or had.
    private func paperKeys(of id: String, in db: borrowing Connection) throws -> [(
        id: String, isHere: Bool, key: PortalDossier.HeldPaper
    )] {
        let rows = try db.all(
            """
            SELECT p.id, p.removed_at IS NULL, p.component, a.id, a.sealed FROM papers p JOIN attachments a ON a.id = p.attachment_id
            WHERE p.dossier_id = \(id) ORDER BY p.added_at DESC, p.id DESC
            """
        ) { ($0.text(0), $0.bool(1), $0.text(2), $0.text(3), $0.blob(4)) }
        return try rows.map { id, isHere, component, attachment, facts in
            let sha256 = try open(AttachmentFacts.self, facts, as: "attachment/\(attachment)").sha256
            return (id, isHere, PortalDossier.HeldPaper(component: component, sha256: sha256))
        }
    }
}

/// One of a dossier's copies, as it was.
public struct RevisionSummary: Codable, Equatable, Sendable {
    /// Who made a copy.
    public enum Author: String, Codable, Sendable {
        /// It was sealed here.
        case kiosk
        /// The portal held it.
        case portal
        /// It was made of one of each.
        case merge
    }
    /// Who made it.
    public let author: Author
    /// Its number among those of the kiosk, merges with them, or among those of the portal.
    public let number: Int
    /// Who decided it; nil where it was the machine or the portal.
    public let operatorName: String?
    /// When.
    public let madeAt: Date
    /// The answers in it.
    public let answers: JSONValue
}

extension UnlockedStore {
    /// Every copy of a dossier that there was, oldest first: nothing of them is ever lost.
    ///
    /// - Throws: ``StoreError``.
    public func revisions(of id: String) async throws -> [RevisionSummary] {
        try await mapped {
            try await store.read { db in
                try db.all(
                    """
                    SELECT r.author, r.number, o.name, r.made_at, r.sealed, r.merged_with FROM revisions r
                    LEFT JOIN operators o ON o.id = r.operator_id WHERE r.dossier_id = \(id) ORDER BY r.id
                    """
                ) { row in
                    let (isPortal, number) = (row.text(0) == "portal", row.int(1))
                    let identity = "revision/\(id)/\(row.text(0))/\(number)"
                    let answers =
                        isPortal
                        ? try self.open(PortalDossier.self, row.blob(4), as: identity).answers
                        : try self.open(RevisionContent.self, row.blob(4), as: identity).answers
                    return RevisionSummary(
                        author: isPortal ? .portal : row.intOrNil(5) == nil ? .kiosk : .merge, number: number,
                        operatorName: row.textOrNil(2), madeAt: Date(milliseconds: row.int(3)), answers: answers)
                }
            }
        }
    }
}
