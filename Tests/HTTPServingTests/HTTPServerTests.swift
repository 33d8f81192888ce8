import Foundation
import HTTPServing
import KioskTestSupport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct HTTPServerTests {
    /// Says what it got, and reads the body only where the path asks for it.
    private static let echo: Router.Handler = { request in
        let body = request.path.first == "read" ? try await request.body.collect(limit: 1 << 20) : []
        return .text("\(request.method) \(request.target) \(String(decoding: body, as: UTF8.self))")
    }

    @Test func `requests on one connection are answered in order`() async throws {
        try await withServer(Self.echo) { port in
            let connection = try LoopbackConnection(port: port)
            try await connection.send(
                "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n" + "POST /read/2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                    + "\r\nPOST /read/3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n"
                    + "HEAD /4 HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "POST /unread/5 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nGET "
                    + "GET /6 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answers = try WebClient.answers(
                in: try await connection.receive(), to: ["GET", "POST", "POST", "HEAD", "POST", "GET"])
            #expect(answers.map(\.status) == [200, 200, 200, 200, 200, 200])
            #expect(answers.map(\.text) == ["GET /1 ", "POST /read/2 abc", "POST /read/3 def", "", "POST /unread/5 ", "GET /6 "])
            #expect(answers[3].headers["content-length"] == "8")
            #expect(answers.map { $0.headers["connection"] } == [nil, nil, nil, nil, nil, "close"])
            #expect(answers.allSatisfy { $0.headers["date"]?.hasSuffix(" GMT") == true })
        }
    }

    @Test func `a request that comes byte by byte is one request`() async throws {
        try await withServer(Self.echo) { port in
            let connection = try LoopbackConnection(port: port)
            for byte in "POST /read HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok".utf8 {
                try await connection.send([byte])
            }
            #expect(try await connection.text().hasSuffix("POST /read ok"))
        }
    }

    @Test(arguments: [
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505), ("GET / HTTP/1.1\nHost: a\n\n", 400), ("\u{16}\u{3}\u{1}\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", 417), ("GET /" + String(repeating: "a", count: 9000), 414),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 40_000), 431),
        ("POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n", 400),
        ("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" + String(repeating: "b", count: 1_500_000), 413),
        (
            "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1F0000\r\n"
                + String(repeating: "b", count: 0x1F0000) + "\r\n",
            413
        ),
    ]) func `a refusal is sent whole and ends the connection`(request: String, expected: Int) async throws {
        try await withServer(Self.echo) { port in
            let answer = try await exchange(port, request)
            #expect(status(answer) == expected)
            #expect(answer.contains("\r\nConnection: close\r\n"))
            // Nothing of the request may be taken for another one.
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
        }
    }

    @Test(arguments: ["GET / HT", "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"])
    func `a request that ends early is 400`(request: String) async throws {
        try await withServer(Self.echo) { port in
            let answer = try await exchange(port, request, finish: true)
            #expect(status(answer) == 400)
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHos", "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
        "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ]) func `a client that stalls is told 408`(request: String) async throws {
        var limits = HTTPLimits.unhurried
        limits.patience = 0.05
        try await withServer(limits: limits, Self.echo) { port in
            let answer = try await exchange(port, request)
            #expect(status(answer) == 408)
        }
    }

    @Test func `an idle connection is closed without a word`() async throws {
        var limits = HTTPLimits.unhurried
        limits.idle = 0.05
        try await withServer(limits: limits, Self.echo) { port in
            #expect(try await exchange(port, "") == "")
            let used = try await exchange(port, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(used.hasSuffix("GET /1 "))
        }
    }

    @Test func `more connections than allowed are told 429`() async throws {
        var limits = HTTPLimits.unhurried
        limits.connections = 1
        try await withServer(limits: limits, Self.echo) { port in
            let first = try LoopbackConnection(port: port)
            try await first.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await first.receive { String(decoding: $0, as: UTF8.self).hasSuffix("GET /1 ") }
            for _ in 0..<20 {
                let refused = try await exchange(port, "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n", finish: true)
                #expect(status(refused) == 429)
                #expect(refused.contains("\r\nRetry-After: 1\r\n"))
            }
            try await first.send("GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await first.text().hasSuffix("GET /3 "))
        }
    }

    @Test func `100-continue is sent when the body is asked for and not otherwise`() async throws {
        try await withServer(Self.echo) { port in
            let reading = try LoopbackConnection(port: port)
            let fields = "HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
            try await reading.send("POST /read \(fields)Connection: close\r\n\r\n")
            let interim = try await reading.receive { $0.count >= 25 }
            #expect(String(decoding: interim, as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
            try await reading.send("ok")
            #expect(try await reading.text().hasSuffix("POST /read ok"))
            // A client that was not told to go on may send the body or not: the connection cannot be kept.
            let refusing = try await exchange(port, "POST /unread \(fields)\r\n")
            #expect(status(refusing) == 200)
            #expect(refusing.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test func `a handler may allow a larger body, and reads it in pieces`() async throws {
        try await withServer({ request in
            request.body.allow(bytes: 8_000_000)
            var (count, largest) = (0, 0)
            while let piece = try await request.body.next() {
                (count, largest) = (count + piece.count, max(largest, piece.count))
            }
            return .text("\(count) \(largest < 1_000_000)")
        }) { port in
            let client = WebClient(port: port)
            let allowed = try await client.send("PUT", "/", body: [UInt8](repeating: 1, count: 5_000_000))
            #expect(allowed.text == "5000000 true")
            let tooLarge = try await client.send("PUT", "/", body: [UInt8](repeating: 1, count: 8_000_001))
            #expect(tooLarge.status == 413)
        }
    }

    @Test func `a cut answer is a prefix and a reset`() async throws {
        let body = Array("0123456789".utf8)
        try await withServer({ request in
            HTTPResponse(status: 200, body: .cut(after: Int(request.path.first ?? "") ?? 0, of: body))
        }) { port in
            for count in [0, 30] {
                let connection = try LoopbackConnection(port: port)
                try await connection.send("GET /\(count) HTTP/1.1\r\nHost: a\r\n\r\n")
                await #expect { try await connection.receive() } throws: {
                    "\($0)".hasPrefix("recv after \(count) bytes: Connection reset")
                }
            }
        }
    }

    @Test func `a streamed answer has its length, and one that breaks off is seen to`() async throws {
        try await withServer({ request in
            let pieces = Mutex(["ab", "cd", "ef"])
            return HTTPResponse(
                status: 200,
                body: .stream(length: request.path == ["long"] ? 7 : 6) {
                    pieces.withLock { $0.isEmpty ? nil : Array($0.removeFirst().utf8) }
                })
        }) { port in
            let (whole, head) = try await (WebClient(port: port).get("/"), WebClient(port: port).send("HEAD", "/"))
            #expect(whole.text == "abcdef")
            #expect(head.headers["content-length"] == "6")
            await #expect(throws: WebClient.Failure.self) { try await WebClient(port: port).get("/long") }
        }
    }

    @Test func `an unknown error is a bare 500 that is reported, and a line break does not make a header`() async throws {
        struct Secret: Error {}
        let reported = Mutex<[String]>([])
        try await withServer(report: { error in reported.withLock { $0.append("\(type(of: error))") } }) { request in
            guard request.path.isEmpty else { throw Secret() }
            return HTTPResponse.text("ok").with("X-Name", "a\r\nSet-Cookie: b\nc")
        } _: { port in
            let failed = try await WebClient(port: port).get("/fail")
            #expect(failed.status == 500)
            #expect(!failed.text.contains("Secret"))
            #expect(reported.withLock { $0 } == ["Secret"])
            let answer = try await WebClient(port: port).get("/")
            #expect(answer.headers["set-cookie"] == nil)
            #expect(answer.headers["x-name"] == "aSet-Cookie: bc")
        }
    }

    @Test func `answers without a body have no length`() async throws {
        try await withServer({ request in HTTPResponse(status: Int(request.path[0]) ?? 0) }) { port in
            for (code, length) in [(204, nil), (304, nil), (200, "0")] {
                let answer = try await WebClient(port: port).get("/\(code)")
                #expect(answer.status == code)
                #expect(answer.headers["content-length"] == length)
            }
        }
    }

    @Test func `a port that is taken says so`() async throws {
        try await withServer(Self.echo) { port in
            #expect { try HTTPServer(port: port) { _ in .text("") } } throws: { ($0 as? SocketError)?.isAddressInUse == true }
        }
    }

    @Test func `a stopped server answers no more`() async throws {
        let port = try await withServer(Self.echo) { $0 }
        #expect(throws: LoopbackConnection.Failure.self) { try LoopbackConnection(port: port) }
    }
}
