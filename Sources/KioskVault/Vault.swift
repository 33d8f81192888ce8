internal import CCrypto

/// The open vault: the keys that a right PIN or the recovery key gave, held in memory only.
///
/// One random master key; each purpose has a key of its own derived from it (HKDF-SHA256, RFC 5869).
public final class Vault: Sendable {
    /// Seals rows: answers, names, remarks, secrets.
    public let records: SealingKey
    /// Seals chunks of attachments.
    public let attachments: SealingKey
    /// Keyed hashes for look-ups.
    public let lookup: LookupKey
    private let master: [UInt8]

    /// A vault with a new random master key.
    ///
    /// - Throws: ``VaultError/library(operation:)``.
    public convenience init() throws(VaultError) {
        try self.init(master: Secret.random(count: 32))
    }

    private init(master: [UInt8]) throws(VaultError) {
        self.master = master
        records = SealingKey(try Self.derive("records", from: master))
        attachments = SealingKey(try Self.derive("attachments", from: master))
        lookup = LookupKey(try Self.derive("lookup", from: master))
    }

    deinit { master.withUnsafeBytes { OPENSSL_cleanse(UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count) } }

    /// The master key, for wrapping it by a recovery key.
    var masterForRecovery: [UInt8] { master }

    convenience init(recovered master: [UInt8]) throws(VaultError) {
        try self.init(master: master)
    }

    private static func derive(_ purpose: String, from secret: [UInt8]) throws(VaultError) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: 32)
        let info = Array("village-kiosk/1/\(purpose)".utf8)
        let salt = Array("village-kiosk".utf8)
        guard ccrypto_hkdf(secret, secret.count, salt, salt.count, info, info.count, &key, key.count) == 1 else {
            throw .library(operation: "HKDF")
        }
        return key
    }

    // MARK: Operators' PINs

    /// How costly a guess at a PIN is (scrypt, RFC 7914); stored beside what it wraps.
    public struct PINCost: Codable, Equatable, Sendable {
        /// log₂ of scrypt's N, 14 to 20; memory is `128 · r · 2^logN` bytes.
        public var logN: Int
        /// scrypt's r.
        public var r: Int
        /// scrypt's p: how often the work is done.
        public var p: Int

        /// 16 MiB, about a third of a second on a village PC.
        ///
        /// More work than OWASP's choice for this memory (N = 2¹⁴, p = 5); more memory would not leave a kiosk below 64 MB.
        public static let standard = PINCost(logN: 14, r: 8, p: 8)

        /// A cost.
        public init(logN: Int, r: Int, p: Int) {
            self.logN = logN
            self.r = r
            self.p = p
        }

        /// Whether the numbers are ones that this program is willing to use.
        public var isAcceptable: Bool { (14...20).contains(logN) && r == 8 && (1...16).contains(p) }
    }

    /// The master key wrapped by one operator's PIN, as it lies in the store.
    public struct WrappedKey: Equatable, Sendable {
        /// 16 random bytes.
        public var salt: [UInt8]
        /// What a guess costs.
        public var cost: PINCost
        /// The master key sealed by the key that scrypt makes of PIN and salt.
        public var sealed: [UInt8]

        /// A wrapped key as read from the store.
        public init(salt: [UInt8], cost: PINCost, sealed: [UInt8]) {
            self.salt = salt
            self.cost = cost
            self.sealed = sealed
        }
    }

    /// Wraps the master key for an operator.
    ///
    /// - Throws: ``VaultError/weakPIN(reason:)`` or ``VaultError/library(operation:)``.
    public func wrap(pin: String, for operatorID: String, cost: PINCost = .standard) throws(VaultError) -> WrappedKey {
        try Self.check(pin: pin)
        let salt = try Secret.random(count: 16)
        let key = SealingKey(try Self.stretch(pin: pin, salt: salt, cost: cost))
        return WrappedKey(salt: salt, cost: cost, sealed: try key.seal(master, as: "operator-key/\(operatorID)"))
    }

    /// Opens the vault with an operator's PIN; nil where the PIN is wrong.
    ///
    /// - Throws: ``VaultError/library(operation:)``.
    public static func open(_ wrapped: WrappedKey, pin: String, for operatorID: String) throws(VaultError) -> Vault? {
        let key = SealingKey(try stretch(pin: pin, salt: wrapped.salt, cost: wrapped.cost))
        guard let master = try? key.open(wrapped.sealed, as: "operator-key/\(operatorID)") else { return nil }
        return try Vault(master: master)
    }

    /// Refuses a PIN that an onlooker or a thief guesses first.
    ///
    /// - Throws: ``VaultError/weakPIN(reason:)`` in Vietnamese: an operator reads it.
    public static func check(pin: String) throws(VaultError) {
        let characters = Array(pin)
        guard characters.count >= 6 else { throw .weakPIN(reason: "Mã PIN quá ngắn: cần ít nhất 6 ký tự.") }
        guard characters.count <= 128 else { throw .weakPIN(reason: "Mã PIN quá dài: nhiều nhất 128 ký tự.") }
        let steps = zip(characters, characters.dropFirst()).map { a, b in
            Int(b.unicodeScalars.first?.value ?? 0) - Int(a.unicodeScalars.first?.value ?? 0)
        }
        if Set(steps).count == 1, let step = steps.first, abs(step) <= 1 {
            throw .weakPIN(reason: "Mã PIN quá dễ đoán (dãy số liền nhau hoặc giống nhau). Hãy chọn mã khác.")
        }
        let isRepeated = (1..<6).contains { length in
            characters.indices.allSatisfy { characters[$0] == characters[$0 % length] }
        }
        if isRepeated || commonPINs.contains(pin) || "01234567890".contains(pin) || "09876543210".contains(pin) {
            throw .weakPIN(reason: "Mã PIN quá dễ đoán (một đoạn lặp lại, hoặc mã nhiều người dùng). Hãy chọn mã khác.")
        }
        if Set(characters).count < 3 {
            throw .weakPIN(reason: "Mã PIN quá dễ đoán: hãy dùng ít nhất ba ký tự khác nhau.")
        }
    }

    /// Runs over the keypad that lists of stolen PINs begin with, beside the runs and repeats that a rule finds.
    private static let commonPINs: Set<String> = [
        "112233", "332211", "123321", "654456", "147258", "258369", "147369", "147852", "159753", "159357", "789456", "456789123",
        "741852", "852963", "963852", "111222", "222111",
    ]

    private static func stretch(pin: String, salt: [UInt8], cost: PINCost) throws(VaultError) -> [UInt8] {
        guard cost.isAcceptable else { throw .library(operation: "scrypt (stored cost out of range)") }
        let password = Array(pin.utf8)
        var key = [UInt8](repeating: 0, count: 32)
        let memory = (UInt64(128 * cost.r) << UInt64(cost.logN)) + (1 << 22)
        let result = password.withUnsafeBytes { pointer in
            EVP_PBE_scrypt(
                pointer.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
                UInt64(1) << UInt64(cost.logN), UInt64(cost.r), UInt64(cost.p), memory, &key, key.count)
        }
        guard result == 1 else { throw .library(operation: "scrypt") }
        return key
    }
}
