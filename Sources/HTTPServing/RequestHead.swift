/// How much of a request the server is willing to take.
public struct HTTPLimits: Sendable {
    /// Bytes of the request line.
    public var requestLine = 8 * 1024
    /// Bytes of the whole head.
    public var head = 32 * 1024
    /// Header fields.
    public var fields = 100
    /// Bytes of a body; a handler that streams may be given a larger one by its route.
    public var body = 1024 * 1024
    /// Seconds for a head to arrive once its first byte is there, and for each further piece of a body.
    public var patience = 20.0
    /// Seconds that an idle connection is kept.
    public var idle = 30.0
    /// Connections at once.
    public var connections = 64

    /// The usual limits.
    public init() {}
}

/// The head of a request, parsed strictly (RFC 9112): one way to read it or none.
struct RequestHead: Equatable {
    var method: String
    var target: String
    var path: [String]
    var query: [String: String]
    var headers: HTTPHeaders
    var framing: Framing
    var keepAlive: Bool
    var expectsContinue: Bool

    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    /// Where the head in `buffer` ends: the index after its empty line; nil while it is not all there.
    ///
    /// - Throws: ``HTTPFault`` 414 or 431 where it can only be too long.
    static func end(in buffer: [UInt8], limits: HTTPLimits) throws(HTTPFault) -> Int? {
        var lineStart = 0
        var first = true
        var index = 0
        while index < buffer.count {
            if buffer[index] == 0x0A {
                if first, index > limits.requestLine { throw HTTPFault(414, "the request line is too long") }
                let length = index - lineStart
                if length == 0 || (length == 1 && buffer[lineStart] == 0x0D) {
                    if first { throw HTTPFault(400, "an empty request line") }
                    guard index < limits.head else { throw HTTPFault(431, "the header is too large") }
                    return index + 1
                }
                first = false
                lineStart = index + 1
            }
            index += 1
        }
        if first, buffer.count > limits.requestLine { throw HTTPFault(414, "the request line is too long") }
        if buffer.count >= limits.head { throw HTTPFault(431, "the header is too large") }
        return nil
    }

    /// Parses a whole head, its empty line with it.
    ///
    /// - Throws: ``HTTPFault`` with the status for what is wrong.
    init(parsing bytes: some Collection<UInt8>, limits: HTTPLimits) throws(HTTPFault) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw HTTPFault(400, "the header is not UTF-8") }
        var lines: [Substring] = []
        for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            // A lone LF is read as a line's end by some and as part of a value by others (RFC 9112, section 2.2).
            guard line.last == 0x0D else { throw HTTPFault(400, "a line that does not end in CR LF") }
            lines.append(Substring(line.dropLast()))
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard let requestLine = lines.first else { throw HTTPFault(400, "an empty request") }
        let words = requestLine.utf8.split(separator: 0x20, omittingEmptySubsequences: false).map { Substring($0) }
        guard words.count == 3, !words[0].isEmpty, words[0].utf8.allSatisfy(Self.isToken) else {
            throw HTTPFault(400, "a malformed request line")
        }
        guard words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
            throw words[2].hasPrefix("HTTP/")
                ? HTTPFault(505, "this server speaks HTTP/1.1") : HTTPFault(400, "a malformed request line")
        }
        guard words[1].utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw HTTPFault(400, "a malformed target") }
        method = String(words[0])
        target = String(words[1])
        (path, query) = try RequestTarget.parse(target)
        headers = HTTPHeaders()
        for line in lines.dropFirst() {
            guard headers.fields.count < limits.fields else { throw HTTPFault(431, "too many header fields") }
            let bytes = line.utf8
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
                throw HTTPFault(400, "a header line without a colon")
            }
            // Whoever reads by characters sees no colon under a combining mark: where the two readings part, there is none.
            guard bytes.allSatisfy({ $0 < 0x80 }) || line.firstIndex(of: ":") == colon else {
                throw HTTPFault(400, "a header line without a colon")
            }
            let name = bytes[..<colon]
            guard !name.isEmpty, name.allSatisfy(Self.isToken) else { throw HTTPFault(400, "a malformed header name") }
            let value = bytes[bytes.index(after: colon)...].drop(while: Self.isBlank)
            let end = value.lastIndex { !Self.isBlank($0) }.map(value.index(after:)) ?? value.startIndex
            let trimmed = value[..<end]
            guard trimmed.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
                throw HTTPFault(400, "a malformed header value")
            }
            headers.add(String(Substring(name)), String(Substring(trimmed)))
        }
        let isOld = words[2] == "HTTP/1.0"
        let hosts = headers.values(of: "Host").count
        guard hosts == 1 || (isOld && hosts == 0) else { throw HTTPFault(400, "one Host field is required") }
        framing = try Self.framing(of: headers)
        // RFC 9112, section 6.1: HTTP/1.0 has no transfer codings, so somebody on the way read this body otherwise.
        if isOld, framing == .chunked { throw HTTPFault(400, "a transfer coding in HTTP/1.0") }
        let connection = headers["Connection"]?.lowercased() ?? ""
        keepAlive = isOld ? connection.contains("keep-alive") : !connection.contains("close")
        let expectation = headers["Expect"]?.lowercased()
        guard expectation == nil || expectation == "100-continue" else {
            throw HTTPFault(417, "an expectation that is not known")
        }
        expectsContinue = expectation != nil
    }

    /// RFC 9112, section 6: a length and a transfer coding together, or two lengths, are an attack and not a message.
    private static func framing(of headers: HTTPHeaders) throws(HTTPFault) -> Framing {
        let codings = headers.values(of: "Transfer-Encoding")
        let lengths = headers.values(of: "Content-Length")
        if let coding = codings.first {
            guard codings.count == 1, lengths.isEmpty else { throw HTTPFault(400, "the body's length is given twice") }
            guard coding.lowercased() == "chunked" else { throw HTTPFault(501, "this transfer coding is not known") }
            return .chunked
        }
        guard let length = lengths.first else { return .none }
        guard lengths.count == 1, !length.isEmpty, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(length)
        else {
            throw HTTPFault(400, "a malformed Content-Length")
        }
        return count == 0 ? .none : .length(count)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// RFC 9110, section 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
