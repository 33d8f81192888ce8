/// A parsed request.
public struct HTTPRequest: Sendable {
    /// The method, as sent: `GET`.
    public var method: String
    /// The target as sent: path and query.
    public var target: String
    /// The decoded segments of the path; the root has none.
    public var path: [String]
    /// The decoded query; of two items of one name the first stands.
    public var query: [String: String]
    /// The header fields.
    public var headers: HTTPHeaders
    /// The body, read when a handler asks for it.
    public var body: HTTPBody
    /// What the route's `{name}` segments matched.
    public var parameters: [String: String] = [:]
    /// Where the request came from, such as `127.0.0.1`.
    public var peer: String = ""

    /// A request without a socket, for tests and for calling handlers directly.
    ///
    /// The target must be one that parses.
    ///
    /// - Throws: ``HTTPFault`` where the target is malformed.
    public init(method: String, target: String, headers: HTTPHeaders = [:], body: [UInt8] = []) throws(HTTPFault) {
        let parts = try RequestTarget.parse(target)
        self.method = method
        self.target = target
        path = parts.path
        query = parts.query
        self.headers = headers
        self.body = HTTPBody(bytes: body)
    }

    init(head: RequestHead, body: HTTPBody) {
        method = head.method
        target = head.target
        path = head.path
        query = head.query
        headers = head.headers
        self.body = body
    }

    /// The value of a route parameter; empty where the route has none of that name.
    public func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The value of a cookie (RFC 6265, section 4.2).
    public func cookie(_ name: String) -> String? {
        for header in headers.values(of: "Cookie") {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { continue }
                if parts[0].drop(while: \.isWhitespace) == name { return String(parts[1]) }
            }
        }
        return nil
    }

    /// The fields of a form body (`application/x-www-form-urlencoded`).
    ///
    /// - Throws: ``HTTPFault`` 413 over the limit, 415 for another type, 400 for a malformed one.
    public func form(limit: Int = 64 * 1024) async throws -> [String: String] {
        let type = headers["Content-Type"]?.prefix { $0 != ";" && $0 != " " }.lowercased() ?? ""
        guard type == "application/x-www-form-urlencoded" else { throw HTTPFault(415, "a form is expected") }
        let bytes = try await body.collect(limit: limit)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw HTTPFault(400, "the form is not UTF-8") }
        return try RequestTarget.parse(form: text)
    }
}

/// Path, query and form decoding (RFC 3986, section 2.1; WHATWG URL, application/x-www-form-urlencoded).
enum RequestTarget {
    static func parse(_ target: String) throws(HTTPFault) -> (path: [String], query: [String: String]) {
        guard target.first == "/" else { throw HTTPFault(400, "the target is no path") }
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path: [String] = []
        for segment in halves[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let decoded = try decode(segment, plusIsSpace: false)
            guard decoded != "..", decoded != ".", !decoded.utf8.contains(UInt8(ascii: "/")), !decoded.utf8.contains(0) else {
                throw HTTPFault(400, "the path has a segment that is not allowed")
            }
            path.append(decoded)
        }
        if path.last == "" { path.removeLast() }
        return (path, halves.count == 2 ? try parse(form: String(halves[1])) : [:])
    }

    static func parse(form: String) throws(HTTPFault) -> [String: String] {
        var items: [String: String] = [:]
        // Bytes, not characters: a combining mark after a separator would make one character with it.
        for pair in form.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try decode(Substring(parts[0]), plusIsSpace: true)
            let value = parts.count == 2 ? try decode(Substring(parts[1]), plusIsSpace: true) : ""
            if items[name] == nil { items[name] = value }
            guard items.count <= 1000 else { throw HTTPFault(400, "too many fields") }
        }
        return items
    }

    private static func decode(_ text: Substring, plusIsSpace: Bool) throws(HTTPFault) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else {
                    throw HTTPFault(400, "a percent sign that escapes nothing")
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw HTTPFault(400, "the target is not UTF-8") }
        return decoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
