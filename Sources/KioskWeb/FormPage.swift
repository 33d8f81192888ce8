internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// A section of the form.
    ///
    /// With `check=1` it also says what is missing.
    func formPage() async throws -> HTTPResponse {
        let view: DraftView
        do {
            view = try await draftView()
        } catch StoreError.notADraft {
            return .redirect(to: "/dossiers/\(parameter("id"))")
        }
        guard let section = view.sections.first(where: { $0.id == parameter("section") }) else {
            return .redirect(to: "/dossiers/\(view.id)/form/\(view.sections.first?.id ?? "")")
        }
        try await bookmark(section.id, in: view)
        let notes = try await returnNotes(of: view)
        let isChecked = request.query["check"] == "1"
        let issues = view.issues(in: section).filter { isChecked || !$0.isAbsence }
        let blocking = issues.filter(view.blocks)
        let found = summary(
            of: isChecked ? blocking : [], in: view,
            title: say("Còn \(blocking.count) chỗ cần xem lại", "\(blocking.count) things to look at again"))
        let intro: HTML = section.intro.map { "<p class=\"lead\">\(say($0))</p>" } ?? ""
        let fields =
            section.repeats.map { members(of: section, $0, in: view, issues: issues, notes: notes) }
            ?? fields(of: section, in: view, prefix: JSONPointer(tokens: []), issues: issues, notes: notes)
        let content: HTML = """
            <h1>\(say(section.title))</h1>\(intro)\(returnedList(notes, in: view))\(found)
            <form method="post" action="/dossiers/\(view.id)/form/\(section.id)" autocomplete="off" novalidate class="questions"
            data-answers="/dossiers/\(view.id)/answers" data-section="\(section.id)" data-saved="\(say("Đã lưu", "Saved"))"
            data-saving="\(say("Đang lưu…", "Saving…"))" data-unsaved="\(say("CHƯA LƯU – thử lại", "NOT SAVED – try again"))"
            data-locked="\(say("MÁY ĐÃ KHÓA – mở khóa để lưu", "LOCKED – unlock to save"))">\(csrf)
            <button class="first-button" name="do" value="\(notes.isEmpty ? "next" : "review")" tabindex="-1" aria-hidden="true"></button>
            \(try await offer(in: section, of: view))\(try await likelyDuplicates(of: view, in: section))\(fields)\(try await placeLists(for: section))\(buttons(of: section, in: view, offersSkip: isChecked && !blocking.isEmpty, isMended: !notes.isEmpty))</form>
            """
        return try await stepPage(view, current: section.id, title: say(section.title), content)
    }

    private func buttons(of section: FormSection, in view: DraftView, offersSkip: Bool, isMended: Bool) -> HTML {
        let index = view.sections.firstIndex { $0.id == section.id } ?? 0
        let before: HTML =
            index == 0
            ? ""
            : """
            <a class="button" href="/dossiers/\(view.id)/form/\(view.sections[index - 1].id)">← \(say("Quay lại", "Back"))</a>
            """
        let skip: HTML =
            offersSkip
            ? """
            <button class="button" name="do" value="skip">\(say("Để sau", "Later"))</button>
            """ : ""
        // Who mends what came back has the other sections behind them.
        let review: HTML =
            isMended
            ? """
            <button class="button primary" name="do" value="review">\(say("Xong, kiểm tra lại", "Done, check again")) →</button>
            """ : ""
        return """
            <div class="buttons bar"><div class="save-state" role="status" aria-live="polite" id="save-state"></div>\(before)\(skip)<button class="button\(" primary", when: !isMended)" name="do" value="next">\(
                say("Tiếp tục", "Continue")) →</button>\(review)</div>
            """
    }

    // MARK: Fields

    /// All fields of a section or a member, hidden ones too: an answer elsewhere on the page may call for them.
    private func fields(
        of section: FormSection, in view: DraftView, prefix: JSONPointer, issues: [FormIssue], notes: [ReturnNote]
    )
        -> HTML
    {
        let asked = Dictionary(
            view.form.questions(of: section, for: view.draft.answers).map { ($0.pointer, $0) },
            uniquingKeysWith: { first, _ in first })
        let views = section.fields.map { field -> HTML in
            let pointer = JSONPointer(tokens: prefix.tokens + field.pointer.tokens)
            let block = PersonBlock(prefix: JSONPointer(tokens: Array(field.pointer.tokens.dropLast())), in: section.fields)
            let scan: HTML =
                block.flatMap { $0.fullName.pointer == field.pointer ? cardButton($0, scope: prefix, in: view) : nil } ?? ""
            let question = FieldView(
                field: field, address: view.addresses.text(of: pointer), answer: view.draft.answers[pointer],
                isVisible: asked[pointer] != nil,
                isRequired: asked[pointer]?.isRequired ?? (field.required == true || field.requiredWhen != nil),
                issues: issues.filter { $0.pointer == pointer }, reason: view.reason(for: pointer),
                returned: HTML.join(notes.filter { $0.pointer == pointer }.map { returnedWords($0, in: view) }), say: say)
            return "\(scan)\(question.html)"
        }
        return "<div class=\"fields\">\(views)</div>"
    }

    private func members(
        of section: FormSection, _ list: FormSection.Repetition, in view: DraftView, issues: [FormIssue], notes: [ReturnNote]
    )
        -> HTML
    {
        let members = view.draft.answers[list.pointer]?.arrayValue ?? []
        let cards = members.indices.map { index -> HTML in
            let pointer = list.pointer.appending(String(index))
            let address = view.addresses.text(of: pointer)
            return """
                <section class="member" id="\(Addresses.anchor(address))">\(memberHead(list, index: index, count: members.count, address: address))
                \(fields(of: section, in: view, prefix: pointer, issues: issues, notes: notes))</section>
                """
        }
        let wrong = issues.filter { $0.pointer == list.pointer }.map { say($0.message) }.joined(separator: " ")
        let error: HTML =
            wrong.isEmpty ? "" : "<p class=\"error\" id=\"\(Addresses.anchor(list.pointer.description))\">\(wrong)</p>"
        let add: HTML =
            members.count >= list.maximum
            ? ""
            : """
            <p><button class="button add" name="do" value="add">+ \(say("Thêm", "Add")) \(say(list.member).lowercased())</button></p>
            """
        return "\(error)\(cards)\(add)"
    }
}
