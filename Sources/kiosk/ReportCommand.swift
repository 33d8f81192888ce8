internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskWeb

extension Command {
    static let report = Command(
        words: ["report"], summary: "prints the figures of a month, quarter, half, nine months or year; --send sends them",
        details: """
            A period is 2026-11, 2026-Q4, 2026-H1, 2026-9M or 2026; it runs from the cut-off day of the month before (kiosk.json:
            report.cutOffDay, 15 unless set) to the day before the next. Formats: text, csv (UTF-8 with a byte order mark), json, html
            (the official paper). The figures are counts; nothing in them is about a person. --send queues them for the portal, once,
            and again where they changed.
            """,
        flags: [
            Flag(name: "period", value: "PERIOD", help: "the period (needed)"),
            Flag(name: "format", value: "FORM", help: "text, csv, json or html (default: text on a terminal, else json)"),
            Flag(name: "send", value: nil, help: "queue them for the portal"),
        ] + unlockFlags
    ) { invocation in
        guard let text = invocation["period"], let period = ReportPeriod(text) else {
            throw UsageError("--period wants 2026-11, 2026-Q4, 2026-H1, 2026-9M or 2026")
        }
        let format = invocation["format"] ?? (Terminal.isTerminal && !invocation.isSet("json") ? "text" : "json")
        guard ["text", "csv", "json", "html"].contains(format) else {
            throw UsageError("--format knows text, csv, json and html")
        }
        guard period.isSent || !invocation.isSet("send") else { throw UsageError("months, quarters and years are sent") }
        let (opening, store) = try await Opening.unlock(invocation)
        let heading = try opening.settings.reportHeading()
        let now = Date()
        let figures = try await store.report(period, cutOff: heading.cutOff, calendar: heading.workingDays, now: now)
        let groups = store.catalogue.groups
        let written =
            switch format {
            case "csv": figures.csv(groups: groups)
            case "html":
                PrintedReport(figures, heading: heading, groups: groups, today: VietnamTime.day(of: now)).document
            case "json": String(decoding: try JSONText.encode(figures, pretty: true), as: UTF8.self)
            default:
                "Báo cáo \(period.name.vi), từ ngày \(CalendarDate(figures.from)?.spoken ?? "") đến ngày \(CalendarDate(figures.to)?.spoken ?? "")\n\n"
                    + figures.text(groups: groups, .vi)
            }
        guard Terminal.say(written) else {
            throw CommandFailure(
                spoken: "Không ghi được kết quả ra màn hình hoặc tệp.", detail: "standard output cannot be written to")
        }
        if invocation.isSet("send") { try await store.queueReport(figures, now: now) }
        return ExitStatus.done
    }
}
