import Foundation
import JSONTree
import KioskDomain
import KioskSync
import KioskTestSupport
import Testing

@Suite struct CatalogueRulesTests {
    private let now = Date(timeIntervalSince1970: 1_795_395_600)
    private let day: CalendarDate
    private let whole: JSONValue

    init() throws {
        day = try #require(CalendarDate("2022-04-08"))
        whole = try JSONText.decode(JSONValue.self, from: try ShippedFiles.smallCatalogue())
    }

    /// The small catalogue under a version, with one value changed.
    private func text(_ version: String, _ pointer: String? = nil, _ value: JSONValue? = nil) throws -> Data {
        var changed = whole
        changed.set(.string(version), at: JSONPointer(tokens: ["version"]))
        if let pointer { changed.set(value, at: try #require(JSONPointer(pointer))) }
        return try JSONText.encode(changed)
    }

    private func verdict(_ text: Data, own: String = "2022-04-08.1", kept: CatalogueRules.Kept? = nil) -> CatalogueRules.Verdict {
        CatalogueRules.verdict(on: text, own: own, kept: kept, today: day)
    }

    private func kept(_ version: String) throws -> CatalogueRules.Kept {
        let text = try text(version)
        return CatalogueRules.Kept(version: try Catalogue(json: text, today: day).version, text: text)
    }

    private func fault(_ verdict: CatalogueRules.Verdict) -> String? {
        if case .refuse(_, let fault) = verdict { fault } else { nil }
    }

    @Test func `a newer catalogue in order is kept, one no newer than the program's is passed over unread`() throws {
        guard case .keep(let catalogue) = verdict(try text("2022-04-08.10")) else {
            Issue.record("not kept")
            return
        }
        #expect(catalogue.version.hasPrefix("2022-04-08.10@"))
        for version in ["2022-04-08.1", "2022-04-08.1@2025-03-01", "2022-04-07.99", "2022-4-8"] {
            #expect(verdict(try text(version, "/procedures", "broken")) == .passOver(version: version))
        }
        let later = try kept("2022-04-08.3")
        #expect(verdict(try text("2022-04-08.4"), own: "2023", kept: later) == .passOver(version: "2022-04-08.4"))
    }

    @Test func `what is broken is refused whole, with the place`() throws {
        #expect(fault(verdict(Data("{\"version\": \"2030\", ".utf8))) == "is not JSON")
        #expect(fault(verdict(Data("<html>".utf8))) == "is not JSON")
        #expect(fault(verdict(Data("{}".utf8))) == "/version is missing")
        #expect(
            verdict(try text("2030", "/procedures/1/group", "none"))
                == .refuse(version: "2030", fault: "/procedures/LUU_TRU/group is not in /groups"))
        #expect(fault(verdict(try text(String(repeating: "9", count: 65))))?.hasPrefix("/version is longer") == true)
        let long = try text("2030", "/\(String(repeating: "x", count: 5000))", ["use": "none"])
        #expect((fault(verdict(try text("2030", "/procedures/0/sections", [["use": "none"]]))) ?? "").contains("/sections/0/use"))
        guard case .keep = verdict(long) else {
            Issue.record("an unknown member is survived")
            return
        }
    }

    @Test func `a later day on which it would break refuses it today`() throws {
        func dated(_ asOf: JSONValue) throws -> Data {
            var changed = whole
            changed.set("2030", at: JSONPointer(tokens: ["version"]))
            changed.set(asOf, at: JSONPointer(tokens: ["asOf"]))
            // From that day on no edition of the law holds.
            changed.set("2029-12-31", at: try #require(JSONPointer("/procedures/0/editions/0/until")))
            return try JSONText.encode(changed)
        }
        #expect(fault(verdict(try dated("today")))?.hasPrefix("2030-01-01: /procedures/TT_NHAP_SINH/editions") == true)
        #expect(fault(verdict(try dated("2022-04-08"))) == nil, "a fixed day meets no other")
    }

    @Test func `blocks that use blocks are bounded`() throws {
        var changed = whole
        let tenfold = (0..<10).map { _ in JSONValue.object(["use": "b1"]) }
        var blocks: [String: JSONValue] = ["b0": .array(tenfold)]
        for level in 1..<6 {
            blocks["b\(level)"] = .array((0..<20).map { _ in .object(["use": .string("b\(level + 1)")]) })
        }
        blocks["b6"] = .array([["x": 1]])
        changed.set("2030", at: JSONPointer(tokens: ["version"]))
        changed.set(.object(blocks), at: JSONPointer(tokens: ["blocks"]))
        changed.set([["use": "b0"]], at: JSONPointer(tokens: ["procedures"]))
        #expect(fault(verdict(try JSONText.encode(changed)))?.hasPrefix("/blocks make more than") == true)
    }

    @Test func `an older version or the same one with other content is refused`() throws {
        let current = try kept("2022-04-08.3")
        #expect(
            fault(verdict(try text("2022-04-08.2"), kept: current))?.hasPrefix("/version «2022-04-08.2» is older than") == true)
        #expect(
            fault(verdict(try text("2022-04-08.3", "/consent/editions/0/version", "77"), kept: current))?.contains(
                "with other content")
                == true)
        guard case .keep = verdict(try text("2022-04-08.3"), kept: current),
            case .keep = verdict(
                try JSONText.encode(JSONText.decode(JSONValue.self, from: current.text), pretty: true), kept: current)
        else {
            Issue.record("the same content is no fault")
            return
        }
    }

    // MARK: When it is asked for

    private func memory(version: String? = "2", refused: Double? = nil, ask: Double) -> CatalogueMemory {
        CatalogueMemory(
            etag: "e", version: version, refusedAt: refused.map { now.addingTimeInterval($0) }, askAt: now.addingTimeInterval(ask)
        )
    }

    @Test func `it is asked for when it is time, cheaply`() {
        func question(_ memory: CatalogueMemory, atOnce: Bool = false, newest: String = "2") -> CatalogueQuestion? {
            memory.question(now: now, atOnce: atOnce, newest: newest)
        }
        #expect(question(memory(ask: 60)) == nil && question(memory(ask: 0)) == CatalogueQuestion(etag: "e"))
        #expect(question(memory(ask: 60), atOnce: true) == CatalogueQuestion(etag: "e"))
        #expect(question(memory(ask: 400 * 86_400)) == CatalogueQuestion(etag: "e"), "a clock that was wrong")
        #expect(
            question(memory(ask: 0), newest: "1") == CatalogueQuestion(etag: nil), "passed over, and now it would be the newest")
        #expect(question(memory(refused: -60, ask: 60)) == nil)
        #expect(
            question(memory(refused: -60, ask: 0), newest: "1") == CatalogueQuestion(etag: "e"), "a refusal is not read again")
        #expect(question(memory(refused: -90_000, ask: 0)) == CatalogueQuestion(etag: nil), "but once a day")
        #expect(question(memory(refused: 90_000, ask: 0)) == CatalogueQuestion(etag: nil), "a clock set back")
    }
}
