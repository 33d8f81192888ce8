internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Visit {
    /// What clashes between this machine's copy and the portal's: what both started from, both values, and who wrote them when.
    func conflictCard(_ divergence: Divergence, detail: DossierDetail, form: Form) -> HTML {
        let rows = divergence.clashes.map { clash -> HTML in
            func cell(_ value: JSONValue?) -> HTML { "<td>\(spoken(value, at: clash.pointer, form: form))</td>" }
            return """
                <tr><th scope="row">\(name(of: located(clash.pointer, detail), in: form))</th>\(cell(clash.base))\(cell(clash.ours))\(
                    cell(clash.theirs))</tr>
                """
        }
        let table: HTML =
            rows.isEmpty
            ? ""
            : """
            <table><thead><tr><th>\(say("Mục", "Question"))</th><th>\(say("Lúc đầu", "At first"))</th><th>\(
                say("Ở máy này", "Here"))<br><small>\(hand(divergence.ours))</small></th><th>\(
                say("Trên cổng", "At the portal"))<br><small>\(hand(divergence.theirs))</small></th></tr></thead><tbody>\(rows)</tbody></table>
            """
        let broken = divergence.broken.map { issue -> HTML in
            "<li><b>\(name(of: issue.pointer, in: form))</b>: \(say(issue.message))</li>"
        }
        let together: HTML =
            broken.isEmpty
            ? ""
            : "<p>\(say("Hai bên sửa khác chỗ, nhưng gộp lại thì chưa đúng:", "The edits do not clash, but together they are not right:"))</p><ul>\(broken)</ul>"
        return notice(
            .bad, say("Hai bản khác nhau", "The two copies differ"),
            """
            \(table)\(together)\(mergedWords(divergence.merged, detail: detail, form: form))
            <p>\(say("Hỏi người dân bên nào đúng, rồi bấm «Đối chiếu và chọn».",
                "Ask the resident which is right, then press «Compare and decide»."))</p>
            """)
    }

    /// The questions that the portal's copy changed and that were merged by themselves.
    func mergedWords(_ changes: [MergedChange], detail: DossierDetail, form: Form) -> HTML {
        var names: [String] = []
        for change in changes where change.from == .theirs {
            let name = name(of: located(change.pointer, detail), in: form)
            if !names.contains(name) { names.append(name) }
        }
        guard !names.isEmpty else { return "" }
        return "<p class=\"help\">\(say("Đã gộp từ cổng:", "Merged from the portal:")) \(names.joined(separator: "; "))</p>"
    }

    /// What a person decided in a conflict: whose value stands where.
    func decidedWords(_ changes: [MergedChange], detail: DossierDetail, form: Form) -> HTML {
        let items = changes.map { change -> HTML in
            let side =
                switch change.from {
                case .theirs: say("bản trên cổng", "the portal's")
                case .ours: say("bản ở máy này", "this machine's")
                case .both: say("hai bên như nhau", "both alike")
                case .person: say("ghi khác", "something else")
                }
            return "<li>\(name(of: located(change.pointer, detail), in: form)): \(side)</li>"
        }
        return items.isEmpty ? "" : "<ul class=\"standing\">\(HTML.join(items))</ul>"
    }

    func located(_ pointer: JSONPointer, _ detail: DossierDetail) -> JSONPointer {
        pointer.located(in: detail.answers) ?? pointer
    }

    func hand(_ hand: Divergence.Hand) -> String {
        let person =
            switch hand.by {
            case "officer": say("Cán bộ", "The officer")
            case "kiosk": say("Máy", "A kiosk")
            default: hand.by ?? ""
            }
        return person.isEmpty ? say.time(hand.at) : "\(person), \(say.time(hand.at))"
    }

    /// A value of a clash: an answer, a member by name, or how many papers.
    func spoken(_ value: JSONValue?, at pointer: JSONPointer, form: Form) -> String {
        guard let value, value != .null else { return say("(không có)", "(nothing)") }
        if let field = form.field(at: pointer) { return field.spoken(value, say) }
        if let papers = value.arrayValue { return say("\(papers.count) tệp", "\(papers.count) files") }
        return value["fullName"]?.stringValue ?? value.stringValue ?? say("(có)", "(there)")
    }
}
