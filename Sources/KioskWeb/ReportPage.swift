internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// A form in which figures are saved.
    enum ReportForm { case csv, json }

    private var heading: ReportHeading { desk.options.report }

    /// The periods of this year and the last month's, to choose from.
    func reportsPage() async throws -> HTTPResponse {
        let this = ReportPeriod.month(of: today, cutOff: heading.cutOff)
        let year = this?.year ?? today.year
        func links(_ parts: [ReportPeriod.Part], of year: Int) -> HTML {
            let items = parts.compactMap { ReportPeriod(year: year, part: $0) }.map { period -> HTML in
                """
                <li><a class="button" href="/reports/\(period.description)">\(say(period.name).capitalizedFirst)</a></li>
                """
            }
            return "<ul class=\"periods\">\(items)</ul>"
        }
        let content: HTML = """
            \(back("/", say("Trang đầu", "Home")))<h1>\(say("Báo cáo", "Reports"))</h1>
            \([year, year - 1].map { year -> HTML in
                """
                <section class="card"><h2>\(say("Năm", "Year")) \(year)</h2>
                \(links([.year, .half(1), .half(2), .nineMonths] + (1...4).map { .quarter($0) } + (1...12).map { .month($0) }, of: year))</section>
                """
            })
            """
        return page(say("Báo cáo", "Reports"), content, assets: ["report.css"])
    }

    private func figures() async throws -> (period: ReportPeriod, figures: ReportFigures) {
        guard let period = ReportPeriod(parameter("period")) else { throw HTTPFault(404, "no such period") }
        return (
            period, try await store.report(period, cutOff: heading.cutOff, calendar: heading.workingDays, now: now)
        )
    }

    func reportPage() async throws -> HTTPResponse {
        let (period, figures) = try await figures()
        let charts = ReportCharts(say: say)
        let months = try await store.receivedByMonth(of: period.year, cutOff: heading.cutOff)
        let from = CalendarDate(figures.from)?.spoken ?? ""
        let to = CalendarDate(figures.to)?.spoken ?? ""
        let address = "/reports/\(period.description)"
        let open: HTML =
            figures.to >= today.description
            ? "<p class=\"help\">\(say("Kỳ này chưa kết thúc: số liệu còn thay đổi.", "The period is not over: the figures will change."))</p>"
            : ""
        let sent: HTML =
            request.query["sent"] == nil
            ? ""
            : notice(
                .good,
                request.query["sent"] == "1"
                    ? say("Báo cáo chờ gửi lên cổng.", "The report waits to be sent to the portal.")
                    : say("Số liệu không đổi: đã gửi từ trước.", "Nothing changed: it was sent before."))
        let tables = figures.tables(groups: store.catalogue.groups, say.language)
        let sending: HTML =
            period.isSent
            ? """
            <form method="post" action="\(address)/send">\(csrf)<button class="button">\(say("Gửi lên cổng", "Send to the portal"))</button></form>
            """ : ""
        let automatic: HTML =
            period.isSent && heading.isAutomatic
            ? "<p class=\"help\">\(say("Hết kỳ, máy tự gửi báo cáo này lên cổng khi có mạng; số liệu đổi thì gửi lại.", "Once the period is over the machine sends this by itself when there is a line, and again where figures change."))</p>"
            : ""
        let content: HTML = """
            \(back("/reports", say("Báo cáo", "Reports")))<h1>\(say("Báo cáo", "Report")) \(say(period.name))</h1>
            <p class="lead">\(say("Từ ngày \(from) đến ngày \(to)", "From \(from) to \(to)"))</p>\(open)\(sent)
            <div class="buttons start"><a class="button primary" href="\(address)/print">\(say("Bản in", "To print"))</a>
            <a class="button" href="\(address)/csv">\(say("Lưu bảng tính (CSV)", "Save for a spreadsheet (CSV)"))</a>
            <a class="button" href="\(address)/json">\(say("Lưu JSON", "Save JSON"))</a>
            \(sending)</div>\(automatic)
            <section class="card">\(charts.bars(figures.procedures))\(charts.line(months, of: period.year))</section>
            \(tables.map { table -> HTML in
                table.rows.isEmpty ? "" : """
                    <section class="card">\(PrintedReport.table(table, say.language, isOfficial: false))</section>
                    """
            })
            """
        return page(say("Báo cáo", "Report"), content, wide: true, assets: ["report.css"])
    }

    func printedReport() async throws -> HTTPResponse {
        let (period, figures) = try await figures()
        let sheet = PrintedReport(figures, heading: heading, groups: store.catalogue.groups, today: today)
        return page(
            say("Bản in báo cáo", "Report to print"),
            """
            <div class="screen-only">\(back("/reports/\(period.description)", say("Báo cáo", "The report")))
            \(printBar(say("In báo cáo", "Print the report")))</div>\(sheet.html)
            """, wide: true, assets: ["report.css"])
    }

    func reportFile(_ form: ReportForm) async throws -> HTTPResponse {
        let (period, figures) = try await figures()
        let name = "bao-cao-\(period.description)"
        switch form {
        case .csv:
            return HTTPResponse.content(figures.csv(groups: store.catalogue.groups), type: "text/csv; charset=utf-8")
                .with("Content-Disposition", "attachment; filename=\"\(name).csv\"")
        case .json:
            return HTTPResponse.json(Array(try JSONText.encode(figures, pretty: true)))
                .with("Content-Disposition", "attachment; filename=\"\(name).json\"")
        }
    }

    func sendReport() async throws -> HTTPResponse {
        let (period, figures) = try await figures()
        guard period.isSent else { throw HTTPFault(404, "the portal takes months, quarters and years") }
        let isQueued = try await store.queueReport(figures, now: now)
        return .redirect(to: "/reports/\(period.description)?sent=\(isQueued ? 1 : 0)")
    }
}
