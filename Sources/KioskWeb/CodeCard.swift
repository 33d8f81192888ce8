internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// The note that a code was not six digits.
    var wrongCode: HTML {
        guard request.query["code"] == "wrong" else { return "" }
        return notice(.bad, say("Mã gồm đúng 6 chữ số. Hãy nhập lại.", "A code has exactly six digits. Enter it again."))
    }

    /// How an account stands, with the form for its six digits and the wish for others.
    func codeCard(_ account: AccountRow, next: String, keypad: Bool = false) -> HTML {
        let words = account.words(at: now).map { say($0) }.joined(separator: " ")
        let standing = account.codeStanding(at: now)
        return """
            <div class="code"><div><p><b>\(account.fullName)</b></p><p>\(words)</p>\(contactNote(account.agreesToContact))</div>
            \(standing == .expired ? newCodeForm(account, standing, next: next) : "")\(
                standing == .locked ? "" : codeForm(account, isFirst: standing != .expired, next: next, keypad))\(
                standing == .expired ? "" : newCodeForm(account, standing, next: next))</div>
            """
    }

    private func codeForm(_ account: AccountRow, isFirst: Bool, next: String, _ keypad: Bool) -> HTML {
        let id = "code-\(account.id)"
        return """
            <form method="post" action="/accounts/\(account.id)/code" autocomplete="off">\(csrf)
            <input type="hidden" name="next" value="\(next)"><div class="code-entry"><label for="\(id)">\(say("Mã 6 số", "Six digits"))</label>
            <input id="\(id)" class="digits\(keypad ? " large" : "")" name="code" value="\(keypad ? session.digits(of: account.id) : "")" inputmode="numeric" maxlength="9" autocomplete="off" required>
            <button class="button\(isFirst ? " primary" : "")">\(say("Lưu mã", "Save the code"))</button></div>\(
                keypad ? keys(account) : "")</form>
            """
    }

    /// Large keys for the digits.
    ///
    /// Each is a button that sends the form, so that they work without script; whoever types uses the box.
    private func keys(_ account: AccountRow) -> HTML {
        let keys = (Array(1...9).map { "\($0)" } + ["clear", "0", "back"]).map { key -> HTML in
            let label =
                switch key {
                case "clear": say("Xóa hết", "Clear")
                case "back": say("Xóa 1 số", "Back")
                default: key
                }
            return """
                <button class="key" formaction="/accounts/\(account.id)/digit" formnovalidate name="digit" value="\(key)">\(label)</button>
                """
        }
        return "<div class=\"keypad\" role=\"group\" aria-label=\"\(say("Bàn phím số", "Number keys"))\">\(keys)</div>"
    }

    /// A large key was pressed: what stands in the box and the key are kept by the session, never in an address.
    func pressDigit() async throws -> HTTPResponse {
        let id = parameter("account")
        var digits = (fields["code"] ?? "").filter { $0.isASCII && $0.isNumber }
        switch fields["digit"] ?? "" {
        case "clear": digits = ""
        case "back": digits = String(digits.dropLast())
        case let digit where digit.count == 1 && digit.allSatisfy({ $0.isASCII && $0.isNumber }): digits += digit
        default: break
        }
        guard try await store.account(id) != nil else { return .redirect(to: "/accounts") }
        session.keepDigits(String(digits.prefix(6)), of: id)
        return .redirect(to: "/accounts/\(id)")
    }

    /// The wish for a new code; nothing while one waits to be sent.
    private func newCodeForm(_ account: AccountRow, _ standing: CodeStanding, next: String) -> HTML {
        if case .newCode = account.waiting { return "" }
        let words =
            standing == .locked
            ? say("Đã mở khóa, xin mã mới", "It was opened: ask for a new code") : say("Xin mã mới", "Ask for a new code")
        return """
            <form method="post" action="/accounts/\(account.id)/new-code">\(csrf)<input type="hidden" name="next" value="\(next)">
            <button class="button\(standing == .expired ? " primary" : "")">\(words)</button></form>
            """
    }

    /// Where the dossier describes its applicant otherwise than the account does: both, and the way to have the account follow.
    func differenceNote(_ detail: DossierDetail) async throws -> HTML {
        let differences = try await store.accountDifferences(from: detail.summary.id)
        guard !differences.isEmpty else { return "" }
        let rows = differences.map { difference -> HTML in
            "<li>\(say(difference.name)): \(say("hồ sơ này", "this dossier")) <b>\(difference.dossier)</b>, \(say("tài khoản", "the account")) <b>\(difference.account)</b></li>"
        }
        return notice(
            .warn, say("Hồ sơ này khai khác với tài khoản", "This dossier and the account differ"),
            """
            <ul>\(rows)</ul><p>\(say("Tài khoản giữ nguyên như lần đăng ký đầu. Nếu hồ sơ này mới đúng thì đăng ký lại; cổng gửi mã mới về số của hồ sơ này.",
                "The account stays as it was registered. If this dossier is right, register it anew; the portal sends a new code to this dossier's telephone."))</p>
            <form method="post" action="/dossiers/\(detail.summary.id)/account">\(csrf)<button class="button">\(
                say("Đăng ký lại theo hồ sơ này", "Register anew as this dossier says"))</button></form>
            """)
    }

    func correctAccount() async throws -> HTTPResponse {
        try await store.correctAccount(with: parameter("id"), now: now)
        return .redirect(to: "/dossiers/\(parameter("id"))")
    }

    func enterCode() async throws -> HTTPResponse {
        let next = LocalPath.checked(fields["next"])
        let digits = (fields["code"] ?? "").filter { !$0.isWhitespace }
        guard digits.utf8.count == 6, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return .redirect(to: "\(next)?code=wrong")
        }
        try await store.enterCode(digits, forAccount: parameter("account"), now: now)
        session.keepDigits("", of: parameter("account"))
        return .redirect(to: "\(next)?code=saved")
    }

    func askNewCode() async throws -> HTTPResponse {
        try await store.askNewCode(forAccount: parameter("account"), now: now)
        return .redirect(to: LocalPath.checked(fields["next"]))
    }
}
