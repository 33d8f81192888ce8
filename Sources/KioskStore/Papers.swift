public import FoundationEssentials
public import KioskDomain
internal import SQLiteAccess

/// What is sealed of a paper.
struct PaperFacts: Codable, Equatable {
    var fileName: String
    var check: PaperCheck?
    /// Whether it can be a page of a joined PDF; nil in what was stored before there were any.
    var canJoin: Bool?
}

/// A paper of a dossier that the kiosk holds.
public struct PaperRow: Codable, Equatable, Sendable, Identifiable {
    /// Its id in the dossier.
    public let id: String
    /// The component that it proves.
    public let component: String
    /// The name the officer sees.
    public let fileName: String
    /// Its media type.
    public let mediaType: String
    /// Length in bytes.
    public let size: Int
    /// Lower-case hex SHA-256.
    public let sha256: String
    /// The file.
    public let attachment: String
    /// Whether the portal confirmed the file.
    public let isUploaded: Bool
    /// Whether it can be a page of a PDF that several pictures are joined to.
    public let canJoin: Bool
    /// What was found at the counter; nil where nobody looked.
    public let check: PaperCheck?
    /// The file that the page was made of, as it came in; nil where there is none any more.
    public let original: Original?

    /// A file that is kept until the dossier closes and never sent.
    public struct Original: Codable, Equatable, Sendable {
        /// The file.
        public let attachment: String
        /// Length in bytes.
        public let size: Int
    }

    /// What sealing asks of it.
    public var attached: AttachedPaper {
        AttachedPaper(component: component, mediaType: mediaType, size: size, canJoin: canJoin)
    }
}

/// A file with the place it takes in a dossier.
public struct PlacedFile: Sendable {
    /// The component that it proves.
    public var component: String
    /// The name the officer sees.
    public var fileName: String
    /// Its media type.
    public var mediaType: String
    /// The file.
    public var file: UnlockedStore.StoredFile
    /// What was found at the counter.
    public var check: PaperCheck?
    /// The file that the page was made of (its attachment).
    public var original: String?
    /// The paper whose place it takes.
    public var replacing: String?
    /// Whether it can be a page of a PDF that several pictures are joined to.
    public var canJoin: Bool

    /// A file with its place.
    public init(
        component: String, fileName: String, mediaType: String, file: UnlockedStore.StoredFile, canJoin: Bool = false,
        check: PaperCheck? = nil, original: String? = nil, replacing: String? = nil
    ) {
        self.component = component
        self.fileName = fileName
        self.mediaType = mediaType
        self.file = file
        self.check = check
        self.original = original
        self.replacing = replacing
        self.canJoin = canJoin
    }
}

extension UnlockedStore {
    /// Adds a file to a dossier that is being filled in.
    ///
    /// The same file in the same place is there once.
    ///
    /// - Throws: ``StoreError``.
    public func addPaper(_ placed: PlacedFile, to dossier: String, now: Date) async throws {
        try await sweepingReleased {
            try await store.write { db in
                _ = try self.readDraft(of: dossier, in: db)
                try self.noteHandOver(of: dossier, now: now, in: &db)
                try self.insertPaper(placed, of: dossier, now: now, in: &db)
                try db.run("UPDATE dossiers SET updated_at = \(now.milliseconds) WHERE id = \(dossier)")
            }
        }
    }

    func insertPaper(_ placed: PlacedFile, of dossier: String, now: Date, in db: inout Connection) throws {
        let known = try db.first(
            """
            SELECT 1 FROM papers WHERE dossier_id = \(dossier) AND component = \(placed.component)
                AND attachment_id = \(placed.file.attachment) AND removed_at IS NULL AND id IS NOT \(placed.replacing)
            """
        ) { _ in true }
        guard known == nil else { return }
        let id = try Identifier.new(now: now)
        let position = try takePlace(placed, of: dossier, now: now, in: &db)
        let original = try db.keptOriginal(placed)
        let sealed = try seal(
            PaperFacts(fileName: placed.fileName, check: placed.check, canJoin: placed.canJoin), as: "paper/\(id)")
        try db.run(
            """
            INSERT INTO papers (id, dossier_id, attachment_id, component, media_type, added_at, position, original_id, sealed)
            VALUES (\(id), \(dossier), \(placed.file.attachment), \(placed.component), \(placed.mediaType), \(now.milliseconds),
                \(position), \(original), \(sealed))
            """)
        if let replaced = placed.replacing { try db.dropOriginals(ofPaper: replaced) }
    }

    /// The place of a new paper: that of the one it replaces, else behind all others of its component.
    private func takePlace(_ placed: PlacedFile, of dossier: String, now: Date, in db: inout Connection) throws -> Int {
        if let replaced = placed.replacing {
            let place = try db.first(
                """
                UPDATE papers SET removed_at = \(now.milliseconds) WHERE id = \(replaced) AND dossier_id = \(dossier)
                    AND component = \(placed.component) AND removed_at IS NULL RETURNING position
                """
            ) { $0.int(0) }
            guard let place else { throw StoreError.noPaper }
            return place
        }
        return try db.first(
            "SELECT ifnull(max(position), -1) + 1 FROM papers WHERE dossier_id = \(dossier) AND component = \(placed.component)"
        ) { $0.int(0) } ?? 0
    }

    /// Takes a paper out of a dossier that is being filled in.
    ///
    /// Earlier revisions keep it.
    ///
    /// - Throws: ``StoreError``: `.noPaper`, `.notADraft`.
    public func removePaper(_ paper: String, from dossier: String, now: Date) async throws {
        try await sweepingReleased {
            try await store.write { db in
                _ = try self.readDraft(of: dossier, in: db)
                try db.run(
                    "UPDATE papers SET removed_at = \(now.milliseconds) WHERE id = \(paper) AND dossier_id = \(dossier) AND removed_at IS NULL"
                )
                guard db.changes == 1 else { throw StoreError.noPaper }
                try db.dropOriginals(ofPaper: paper)
                try self.noteHandOver(of: dossier, now: now, in: &db)
            }
        }
    }

    /// The papers that a dossier has now.
    ///
    /// - Throws: ``StoreError``.
    public func papers(of dossier: String) async throws -> [PaperRow] {
        try await store.read { db in try self.readPapers(of: dossier, in: db) }
    }

    /// Every paper that a dossier has, or had when it was sealed: what clashes is looked at in pictures.
    ///
    /// One that was taken out before it was sealed is gone.
    ///
    /// - Throws: ``StoreError``.
    public func papersEver(of dossier: String) async throws -> [PaperRow] {
        try await mapped {
            try await store.read { db in
                let now = try self.readPapers(of: dossier, in: db)
                let all = try self.readPapers(of: dossier, withRemoved: true, in: db)
                guard all.count > now.count else { return now }
                let revisions = try db.all(
                    "SELECT number, sealed FROM revisions WHERE dossier_id = \(dossier) AND author = 'kiosk'"
                ) { ($0.int(0), $0.blob(1)) }
                var kept = Set(now.map(\.id))
                for (number, sealed) in revisions {
                    let content = try self.open(RevisionContent.self, sealed, as: "revision/\(dossier)/kiosk/\(number)")
                    let digests = Set(content.papers.map(\.sha256))
                    kept.formUnion(all.filter { digests.contains($0.sha256) }.map(\.id))
                }
                return all.filter { kept.contains($0.id) }
            }
        }
    }

    /// - Parameter withRemoved: also those that only revisions hold.
    func readPapers(of dossier: String, withRemoved: Bool = false, in db: borrowing Connection) throws -> [PaperRow] {
        let rows = try db.all(
            """
            SELECT p.id, p.component, p.media_type, p.sealed, a.id, a.size, a.sealed, a.is_uploaded, o.id, o.size
            FROM papers p JOIN attachments a ON a.id = p.attachment_id LEFT JOIN attachments o ON o.id = p.original_id
            WHERE p.dossier_id = \(dossier) AND (p.removed_at IS NULL OR \(withRemoved))
            ORDER BY p.component, p.position, p.added_at, p.id
            """
        ) { row in
            (
                row.text(0), row.text(1), row.text(2), row.blob(3), row.text(4), row.int(5), row.blob(6), row.bool(7),
                row.textOrNil(8).map { PaperRow.Original(attachment: $0, size: row.int(9)) }
            )
        }
        return try rows.map { id, component, mediaType, sealed, attachment, size, facts, isUploaded, original in
            let paper = try open(PaperFacts.self, sealed, as: "paper/\(id)")
            return PaperRow(
                id: id, component: component, fileName: paper.fileName, mediaType: mediaType, size: size,
                sha256: try open(AttachmentFacts.self, facts, as: "attachment/\(attachment)").sha256, attachment: attachment,
                isUploaded: isUploaded, canJoin: paper.canJoin ?? (mediaType == "image/jpeg"), check: paper.check,
                original: original)
        }
    }
}

extension [PaperRow] {
    /// How many pictures each component has.
    public var pictures: [String: Int] {
        Dictionary(grouping: filter { $0.mediaType != "application/pdf" && $0.mediaType != "image/tiff" }, by: \.component)
            .mapValues(\.count)
    }
}

extension PaperRow {
    /// The paper as a revision keeps it, under the name that the officer sees.
    func paper(named name: String) -> Paper {
        Paper(
            id: id, component: component, fileName: name, mediaType: mediaType, size: size, sha256: sha256, note: check?.note(.vi)
        )
    }
}
