import Foundation
import HTTPServing
import JSONTree
import KioskTestSupport
import Synchronization
import Testing

/// The portal's control client against a server that writes down what it is asked.
@Suite struct PortalControlTests {
    private static let state: JSONValue = [
        "dossiers": [
            [
                "id": "d1", "code": "G01", "procedure": "TAM_TRU", "catalogueVersion": "1", "status": "received", "etag": "\"1\"",
                "puts": 2,
                "revision": 1,
                "fields": ["a": [1]], "version": 1,
                "attachments": [
                    ["component": "CT01", "fileName": "x.jpg", "sha256": "ab", "size": 5, "present": true, "sha256OnDisk": "ab"],
                    ["component": "CT02", "fileName": "y.jpg", "sha256": "cd", "size": 6, "present": false, "sha256OnDisk": nil],
                ],
            ]
        ]
    ]

    @Test func `each call asks what the portal's control interface takes`() async throws {
        let seen = Mutex<[String]>([])
        let server = try HTTPServer(port: 0) { request in
            let body = String(decoding: try await request.body.collect(limit: 10_000), as: UTF8.self)
            seen.withLock { $0.append("\(request.method) \(request.target) \(body)") }
            switch request.target {
            case "/training/state": return .json([UInt8](try JSONText.encode(Self.state)))
            case "/training/sms":
                return .json(Array(#"[{"account":"a","code":"2","at":"T2"},{"account":"a","code":"1","at":"T1"}]"#.utf8))
            case "/training/acts" where body.contains("refused"): return .text("no", status: 409)
            default: return HTTPResponse(status: 204)
            }
        }
        let running = Task { try await server.run() }
        let control = try PortalControl(base: "http://127.0.0.1:\(server.port)")
        try await control.faults(kind: "status", method: "PUT", pathPrefix: "/v1/", skip: 1, times: 2, status: 503, retryAfter: 7)
        try await control.faults(kind: "after")
        try await control.clearFaults()
        try await control.act(dossier: "d1", act: "edit", pointer: "/a", value: [1])
        await #expect(throws: WebClient.Failure.self) { try await control.act(dossier: "d1", act: "refused") }
        let dossier = try #require(try await control.state().dossier("d1"))
        #expect(dossier.fields == ["a": [1]] && dossier.puts == 2)
        #expect(dossier.attachments.map(\.present) == [true, false])
        #expect(dossier.attachments.map(\.sha256OnDisk) == ["ab", nil])
        #expect(try await control.code(for: "a") == "2")
        #expect(try await control.code(for: "b") == nil)
        running.cancel()
        try await running.value
        #expect(
            seen.withLock { $0 }.prefix(5) == [
                #"POST /training/faults {"kind":"status","method":"PUT","pathPrefix":"/v1/","retryAfter":7,"skip":1,"status":503,"times":2}"#,
                #"POST /training/faults {"kind":"after"}"#, "DELETE /training/faults ",
                #"POST /training/acts {"act":"edit","dossier":"d1","pointer":"/a","value":[1]}"#,
                #"POST /training/acts {"act":"refused","dossier":"d1"}"#,
            ])
    }
}

@Suite struct WebClientTests {
    @Test func `answers are read one after another`() throws {
        let bytes = Array(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length:2\r\nX: a\r\nx: b\r\n\r\nhiHTTP/1.1 204 No\r\n\r\n"
                .utf8)
        let answers = try WebClient.answers(in: bytes, to: ["GET", "PUT"])
        #expect(answers.map(\.status) == [200, 204])
        #expect(answers[0].text == "hi" && answers[0].headers["x"] == "a, b")
        #expect(throws: WebClient.Failure.self) { try WebClient.answers(in: bytes, to: ["GET", "PUT", "GET"]) }
        #expect(throws: WebClient.Failure.self) { try WebClient.answers(in: Array("hello\r\n\r\n".utf8), to: ["GET"]) }
    }

    @Test func `only loopback addresses are taken`() throws {
        #expect(try WebClient(base: "http://127.0.0.1:81/x").port == 81)
        for base in ["http://example.org:80", "https://127.0.0.1:1", "127.0.0.1:80", "http://127.0.0.1", ""] {
            #expect(throws: WebClient.Failure.self) { try WebClient(base: base) }
        }
    }

    @Test func `forms are escaped`() async throws {
        let server = try HTTPServer(port: 0) { request in .text(try await request.form()["tên & họ"] ?? "none") }
        let running = Task { try await server.run() }
        let answer = try await WebClient(port: server.port).post("/", form: ["tên & họ": "Hà + Thị=100%", "x": "1"])
        running.cancel()
        try await running.value
        #expect(answer.text == "Hà + Thị=100%")
    }
}
