internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    private static let pageSize = 25

    func listPage() async throws -> HTTPResponse {
        let state = request.query["state"].flatMap(DossierState.init)
        let after = request.query["after"].flatMap { ListPosition($0) }
        let found = try await store.dossiers(state.map { .state($0) } ?? .all, after: after, limit: Self.pageSize + 1)
        let rows = found.prefix(Self.pageSize)
        let counts = try await store.counts()
        let query = state.map { "state=\($0.rawValue)&" } ?? ""
        let next: HTML =
            found.count > Self.pageSize
            ? (rows.last.map {
                "<a class=\"button\" href=\"/dossiers?\(query)after=\(ListPosition(after: $0).text)\">\(say("Xem tiếp", "More")) →</a>"
            } ?? "")
            : ""
        let first: HTML =
            after == nil
            ? ""
            : """
            <a class="button" href="/dossiers\(state.map { "?state=\($0.rawValue)" } ?? "")">← \(say("Về đầu danh sách", "To the top"))</a>
            """
        let list: HTML =
            rows.isEmpty
            ? "<p class=\"nothing\">\(say("Không có hồ sơ nào ở đây.", "No dossier here."))</p>"
            : "<div class=\"rows\">\(rows.map(rowLink))</div>"
        let content: HTML = """
            \(back("/", say("Trang đầu", "Home")))<div class="list-head"><h1>\(say("Danh sách hồ sơ", "Dossiers"))</h1>
            <form method="post" action="/find" class="find" autocomplete="off">\(csrf)<label for="find" class="unseen">\(
                say("Số phiếu hoặc mã hồ sơ", "Receipt number or portal code"))</label>
            <input id="find" name="key" data-viet placeholder="\(say("Số phiếu hoặc mã hồ sơ", "Receipt number or portal code"))" autocomplete="off" spellcheck="false">
            <button class="button">\(say("Tìm", "Find"))</button></form></div>
            \(request.query["missing"] == "1" ? notice(.warn, say("Không có hồ sơ mang số này.", "No dossier has this number.")) : "")
            <nav class="filters" aria-label="\(say("Lọc", "Filter"))">\(filter(nil, counts, chosen: state))\(
                DossierState.allCases.map { filter($0, counts, chosen: state) })</nav>
            \(list)<div class="buttons">\(first)\(next)</div>
            """
        return page(say("Danh sách hồ sơ", "Dossiers"), content)
    }

    private func filter(_ state: DossierState?, _ counts: [DossierState: Int], chosen: DossierState?) -> HTML {
        let count = state.map { counts[$0] ?? 0 } ?? counts.values.reduce(0, +)
        guard state == nil || count > 0 || state == chosen else { return "" }
        let path = state.map { "/dossiers?state=\($0.rawValue)" } ?? "/dossiers"
        return """
            <a href="\(path)"\(" aria-current=\"true\"", when: state == chosen)>\(state.map { say($0.name) } ?? say("Tất cả", "All"))
            <span class="number">\(count)</span></a>
            """
    }

    /// A dossier in a list.
    func rowLink(_ row: DossierSummary) -> HTML {
        let procedure = (try? store.procedure(row.procedure, version: row.catalogueVersion)).map { say($0.name).capitalizedFirst }
        let name =
            row.subject.isEmpty ? row.applicant.isEmpty ? say("(chưa có tên)", "(no name yet)") : row.applicant : row.subject
        let numbers = [row.receipt, row.code].compactMap(\.self).joined(separator: " · ")
        let path = row.state == .draft && row.revision == 0 ? "/dossiers/\(row.id)/form" : "/dossiers/\(row.id)"
        return """
            <a class="row" href="\(path)"><span class="row-main"><b>\(name)</b><span>\(procedure ?? row.procedure)</span></span>
            <span class="row-side">\(badges(row))<small>\(numbers.isEmpty ? "" : "\(numbers) · ")\(VietnamTime.spoken(row.updatedAt))</small></span></a>
            """
    }

    /// Where a dossier stands, here and at the portal.
    func badges(_ row: DossierSummary) -> HTML {
        let kind =
            switch row.state {
            case .draft: ""
            case .sealed: row.awaitsAccount ? "warn" : "info"
            case .inDoubt: "info"
            case .delivered: "good"
            case .rejected, .conflict: "bad"
            }
        let name = row.awaitsAccount ? say("Chờ mã 6 số", "Awaits the code") : say(row.state.name)
        let status: HTML =
            row.status.map { status in
                let kind = status.needsPerson || status == .refused ? "bad" : "info"
                return "<span class=\"badge \(kind)\">\(say(status.name))</span>"
            } ?? ""
        return "<span class=\"badge \(kind)\">\(name)</span>\(status)"
    }

    /// A dossier by its receipt number or portal code.
    ///
    /// The key comes in the body: a name typed here by mistake must not end up in an address.
    func find() async throws -> HTTPResponse {
        let key = StoredText.clean(fields["key"] ?? "")
        do {
            return .redirect(to: "/dossiers/\(try await store.dossier(key).summary.id)")
        } catch StoreError.noDossier {
            return .redirect(to: "/dossiers?missing=1")
        }
    }
}
