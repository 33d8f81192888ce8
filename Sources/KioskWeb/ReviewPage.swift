internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// The whole dossier before it is sealed: what has to be mended, every answer, the papers, the consent.
    func reviewPage() async throws -> HTTPResponse {
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
        let reminder: HTML =
            request.query["consent"] == "1" && errors.isEmpty
            ? notice(
                .bad, say("Chưa có sự đồng ý", "No consent yet"),
                "<p>\(say("Hãy đọc lời đồng ý cho người dân nghe rồi đánh dấu.", "Read the consent to the resident, then tick it."))</p>"
            )
            : ""
        let ready: HTML =
            !all.contains(where: view.blocks)
            ? notice(
                .good,
                say("Hồ sơ đã đủ. Hãy đọc lại cùng người dân.", "The dossier is complete. Read it through with the resident."))
            : ""
        let content: HTML = """
            <h1>\(say("Xem lại và ghi nhận", "Review and seal"))</h1>
            \(summary(of: errors, in: view, title: say("Còn \(errors.count) chỗ phải sửa trước khi ghi nhận", "\(errors.count) things to mend first")))
            \(reminder)\(ready)
            <form method="post" action="/dossiers/\(view.id)/review" autocomplete="off">\(csrf)
            \(warningCards(warnings, in: view))\(view.sections.map { sectionCard($0, in: view) })\(papersCard(view))
            \(consentCard(try await store.begun(view.id).edition.consent, canSeal: errors.isEmpty))</form>
            """
        return try await stepPage(view, current: "@review", title: say("Xem lại", "Review"), content)
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

    private func consentCard(_ consent: Catalogue.ConsentText, canSeal: Bool) -> HTML {
        """
        <section class="card consent" id="consent"><h2>\(say("Lời đồng ý của người dân", "The resident's consent"))</h2>
        <blockquote>\(say(consent.text))</blockquote>
        <label class="choice tick"><input type="checkbox" name="consent" value="yes" autocomplete="off">
        <span>\(say("Đã đọc cho người dân nghe và người dân đồng ý", "It was read to the resident, who agrees"))</span></label>
        <fieldset class="field"><legend>\(say("Ai đồng ý?", "Who agrees?"))</legend><div class="choices few">
        <label class="choice"><input type="radio" name="by" value="applicant" autocomplete="off">
        <span>\(say("Người kê khai", "The applicant"))</span></label>
        <label class="choice"><input type="radio" name="by" value="guardian" autocomplete="off">
        <span>\(say("Cha, mẹ hoặc người giám hộ", "A parent or guardian"))</span></label></div></fieldset>
        <div class="buttons"><button class="button primary"\(" disabled", when: !canSeal)>\(
                say("Ghi nhận và in phiếu", "Seal and print the receipt"))</button></div>
        </section>
        """
    }

    /// Seals the dossier where it is ready and agreed to; else the review says what is missing.
    func seal() async throws -> HTTPResponse {
        let id = parameter("id")
        let form = Form(try await store.procedure(ofDossier: id), today: VietnamTime.day(of: now))
        let reasons = fields.filter { $0.key.hasPrefix("r:") }
        if !reasons.isEmpty { try await store.changeDraft(of: id, now: now) { $0.take(reasons, form: form) } }
        guard fields["consent"] == "yes", let giver = fields["by"].flatMap(Consent.Giver.init) else {
            return .redirect(to: "/dossiers/\(id)/review?consent=1#consent")
        }
        do {
            _ = try await store.seal(id, consentBy: giver, acceptsWarnings: false, now: now)
        } catch StoreError.notReady {
            return .redirect(to: "/dossiers/\(id)/review?check=1")
        }
        return .redirect(to: "/dossiers/\(id)/receipt")
    }
}
