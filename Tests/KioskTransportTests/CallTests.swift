import Foundation
import HTTPServing
import KioskSync
import Testing

@testable import KioskTransport

@Suite struct CallTests {
    private static let page = HTTPResponse.content(
        "{\"changes\": [], \"cursor\": \"c\", \"more\": false}", type: "application/json")

    @Test func `many calls at once fetch one token`() async throws {
        try await withServer({ _ in Self.page }) { connection, asked in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = try await connection.changes(after: nil) } }
                try await group.waitForAll()
            }
            #expect(asked.count("POST /oauth2/token") == 1 && asked.count("GET /v1/changes") == 20)
        }
    }

    @Test func `a refused token is fetched anew once`() async throws {
        let old = "{\"access_token\": \"old\", \"token_type\": \"Bearer\", \"expires_in\": 900}"
        let new = "{\"access_token\": \"new\", \"token_type\": \"Bearer\", \"expires_in\": 900}"
        try await withServer(
            tokens: { .content($0 == 1 ? old : new, type: "application/json") },
            { $0.headers["Authorization"] == "Bearer new" ? Self.page : .problem(401, "unauthorized") }
        ) { connection, asked in
            let page = try await connection.changes(after: "a b&c")
            #expect(page.cursor == "c")
            #expect(asked.count("POST /oauth2/token") == 2)
            #expect(asked.count("GET /v1/changes?limit=200&after=a%20b%26c") == 2)
        }
    }

    @Test func `a second refusal is an authentication failure`() async throws {
        try await withServer({ _ in .problem(401, "unauthorized") }) { connection, asked in
            #expect(await failure(of: { try await connection.changes(after: nil) }) == .unauthenticated)
            #expect(asked.count("POST /oauth2/token") == 2 && asked.count("GET /v1/changes") == 2)
        }
    }

    @Test func `a refused secret is an authentication failure, an ill token service is not`() async throws {
        let answers: [(HTTPResponse, PortalFailure)] = [
            (.content("{\"error\": \"invalid_client\"}", type: "application/json", status: 401), .unauthenticated),
            (.content("{\"error\": \"unauthorized_client\"}", type: "application/json", status: 400), .unauthenticated),
            (HTTPResponse(status: 503).with("Retry-After", "3"), .busy(retryAfter: 3)),
            (HTTPResponse(status: 502), .failing(retryAfter: nil, mayHaveActed: false)),
            (.content("<p>", type: "text/html"), .foreign(.page)),
            (.content("{\"access_token\": \"\"}", type: "application/json"), .notThePortal),
            (.content("<p>", type: "text/html", status: 403), .foreign(.page)),
            (
                .content(
                    "{\"access_token\": \"a\\r\\nX: y\", \"token_type\": \"Bearer\", \"expires_in\": 9}", type: "application/json"
                ), .notThePortal
            ),
            (HTTPResponse(status: 200, body: .cut(after: 10, of: Array("{}".utf8))), .line(mayHaveActed: false)),
        ]
        for (answer, wanted) in answers {
            try await withServer(tokens: { _ in answer }, { _ in Self.page }) { connection, asked in
                #expect(await failure(of: { try await connection.changes(after: nil) }) == wanted)
                #expect(asked.count("GET") == 0, "nothing is asked without a token")
            }
        }
    }

    /// A probe gives up after ten seconds; beside the whole suite the server may not get its turn in them.
    private func probed(_ connection: PortalConnection) async -> PortalFailure? {
        for _ in 0..<6 {
            let failure = await failure(of: { try await connection.health() })
            guard case .line = failure else { return failure }
        }
        return .line(mayHaveActed: true)
    }

    @Test func `a captive portal's page is not the portal`() async throws {
        let page = HTTPResponse.content("<!doctype html><title>Wi-Fi</title>", type: "text/html")
        let broken = HTTPResponse.content("{\"changes\": [", type: "application/json")
        let mislabelled = HTTPResponse.content("{\"changes\": [], \"cursor\": \"c\", \"more\": false}", type: "text/html")
        let answers: [(HTTPResponse, LineTrouble)] = [
            (page, .page), (broken, .notThePortal), (mislabelled, .page), (HTTPResponse(status: 204), .notThePortal),
            (.redirect(to: "http://127.0.0.1:1/login"), .redirect),
        ]
        for (answer, wanted) in answers {
            try await withServer({ _ in answer }) { connection, _ in
                #expect(await failure(of: { try await connection.changes(after: nil) }) == .foreign(wanted))
                #expect(await probed(connection) == .foreign(wanted))
                #expect(await connection.isHealthy() == false)
            }
        }
    }

    @Test func `redirects are not followed`() async throws {
        try await withServer({ $0.target == "/elsewhere" ? Self.page : .redirect(to: "/elsewhere") }) { connection, asked in
            #expect(await failure(of: { try await connection.changes(after: nil) }) == .foreign(.redirect))
            #expect(asked.count("GET /elsewhere") == 0)
        }
    }

    @Test func `an answer without end is not the portal's`() async throws {
        let large = HTTPResponse(
            status: 200, headers: ["Content-Type": "application/json"], body: .bytes([UInt8](repeating: 32, count: 17 << 20)))
        try await withServer({ _ in large }) { connection, _ in
            #expect(await failure(of: { try await connection.changes(after: nil) }) == .notThePortal)
        }
        let health = HTTPResponse(
            status: 200, headers: ["Content-Type": "application/json"], body: .bytes([UInt8](repeating: 32, count: 1 << 20)))
        try await withServer({ _ in health }) { connection, _ in #expect(await connection.isHealthy() == false) }
    }

    @Test func `a closed port is a line that was never up`() async throws {
        // Nothing listens on port 1 of the loopback address.
        let connection = PortalConnection(
            address: try PortalAddress("http://127.0.0.1:1"), kioskID: "k", secret: secret, now: { Date() })
        #expect(
            await failure(of: { try await connection.changes(after: nil) }) == .line(mayHaveActed: false, trouble: .refused))
        #expect(await connection.isHealthy() == false)
        #expect(connection.traffic.sent == 0)
    }

    @Test func `a cut answer may hide that the portal acted`() async throws {
        for cut in [0, 40, 200] {
            let answer = HTTPResponse(
                status: 200, headers: ["Content-Type": "application/json"],
                body: .cut(after: cut, of: [UInt8](repeating: 32, count: 1000)))
            try await withServer({ _ in answer }) { connection, asked in
                #expect(
                    await failure(of: { try await connection.changes(after: nil) }) == .line(mayHaveActed: true),
                    "after \(cut) bytes")
                #expect(asked.count("GET") >= 1)
            }
        }
    }

    @Test func `a new code needs no body, but a page of a captive portal is none of it`() async throws {
        for (answer, wanted) in [
            (HTTPResponse(status: 202), nil), (HTTPResponse(status: 200), PortalFailure.notThePortal),
            (.content("<p>Wi-Fi</p>", type: "text/html", status: 202), .foreign(.page)),
        ] {
            try await withServer({ _ in answer }) { connection, asked in
                if let wanted {
                    #expect(await failure(of: { try await connection.sendNewCode(account: "a") }) == wanted)
                } else {
                    let sent = try await connection.sendNewCode(account: "a")
                    #expect(sent == AccountProgress(status: "code-sent"))
                }
                #expect(asked.count("POST /v1/accounts/a/code") == 1)
            }
        }
    }

    @Test func `an upload's address stays with the portal`() async throws {
        let task = UploadTask(
            attachment: "a", size: 3, sha256: "x", fileName: "giấy.jpg", mediaType: "image/jpeg", dossier: "d", url: nil)
        for (location, wanted) in [("http://other.example/f", PortalFailure.notThePortal), ("", .notThePortal)] {
            let answer = HTTPResponse(status: 201).with("Location", location)
            try await withServer({ _ in answer }) { connection, _ in
                #expect(await failure(of: { try await connection.createUpload(task, firstBytes: OutgoingBytes([1])) }) == wanted)
            }
        }
        try await withServer({
            $0.method == "HEAD"
                ? HTTPResponse(status: 200).with("Upload-Offset", "-1") : HTTPResponse(status: 201).with("Location", "/f")
        }) {
            connection, asked in
            let made = try await connection.createUpload(task, firstBytes: OutgoingBytes([1]))
            #expect(made.url.hasSuffix("/f") && made.offset == 0, "a server without creation-with-upload")
            #expect(await failure(of: { try await connection.offset(ofUpload: made.url) }) == .notThePortal)
            #expect(
                await failure(of: { try await connection.offset(ofUpload: "http://old.example/f") }) == .gone,
                "a portal that moved")
            #expect(
                await failure(of: { try await connection.append(OutgoingBytes([2]), at: 1, toUpload: made.url) }) == .notThePortal
            )
            #expect(asked.count("HEAD") == 1)
        }
    }

    @Test func `a body that cannot be read to its end is broken off and tells why; the connection is of use after it`()
        async throws
    {
        struct DiskFault: Error {}
        try await withServer({ _ in HTTPResponse(status: 204).with("Upload-Offset", "3") }) { connection, asked in
            let broken = OutgoingBytes(count: 3 << 20) { offset, space in
                guard offset < 2 << 20 else { throw DiskFault() }
                space.initializeMemory(as: UInt8.self, repeating: 1)
                return space.count
            }
            let url = connection.files.description + "/f"
            let found = await failure(of: { try await connection.append(broken, at: 0, toUpload: url) })
            guard case .line(mayHaveActed: true, _) = found else {
                Issue.record("\(String(describing: found))")
                return
            }
            #expect(broken.fault is DiskFault)
            let whole = OutgoingBytes([1, 2, 3])
            let held = try await connection.append(whole, at: 0, toUpload: url)
            #expect(held == 3 && whole.fault == nil)
            #expect(asked.count("PATCH") == 2, "libcurl does not send it again by itself")
        }
    }
}
