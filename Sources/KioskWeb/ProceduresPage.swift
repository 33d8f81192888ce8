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
            \(back("/", say("Trang đầu", "Home")))<h1>\(say("Người dân cần làm thủ tục gì?", "Which procedure?"))</h1>\(groups)
            """
        return page(say("Chọn thủ tục", "Choose a procedure"), content)
    }

    private func procedureTile(_ procedure: Procedure) -> HTML {
        let sign: HTML = procedure.form.map { "<span class=\"tag\">\($0)</span>" } ?? ""
        return """
            <form method="post" action="/dossiers/new">\(csrf)<button class="procedure" name="procedure" value="\(procedure.code)">
            <span class="tile-title">\(say(procedure.name).capitalizedFirst)\(sign)</span>
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
