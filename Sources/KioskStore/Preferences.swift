internal import SQLiteAccess

extension UnlockedStore {
    /// What the operator who unlocked the kiosk prefers, by a name such as `typing`; nil where nothing was chosen.
    ///
    /// It is kept here and not in a cookie: a kiosk's browser may forget everything when it is closed. Nothing secret belongs here.
    ///
    /// - Throws: ``StoreError``.
    public func preference(_ name: String) async throws -> String? {
        let key = "\(name)/\(operatorRow.id)"
        return try await mapped { try await store.read { db in try db.setting(key) } }
    }

    /// Keeps what the operator who unlocked the kiosk prefers.
    ///
    /// - Throws: ``StoreError``.
    public func setPreference(_ name: String, to value: String?) async throws {
        let key = "\(name)/\(operatorRow.id)"
        try await mapped { try await store.write { db in try db.setSetting(key, to: value) } }
    }
}
