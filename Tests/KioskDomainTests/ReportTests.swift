import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Testing

@Suite("Reports") struct ReportTests {
    private static func catalogue() throws -> Catalogue {
        try Catalogue(json: try ShippedFiles.catalogue(), today: try #require(CalendarDate("2026-11-26")))
    }

    private static func time(_ text: String) throws -> Date { try #require(VietnamTime.instant(local: text)) }

    @Test(
        "A period runs from the cut-off day to the day before the next",
        arguments: [
            ("2026-11", 15, "2026-10-15", "2026-11-14"), ("2026-01", 15, "2025-12-15", "2026-01-14"),
            ("2026-Q2", 15, "2026-03-15", "2026-06-14"), ("2026-H1", 15, "2025-12-15", "2026-06-14"),
            ("2026-H2", 15, "2026-06-15", "2026-12-14"), ("2026-9M", 15, "2025-12-15", "2026-09-14"),
            ("2026", 15, "2025-12-15", "2026-12-14"), ("2026-02", 1, "2026-02-01", "2026-02-28"),
            ("2026-12", 1, "2026-12-01", "2026-12-31"), ("2026-03", 28, "2026-02-28", "2026-03-27"),
        ])
    func days(text: String, cutOff: Int, from: String, to: String) throws {
        let period = try #require(ReportPeriod(text))
        #expect(period.description == text)
        #expect(period.days(cutOff: cutOff).lowerBound.description == from)
        #expect(period.days(cutOff: cutOff).upperBound.description == to)
    }

    @Test(
        "What is no period is refused",
        arguments: ["", "2026-13", "2026-00", "2026-Q5", "2026-H3", "26-01", "2026-1", "2026-q1", "2026-01-01"])
    func noPeriod(text: String) { #expect(ReportPeriod(text) == nil) }

    @Test("Months, one after another, leave out no day and share none") func months() throws {
        for cutOff in 1...28 {
            for month in 1...11 {
                let this = try #require(ReportPeriod(year: 2024, part: .month(month))).days(cutOff: cutOff)
                let next = try #require(ReportPeriod(year: 2024, part: .month(month + 1))).days(cutOff: cutOff)
                #expect(this.upperBound.adding(days: 1) == next.lowerBound)
                #expect(ReportPeriod.month(of: this.upperBound, cutOff: cutOff)?.part == .month(month))
                #expect(ReportPeriod.month(of: next.lowerBound, cutOff: cutOff)?.part == .month(month + 1))
            }
        }
    }

    @Test("A time limit counts the days on which offices work") func workingDays() throws {
        let table = try ShippedFiles.holidays()
        let calendar = try WorkingDays(json: table)
        // Seven days from the Friday before Tet of 2026: the week of 16 to 20 February is off.
        let due = calendar.due(after: try #require(CalendarDate("2026-02-13")), days: 7)
        #expect(due.description == "2026-03-03")
        #expect(calendar.isWorking(try #require(CalendarDate("2026-08-22"))))
        #expect(throws: JSONFault.self) { try WorkingDays(json: Data(#"{"days": [{"day": "2026-02-30"}]}"#.utf8)) }
    }

    @Test("Dossiers fall into a period by the portal's receipt, to the second, in Viet Nam's time") func counts() throws {
        let period = try #require(ReportPeriod("2026-11"))
        var tallies = ReportTallies(
            period, cutOff: 15, catalogue: try Self.catalogue(), calendar: WorkingDays(), now: .distantFuture)
        func add(_ received: String, settled: String? = nil, _ status: String = "resolved", returned: String? = nil) throws {
            tallies.add(
                DossierFact(
                    id: "", procedure: "TAM_TRU", capturedAt: try Self.time(received).addingTimeInterval(-600),
                    sealedAt: try Self.time(received), uploadedAt: try Self.time(received), receivedAt: try Self.time(received),
                    settledAt: try settled.map(Self.time), settledAs: settled.map { _ in PortalStatus(rawValue: status) },
                    firstReturnAt: try returned.map(Self.time)))
        }
        try add("2026-10-14T23:59", settled: "2026-10-15T00:00")  // carried over, settled early
        try add("2026-10-15T00:00", settled: "2026-10-20T10:00")  // three working days: on the last
        try add("2026-10-15T00:00", settled: "2026-10-21T10:00", "refused", returned: "2026-10-21T10:00")  // late
        try add("2026-11-14T23:59")  // pending, in time
        try add("2026-11-01T08:00")  // pending, overdue
        try add("2026-11-15T00:00")  // the next period's
        let figures = try tallies.figures(village: "Thôn Thử", outreach: [])
        let total = figures.total
        #expect(total.carriedOver == 1 && total.received == 4 && total.settled == 3 && total.pending == 2)
        #expect(total.early == 1 && total.onTime == 1 && total.late == 1 && total.refused == 1 && total.overdue == 1)
        #expect(total.acceptedAtOnce == 3 && total.acceptedAtOncePermille == 750)
        #expect(figures.before?.received == 1 && figures.yearToDate.received == 5)
        #expect(figures.kiosk.medianWaitMinutes == 10)
        #expect(figures.from == "2026-10-15" && figures.to == "2026-11-14")
    }

    @Test("Figures that do not balance are an error that names the procedure") func unbalanced() throws {
        var tallies = ReportTallies(
            try #require(ReportPeriod("2026-11")), cutOff: 15, catalogue: try Self.catalogue(), calendar: WorkingDays(),
            now: .distantFuture)
        tallies.add(
            DossierFact(
                id: "", procedure: "TAM_TRU", capturedAt: .distantPast, sealedAt: .distantPast,
                receivedAt: try Self.time("2026-10-20T08:00"), settledAt: try Self.time("2026-10-01T08:00"), settledAs: .refused))
        #expect(
            throws: ReportFault.unbalanced(procedure: "TAM_TRU", carriedOver: 0, received: 1, settled: 0, pending: 0)
        ) { try tallies.figures(village: "", outreach: []) }
    }

    @Test("A spreadsheet reads the CSV as UTF-8 and runs nothing of it") func csv() throws {
        let catalogue = try Self.catalogue()
        let tallies = ReportTallies(
            try #require(ReportPeriod("2026")), cutOff: 15, catalogue: catalogue, calendar: WorkingDays(), now: .distantFuture)
        let text = try tallies.figures(village: "=HYPERLINK(\"x\")", outreach: []).csv(groups: catalogue.groups)
        #expect(text.hasPrefix("\u{FEFF}2026,2025-12-15,2026-12-14,\"'=HYPERLINK(\"\"x\"\")\"\r\n"))
        #expect(!text.contains("\n="))
    }

    @Test("Numbers are written as Vietnamese write them") func numbers() {
        #expect(ReportTable.number(1_234_567, .vi) == "1.234.567" && ReportTable.number(999, .vi) == "999")
        #expect(ReportTable.Cell.permille(955).spoken(.vi) == "95,5" && ReportTable.Cell.permille(nil).spoken(.vi) == "–")
    }

    @Test("A portal's words in place of a code are not kept") func codes() {
        #expect(ReturnFact.code("population-mismatch") == "population-mismatch")
        #expect(ReturnFact.code("Bùi Văn An") == "other" && ReturnFact.code("") == "other")
    }
}
