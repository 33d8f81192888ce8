internal import CCurl

/// A proxy on the way to the portal, with what it wants of whoever uses it.
public struct Proxy: Sendable {
    let address: ProxyAddress
    let login: Login?

    /// A proxy.
    ///
    /// - Parameter login: name and password, where it wants them.
    public init(_ address: ProxyAddress, login: Login? = nil) {
        self.address = address
        self.login = login
    }

    /// A name and a password.
    ///
    /// What prints or reflects it shows neither.
    public struct Login: Sendable, CustomStringConvertible, CustomReflectable {
        let name: String
        let password: String

        /// Reads `name:password`; nil where there is no colon or no name, or a control character stands in it.
        public init?(_ text: String) {
            guard let colon = text.firstIndex(of: ":"), colon > text.startIndex,
                text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else { return nil }
            name = String(text[..<colon])
            password = String(text[text.index(after: colon)...])
        }

        /// Nothing of it.
        public var description: String { "a proxy's login" }
        /// Nothing of it.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }
}

/// A proxy's address: `http`, `https` or `socks5h` with a host and a port, and no name and password in it.
///
/// With `socks5h` the proxy looks the portal's name up, so that nobody on the way hears it.
public struct ProxyAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address as libcurl wants it.
    public let description: String

    /// Reads an address; nil where it is none of these.
    public init?(_ text: String) {
        guard let url = CurlURL(text, fetchable: false), let scheme = url.part(CURLUPART_SCHEME),
            let host = url.part(CURLUPART_HOST),
            ["http", "https", "socks5h"].contains(scheme), text.hasPrefix(scheme + "://"),
            [nil, "/"].contains(url.part(CURLUPART_PATH)), url.part(CURLUPART_PORT) != nil,
            [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT].allSatisfy({ url.part($0) == nil })
        else { return nil }
        description = "\(scheme)://\(host):\(url.part(CURLUPART_PORT) ?? "")"
    }
}
