internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain

/// A form of the law with a resident's answers, as it is printed and signed by hand.
///
/// Always Vietnamese. What is not answered is a dotted line to be written on; names stand in capitals here only.
struct OfficialSheet {
    let printed: PrintedForm
    let procedure: Procedure
    let answers: JSONValue
    let today: CalendarDate
    private let form: Form
    private let say = Tongue(.vi)

    init(_ printed: PrintedForm, procedure: Procedure, answers: JSONValue, today: CalendarDate) {
        self.printed = printed
        self.procedure = procedure
        self.answers = answers
        self.today = today
        form = Form(procedure, today: today)
    }

    // MARK: Words

    /// The first of the sources that holds and is answered, as it is written; empty where none is.
    func text(_ sources: [PrintedForm.Source]) -> String {
        for source in sources where source.when?.holds(for: answers, today: today) ?? true {
            guard let words = words(source), !words.isEmpty else { continue }
            return source.before.map { "\($0) \(words)" } ?? words
        }
        return ""
    }

    private func words(_ source: PrintedForm.Source) -> String? {
        if let text = source.text { return text }
        guard let place = procedure.place(of: source) else { return nil }
        if source.address != nil {
            return ["detail", "village", "commune", "district", "province"].compactMap {
                answers[place.appending($0)]?.stringValue
            }.filter { !$0.isEmpty }.joined(separator: ", ")
        }
        return written(place)
    }

    private func written(_ place: JSONPointer) -> String? {
        guard let field = form.field(at: place), let answer = answers[place] else { return nil }
        let text = field.spoken(answer, say)
        return field.type == .personName ? VietnameseName(text).inCapitals : text
    }

    // MARK: Paper

    var html: HTML {
        let agency: HTML =
            printed.agency.map { lines in
                let rows = lines.map { line -> HTML in "<p>\(given(text(line)))</p>" }
                let serial: HTML = printed.serial.map { "<p class=\"serial\">\($0)</p>" } ?? ""
                return "<div class=\"agency\">\(rows)\(serial)</div>"
            } ?? ""
        let subtitle: HTML = printed.subtitle.map { "<p class=\"subtitle\">\($0)</p>" } ?? ""
        let addressee: HTML =
            printed.addressee.map { "<p class=\"addressee\"><span>Kính gửi<sup>(1)</sup>:</span> \(given(text($0)))</p>" } ?? ""
        return """
            <article class="official" lang="vi"><p class="form-mark">\(printed.mark)</p>
            <div class="letterhead">\(agency)<div class="nation"><p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p>
            <p class="motto">Độc lập - Tự do - Hạnh phúc</p></div></div>
            <h1>\(printed.title)</h1>\(subtitle)\(addressee)
            \(rows.map { "<div class=\"form-row\">\($0.map(line))</div>" as HTML })\(tableAndSignatures)\(notes)</article>
            """
    }

    /// The lines, those that stand beside each other together.
    private var rows: [[PrintedForm.Line]] {
        printed.lines.reduce(into: []) { rows, line in
            if line.beside == true, !rows.isEmpty { rows[rows.count - 1].append(line) } else { rows.append([line]) }
        }
    }

    private func line(_ line: PrintedForm.Line) -> HTML {
        let number: HTML = line.number.map { "\($0). " } ?? ""
        let text = text(line.values)
        let digits = line.boxes.flatMap { boxes(text, count: $0) }
        return "<p class=\"form-line\"><span class=\"asked\">\(number)\(marked(line.label)):</span> \(digits ?? given(text))</p>"
    }

    private func given(_ text: String) -> HTML { "<span class=\"given\">\(text)</span>" }

    /// A box for each digit; nil where what is answered does not fit them.
    private func boxes(_ text: String, count: Int) -> HTML? {
        let digits = text.filter { !$0.isWhitespace }
        guard digits.count <= count, digits.allSatisfy(\.isNumber) else { return nil }
        let cells = digits.map(String.init) + Array(repeating: "", count: count - digits.count)
        return "<span class=\"digit-boxes\">\(cells.map { "<span>\($0)</span>" as HTML })</span>"
    }

    /// A label whose footnote sign, if it has one, is raised.
    private func marked(_ label: String) -> HTML {
        guard label.hasSuffix(")"), let open = label.lastIndex(of: "("),
            label[label.index(after: open)...].dropLast().allSatisfy(\.isNumber)
        else { return "\(label)" }
        return "\(String(label[..<open]))<sup>\(String(label[open...]))</sup>"
    }

    /// A table with nobody in it stays with the signatures under it; a longer one ends on their page.
    private var tableAndSignatures: HTML {
        guard let table = printed.table else { return signatures }
        let count = answers[table.list]?.arrayValue?.count ?? 0
        let both: HTML = "\(rows(of: table, count: count))\(signatures)"
        return count == 0 ? "<div class=\"together\">\(both)</div>" : both
    }

    private func rows(of table: PrintedForm.Table, count: Int) -> HTML {
        let rows = (0..<max(count, table.rows)).map { index -> HTML in
            let cells = table.columns.map { column in
                let place = JSONPointer(tokens: table.list.tokens + [String(index)] + column.field.tokens)
                return index < count ? written(place) ?? "" : ""
            }
            return "<tr><td>\(index + 1)</td>\(cells.map { "<td>\(breakable($0))</td>" as HTML })</tr>"
        }
        return """
            <p class="form-line heading"><span class="asked">\(table.number). \(marked(table.label)):</span></p>
            <table class="form-table"><thead><tr><th scope="col">TT</th>\(table.columns.map { "<th scope=\"col\">\($0.label)</th>" as HTML })</tr></thead>
            <tbody>\(rows)</tbody></table>
            """
    }

    /// A citizen's number may go on a second line in its middle where the column is narrow, and nowhere else.
    private func breakable(_ text: String) -> HTML {
        guard text.count == 12, text.allSatisfy(\.isNumber) else { return "\(text)" }
        return "\(String(text.prefix(6)))<wbr>\(String(text.suffix(6)))"
    }

    private var signatures: HTML {
        let blocks = printed.signatures.map { signature -> HTML in
            let lines = (signature.lines ?? []).map { "<p class=\"by-hand\">\($0): \(given(""))</p>" as HTML }
            return """
                <div class="signature"><p class="signed-on">……, ngày … tháng … năm ……</p><p class="signer">\(marked(signature.title))</p>
                <p class="sign-hint">\(signature.hint)</p><div class="sign-space"></div>\(lines)</div>
                """
        }
        return "<section class=\"signatures\"><div class=\"signers\">\(blocks)</div></section>"
    }

    private var notes: HTML {
        guard let notes = printed.notes else { return "" }
        return "<footer class=\"form-notes\"><p>Chú thích:</p>\(notes.map { "<p>\($0)</p>" as HTML })</footer>"
    }
}
