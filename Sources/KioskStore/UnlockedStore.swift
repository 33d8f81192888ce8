internal import FoundationEssentials
internal import JSONTree
public import KioskDomain
internal import KioskVault
internal import SQLiteAccess

/// An open kiosk: everything that needs the keys.
///
/// It lives as long as someone keeps it; a locked screen can let the nightly sync keep it.
public final class UnlockedStore: Sendable {
    let store: KioskStore
    let vault: Vault
    /// Who unlocked it.
    public let operatorRow: OperatorRow
    /// The catalogue in use for new dossiers.
    public let catalogue: Catalogue
    /// The kiosk itself.
    public let identity: KioskStore.Identity
    private let editions: [String: Catalogue]
    let keeper = IndexKeeper()

    init(_ store: KioskStore, vault: Vault, operatorRow: OperatorRow, catalogue: Catalogue, now: Date) async throws {
        self.store = store
        self.vault = vault
        self.operatorRow = operatorRow
        self.catalogue = catalogue
        identity = try await store.identity()
        // Reading and writing a catalogue takes a while: only what is not at hand yet.
        let known = try await store.read { db in
            try db.first("SELECT 1 FROM catalogues WHERE version = \(catalogue.version)") { _ in true } ?? false
        }
        let json = known ? nil : String(decoding: try JSONText.encode(catalogue.withoutSamples), as: UTF8.self)
        editions = try await store.write { db in
            if let json {
                try db.run(
                    """
                    INSERT INTO catalogues (version, json, added_at) VALUES (\(catalogue.version), \(json), \(now.milliseconds))
                    ON CONFLICT (version) DO NOTHING
                    """)
            }
            let texts = try db.all("SELECT version, json FROM catalogues WHERE version <> \(catalogue.version)") {
                ($0.text(0), $0.text(1))
            }
            // Not checked again: a dossier begun under looser checks must not keep the kiosk locked.
            let others = try texts.map { ($0, try JSONText.decode(Catalogue.self, from: Data($1.utf8))) }
            return Dictionary([(catalogue.version, catalogue)] + others) { first, _ in first }
        }
    }

    /// The kiosk's secret at the portal.
    ///
    /// - Throws: ``StoreError``.
    public func portalSecret() async throws -> String {
        try await mapped {
            let sealed = try await store.read { db in
                try db.first("SELECT sealed FROM secrets WHERE name = 'portal'") { $0.blob(0) }
            }
            return String(decoding: try vault.records.open(sealed ?? [], as: "secret/portal"), as: UTF8.self)
        }
    }

    /// A procedure of an edition of the catalogue that some dossier was begun with.
    ///
    /// - Throws: ``StoreError/noProcedure(_:)``.
    public func procedure(_ code: String, version: String) throws -> Procedure {
        guard let procedure = editions[version]?.procedure(code) else { throw StoreError.noProcedure(code) }
        return procedure
    }

    /// An edition of the catalogue that is kept here.
    func edition(_ version: String) -> Catalogue? { editions[version] }

    /// A consent text of an edition that some dossier was begun with; nil where none has this version.
    public func consentText(version: String) -> ConsentText? {
        ([catalogue] + editions.values).lazy.flatMap(\.consent.editions).first { $0.version == version }
    }

    // MARK: Sealed records

    func seal(_ value: some Encodable, as identity: String) throws -> [UInt8] {
        try vault.records.seal(try JSONText.encode(value), as: identity)
    }

    func open<T: Decodable>(_ type: T.Type, _ sealed: [UInt8], as identity: String) throws -> T {
        try JSONText.decode(type, from: Data(try vault.records.open(sealed, as: identity)))
    }

    func openIfPresent<T: Decodable>(_ type: T.Type, _ sealed: [UInt8]?, as identity: String) throws -> T? {
        guard let sealed else { return nil }
        return try open(type, sealed, as: identity)
    }
}

extension Connection {
    func addEvent(dossier: String, _ kind: DossierEvent.Kind, by operatorID: String?, now: Date) throws {
        try run(
            "INSERT INTO events (dossier_id, at, kind, operator_id) VALUES (\(dossier), \(now.milliseconds), \(kind.rawValue), \(operatorID))"
        )
    }
}
