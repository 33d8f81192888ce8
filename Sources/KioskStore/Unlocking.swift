public import FoundationEssentials
public import KioskDomain
public import KioskVault
internal import SQLiteAccess

/// Someone who may unlock the kiosk.
public struct OperatorRow: Codable, Equatable, Sendable, Identifiable {
    /// Its id.
    public let id: String
    /// Name as shown at the unlock page.
    public let name: String
}

/// Where a PIN comes from.
///
/// Each has a count of wrong guesses of its own: a timer with an outdated PIN file must not lock the village head out, and its right
/// guess each night must not give someone at the screen new ones. Whoever has both has two guesses for one.
public enum PINSource: Sendable {
    /// Someone types it.
    case typed
    /// A command reads it from a file.
    case file
}

/// How long the next guess at a PIN has to wait: nothing for two slips, then 2 s doubled up to an hour.
///
/// It survives a restart because the failures are counted on the disk, before a guess is even checked.
public enum GuessDelay {
    /// Seconds after so many wrong guesses.
    public static func seconds(after failures: Int) -> Double {
        guard failures > 2 else { return 0 }
        return min(3600, 2 * Double(1 << min(failures - 3, 20)))
    }
}

extension KioskStore {
    /// Who may unlock the kiosk, by name.
    ///
    /// - Throws: ``StoreError``.
    public func operators() async throws -> [OperatorRow] {
        try await read { db in
            try db.all("SELECT id, name FROM operators ORDER BY name") { OperatorRow(id: $0.text(0), name: $0.text(1)) }
        }
    }

    /// Unlocks the kiosk with an operator's PIN.
    ///
    /// - Parameters:
    ///   - name: nil where the kiosk has one operator only.
    ///   - source: where the PIN comes from.
    ///   - catalogue: the one that the program brings along or the settings name.
    ///   - isConfigured: whether the settings name it; then no catalogue of the portal takes its place.
    /// - Throws: ``StoreError``: `.noOperator`, `.wrongPIN`, `.guessingTooFast`.
    public func unlock(
        operatorName name: String?, pin: String, from source: PINSource = .typed, catalogue: Catalogue,
        isConfigured: Bool = false, now: Date
    ) async throws -> UnlockedStore {
        let all = try await operators()
        guard let person = name == nil && all.count == 1 ? all.first : all.first(where: { $0.name == name }) else {
            throw StoreError.noOperator
        }
        let wrapped = try await countGuess(of: person, from: source, now: now)
        guard let vault = try mapped({ try Vault.open(wrapped.key, pin: StoredText.normalised(pin), for: person.id) }) else {
            throw StoreError.wrongPIN(nextGuessIn: GuessDelay.seconds(after: wrapped.failures))
        }
        try await write { db in
            try db.run("UPDATE operators SET (\(part: source.counters)) = (0, NULL) WHERE id = \(person.id)")
        }
        return try await UnlockedStore(
            self, vault: vault, operatorRow: person, catalogue: catalogue, isConfigured: isConfigured, now: now)
    }

    /// Counts a guess as wrong before it is checked: whoever pulls the plug while scrypt runs has still used it up.
    private func countGuess(
        of person: OperatorRow, from source: PINSource, now: Date
    ) async throws -> (key: Vault.WrappedKey, failures: Int) {
        let counters = source.counters
        let (key, failures, left) = try await write { db in
            func count(_ failures: Int) throws {
                try db.run(
                    "UPDATE operators SET (\(part: counters)) = (\(failures), \(now.milliseconds)) WHERE id = \(person.id)")
            }
            let row = try db.first(
                "SELECT salt, log_n, r, p, sealed_key, \(part: counters) FROM operators WHERE id = \(person.id)"
            ) { row in
                (
                    Vault.WrappedKey(
                        salt: row.blob(0), cost: Vault.PINCost(logN: row.int(1), r: row.int(2), p: row.int(3)),
                        sealed: row.blob(4)),
                    row.int(5), row.intOrNil(6)
                )
            }
            guard let (key, failures, failedAt) = row else { throw StoreError.noOperator }
            if let failedAt {
                let passed = Double(now.milliseconds - failedAt) / 1000
                let left = GuessDelay.seconds(after: failures) - max(0, passed)
                if left > 0 {
                    // A clock set back must not lock the village head out for longer than the delay itself: it is counted anew.
                    if passed < 0 { try count(failures) }
                    return (key, failures, left)
                }
            }
            try count(failures + 1)
            return (key, failures + 1, 0)
        }
        guard left <= 0 else { throw StoreError.guessingTooFast(seconds: left) }
        return (key, failures)
    }

    /// Sets a new PIN for an operator with the printed recovery key.
    ///
    /// - Throws: ``StoreError``: `.noOperator`, `.vault(.malformedRecoveryKey)` where it is mistyped or another kiosk's.
    public func resetPIN(operatorName: String, recoveryKey: String, newPIN: String, cost: Vault.PINCost, now: Date) async throws {
        try await mapped {
            let key = try RecoveryKey(typed: recoveryKey)
            let people = try await operators()
            guard let person = people.first(where: { $0.name == operatorName }) else { throw StoreError.noOperator }
            let sealed = try await read { db in try db.first("SELECT sealed FROM secrets WHERE name = 'recovery'") { $0.blob(0) }
            }
            guard let sealed, let vault = try Vault.open(sealed, recovery: key) else { throw VaultError.malformedRecoveryKey }
            let wrapped = try vault.wrap(pin: StoredText.normalised(newPIN), for: person.id, cost: cost)
            try await write { db in
                try db.run(
                    """
                    UPDATE operators SET salt = \(wrapped.salt), log_n = \(wrapped.cost.logN), r = \(wrapped.cost.r), p = \(wrapped.cost.p),
                        sealed_key = \(wrapped.sealed), failures = 0, failed_at = NULL, file_failures = 0, file_failed_at = NULL
                    WHERE id = \(person.id)
                    """)
            }
        }
    }
}

extension PINSource {
    /// The columns of its count.
    fileprivate var counters: SQL {
        switch self {
        case .typed: "failures, failed_at"
        case .file: "file_failures, file_failed_at"
        }
    }
}

extension Connection {
    func insertOperator(id: String, name: String, wrapped: Vault.WrappedKey, now: Date) throws {
        try run(
            """
            INSERT INTO operators (id, name, salt, log_n, r, p, sealed_key, created_at)
            VALUES (\(id), \(name), \(wrapped.salt), \(wrapped.cost.logN), \(wrapped.cost.r), \(wrapped.cost.p), \(wrapped.sealed),
                \(now.milliseconds))
            """)
    }
}
