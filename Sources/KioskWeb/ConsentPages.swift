internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// The consent part of the review.
    ///
    /// - Parameter given: what was told before and did not suffice; nil shows an empty form without a reproach.
    func consentForm(of view: DraftView, _ given: ConsentGiven?, canSeal: Bool) async throws -> ConsentForm {
        let text = store.catalogue.consentText
        let page = try await store.consentPage(of: view.id)
        let birthDate = view.draft.answers[view.procedure.applicant.appending("birthDate")]?.stringValue ?? ""
        let isMinor = text.isMinor(birthDate: birthDate, on: today)
        return ConsentForm(
            dossier: view.id, text: text, given: given ?? ConsentGiven(),
            issues: given.map { text.issues(in: $0, isMinor: isMinor, hasPage: page != nil) } ?? [], isMinor: isMinor,
            page: page.map { pageItem($0, at: "/dossiers/\(view.id)/consent/page") } ?? "",
            maximumFileBytes: desk.options.maximumFileBytes, canSeal: canSeal, say: say)
    }

    /// A signed page to look at.
    private func pageItem(_ page: ConsentPage, at path: String) -> HTML {
        let title = say("Trang đã ký", "Signed page")
        let inner: HTML =
            switch page.mediaType {
            case "image/jpeg", "image/png": "<img src=\"\(path)\" alt=\"\(title)\">"
            case "application/pdf": "<span class=\"sheet\">PDF</span>"
            default: "<span class=\"sheet\">TIFF</span>"
            }
        return """
            <li><a class="thumb" href="\(path)" target="_blank" rel="noopener">\(inner)</a><span class="file-name">\(title)<small>\(
                say.size(page.size))</small></span></li>
            """
    }

    // MARK: The signed page

    /// Takes the photo of the signed page in (`POST /dossiers/{id}/consent/page`).
    func uploadConsentPage() async throws -> HTTPResponse {
        let id = parameter("id")
        _ = try await store.draft(of: id)
        let taken = try await takeFileIn(component: "")
        let page = try await store.setConsentPage(taken.file, mediaType: taken.mediaType, of: id, now: desk.now())
        let item = pageItem(page, at: "/dossiers/\(id)/consent/page")
        let state: HTML = "<span class=\"badge good\">\(say("Đã lưu ảnh", "Saved"))</span>"
        return try .encoded(UploadAnswer(saved: true, files: item.markup, state: state.markup, total: nil))
    }

    func waitingConsentPage() async throws -> HTTPResponse {
        try show(try await store.consentPage(of: parameter("id")))
    }

    func sealedConsentPage() async throws -> HTTPResponse { try show(try await consentRecord().page) }

    private func show(_ page: ConsentPage?) throws -> HTTPResponse {
        guard let page else { throw StoreError.noPaper }
        return content(of: page.attachment, size: page.size, mediaType: page.mediaType)
    }

    private func consentRecord() async throws -> ConsentRecord {
        guard let revision = Int(parameter("revision")) else { throw StoreError.noDossier }
        return try await store.consent(of: parameter("id"), revision: revision)
    }

    // MARK: What was agreed to

    /// One revision's consent with what proves it.
    func consentPage() async throws -> HTTPResponse {
        let id = parameter("id")
        let record = try await consentRecord()
        let consent = record.consent
        let giver: LocalText =
            consent.by == .applicant
            ? LocalText(vi: "Người kê khai", en: "The applicant")
            : LocalText(vi: "Cha, mẹ hoặc người giám hộ", en: "A parent or guardian")
        let rows: [(String, String?)] = [
            (say("Ai đồng ý", "Who agreed"), say(giver)),
            (say("Họ tên", "Name"), consent.guardian.map { "\($0.name) – \(say($0.relation.words))" }),
            (say("Người làm chứng", "Witness"), consent.witness), (say("Lúc", "When"), say.time(consent.at)),
            (say("Trước người trực", "Before"), consent.operatorName),
            (say("Ghi lại bằng", "Recorded by"), consent.evidence.map { say($0.words) }),
            (say("Lý do", "Reason"), consent.reason), (say("Lời đồng ý, phiên bản", "Text, version"), consent.version),
        ]
        let lines = rows.compactMap { name, value -> HTML? in value.map { "<div><dt>\(name)</dt><dd>\($0)</dd></div>" } }
        // The path was read letter by letter: it is numbers, M and L only.
        let signature: HTML =
            record.signature.map {
                """
                <svg class="signature" viewBox="0 0 \(Signature.width) \(Signature.height)" role="img" aria-label="\(
                    say("Chữ ký", "Signature"))"><path d="\($0.path)"></path></svg>
                """
            } ?? ""
        let page: HTML =
            record.page.map {
                "<ul class=\"files\">\(pageItem($0, at: "/dossiers/\(id)/consents/\(parameter("revision"))/page"))</ul>"
            } ?? ""
        let content: HTML = """
            \(back("/dossiers/\(id)", say("Hồ sơ", "The dossier")))<section class="card read narrow"><h1>\(
                say("Lời đồng ý của người dân", "The resident's consent"))</h1>
            <blockquote lang="vi">\(HTML.lines(consent.text))</blockquote><dl class="answers">\(lines)</dl>\(signature)\(page)</section>
            """
        return self.page(say("Sự đồng ý", "Consent"), content)
    }

    /// What a dossier's resident agrees to now, with buttons to take an optional purpose back.
    func consentFacts(_ detail: DossierDetail) -> HTML {
        guard let consent = detail.consent, let purposes = store.consentText(version: consent.version)?.purposes else {
            return ""
        }
        let id = detail.summary.id
        let withdrawn = detail.events.withdrawnPurposes
        let items = purposes.map { purpose -> HTML in
            let agrees = detail.agrees(to: purpose.id) == true
            let state: HTML =
                agrees
                ? "<span class=\"badge good\">\(say("đồng ý", "agreed"))</span>"
                : withdrawn.contains(purpose.id)
                    ? "<span class=\"badge warn\">\(say("đã rút lại", "taken back"))</span>"
                    : "<span class=\"badge\">\(say("không đồng ý", "not agreed"))</span>"
            let button: HTML =
                agrees && !purpose.required
                ? """
                <form method="post" action="/dossiers/\(id)/consent/withdraw">\(csrf)<input type="hidden" name="purpose" value="\(purpose.id)">
                <button class="button small">\(say("Người dân rút lại", "The resident takes it back"))<span class="unseen">: \(
                    say(purpose.name))</span></button></form>
                """ : ""
            return "<li><span>\(say(purpose.name)) \(state)</span>\(button)</li>"
        }
        return """
            <section class="card read" id="consent"><h2>\(say("Sự đồng ý của người dân", "The resident's consent"))</h2>
            <ul class="agreed">\(items)</ul><p><a href="/dossiers/\(id)/consents/\(detail.summary.revision)">\(
                say("Xem sự đồng ý", "See the consent"))</a></p></section>
            """
    }

    /// What a purpose of a dossier's consent is called.
    func consentName(of purpose: String, in detail: DossierDetail) -> String {
        detail.consent.flatMap { store.consentText(version: $0.version)?.purpose(purpose) }.map { say($0.name) } ?? purpose
    }

    /// Whether the resident may be called, to stand beside a phone number; nothing where it was never asked.
    func contactNote(_ agrees: Bool?) -> HTML {
        switch agrees {
        case nil: ""
        case true?: "<span class=\"badge good\">\(say("đồng ý gọi điện, nhắn tin", "may be called"))</span>"
        case false?: "<span class=\"badge bad\">\(say("không đồng ý gọi điện", "must not be called"))</span>"
        }
    }

    /// Records that an optional purpose is taken back (`POST /dossiers/{id}/consent/withdraw`).
    func withdrawConsent() async throws -> HTTPResponse {
        let id = parameter("id")
        try await store.withdrawConsent(to: fields["purpose"] ?? "", of: id, now: now)
        return .redirect(to: "/dossiers/\(id)#consent")
    }
}
