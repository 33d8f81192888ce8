internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

extension Visit {
    func proceduresPage() -> HTTPResponse {
        let groups = desk.catalogue.groups.map { group -> HTML in
            let procedures = desk.catalogue.procedures.filter { $0.group == group.id }
            guard !procedures.isEmpty else { return "" }
            return """
                <section class="group"><h2>\(say(group.name))</h2><div class="procedures">\(procedures.map(procedureTile))</div></section>
                """
        }
        let content: HTML = """
            \(back("/", say("Trang đầu", "Home")))<h1>\(say("Người dân cần làm thủ tục gì?", "Which procedure?"))</h1>\(guideLink)\(groups)\(slipsCard)\(closedCard)
            """
        return page(say("Chọn thủ tục", "Choose a procedure"), content)
    }

    private var guideLink: HTML {
        guard desk.catalogue.guide != nil else { return "" }
        return """
            <p><a class="button primary" href="/guide">\(say("Chưa rõ thủ tục nào? Trả lời vài câu hỏi", "Not sure which? Answer a few questions"))</a></p>
            """
    }

    /// What no longer exists, so that nobody looks for it.
    private var closedCard: HTML {
        guard let closed = desk.catalogue.closed, !closed.isEmpty else { return "" }
        let rows = closed.map { procedure -> HTML in
            "<li><a href=\"/slips/\(procedure.code)\"><b>\(say(procedure.name).capitalizedFirst)</b></a>: \(closedWords(procedure))</li>"
        }
        return
            "<section class=\"card\"><h2>\(say("Thủ tục không còn áp dụng", "No longer in force"))</h2><ul>\(rows)</ul></section>"
    }

    /// Since when a procedure is closed and what to do instead.
    func closedWords(_ procedure: Catalogue.ClosedProcedure) -> String {
        let since =
            procedure.until.flatMap { CalendarDate($0) }.map {
                let end = $0.adding(days: 1).spoken
                return say("hết áp dụng từ \(end).", "ended on \(end).")
            } ?? procedure.from.flatMap { CalendarDate($0) }.map {
                say("chỉ áp dụng từ \($0.spoken).", "begins on \($0.spoken).")
            } ?? ""
        return [since, procedure.replacement.map { say($0) } ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    }

    func procedureTile(_ procedure: Procedure) -> HTML {
        let sign: HTML = procedure.form.map { "<span class=\"tag\">\($0)</span>" } ?? ""
        return """
            <form method="post" action="/dossiers/new">\(csrf)<button class="procedure" name="procedure" value="\(procedure.code)">
            <span class="tile-title">\(name(of: procedure))\(sign)</span>
            <span class="tile-text">\(say(procedure.summary))</span></button></form>
            """
    }

    func begin() async throws -> HTTPResponse {
        let code = fields["procedure"] ?? ""
        let id = try await store.beginDossier(procedure: code, now: now)
        let procedure = try await store.procedure(ofDossier: id)
        // A list that needs members begins with them, so that nobody has to press a button before the first name.
        let lists = procedure.sections.compactMap(\.repeats).filter { $0.minimum > 0 }
        if !lists.isEmpty {
            let members = try lists.map { list in
                (list.pointer, JSONValue.array(try (0..<list.minimum).map { _ in ["id": .string(try memberID())] }))
            }
            try await store.changeDraft(of: id, now: now) { draft in
                for (pointer, value) in members { draft.answers.set(value, at: pointer) }
            }
        }
        return .redirect(to: "/dossiers/\(id)/form")
    }

    /// A member's id: never one that a removed member had.
    func memberID() throws -> String { "m" + (try desk.token(bytes: 5)) }
}
