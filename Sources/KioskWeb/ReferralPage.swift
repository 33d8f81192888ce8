internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync

// What only the commune police can mend: the slip that the resident takes there, and the case set aside until they are back.

extension Visit {
    /// The referral to the commune police: who, what differs, where to go, what to bring.
    ///
    /// It is printed for the resident; nothing of it is stored.
    func referralPage() async throws -> HTTPResponse {
        let detail = try await store.dossier(parameter("id"))
        let dossier = detail.summary
        let notes = try await returnNotes(of: detail)
        var reasons: [RejectionReason] = []
        for reason in notes.compactMap(\.reason) + wholeReason(detail) where reason.mender == .police {
            if !reasons.contains(reason) { reasons.append(reason) }
        }
        guard !reasons.isEmpty else { return .redirect(to: "/dossiers/\(dossier.id)") }
        let procedure = try store.procedure(dossier.procedure, version: dossier.catalogueVersion)
        let form = Form(procedure, today: today)
        func line(_ name: String, _ value: String?) -> HTML {
            value.map { value -> HTML in "<div><dt>\(name)</dt><dd>\(value)</dd></div>" } ?? ""
        }
        let differing = notes.filter { $0.reason?.mender == .police }.map { note -> HTML in
            let field = form.field(at: note.pointer)
            func spoken(_ value: JSONValue?) -> String { field?.spoken(value, say) ?? value?.stringValue ?? "" }
            let declared = spoken(note.now)
            let held = spoken(note.expected)
            return """
                <li><b>\(name(of: note.pointer, in: form))</b>\(declared.isEmpty ? "" : ": \(say("khai là", "declared as")) \(declared)")\(
                    held.isEmpty ? "" : "; \(say("dữ liệu dân cư ghi", "the database has")) \(held)")<br>\(note.words)</li>
                """
        }
        let differs: HTML = differing.isEmpty ? "" : "<h2>\(say("Chỗ chưa khớp", "What differs"))</h2><ul>\(differing)</ul>"
        var bring: [LocalText] = []
        for thing in reasons.flatMap(\.bring) where !bring.contains(thing) { bring.append(thing) }
        let content: HTML = """
            \(back("/dossiers/\(dossier.id)", say("Hồ sơ", "The dossier")))\(printBar(say("In giấy", "Print"), parkButton(dossier)))
            <article class="receipt slip"><header><p>\(store.identity.village)</p><h1>\(say("GIẤY GIỚI THIỆU ĐẾN CÔNG AN XÃ", "REFERRAL TO THE COMMUNE POLICE"))</h1>
            <p class="receipt-number">\(dossier.receipt ?? "")</p></header>
            <dl>\(line(say("Họ tên", "Name"), dossier.subject.isEmpty ? dossier.applicant : dossier.subject))\(
                line(say("Thủ tục", "Procedure"), name(of: procedure)))\(line(say("Mã hồ sơ trên cổng", "Portal code"), dossier.code))\(
                line(say("Ngày", "Date"), VietnamTime.spoken(now)))</dl>
            <p>\(reasons.map { "\(say($0.name)). " }.joined())</p>\(differs)
            <h2>\(say("Mang theo", "Bring along"))</h2><ul>\(bring.map { "<li>\(say($0))</li>" as HTML })</ul>
            <h2>\(say("Sau khi Công an xã sửa xong", "When the police have mended it"))</h2>
            <p>\(say("Cầm giấy này quay lại nhà văn hóa; thôn gửi lại hồ sơ, không phải khai lại từ đầu.",
                "Come back with this paper; the village sends the dossier again, and nothing has to be filled in anew."))</p>
            <p class="receipt-note">\(say("Giấy này do thôn lập để chỉ dẫn, không phải văn bản của cơ quan công an.",
                "The village made this to show the way; it is no document of the police."))</p></article>
            """
        return page(say("Giấy giới thiệu", "Referral"), content)
    }

    private func wholeReason(_ detail: DossierDetail) -> [RejectionReason] {
        guard case .rejection(let rejection) = detail.problem, rejection.faults.isEmpty,
            rejection.code != Rejection.damagedHere
        else { return [] }
        return store.catalogue.reason(code: rejection.code, words: rejection.detail ?? "").map { [$0] } ?? []
    }

    /// Sets the case aside; nothing where that is done already.
    func parkButton(_ dossier: DossierSummary) -> HTML {
        guard dossier.parkedAt == nil else { return "" }
        return """
            <form method="post" action="/dossiers/\(dossier.id)/park">\(csrf)<button class="button">\(
                say("Tạm gác, chờ người dân quay lại", "Park until the resident returns"))</button></form>
            """
    }

    /// That a case is set aside, since when, and taking it up again.
    func parkedCard(_ dossier: DossierSummary) -> HTML {
        guard let since = dossier.parkedAt else { return "" }
        return notice(
            .warn, say("Đang tạm gác, chờ người dân quay lại", "Parked until the resident returns"),
            """
            <p>\(say("Từ", "Since")) \(VietnamTime.spoken(since)). \(say("Hồ sơ vẫn nằm trong mục Cần xử lý.", "It still stands in the list."))</p>
            <form method="post" action="/dossiers/\(dossier.id)/unpark">\(csrf)<button class="button primary">\(
                say("Người dân đã quay lại", "The resident is back"))</button></form>
            """)
    }

    func parkDossier() async throws -> HTTPResponse {
        try await store.park(parameter("id"), now: now)
        return .redirect(to: "/dossiers/\(parameter("id"))")
    }

    func unparkDossier() async throws -> HTTPResponse {
        try await store.unpark(parameter("id"), now: now)
        return .redirect(to: "/dossiers/\(parameter("id"))")
    }
}
