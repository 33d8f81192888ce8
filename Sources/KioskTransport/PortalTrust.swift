internal import FoundationEssentials

/// Who is believed to be the portal, beside the name in its certificate.
public struct PortalTrust: Sendable {
    /// A bundle of certificate authorities (PEM) that is trusted in the system's place; the system's where nil.
    public var authorities: String?
    /// The keys that the portal may have; any where nil.
    public var pinnedPublicKey: PinnedPublicKey?

    /// What the system trusts, unless something else is named.
    public init(authorities: String? = nil, pinnedPublicKey: PinnedPublicKey? = nil) {
        self.authorities = authorities
        self.pinnedPublicKey = pinnedPublicKey
    }
}

/// The public keys that the portal may have, in libcurl's form: one or more `sha256//` with the Base64 of the SHA-256 of a key's
/// SubjectPublicKeyInfo, joined by semicolons.
public struct PinnedPublicKey: Hashable, Sendable, CustomStringConvertible {
    /// libcurl's form.
    public let description: String

    /// Reads keys; nil where a part is no SHA-256.
    public init?(_ text: String) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        let areDigests = parts.allSatisfy { part in
            part.hasPrefix("sha256//") && Data(base64Encoded: String(part.dropFirst(8)))?.count == 32
        }
        guard areDigests else { return nil }
        description = text
    }
}
