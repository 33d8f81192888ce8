import JSONTree
import KioskTestSupport
import PortalWire
import Testing
import TrainingPortal

@Suite struct CatalogueTests {
    private func publish(_ text: String, _ harness: PortalHarness, headers: [String: String] = [:]) async throws -> Answer {
        try #require(try await harness.send("POST", "/training/catalogue", headers: headers, body: Array(text.utf8)))
    }

    @Test func `a published catalogue is served, told and kept over a restart, until the portal is started with another`()
        async throws
    {
        let folder = try TemporaryFolder()
        let newer = testCatalogue.replacing("test-1", with: "test-2")
        var cursor = ""
        try await withPortal(in: folder) { harness in
            let kiosk = try await harness.kiosk()
            let answer = try await publish(newer, harness)
            #expect(answer.status == 201)
            let etag = try #require(try answer.json()["etag"]?.stringValue)
            let served = try await kiosk.get("/v1/catalogue")
            #expect(served.text == newer && served.headers["etag"] == etag)
            let page = try await kiosk.get("/v1/changes").message(ChangePage.self)
            #expect(page.changes == [.catalogue(etag: etag)])
            cursor = page.cursor
        }
        try await withPortal(in: folder) { harness in
            let kiosk = try await harness.kiosk()
            #expect(try await kiosk.get("/v1/catalogue").text == newer)
            #expect(try await kiosk.get("/v1/changes?after=\(cursor)").message(ChangePage.self).changes == [])
        }
        let third = testCatalogue.replacing("test-1", with: "test-3")
        for turn in 0..<2 {
            try await withPortal(in: folder, catalogue: third) { harness in
                let kiosk = try await harness.kiosk()
                #expect(try await kiosk.get("/v1/catalogue").text == third, "\(turn)")
                #expect(try await kiosk.get("/v1/changes?after=\(cursor)").message(ChangePage.self).changes.count == 1)
            }
        }
    }

    @Test func `a broken one is served as it is, and the portal goes on by the one before`() async throws {
        let folder = try TemporaryFolder()
        for _ in 0..<2 {
            try await withPortal(in: folder) { harness in
                let kiosk = try await harness.kiosk()
                #expect(try await publish("{\"procedures\": ", harness).status == 201)
                let served = try await kiosk.get("/v1/catalogue")
                #expect(served.text == "{\"procedures\": " && served.headers["content-type"] == "application/json")
                _ = try await kiosk.file(applicant: [
                    "citizenId": "099194000123", "fullName": "Lò Thị Mai", "birthDate": "1994-03-12", "sex": "female",
                ])
            }
        }
    }

    @Test func `a procedure that the published catalogue lacks is retired, one that it has again is taken`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let account = try await kiosk.account(of: mai)
            let stay = kiosk.submission(account: account, procedure: "LUU_TRU")
            #expect(try await publish(testCatalogue.replacing("LUU_TRU", with: "KHAC"), harness).status == 201)
            let refused = try await kiosk.put(stay, newId())
            #expect(refused.status == 410 && refused.problem?.code == .procedureRetired)
            try await harness.portal.publish(catalogue: Array(testCatalogue.utf8))
            #expect(try await kiosk.put(stay, newId()).status == 201)
        }
    }

    @Test func `no web page publishes`() async throws {
        try await withPortal { harness in
            let answer = try await publish(testCatalogue, harness, headers: ["Origin": "http://evil.example"])
            #expect(answer.status == 403)
        }
    }
}
