import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskTestSupport
import Synchronization
import Testing

@testable import KioskWeb

@Suite struct CardTests {
    static let card = "099194000123||Lò Thị Mẫu|12031994|Nữ|Thôn Cẩm Sơn, Thanh Hóa|25042021|Lò Văn Cha|099060000001"

    private func scan(_ kiosk: Kiosk, _ id: String, _ text: String, prefix: String, section: String) async throws -> Kiosk.Page {
        let body: JSONValue = ["text": .string(text), "prefix": .string(prefix), "section": .string(section)]
        return try await kiosk.send(
            "POST", "/dossiers/\(id)/card", headers: ["Content-Type": "application/json", "X-CSRF-Token": kiosk.csrf],
            body: Array(try JSONText.encode(body)))
    }

    @Test func `a card fills a person's answers and nothing else`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        _ = try await kiosk.answer(id, "/applicant/phone", "0912345678", section: "nguoi-khai")
        let page = try await scan(kiosk, id, Self.card, prefix: "/applicant", section: "nguoi-khai")
        #expect(page.status == 200 && page.json?["saved"] == true)
        let answers = try await kiosk.open().draft(of: id).answers
        #expect(
            answers == [
                "applicant": [
                    "phone": "0912345678", "fullName": "Lò Thị Mẫu", "birthDate": "1994-03-12", "sex": "female",
                    "citizenId": "099194000123",
                ]
            ])
        #expect(page.json?["message"]?.stringValue?.contains("Họ") == true)
        #expect(page.json?["address"]?["pointer"] == "/applicant/permanentAddress", "the address is offered, not written")
        #expect(!page.text.contains("Văn Cha"))
    }

    @Test func `a member's card fills that member; the address is offered only`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin("LUU_TRU")
        for _ in 0..<2 { _ = try await kiosk.post("/dossiers/\(id)/form/khach", ["do": "add"]) }
        let before = try await kiosk.open().draft(of: id).answers
        let member = try #require(before["guests"]?.arrayValue?.last?["id"]?.stringValue)
        let page = try await scan(kiosk, id, Self.card, prefix: "/guests/@\(member)", section: "khach")
        #expect(
            page.json?["address"] == [
                "pointer": .string("/guests/@\(member)/permanentAddress"), "value": "Thôn Cẩm Sơn, Thanh Hóa",
            ])
        let guests = try await kiosk.open().draft(of: id).answers["guests"]?.arrayValue
        #expect(guests?.last?["fullName"] == "Lò Thị Mẫu" && guests?.last?["citizenId"] == "099194000123")
        #expect(guests?.last?["permanentAddress"] == nil)
        #expect(guests?.first?["fullName"] == nil)
        #expect(try await scan(kiosk, id, Self.card, prefix: "/guests/@gone", section: "khach").status == 409)
        #expect(try await scan(kiosk, id, Self.card, prefix: "/guests/7", section: "khach").status == 409)
    }

    @Test func `a spoiled scan changes nothing and says what to do`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        for text in ["", "0991940001 23|x", "099194000123", Self.card.replacing("|", with: "~")] {
            let page = try await scan(kiosk, id, text, prefix: "/applicant", section: "nguoi-khai")
            #expect(page.status == 422 && page.json?["message"]?.stringValue?.isEmpty == false)
        }
        #expect(try await scan(kiosk, id, Self.card, prefix: "/household", section: "noi-thuong-tru").status == 409)
        #expect(try await scan(kiosk, id, Self.card, prefix: "no pointer", section: "nguoi-khai").status == 409)
        #expect(try await kiosk.open().draft(of: id).answers == .emptyObject)
    }

    @Test func `an old phone number is renewed and the page says so`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let old = try await kiosk.answer(id, "/applicant/phone", "0168.123.4567", section: "nguoi-khai")
        #expect(old.json?["note"] == "Đã đổi sang số mới: 0381234567")
        #expect(try await kiosk.open().draft(of: id).answers["applicant"]?["phone"] == "0381234567")
        let new = try await kiosk.answer(id, "/applicant/phone", "+84 381234567", section: "nguoi-khai")
        #expect(new.json?["note"] == nil)
    }

    @Test func `names and texts are typed on, numbers of papers are not`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let page = try await kiosk.get("/dossiers/\(id)/form/tre").text
        func input(_ name: String) throws -> Substring {
            let field = try #require(page.range(of: "name=\"a:/child/\(name)\""))
            return page[
                try #require(page.range(of: "<input", options: .backwards, range: page.startIndex..<field.lowerBound))
                    .lowerBound...
            ]
            .prefix { $0 != ">" }
        }
        #expect(try input("fullName").contains("data-viet"))
        #expect(try input("birthCertificate/place").contains("data-viet"))
        for name in ["birthCertificate/number", "birthCertificate/date", "birthDate", "citizenId"] {
            #expect(try !input(name).contains("data-viet"), "\(name)")
        }
    }

    @Test func `how someone types is kept for that person`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        #expect(try await kiosk.get("/").text.contains("data-method=\"off\" data-tones=\"old\""))
        _ = try await kiosk.post("/typing", ["method": "telex"])
        _ = try await kiosk.post("/typing", ["tones": "new"])
        #expect(try await kiosk.post("/typing", ["method": "strange", "back": "/dossiers"]).location == "/dossiers")
        #expect(try await kiosk.get("/").text.contains("data-method=\"telex\" data-tones=\"new\""))
        _ = try await kiosk.post("/lock")
        kiosk.cookies.withLock { $0 = [:] }
        try await kiosk.unlock()
        #expect(try await kiosk.get("/").text.contains("data-method=\"telex\" data-tones=\"new\""))
    }
}
