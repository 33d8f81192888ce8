public import FoundationEssentials
public import JSONTree
public import KioskDomain
internal import KioskVault
internal import SQLiteAccess

/// A form being filled in.
public struct Draft: Codable, Equatable, Sendable {
    /// What was typed so far, hidden questions' answers too.
    public var answers: JSONValue
    /// The section that was open last; the form is reopened there.
    public var section: String?
    /// Why warnings are passed over, by the pointer of the answer.
    public var reasons: [String: String]
    /// The ETag of the portal's copy that this form started from; nil before the first delivery.
    public var baseETag: String?
    /// Whether the resident consented to papers of earlier dossiers being shown.
    public var showsEarlierPapers: Bool?

    /// An empty form.
    public init(answers: JSONValue = .emptyObject, section: String? = nil, reasons: [String: String] = [:]) {
        self.answers = answers
        self.section = section
        self.reasons = reasons
    }
}

extension UnlockedStore {
    /// Begins a dossier of a procedure of the current catalogue.
    ///
    /// - Returns: its id.
    /// - Throws: ``StoreError``.
    public func beginDossier(procedure code: String, now: Date) async throws -> String {
        let edition = catalogue
        guard let procedure = edition.procedure(code) else { throw StoreError.noProcedure(code) }
        return try await mapped {
            let id = try Identifier.new(now: now)
            try await store.write { db in
                try self.insertDossier(id, procedure: procedure, of: edition, answers: .emptyObject, now: now, in: &db)
                try self.writeDraft(Draft(), of: id, procedure: procedure, now: now, in: &db)
            }
            return id
        }
    }

    func insertDossier(
        _ id: String, procedure: Procedure, of edition: Catalogue, answers: JSONValue, now: Date, in db: inout Connection
    ) throws {
        try keepEdition(edition, now: now, in: &db)
        let sealed = try seal(label(of: answers, procedure: procedure), as: "dossier/\(id)")
        try db.run(
            """
            INSERT INTO dossiers (id, procedure, catalogue_version, state, captured_at, updated_at, sealed)
            VALUES (\(id), \(procedure.code), \(edition.version), 'draft', \(now.milliseconds), \(now.milliseconds), \(sealed))
            """)
        try db.addEvent(dossier: id, .begun, by: operatorRow.id, now: now)
    }

    func writeDraft(_ draft: Draft, of id: String, procedure: Procedure, now: Date, in db: inout Connection) throws {
        let sealed = try seal(draft, as: "draft/\(id)")
        try db.run(
            """
            INSERT INTO drafts (dossier_id, saved_at, sealed) VALUES (\(id), \(now.milliseconds), \(sealed))
            ON CONFLICT (dossier_id) DO UPDATE SET saved_at = excluded.saved_at, sealed = excluded.sealed
            """)
        let label = try seal(label(of: draft.answers, procedure: procedure), as: "dossier/\(id)")
        try db.run("UPDATE dossiers SET sealed = \(label), updated_at = \(now.milliseconds) WHERE id = \(id)")
    }

    func readDraft(of id: String, in db: borrowing Connection) throws -> Draft {
        guard let sealed = try db.first("SELECT sealed FROM drafts WHERE dossier_id = \(id)", { $0.blob(0) }) else {
            let known = try db.first("SELECT 1 FROM dossiers WHERE id = \(id)") { _ in true } ?? false
            throw known ? StoreError.notADraft : StoreError.noDossier
        }
        return try open(Draft.self, sealed, as: "draft/\(id)")
    }

    /// The form of a dossier that is being filled in.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.notADraft`.
    public func draft(of id: String) async throws -> Draft {
        try await store.read { db in try self.readDraft(of: id, in: db) }
    }

    /// Changes a form and has it on the disk when this returns.
    ///
    /// Reading and writing are one transaction, so two pages open on one dossier do not undo each other's fields.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.notADraft`.
    @discardableResult
    public func changeDraft(of id: String, now: Date, _ change: @Sendable (inout Draft) -> Void) async throws -> Draft {
        let procedure = try await procedure(ofDossier: id)
        return try await store.write { db in
            var draft = try self.readDraft(of: id, in: db)
            let before = draft
            change(&draft)
            if draft.answers != before.answers || draft.reasons != before.reasons {
                try self.noteHandOver(of: id, now: now, in: &db)
            }
            try self.writeDraft(draft, of: id, procedure: procedure, now: now, in: &db)
            return draft
        }
    }

    /// The procedure of a dossier, of the edition it was begun with.
    ///
    /// - Throws: ``StoreError``.
    public func procedure(ofDossier id: String) async throws -> Procedure { try await begun(id).procedure }

    func procedure(ofDossier id: String, in db: borrowing Connection) throws -> Procedure { try begun(id, in: db).procedure }

    /// What a dossier was begun with: the edition of the catalogue, and its procedure in it.
    ///
    /// - Throws: ``StoreError``.
    public func begun(_ id: String) async throws -> (edition: Catalogue, procedure: Procedure) {
        try await mapped { try await store.read { db in try self.begun(id, in: db) } }
    }

    private func begun(_ id: String, in db: borrowing Connection) throws -> (edition: Catalogue, procedure: Procedure) {
        let row = try db.first("SELECT procedure, catalogue_version FROM dossiers WHERE id = \(id)") {
            ($0.text(0), $0.text(1))
        }
        guard let (code, version) = row else { throw StoreError.noDossier }
        return (try edition(version, in: db), try procedure(code, version: version, in: db))
    }

    /// Drafts begun with another edition of the catalogue than the one in use now, the newest first.
    ///
    /// - Throws: ``StoreError``.
    public func draftsOfOtherEditions(limit: Int = 200) async throws -> [DossierSummary] {
        let version = catalogue.version
        let query: SQL = """
            \(part: Self.columns) WHERE state = 'draft' AND catalogue_version <> \(version)
            ORDER BY updated_at DESC, id DESC LIMIT \(limit)
            """
        return try await mapped { try await store.read { db in try db.all(query, self.summary) } }
    }

    /// The printed forms of the edition of the catalogue that a dossier was begun with.
    ///
    /// An edition from before the kiosk could print has none; then those in use now, of which only the same print of a form fits.
    /// - Throws: ``StoreError/noDossier``.
    public func printedForms(ofDossier id: String) async throws -> [PrintedForm] {
        try await begun(id).edition.printedForms ?? catalogue.printedForms ?? []
    }

    /// Throws a draft away that was never sealed, with its papers.
    ///
    /// What was sealed once cannot be thrown away.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.notADraft`.
    public func discardDraft(of id: String) async throws {
        let files = try await store.write { db in
            guard let revision = try db.first("SELECT revision FROM dossiers WHERE id = \(id)", { $0.int(0) }) else {
                throw StoreError.noDossier
            }
            guard revision == 0 else { throw StoreError.notADraft }
            try db.run("DELETE FROM drafts WHERE dossier_id = \(id)")
            let files = try db.all("SELECT attachment_id, original_id FROM papers WHERE dossier_id = \(id)") {
                [$0.text(0), $0.textOrNil(1)].compactMap { $0 }
            }
            let page = try db.consentPage(of: id)?.attachment
            try db.dropConsentPage(of: id)
            try db.run("DELETE FROM papers WHERE dossier_id = \(id)")
            try db.run("DELETE FROM events WHERE dossier_id = \(id)")
            try db.run("DELETE FROM dossiers WHERE id = \(id)")
            return files.joined() + [page].compactMap(\.self)
        }
        try await forget(files)
    }
}
