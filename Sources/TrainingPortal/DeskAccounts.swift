internal import HTTPServing

/// The desk's page of the residents' accounts.
enum DeskAccounts {
    /// The page; `fault` says why the last act was refused.
    static func page(_ accounts: [AccountRecord], fault: String?, formToken: String) -> DeskPages.Page {
        let rows = accounts.map { account -> HTML in
            """
            <tr><td>\(account.phone)</td><td>\(account.citizenId)</td><td>\(words(account.status))</td>
            <td><div class="acts">\(acts(account, formToken))</div></td></tr>
            """
        }
        let table: HTML = """
            <table><thead><tr><th>Số điện thoại</th><th>Số định danh</th><th>Trạng thái</th><th>Việc</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            """
        let note: HTML = fault.map { "<p class=\"fault\" role=\"alert\">\($0)</p>" } ?? .empty
        let nothing: HTML = "<p>Chưa có tài khoản nào.</p>"
        return DeskPages.Page(title: "Tài khoản", body: "\(note)\(rows.isEmpty ? nothing : table)")
    }

    private static func acts(_ account: AccountRecord, _ token: String) -> [HTML] {
        AccountAct.allCases.filter { $0.from.contains(account.status) }.map { act in
            """
            <form method="post" action="/desk/accounts"><input type="hidden" name="token" value="\(token)">
            <input type="hidden" name="account" value="\(account.id)"><input type="hidden" name="act" value="\(act.rawValue)">
            <button aria-label="\(act.words): tài khoản của số \(account.phone)">\(act.words)</button></form>
            """
        }
    }

    private static func words(_ status: String) -> String {
        switch status {
        case "verified": "Đã xác minh"
        case "locked": "Bị khóa"
        default: "Chờ mã"
        }
    }
}
