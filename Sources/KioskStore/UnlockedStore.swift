internal import FoundationEssentials
internal import JSONTree
public import KioskDomain
internal import KioskVault
internal import SQLiteAccess
internal import Synchronization

/// An open kiosk: everything that needs the keys.
///
/// It lives as long as someone keeps it; a locked screen can let the nightly sync keep it.
public final class UnlockedStore: Sendable {
    let store: KioskStore
    let vault: Vault
    /// Who unlocked it.
    public let operatorRow: OperatorRow
    /// The catalogue that the program brings along or the settings name.
    let ownCatalogue: Catalogue
    /// Whether the settings name it; then no catalogue of the portal takes its place.
    let isConfigured: Bool
    let editions: Mutex<Editions>
    /// The kiosk itself.
    public let identity: KioskStore.Identity
    let keeper = IndexKeeper()
    let openRevisions = OpenRevisions()

    init(
        _ store: KioskStore, vault: Vault, operatorRow: OperatorRow, catalogue: Catalogue, isConfigured: Bool, now: Date
    ) async throws {
        self.store = store
        self.vault = vault
        self.operatorRow = operatorRow
        self.isConfigured = isConfigured
        ownCatalogue = catalogue
        let own = CurrentCatalogue(catalogue: catalogue, origin: isConfigured ? .configured : .builtIn, since: nil)
        editions = Mutex(Editions(current: own, byVersion: [:]))
        identity = try await store.identity()
        try await mapped {
            try await self.followCatalogue(now: now)
            // Here and not at the first dossier: writing it out takes memory, which goes back after unlocking.
            try await self.keepCurrentEdition(now: now)
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

    /// A consent text of an edition that some dossier was begun with; nil where none has this version.
    public func consentText(version: String) -> ConsentText? {
        editions.withLock { editions in
            ([editions.current.catalogue] + editions.byVersion.values).lazy.flatMap(\.consent.editions).first {
                $0.version == version
            }
        }
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
    /// Notes what happened to a dossier.
    ///
    /// - Parameter subject: the other dossier that it is about.
    func addEvent(
        dossier: String, _ kind: DossierEvent.Kind, subject: String? = nil, by operatorID: String?, now: Date
    ) throws {
        let word = subject.map { "\(kind.rawValue):\($0)" } ?? kind.rawValue
        try run(
            "INSERT INTO events (dossier_id, at, kind, operator_id) VALUES (\(dossier), \(now.milliseconds), \(word), \(operatorID))"
        )
    }
}
