import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import KioskVault
import Testing

@testable import KioskWeb

@Suite struct SearchPageTests {
    /// Every address in a page's text.
    private func addresses(_ text: String) -> [String] {
        ["href=\"", "action=\"", "src=\""].flatMap { name in
            text.components(separatedBy: name).dropFirst().map { String($0.prefix { $0 != "\"" }) }
        }
    }

    @Test func `a search shows rows and puts nothing personal into an address`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.sealSample()
        for text in ["lo minh an", "Mai Lò", "099194000123", "0123"] {
            let asked = try await kiosk.post("/search", ["text": text])
            #expect(asked.status == 303 && asked.location.hasPrefix("/search/"))
            #expect(asked.location.dropFirst("/search/".count).allSatisfy { $0.isHexDigit })
            let page = try await kiosk.get(asked.location)
            #expect(page.text.contains("Tìm thấy 1 hồ sơ") && page.text.contains("href=\"/dossiers/\(id)\""), "\(text)")
            #expect(page.text.contains("value=\"\(text)\"") && page.response.headers["Cache-Control"] == "no-store")
            for address in addresses(page.text) {
                #expect(!address.contains("Mai") && !address.contains("0123") && !address.contains("minh"), "\(address)")
            }
        }
    }

    @Test func `finding nothing says what to try, too few digits say so`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let nothing = try await kiosk.get(try await kiosk.post("/search", ["text": "Không <Có> Ai"]).location)
        #expect(nothing.text.contains("Không tìm thấy hồ sơ nào") && nothing.text.contains("Gõ không dấu"))
        #expect(nothing.text.contains("Không &lt;Có&gt; Ai") && !nothing.text.contains("<Có>"))
        #expect(try await kiosk.get(try await kiosk.post("/search", ["text": "12"]).location).text.contains("ít nhất 4 chữ số"))
        #expect(try await kiosk.post("/search", ["text": "  "]).location == "/dossiers")
        #expect(try await kiosk.post("/search", ["text": "x"], token: "0").status == 403)
        #expect(try await kiosk.get("/search/00").location == "/dossiers")
        for path in ["/", "/dossiers"] { #expect(try await kiosk.get(path).text.contains("action=\"/search\""), "\(path)") }
    }

    @Test func `what was searched for is gone once the kiosk is locked`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let place = try await kiosk.post("/search", ["text": "Lò Minh An"]).location
        _ = try await kiosk.post("/lock")
        try await kiosk.unlock()
        #expect(try await kiosk.get(place).location == "/dossiers")
    }

    @Test func `the list is sorted by name on demand, within the filter and page by page`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let store = try await kiosk.open()
        let names = (0..<30).map { "Lò Thị \(["An", "Ân", "Bình", "Đức", "Hoa", "Hòa"][$0 % 6]) \(["Mai", "Ái", "Đào"][$0 % 3])" }
        for (index, name) in names.enumerated() {
            let id = try await store.beginDossier(procedure: "LUU_TRU", now: kiosk.clock.now.addingTimeInterval(Double(index)))
            try await store.changeDraft(of: id, now: kiosk.clock.now) { draft in
                draft.answers = ["applicant": ["fullName": .string(name)]]
            }
        }
        _ = try await kiosk.sealSample()
        func shown(_ text: String) -> [String] {
            text.components(separatedBy: "class=\"row\"").dropFirst().compactMap { row in
                row.range(of: "<b>").map { String(row[$0.upperBound...].prefix { $0 != "<" }) }
            }
        }
        let first = try await kiosk.get("/dossiers?state=draft&sort=name")
        let next = try #require(addresses(first.text).first { $0.contains("after=") })
        #expect(next.contains("state=draft") && next.contains("sort=name"))
        let second = try await kiosk.get(next.replacingOccurrences(of: "&amp;", with: "&"))
        let all = shown(first.text) + shown(second.text)
        #expect(all == names.map { VietnameseName($0) }.sorted().map(\.full) && shown(first.text).count == 25)
        #expect(first.text.contains("aria-current=\"true\">Theo tên A–Y"))
    }

    @Test func `a draft says what it lacks and in whose hands it is`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let view = DraftView(
            id: id, draft: try await kiosk.open().draft(of: id), procedure: try await kiosk.open().procedure(ofDossier: id),
            papers: [], today: VietnamTime.day(of: kiosk.clock.now))
        let missing = view.issues.count(where: \.isAbsence)
        let before = try await kiosk.get("/dossiers?state=draft").text
        #expect(before.contains("còn thiếu \(missing) mục, \(view.paperIssues.count) giấy tờ") && missing > 3)
        #expect(before.contains("Bùi Văn An bắt đầu · sửa lần cuối 14:00 08/04/2022"))
        _ = try await kiosk.answer(id, "/applicant/fullName", "Lò Thị Mai", section: "nguoi-khai")
        _ = try await kiosk.answer(id, "/applicant/phone", "123", section: "nguoi-khai")
        let after = try await kiosk.get("/dossiers?state=draft").text
        #expect(after.contains("còn thiếu \(missing - 2) mục") && after.contains("1 chỗ cần xem lại"))
        _ = try await kiosk.beginSample()
        #expect(try await kiosk.get("/").text.contains("đã đủ, chờ ghi nhận"))
    }

    @Test func `earlier answers are offered once the number is typed, and taken only by the button`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        _ = try await kiosk.sealSample()
        let sample = try Kiosk.catalogue().procedure("TT_NHAP_SINH")?.sample?["applicant"] ?? .null
        let number = try #require(sample["citizenId"])
        let id = try await kiosk.begin()
        let form = "/dossiers/\(id)/form/nguoi-khai"
        #expect(try await kiosk.get(form).text.contains("id=\"reuse\" hidden"))
        #expect(try await kiosk.answer(id, "/applicant/citizenId", "099194000000", section: "nguoi-khai").json?["offer"] == "")
        #expect(try await kiosk.answer(id, "/applicant/phone", "0900000111", section: "nguoi-khai").json?["offer"] == nil)
        let offered = try await kiosk.answer(id, "/applicant/citizenId", number, section: "nguoi-khai")
        #expect(offered.json?["offer"] == "Dùng lại thông tin đã khai ngày 08/04/2022?")
        let page = try await kiosk.get(form).text
        #expect(page.contains("Dùng lại thông tin đã khai ngày 08/04/2022?") && !page.contains("id=\"reuse\" hidden"))
        #expect(!page.contains("Lò Thị Mai"), "nothing is shown before the consent")
        #expect(try await kiosk.post(form, ["do": "reuse", "a:/applicant/relationToChild": "me"]).location == form)
        let draft = try await kiosk.open().draft(of: id)
        for name in ["fullName", "birthDate", "sex", "phone"] { #expect(draft.answers["applicant"]?[name] == sample[name]) }
        #expect(draft.answers["applicant"]?["relationToChild"] == "me", "what was typed meanwhile is kept")
        #expect(try await kiosk.get(form).text.contains("id=\"reuse\" hidden"))
        #expect(try await kiosk.get("/dossiers/\(id)").text.contains("Người dân đồng ý dùng lại thông tin đã khai trước"))
    }

    @Test func `fields of an address suggest what earlier dossiers had`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        _ = try await kiosk.sealSample()
        let procedure = try #require(try Kiosk.catalogue().procedure("TT_NHAP_SINH"))
        let section = try #require(procedure.sections.first { $0.fields.contains { PlaceLevel($0.pointer) == .village } })
        let field = try #require(section.fields.first { PlaceLevel($0.pointer) == .village })
        let village = try #require(procedure.sample?[field.pointer]?.stringValue)
        let id = try await kiosk.begin()
        let page = try await kiosk.get("/dossiers/\(id)/form/\(section.id)").text
        #expect(page.contains("<datalist id=\"places-village\"><option value=\"\(village)\"></option></datalist>"))
        #expect(page.contains("list=\"places-village\" id=\"i-") && page.contains("list=\"places-province\""))
        #expect(try await !kiosk.get("/dossiers/\(id)/form/nguoi-khai").text.contains("<datalist"))
    }
}
