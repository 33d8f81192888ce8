internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Visit {
    /// The page on which a resident withdraws a dossier: why, who consents, and that it was read out.
    func withdrawalPage() async throws -> HTTPResponse { try await withdrawalPage(wrong: false) }

    private func withdrawalPage(wrong: Bool) async throws -> HTTPResponse {
        let detail = try await store.dossier(parameter("id"))
        let dossier = detail.summary
        guard offersWithdrawal(detail) else { throw StoreError.notWithdrawableNow }
        let procedure = try store.procedure(dossier.procedure, version: dossier.catalogueVersion)
        let name = fields["name"] ?? dossier.applicant
        func giver(_ value: String, _ label: String) -> HTML {
            """
            <label class="choice"><input type="radio" name="by" value="\(value)" required autocomplete="off"\(
                " checked", when: fields["by"] == value)><span>\(label)</span></label>
            """
        }
        let error: HTML =
            wrong
            ? notice(
                .bad, say("Còn thiếu", "Something is missing"),
                "<p>\(say("Cần ghi lý do (nhiều nhất 500 chữ cái), tên người đồng ý, người đó là ai, và đánh dấu đã đọc lại.", "Give the reason (at most 500 letters), the name of who consents, who that is, and tick that it was read out."))</p>"
            ) : ""
        let what =
            dossier.code == nil
            ? say(
                "Hồ sơ này chưa có trên cổng: máy thôi gửi. Những gì đã khai vẫn giữ trong máy.",
                "The portal does not have it yet: it will not be sent. What was declared stays on this machine.")
            : say(
                "Máy gửi yêu cầu rút lên cổng. Cổng đã giải quyết xong thì không rút được nữa.",
                "The withdrawal is sent to the portal, which refuses it where the dossier is settled.")
        let content: HTML = """
            \(back("/dossiers/\(dossier.id)", say("Hồ sơ", "The dossier")))<div class="card narrow"><h1>\(say("Rút hồ sơ", "Withdraw the dossier"))</h1>
            <p class="lead"><b>\(dossier.subject)</b> – \(self.name(of: procedure))</p><p>\(what)</p>\(error)
            <form method="post" action="/dossiers/\(dossier.id)/withdraw" autocomplete="off">\(csrf)
            <div class="field"><label for="reason">\(say("Lý do rút, theo lời người dân", "Why, in the resident's words"))</label>
            <textarea id="reason" name="reason" rows="3" maxlength="500" required data-viet>\n\(fields["reason"] ?? "")</textarea></div>
            <div class="field"><label for="name">\(say("Họ tên người đồng ý rút", "Name of who consents"))</label>
            <input type="text" id="name" name="name" maxlength="100" required data-viet autocapitalize="words" spellcheck="false" value="\(name)"></div>
            <fieldset class="choices"><legend>\(say("Người đó là", "That is"))</legend>\(
                giver("applicant", say("Chính người kê khai", "The applicant")))\(
                giver("guardian", say("Cha mẹ, người giám hộ", "A parent or guardian")))</fieldset>
            <label class="choice tick"><input type="checkbox" name="consents" value="yes" required autocomplete="off">
            <span>\(say("Đã đọc lại cho người dân nghe và họ đồng ý rút hồ sơ này.", "It was read out to the resident, who consents to withdrawing this dossier."))</span></label>
            <div class="buttons"><a class="button" href="/dossiers/\(dossier.id)">← \(say("Thôi, giữ hồ sơ", "No, keep it"))</a>
            <button class="button danger solid">\(say("Rút hồ sơ", "Withdraw it"))</button></div></form></div>
            """
        return page(say("Rút hồ sơ", "Withdraw"), content, status: wrong ? 422 : 200)
    }

    func withdrawDossier() async throws -> HTTPResponse {
        let id = parameter("id")
        guard fields["consents"] == "yes", let by = Consent.Giver(rawValue: fields["by"] ?? "") else {
            return try await withdrawalPage(wrong: true)
        }
        do {
            try await store.withdraw(
                id, Withdrawal(reason: fields["reason"] ?? "", consentedBy: fields["name"] ?? "", by: by), now: now)
        } catch StoreError.withdrawalIncomplete {
            return try await withdrawalPage(wrong: true)
        }
        return .redirect(to: "/dossiers/\(id)")
    }

    func cancelWithdrawal() async throws -> HTTPResponse {
        try await store.cancelWithdrawal(of: parameter("id"), now: now)
        return .redirect(to: "/dossiers/\(parameter("id"))")
    }

    /// Whether there is anything to withdraw.
    func offersWithdrawal(_ detail: DossierDetail) -> Bool {
        let dossier = detail.summary
        return dossier.revision > 0 && dossier.state != .withdrawn && dossier.status?.isOver != true
            && detail.openWithdrawal == nil
    }

    /// A withdrawal that is asked for, or was, with who consented and why.
    func withdrawalCard(_ detail: DossierDetail) -> HTML {
        guard let event = detail.events.last(where: { $0.kind == .withdrawalAsked }), let asked = event.withdrawal else {
            return ""
        }
        let who =
            asked.by == .applicant ? say("người kê khai", "the applicant") : say("cha mẹ, người giám hộ", "a parent or guardian")
        let cancel: HTML =
            detail.openWithdrawal == nil
            ? ""
            : """
            <form method="post" action="/dossiers/\(detail.summary.id)/withdraw/cancel">\(csrf)<button class="button">\(
                say("Thôi rút", "Do not withdraw it"))</button></form>
            """
        return """
            <section class="card read"><h2>\(say("Rút hồ sơ", "Withdrawal"))</h2><dl class="answers stacked">
            <div><dt>\(say("Lý do", "Why"))</dt><dd>\(HTML.lines(asked.reason))</dd></div>
            <div><dt>\(say("Người đồng ý", "Who consented"))</dt><dd>\(asked.consentedBy) (\(who)), \(VietnamTime.spoken(event.at))</dd></div>
            </dl>\(cancel)</section>
            """
    }
}

extension DossierDetail {
    /// The withdrawal that is not settled yet.
    var openWithdrawal: Withdrawal? {
        guard summary.state != .withdrawn, summary.status?.isOver != true else { return nil }
        let ends: Set<DossierEvent.Kind> = [.withdrawalCancelled, .withdrawalRefused, .withdrawn]
        guard let last = events.last(where: { $0.kind == .withdrawalAsked || ends.contains($0.kind) }) else { return nil }
        return last.withdrawal
    }
}
