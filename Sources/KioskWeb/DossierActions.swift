internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Visit {
    /// Takes a dossier up again, and opens the form where it is at fault.
    func reopen() async throws -> HTTPResponse {
        let id = parameter("id")
        let detail = try await store.dossier(id)
        let wanted = fields["note"].flatMap(Int.init)
        let first = try await returnNotes(of: detail).firstIndex { !$0.pointer.tokens.isEmpty }
        try await store.reopen(id, now: now)
        let view = try await draftView()
        // What the officer changed meanwhile is merged now: the place may have moved.
        let notes = try await returnNotes(of: view)
        guard let index = wanted ?? first, notes.indices.contains(index), !notes[index].pointer.tokens.isEmpty else {
            return .redirect(to: "/dossiers/\(id)/form")
        }
        return .redirect(to: place(of: notes[index], in: view))
    }

    /// Stops mending what the portal settled meanwhile.
    func stopMending() async throws -> HTTPResponse {
        try await store.stopMending(parameter("id"), now: now)
        return .redirect(to: "/dossiers/\(parameter("id"))")
    }

    /// Notes that the resident was told what the portal decided.
    func noteTold() async throws -> HTTPResponse {
        try await store.noteTold(parameter("id"), now: now)
        return .redirect(to: "/dossiers/\(parameter("id"))")
    }

    /// Begins a new dossier from a refused one, and opens its form.
    func fileAnew() async throws -> HTTPResponse {
        let new = try await store.fileAnew(parameter("id"), now: now)
        return .redirect(to: "/dossiers/\(new)/form")
    }

    func discardPage() async throws -> HTTPResponse {
        let dossier = try await store.dossier(parameter("id")).summary
        guard dossier.state == .draft, dossier.revision == 0 else { throw StoreError.notADraft }
        let name = dossier.subject.isEmpty ? dossier.applicant : dossier.subject
        let content: HTML = """
            <div class="card narrow"><h1>\(say("Bỏ hồ sơ này?", "Throw this dossier away?"))</h1><p class="lead"><b>\(name)</b></p>
            <p>\(say("Mọi điều đã điền và giấy tờ đã quét của hồ sơ này sẽ bị xóa hẳn, không lấy lại được.",
                "All that was filled in and scanned for it is deleted for good."))</p>
            <div class="buttons"><a class="button" href="/dossiers/\(dossier.id)">← \(say("Giữ lại", "Keep it"))</a>
            <form method="post" action="/dossiers/\(dossier.id)/discard">\(csrf)<button class="button danger solid">\(
                say("Xóa hẳn", "Delete it"))</button></form></div></div>
            """
        return page(say("Bỏ hồ sơ", "Throw away"), content)
    }

    func discard() async throws -> HTTPResponse {
        try await store.discardDraft(of: parameter("id"))
        return .redirect(to: "/dossiers?state=draft")
    }
}
