internal import CCrypto

/// A SHA-256 computed as the bytes come.
public struct SHA256Digest: ~Copyable {
    private let context: OpaquePointer

    /// A digest of nothing yet.
    ///
    /// - Throws: ``VaultError/library(operation:)``.
    public init() throws(VaultError) {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            throw .library(operation: "EVP_DigestInit_ex")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    public mutating func update(_ bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            _ = EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
        }
        if done == nil { update([UInt8](bytes)) }
    }

    /// The 32 bytes of all that was added.
    public consuming func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        _ = EVP_DigestFinal_ex(context, &digest, &length)
        return digest
    }

    /// The SHA-256 of bytes at hand.
    ///
    /// - Throws: ``VaultError/library(operation:)``.
    public static func of(_ bytes: some Collection<UInt8>) throws(VaultError) -> [UInt8] {
        var digest = try SHA256Digest()
        digest.update(bytes)
        return digest.finish()
    }
}

/// Hexadecimal text, lower case.
public enum Hex {
    /// Two digits a byte.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of lower- or upper-case digits; nil where the text is none.
    public static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        case 0x41...0x46: digit - 0x41 + 10
        default: nil
        }
    }
}

/// Bytes that cannot be guessed, and comparing secrets without telling by time where they differ.
public enum Secret {
    /// Random bytes of libcrypto's generator.
    ///
    /// - Throws: ``VaultError/library(operation:)``.
    public static func random(count: Int) throws(VaultError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw .library(operation: "RAND_bytes") }
        return bytes
    }

    /// Whether two secrets are equal; the time it takes depends on their length only.
    public static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
    }
}
