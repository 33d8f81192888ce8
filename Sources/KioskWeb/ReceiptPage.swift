internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// What the resident takes home.
    ///
    /// It is no authority's receipt and says so. Always in Vietnamese first.
    func receiptPage() async throws -> HTTPResponse {
        let detail = try await store.dossier(parameter("id"))
        let dossier = detail.summary
        guard let receipt = dossier.receipt, let sealedAt = dossier.sealedAt else {
            return .redirect(to: "/dossiers/\(dossier.id)/review?check=1")
        }
        let procedure = try store.procedure(dossier.procedure, version: dossier.catalogueVersion)
        let papers = Dictionary(grouping: detail.papers, by: \.component)
        let rows = procedure.components.compactMap { component -> HTML? in
            guard let count = papers[component.id]?.count else { return nil }
            return "<li>\(say(component.name)) – \(say("\(count) tệp", "\(count) file(s)"))</li>"
        }
        let list: HTML = rows.isEmpty ? "<li>\(say("Không kèm giấy tờ", "None"))</li>" : HTML.join(rows)
        let applicant: HTML =
            dossier.applicant == dossier.subject ? "" : line(say("Người kê khai", "Applicant"), dossier.applicant)
        let code: HTML = dossier.code.map { line(say("Mã hồ sơ trên cổng", "Portal code"), $0) } ?? ""
        let others: HTML = """
            \(try await printLinks(ofDossier: dossier.id))<a class="button" href="/dossiers/new">\(say("Làm hồ sơ khác", "Another dossier"))</a>
            <a class="button" href="/dossiers/\(dossier.id)">\(say("Xem hồ sơ", "See the dossier"))</a>
            """
        let content: HTML = """
            <div class="screen-only">\(notice(.good, say("Đã ghi nhận và cất an toàn trong máy.", "Sealed and safe in this machine."),
                "<p>\(say("In phiếu đưa người dân. Máy sẽ gửi hồ sơ lên cổng khi có mạng.", "Print the receipt for the resident. The machine sends the dossier when there is a line."))</p>"))
            \(printBar(say("In phiếu", "Print"), others))</div>
            <article class="receipt"><header><p>\(store.identity.village)</p><h1>\(say("PHIẾU GHI NHẬN HỖ TRỢ", "RECORD OF ASSISTANCE"))</h1>
            <p class="receipt-number">\(receipt)</p></header>
            <dl>\(line(say("Thủ tục", "Procedure"), name(of: procedure)))\(line(say("Họ tên", "Name"), dossier.subject))\(applicant)
            \(line(say("Ghi nhận lúc", "Recorded at"), VietnamTime.spoken(sealedAt)))\(line(say("Người hỗ trợ", "Assisted by"), assistant(detail)))\(code)</dl>
            <h2>\(say("Giấy tờ đã quét", "Papers scanned"))</h2><ul>\(list)</ul>\(deadline(dossier))\(statutoryTime(procedure))
            <p class="receipt-note"><b>\(say("Đây không phải giấy tiếp nhận của cơ quan công an.", "This is not a receipt of the police."))</b>
            \(say("Hồ sơ được tính là nộp khi cổng dịch vụ công nhận được.", "The dossier counts as filed when the public service portal has it."))</p>
            <p class="receipt-note">\(say("Bản chính do người dân giữ. Xin giữ lại để xuất trình khi Công an xã xác minh.",
                "Keep your originals: the commune police may ask to see them."))</p>
            <p class="receipt-note">\(say("Hỏi kết quả: đem phiếu này đến trưởng thôn và đọc số ở trên.",
                "To ask how it stands, bring this paper to the village head and read out the number."))</p></article>
            """
        return page(say("Phiếu ghi nhận", "Receipt"), content)
    }

    private func assistant(_ detail: DossierDetail) -> String {
        detail.events.last { $0.kind == .sealed }?.operatorName ?? store.operatorRow.name
    }

    /// How long the law gives the police; from their acceptance, not from this paper.
    private func statutoryTime(_ procedure: Procedure) -> HTML {
        guard let days = procedure.deadline?.days, procedure.deadline?.kind == .workingDays else { return "" }
        return """
            <p class="receipt-note">\(say("Thời hạn giải quyết: \(days) ngày làm việc, tính từ khi Công an tiếp nhận hồ sơ hợp lệ trên cổng.",
                "The law gives \(days) working days from the day the police accept the complete dossier on the portal."))</p>
            """
    }

    private func line(_ name: String, _ value: String) -> HTML { "<div><dt>\(name)</dt><dd>\(value)</dd></div>" }

    /// The hour by which a stay has to be told, with what to do where the line is down.
    func deadline(_ dossier: DossierSummary) -> HTML {
        guard let sendBy = dossier.sendBy, dossier.code == nil else { return "" }
        let time = VietnamTime.spoken(sendBy)
        return notice(
            .warn, say("Hạn thông báo lưu trú: trước \(time)", "The stay must be told before \(time)"),
            """
            <p>\(say("Nếu đến giờ đó máy chưa gửi được, hãy gọi điện báo Công an xã.",
                "If the machine has no line by then, telephone the commune police."))</p>
            <p data-deadline="\(VietnamTime.rfc3339(sendBy))" data-left="\(say("Còn", "Left:"))" data-over="\(say("Đã quá hạn", "Overdue"))"></p>
            <p class="screen-only"><a href="/dossiers/\(dossier.id)/script">\(say("Lời đọc qua điện thoại", "What to read out on the telephone"))</a></p>
            """)
    }
}
