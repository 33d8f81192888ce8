internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    private static let mostRows = 50

    /// The box in which to look for a dossier.
    ///
    /// What is typed there is sent in a body and kept by the session: a name or number must not end up in an address.
    func searchBox(_ text: String = "", autofocus: Bool = false) -> HTML {
        """
        <form method="post" action="/search" class="find" role="search" autocomplete="off">\(csrf)<label for="find" class="unseen">\(
            say("Tìm hồ sơ", "Find a dossier"))</label>
        <input id="find" name="text" data-viet value="\(text)" maxlength="200" autocomplete="off" spellcheck="false"\(" autofocus", when: autofocus)
        placeholder="\(say("Tên, số CCCD, điện thoại, số phiếu, mã hồ sơ", "Name, citizen number, phone, receipt, code"))">
        <button class="button">\(say("Tìm", "Find"))</button></form>
        """
    }

    /// Takes what was typed, and leads to the dossier of a receipt number or portal code, else to what was found.
    func search() async throws -> HTTPResponse {
        let text = StoredText.clean(fields["text"] ?? "")
        guard !text.isEmpty else { return .redirect(to: "/dossiers") }
        let key = text.filter { !$0.isWhitespace }
        if key.contains("-") {
            do {
                return .redirect(to: "/dossiers/\(try await store.dossier(key).summary.id)")
            } catch StoreError.noDossier {
                // A part of a number, or a name with a hyphen.
            }
        }
        let token = try desk.token(bytes: 8)
        session.keepSearch(text, as: token)
        return .redirect(to: "/search/\(token)")
    }

    /// What was found; the address only names what the session keeps.
    func searchPage() async throws -> HTTPResponse {
        guard let text = session.search(parameter("search")) else { return .redirect(to: "/dossiers") }
        let found = try await store.find(text, limit: Self.mostRows)
        let title: String =
            found.total == 0
            ? say("Không tìm thấy hồ sơ nào", "No dossier found")
            : say("Tìm thấy \(found.total) hồ sơ", found.total == 1 ? "1 dossier found" : "\(found.total) dossiers found")
        let short: HTML =
            found.leftShortNumber
            ? notice(
                .warn,
                say(
                    "Số phải có ít nhất \(SearchQuery.shortestNumber) chữ số mới tìm được.",
                    "A number is looked for from \(SearchQuery.shortestNumber) digits on.")) : ""
        let more: HTML =
            found.total > found.rows.count
            ? """
            <p class="help">\(say("Đang hiện \(found.rows.count) hồ sơ giống nhất. Gõ thêm chữ hoặc số để tìm hẹp lại.",
                "These are the best \(found.rows.count). Type more to narrow it down."))</p>
            """ : ""
        let rows: HTML = found.rows.isEmpty ? advice : "<div class=\"rows\">\(found.rows.map { rowLink($0) })</div>"
        let content: HTML = """
            \(back("/dossiers", say("Danh sách hồ sơ", "All dossiers")))<h1 role="status">\(title)</h1>
            \(searchBox(text, autofocus: found.rows.isEmpty))\(short)\(rows)\(more)
            """
        return page(say("Tìm hồ sơ", "Find a dossier"), content)
    }

    private var advice: HTML {
        let tips = [
            say("Gõ ít chữ hơn: chỉ tên, hoặc họ và tên.", "Type less: the given name, or it and the family name."),
            say(
                "Gõ không dấu: “huong” tìm được cả Hương, Hường, Hướng.",
                "Without diacritics “huong” finds Hương, Hường and Hướng."),
            say("Gõ 4 số cuối của CCCD hoặc số điện thoại.", "Type the last four digits of the citizen number or phone."),
            say("Gõ số trên phiếu ghi nhận hoặc mã hồ sơ trên cổng.", "Type the number on the receipt or the portal's code."),
            say("Tìm theo tên người kê khai.", "Look for the applicant instead of whom it is about."),
        ]
        return """
            <div class="notice info"><p class="notice-title">\(say("Hãy thử:", "Try this:"))</p><ul>\(tips.map { tip -> HTML in "<li>\(tip)</li>" })</ul></div>
            """
    }
}
