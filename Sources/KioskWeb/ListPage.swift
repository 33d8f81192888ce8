internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    private static let pageSize = 25

    /// The dossiers of a state, the newest first or by name.
    func listPage() async throws -> HTTPResponse {
        let state = request.query["state"].flatMap(DossierState.init)
        let isByName = request.query["sort"] == "name"
        let after = request.query["after"]
        let found =
            isByName
            ? try await store.dossiersByName(state: state, after: after, limit: Self.pageSize + 1)
            : try await store.dossiers(
                state.map { .state($0) } ?? .all, after: after.flatMap { ListPosition($0) }, limit: Self.pageSize + 1)
        let shown = Array(found.prefix(Self.pageSize))
        var rows: [HTML] = []
        for row in shown { rows.append(state == .draft ? try await draftRow(row) : rowLink(row)) }
        let place = isByName ? shown.last?.id : shown.last.map { ListPosition(after: $0).text }
        let next: HTML =
            found.count > Self.pageSize
            ? "<a class=\"button\" href=\"\(list(state, isByName, after: place))\">\(say("Xem tiếp", "More")) →</a>" : ""
        let first: HTML =
            after == nil
            ? "" : "<a class=\"button\" href=\"\(list(state, isByName))\">← \(say("Về đầu danh sách", "To the top"))</a>"
        let list: HTML =
            rows.isEmpty
            ? "<p class=\"nothing\">\(say("Không có hồ sơ nào ở đây.", "No dossier here."))</p>"
            : "\(order(state, isByName))<div class=\"rows\">\(rows)</div>"
        let counts = try await store.counts()
        let content: HTML = """
            \(back("/", say("Trang đầu", "Home")))<div class="list-head"><h1>\(say("Danh sách hồ sơ", "Dossiers"))</h1>\(searchBox())</div>
            <nav class="filters" aria-label="\(say("Lọc", "Filter"))">\(filter(nil, counts, chosen: state, isByName))\(
                DossierState.allCases.map { filter($0, counts, chosen: state, isByName) })</nav>
            \(list)<div class="buttons">\(first)\(next)</div>
            <p><a href="/public/lookup">\(say("Hồ sơ không làm ở máy này: tra cứu bằng mã hồ sơ", "A dossier not made here: look it up by its code"))</a></p>
            """
        return page(say("Danh sách hồ sơ", "Dossiers"), content)
    }

    /// The address of a list; ids and times only.
    private func list(_ state: DossierState?, _ isByName: Bool, after: String? = nil) -> String {
        let parts = [state.map { "state=\($0.rawValue)" }, isByName ? "sort=name" : nil, after.map { "after=\($0)" }]
        let query = parts.compactMap(\.self).joined(separator: "&")
        return query.isEmpty ? "/dossiers" : "/dossiers?\(query)"
    }

    private func order(_ state: DossierState?, _ isByName: Bool) -> HTML {
        """
        <nav class="filters order" aria-label="\(say("Sắp xếp", "Order"))">
        <a href="\(list(state, false))"\(" aria-current=\"true\"", when: !isByName)>\(say("Mới nhất trước", "Newest first"))</a>
        <a href="\(list(state, true))"\(" aria-current=\"true\"", when: isByName)>\(say("Theo tên A–Y", "By given name"))</a></nav>
        """
    }

    private func filter(_ state: DossierState?, _ counts: [DossierState: Int], chosen: DossierState?, _ isByName: Bool) -> HTML {
        let count = state.map { counts[$0] ?? 0 } ?? counts.values.reduce(0, +)
        guard state == nil || count > 0 || state == chosen else { return "" }
        return """
            <a href="\(list(state, isByName))"\(" aria-current=\"true\"", when: state == chosen)>\(state.map { say($0.name) } ?? say("Tất cả", "All"))
            <span class="number">\(count)</span></a>
            """
    }

    /// A dossier in a list.
    func rowLink(_ row: DossierSummary, note: HTML = "") -> HTML {
        let procedure = (try? store.procedure(row.procedure, version: row.catalogueVersion)).map { self.name(of: $0) }
        let name =
            row.subject.isEmpty ? row.applicant.isEmpty ? say("(chưa có tên)", "(no name yet)") : row.applicant : row.subject
        let numbers = [row.receipt, row.code].compactMap(\.self).joined(separator: " · ")
        let path = row.state == .draft && row.revision == 0 ? "/dossiers/\(row.id)/form" : "/dossiers/\(row.id)"
        return """
            <a class="row" href="\(path)"><span class="row-main"><b>\(name)</b><span>\(procedure ?? row.procedure)</span>\(note)</span>
            <span class="row-side">\(badges(row))<small>\(numbers.isEmpty ? "" : "\(numbers) · ")\(VietnamTime.spoken(row.updatedAt))</small></span></a>
            """
    }

    /// Where a dossier stands, here and at the portal.
    func badges(_ row: DossierSummary) -> HTML {
        let kind =
            switch row.state {
            case .draft, .withdrawn: ""
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
        let parked: HTML =
            row.parkedAt == nil ? "" : "<span class=\"badge warn\">\(say("Tạm gác", "Parked"))</span>"
        return "<span class=\"badge \(kind)\">\(name)</span>\(status)\(parked)"
    }
}
