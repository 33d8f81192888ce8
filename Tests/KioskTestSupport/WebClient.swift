internal import Foundation

/// A plain HTTP client of servers on this machine: no cookies, no cache, no redirects followed.
///
/// What it gives is what the server said. (`URLSession` on Linux refuses answers whose header lines have no space after the
/// colon, as those of chromedriver do.)
public struct WebClient: Sendable {
    /// An answer.
    public struct Answer: Sendable {
        /// The status.
        public let status: Int
        /// The header fields by their lower-case names; values of one name are joined by commas.
        public let headers: [String: String]
        /// The body.
        public let body: [UInt8]
        /// The body as UTF-8 text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// An answer that is not the one wanted, or none.
    public struct Failure: Error, CustomStringConvertible {
        /// The request and its answer.
        public let description: String

        /// A failure in words.
        public init(description: String) { self.description = description }
    }

    /// The address, such as `http://127.0.0.1:8080`.
    public var base: String { "http://127.0.0.1:\(port)" }
    /// The port.
    public let port: UInt16

    /// A client of the server at a port of 127.0.0.1.
    public init(port: UInt16) { self.port = port }

    /// A client of a server at an address such as `http://127.0.0.1:8080/`; what follows the port does not matter.
    ///
    /// - Throws: ``Failure`` where it is not of that form.
    public init(base: String) throws {
        guard let url = URL(string: base), url.scheme == "http", ["127.0.0.1", "localhost"].contains(url.host()),
            let port = url.port.flatMap(UInt16.init(exactly:))
        else { throw Failure(description: "«\(base)» is no loopback address with a port") }
        self.port = port
    }

    /// Sends a request on a connection of its own and gives its answer, whatever its status.
    ///
    /// - Throws: ``Failure`` where no whole answer comes, `LoopbackConnection.Failure` where the connection fails.
    public func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Answer {
        var fields = ["Host": "127.0.0.1:\(port)", "Connection": "close"].merging(headers) { _, given in given }
        if let body { fields["Content-Length"] = fields["Content-Length"] ?? "\(body.count)" }
        let lines = fields.map { "\($0.key): \($0.value)\r\n" }.joined()
        let connection = try LoopbackConnection(port: port)
        try await connection.send(Array("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n".utf8) + (body ?? []))
        let bytes = try await connection.receive { (try? Self.parse($0, method: method, isWhole: false)) != nil }
        guard let answer = try Self.parse(bytes, method: method, isWhole: true) else {
            throw Failure(description: "\(method) \(path): no whole answer in \(bytes.count) bytes")
        }
        return answer
    }

    /// Fetches a page.
    ///
    /// - Throws: as ``send(_:_:headers:body:)``.
    public func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET", path, headers: headers)
    }

    /// Sends a form as a browser does.
    ///
    /// - Throws: as ``send(_:_:headers:body:)``.
    public func post(_ path: String, form: [String: String], headers: [String: String] = [:]) async throws -> Answer {
        func escape(_ text: String) -> String {
            let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._*")
            return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
        }
        let body = form.sorted { $0.key < $1.key }.map { escape($0) + "=" + escape($1) }.joined(separator: "&")
        let type = ["Content-Type": "application/x-www-form-urlencoded"]
        return try await send("POST", path, headers: headers.merging(type) { given, _ in given }, body: Array(body.utf8))
    }

    /// Reads answers that stand one after another, as a connection that is kept alive brings them.
    ///
    /// - Parameter methods: the methods that were sent, in order.
    /// - Throws: ``Failure`` where one is malformed or missing.
    public static func answers(in bytes: [UInt8], to methods: [String]) throws -> [Answer] {
        var rest = bytes
        return try methods.map { method in
            guard let (answer, count) = try parseFirst(rest, method: method, isWhole: false) else {
                throw Failure(description: "an answer is missing or not whole: «\(String(decoding: rest, as: UTF8.self))»")
            }
            rest.removeFirst(count)
            return answer
        }
    }

    private static func parse(_ bytes: [UInt8], method: String, isWhole: Bool) throws -> Answer? {
        try parseFirst(bytes, method: method, isWhole: isWhole)?.0
    }

    /// The first answer and its length; nil where more bytes are needed.
    private static func parseFirst(_ bytes: [UInt8], method: String, isWhole: Bool) throws -> (Answer, Int)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw Failure(description: "a malformed status line: \(lines[0])")
        }
        if (100..<200).contains(status) {
            let later = try parseFirst(Array(bytes[end.upperBound...]), method: method, isWhole: isWhole)
            return later.map { ($0.0, $0.1 + end.upperBound) }
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw Failure(description: "a malformed header line: \(line)") }
            let name = line[..<colon].lowercased()
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[name] = headers[name].map { $0 + ", " + value } ?? value
        }
        let rest = bytes[end.upperBound...]
        var count = 0
        if method != "HEAD", status != 204, status != 304 {
            let declared = headers["content-length"].map { Int($0) ?? -1 }
            guard let length = declared ?? (isWhole ? rest.count : nil) else { return nil }
            count = length
        }
        guard count >= 0, rest.count >= count else { return nil }
        let answer = Answer(status: status, headers: headers, body: Array(rest.prefix(count)))
        return (answer, end.upperBound + count)
    }
}
