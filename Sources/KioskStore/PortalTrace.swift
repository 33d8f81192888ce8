public import FoundationEssentials
internal import JSONTree
public import KioskSync
internal import KioskVault
internal import SQLiteAccess

/// What the kiosk keeps of the way to the portal: its last time, and a proxy's login.
extension UnlockedStore {
    /// Keeps what the portal's clock said last.
    ///
    /// - Throws: ``StoreError``.
    public func keepClock(_ reading: ClockReading) async throws {
        let json = String(decoding: try JSONText.encode(reading), as: UTF8.self)
        try await store.write { db in try db.setSetting("portal-clock", to: json) }
    }

    /// What is known to be wrong with this machine's clock.
    ///
    /// - Throws: ``StoreError``.
    public func clockError(now: Date) async throws -> ClockError? {
        guard let json = try await store.read({ db in try db.setting("portal-clock") }) else { return nil }
        let reading = try JSONText.decode(ClockReading.self, from: Data(json.utf8))
        return reading.error(now: now, boot: store.configuration.bootTime())
    }

    /// Time since this machine started; nil where that cannot be known.
    public var bootTime: BootTime? { store.configuration.bootTime() }

    /// Keeps a proxy's login (`name:password`), sealed; nil forgets it.
    ///
    /// - Throws: ``StoreError``.
    public func setProxyLogin(_ login: String?) async throws {
        try await mapped {
            let sealed = try login.map { try vault.records.seal(Array($0.utf8), as: "secret/proxy") }
            try await store.write { db in
                try db.run("DELETE FROM secrets WHERE name = 'proxy'")
                if let sealed { try db.run("INSERT INTO secrets (name, sealed) VALUES ('proxy', \(sealed))") }
            }
        }
    }

    /// The proxy's login; nil where none is kept.
    ///
    /// - Throws: ``StoreError``.
    public func proxyLogin() async throws -> String? {
        try await mapped {
            let sealed = try await store.read { db in
                try db.first("SELECT sealed FROM secrets WHERE name = 'proxy'") { $0.blob(0) }
            }
            return try sealed.map { String(decoding: try vault.records.open($0, as: "secret/proxy"), as: UTF8.self) }
        }
    }
}
