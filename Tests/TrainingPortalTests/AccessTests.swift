import Foundation
import JSONTree
import PortalWire
import Testing
import TrainingPortal

@Suite struct AccessTests {
    @Test func `a kiosk's first secret stands and another is refused`() async throws {
        try await withPortal { harness in
            let first = try #require(try await harness.requestToken(kiosk: "k", secret: "one"))
            #expect(first.status == 200)
            #expect(try first.message(TokenMessage.self).expiresIn == 900)
            let other = try #require(try await harness.requestToken(kiosk: "k", secret: "two"))
            #expect(other.status == 401)
            #expect(try other.json()["error"] == "invalid_client")
            #expect(other.headers["www-authenticate"] != nil)
            #expect(try await harness.requestToken(kiosk: "k", secret: "one")?.status == 200)
        }
    }

    @Test func `another grant is refused`() async throws {
        try await withPortal { harness in
            let answer = try #require(try await harness.requestToken(kiosk: "k", secret: "s", grant: "password"))
            #expect(answer.status == 400)
            #expect(try answer.json()["error"] == "unsupported_grant_type")
        }
    }

    @Test func `a token ends after 900 seconds`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            harness.clock.advance(899)
            #expect(try await kiosk.get("/v1/changes").status == 200)
            harness.clock.advance(2)
            let late = try await kiosk.get("/v1/changes")
            #expect(late.status == 401)
            #expect(late.headers["www-authenticate"] == "Bearer")
        }
    }

    @Test(arguments: [
        ("GET", "/v1/catalogue"), ("GET", "/v1/changes"), ("GET", "/v1/dossiers/x"), ("PUT", "/v1/dossiers/x"),
        ("POST", "/v1/files/"),
        ("PUT", "/v1/accounts/x"), ("PUT", "/v1/reports/k/2026"),
    ])
    func `a path of the contract wants a token`(method: String, path: String) async throws {
        try await withPortal { harness in
            let answer = try #require(try await harness.send(method, path, body: []))
            #expect(answer.status == 401)
            #expect(answer.problem?.type == "urn:village-portal:unauthorized")
        }
    }

    @Test func `health needs no token and tells the portal's time`() async throws {
        try await withPortal { harness in
            let answer = try #require(try await harness.send("GET", "/v1/health"))
            #expect(try answer.message(HealthMessage.self) == HealthMessage(status: "ok", time: "2026-11-23T08:00:00+07:00"))
            #expect(answer.headers["date"]?.hasSuffix("GMT") == true)
        }
    }

    @Test func `the catalogue is sent once`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let first = try await kiosk.get("/v1/catalogue")
            #expect(first.text == testCatalogue)
            let etag = try #require(first.headers["etag"])
            let again = try #require(try await kiosk.send("GET", "/v1/catalogue", headers: ["If-None-Match": etag]))
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            #expect(try await kiosk.send("GET", "/v1/catalogue", headers: ["If-None-Match": "\"other\""])?.status == 200)
        }
    }

    @Test func `a catalogue without procedures is refused at the start`() throws {
        #expect(throws: TrainingPortalError.catalogueUnreadable) {
            try TrainingPortal(TrainingPortalOptions(dataFolder: "/nowhere", port: 0, catalogue: Array("{}".utf8)))
        }
    }

    @Test func `a foreign host name is not answered`() async throws {
        try await withPortal { harness async throws in
            #expect(try await harness.send("GET", "/v1/health", headers: ["Host": "evil.example"])?.status == 421)
            #expect(try await harness.send("GET", "/", headers: ["Host": "evil.example:80"])?.status == 421)
            #expect(try await harness.send("GET", "/", headers: ["Host": "localhost:\(harness.portal.port)"])?.status == 200)
        }
    }

    @Test func `an unknown path is a problem document`() async throws {
        try await withPortal { harness in
            let answer = try #require(try await harness.send("GET", "/v1/nothing"))
            #expect(answer.status == 404)
            #expect(answer.problem != nil)
        }
    }

    @Test func `a report replaces the earlier one of its period`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk("k")
            let first: JSONValue = ["captured": 1]
            let second: JSONValue = ["captured": 2]
            #expect(try await kiosk.send("PUT", "/v1/reports/k/2026-11", json: first).status == 204)
            #expect(try await kiosk.send("PUT", "/v1/reports/k/2026-11", json: second).status == 204)
            #expect(try await kiosk.send("PUT", "/v1/reports/k/2026-Q4", json: first).status == 204)
            #expect(try await kiosk.send("PUT", "/v1/reports/k/2026-13", json: first).status == 400)
            #expect(try await kiosk.send("PUT", "/v1/reports/other/2026", json: first).status == 404)
            let reports = try await harness.state()["reports"]?.arrayValue
            #expect(reports?.count == 2)
            #expect(reports?.first?["figures"] == second)
        }
    }
}
