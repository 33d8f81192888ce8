internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Visit {
    /// How many things wait for someone in the village.
    func attentionCount() async throws -> Int {
        let catalogue = try await store.catalogueStanding().refused == nil ? 0 : 1
        return try await store.worklist(desk.options.worklist, now: now).count + catalogue
    }

    /// The worklist: one row a case, the most urgent first.
    func attentionPage() async throws -> HTTPResponse {
        let all = try await store.worklist(desk.options.worklist, now: now)
        let kind = request.query["kind"].flatMap { WorkKind(rawValue: $0) }
        let token = request.query["find"]
        let text = token.flatMap { session.search($0) } ?? ""
        let query = SearchQuery(text)
        let rows = all.filter { (kind == nil || $0.kind == kind) && Worklist.matches($0, query) }
        let catalogue = try await store.catalogueStanding()
        let nothing: HTML =
            !rows.isEmpty
            ? ""
            : all.isEmpty
                ? catalogue.refused == nil ? notice(.good, say("Không có việc nào cần xử lý.", "Nothing needs you now.")) : ""
                : notice(.info, say("Không có việc nào như thế.", "There is no such case."))
        let bar: HTML =
            all.isEmpty
            ? ""
            : """
            \(findBox(text))<nav class="filters" aria-label="\(say("Lọc", "Filter"))">\(filter(nil, all, chosen: kind))\(
                WorkKind.allCases.map { filter($0, all, chosen: kind) })</nav>
            <div class="buttons"><a class="button" href="/attention/calls">\(say("In danh sách gọi điện", "Print the call list"))</a>
            <a class="button" href="/accounts">\(say("Người chờ mã 6 số", "Who waits for a code"))</a></div>
            """
        let changed = all.contains { $0.kind == .catalogue } ? try await changedDrafts() : []
        let notes = Dictionary(changed.map { ($0.row.id, $0.words) }) { $1 }
        let settled = try await store.settledCases(besides: all, now: now)
        let done: HTML =
            settled.isEmpty
            ? ""
            : """
            <section><h2>\(say("Đã xong trong \(UnlockedStore.settledDays) ngày qua", "Settled in the last \(UnlockedStore.settledDays) days"))</h2>
            <div class="rows">\(settled.map { rowLink($0.dossier, note: "<small>\(trace($0))</small>") })</div></section>
            """
        let content: HTML = """
            \(back("/", say("Trang đầu", "Home")))<h1>\(say("Cần xử lý", "Needs you")) <span class="number">\(all.count)</span></h1>\(
                refusedCatalogueNotice(catalogue))\(nothing)\(bar)<ol class="work">\(rows.map { workRow($0, note: notes[$0.id]) })</ol>\(done)
            """
        return page(say("Cần xử lý", "Needs you"), content)
    }

    /// Keeps what was typed in the session, not in an address: it is a name or a number.
    func findWork() async throws -> HTTPResponse {
        let text = StoredText.clean(fields["text"] ?? "")
        guard !text.isEmpty else { return .redirect(to: "/attention") }
        let token = try desk.token(bytes: 8)
        session.keepSearch(text, as: token)
        return .redirect(to: "/attention?find=\(token)")
    }

    /// Whom to call, to be printed.
    func callListPage() async throws -> HTTPResponse {
        let rows = try await store.worklist(desk.options.worklist, now: now).filter { $0.kind != .announcement }
        let lines = rows.map { row -> HTML in
            let deadline: HTML = row.deadline.map { "<br>\(say("Hạn:", "By:")) <b>\(VietnamTime.spoken($0))</b>" } ?? ""
            return """
                <tr><td><b>\(row.whose)</b><br>\(phone(row))</td><td>\(say(row.kind.name)): \(say(row.what)). \(say(row.todo)) \(
                    say(row.mustCome))\(deadline)</td></tr>
                """
        }
        let content: HTML = """
            \(back("/attention", say("Cần xử lý", "Needs you")))\(printBar(say("In", "Print")))
            <article class="receipt script"><h1>\(say("Danh sách gọi điện", "Call list"))</h1><p>\(VietnamTime.spoken(now)). \(
                say(desk.options.worklist.policeWords))</p>
            <table class="calls"><thead><tr><th scope="col">\(say("Gọi ai", "Whom"))</th><th scope="col">\(say("Việc", "What"))</th></tr></thead><tbody>\(lines)</tbody></table></article>
            """
        return page(say("Danh sách gọi điện", "Call list"), content)
    }

    private func workRow(_ row: WorkRow, note: String?) -> HTML {
        let late = row.deadline.map { $0 < now } == true
        let deadline: HTML =
            row.deadline.map { deadline -> HTML in
                "<p class=\"\(late ? "late" : "by")\">\(late ? say("Đã quá hạn:", "Overdue since:") : say("Hạn:", "By:")) <b>\(VietnamTime.spoken(deadline))</b></p>"
            } ?? ""
        let tone =
            [.announcement, .parked, .catalogue, .mending].contains(row.kind) ? "info" : row.kind == .result ? "good" : "bad"
        let phone: HTML =
            row.phone == nil ? "" : "<p>\(say("Điện thoại:", "Telephone:")) \(self.phone(row))</p>"
        let name = row.whose.isEmpty ? say("(chưa có tên)", "(no name yet)") : row.whose
        let changed: HTML = note.map { "<p class=\"lacks\">\($0)</p>" } ?? ""
        return """
            <li class="card work-row"><div><p><span class="badge \(tone)">\(say(row.kind.name))</span></p><h2>\(name)</h2>
            <p>\(say(row.what))</p><p>\(say(row.why))</p>\(changed)<p><b>\(say(row.todo))</b></p><p>\(say("Ai phải đến:", "Who must come:")) \(
                say(row.mustCome))</p>\(phone)\(deadline)</div>
            <a class="button primary" href="\(address(row))">\(say(row.kind.action))<span class="unseen">: \(name)</span></a></li>
            """
    }

    private func phone(_ row: WorkRow) -> HTML {
        guard let phone = row.phone else { return "\(say("không có số", "none"))" }
        return "<b>\(phone)</b> \(contactNote(row.mayCall))"
    }

    private func address(_ row: WorkRow) -> String {
        switch row.kind {
        case .conflict: row.subject == .clash ? "/dossiers/\(row.id)/conflict" : "/dossiers/\(row.id)"
        case .codeAwaited, .unverified: row.subject == .account ? "/accounts/\(row.id)" : "/dossiers/\(row.id)"
        case .inDoubt: "/dossiers/\(row.id)/doubt"
        case .announcement: "/announcements/\(row.id.escapedForQuery)"
        case .catalogue: "/dossiers/\(row.id)/form"
        case .rejected, .supplement, .refused, .duplicate, .mending, .overdue, .result, .parked: "/dossiers/\(row.id)"
        }
    }

    private func findBox(_ text: String) -> HTML {
        """
        <form method="post" action="/attention" class="find" role="search" autocomplete="off">\(csrf)<label for="find-work" class="unseen">\(
            say("Tìm theo tên", "Find by name"))</label>
        <input id="find-work" name="text" data-viet value="\(text)" maxlength="200" autocomplete="off" spellcheck="false"
        placeholder="\(say("Tên hoặc số điện thoại", "Name or telephone"))"><button class="button">\(say("Tìm", "Find"))</button></form>
        """
    }

    private func filter(_ kind: WorkKind?, _ rows: [WorkRow], chosen: WorkKind?) -> HTML {
        let count = kind.map { kind in rows.count { $0.kind == kind } } ?? rows.count
        guard kind == nil || count > 0 || kind == chosen else { return "" }
        return """
            <a href="/attention\(kind.map { "?kind=\($0.rawValue)" } ?? "")"\(" aria-current=\"true\"", when: kind == chosen)>\(
                kind.map { say($0.name) } ?? say("Tất cả", "All"))<span class="number">\(count)</span></a>
            """
    }

    private func trace(_ settled: SettledCase) -> String {
        let what =
            switch settled.cause {
            case .rejected: say("đã bị trả lại", "was returned")
            case .conflict: say("đã phải đối chiếu", "had to be compared")
            case .absent: say("cổng đã mất hồ sơ", "the portal had lost it")
            case .blocked: say("đã chờ tài khoản", "waited for the account")
            default: say("đã được yêu cầu bổ sung", "was to be supplemented")
            }
        return "\(what), \(VietnamTime.spoken(settled.since))"
    }
}
