internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

/// What the script of a form sends when a field is left.
struct AutosaveRequest: Codable, Sendable {
    var pointer: String
    var value: JSONValue?
    var reason: String?
    var section: String
}

/// What it is told: that the answer is on the disk, how it was cleaned, and what the section looks like now.
struct AutosaveAnswer: Codable {
    struct Issue: Codable {
        var pointer: String
        var code: String
        var severity: String
        var message: String
        var isAbsence: Bool
    }
    var saved: Bool
    var at: String
    var value: String
    var issues: [Issue]
    var visible: [String]
    /// After a citizen number of the applicant: the question whether to use earlier answers, empty where there are none.
    var offer: String?
    /// What the reader should know of how the answer was cleaned.
    var note: String?
}

extension Visit {
    /// Saves one field (`POST /dossiers/{id}/answers`).
    func autosave() async throws -> HTTPResponse {
        let body = try await request.body.collect(limit: 64 * 1024)
        let change: AutosaveRequest
        do {
            change = try JSONText.decode(AutosaveRequest.self, from: Data(body))
        } catch {
            throw HTTPFault(400, "not the JSON expected")
        }
        let id = parameter("id")
        let procedure = try await store.procedure(ofDossier: id)
        let form = Form(procedure, today: VietnamTime.day(of: now))
        let draft = try await store.changeDraft(of: id, now: now) { draft in
            guard let pointer = Addresses(procedure: procedure, answers: draft.answers).pointer(of: change.pointer),
                let field = form.field(at: pointer)
            else { return }
            if let reason = change.reason {
                draft.reasons[pointer.description] = StoredText.clean(reason)
            } else {
                draft.answers.set(change.value.flatMap { field.answer($0) }, at: pointer)
            }
        }
        let addresses = Addresses(procedure: procedure, answers: draft.answers)
        guard let pointer = addresses.pointer(of: change.pointer), let field = form.field(at: pointer) else {
            let message = say(
                "Mục này không còn trong tờ khai. Hãy tải lại trang.", "This is no longer in the form. Load the page again.")
            return try .encoded(Refusal(message: message), status: 409)
        }
        let view = DraftView(id: id, draft: draft, procedure: procedure, papers: [], today: today)
        let section = view.sections.first { $0.id == change.section }
        return try .encoded(
            AutosaveAnswer(
                saved: true, at: VietnamTime.clock(now), value: field.typed(draft.answers[pointer]),
                issues: section.map { told(view.issues(in: $0), in: view) } ?? [],
                visible: section.map { view.form.questions(of: $0, for: draft.answers) }?.map { addresses.text(of: $0.pointer) }
                    ?? [],
                offer: pointer == numberPlace(procedure) && change.reason == nil ? try await offerWords(id) : nil,
                note: field.type == .phone ? renewedNote(change.value?.stringValue ?? "") : nil))
    }

    /// Issues as the script is told of them.
    func told(_ issues: [FormIssue], in view: DraftView) -> [AutosaveAnswer.Issue] {
        issues.map { issue in
            AutosaveAnswer.Issue(
                pointer: view.addresses.text(of: issue.pointer), code: issue.code, severity: issue.severity.rawValue,
                message: say(issue.message), isAbsence: issue.isAbsence)
        }
    }

    private func renewedNote(_ typed: String) -> String? {
        PhoneNumber.renewed(typed).map { say("Đã đổi sang số mới: \($0)", "Changed to the new number: \($0)") }
    }

    /// Saves a whole section (the page's own form, which also works without the script), then does what the button says.
    func saveSection() async throws -> HTTPResponse {
        let id = parameter("id")
        let procedure = try await store.procedure(ofDossier: id)
        let form = Form(procedure, today: VietnamTime.day(of: now))
        let sent = fields
        let action = fields["do"] ?? "next"
        let newID = action == "add" ? try memberID() : ""
        let name = parameter("section")
        try await store.changeDraft(of: id, now: now) { draft in
            draft.take(sent, form: form)
            guard let list = procedure.sections.first(where: { $0.id == name })?.repeats else { return }
            if action == "add" {
                draft.addMember(newID, to: list)
            } else if let change = MemberChange(action) {
                draft.change(change, in: list, of: procedure)
            }
        }
        if action == "reuse" { try await store.reuseAnswers(in: id, now: now) }
        let view = try await draftView()
        let here = "/dossiers/\(id)/form/\(name)"
        guard let index = view.sections.firstIndex(where: { $0.id == name }) else {
            return .redirect(to: "/dossiers/\(id)/form")
        }
        if action == "add", let list = view.sections[index].repeats {
            return .redirect(to: "\(here)#\(Addresses.anchor(list.pointer.appending("@" + newID).description))")
        }
        if let change = MemberChange(action) { return .redirect(to: here + place(after: change, in: view)) }
        if action == "reuse" { return .redirect(to: here) }
        // A warning was told beside its field; its reason is asked for at the review at the latest.
        if ["next", "review"].contains(action), view.issues(in: view.sections[index]).contains(where: { $0.severity == .error }) {
            return .redirect(to: "\(here)?check=1")
        }
        if action == "review" { return .redirect(to: "/dossiers/\(id)/review") }
        let next = view.sections.dropFirst(index + 1).first
        return .redirect(to: next.map { "/dossiers/\(id)/form/\($0.id)" } ?? "/dossiers/\(id)/papers")
    }
}

extension FormField {
    /// What a script sent as an answer to be stored; nil where it is none.
    fileprivate func answer(_ value: JSONValue) -> JSONValue? {
        if value.boolValue != nil, type == .yesNo { return value }
        return value.stringValue.flatMap { answer(typed: $0) }
    }
}

extension Draft {
    /// Takes the fields of a form that was sent: answers as `a:<address>`, reasons as `r:<address>`.
    mutating func take(_ sent: [String: String], form: Form) {
        for (name, text) in sent {
            guard name.hasPrefix("a:") || name.hasPrefix("r:"),
                let pointer = Addresses(procedure: form.procedure, answers: answers).pointer(of: String(name.dropFirst(2))),
                let field = form.field(at: pointer)
            else { continue }
            if name.hasPrefix("a:") {
                answers.set(field.answer(typed: text), at: pointer)
            } else if !text.isEmpty || reasons[pointer.description] != nil {
                reasons[pointer.description] = StoredText.clean(text)
            }
        }
    }
}
