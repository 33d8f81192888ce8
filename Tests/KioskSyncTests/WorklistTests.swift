import Foundation
import KioskDomain
import KioskSync
import Testing

/// From what is known to what a person has to do.
@Suite struct WorklistTests {
    private let now = Date(timeIntervalSince1970: 1_650_000_000)
    private let day = 86_400.0
    private let plan = WorklistPlan()

    private func fact(
        _ id: String, _ cause: WorkFacts.Cause, days: Double = -1, by deadline: Double? = nil, whose: String = "Lò Thị Hương",
        phone: String? = nil
    ) -> WorkFacts {
        WorkFacts(
            id: id, cause: cause, whose: whose, what: LocalText(vi: "Lưu trú", en: "Stay"),
            since: now.addingTimeInterval(days * day), deadline: deadline.map { now.addingTimeInterval($0 * day) }, phone: phone)
    }

    private func rows(_ facts: [WorkFacts]) -> [WorkRow] { Worklist.rows(facts, plan, now: now) }

    @Test func `the nearest deadline first, then the oldest, parked cases last`() {
        let facts = [
            fact("parked", .parked(words: nil), by: -9), fact("young", .mending(isSettled: false), days: -1),
            fact("old", .catalogue, days: -5), fact("soon", .supplement(words: nil), by: 1),
            fact("late", .problem(code: "dossier-rejected", words: nil), by: -2), fact("week", .announcement, by: 7),
        ]
        for order in [facts, facts.reversed()] {
            #expect(rows(order).map(\.id) == ["late", "soon", "week", "old", "young", "parked"])
        }
    }

    @Test func `a case has one row, for its first reason`() {
        let facts = [
            fact("a", .catalogue), fact("a", .atPortal, by: -1), fact("a", .problem(code: "precondition-failed", words: nil)),
            fact("a", .problem(code: "precondition-failed", words: nil)), fact("b", .mending(isSettled: true)),
        ]
        #expect(rows(facts).map(\.kind).sorted { $0.rawValue < $1.rawValue } == [.conflict, .mending])
        #expect(rows(facts) == rows(facts.reversed()))
    }

    @Test func `in doubt is told after the configured days, and at once where the clock went back`() {
        #expect(rows([fact("a", .doubt, days: -2.9)]).isEmpty)
        #expect(rows([fact("a", .doubt, days: -3)]).map(\.kind) == [.inDoubt])
        #expect(rows([fact("a", .doubt, days: 30)]).map(\.kind) == [.inDoubt], "it was lost in what is now the future")
        var patient = plan
        patient.inDoubtDays = 10
        #expect(Worklist.rows([fact("a", .doubt, days: -9)], patient, now: now).isEmpty)
    }

    @Test func `overdue only where the portal's day has passed`() {
        #expect(rows([fact("a", .atPortal)]).isEmpty && rows([fact("a", .atPortal, by: 1)]).isEmpty)
        #expect(rows([fact("a", .atPortal, by: -1)]).map(\.kind) == [.overdue])
    }

    @Test func `no other case depends on the clock`() {
        let causes: [WorkFacts.Cause] = [
            .problem(code: "dossier-rejected", words: nil), .supplement(words: nil), .mending(isSettled: false),
            .account(code: nil, words: LocalText(vi: "v", en: "e")), .announcement, .catalogue, .parked(words: nil),
        ]
        for cause in causes {
            for days in [-400.0, -31, 0, 31, 400] {
                #expect(rows([fact("a", cause, days: days, by: days)]).count == 1, "\(cause) \(days)")
            }
        }
    }

    @Test func `whom to call is said with the number, or that none is configured`() throws {
        let row = try #require(rows([fact("a", .doubt, days: -4)]).first)
        #expect(row.todo.vi.contains("chưa được cài số điện thoại") && row.todo.en.contains("not configured"))
        var known = plan
        known.policePhone = "0210 000 113"
        let told = try #require(Worklist.rows([fact("a", .doubt, days: -4)], known, now: now).first)
        #expect(told.todo.vi.contains("0210 000 113") && told.todo.en.contains("0210 000 113"))
    }

    @Test func `every row says why, what to do and who must come`() {
        let causes: [WorkFacts.Cause] =
            [
                "dossier-rejected", "procedure-retired", "damaged-here", "account-mismatch", "not-found", "duplicate-dossier",
                "account-unverified",
            ]
            .map { .problem(code: $0, words: "Ngày sinh không khớp") }
            + [
                .supplement(words: "Ghi rõ số nhà."), .mending(isSettled: true), .mending(isSettled: false),
                .account(code: "account-locked", words: LocalText(vi: "v", en: "e")), .announcement, .catalogue,
                .parked(words: nil),
            ]
        for cause in causes {
            for row in rows([fact("a", cause)]) {
                let all = [row.why, row.todo, row.mustCome, row.kind.name, row.kind.action]
                #expect(all.allSatisfy { !$0.vi.isEmpty && !$0.en.isEmpty }, "\(cause)")
            }
        }
        #expect(
            rows([fact("a", .problem(code: "dossier-rejected", words: "Sai số."))]).first?.why.vi.contains("“Sai số.”") == true)
    }

    @Test func `found by a name without diacritics and by the digits of a telephone`() throws {
        let row = try #require(rows([fact("a", .catalogue, phone: "0900000101")]).first)
        for text in ["huong", "lo huong", "Hương", "0900000101", "0101", ""] {
            #expect(Worklist.matches(row, SearchQuery(text)), "\(text)")
        }
        for text in ["minh", "0900000999", "huong minh"] {
            #expect(!Worklist.matches(row, SearchQuery(text)), "\(text)")
        }
    }
}
