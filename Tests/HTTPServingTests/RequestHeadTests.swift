import KioskTestSupport
import Testing

@testable import HTTPServing

/// Parses a head as the server does; nil where more bytes are needed.
func parseHead(_ bytes: [UInt8], limits: HTTPLimits = HTTPLimits()) throws(HTTPFault) -> RequestHead? {
    guard let end = try RequestHead.end(in: bytes, limits: limits) else { return nil }
    return try RequestHead(parsing: bytes[..<end], limits: limits)
}

private func headStatus(_ text: String, limits: HTTPLimits = HTTPLimits()) -> Int? {
    do throws(HTTPFault) {
        return try parseHead(Array(text.utf8), limits: limits) == nil ? nil : 200
    } catch {
        return error.status
    }
}

@Suite struct RequestHeadTests {
    @Test func `a usual head is read`() throws {
        let text =
            "POST /h%E1%BB%93-s%C6%A1/1?q=a+b&q=c&n HTTP/1.1\r\nHost: kiosk\r\nX-A:  one \t\r\nx-a: two\r\nContent-Length: 12\r\n\r\nrest"
        let head = try #require(try parseHead(Array(text.utf8)))
        #expect(head.method == "POST")
        #expect(head.path == ["hồ-sơ", "1"])
        #expect(head.query == ["q": "a b", "n": ""])
        #expect(head.headers["X-a"] == "one, two")
        #expect(head.headers.values(of: "x-A") == ["one", "two"])
        #expect(head.framing == .length(12))
        #expect(head.keepAlive)
        #expect(!head.expectsContinue)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true), ("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", false),
        ("GET / HTTP/1.0\r\n\r\n", false), ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true),
    ]) func `keep-alive follows version and Connection`(text: String, keepAlive: Bool) throws {
        #expect(try parseHead(Array(text.utf8))?.keepAlive == keepAlive)
    }

    @Test(arguments: [
        // request line
        ("GET /\r\nHost: a\r\n\r\n", 400), ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400), (" / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400), ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("\r\n\r\n", 400),
        ("GET / FTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("GET / HTTP/1.10\r\nHost: a\r\n\r\n", 505), ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /\u{7F} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /hồ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /\u{301}a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        // Host
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n", 400),
        // field lines
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n X: 1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rY: b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nX\u{301}: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX:\u{301} a\r\n\r\n", 400),
        // lines that end in LF alone
        ("GET / HTTP/1.1\nHost: a\n\n", 400), ("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
        // framing: what smuggles a second request past a proxy
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\ncontent-length: 4\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ٣\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 501),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        // expectations
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", 417),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n", 200),
    ]) func `a head is read in one way or refused with the status that says why`(text: String, status: Int) {
        #expect(headStatus(text) == status)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        let head = Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xC3, 0x28] + Array("\r\n\r\n".utf8)
        #expect(throws: HTTPFault(400, "the header is not UTF-8")) { try parseHead(head) }
    }

    @Test func `each limit has its status, and one less passes`() {
        var limits = HTTPLimits.unhurried
        (limits.requestLine, limits.head, limits.fields) = (40, 200, 4)
        func head(target: Int = 1, fields: Int = 1, value: Int = 1) -> String {
            let line = "GET /" + String(repeating: "a", count: target - 1) + " HTTP/1.1\r\n"
            let more = (1..<fields).map { "X\($0): \(String(repeating: "v", count: value))\r\n" }.joined()
            return line + "Host: a\r\n" + more + "\r\n"
        }
        // "GET " and " HTTP/1.1" and CR are 14 bytes beside the target.
        #expect(headStatus(head(target: 26), limits: limits) == 200)
        #expect(headStatus(head(target: 27), limits: limits) == 414)
        #expect(headStatus(String(repeating: "a", count: 41), limits: limits) == 414)
        #expect(headStatus(String(repeating: "a", count: 40), limits: limits) == nil)
        #expect(headStatus(head(fields: 4), limits: limits) == 200)
        #expect(headStatus(head(fields: 5), limits: limits) == 431)
        let length = head(fields: 2, value: 1).utf8.count
        #expect(headStatus(head(fields: 2, value: 1 + 200 - length), limits: limits) == 200)
        #expect(headStatus(head(fields: 2, value: 2 + 200 - length), limits: limits) == 431)
        #expect(headStatus("GET / HTTP/1.1\r\nX: " + String(repeating: "v", count: 200), limits: limits) == 431)
    }

    @Test func `a head is complete only with its empty line`() throws {
        let text = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for count in 0..<text.count { #expect(try RequestHead.end(in: Array(text[..<count]), limits: HTTPLimits()) == nil) }
        #expect(try RequestHead.end(in: text + text, limits: HTTPLimits()) == text.count)
    }
}
