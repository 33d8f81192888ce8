import Foundation
import JSONTree
import KioskDomain
import KioskStore
import Testing

@Suite struct FormTests {
    @Test func `a field that was left is on the disk and is there when the form is opened again`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let saved = try await kiosk.answer(id, "/applicant/birthDate", "1-3-1994", section: "nguoi-khai")
        #expect(saved.json?["saved"] == true)
        #expect(saved.json?["value"] == "01/03/1994")
        let draft = try await kiosk.open().draft(of: id)
        #expect(draft.answers["applicant"]?["birthDate"] == "1994-03-01")
        let page = try await kiosk.get("/dossiers/\(id)/form/nguoi-khai")
        #expect(page.text.contains("value=\"01/03/1994\""))
    }

    @Test func `what cannot be read is kept as typed and said at once, what is missing only later`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let saved = try await kiosk.answer(id, "/applicant/phone", "12345", section: "nguoi-khai")
        let issues = try #require(saved.json?["issues"]?.arrayValue)
        #expect(
            issues.contains { $0["pointer"] == "/applicant/phone" && $0["code"] == "not-a-phone" && $0["isAbsence"] == false })
        #expect(issues.contains { $0["pointer"] == "/applicant/fullName" && $0["isAbsence"] == true })
        let page = try await kiosk.get("/dossiers/\(id)/form/nguoi-khai")
        #expect(page.text.contains("value=\"12345\"") && page.text.contains("10 chữ số"))
        #expect(!page.text.contains("Mục này bắt buộc"))
        let checked = try await kiosk.get("/dossiers/\(id)/form/nguoi-khai?check=1")
        #expect(
            checked.text.contains("Mục này bắt buộc")
                && checked.text.contains("href=\"/dossiers/\(id)/form/nguoi-khai?check=1#f-applicant-fullName\""))
    }

    @Test func `the page works without the script: the whole section is saved and the next one comes`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        var fields = [
            "do": "next", "a:/applicant/fullName": "Lò  Thị Mai", "a:/applicant/birthDate": "1994", "a:/applicant/sex": "female",
            "a:/applicant/citizenId": "001194000123", "a:/applicant/phone": "0900 000 101",
        ]
        let stays = try await kiosk.post("/dossiers/\(id)/form/nguoi-khai", fields)
        #expect(stays.location == "/dossiers/\(id)/form/nguoi-khai?check=1")
        fields["do"] = "skip"
        #expect(try await kiosk.post("/dossiers/\(id)/form/nguoi-khai", fields).location == "/dossiers/\(id)/form/tre")
        fields["do"] = "next"
        fields["a:/applicant/relationToChild"] = "me"
        #expect(try await kiosk.post("/dossiers/\(id)/form/nguoi-khai", fields).location == "/dossiers/\(id)/form/tre")
        let answers = try await kiosk.open().draft(of: id).answers
        #expect(answers["applicant"]?["fullName"] == "Lò Thị Mai")
        #expect(answers["applicant"]?["phone"] == "0900000101")
        _ = try await kiosk.post("/dossiers/\(id)/form/nguoi-khai", ["do": "next", "a:/applicant/phone": ""])
        #expect(try await kiosk.open().draft(of: id).answers["applicant"]?.objectValue?.keys.contains("phone") == false)
    }

    @Test func `questions come and go with the answers`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let hidden = "data-address=\"/household/head/fullName\" data-kind=\"personName\" hidden"
        #expect(try await kiosk.get("/dossiers/\(id)/form/chu-ho").text.contains(hidden))
        let saved = try await kiosk.answer(id, "/household/applicantIsHead", "false", section: "chu-ho")
        #expect(saved.json?["visible"]?.arrayValue?.contains("/household/head/fullName") == true)
        #expect(try await !kiosk.get("/dossiers/\(id)/form/chu-ho").text.contains(hidden))
        let answers = try await kiosk.open().draft(of: id).answers
        #expect(answers["household"]?["applicantIsHead"] == false)
        let back = try await kiosk.answer(id, "/household/applicantIsHead", "true", section: "chu-ho")
        #expect(back.json?["visible"]?.arrayValue?.contains("/household/head/fullName") == false)
    }

    @Test func `a draft reopens where it was left`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        for (path, left) in [("form/tre", "form/tre"), ("papers", "papers"), ("review", "review")] {
            _ = try await kiosk.get("/dossiers/\(id)/\(path)")
            #expect(try await kiosk.get("/dossiers/\(id)/form").location == "/dossiers/\(id)/\(left)")
        }
    }

    @Test func `an answer is text on every page, never markup`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let evil = "<script>alert('x')</script>\"><img src=x onerror=y>"
        let id = try await kiosk.beginSample()
        _ = try await kiosk.answer(id, "/child/fullName", .string(evil), section: "tre")
        _ = try await kiosk.answer(id, "/applicant/fullName", .string(evil), section: "nguoi-khai")
        _ = try await kiosk.answer(id, "/request", .string(evil), section: "noi-dung")
        _ = try await kiosk.upload(id, "GIAY_TO_KHAC", name: "<img src=x>.png", Picture.png)
        var paths = [
            "/", "/dossiers", "/dossiers/\(id)", "/dossiers/\(id)/papers", "/dossiers/\(id)/review", "/dossiers/\(id)/discard",
            "/dossiers/\(id)/form/tre?check=1", "/dossiers/\(id)/form/nguoi-khai", "/dossiers/\(id)/form/noi-dung",
        ]
        _ = try await kiosk.post("/dossiers/\(id)/review", Kiosk.consent)
        paths.append("/dossiers/\(id)/receipt")
        for path in paths {
            let page = try await kiosk.get(path)
            #expect(!page.text.contains("<script>alert") && !page.text.contains("<img src=x"), "\(path)")
        }
        #expect(try await kiosk.get("/dossiers/\(id)").text.contains("&lt;script&gt;"))
    }

    @Test func `only fields of the form can be written`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let before = try await kiosk.open().draft(of: id).answers
        for pointer in ["/nothing", "", "/applicant", "applicant", "/guests/0/fullName", "/guests/@x/fullName"] {
            #expect(try await kiosk.answer(id, pointer, "x", section: "tre").status == 409)
        }
        #expect(try await kiosk.open().draft(of: id).answers == before)
        _ = try await kiosk.post("/dossiers/\(id)/form/tre", ["do": "next", "a:/nothing": "x", "a:/applicant": "y"])
        #expect(try await kiosk.open().draft(of: id).answers == before)
    }

    @Test func `members are added and removed by their ids, and their reasons go with them`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin("LUU_TRU")
        func members() async throws -> [JSONValue] { try await kiosk.open().draft(of: id).answers["guests"]?.arrayValue ?? [] }
        #expect(try await members().count == 1)
        let here = "/dossiers/\(id)/form/khach"
        for _ in 0..<2 { _ = try await kiosk.post(here, ["do": "add"]) }
        let ids = try await members().compactMap { $0["id"]?.stringValue }
        #expect(Set(ids).count == 3)
        for (index, member) in ids.enumerated() {
            _ = try await kiosk.answer(
                id, "/guests/@\(member)/fullName", .string("Khách \(["A", "B", "C"][index])"), section: "khach")
        }
        try await kiosk.open().changeDraft(of: id, now: kiosk.clock.now) { draft in
            draft.reasons = ["/guests/1/citizenId": "b", "/guests/2/citizenId": "c", "/applicant/citizenId": "a"]
        }
        _ = try await kiosk.post(here, ["do": "remove:/guests/@\(ids[1])"])
        #expect(try await members().map { $0["fullName"] } == ["Khách A", "Khách C"])
        #expect(try await kiosk.open().draft(of: id).reasons == ["/guests/1/citizenId": "c", "/applicant/citizenId": "a"])
        // A second press, or another page, does not take the next one away.
        _ = try await kiosk.post(here, ["do": "remove:/guests/@\(ids[1])"])
        #expect(try await members().count == 2)
        let gone = try await kiosk.answer(id, "/guests/@\(ids[1])/fullName", "D", section: "khach")
        #expect(gone.status == 409)
        let page = try await kiosk.get(here)
        #expect(page.text.contains("Người lưu trú 2") && !page.text.contains("Người lưu trú 3"))
    }
}
