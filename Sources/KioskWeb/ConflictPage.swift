internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync

/// What is chosen on the page of a conflict, as its form sends it: `p.N` the place, `c.N` whose value, `v.N` another one.
struct ConflictChoices {
    var choices: [JSONPointer: Reconciliation.Choice] = [:]
    /// What stands in the form of each place: whose value, and another one as it was typed.
    var typed: [String: (side: String, text: String)] = [:]

    init() {}

    init(_ fields: [String: String], divergence: Divergence, form: Form) {
        for (key, place) in fields where key.hasPrefix("p.") {
            guard let pointer = JSONPointer(place) else { continue }
            let number = key.dropFirst(2)
            let (side, text) = (fields["c.\(number)"] ?? "", fields["v.\(number)"] ?? "")
            typed[place] = (side, text)
            let clash = divergence.clashes.first { $0.pointer == pointer }
            switch side {
            case "ours" where clash != nil: choices[pointer] = .ours
            case "theirs" where clash != nil: choices[pointer] = .theirs
            case "both":
                let all = [clash?.ours, clash?.theirs].flatMap { $0?.arrayValue ?? [] }
                choices[pointer] = .value(.array(all))
            case "other": choices[pointer] = .value(form.field(at: pointer)?.answer(typed: text) ?? .null)
            default: break
            }
        }
    }
}

extension Visit {
    /// The two copies of a dossier side by side, to be decided place by place.
    func conflictPage() async throws -> HTTPResponse { try await conflictPage(ConflictChoices(), note: "", status: 200) }

    /// Takes the choices: shows what they make, or ends the conflict with them.
    ///
    /// What the page showed is held against what stands there now: nobody decides for a value that they did not see.
    func decideConflict() async throws -> HTTPResponse {
        let id = parameter("id")
        let detail = try await store.dossier(id)
        guard case .conflict(.edited(let divergence)) = detail.problem else { return .redirect(to: "/dossiers/\(id)") }
        let form = try await conflictForm(detail)
        let chosen = ConflictChoices(fields, divergence: divergence, form: form)
        guard fields["seen"] == Self.sign(of: divergence) else {
            return try await conflictPage(
                ConflictChoices(),
                note: notice(
                    .warn, say("Bản trên cổng vừa thay đổi", "The portal's copy has just changed"),
                    "<p>\(say("Hãy xem lại từng mục rồi chọn.", "Look at each place again and choose."))</p>"), status: 409)
        }
        if fields["do"] == "back" { return try await conflictPage(chosen, note: "", status: 200) }
        do {
            if fields["do"] == "decide" {
                _ = try await store.resolveConflict(of: id, choices: chosen.choices, now: now)
                return .redirect(to: "/dossiers/\(id)")
            }
            let preview = try await store.previewResolution(of: id, choices: chosen.choices, now: now)
            return conflictPreview(preview, chosen, divergence: divergence, detail: detail, form: form)
        } catch StoreError.choices(.undecided(let open)) {
            let words = say("Còn \(open.count) mục chưa chọn", "\(open.count) places are not decided")
            let items = open.map { pointer -> HTML in
                "<li><a href=\"#\(Addresses.anchor(pointer.description))\">\(name(of: located(pointer, detail), in: form))</a></li>"
            }
            return try await conflictPage(chosen, note: notice(.bad, words, "<ul>\(items)</ul>"), status: 422)
        }
    }

    /// Takes the last decision back while nothing of it was sent.
    func undoConflict() async throws -> HTTPResponse {
        try await store.undoResolution(of: parameter("id"), now: now)
        return .redirect(to: "/dossiers/\(parameter("id"))/conflict")
    }

    /// What there is to say of a decision that can still be taken back.
    func undoCard(_ detail: DossierDetail) async throws -> HTML {
        guard detail.events.contains(where: { $0.kind == .resolved }),
            try await store.canUndoResolution(of: detail.summary.id)
        else { return "" }
        return notice(
            .good, say("Đã chọn xong chỗ khác nhau", "The differences are settled"),
            """
            <p>\(say("Chưa gửi lên cổng nên còn lấy lại được.", "Nothing was sent yet, so it can be taken back."))</p>
            <form method="post" action="/dossiers/\(detail.summary.id)/conflict/undo">\(csrf)<button class="button">\(
                say("Lấy lại để chọn lại", "Take it back and decide anew"))</button></form>
            """)
    }

    private func conflictForm(_ detail: DossierDetail) async throws -> Form {
        let procedure = try store.procedure(detail.summary.procedure, version: detail.summary.catalogueVersion)
        return Form(procedure, today: today)
    }

    /// A short sign of what a person is shown (FNV-1a): a choice is made for these values and no others.
    private static func sign(of divergence: Divergence) -> String {
        let bytes = (try? JSONText.encode(divergence.clashes)) ?? Data()
        let hash = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        return String(hash, radix: 16)
    }

    // MARK: Side by side

    private func conflictPage(_ chosen: ConflictChoices, note: HTML, status: Int) async throws -> HTTPResponse {
        let detail = try await store.dossier(parameter("id"))
        let id = detail.summary.id
        guard case .conflict(.edited(let divergence)) = detail.problem else { return .redirect(to: "/dossiers/\(id)") }
        let form = try await conflictForm(detail)
        let papers = try await store.papersEver(of: id)
        var cards = divergence.clashes.enumerated().map { number, clash in
            clashCard(clash, number: number, chosen: chosen, detail: detail, divergence: divergence, form: form, papers: papers)
        }
        let broken = divergence.broken.filter { issue in
            !divergence.clashes.contains { issue.pointer.isInside(located($0.pointer, detail)) }
        }
        cards += broken.enumerated().map { number, issue in
            brokenCard(issue, number: divergence.clashes.count + number, chosen: chosen, detail: detail, form: form)
        }
        let name = detail.summary.subject.isEmpty ? detail.summary.applicant : detail.summary.subject
        let merged = mergedWords(divergence.merged, detail: detail, form: form)
        let content: HTML = """
            \(back("/dossiers/\(id)", name))<h1>\(say("Đối chiếu hai bản", "Compare the two copies"))</h1>
            <p class="lead">\(say("Hỏi người dân bên nào đúng. Chọn từng mục, rồi xem kết quả trước khi ghi nhận. Không bản nào bị mất: cả hai vẫn giữ trong lịch sử.",
                "Ask the resident which is right. Choose place by place, then see the result before it is sealed. Neither copy is lost."))</p>
            \(note)\(merged)
            <form method="post" action="/dossiers/\(id)/conflict" autocomplete="off">\(csrf)
            <input type="hidden" name="seen" value="\(Self.sign(of: divergence))">\(HTML.join(cards))
            <div class="buttons bar"><button class="button primary" name="do" value="preview">\(
                say("Xem kết quả", "See the result")) →</button></div></form>
            <form method="post" action="/dossiers/\(id)/reopen" class="aside">\(csrf)<p class="help">\(
                say("Phải sửa nhiều chỗ hơn?", "More has to be mended?"))</p><button class="button">\(
                say("Mở cả tờ khai để sửa", "Open the whole form"))</button></form>
            """
        return page(say("Đối chiếu", "Compare"), content, status: status, assets: ["conflict.css"])
    }

    private func clashCard(
        _ clash: Clash, number: Int, chosen: ConflictChoices, detail: DossierDetail, divergence: Divergence, form: Form,
        papers: [PaperRow]
    ) -> HTML {
        let place = clash.pointer.description
        let anchor = Addresses.anchor(place)
        let field = form.field(at: clash.pointer)
        let isPapers = clash.pointer.tokens.first == "attachments"
        let side = chosen.typed[place]?.side ?? ""
        let (ours, theirs) = differing(clash, field: field, form: form)
        func value(_ value: JSONValue?, _ words: HTML) -> HTML {
            if isPapers { return pictures(value, detail: detail, papers: papers) }
            return value?.objectValue == nil ? words : member(value, at: clash.pointer, form: form)
        }
        func copy(_ title: String, _ hand: String, _ value: HTML) -> HTML {
            "<div class=\"copy\"><h3>\(title)</h3><p class=\"help\">\(hand)</p><div class=\"copy-value\">\(value)</div></div>"
        }
        let base = clash.base.map { spoken($0, at: clash.pointer, form: form) } ?? say("(không có)", "(nothing)")
        let mine =
            clash.ours == nil
            ? say("Bỏ đi, như ở máy này", "Take it out, as here") : say("Lấy bản ở máy này", "Take this machine's")
        let other =
            clash.theirs == nil
            ? say("Bỏ đi, như trên cổng", "Take it out, as at the portal") : say("Lấy bản trên cổng", "Take the portal's")
        let both: HTML = isPapers ? radio(number, "both", say("Giữ cả hai", "Keep both"), isChosen: side == "both") : ""
        return """
            <section class="card clash" id="\(anchor)" tabindex="-1"><h2>\(name(of: located(clash.pointer, detail), in: form))</h2>
            <input type="hidden" name="p.\(number)" value="\(place)"><div class="copies">
            \(copy(say("Lúc đầu", "At first"), say("bản hai bên cùng sửa", "what both started from"), value(clash.base, HTML.lines(base))))
            \(copy(say("Ở máy này", "Here"), hand(divergence.ours), value(clash.ours, ours)))
            \(copy(say("Trên cổng", "At the portal"), hand(divergence.theirs), value(clash.theirs, theirs)))</div>
            <fieldset class="choices"><legend>\(say("Chọn", "Choose"))</legend>\(radio(number, "ours", mine, isChosen: side == "ours"))
            \(radio(number, "theirs", other, isChosen: side == "theirs"))\(both)\(
                field.map { otherValue($0, number: number, chosen: chosen.typed[place]) } ?? "")</fieldset></section>
            """
    }

    /// A place that both sides' edits together make wrong.
    private func brokenCard(
        _ issue: FormIssue, number: Int, chosen: ConflictChoices, detail: DossierDetail, form: Form
    ) -> HTML {
        let place = issue.pointer.addressed(in: detail.answers).description
        let field = form.field(at: issue.pointer)
        let control: HTML =
            field.map { otherValue($0, number: number, chosen: chosen.typed[place]) }
            ?? "<p>\(say("Mở cả tờ khai để sửa chỗ này.", "Open the whole form to mend this."))</p>"
        return """
            <section class="card clash" id="\(Addresses.anchor(place))" tabindex="-1"><h2>\(name(of: issue.pointer, in: form))</h2>
            <input type="hidden" name="p.\(number)" value="\(place)">
            <p class="error">\(say("Hai bên sửa khác chỗ, nhưng gộp lại thì chưa đúng:", "The edits do not clash, but together they are not right:")) \(
                say(issue.message))</p><p>\(say("Đang ghi:", "As it stands:")) <b>\(
                spoken(detail.answers[issue.pointer], at: issue.pointer, form: form))</b></p>
            <fieldset class="choices"><legend>\(say("Sửa", "Mend"))</legend>\(control)</fieldset></section>
            """
    }

    private func radio(_ number: Int, _ value: String, _ label: String, isChosen: Bool) -> HTML {
        """
        <label class="choice"><input type="radio" name="c.\(number)" value="\(value)" autocomplete="off"\(" checked", when: isChosen)>
        <span>\(label)</span></label>
        """
    }

    private func otherValue(_ field: FormField, number: Int, chosen: (side: String, text: String)?) -> HTML {
        let text = chosen?.text ?? ""
        let label = say("Ghi khác:", "Something else:")
        let control: HTML
        switch field.type {
        case .choice, .yesNo:
            let options: [(value: String, label: String)] =
                field.type == .yesNo
                ? [("true", say("Có", "Yes")), ("false", say("Không", "No"))]
                : (field.options ?? []).map { ($0.value, say($0.label)) }
            let items = options.map { option -> HTML in
                "<option value=\"\(option.value)\"\(" selected", when: option.value == text)>\(option.label)</option>"
            }
            control = "<select name=\"v.\(number)\" id=\"v-\(number)\"><option value=\"\"></option>\(items)</select>"
        case .longText:
            control =
                "<textarea name=\"v.\(number)\" id=\"v-\(number)\" rows=\"4\" maxlength=\"\(field.longest)\" data-viet>\n\(text)</textarea>"
        default:
            control =
                "<input type=\"text\" name=\"v.\(number)\" id=\"v-\(number)\" maxlength=\"\(field.longest)\" spellcheck=\"false\" data-viet value=\"\(text)\">"
        }
        return """
            <div class="other">\(radio(number, "other", label, isChosen: chosen?.side == "other"))
            <label class="unseen" for="v-\(number)">\(label)</label>\(control)</div>
            """
    }

    /// Both values as people read them, the letters that the other does not have marked.
    private func differing(_ clash: Clash, field: FormField?, form: Form) -> (HTML, HTML) {
        let ours = spoken(clash.ours, at: clash.pointer, form: form)
        let theirs = spoken(clash.theirs, at: clash.pointer, form: form)
        let isText =
            field.map { [.text, .longText, .personName, .citizenId, .identityCard, .phone, .email].contains($0.type) } == true
        guard isText, clash.ours != nil, clash.theirs != nil else { return (HTML.lines(ours), HTML.lines(theirs)) }
        let pieces = TextDifference.between(ours, theirs)
        func marked(_ pieces: [TextDifference.Piece]) -> HTML {
            let parts = pieces.map { piece -> HTML in
                piece.isCommon ? "<span>\(piece.text)</span>" : "<mark class=\"differs\">\(piece.text)</mark>"
            }
            return "<p class=\"letters\">\(HTML.join(parts))</p>"
        }
        return (marked(pieces.first), marked(pieces.second))
    }

    /// The papers of a side: pictures where this machine has them.
    private func pictures(_ value: JSONValue?, detail: DossierDetail, papers: [PaperRow]) -> HTML {
        let digests = value?.arrayValue?.compactMap(\.stringValue) ?? []
        guard !digests.isEmpty else { return "<p>\(say("(không có)", "(nothing)"))</p>" }
        let items = digests.map { digest -> HTML in
            if let paper = papers.first(where: { $0.sha256 == digest }) {
                return """
                    <li>\(thumbnail(of: paper, at: "/dossiers/\(detail.summary.id)/papers/\(paper.id)"))<span class="file-name">\(paper.fileName)
                    <small>\(say.size(paper.size))</small></span></li>
                    """
            }
            let known = detail.portal?.details?.first { $0.sha256 == digest }
            return """
                <li><span class="file-name">\(known?.fileName ?? say("Một tệp", "A file"))<small>\(
                    say("Ảnh này chỉ có trên cổng, chưa có ở máy này. Hỏi Công an xã nếu cần xem.",
                        "This picture is at the portal only, not on this machine. Ask the commune police to see it."))</small></span></li>
                """
        }
        return "<ul class=\"files\">\(items)</ul>"
    }

    /// All that is known of a member of a list.
    private func member(_ value: JSONValue?, at pointer: JSONPointer, form: Form) -> HTML {
        let section = form.procedure.sections.first { $0.repeats.map { pointer.isInside($0.pointer) } == true }
        let rows = (section?.fields ?? []).compactMap { field -> HTML? in
            guard let answer = value?[field.pointer], !answer.isBlank else { return nil }
            return "<div><dt>\(say(field.label))</dt><dd>\(HTML.lines(field.spoken(answer, say)))</dd></div>"
        }
        return "<dl class=\"answers stacked\">\(HTML.join(rows))</dl>"
    }

    // MARK: The result

    private func conflictPreview(
        _ preview: ResolutionPreview, _ chosen: ConflictChoices, divergence: Divergence, detail: DossierDetail, form: Form
    ) -> HTTPResponse {
        let kept = fields.filter { $0.key.hasPrefix("p.") || $0.key.hasPrefix("c.") || $0.key.hasPrefix("v.") }
            .sorted { $0.key < $1.key }.map { key, value -> HTML in
                "<input type=\"hidden\" name=\"\(key)\" value=\"\(value)\">"
            }
        let decided = divergence.clashes.map { clash -> HTML in
            let result =
                clash.pointer.tokens.first == "attachments"
                ? say(
                    "\(preview.papers.count { $0.component == clash.pointer.tokens.last }) tệp",
                    "\(preview.papers.count { $0.component == clash.pointer.tokens.last }) files")
                : spoken(
                    clash.pointer.located(in: preview.answers).flatMap { preview.answers[$0] }, at: clash.pointer, form: form)
            return "<div><dt>\(name(of: located(clash.pointer, detail), in: form))</dt><dd>\(HTML.lines(result))</dd></div>"
        }
        let faults = preview.faults.map { issue -> HTML in
            "<li><b>\(name(of: issue.pointer, in: form))</b>: \(say(issue.message))</li>"
        }
        let verdict: HTML =
            faults.isEmpty
            ? notice(
                .good, say("Kết quả đúng mẫu.", "The result is in order."),
                "<p>\(preview.isThere ? say("Cổng đã có đúng bản này, không phải gửi gì.", "The portal has just this; nothing is sent.") : say("Ghi nhận thì máy gửi bản này lên cổng. Chưa gửi thì còn lấy lại được.", "Once sealed it is sent. Until then it can be taken back."))</p>"
            )
            : notice(.bad, say("Chưa ghi nhận được:", "It cannot be sealed:"), "<ul>\(faults)</ul>")
        let sections = form.sections(for: preview.answers).map { section -> HTML in
            "<section class=\"card read\"><h2>\(say(section.title))</h2>\(answers(of: section, in: form, preview.answers))</section>"
        }
        let decide: HTML =
            faults.isEmpty
            ? "<button class=\"button primary\" name=\"do\" value=\"decide\">\(say("Ghi nhận kết quả này", "Seal this result"))</button>"
            : ""
        let content: HTML = """
            <h1>\(say("Kết quả sau khi chọn", "What the choices make"))</h1>\(verdict)
            <section class="card read"><h2>\(say("Các mục vừa chọn", "What was decided"))</h2><dl class="answers">\(decided)</dl></section>
            <form method="post" action="/dossiers/\(detail.summary.id)/conflict" autocomplete="off">\(csrf)\(HTML.join(kept))
            <input type="hidden" name="seen" value="\(Self.sign(of: divergence))"><div class="buttons bar">
            <button class="button" name="do" value="back">← \(say("Chọn lại", "Choose again"))</button>\(decide)</div></form>
            <details><summary>\(say("Xem cả tờ khai sau khi gộp", "The whole form after the merge"))</summary>\(HTML.join(sections))</details>
            """
        return page(
            say("Kết quả", "Result"), content, status: faults.isEmpty ? 200 : 422, assets: ["conflict.css"])
    }
}
