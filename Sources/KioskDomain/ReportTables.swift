/// A table of a report, ready to be written in any form.
public struct ReportTable: Equatable, Sendable {
    /// Its letter and title.
    public var title: String
    /// Its columns.
    public var columns: [Column]
    /// Its rows; each has as many cells as there are columns.
    public var rows: [[Cell]]
    /// Whether the last row is the sum of the others.
    public var hasTotal: Bool

    /// A column.
    public struct Column: Equatable, Sendable {
        /// What stands above it and its neighbours of the same group; nil where it stands alone.
        public var group: String?
        /// What it is called.
        public var name: String
    }

    /// A cell.
    public enum Cell: Equatable, Sendable {
        /// Words.
        case text(String)
        /// A count; nil: nothing to count.
        case number(Int?)
        /// Tenths of a per cent; nil: nothing to divide by.
        case permille(Int?)

        /// As it is read: `1.234`, `95,5`, a dash for nothing (Vietnamese), `1,234`, `95.5` (English).
        public func spoken(_ language: Language) -> String {
            switch self {
            case .text(let text): text
            case .number(let number): number.map { ReportTable.number($0, language) } ?? "–"
            case .permille(let tenths):
                tenths.map { "\($0 < 0 ? "-" : "")\(abs($0) / 10)\(language == .vi ? "," : ".")\(abs($0) % 10)" } ?? "–"
            }
        }

        /// For a machine: no grouping, a decimal point.
        var plain: String {
            switch self {
            case .text(let text): text
            case .number(let number): number.map(String.init) ?? ""
            case .permille: self == .permille(nil) ? "" : spoken(.en)
            }
        }
    }

    /// A whole number with its thousands marked, `1.234` in Vietnamese.
    public static func number(_ number: Int, _ language: Language) -> String {
        let digits = String(abs(number))
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { grouped += language == .vi ? "." : "," }
            grouped.append(digit)
        }
        return (number < 0 ? "-" : "") + grouped
    }
}

extension ReportFigures {
    /// The tables of the report (Thông tư 01/2020/TT-VPCP, II.06; `procedures.md`, 5.3).
    ///
    /// - Parameter groups: the catalogue's groups, in their order.
    public func tables(groups: [Catalogue.Group], _ language: Language) -> [ReportTable] {
        let writer = ReportTableWriter(figures: self, groups: groups, language: language)
        return [writer.settling, writer.services, writer.village, writer.cases, writer.returns, writer.spreading]
    }

    /// The tables as CSV (RFC 4180): UTF-8 with a byte order mark, so that office programs read it as such; no cell is a formula.
    public func csv(groups: [Catalogue.Group]) -> String {
        var lines = [[period, from, to, village].map(Self.csvCell).joined(separator: ",")]
        for table in tables(groups: groups, .vi) {
            lines += ["", Self.csvCell(table.title)]
            lines.append(
                table.columns.map { Self.csvCell([$0.group, $0.name].compactMap { $0 }.joined(separator: " – ")) }.joined(
                    separator: ","))
            lines += table.rows.map { $0.map { Self.csvCell($0.plain, isText: $0.isText) }.joined(separator: ",") }
        }
        return "\u{FEFF}" + lines.map { $0 + "\r\n" }.joined()
    }

    private static func csvCell(_ text: String) -> String { csvCell(text, isText: true) }

    /// A cell of CSV; a text that a spreadsheet would take for a formula gets an apostrophe (OWASP, "CSV injection").
    static func csvCell(_ text: String, isText: Bool) -> String {
        let starts = text.unicodeScalars.first.map { "=+-@\t\r\n＝＋－＠".unicodeScalars.contains($0) } ?? false
        let safe = isText && starts ? "'" + text : text
        let needsQuotes = safe.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
        return needsQuotes
            ? "\"\(safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" : safe
    }

    /// The tables as plain text.
    public func text(groups: [Catalogue.Group], _ language: Language) -> String {
        tables(groups: groups, language).map { table in
            let rows = [table.columns.map(\.name)] + table.rows.map { $0.map { $0.spoken(language) } }
            return table.title + "\n" + rows.map { "  " + $0.joined(separator: " | ") }.joined(separator: "\n")
        }.joined(separator: "\n\n")
    }
}

extension ReportTable.Cell {
    var isText: Bool { if case .text = self { true } else { false } }
}

/// Lays out the tables of a report.
struct ReportTableWriter {
    let figures: ReportFigures
    let groups: [Catalogue.Group]
    let language: Language

    private func say(_ vi: String, _ en: String) -> String { language == .vi ? vi : en }
    private func column(_ group: String?, _ name: String) -> ReportTable.Column { .init(group: group, name: name) }

    /// The groups that have procedures, with the sum of each; what the catalogue does not know comes last.
    private var sums: [(name: String, rows: [ReportFigures.ProcedureCounts])] {
        let known = groups.map { group in
            (group.name(language), figures.procedures.filter { $0.group == group.id })
        }
        let others = figures.procedures.filter { row in !groups.contains { $0.id == row.group } }
        return known + (others.isEmpty ? [] : [(say("Thủ tục khác", "Other procedures"), others)])
    }

    private func sum(_ rows: [ReportFigures.ProcedureCounts]) -> ReportFigures.Counts { rows.reduce(.init()) { $0 + $1.counts } }

    var settling: ReportTable {
        let received = say("Số hồ sơ nhận giải quyết", "Received")
        let settled = say("Đã giải quyết", "Settled")
        let pending = say("Đang giải quyết", "Pending")
        func row(_ number: String, _ name: String, _ counts: ReportFigures.Counts) -> [ReportTable.Cell] {
            [
                .text(number), .text(name), .number(counts.carriedOver + counts.received), .number(counts.received), .number(0),
                .number(counts.carriedOver), .number(counts.settled), .number(counts.early), .number(counts.onTime),
                .number(counts.late), .number(counts.pending), .number(counts.pending - counts.overdue), .number(counts.overdue),
            ]
        }
        return ReportTable(
            title: say(
                "Biểu A. Tình hình, kết quả tiếp nhận, giải quyết thủ tục hành chính", "Table A. Receipt and settlement"),
            columns: [
                column(nil, say("STT", "No.")), column(nil, say("Lĩnh vực", "Field")), column(received, say("Tổng số", "Total")),
                column(received, say("Trực tuyến trong kỳ", "Online")),
                column(received, say("Trực tiếp, BCCI trong kỳ", "At the desk")),
                column(received, say("Từ kỳ trước", "Carried over")), column(settled, say("Tổng số", "Total")),
                column(settled, say("Trước hạn", "Early")), column(settled, say("Đúng hạn", "On time")),
                column(settled, say("Quá hạn", "Late")), column(pending, say("Tổng số", "Total")),
                column(pending, say("Trong hạn", "In time")), column(pending, say("Quá hạn", "Overdue")),
            ],
            rows: sums.enumerated().map { row(String($0 + 1), $1.name, sum($1.rows)) }
                + [row("", say("Tổng cộng", "Total"), figures.total)], hasTotal: true)
    }

    var services: ReportTable {
        func row(_ name: String, _ counts: ReportFigures.Counts, year: Int, before: Int?) -> [ReportTable.Cell] {
            let change = before.flatMap { $0 == 0 ? nil : (counts.received - $0) * 1000 / $0 }
            return [
                .text(name), .number(counts.received), .permille(counts.received == 0 ? nil : 1000), .number(counts.settled),
                .permille(counts.onTimePermille), .number(counts.late), .number(counts.refused), .number(counts.supplements),
                .number(counts.withdrawn), .number(counts.pending), .permille(counts.acceptedAtOncePermille), .number(year),
                .number(before), .permille(change),
            ]
        }
        return ReportTable(
            title: say("Biểu B. Dịch vụ công trực tuyến về cư trú, căn cước (Đề án 06)", "Table B. Online services"),
            columns: [
                say("Thủ tục", "Procedure"), say("Tiếp nhận trực tuyến", "Received online"),
                say("Tỷ lệ trực tuyến %", "Online %"),
                say("Đã giải quyết", "Settled"), say("Đúng hạn %", "On time %"), say("Quá hạn", "Late"),
                say("Từ chối", "Refused"), say("Yêu cầu bổ sung", "Supplements"), say("Rút", "Withdrawn"),
                say("Đang giải quyết", "Pending"), say("Đạt ngay lần đầu %", "Accepted at once %"),
                say("Lũy kế từ đầu năm", "This year"), say("Kỳ trước", "Period before"), say("So kỳ trước ±%", "Change %"),
            ].map { column(nil, $0) },
            rows: sums.map { name, rows in
                let before = rows.compactMap(\.receivedBefore)
                return row(
                    name, sum(rows), year: rows.reduce(0) { $0 + $1.receivedThisYear },
                    before: before.isEmpty ? nil : before.reduce(0, +))
            }
                + [
                    row(
                        say("Tổng cộng", "Total"), figures.total, year: figures.yearToDate.received,
                        before: figures.before?.received)
                ], hasTotal: true)
    }

    var village: ReportTable {
        let kiosk = figures.kiosk
        return ReportTable(
            title: say("Biểu C. Kết quả hỗ trợ tại thôn", "Table C. What the kiosk did"),
            columns: [
                say("Thôn", "Village"), say("Hồ sơ ghi nhận", "Sealed"), say("Đã tải lên", "Uploaded"),
                say("Chờ tải", "Waiting"), say("Lỗi", "Failed"),
                say("Thời gian chờ trung vị (phút)", "Median wait (min)"),
                say("Đạt ngay lần đầu %", "Accepted at once %"),
                say("Lưu trú báo trễ", "Late stay notices"),
            ].map { column(nil, $0) },
            rows: [
                [
                    .text(figures.village), .number(kiosk.sealed), .number(kiosk.uploaded), .number(kiosk.waiting),
                    .number(kiosk.failed), .number(kiosk.medianWaitMinutes), .permille(figures.total.acceptedAtOncePermille),
                    .number(kiosk.lateStays),
                ]
            ], hasTotal: false)
    }

    var cases: ReportTable {
        ReportTable(
            title: say("Biểu D. Chi tiết theo từng thủ tục, trường hợp", "Table D. By procedure and case"),
            columns: [
                say("Thủ tục, trường hợp", "Procedure, case"), say("Kỳ trước chuyển sang", "Carried over"),
                say("Tiếp nhận", "Received"), say("Đã giải quyết", "Settled"), say("Quá hạn", "Late"),
                say("Đang giải quyết", "Pending"),
            ].map { column(nil, $0) },
            rows: figures.procedures.map { row in
                let name = row.name(language)
                return [
                    .text(name.prefix(1).uppercased() + name.dropFirst()), .number(row.counts.carriedOver),
                    .number(row.counts.received), .number(row.counts.settled), .number(row.counts.late),
                    .number(row.counts.pending),
                ]
            }, hasTotal: false)
    }

    var returns: ReportTable {
        ReportTable(
            title: say("Lý do trả lại, yêu cầu bổ sung, từ chối", "Reasons of return"),
            columns: [say("Lý do", "Reason"), say("Số lần", "Times")].map { column(nil, $0) },
            rows: figures.reasons.map { [.text(ReturnFact.name($0.code)(language)), .number($0.count)] }, hasTotal: false)
    }

    var spreading: ReportTable {
        ReportTable(
            title: say("Tuyên truyền, vận động", "Spreading the word"),
            columns: [say("Hình thức", "Channel"), say("Số lần", "Times"), say("Lượt người", "People")].map { column(nil, $0) },
            rows: figures.outreach.map { [.text($0.channel.name(language)), .number($0.times), .number($0.people)] },
            hasTotal: false)
    }
}

extension ReturnFact {
    /// What a code means; an unknown one by itself.
    public static func name(_ code: String) -> LocalText {
        switch code {
        case "supplement-required": LocalText(vi: "Cán bộ yêu cầu bổ sung", en: "The officer asked for a supplement")
        case "refused": LocalText(vi: "Cán bộ từ chối", en: "The officer refused")
        case "population-mismatch": LocalText(vi: "Khác dữ liệu dân cư", en: "Differs from the population database")
        case "unreadable-scan": LocalText(vi: "Ảnh giấy tờ không đọc được", en: "A scan cannot be read")
        case "missing-component": LocalText(vi: "Thiếu giấy tờ", en: "A paper is missing")
        case "required": LocalText(vi: "Thiếu thông tin", en: "An answer is missing")
        case "invalid": LocalText(vi: "Thông tin không hợp lệ", en: "An answer is invalid")
        case "damaged-here": LocalText(vi: "Tệp trong máy bị hỏng", en: "A file of the kiosk is damaged")
        case "other": LocalText(vi: "Lý do khác", en: "Another reason")
        default: LocalText(vi: code, en: code)
        }
    }
}
