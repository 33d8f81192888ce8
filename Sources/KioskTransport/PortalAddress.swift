internal import CCurl

/// The portal's address: `https` always, except to a loopback address (portal-contract.md, "Ground rules").
public struct PortalAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address without a slash at its end.
    public let description: String
    private let origin: String

    /// Why an address cannot be the portal's.
    public enum Fault: Error, Sendable {
        /// No URL with a scheme and a host.
        case malformed
        /// Neither `https` nor `http` to a loopback address.
        case insecure
        /// A name, a password, a query or a fragment stands in it.
        case hasSecretsOrQuery
    }

    /// Reads an address.
    ///
    /// - Throws: ``Fault``.
    public init(_ text: String) throws(Fault) {
        guard let url = CurlURL(text), let scheme = url.part(CURLUPART_SCHEME), let host = url.part(CURLUPART_HOST) else {
            throw .malformed
        }
        let isLoopback = ["localhost", "127.0.0.1", "[::1]"].contains(host)
        guard scheme == "https" || (scheme == "http" && isLoopback) else { throw .insecure }
        for part in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT] where url.part(part) != nil {
            throw .hasSecretsOrQuery
        }
        var path = url.part(CURLUPART_PATH) ?? ""
        while path.hasSuffix("/") { path.removeLast() }
        origin = Self.origin(url)
        description = "\(scheme)://\(host)" + (url.part(CURLUPART_PORT).map { ":" + $0 } ?? "") + path
    }

    /// The address of a part of it.
    func appending(_ path: String) -> PortalAddress { PortalAddress(description: description + path, origin: origin) }

    private init(description: String, origin: String) {
        self.description = description
        self.origin = origin
    }

    /// The address that a `Location` of the portal names; nil where it leads away from the portal: the token would go with it.
    ///
    /// - Parameter base: the address that was asked; a relative `Location` starts from it (RFC 9110, 10.2.2).
    func resolve(_ location: String, against base: String) -> String? {
        guard !location.isEmpty, let url = CurlURL(base), url.follow(location), Self.origin(url) == origin,
            url.part(CURLUPART_USER) == nil, url.part(CURLUPART_PASSWORD) == nil
        else { return nil }
        return url.whole
    }

    /// Scheme, host and port as they are compared (RFC 6454, 4): the host in lower case, the port also where it is the scheme's own.
    private static func origin(_ url: CurlURL) -> String {
        "\(url.part(CURLUPART_SCHEME) ?? "")://\((url.part(CURLUPART_HOST) ?? "").lowercased()):\(url.port ?? "")"
    }
}

/// libcurl's own URL parser, so that what is checked is what is sent.
final class CurlURL {
    private let handle: OpaquePointer

    /// Reads an address.
    ///
    /// - Parameter fetchable: whether its scheme has to be one that this libcurl fetches from.
    init?(_ text: String, fetchable: Bool = true) {
        guard let handle = curl_url() else { return nil }
        self.handle = handle
        let flags = fetchable ? 0 : UInt32(CURLU_NON_SUPPORT_SCHEME)
        guard curl_url_set(handle, CURLUPART_URL, text, flags) == CURLUE_OK else { return nil }
    }

    deinit { curl_url_cleanup(handle) }

    /// Goes to another address, which may be relative to this one.
    func follow(_ location: String) -> Bool { curl_url_set(handle, CURLUPART_URL, location, 0) == CURLUE_OK }

    func part(_ part: CURLUPart, flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    /// The port, the scheme's own where none is written.
    var port: String? { part(CURLUPART_PORT, flags: UInt32(CURLU_DEFAULT_PORT)) }

    var whole: String? { part(CURLUPART_URL) }
}
