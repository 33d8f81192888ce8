internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// The steps of a dossier: its sections, its papers, the review; which are done and where one is.
    func steps(_ view: DraftView, current: String) -> HTML {
        var items: [(id: String, title: String, path: String, isDone: Bool)] = view.sections.map { section in
            (
                section.id, say(section.title), "/dossiers/\(view.id)/form/\(section.id)",
                !view.issues(in: section).contains(where: view.blocks)
            )
        }
        items.append(("@papers", say("Giấy tờ", "Papers"), "/dossiers/\(view.id)/papers", view.paperIssues.isEmpty))
        items.append(("@review", say("Xem lại và ghi nhận", "Review and seal"), "/dossiers/\(view.id)/review", false))
        let rows = items.enumerated().map { index, item -> HTML in
            let isCurrent = item.id == current
            let kind = isCurrent ? "current" : item.isDone ? "done" : "open"
            let state = item.isDone ? say("đã đủ", "complete") : say("chưa đủ", "not complete")
            let mark: HTML = item.isDone && !isCurrent ? "✓" : "\(index + 1)"
            return """
                <li class="\(kind)"><a href="\(item.path)"\(" aria-current=\"step\"", when: isCurrent)>
                <span class="dot" aria-hidden="true">\(mark)</span><span class="step-title">\(item.title)</span>
                <span class="unseen">(\(state))</span></a></li>
                """
        }
        let position = (items.firstIndex { $0.id == current } ?? 0) + 1
        return """
            <nav class="steps" aria-label="\(say("Các bước", "Steps"))">
            <p class="steps-title">\(say("Bước \(position) / \(items.count)", "Step \(position) of \(items.count)"))</p><ol>\(rows)</ol>
            <p class="steps-foot"><a href="/dossiers/\(view.id)">\(say("Để sau, rời hồ sơ này", "Leave this dossier for now"))</a></p></nav>
            """
    }

    /// A page of a form: the steps at the side, the content beside them.
    ///
    /// - Parameter assets: style sheets and scripts of this page alone.
    func stepPage(
        _ view: DraftView, current: String, title: String, _ content: HTML, status: Int = 200, assets: [String] = []
    ) async throws -> HTTPResponse {
        let edition = try await store.begun(view.id).edition
        return page(
            title,
            """
            <div class="with-steps">\(steps(view, current: current))<div class="work"><p class="over">\(
                self.name(of: view.procedure))</p>\(editionNote(view.procedure.code, version: edition.version))\(content)</div></div>
            """, status: status, assets: assets)
    }

    /// All that has to be mended, with links to the places.
    func summary(of issues: [FormIssue], in view: DraftView, title: String) -> HTML {
        guard !issues.isEmpty else { return "" }
        let items = issues.map { issue -> HTML in
            "<li><a href=\"\(view.place(of: issue.pointer))\"><b>\(name(of: issue.pointer, in: view.form))</b>: \(say(issue.message))</a>\(slipLink(issue))</li>"
        }
        return """
            <div class="notice bad" role="alert" id="summary" tabindex="-1"><p class="notice-title">\(title)</p><ul>\(items)</ul></div>
            """
    }

    private func slipLink(_ issue: FormIssue) -> HTML {
        guard let slip = issue.slip else { return "" }
        return "<a class=\"button small\" href=\"/slips/\(slip)\">\(say("Phiếu hướng dẫn", "Instructions"))</a>"
    }

    /// What a procedure is called where others in the hall can read it: on tiles, in lists, on what is taken home.
    ///
    /// Its official name stands on the forms of the law and in the data.
    func name(of procedure: Procedure) -> String { say(procedure.discreetName ?? procedure.name).capitalizedFirst }

    /// What a place of the document is called, with the member's number where there are several.
    func name(of pointer: JSONPointer, in form: Form) -> String {
        if pointer.tokens.first == "attachments" {
            let id = pointer.tokens.dropFirst().first ?? ""
            return form.procedure.component(id).map { say($0.name) } ?? say("Giấy tờ", "Papers")
        }
        for list in form.procedure.sections.compactMap(\.repeats) where pointer.isInside(list.pointer) {
            let rest = pointer.tokens.dropFirst(list.pointer.tokens.count)
            guard let index = rest.first.flatMap(Int.init) else { return say(list.member) }
            let field = form.field(at: pointer).map { say($0.label) } ?? ""
            return "\(say(list.member)) \(index + 1)\(field.isEmpty ? "" : " – \(field)")"
        }
        return form.field(at: pointer).map { say($0.label) } ?? say("Mục khác", "Something else")
    }
}
