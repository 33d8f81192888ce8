import Foundation
import JSONTree
import Testing
import TrainingPortal

@Suite struct StoryTests {
    private static func story(_ more: String) -> Data {
        Data(#"{"title": {"vi": "A", "en": "A"}, "task": [{"vi": "A", "en": "A"}], \#(more)}"#.utf8)
    }

    @Test(
        "What is wrong with a story is told with its place",
        arguments: [
            (#""dossiers": [{"procedure": "X", "answer": {}}]"#, "/dossiers/0/answer is not known"),
            (#""dossiers": [{"procedure": "X", "answers": {"stay": 1}}]"#, "«stay» is no JSON Pointer"),
            (#""dossiers": [{}]"#, "/dossiers: /0/procedure is missing"),
            (#""steps": [{"when": {"event": "never"}, "order": "acts"}]"#, "/steps/0: /event is not valid"),
            (
                #""steps": [{"when": {"event": "later"}, "order": "faults", "with": {"kind": "html"}}]"#,
                "/steps/0: /when/minutes goes with the event later"
            ),
            (
                #""steps": [{"when": {"event": "start", "procedure": "X"}, "order": "faults", "with": {"kind": "html"}}]"#,
                "/when/procedure is of no use"
            ),
            (#""steps": [{"when": {"event": "start"}, "order": "bribes"}]"#, "/steps/0: /order is none of"),
            (
                #""steps": [{"when": {"event": "start"}, "order": "faults", "with": {"kind": "html", "often": 3}}]"#,
                "/steps/0: /with: /often is no member"
            ),
            (
                #""steps": [{"when": {"event": "start"}, "order": "acts", "with": {"dossier": "@X", "act": "decide"}}]"#,
                "/steps/0: /with: Cần ngày trả kết quả."
            ),
        ])
    func mistakes(_ part: String, _ words: String) {
        let fault = #expect(throws: (any Error).self) { try Story(json: Self.story(part)) }
        #expect("\(fault.map { "\($0)" } ?? "")".contains(words), "\(fault.map { "\($0)" } ?? "")")
    }

    @Test func `days of a story are of the day it is told on, in Viet Nam`() throws {
        // 20:00 UTC on 31 December is the first of January there.
        let now = try #require(try? Date("2026-12-31T20:00:00Z", strategy: .iso8601))
        let told = Story.dated(["a": "today", "b": ["today+3", "today-1T19:30"], "c": "today's", "d": 1], now: now)
        #expect(told == ["a": "2027-01-01", "b": ["2027-01-04", "2026-12-31T19:30"], "c": "today's", "d": 1])
    }
}
