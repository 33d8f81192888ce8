import Foundation
import JSONTree
import KioskTestSupport
import PortalWire
import Testing
import TrainingPortal

@Suite struct DeskTests {
    private func submit(_ harness: PortalHarness, _ place: String, _ fields: [String: String], origin: String? = nil) async throws
        -> Answer
    {
        var unreserved = CharacterSet.alphanumerics
        unreserved.insert(charactersIn: "-._")
        let body = fields.map { name, value in "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")" }
        return try #require(
            try await harness.send(
                "POST", place,
                headers: [
                    "Content-Type": "application/x-www-form-urlencoded", "Origin": origin ?? harness.portal.address,
                ], body: Array(body.joined(separator: "&").utf8)))
    }

    /// The token in a page's forms.
    private func token(_ harness: PortalHarness, _ place: String) async throws -> String {
        let page = try #require(try await harness.send("GET", place)).text
        let start = try #require(page.range(of: "name=\"token\" value=\""))
        return String(page[start.upperBound...].prefix { $0 != "\"" })
    }

    private func status(_ harness: PortalHarness) async throws -> String? { try await harness.portal.dossiers().first?.status }

    @Test func `an officer acts by the forms of a dossier's page`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let id = try await kiosk.file()
            let place = "/desk/dossiers/\(id)"
            let token = try await token(harness, place)
            let accepted = try await submit(harness, place + "/act", ["token": token, "act": "accept"])
            #expect(accepted.status == 303)
            #expect(accepted.headers["location"] == place)
            #expect(try await status(harness) == "accepted")
            // Accepting twice does not fit: the page says why and nothing changes.
            let again = try await submit(harness, place + "/act", ["token": token, "act": "accept"])
            #expect(again.status == 409)
            #expect(again.text.contains("Không thể «Tiếp nhận» khi hồ sơ ở trạng thái «Đã tiếp nhận»."))
            let edit = ["token": token, "act": "edit-field", "pointer": "/fields/applicant/phone", "value": "0900000199 & <b>"]
            #expect(try await submit(harness, place + "/act", edit).status == 303)
            let dossier = try await kiosk.get("/v1/dossiers/\(id)").message(DossierRepresentation.self)
            #expect(dossier.fields["applicant"]?["phone"] == "0900000199 & <b>")
            #expect(dossier.dueAt == "2026-11-24T17:00:00+07:00")
            #expect(dossier.editedBy == "officer")
            let page = try #require(try await harness.send("GET", place))
            #expect(page.text.contains("0900000199 &amp; &lt;b&gt;"))
            let ask = ["token": token, "act": "request-supplement", "remark": " ", "pointer": ""]
            #expect(try await submit(harness, place + "/act", ask).text.contains("Cần ghi rõ lý do"))
            #expect(try await status(harness) == "accepted")
        }
    }

    @Test func `the desk publishes a new version, retires a procedure and breaks a catalogue`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let place = "/desk/catalogue"
            let token = try await token(harness, place)
            func publish(_ act: String, _ code: String = "") async throws -> Int {
                try await submit(harness, place, ["token": token, "act": act, "procedure": code]).status
            }
            func served() async throws -> JSONValue { try await kiosk.get("/v1/catalogue").json() }
            #expect(try await publish("renew") == 303)
            #expect(try await served()["version"] == "test-2")
            #expect(try await publish("break") == 303)
            let broken = try await kiosk.get("/v1/catalogue").text
            #expect((try? JSONText.decode(JSONValue.self, from: Data(broken.utf8))) == nil)
            #expect(try await harness.send("GET", place)?.text.contains("một bản hỏng") == true)
            #expect(try await publish("retire", "LUU_TRU") == 303)
            let catalogue = try await served()
            #expect(catalogue["version"] == "test-3" && catalogue["procedures"]?.arrayValue?.count == 1)
            #expect(catalogue["closed"]?.arrayValue?.first?["code"] == "LUU_TRU")
            #expect(catalogue["closed"]?.arrayValue?.first?["until"] == "2026-11-23")
            for (act, code) in [("retire", "LUU_TRU"), ("retire", "TAM_TRU"), ("other", "")] {
                #expect(try await publish(act, code) == 400, "\(act) \(code)")
            }
        }
    }

    @Test func `a form without the page's token or from another origin does nothing`() async throws {
        try await withPortal { harness in
            let id = try await harness.kiosk().file()
            let place = "/desk/dossiers/\(id)"
            let token = try await token(harness, place)
            #expect(try await submit(harness, place + "/act", ["act": "accept"]).status == 403)
            #expect(try await submit(harness, place + "/act", ["token": "x", "act": "accept"]).status == 403)
            let foreign = try await submit(
                harness, place + "/act", ["token": token, "act": "accept"], origin: "http://evil.example")
            #expect(foreign.status == 403)
            #expect(try await submit(harness, place + "/act", ["token": token, "act": "accept"], origin: "null").status == 403)
            #expect(try await status(harness) == "received")
        }
    }

    @Test(arguments: [
        "/", "/?status=received", "/desk/sms", "/desk/residents", "/desk/announcements", "/desk/catalogue", "/desk/dossiers/none",
    ])
    func `every page says that this is not the real portal`(place: String) async throws {
        try await withPortal { harness in
            let page = try #require(try await harness.send("GET", place))
            #expect(page.text.contains("CỔNG TẬP HUẤN — không phải cổng thật"))
            #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'self'") == true)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
        }
    }

    @Test func `the list can be narrowed to a status`() async throws {
        try await withPortal { harness in
            let id = try await harness.kiosk().file()
            #expect(try await harness.send("GET", "/?status=received")?.text.contains(id) == true)
            #expect(try await harness.send("GET", "/?status=refused")?.text.contains(id) == false)
        }
    }

    @Test(arguments: [("image/jpeg", "image/jpeg", "inline"), ("text/html", "application/octet-stream", "attachment")])
    func `a paper is shown only where it is harmless`(declared: String, sent: String, disposition: String) async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let bytes = [UInt8](repeating: 42, count: 150_000)
            let paper = try await kiosk.upload(bytes, mediaType: declared)
            let id = newId()
            #expect(
                try await kiosk.put(kiosk.submission(account: try await kiosk.account(), attachments: [paper]), id).status == 201)
            let file = try #require(try await harness.send("GET", "/desk/dossiers/\(id)/files/0"))
            #expect(file.body == bytes)
            #expect(file.headers["content-type"] == sent)
            #expect(file.headers["content-disposition"]?.hasPrefix(disposition) == true)
            #expect(try await harness.send("GET", "/desk/dossiers/\(id)/files/1")?.status == 404)
        }
    }

    @Test func `the result is due three working days after the acceptance`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let id = newId()
            let submission = kiosk.submission(account: try await kiosk.account(), attachments: [try await kiosk.upload([1])])
            #expect(try await kiosk.put(submission, id).status == 201)
            // Thursday: three working days later is Tuesday.
            harness.clock.advance(3 * 86_400)
            try await harness.portal.perform(.accept, on: id)
            let dossier = try await harness.kiosk().get("/v1/dossiers/\(id)").message(DossierRepresentation.self)
            #expect(dossier.dueAt == "2026-12-01T17:00:00+07:00")
        }
    }

    @Test func `the control API does what an officer does`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let paper = try await kiosk.upload([1])
            let id = newId()
            let submission = kiosk.submission(account: try await kiosk.account(), attachments: [paper])
            #expect(try await kiosk.put(submission, id).status == 201)
            func act(_ body: JSONValue) async throws -> Answer? {
                try await harness.send("POST", "/training/acts", body: Array(try JSONText.encode(body)))
            }
            let edit: JSONValue = ["dossier": .string(id), "act": "edit-field", "pointer": "/fields/stay/nights", "value": 3]
            #expect(try await act(edit)?.status == 204)
            #expect(try await harness.state()["dossiers"]?.arrayValue?.first?["fields"]?["stay"]?["nights"] == 3)
            func papers() async throws -> Int? {
                try await harness.state()["dossiers"]?.arrayValue?.first?["attachments"]?.arrayValue?.count
            }
            let before = try #require(try await papers())
            let remove: JSONValue = ["dossier": .string(id), "act": "remove-paper", "pointer": "/attachments/0"]
            #expect(try await act(remove)?.status == 204)
            #expect(try await papers() == before - 1)
            let none: JSONValue = ["dossier": .string(id), "act": "remove-paper", "pointer": "/attachments/9"]
            #expect(try await act(none)?.status == 409)
            #expect(try await act(["dossier": .string(id), "act": "resolve"])?.status == 409)
            #expect(try await act(["dossier": "none", "act": "accept"])?.status == 404)
            #expect(try await act(["dossier": .string(id), "act": "dance"])?.status == 400)
        }
    }

    @Test func `an announcement written at the desk reaches the kiosks`() async throws {
        try await withPortal { harness in
            let token = try await token(harness, "/desk/announcements")
            let form = [
                "token": token, "title": "Lịch cấp căn cước", "body": "Sáng thứ Bảy", "from": "2026-11-25T07:30", "until": "",
            ]
            #expect(try await submit(harness, "/desk/announcements", form).status == 303)
            let changes = try await harness.kiosk().get("/v1/changes").message(ChangePage.self).changes
            guard case .announcement(let one) = try #require(changes.first) else {
                Issue.record("no announcement")
                return
            }
            #expect(one.title == "Lịch cấp căn cước")
            #expect(one.validFrom == "2026-11-25T07:30:00+07:00")
            #expect(one.validUntil == "2026-12-23T17:00:00+07:00")
        }
    }
}

@Suite struct RestartTests {
    @Test func `a restart keeps all`() async throws {
        let folder = try TemporaryFolder()
        var id = ""
        var place = ""
        var cursor = ""
        try await withPortal(in: folder) { harness in
            let kiosk = try await harness.kiosk()
            id = newId()
            let submission = kiosk.submission(
                account: try await kiosk.account(), attachments: [try await kiosk.upload(Array("paper".utf8))])
            #expect(try await kiosk.put(submission, id).status == 201)
            place = try path(of: try await kiosk.create(10, sha256: String(repeating: "b", count: 64), first: [1, 2, 3]))
            cursor = try await kiosk.get("/v1/changes").message(ChangePage.self).cursor
        }
        try await withPortal(in: folder) { harness in
            #expect(try await harness.requestToken(kiosk: "kiosk-1", secret: "another")?.status == 401)
            let kiosk = try await harness.kiosk()
            #expect(try await kiosk.get("/v1/dossiers/\(id)").headers["etag"]?.hasPrefix("\"1-") == true)
            #expect(try await kiosk.offset(place)?.headers["upload-offset"] == "3")
            try await harness.portal.perform(.accept, on: id)
            let news = try await kiosk.get("/v1/changes?after=\(cursor)").message(ChangePage.self)
            #expect(news.changes.count == 1)
            let paper = try #require(try await harness.state()["dossiers"]?.arrayValue?.first?["attachments"]?.arrayValue?.first)
            #expect(paper["sha256OnDisk"] == paper["sha256"])
            let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/portal")[.posixPermissions] as? Int
            #expect(mode == 0o700)
        }
    }
}
