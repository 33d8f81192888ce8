public import FoundationEssentials
internal import JSONTree
public import KioskDomain
internal import KioskSync
internal import SQLiteAccess
internal import Synchronization

/// The catalogue in use for new dossiers, and where it comes from.
public struct CurrentCatalogue: Sendable {
    /// Where a catalogue comes from.
    public enum Origin: String, Codable, Sendable {
        /// It is in the program.
        case builtIn = "built-in"
        /// A file that the settings name.
        case configured
        /// It came by sync.
        case portal
    }

    /// The catalogue.
    public let catalogue: Catalogue
    /// Where it comes from.
    public let origin: Origin
    /// When it came by sync; nil for the others.
    public let since: Date?
}

/// How it stands with the catalogue, for people.
public struct CatalogueStanding: Codable, Equatable, Sendable {
    /// The version in use for new dossiers.
    public let version: String
    /// Where it comes from.
    public let origin: CurrentCatalogue.Origin
    /// When it came by sync; nil for the others.
    public let since: Date?
    /// The portal's last catalogue where it is refused.
    public let refused: Refusal?

    /// A catalogue that is not used.
    public struct Refusal: Codable, Equatable, Sendable {
        /// Its version; nil where it cannot be read.
        public let version: String?
        /// What is wrong with it and where, for whoever publishes it.
        public let fault: String
        /// When it was last looked at.
        public let at: Date
    }
}

extension KioskStore {
    /// The catalogue in use for new dossiers: one that the settings name over all, else the newer of the program's own and the
    /// portal's last one that was in order; where they are of one version, the program's own.
    ///
    /// - Parameters:
    ///   - own: the one that the program brings along or the settings name, as it was made at the program's start.
    ///   - isConfigured: whether the settings name it.
    /// - Throws: ``StoreError``.
    public func currentCatalogue(own: Catalogue, isConfigured: Bool, now: Date) async throws -> CurrentCatalogue {
        let today = VietnamTime.day(of: now)
        let own = turned(own, on: today)
        guard !isConfigured else { return CurrentCatalogue(catalogue: own, origin: .configured, since: nil) }
        let builtIn = CurrentCatalogue(catalogue: own, origin: .builtIn, since: nil)
        let mark = try await read { db in
            try db.first("SELECT kept_version, kept_etag, kept_at FROM portal_catalogue WHERE kept_version IS NOT NULL") {
                (version: $0.text(0), etag: $0.text(1), at: $0.int(2))
            }
        }
        guard let mark, CatalogueVersion(own.version) < CatalogueVersion(mark.version) else { return builtIn }
        let key = "\(mark.etag) \(mark.at)"
        if let made = made.withLock({ $0 }), made.key == key, made.day == today || made.current.catalogue.asOf != "today" {
            return made.current
        }
        // Read a moment later: another process may just have put a newer one in its place, which the next look finds.
        guard let kept = try await keptCatalogue() else { return builtIn }
        do throws(JSONFault) {
            let catalogue = try Catalogue(json: kept.text, today: today)
            let current = CurrentCatalogue(catalogue: catalogue, origin: .portal, since: Date(milliseconds: mark.at))
            made.withLock { $0 = MadeCatalogue(key: key, day: today, current: current) }
            return current
        } catch {
            try await forgetKeptCatalogue(fault: error.description, now: now)
            return builtIn
        }
    }

    /// A program that reads more strictly, or a day that nobody checked: what was in order once no longer is.
    private func forgetKeptCatalogue(fault: String, now: Date) async throws {
        try await write { db in
            let version = try db.first("SELECT kept_version FROM portal_catalogue") { $0.textOrNil(0) } ?? nil
            try db.noteRefusedCatalogue(version: version, fault: String(fault.prefix(300)), now: now)
            try db.run("UPDATE portal_catalogue SET kept_version = NULL, kept_etag = NULL, kept_json = NULL, kept_at = NULL")
        }
    }

    /// The portal's catalogue as it was made last, so that another unlocking need not read it again.
    struct MadeCatalogue: Sendable {
        let key: String
        let day: CalendarDate
        let current: CurrentCatalogue
    }
}

extension UnlockedStore {
    /// The catalogues at hand: the one for new dossiers, and by version the editions that dossiers were begun with.
    struct Editions: Sendable {
        var current: CurrentCatalogue
        var byVersion: [String: Catalogue]
    }

    /// The catalogue in use for new dossiers, as ``followCatalogue(now:)`` found it last.
    public var catalogue: Catalogue { editions.withLock { $0.current.catalogue } }

    /// Brings the catalogue in use and the editions of all dossiers up to date: a sync, or another process, may have changed them.
    ///
    /// An edition that cannot be read is left out: only its own dossiers suffer. It costs two small reads where nothing changed.
    ///
    /// - Throws: ``StoreError``.
    public func followCatalogue(now: Date) async throws {
        let current = try await store.currentCatalogue(own: ownCatalogue, isConfigured: isConfigured, now: now)
        let known = editions.withLock { Set($0.byVersion.keys) }.union([current.catalogue.version])
        let missing = try await store.read { db in
            // An edition is read only where it is not at hand: a row's text is long.
            let versions = try db.all("SELECT version FROM catalogues") { $0.text(0) }.filter { !known.contains($0) }
            return try versions.compactMap { version in
                do {
                    return (version, try Self.readEdition(version, in: db))
                } catch is JSONFault {
                    // Damaged: whoever opens a dossier of it is told so; all others go on.
                    return nil
                }
            }
        }
        editions.withLock { editions in
            editions.current = current
            editions.byVersion[current.catalogue.version] = current.catalogue
            for (version, edition) in missing { editions.byVersion[version] = edition }
        }
    }

    /// How it stands with the catalogue.
    ///
    /// - Throws: ``StoreError``.
    public func catalogueStanding() async throws -> CatalogueStanding {
        let current = editions.withLock { $0.current }
        let refused = try await store.read { db in
            try db.first("SELECT refused_version, refused_fault, refused_at FROM portal_catalogue WHERE refused_at IS NOT NULL") {
                CatalogueStanding.Refusal(version: $0.textOrNil(0), fault: $0.text(1), at: Date(milliseconds: $0.int(2)))
            }
        }
        return CatalogueStanding(
            version: current.catalogue.version, origin: current.origin, since: current.since, refused: refused)
    }

    // MARK: Editions

    /// An edition of the catalogue that some dossier was begun with.
    ///
    /// - Throws: ``StoreError/noEdition(_:)``.
    public func edition(_ version: String) throws -> Catalogue {
        guard let edition = editions.withLock({ $0.byVersion[version] }) else { throw StoreError.noEdition(version) }
        return edition
    }

    /// A procedure of an edition of the catalogue that some dossier was begun with.
    ///
    /// - Throws: ``StoreError``: `.noEdition`, `.noProcedure`.
    public func procedure(_ code: String, version: String) throws -> Procedure {
        guard let procedure = try edition(version).procedure(code) else { throw StoreError.noProcedure(code) }
        return procedure
    }

    /// An edition inside a transaction, read where another process has put it there since.
    func edition(_ version: String, in db: borrowing Connection) throws -> Catalogue {
        if let edition = editions.withLock({ $0.byVersion[version] }) { return edition }
        let edition = try Self.readEdition(version, in: db)
        editions.withLock { $0.byVersion[version] = edition }
        return edition
    }

    /// A procedure of an edition inside a transaction.
    func procedure(_ code: String, version: String, in db: borrowing Connection) throws -> Procedure {
        guard let procedure = try edition(version, in: db).procedure(code) else { throw StoreError.noProcedure(code) }
        return procedure
    }

    /// Not checked again: a dossier begun under looser checks must not keep the kiosk locked.
    private static func readEdition(_ version: String, in db: borrowing Connection) throws -> Catalogue {
        guard let text = try db.first("SELECT json FROM catalogues WHERE version = \(version)", { $0.text(0) }) else {
            throw StoreError.noEdition(version)
        }
        return try JSONText.decode(Catalogue.self, from: Data(text.utf8))
    }

    /// Keeps the edition in use now.
    func keepCurrentEdition(now: Date) async throws {
        let current = catalogue
        let isThere = try await store.read { db in
            try db.first("SELECT 1 FROM catalogues WHERE version = \(current.version)") { _ in true } ?? false
        }
        guard !isThere else { return }
        // Written out on this thread: what the database's own thread frees, no other would use again.
        let json = try Self.text(of: current)
        try await store.write { db in
            try db.run(
                """
                INSERT INTO catalogues (version, json, added_at) VALUES (\(current.version), \(json), \(now.milliseconds))
                ON CONFLICT (version) DO NOTHING
                """)
        }
    }

    /// An edition as it is kept, without the invented residents of its samples.
    private static func text(of catalogue: Catalogue) throws -> String {
        String(decoding: try JSONText.encode(catalogue.withoutSamples), as: UTF8.self)
    }

    /// Keeps the edition that a dossier is begun with.
    func keepEdition(_ catalogue: Catalogue, now: Date, in db: inout Connection) throws {
        let isThere = try db.first("SELECT 1 FROM catalogues WHERE version = \(catalogue.version)") { _ in true } ?? false
        guard !isThere else { return }
        let json = try Self.text(of: catalogue)
        try db.run(
            "INSERT INTO catalogues (version, json, added_at) VALUES (\(catalogue.version), \(json), \(now.milliseconds))")
    }
}
