internal import HTTPServing
internal import KioskDomain

/// The charts of a report, as SVG; what they show also stands in a text.
struct ReportCharts {
    let say: Tongue

    /// A bar for each procedure that was received, the longest at the top.
    func bars(_ procedures: [ReportFigures.ProcedureCounts]) -> HTML {
        let rows = procedures.filter { $0.counts.received > 0 }.sorted { $0.counts.received > $1.counts.received }.prefix(12)
        guard let most = rows.first?.counts.received else { return "" }
        let height = 46 * rows.count + 10
        let told = rows.map { "\(say($0.name)): \($0.counts.received)" }.joined(separator: "; ")
        let bars = rows.enumerated().map { index, row -> HTML in
            let (top, width) = (46 * index + 8, max(2, 380 * row.counts.received / most))
            return """
                <text class="chart-text" x="478" y="\(top + 23)" text-anchor="end">\(shortened(say(row.name).capitalizedFirst))</text>
                <rect class="chart-bar" x="490" y="\(top)" width="\(width)" height="32"></rect>
                <text class="chart-text" x="\(500 + width)" y="\(top + 23)">\(ReportTable.number(row.counts.received, say.language))</text>
                """
        }
        return """
            <figure class="chart"><figcaption>\(say("Hồ sơ tiếp nhận theo thủ tục", "Received by procedure"))</figcaption>
            <svg viewBox="0 0 960 \(height)" role="img" aria-label="\(told)">\(bars)</svg></figure>
            """
    }

    private func shortened(_ name: String) -> String { name.count > 40 ? "\(name.prefix(39))…" : name }

    /// A line through the months of a year.
    func line(_ months: [Int], of year: Int) -> HTML {
        let most = max(1, months.max() ?? 1)
        let points = months.enumerated().map { (x: 60 + 75 * $0, y: 200 - 160 * $1 / most, count: $1, month: $0 + 1) }
        let told = points.map { "\(say("tháng", "month")) \($0.month): \($0.count)" }.joined(separator: "; ")
        let path = points.map { "\($0.x),\($0.y)" }.joined(separator: " ")
        let marks = points.map { point -> HTML in
            """
            <circle class="chart-dot" cx="\(point.x)" cy="\(point.y)" r="6"></circle>
            <text class="chart-text" x="\(point.x)" y="\(point.y - 14)" text-anchor="middle">\(ReportTable.number(point.count, say.language))</text>
            <text class="chart-text" x="\(point.x)" y="236" text-anchor="middle">\(point.month)</text>
            """
        }
        return """
            <figure class="chart"><figcaption>\(say("Hồ sơ tiếp nhận theo tháng, năm \(year)", "Received by month, \(year)"))</figcaption>
            <svg viewBox="0 0 960 250" role="img" aria-label="\(told)"><polyline class="chart-line" points="\(path)"></polyline>\(marks)</svg></figure>
            """
    }
}
