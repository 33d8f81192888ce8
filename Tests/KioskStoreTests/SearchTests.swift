import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskTestSupport
import Testing

@Suite struct SearchTests {
    /// A sealed notice of stay of someone.
    @discardableResult
    private func stay(
        _ kiosk: Kiosk, _ name: String, number: String? = nil, phone: String? = nil, village: String? = nil, now: Date = morning
    ) async throws -> String {
        try await kiosk.stay(
            { answers in
                answers.set(.string(name), at: at("/applicant/fullName"))
                answers.set(.string(name), at: at("/guests/0/fullName"))
                if let number { answers.set(.string(number), at: at("/applicant/citizenId")) }
                if let phone { answers.set(.string(phone), at: at("/applicant/phone")) }
                if let village { answers.set(.string(village), at: at("/place/address/village")) }
            }, now: now)
    }

    private func found(_ store: UnlockedStore, _ text: String) async throws -> [String] {
        try await store.find(text).rows.map(\.id)
    }

    @Test func `words in any order, with and without diacritics, and beginnings`() async throws {
        let kiosk = try await Kiosk()
        let huong = try await stay(kiosk, "Nguyễn Thị Hương", now: morning)
        let huongs = try await stay(kiosk, "Nguyễn Văn Hường", now: morning.addingTimeInterval(60))
        let hen = try await stay(kiosk, "H'Hen Niê", now: morning.addingTimeInterval(120))
        #expect(try await found(kiosk.store, "huong nguyen") == [huongs, huong], "without diacritics all, the newest first")
        #expect(try await found(kiosk.store, "Hương") == [huong, huongs], "with diacritics the exact first")
        #expect(try await found(kiosk.store, "Hườ") == [huongs, huong])
        #expect(try await found(kiosk.store, "thi hu") == [huong])
        #expect(try await found(kiosk.store, "hhen") == [hen])
        #expect(try await found(kiosk.store, "hen nie") == [hen])
        #expect(try await found(kiosk.store, "H’HEN") == [hen])
        #expect(try await found(kiosk.store, "huong nie") == [])
        #expect(try await found(kiosk.store, "uong") == [])
        #expect(try await found(kiosk.store, "Hu\u{31B}o\u{31B}ng".decomposedStringWithCanonicalMapping).first == huong)
        let bounded = try await kiosk.store.find("n", limit: 1)
        #expect(bounded.rows.count == 1 && bounded.total == 3)
    }

    @Test func `the subject's and the applicant's names, alone before together`() async throws {
        let kiosk = try await Kiosk()
        let birth = try await kiosk.birth()
        #expect(try await found(kiosk.store, "minh an") == [birth], "the child")
        #expect(try await found(kiosk.store, "mai thị lò") == [birth], "the mother")
        #expect(try await found(kiosk.store, "minh mai") == [birth], "a word of each")
    }

    @Test func `four digits and more of any number, in whatever grouping`() async throws {
        let kiosk = try await Kiosk()
        let birth = try await kiosk.birth()
        let id = try await stay(kiosk, "Hà Thị Nụ", number: "099157000789", phone: "0900000103")
        let receipt = try #require(try await kiosk.store.dossier(id).summary.receipt)
        for text in [
            "099157000789", "099 157 000 789", "0789", "0103", "+84 900 000 103", "0900.000.103", receipt, receipt.lowercased(),
            "nụ 7000789",
        ] { #expect(try await found(kiosk.store, text).first == id, "\(text)") }
        #expect(try await found(kiosk.store, "789") == [])
        #expect(try await kiosk.store.find("789").leftShortNumber)
        #expect(try await found(kiosk.store, "1234567") == [])
        #expect(try await found(kiosk.store, "mai 0789") == [])
        try await kiosk.deliver(birth)
        #expect(try await found(kiosk.store, "G01.899.108") == [birth], "the portal's code")
        #expect(try await found(kiosk.store, "7890900") == [], "numbers do not run into each other")
        #expect(try await found(kiosk.store, "099194000123") == [birth])
    }

    @Test func `it follows what this and other processes write`() async throws {
        let kiosk = try await Kiosk()
        let other = try await kiosk.again()
        let id = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        #expect(try await found(kiosk.store, "nụ") == [])
        try await other.changeDraft(of: id, now: morning) { $0.answers.set("Hà Thị Nụ", at: at("/applicant/fullName")) }
        #expect(try await found(kiosk.store, "nụ") == [id])
        #expect(try await found(other, "nu") == [id])
        // A clock set back does not hide a change.
        try await kiosk.store.changeDraft(of: id, now: morning.addingTimeInterval(-86_400)) {
            $0.answers.set("Hà Thị Núi", at: at("/applicant/fullName"))
        }
        #expect(try await found(other, "núi") == [id])
        #expect(try await found(other, "nụ").isEmpty == false)
        #expect(try await found(kiosk.store, "nụ hà").count == 1, "leaving diacritics aside")
        try await other.discardDraft(of: id)
        #expect(try await found(kiosk.store, "núi") == [])
        kiosk.store.forgetIndex()
        let sealed = try await stay(kiosk, "Vi Văn Páo")
        #expect(try await found(kiosk.store, "páo") == [sealed])
        #expect(try await found(other, "pao") == [sealed])
    }

    @Test func `searches at once see one index`() async throws {
        let kiosk = try await Kiosk()
        for index in 0..<8 { try await stay(kiosk, "Hà Thị Nụ \(["A", "B", "C", "D", "E", "G", "H", "I"][index])") }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await kiosk.store.find("nụ").total } }
            for try await total in group { #expect(total == 8) }
        }
    }

    @Test func `lists by name are in Vietnamese order, page by page`() async throws {
        let kiosk = try await Kiosk()
        let names = [
            "Vi Văn An", "Bùi Văn Ân", "Lê An Bình", "Lê Văn Bình", "Vi Bình", "Lò Thị Hoa", "Lò Thị Hòa", "Lò Thị Hoan",
            "Đinh Đức",
        ]
        for name in names.reversed() { try await stay(kiosk, name) }
        let nameless = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        let wanted = names.map { VietnameseName($0) }.sorted().map(\.full)
        var seen: [String] = []
        var after: String?
        while true {
            let page = try await kiosk.store.dossiersByName(state: nil, after: after, limit: 3)
            seen += page.map(\.applicant)
            guard page.count == 3 else { break }
            after = page.last?.id
        }
        #expect(seen == wanted + [""])
        #expect(wanted.first == "Vi Văn An" && wanted[4] == "Vi Bình" && wanted[5] == "Đinh Đức" && wanted.last == "Lò Thị Hoan")
        #expect(try await kiosk.store.dossiersByName(state: .draft).map(\.id) == [nameless])
        #expect(try await kiosk.store.dossiersByName(state: .sealed, limit: 99).map(\.applicant) == wanted)
    }

    @Test func `places of sealed dossiers are suggested, the most frequent first`() async throws {
        let kiosk = try await Kiosk()
        try await stay(kiosk, "Vi Văn An", village: "Bản Cọc")
        for _ in 0..<2 { try await stay(kiosk, "Vi Văn An", village: "Thôn Cẩm Sơn") }
        let draft = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        try await kiosk.store.changeDraft(of: draft, now: morning) {
            $0.answers.set("Thôn Gõ D", at: at("/place/address/village"))
        }
        let places = try await kiosk.store.knownPlaces()
        #expect(places[.village] == ["Thôn Cẩm Sơn", "Bản Cọc"])
        #expect(places[.province]?.isEmpty == false)
        #expect(try await kiosk.store.knownPlaces(limit: 1)[.village] == ["Thôn Cẩm Sơn"])
    }
}
