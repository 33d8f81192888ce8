import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Testing

@Suite struct ConditionTests {
    private func read(_ text: String) throws -> Condition { try JSONText.decode(Condition.self, from: Data(text.utf8)) }

    @Test func `each kind is read`() throws {
        #expect(try read(#"{"field": "/a", "equals": "x"}"#) == .oneOf(at("/a"), ["x"]))
        #expect(try read(#"{"field": "/a", "equals": false}"#) == .oneOf(at("/a"), [false]))
        #expect(try read(#"{"field": "/a/b", "in": ["x", 1]}"#) == .oneOf(at("/a/b"), ["x", 1]))
        #expect(try read(#"{"field": "/a", "present": false}"#) == .present(at("/a"), false))
        let both = try read(#"{"all": [{"field": "/a", "present": true}, {"not": {"any": [{"field": "/b", "equals": 1}]}}]}"#)
        #expect(both == .all([.present(at("/a"), true), .not(.any([.oneOf(at("/b"), [1])]))]))
        #expect(both.fields == [at("/a"), at("/b")])
    }

    @Test(arguments: [
        "{}", #"{"field": "a", "equals": 1}"#, #"{"field": "/a"}"#, #"{"equals": 1}"#, #"{"all": {}}"#, #"{"not": []}"#,
        #"{"field": "/a", "present": "yes"}"#, "[]", #"{"field": "/a", "in": "x"}"#,
    ])
    func `what is no condition is refused`(text: String) {
        #expect(throws: JSONFault.self) { try read(text) }
    }

    @Test func `it is written as it is read`() throws {
        let conditions: [Condition] = [
            .oneOf(at("/a~0b/c"), ["x", true, 3]), .present(at("/a"), true), .all([]), .any([.not(.present(at("/b"), false))]),
        ]
        for condition in conditions {
            #expect(try JSONText.decode(Condition.self, from: try JSONText.encode(condition)) == condition)
        }
    }

    @Test func `it holds or not`() {
        let answers: JSONValue = ["a": "x", "b": ["c": false], "blank": "  ", "list": [1], "null": nil]
        let table: [(Condition, Bool)] = [
            (.oneOf(at("/a"), ["x"]), true), (.oneOf(at("/a"), ["y", "x"]), true), (.oneOf(at("/a"), ["y"]), false),
            (.oneOf(at("/a"), []), false), (.oneOf(at("/missing"), ["x"]), false), (.oneOf(at("/b/c"), [false]), true),
            (.oneOf(at("/b/c"), ["false"]), false), (.present(at("/a"), true), true), (.present(at("/blank"), true), false),
            (.present(at("/blank"), false), true), (.present(at("/missing"), false), true), (.present(at("/null"), true), false),
            (.present(at("/b/c"), true), true), (.present(at("/list/0"), true), true), (.present(at("/list/1"), true), false),
            (.present(at("/a/deeper"), true), false), (.all([]), true), (.any([]), false),
            (.all([.present(at("/a"), true), .present(at("/b"), true)]), true),
            (.all([.present(at("/a"), true), .present(at("/x"), true)]), false),
            (.any([.present(at("/x"), true), .present(at("/a"), true)]), true), (.not(.present(at("/a"), true)), false),
            (.not(.oneOf(at("/missing"), ["x"])), true),
        ]
        for (condition, holds) in table { #expect(condition.holds(for: answers, today: sampleDay) == holds, "\(condition)") }
        #expect(!Condition.present(at("/a"), true).holds(for: "text", today: sampleDay))
    }
}

@Suite struct GuideTests {
    private func guide(_ json: String) throws -> Catalogue {
        var catalogue = try JSONText.decode(JSONValue.self, from: try ShippedFiles.smallCatalogue())
        catalogue.set(try JSONText.decode(JSONValue.self, from: Data(json.utf8)), at: at("/guide"))
        return try Catalogue(json: try JSONText.encode(catalogue), today: sampleDay)
    }

    private static let text = #"{"vi": "a", "en": "a"}"#

    @Test func `answers lead on to a question or to a procedure`() throws {
        let t = Self.text
        let found = try guide(
            """
            {"question": \(t), "answers": [{"label": \(t), "procedure": "LUU_TRU"},
                {"label": \(t), "next": [{"question": \(t), "answers": [{"label": \(t), "procedure": "TT_NHAP_SINH"}]}]}]}
            """
        ).guide
        #expect(found?.question(after: [])?.answers.count == 2)
        #expect(found?.question(after: [1])?.answers.first?.procedure == "TT_NHAP_SINH")
        #expect(found?.question(after: [0]) == nil)
        #expect(found?.question(after: [7]) == nil)
        #expect(found?.question(after: [-1]) == nil)
    }

    @Test(
        arguments: [
            (#"{"label": T}"#, "/guide/answers/0 leads nowhere"),
            (#"{"label": T, "procedure": "NO"}"#, "/guide/answers/0/procedure"),
            (#"{"label": T, "procedure": "LUU_TRU", "slip": "a"}"#, "/guide/answers/0 leads nowhere, or to several"),
            (#"{"label": T, "slip": "no-slip"}"#, "/guide/answers/0/slip: there is no slip"),
            (#"{"label": T, "next": [{"question": T, "answers": []}]}"#, "/guide/answers/0/next/0/answers is empty"),
        ])
    func `an answer that leads nowhere is refused`(answer: String, words: String) {
        let json = #"{"question": T, "answers": [\#(answer)]}"#.replacingOccurrences(of: "T,", with: Self.text + ",")
            .replacingOccurrences(of: "T}", with: Self.text + "}")
        #expect { try guide(json) } throws: { "\($0)".hasPrefix(words) }
    }
}
