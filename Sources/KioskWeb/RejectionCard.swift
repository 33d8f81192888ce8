internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Visit {
    /// Why the portal refused a dossier, place by place, with what to do about each.
    func rejectionCard(_ rejection: Rejection, detail: DossierDetail, form: Form) async throws -> HTML {
        let notes = try await returnNotes(of: detail)
        let isDamaged = rejection.code == Rejection.damagedHere
        let ownWords =
            isDamaged
            ? say(
                "Một phần hồ sơ hoặc giấy tờ trong máy bị hỏng, không đọc lại được. Sửa chỗ ghi ở dưới; nếu không có chỗ nào thì đừng xóa gì, hãy gọi người hỗ trợ khôi phục từ bản sao lưu.",
                "Part of this dossier or of its papers is damaged on this machine. Mend what is named below; where nothing is, delete nothing and have the backup restored."
            ) : nil
        let closed = detail.isOfRetiredProcedure ? store.catalogue.closed?.first { $0.code == detail.summary.procedure } : nil
        let words: HTML = (ownWords ?? closed.map(closedWords) ?? rejection.detail).map { "<p>\($0)</p>" } ?? ""
        // Without a place the problem itself has to say what it is.
        let whole =
            notes.isEmpty && !isDamaged
            ? store.catalogue.reason(code: rejection.code, words: rejection.detail ?? "") : nil
        let advice: HTML = whole.map { "<p><b>\(say($0.name)).</b> \(say($0.advice))</p>" } ?? ""
        return notice(
            .bad,
            isDamaged
                ? say("Máy chưa gửi được vì:", "This machine could not send it because:")
                : say("Cổng trả lại vì:", "The portal returned it because:"),
            "\(words)\(faultList(notes, detail: detail, form: form))\(advice)\(referral(notes.compactMap(\.reason) + (whole.map { [$0] } ?? []), detail.summary))"
        )
    }

    /// What the officer asks for; the notes of a request for supplements lead to where each is mended.
    func remarks(_ detail: DossierDetail, form: Form) async throws -> HTML {
        guard let remarks = detail.portal?.remarks, !remarks.isEmpty else { return "" }
        let title = say("Lời nhắn của cán bộ", "The officer's remarks")
        if detail.summary.status == .supplementRequired, detail.problem == nil {
            let notes = try await returnNotes(of: detail)
            return """
                <section class="card"><h2>\(title)</h2>\(faultList(notes, detail: detail, form: form))\(
                    referral(notes.compactMap(\.reason), detail.summary))</section>
                """
        }
        let items = remarks.map { remark -> HTML in
            let about: HTML =
                remark.pointer.flatMap { JSONPointer($0) }.map {
                    "<p class=\"help\">\(say("Về:", "About:")) \(name(of: $0, in: form))</p>"
                } ?? ""
            return
                "<article class=\"remark\">\(about)\(HTML.lines(remark.text))<p class=\"help\">\(remark.by), \(say.time(remark.at))</p></article>"
        }
        return "<section class=\"card\"><h2>\(title)</h2>\(items)</section>"
    }

    private func faultList(_ notes: [ReturnNote], detail: DossierDetail, form: Form) -> HTML {
        guard !notes.isEmpty else { return "" }
        let isDraft = detail.summary.state == .draft
        let items = notes.enumerated().map { index, note -> HTML in
            let name = note.pointer.tokens.isEmpty ? say("Cả hồ sơ", "The whole dossier") : self.name(of: note.pointer, in: form)
            let words = note.isBadScan ? say("Chụp lại trang này", "Take this page again") : say("Sửa chỗ này", "Mend this")
            let button: HTML =
                isDraft || detail.openWithdrawal != nil
                ? ""
                : """
                <form method="post" action="/dossiers/\(detail.summary.id)/reopen">\(csrf)<input type="hidden" name="note" value="\(index)">
                <button class="button">\(words)<span class="unseen"> \(name)</span></button></form>
                """
            return "<li><p><b>\(name)</b></p>\(self.words(of: note, in: form))<div class=\"buttons start\">\(button)</div></li>"
        }
        return "<ul class=\"faults\">\(items)</ul>"
    }

    /// The way to the police, where nobody else can mend it, and setting the case aside meanwhile.
    private func referral(_ reasons: [RejectionReason], _ dossier: DossierSummary) -> HTML {
        guard reasons.contains(where: { $0.mender == .police }) else { return "" }
        return """
            <p>\(say("Nếu chỉ Công an xã sửa được:", "Where only the commune police can mend it:"))</p>
            <div class="buttons start"><a class="button" href="/dossiers/\(dossier.id)/referral">\(
                say("In giấy giới thiệu", "Print the referral"))</a>\(parkButton(dossier))</div>
            """
    }
}
