/// The printed key that opens the vault when every PIN is forgotten: 160 random bits and a check, in groups of letters and
/// digits that cannot be mistaken for one another when written by hand (Crockford's base 32).
public struct RecoveryKey: Sendable {
    private let secret: [UInt8]
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// A new key.
    ///
    /// - Throws: ``VaultError/library(operation:)``.
    public init() throws(VaultError) {
        secret = try Secret.random(count: 20)
    }

    /// Reads a key as typed: spaces, hyphens and letter case do not matter; O is read as 0, I and L as 1.
    ///
    /// - Throws: ``VaultError/malformedRecoveryKey`` where it is mistyped.
    public init(typed text: String) throws(VaultError) {
        var bits: [UInt8] = []
        for character in text.uppercased() where !character.isWhitespace && character != "-" {
            let plain: Character = character == "O" ? "0" : character == "I" || character == "L" ? "1" : character
            guard let value = Self.alphabet.firstIndex(of: plain) else { throw .malformedRecoveryKey }
            bits.append(UInt8(value))
        }
        // 22 bytes are 35 symbols and one bit: the last symbol's other four are zero in every printed key.
        guard bits.count == 36, bits[35] & 0b1111 == 0 else { throw .malformedRecoveryKey }
        let bytes = Self.pack(bits)
        let secret = Array(bytes.prefix(20))
        let check = try SHA256Digest.of(secret)
        guard Array(bytes[20..<22]) == Array(check.prefix(2)) else { throw .malformedRecoveryKey }
        self.secret = secret
    }

    /// The key as it is printed, in nine groups of four.
    ///
    /// - Throws: ``VaultError/library(operation:)``.
    public func printed() throws(VaultError) -> String {
        let bytes = secret + (try SHA256Digest.of(secret)).prefix(2)
        var symbols: [Character] = []
        var buffer = 0
        var held = 0
        for byte in bytes {
            buffer = buffer << 8 | Int(byte)
            held += 8
            while held >= 5 {
                held -= 5
                symbols.append(Self.alphabet[buffer >> held & 31])
            }
        }
        symbols.append(Self.alphabet[buffer << (5 - held) & 31])
        return stride(from: 0, to: symbols.count, by: 4)
            .map { String(symbols[$0..<min($0 + 4, symbols.count)]) }.joined(separator: "-")
    }

    private static func pack(_ quintets: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = 0
        var held = 0
        for quintet in quintets {
            buffer = (buffer << 5 | Int(quintet)) & 0xFFFF
            held += 5
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(buffer >> held & 255))
            }
        }
        return bytes
    }

    fileprivate func key() throws(VaultError) -> SealingKey {
        var input = Array("village-kiosk/1/recovery".utf8)
        input += secret
        return SealingKey(try SHA256Digest.of(input))
    }
}

extension Vault {
    /// The master key sealed by a recovery key.
    ///
    /// The key has 160 random bits, so no stretching is needed.
    ///
    /// - Throws: ``VaultError/library(operation:)``.
    public func wrap(for recovery: RecoveryKey) throws(VaultError) -> [UInt8] {
        try recovery.key().seal(masterForRecovery, as: "recovery-key")
    }

    /// Opens the vault with a recovery key; nil where it is another kiosk's.
    ///
    /// - Throws: ``VaultError/library(operation:)``.
    public static func open(_ sealed: [UInt8], recovery: RecoveryKey) throws(VaultError) -> Vault? {
        guard let master = try? recovery.key().open(sealed, as: "recovery-key") else { return nil }
        return try Vault(recovered: master)
    }
}
