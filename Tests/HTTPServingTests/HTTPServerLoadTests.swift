import Foundation
import HTTPServing
import KioskTestSupport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct HTTPServerLoadTests {
    @Test func `many clients at once each get their own answers`() async throws {
        try await withServer({ request in
            let body = try await request.body.collect(limit: 1 << 20)
            return .text("\(request.target) \(body.count)")
        }) { port in
            try await withThrowingTaskGroup(of: [String].self) { group in
                for client in 0..<40 {
                    group.addTask {
                        let connection = try LoopbackConnection(port: port)
                        let size = client * 1500
                        for number in 0..<20 {
                            let close = number == 19 ? "Connection: close\r\n" : ""
                            let head = "POST /\(client)/\(number) HTTP/1.1\r\nHost: a\r\n\(close)Content-Length: \(size)\r\n\r\n"
                            try await connection.send(Array(head.utf8) + [UInt8](repeating: 0x47, count: size))
                        }
                        let methods = [String](repeating: "POST", count: 20)
                        return try WebClient.answers(in: try await connection.receive(), to: methods).map(\.text)
                    }
                }
                var clients = Set<Int>()
                for try await answers in group {
                    let client = try #require(answers.first.flatMap { Int($0.split(separator: "/")[0]) })
                    clients.insert(client)
                    #expect(answers == (0..<20).map { "/\(client)/\($0) \(client * 1500)" })
                }
                #expect(clients.count == 40)
            }
        }
    }

    @Test func `a request under way when the server stops is answered, and nothing after it`() async throws {
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let server = try HTTPServer(port: 0) { request in
            begin.finish()
            // Work that does not end by being cancelled: a child of no task of the server's.
            await Task { for await _ in released {} }.value
            return .text("done \(request.target)")
        }
        let running = Task { try await server.run() }
        let connection = try LoopbackConnection(port: server.port)
        try await connection.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        for await _ in begun {}
        running.cancel()
        release.finish()
        let text = try await connection.text()
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.hasSuffix("done /1"))
        #expect(text.contains("\r\nConnection: close\r\n"))
        try await running.value
    }

    @Test func `a client that vanishes does not hold the server up`() async throws {
        let ended = Mutex(0)
        try await withServer({ request in
            defer { ended.withLock { $0 += 1 } }
            _ = try await request.body.collect(limit: 1 << 20)
            return .text("ok")
        }) { port in
            for _ in 0..<20 {
                let connection = try LoopbackConnection(port: port)
                try await connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
            }
            let answer = try await WebClient(port: port).get("/")
            #expect(answer.text == "ok")
            try await eventually("all have ended") { ended.withLock { $0 } >= 21 }
        }
    }
}

@Suite struct HTTPHeadersTests {
    @Test func `fields are found without regard to case and keep their order`() {
        var headers: HTTPHeaders = ["Set-Cookie": "a=1", "X": "1"]
        headers.add("set-cookie", "b=2")
        #expect(headers.values(of: "SET-COOKIE") == ["a=1", "b=2"])
        #expect(headers["set-cookie"] == "a=1, b=2")
        #expect(headers.fields.map(\.name) == ["Set-Cookie", "X", "set-cookie"])
        headers["X"] = "2"
        #expect(headers.values(of: "x") == ["2"])
        headers["SET-cookie"] = nil
        #expect(headers == ["X": "2"])
        #expect(headers != ["x": "2"] && headers["Y"] == nil)
    }
}
