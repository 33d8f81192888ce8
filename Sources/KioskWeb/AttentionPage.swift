internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// How many things wait for someone in the village.
    func attentionCount() async throws -> Int {
        let dossiers = try await store.dossiers(.needsPerson, limit: 200).count { !$0.awaitsAccount }
        return dossiers + (try await store.accountsAwaitingPerson().count)
    }

    func attentionPage() async throws -> HTTPResponse {
        let accounts = try await store.accountsAwaitingPerson()
        let dossiers = try await store.dossiers(.needsPerson, limit: 200)
        let waiting = dossiers.filter(\.awaitsAccount)
        let others = dossiers.filter { !$0.awaitsAccount }
        let calm: HTML =
            accounts.isEmpty && dossiers.isEmpty
            ? notice(.good, say("Không có việc nào cần xử lý.", "Nothing needs you now.")) : ""
        let content: HTML = """
            \(back("/", say("Trang đầu", "Home")))<h1>\(say("Cần xử lý", "Needs you"))</h1>\(wrongCode)\(calm)
            \(group(say("Nhập mã 6 số người dân nhận qua tin nhắn", "Enter the six digits that the resident got by SMS"),
                accounts.map { account in "<div class=\"card\">\(codeForm(account, next: "/attention"))</div>" }))
            \(group(say("Hồ sơ cần sửa hoặc bổ sung", "Dossiers to mend or supplement"), others.map { rowLink($0) }))
            \(group(say("Hồ sơ chờ tài khoản", "Dossiers that wait for an account"), waiting.map { rowLink($0) }))
            """
        return page(say("Cần xử lý", "Needs you"), content)
    }

    private func group(_ title: String, _ items: [HTML]) -> HTML {
        items.isEmpty ? "" : "<section><h2>\(title)</h2><div class=\"rows\">\(items)</div></section>"
    }

    /// The note that a code was not six digits.
    var wrongCode: HTML {
        guard request.query["code"] == "wrong" else { return "" }
        return notice(.bad, say("Mã gồm đúng 6 chữ số. Hãy nhập lại.", "A code has exactly six digits. Enter it again."))
    }

    /// The form for the six digits of an account, with how it stands.
    func codeForm(_ account: AccountRow, next: String) -> HTML {
        let id = "code-\(account.id)"
        let state =
            switch account.state {
            case "code-sent": say("Cổng đã gửi mã về số \(account.phone).", "The portal sent a code to \(account.phone).")
            case "code-wrong":
                say("Mã lần trước không đúng. Hãy hỏi lại người dân.", "The last code was wrong. Ask the resident again.")
            case "code-expired":
                say("Mã lần trước đã hết hạn. Chờ mã mới rồi nhập.", "The last code is out of date. Enter the new one.")
            case "locked", "account-locked":
                say(
                    "Tài khoản bị khóa. Người dân cần đến Công an xã.",
                    "The account is locked. The resident has to go to the commune police.")
            default: say("Tài khoản chưa xác minh.", "The account is not verified.")
            }
        let attempts = account.attemptsLeft.map { say("Còn \($0) lần nhập.", "\($0) tries left.") } ?? ""
        let expires =
            account.expiresAt.map {
                say("Mã có hạn đến \(VietnamTime.spoken($0)).", "The code is good until \(VietnamTime.spoken($0)).")
            } ?? ""
        return """
            <form method="post" action="/accounts/\(account.id)/code" class="code" autocomplete="off">\(csrf)
            <input type="hidden" name="next" value="\(next)"><div><p><b>\(account.fullName)</b></p><p>\(state) \(expires) \(attempts)</p>\(
                contactNote(account.agreesToContact))</div>
            <div class="code-entry"><label for="\(id)">\(say("Mã 6 số", "Six digits"))</label>
            <input id="\(id)" class="digits" name="code" inputmode="numeric" maxlength="9" autocomplete="off" required>
            <button class="button primary">\(say("Lưu mã", "Save the code"))</button></div></form>
            """
    }

    func enterCode() async throws -> HTTPResponse {
        let next = LocalPath.checked(fields["next"])
        let digits = (fields["code"] ?? "").filter { !$0.isWhitespace }
        guard digits.utf8.count == 6, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return .redirect(to: "\(next)?code=wrong")
        }
        try await store.enterCode(digits, forAccount: parameter("account"), now: now)
        return .redirect(to: "\(next)?code=saved")
    }
}
