internal import FoundationEssentials
internal import HTTPServing
public import KioskDomain

/// A report in the form of an official one (Nghị định 30/2020/NĐ-CP): always Vietnamese.
public struct PrintedReport: Sendable {
    let figures: ReportFigures
    let heading: ReportHeading
    let groups: [Catalogue.Group]
    let today: CalendarDate

    /// A report in the form of an official one.
    public init(_ figures: ReportFigures, heading: ReportHeading, groups: [Catalogue.Group], today: CalendarDate) {
        self.figures = figures
        self.heading = heading
        self.groups = groups
        self.today = today
    }

    /// A whole document with its styles in it, to be kept as a file.
    public var document: String {
        let page: HTML = """
            <!doctype html>
            <html lang="vi"><head><meta charset="utf-8"><title>Báo cáo \(figures.period)</title></head><body>\(html)</body></html>
            """
        let style = ["paper.css", "report.css"].compactMap { EmbeddedAssets.files[$0] }.joined(separator: "\n")
        return page.markup.split(separator: "</head>", maxSplits: 1).joined(
            separator: ["<style>", style, "</style></head>"].joined())
    }

    private var name: String { ReportPeriod(figures.period)?.name.vi ?? figures.period }

    private func day(_ text: String) -> String { CalendarDate(text)?.spoken ?? text }

    var html: HTML {
        let total = figures.total
        let onTime = ReportTable.Cell.permille(total.onTimePermille).spoken(.vi)
        let atOnce = ReportTable.Cell.permille(total.acceptedAtOncePermille).spoken(.vi)
        func number(_ value: Int) -> String { ReportTable.number(value, .vi) }
        return """
            <article class="official official-report" lang="vi"><header class="report-head"><div>
            <p>\(heading.authority)</p><p class="issuer"><span>\(figures.village.uppercased())</span></p><p class="serial-line">Số: ……/BC-……</p></div>
            <div class="nation"><p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p><p><span class="motto">Độc lập - Tự do - Hạnh phúc</span></p>
            <p class="dated">\(heading.place), ngày \(today.day) tháng \(today.month) năm \(today.year)</p></div></header>
            <h1>BÁO CÁO</h1><p class="report-subject">Kết quả tiếp nhận, giải quyết hồ sơ cư trú, căn cước qua máy hỗ trợ tại thôn<br>\(name)</p>
            <p class="subtitle">(Từ ngày \(day(figures.from)) đến ngày \(day(figures.to)))</p>
            <p class="report-text">Kỳ trước chuyển sang \(number(total.carriedOver)) hồ sơ; tiếp nhận trong kỳ \(number(total.received)) hồ sơ;
            đã giải quyết \(number(total.settled)) hồ sơ, đạt tỷ lệ trước hạn và đúng hạn \(onTime)%; đang giải quyết \(number(total.pending)) hồ sơ,
            trong đó quá hạn \(number(total.overdue)). Tỷ lệ hồ sơ đạt ngay lần đầu: \(atOnce)%. Thông báo lưu trú trễ: \(number(figures.kiosk.lateStays)).
            Lũy kế từ đầu năm tiếp nhận \(number(figures.yearToDate.received)) hồ sơ.</p>
            \(figures.tables(groups: groups, .vi).map { Self.table($0, .vi, isOfficial: true) })
            <footer class="report-foot"><div class="recipients"><p><b><i>Nơi nhận:</i></b></p>\(heading.recipients.enumerated().map { index, name -> HTML in
                "<p>- \(name)\(index == heading.recipients.count - 1 ? "." : ";")</p>"
            })</div>
            <div class="report-sign"><p><b>\(heading.signer)</b></p><p><i>(Ký, ghi rõ họ tên)</i></p></div></footer></article>
            """
    }

    /// A table with its columns grouped, and its title as caption.
    static func table(_ table: ReportTable, _ language: Language, isOfficial: Bool) -> HTML {
        guard !table.rows.isEmpty else { return "" }
        let last = table.rows.count - 1
        let body = table.rows.enumerated().map { index, row -> HTML in
            let cells = row.map { cell -> HTML in
                if case .text(let text) = cell { return "<td class=\"words\">\(text)</td>" }
                return "<td>\(cell.spoken(language))</td>"
            }
            let kind: HTML = table.hasTotal && index == last ? " class=\"total\"" : ""
            return "<tr\(kind)>\(cells)</tr>"
        }
        let kind: HTML = isOfficial ? "report-table form-table" : "report-table"
        return """
            <div class="wide-table" role="region" tabindex="0" aria-label="\(table.title)"><table class="\(kind)"><caption>\(table.title)</caption><thead>\(head(table.columns))</thead><tbody>\(body)</tbody></table></div>
            """
    }

    private static func head(_ columns: [ReportTable.Column]) -> HTML {
        guard columns.contains(where: { $0.group != nil }) else {
            return "<tr>\(columns.map { "<th scope=\"col\">\($0.name)</th>" as HTML })</tr>"
        }
        var first: [HTML] = []
        var index = 0
        while index < columns.count {
            guard let group = columns[index].group else {
                first.append("<th scope=\"col\" rowspan=\"2\">\(columns[index].name)</th>")
                index += 1
                continue
            }
            let width = columns[index...].prefix { $0.group == group }.count
            first.append("<th scope=\"colgroup\" colspan=\"\(width)\">\(group)</th>")
            index += width
        }
        let second = columns.filter { $0.group != nil }.map { "<th scope=\"col\">\($0.name)</th>" as HTML }
        return "<tr>\(first)</tr><tr>\(second)</tr>"
    }
}
