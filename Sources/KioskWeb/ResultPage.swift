internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Visit {
    /// What a resident takes along to get the result: since when it is there, where, what to bring.
    func resultPage() async throws -> HTTPResponse {
        let detail = try await store.dossier(parameter("id"))
        let dossier = detail.summary
        guard Self.hasResult(dossier), let status = dossier.status else { return .redirect(to: "/dossiers/\(dossier.id)") }
        let procedure = try store.procedure(dossier.procedure, version: dossier.catalogueVersion)
        func line(_ name: String, _ value: String?) -> HTML {
            value.map { value -> HTML in "<div><dt>\(name)</dt><dd>\(value)</dd></div>" } ?? ""
        }
        let advice = store.catalogue.resultAdvice(for: detail.answers)
        let bring: HTML =
            advice.map { advice -> HTML in
                """
                <h2>\(say("Nhận ở đâu", "Where"))</h2><p>\(say(advice.place))</p><h2>\(say("Mang theo", "Bring along"))</h2>
                <ul>\(advice.bring.map { "<li>\(say($0))</li>" as HTML })</ul>
                """
            } ?? ""
        // What the officer wrote with the result, or after it.
        let since = dossier.statusAt.flatMap(VietnamTime.instant(rfc3339:))
        let remarks = (detail.portal?.remarks ?? []).filter { remark in
            guard let since, let at = VietnamTime.instant(rfc3339: remark.at) else { return false }
            return at >= since.addingTimeInterval(-1)
        }
        let words: HTML =
            remarks.isEmpty
            ? ""
            : "<h2>\(say("Cán bộ nhắn", "The officer says"))</h2>\(remarks.map { HTML.lines($0.text) })"
        let content: HTML = """
            \(back("/dossiers/\(dossier.id)", say("Hồ sơ", "The dossier")))\(printBar(say("In phiếu", "Print")))
            <article class="receipt"><header><p>\(store.identity.village)</p><h1>\(say("PHIẾU BÁO KẾT QUẢ", "THE RESULT IS THERE"))</h1>
            <p class="receipt-number">\(dossier.receipt ?? "")</p></header>
            <dl>\(line(say("Thủ tục", "Procedure"), name(of: procedure)))\(line(say("Họ tên", "Name"), dossier.subject))
            \(line(say("Trạng thái", "Status"), say(status.name)))\(line(say("Từ ngày", "Since"), dossier.statusAt.map(say.time)))
            \(line(say("Mã hồ sơ trên cổng", "Portal code"), dossier.code))</dl>\(bring)\(words)
            <p class="receipt-note">\(say("Phiếu này chỉ để nhắc; kết quả do cơ quan công an cấp.", "This is a reminder; the result is the police's to give."))</p></article>
            """
        return page(say("Phiếu báo kết quả", "Result"), content)
    }

    static func hasResult(_ dossier: DossierSummary) -> Bool {
        ["resolved", "returned"].contains(dossier.status?.rawValue ?? "")
    }

    /// That the result is there, since when, and the slip.
    func resultCard(_ dossier: DossierSummary) -> HTML {
        guard Self.hasResult(dossier) else { return "" }
        return notice(
            .good,
            say(
                "Đã có kết quả từ \(dossier.statusAt.map(say.time) ?? "")",
                "The result is there since \(dossier.statusAt.map(say.time) ?? "")"),
            """
            <p><a class="button" href="/dossiers/\(dossier.id)/result">\(say("Xem phải mang gì, in phiếu báo", "What to bring; print the slip"))</a></p>
            """)
    }
}
