internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
public import KioskSync

/// What the pages may ask of the portal about any dossier.
public protocol ProgressDesk: Sendable {
    /// How far a dossier is, by the portal itself.
    ///
    /// - Returns: `.unreachable` where there is no line, or nobody has unlocked the kiosk since it was started.
    func lookUp(code: String, procedure: String) async -> ProgressAnswer
}

/// What came of asking the portal.
public enum ProgressAnswer: Equatable, Sendable {
    /// The portal has it.
    case found(DossierProgress)
    /// The portal has no such dossier of this procedure.
    case unknown
    /// The portal could not be asked.
    case unreachable
}

extension Desk {
    /// The form, for anybody: nothing has to be unlocked.
    func lookUpPage(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await lookUpPage(request, answer: "", code: "", procedure: request.query["procedure"] ?? "")
    }

    /// Looks a dossier up by code and procedure: in this kiosk first, then at the portal.
    func lookUp(_ request: HTTPRequest) async throws -> HTTPResponse {
        let fields = try await request.form()
        let say = Tongue(request)
        let instant = now()
        let (typed, procedure) = (fields["code"] ?? "", fields["procedure"] ?? "")
        func page(_ answer: HTML, status: Int = 200) async throws -> HTTPResponse {
            try await lookUpPage(request, answer: answer, code: typed, procedure: procedure, status: status)
        }
        guard lookUpGate.isOpen(at: instant) else {
            return try await page(
                bad(say("Đã tra sai nhiều lần. Chờ năm phút rồi tra lại.", "Too many wrong tries. Wait five minutes.")),
                status: 429)
        }
        guard let code = DossierCode.typed(typed), !procedure.isEmpty else {
            return try await page(bad(say("Hãy nhập mã hồ sơ và chọn thủ tục.", "Type the code and choose the procedure.")))
        }
        let own = try await store.progress(code: code, procedure: procedure)
        switch await options.progress?.lookUp(code: code, procedure: procedure) ?? .unreachable {
        case .found(let progress):
            return try await page(card(progress, say, note: say("Cổng vừa trả lời.", "The portal answered just now.")))
        case .unknown:
            lookUpGate.miss(at: instant)
            return try await page(
                bad(
                    say(
                        "Cổng không có hồ sơ mang mã này của thủ tục này. Xem lại mã trên giấy hẹn và thủ tục.",
                        "The portal has no dossier of this code and procedure. Check both.")))
        case .unreachable:
            guard let own else {
                lookUpGate.miss(at: instant)
                return try await page(
                    bad(
                        say(
                            "Bây giờ chưa hỏi được cổng (không có mạng, hoặc máy chưa được mở khóa từ khi bật), và máy này không nộp hồ sơ nào như vậy. Hãy tra lại sau, hoặc nhờ trưởng thôn mở máy.",
                            "The portal cannot be asked now (no line, or the kiosk was not unlocked since it was switched on), and this kiosk filed no such dossier. Try again later, or ask the village head to unlock it."
                        )))
            }
            let heard = own.heardAt.map { VietnamTime.spoken($0) } ?? say("chưa rõ", "unknown")
            return try await page(
                card(
                    own.progress, say,
                    note: say(
                        "Bây giờ chưa hỏi được cổng (không có mạng, hoặc máy chưa được mở khóa từ khi bật). Đây là tin của cổng lúc \(heard).",
                        "The portal cannot be asked now (no line, or the kiosk was not unlocked since it was switched on). This is its news of \(heard)."
                    )))
        }
    }

    private func bad(_ text: String) -> HTML {
        "<div class=\"notice bad\" role=\"alert\"><p class=\"notice-title\">\(text)</p></div>"
    }

    /// Status only: no name, nothing personal.
    private func card(_ progress: DossierProgress, _ say: Tongue, note: String) -> HTML {
        let due: HTML =
            progress.dueAt.map { "<p>\(say("Hẹn", "Due")): <b>\(say.time($0))</b></p>" } ?? ""
        return """
            <div class="notice info" role="status"><p class="notice-title">\(say(progress.status.name))</p>
            <p>\(say("Mã hồ sơ", "Code")): <b>\(progress.code)</b></p><p>\(say("Từ", "Since")): \(say.time(progress.statusAt))</p>
            \(due)<p>\(note)</p></div>
            """
    }

    private func lookUpPage(
        _ request: HTTPRequest, answer: HTML, code: String, procedure: String, status: Int = 200
    ) async throws -> HTTPResponse {
        let say = Tongue(request)
        let groups = try await publicCatalogue()
        let options = groups.procedures.map { one -> HTML in
            """
            <option value="\(one.code)"\(" selected", when: one.code == procedure)>\(say(one.discreetName ?? one.name).capitalizedFirst)</option>
            """
        }
        let title = say("Tra cứu tiến độ hồ sơ", "How far is my dossier?")
        return publicPage(
            request, title,
            """
            \(answer)<form method="post" action="/public/lookup" autocomplete="off" class="card">
            <div class="field"><label for="code">\(say("Mã hồ sơ", "Dossier code"))</label>
            <input id="code" name="code" required maxlength="60" inputmode="numeric" autocomplete="off" value="\(code)">
            <p class="hint">\(say("Ghi trên giấy hẹn. Có thể chỉ bấm các chữ số.", "On the receipt. The digits alone are enough."))</p></div>
            <div class="field"><label for="procedure">\(say("Thủ tục hành chính", "Procedure"))</label>
            <select id="procedure" name="procedure" required><option value="">\(say("Chọn thủ tục", "Choose"))</option>\(options)</select></div>
            <button class="button primary block">\(say("Tra cứu", "Look up"))</button></form>
            """, status: status)
    }
}
