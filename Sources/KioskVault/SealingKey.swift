internal import CCrypto

/// A key for AES-256-GCM (NIST SP 800-38D): it seals records so that nobody without it can read, change or move them.
///
/// A sealed record is `version (1) | nonce (12) | ciphertext | tag (16)`. The nonce is random: a key seals far fewer than
/// 2³² records in a kiosk's life. The identity (which row and column it is) is authenticated with it, so a record cannot be
/// put in another's place.
public final class SealingKey: Sendable {
    /// How many bytes sealing adds to a plain text.
    public static let overhead = 1 + 12 + 16
    private static let version: UInt8 = 1
    private let bytes: [UInt8]

    /// A key of 32 bytes.
    public init(_ bytes: [UInt8]) {
        precondition(bytes.count == 32, "an AES-256 key has 32 bytes")
        self.bytes = bytes
    }

    deinit { bytes.withUnsafeBytes { OPENSSL_cleanse(UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count) } }

    /// Seals bytes under an identity such as `revision/<id>/content`.
    ///
    /// - Throws: ``VaultError/library(operation:)``.
    public func seal(_ plain: some Collection<UInt8>, as identity: String) throws(VaultError) -> [UInt8] {
        let nonce = try Secret.random(count: 12)
        guard let context = EVP_CIPHER_CTX_new() else { throw .library(operation: "EVP_CIPHER_CTX_new") }
        defer { EVP_CIPHER_CTX_free(context) }
        let plainBytes = Array(plain)
        let label = Array(identity.utf8)
        var sealed = [UInt8](repeating: 0, count: Self.overhead + plainBytes.count)
        sealed[0] = Self.version
        sealed.replaceSubrange(1..<13, with: nonce)
        let count = Int32(plainBytes.count)
        let ok = sealed.withUnsafeMutableBufferPointer { out -> Bool in
            guard let base = out.baseAddress else { return false }
            var written: Int32 = 0
            return EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, bytes, nonce) == 1
                && EVP_EncryptUpdate(context, nil, &written, label, Int32(label.count)) == 1
                && EVP_EncryptUpdate(context, base + 13, &written, plainBytes, count) == 1
                && EVP_EncryptFinal_ex(context, base + 13 + Int(written), &written) == 1
                && ccrypto_get_tag(context, base + 13 + Int(count)) == 1
        }
        guard ok else { throw .library(operation: "AES-256-GCM encryption") }
        return sealed
    }

    /// Opens what ``seal(_:as:)`` made under the same identity.
    ///
    /// - Throws: ``VaultError/doesNotOpen(object:)`` where it was sealed by another key, as something else, or was changed.
    public func open(_ sealed: [UInt8], as identity: String) throws(VaultError) -> [UInt8] {
        var plain: [UInt8] = []
        let result = sealed.withUnsafeBytes { bytes in
            Result { () throws(VaultError) in try open(bytes, as: identity, appendingTo: &plain) }
        }
        try result.get()
        return plain
    }

    /// Opens what ``seal(_:as:)`` made under the same identity, behind what an array holds already.
    ///
    /// - Throws: ``VaultError/doesNotOpen(object:)``; the array is as it was then.
    public func open(
        _ sealed: UnsafeRawBufferPointer, as identity: String, appendingTo plain: inout [UInt8]
    ) throws(VaultError) {
        let count = sealed.count - Self.overhead
        var isWhole = false
        if count >= 0 {
            plain.append(addingCapacity: count) { output in
                output.withUnsafeMutableBufferPointer { buffer, initialized in
                    isWhole = opens(sealed, as: identity, into: UnsafeMutableRawBufferPointer(buffer))
                    // What is not authentic is nobody's to see.
                    initialized = isWhole ? count : 0
                }
            }
        }
        guard isWhole else { throw Self.doesNotOpen(identity) }
    }

    /// Opens what ``seal(_:as:)`` made under the same identity into a space, which has to be long enough.
    ///
    /// - Returns: how many bytes it has.
    /// - Throws: ``VaultError/doesNotOpen(object:)``; what is in the space then is to be shown to nobody.
    public func open(
        _ sealed: UnsafeRawBufferPointer, as identity: String, into space: UnsafeMutableRawBufferPointer
    ) throws(VaultError) -> Int {
        guard opens(sealed, as: identity, into: space) else { throw Self.doesNotOpen(identity) }
        return sealed.count - Self.overhead
    }

    private static func doesNotOpen(_ identity: String) -> VaultError {
        .doesNotOpen(object: identity.split(separator: "/").first.map(String.init) ?? "record")
    }

    private func opens(
        _ sealed: UnsafeRawBufferPointer, as identity: String, into space: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let count = sealed.count - Self.overhead
        guard count >= 0, sealed[0] == Self.version, space.count >= count,
            let base = sealed.assumingMemoryBound(to: UInt8.self).baseAddress
        else { return false }
        // Not to be taken for damage.
        guard let context = EVP_CIPHER_CTX_new() else { preconditionFailure("libcrypto has no memory for a key") }
        defer { EVP_CIPHER_CTX_free(context) }
        let label = Array(identity.utf8)
        var written: Int32 = 0
        // libcrypto wants a place also for no text.
        var nothing: UInt8 = 0
        return withUnsafeMutablePointer(to: &nothing) { nowhere in
            let target = space.assumingMemoryBound(to: UInt8.self).baseAddress ?? nowhere
            return EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, bytes, base + 1) == 1
                && EVP_DecryptUpdate(context, nil, &written, label, Int32(label.count)) == 1
                && EVP_DecryptUpdate(context, target, &written, base + 13, Int32(count)) == 1
                && ccrypto_set_tag(context, UnsafeMutablePointer(mutating: base + 13 + count)) == 1
                && EVP_DecryptFinal_ex(context, target + count, &written) == 1
        }
    }
}

/// A key for keyed hashes (HMAC-SHA-256, RFC 2104): looking something up without storing it in the clear.
public final class LookupKey: Sendable {
    private let bytes: [UInt8]

    /// A key of 32 bytes.
    public init(_ bytes: [UInt8]) {
        precondition(bytes.count == 32, "a look-up key has 32 bytes")
        self.bytes = bytes
    }

    deinit { bytes.withUnsafeBytes { OPENSSL_cleanse(UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count) } }

    /// The 32-byte keyed hash of a value of a kind (`citizen`, `attachment`, …); equal values of other kinds do not meet.
    public func hash(_ value: some Collection<UInt8>, kind: String) -> [UInt8] {
        let data = Array(kind.utf8) + [0] + Array(value)
        var result = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        _ = HMAC(EVP_sha256(), bytes, Int32(bytes.count), data, data.count, &result, &length)
        return result
    }
}
