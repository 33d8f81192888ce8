internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// The whole dossier before it is sealed: what has to be mended, every answer, the papers, the consent.
    ///
    /// - Parameters:
    ///   - given: what was told of the consent, where it did not suffice.
    ///   - isAgainMissed: whether sending again was asked for without the resident's word.
    func reviewPage(_ given: ConsentGiven? = nil, isAgainMissed: Bool = false) async throws -> HTTPResponse {
        let view: DraftView
        do {
            view = try await draftView()
        } catch StoreError.notADraft {
            return .redirect(to: "/dossiers/\(parameter("id"))")
        }
        try await bookmark("@review", in: view)
        let all = view.issues + view.paperIssues
        let errors = all.filter { $0.severity == .error }
        let warnings = all.filter { $0.severity == .warning }
        let again = try await consentAgainCard(of: view.id, canSeal: errors.isEmpty, isMissed: isAgainMissed)
        let notes = try await returnNotes(of: view)
        let consent = try await consentForm(of: view, given, canSeal: errors.isEmpty)
        let ready: HTML =
            !all.contains(where: view.blocks)
            ? notice(
                .good,
                say("Hồ sơ đã đủ. Hãy đọc lại cùng người dân.", "The dossier is complete. Read it through with the resident."))
            : ""
        let content: HTML = """
            <h1>\(say("Xem lại và ghi nhận", "Review and seal"))</h1><div class="buttons start">\(try await printLinks(ofDossier: view.id))</div>
            \(returnedList(notes, in: view))\(summary(of: errors, in: view, title: say("Còn \(errors.count) chỗ phải sửa trước khi ghi nhận", "\(errors.count) things to mend first")))
            \(consent.summary)\(try await likelyDuplicates(of: view))\(ready)
            <form method="post" action="/dossiers/\(view.id)/review" autocomplete="off">\(csrf)
            \(warningCards(warnings, in: view))\(view.sections.map { sectionCard($0, in: view) })\(papersCard(view))
            \(again)\(fullConsent(consent, isFolded: !again.markup.isEmpty && given == nil))</form>
            """
        return try await stepPage(
            view, current: "@review", title: say("Xem lại", "Review"), content, status: given == nil && !isAgainMissed ? 200 : 422
        )
    }

    /// All questions of the consent; behind a line where the one of the last time can be stood by.
    private func fullConsent(_ consent: ConsentForm, isFolded: Bool) -> HTML {
        guard isFolded else { return consent.card }
        return
            "<details><summary>\(say("Ghi lại sự đồng ý từ đầu", "Record the consent anew"))</summary>\(consent.card)</details>"
    }

    private func warningCards(_ warnings: [FormIssue], in view: DraftView) -> HTML {
        guard !warnings.isEmpty else { return "" }
        let items = Dictionary(grouping: warnings, by: \.pointer).sorted { $0.key.description < $1.key.description }.map {
            pointer, issues -> HTML in
            let address = view.addresses.text(of: pointer)
            let id = "r-\(Addresses.anchor(address))"
            return """
                <div class="warned-item"><p><b>\(name(of: pointer, in: view.form))</b>: \(issues.map { say($0.message) }.joined(separator: " "))
                <a href="\(view.place(of: pointer))">\(say("Sửa", "Mend"))</a></p><label for="\(id)">\(say("Lý do vẫn giữ nguyên", "Why it stays"))</label>
                <textarea id="\(id)" name="r:\(address)" rows="2" maxlength="500" autocomplete="off" data-viet>\(view.reason(for: pointer))</textarea></div>
                """
        }
        return notice(.warn, say("Cần xem lại, hoặc ghi lý do", "Look again, or give a reason"), HTML.join(items))
    }

    private func sectionCard(_ section: FormSection, in view: DraftView) -> HTML {
        """
        <section class="card read"><div class="read-head"><h2>\(say(section.title))</h2>
        <a class="button small" href="/dossiers/\(view.id)/form/\(section.id)">\(say("Sửa", "Change"))<span class="unseen"> \(
            say(section.title))</span></a></div>\(answers(of: section, in: view.form, view.draft.answers))</section>
        """
    }

    private func papersCard(_ view: DraftView) -> HTML {
        """
        <section class="card read"><div class="read-head"><h2>\(say("Giấy tờ", "Papers"))</h2>
        <a class="button small" href="/dossiers/\(view.id)/papers">\(say("Sửa", "Change"))<span class="unseen"> \(
            say("giấy tờ", "papers"))</span></a></div>\(paperGallery(view.papers, procedure: view.procedure, dossier: view.id))</section>
        """
    }

    /// Papers to look at.
    func paperGallery(_ papers: [PaperRow], procedure: Procedure, dossier id: String) -> HTML {
        guard !papers.isEmpty else { return "<p class=\"nothing\">\(say("Không có giấy tờ nào.", "No papers."))</p>" }
        let items = papers.map { paper -> HTML in
            let name = procedure.component(paper.component).map { say($0.name) } ?? paper.component
            return """
                <li>\(thumbnail(of: paper, at: "/dossiers/\(id)/papers/\(paper.id)"))<span class="file-name">\(name)
                <small>\(paper.fileName), \(say.size(paper.size))</small></span></li>
                """
        }
        return "<ul class=\"files\">\(items)</ul>"
    }

    /// Seals the dossier where it is ready and agreed to; else the review says what is missing.
    func seal() async throws -> HTTPResponse {
        let id = parameter("id")
        let (edition, procedure) = try await store.begun(id)
        let form = Form(procedure, today: VietnamTime.day(of: now))
        let reasons = fields.filter { $0.key.hasPrefix("r:") }
        if !reasons.isEmpty { try await store.changeDraft(of: id, now: now) { $0.take(reasons, form: form) } }
        let sends = fields["do"] == "send"
        var given = ConsentGiven(fields, asked: edition.consentText)
        if sends, let (consent, purposes) = try await renewableConsent(of: id) {
            guard fields["consent.again"] == "yes" else { return try await reviewPage(isAgainMissed: true) }
            given = ConsentGiven(renewing: consent, purposes: purposes)
        }
        do {
            let sealed = try await store.seal(id, consent: given, acceptsWarnings: false, now: now)
            // The officer changed the same: the resident, who is still here, says which is right.
            if sealed.state == .conflict { return .redirect(to: "/dossiers/\(id)") }
        } catch StoreError.notReady {
            return try await reviewPage(given)
        } catch StoreError.noConsent {
            return try await reviewPage(given)
        }
        guard sends else { return .redirect(to: "/dossiers/\(id)/receipt") }
        return try await startSync()
    }
}
