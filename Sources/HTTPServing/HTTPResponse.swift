/// An answer.
public struct HTTPResponse: Sendable {
    /// The status code.
    public var status: Int
    /// The header fields; `Content-Length`, `Connection` and `Date` are added by the server.
    public var headers: HTTPHeaders
    /// The body.
    public var body: Body

    /// What is sent after the head.
    public enum Body: Sendable {
        /// Bytes at hand.
        case bytes([UInt8])
        /// Bytes made while they are sent: `length` of them, in pieces, until the closure gives nil.
        case stream(length: Int, next: @Sendable () async throws -> [UInt8]?)
        /// Nothing at all: the connection is reset after `sent` bytes of the answer that stands here. For scripted faults.
        case cut(after: Int, of: [UInt8])
    }

    /// An answer.
    public init(status: Int, headers: HTTPHeaders = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Plain text.
    public static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
    }

    /// UTF-8 text of a media type.
    public static func content(_ text: String, type: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": type], body: .bytes(Array(text.utf8)))
    }

    /// JSON bytes.
    public static func json(_ bytes: some Sequence<UInt8>, status: Int = 200, type: String = "application/json") -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": type], body: .bytes(Array(bytes)))
    }

    /// "See other" (RFC 9110, section 15.4.4): go and `GET` that place.
    public static func redirect(to location: String) -> HTTPResponse {
        HTTPResponse(status: 303, headers: ["Location": location])
    }

    /// This answer with one header field set.
    public func with(_ name: String, _ value: String) -> HTTPResponse {
        var copy = self
        copy.headers[name] = value
        return copy
    }

    /// The status's usual phrase.
    static func phrase(_ status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 303: "See Other"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Content"
        case 423: "Locked"
        case 424: "Failed Dependency"
        case 428: "Precondition Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
