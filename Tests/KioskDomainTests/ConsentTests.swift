import Foundation
import JSONTree
import KioskTestSupport
import Testing

@testable import KioskDomain

@Suite struct ConsentTests {
    private static let signature = "M10 10L300 200L310 30"

    private func text() throws -> ConsentText { try shippedCatalogue().consentText }

    private func found(_ change: (inout ConsentGiven) -> Void, isMinor: Bool = false, hasPage: Bool = false) throws -> [String] {
        var given = ConsentGiven.rehearsed(try text())
        change(&given)
        return try text().issues(in: given, isMinor: isMinor, hasPage: hasPage).map { "\($0.field) \($0.code)" }
    }

    @Test func `what is needed is asked for by name, and only that`() throws {
        #expect(try found { _ in } == [])
        #expect(
            try text().issues(in: ConsentGiven(), isMinor: false, hasPage: true).map(\.field)
                == ["consent.filing", "consent.keep-scans", "consent.by", "consent.evidence"])
        #expect(try found { $0.purposes = ["filing", "keep-scans"] } == [], "the others may be refused")
        #expect(try found { $0.purposes.remove("filing") } == ["consent.filing required"])
        #expect(try found { $0.purposes.remove("keep-scans") } == ["consent.keep-scans required"])
        #expect(try found { $0.purposes.insert("advertising") } == ["consent.advertising unknown-purpose"])
        #expect(try found { $0.by = nil } == ["consent.by required"])
        let message = try #require(try text().issues(in: ConsentGiven(), isMinor: false, hasPage: false).first?.message)
        #expect(message.vi.contains("Nộp hồ sơ thay") && message.en.contains("Filing on my behalf"))
    }

    @Test func `a guardian is named, and has to consent for a minor`() throws {
        #expect(try found({ _ in }, isMinor: true) == ["consent.by guardian-needed"])
        #expect(try found({ $0.by = .guardian }) == ["consent.guardian required", "consent.relation required"])
        func named(_ name: String) -> (inout ConsentGiven) -> Void {
            { given in
                given.by = .guardian
                given.relation = .mother
                given.guardian = name
            }
        }
        #expect(try found(named("Lò Thị Mai"), isMinor: true) == [])
        #expect(try found(named(" \u{200B} ")) == ["consent.guardian required"])
        #expect(try found(named("Mai 2")) == ["consent.guardian name-has-digits"])
        #expect(try found(named("--")) == ["consent.guardian not-a-name"])
        #expect(try found(named(String(repeating: "a", count: 101))) == ["consent.guardian too-long"])
        let day = CalendarDate(year: 2022, month: 4, day: 8) ?? sampleDay
        for (born, isMinor) in [
            ("2004-04-09", true), ("2004-04-08", false), ("2004", false), ("2005", true), ("2004-05", true), ("", false),
        ] {
            #expect(try text().isMinor(birthDate: born, on: day) == isMinor, "\(born)")
        }
    }

    @Test func `each kind of evidence needs what proves it`() throws {
        #expect(try found { $0.evidence = nil } == ["consent.evidence required"])
        #expect(try found { $0.reason = " " } == ["consent.reason required"])
        #expect(try found { $0.reason = String(repeating: "a", count: 501) } == ["consent.reason too-long"])
        #expect(try found { $0.evidence = .photo } == ["consent.photo required"])
        #expect(try found({ $0.evidence = .photo }, hasPage: true) == [])
        #expect(try found { $0.evidence = .signature } == ["consent.signature required"])
        func signed(_ path: String, cannotWrite: Bool = false) -> (inout ConsentGiven) -> Void {
            { given in
                given.evidence = .signature
                given.signature = path
                given.cannotWrite = cannotWrite
            }
        }
        #expect(try found(signed(Self.signature)) == [])
        #expect(try found(signed("M1 1L2 2")) == ["consent.signature not-a-signature"])
        #expect(
            try found(signed(Self.signature, cannotWrite: true)) == ["consent.witness required", "consent.evidence cannot-write"])
        #expect(
            try found {
                $0.cannotWrite = true
                $0.witness = "Bùi Văn An"
            } == [])
    }

    @Test func `what is sealed holds what was agreed to; its text is free of names`() throws {
        var given = ConsentGiven.rehearsed(try text())
        given.purposes = ["keep-scans", "filing", "contact"]
        given.by = .guardian
        given.relation = .father
        given.guardian = "  Lò  Văn Páo "
        given.witness = "không hỏi"
        let consent = try text().consent(given, at: "2022-04-08T10:00:00+07:00", operatorName: "Trưởng thôn")
        #expect(consent.purposes == ["filing", "keep-scans", "contact"] && consent.by == .guardian)
        #expect(consent.guardian == Consent.Guardian(name: "Lò Văn Páo", relation: .father) && consent.witness == nil)
        #expect(consent.evidence == .witnessed && consent.reason == "Dữ liệu tập huấn" && consent.operatorName == "Trưởng thôn")
        #expect(consent.agrees(to: "contact") && !consent.agrees(to: "reuse"))
        #expect(consent.text.contains("[contact] ") && consent.text.contains("phiên bản \(consent.version)"))
        #expect(!consent.text.contains("[reuse]") && !consent.text.contains("Páo") && !consent.text.contains("Trưởng thôn:"))
        given.by = .applicant
        #expect(try text().consent(given, at: "", operatorName: "").guardian == nil, "what is hidden on the page is not kept")
    }

    @Test func `a consent and a catalogue of before can still be read`() throws {
        let old = Data(#"{"at": "2022-04-08T10:00:00+07:00", "by": "guardian", "version": "1", "text": "Tôi đồng ý."}"#.utf8)
        let consent = try JSONText.decode(Consent.self, from: old)
        #expect(consent.by == .guardian && consent.purposes == nil && !consent.agrees(to: "reuse"))
        let texts = try JSONText.decode(
            ConsentTexts.self, from: Data(#"{"version": "1", "text": {"vi": "Tôi đồng ý.", "en": "I agree."}}"#.utf8))
        #expect(texts.editions.map(\.version) == ["1"] && texts.editions.first?.purposes == nil)
    }

    @Test func `each day has its own text`() throws {
        var tree = try JSONText.decode(JSONValue.self, from: try ShippedFiles.smallCatalogue())
        let first = try #require(tree["consent"]?["editions"]?.arrayValue?.first)
        var (before, after) = (first, first)
        before.set("2025-12-31", at: JSONPointer(tokens: ["until"]))
        after.set("2026-01-01", at: JSONPointer(tokens: ["from"]))
        after.set("3", at: JSONPointer(tokens: ["version"]))
        tree.set(.array([before, after]), at: JSONPointer(tokens: ["consent", "editions"]))
        tree.set("today", at: JSONPointer(tokens: ["asOf"]))
        let json = try JSONText.encode(tree)
        var versions: Set<String> = []
        for (day, version) in [("2022-04-08", "2"), ("2025-12-31", "2"), ("2026-01-01", "3"), ("2027-01-01", "3")] {
            let catalogue = try Catalogue(json: json, today: try #require(CalendarDate(day)))
            #expect(catalogue.consentText.version == version, "\(day)")
            versions.insert(catalogue.version)
        }
        #expect(versions.count == 2, "a kiosk keeps both editions")
        #expect(Catalogue.faults(json: json, today: sampleDay) == [])
        after.set("2026-01-02", at: JSONPointer(tokens: ["from"]))
        tree.set(.array([before, after]), at: JSONPointer(tokens: ["consent", "editions"]))
        let gap = Catalogue.faults(json: try JSONText.encode(tree), today: sampleDay)
        #expect(gap.count == 1 && gap.first?.contains("2026-01-01") == true, "\(gap)")
    }
}

@Suite struct SignatureTests {
    @Test(arguments: [
        "M10 10L300 200", "M0 0L1000 400", "M0 0L0 0M5 5L200 5", "M1 1L60 1M60 1L1 1",
    ])
    func `a drawn path is read`(path: String) throws {
        let signature = try #require(Signature(path: path))
        #expect(signature.path == path)
        #expect(try JSONText.decode(Signature.self, from: try JSONText.encode(signature)) == signature)
    }

    @Test(arguments: [
        "", "M10 10", "M10 10L50 50", "L10 10L300 200", "M10 10L300 200Z", "M10 10L300 401", "M10 10L1001 200", "M-1 10L300 200",
        "M10 10 L300 200", "M10,10L300 200", "M010 10L300 200", "M10 10L300", "m10 10l300 200", "M10 10L300 200\"/><script>",
        "M10 10L3e2 200", "M10  10L300 200", "M10 10L99999999999999999999 200",
    ])
    func `what is none is refused`(path: String) {
        #expect(Signature(path: path) == nil)
        #expect(throws: JSONFault.self) {
            try JSONText.decode(Signature.self, from: try JSONText.encode(path))
        }
    }

    @Test func `there is room for so many points and no more`() {
        func zigzag(_ points: Int) -> String {
            "M0 0" + (1..<points).map { "L1000 \($0 % 2 == 0 ? 400 : 399)" }.joined()
        }
        #expect(Signature(path: zigzag(Signature.maximumPoints)) != nil)
        #expect(Signature(path: zigzag(Signature.maximumPoints + 1)) == nil)
        #expect(Signature(path: String(repeating: "M0 0L900 0", count: 10_000_000 / 10)) == nil)
    }

    @Test func `whatever is read is a plain path`() throws {
        var random = SeededGenerator(seed: 11)
        let letters = Array("ML0123456789  .-e\"<")
        var (taken, tried) = (0, 0)
        for _ in 0..<3000 {
            var path = "M\(Int.random(in: 0...1000, using: &random)) 7L\(Int.random(in: 0...1000, using: &random)) 9L500 20"
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let index = path.index(path.startIndex, offsetBy: Int.random(in: 0..<path.count, using: &random))
                let letter = letters[Int.random(in: 0..<letters.count, using: &random)]
                if Bool.random(using: &random) {
                    path.insert(letter, at: index)
                } else {
                    path.replaceSubrange(index...index, with: [letter])
                }
            }
            tried += 1
            guard let signature = Signature(path: path) else { continue }
            taken += 1
            let numbers = signature.path.split { "ML ".contains($0) }.compactMap { Int($0) }
            let places = stride(from: 0, to: numbers.count, by: 2).map { "\(numbers[$0]) \(numbers[$0 + 1])" }
            let strokes = signature.path.filter { "ML".contains($0) }
            #expect(zip(strokes, places).map { "\($0)\($1)" }.joined() == path, "\(path)")
        }
        #expect(taken > tried / 10 && taken < tried)
    }
}
