internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// How many things wait for someone in the village.
    func attentionCount() async throws -> Int {
        let dossiers = try await store.dossiers(.needsPerson, limit: 200).count { !$0.awaitsAccount }
        let catalogue = try await store.catalogueStanding().refused == nil ? 0 : 1
        return dossiers + (try await store.accountsAwaitingPerson().count { $0.waiting == nil })
            + (try await changedDrafts().count) + catalogue
    }

    func attentionPage() async throws -> HTTPResponse {
        let accounts = try await store.accountsAwaitingPerson()
        let dossiers = try await store.dossiers(.needsPerson, limit: 200)
        let waiting = dossiers.filter(\.awaitsAccount)
        let others = dossiers.filter { !$0.awaitsAccount }
        let changed = try await changedDrafts()
        let catalogue = try await store.catalogueStanding()
        let calm: HTML =
            accounts.isEmpty && dossiers.isEmpty && changed.isEmpty && catalogue.refused == nil
            ? notice(.good, say("Không có việc nào cần xử lý.", "Nothing needs you now.")) : ""
        let content: HTML = """
            \(back("/", say("Trang đầu", "Home")))<h1>\(say("Cần xử lý", "Needs you"))</h1>\(wrongCode)\(calm)\(refusedCatalogueNotice(catalogue))
            \(group(say("Nhập mã 6 số người dân nhận qua tin nhắn", "Enter the six digits that the resident got by SMS"),
                accounts.map { account in "<div class=\"card\">\(codeCard(account, next: "/attention"))</div>" }))
            \(group(say("Hồ sơ cần sửa hoặc bổ sung", "Dossiers to mend or supplement"), others.map { rowLink($0) }))
            \(group(say("Hồ sơ đang soạn có thủ tục đã đổi", "Drafts whose procedure has changed"),
                changed.map { rowLink($0.row, note: "<small class=\"lacks\">\($0.words)</small>") }))
            \(group(say("Hồ sơ chờ tài khoản", "Dossiers that wait for an account"), waiting.map { rowLink($0) }))
            """
        return page(say("Cần xử lý", "Needs you"), content)
    }

    private func group(_ title: String, _ items: [HTML]) -> HTML {
        items.isEmpty ? "" : "<section><h2>\(title)</h2><div class=\"rows\">\(items)</div></section>"
    }
}
