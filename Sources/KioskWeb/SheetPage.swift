internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

/// A dossier's form of the law, ready to be printed.
struct DossierSheet {
    let detail: DossierDetail
    let procedure: Procedure
    let answers: JSONValue
    let printed: PrintedForm
}

extension Visit {
    /// The form on which a dossier is filed, with its answers as they are now; nil where none is laid out for it.
    ///
    /// - Throws: ``StoreError``.
    func sheet(ofDossier id: String) async throws -> DossierSheet? {
        let detail = try await store.dossier(id)
        let procedure = try store.procedure(detail.summary.procedure, version: detail.summary.catalogueVersion)
        let isDraft = detail.summary.state == .draft
        // A draft keeps answers that are not asked now; what was sealed is printed as it was sealed.
        let answers = isDraft ? Form(procedure, today: today).filed(detail.answers) : detail.answers
        let forms = try await store.printedForms(ofDossier: id)
        guard let printed = procedure.printedForm(for: answers, among: forms, today: today) else { return nil }
        return DossierSheet(detail: detail, procedure: procedure, answers: answers, printed: printed)
    }

    /// The filled form, to be read over, signed by hand and scanned.
    ///
    /// A draft's differs from a sealed dossier's by nothing but its content: a mark across it would spoil the paper.
    func sheetPage() async throws -> HTTPResponse {
        let id = parameter("id")
        guard let sheet = try await sheet(ofDossier: id) else { return .redirect(to: "/dossiers/\(id)") }
        let sign = sheet.printed.form
        let isDraft = sheet.detail.summary.state == .draft
        let behind = isDraft ? "/dossiers/\(id)/review" : "/dossiers/\(id)"
        let open =
            isDraft
            ? Form(sheet.procedure, today: today).issues(in: sheet.detail.answers).count { $0.severity == .error } : 0
        let lacking: HTML =
            open == 0
            ? ""
            : notice(
                .warn, say("Tờ khai còn \(open) chỗ thiếu hoặc sai", "\(open) answers are missing or wrong"),
                "<p>\(say("Chỗ chưa ghi in thành dòng chấm. Nên điền đủ trước khi in.", "What is missing prints as a dotted line. Fill it in before printing."))</p>"
            )
        let doubt: HTML =
            sheet.printed.unverified == nil
            ? ""
            : notice(
                .info,
                say("Chưa đối chiếu từng chữ với văn bản", "Not compared word by word with the law"),
                "<p>\(say("Nhờ Công an xã xem mẫu này trước khi dùng lần đầu.", "Have the commune police look at this layout before its first use."))</p>"
            )
        let hint: HTML = sheet.printed.hint.map { "<p>\(say($0))</p>" } ?? ""
        let content: HTML = """
            <div class="screen-only">\(back(behind, isDraft ? say("Xem lại hồ sơ", "Review") : say("Hồ sơ", "The dossier")))
            <h1>\(say("In tờ khai \(sign) để ký", "Print the \(sign) to be signed"))</h1>\(hint)\(lacking)\(doubt)
            \(printBar(say("In tờ khai", "Print the form")))
            <p class="help">\(say("Đọc lại cùng người dân, lấy đủ chữ ký tay, rồi quét bản đã ký vào mục Giấy tờ.",
                "Read it through with the resident, have it signed by hand, then scan the signed paper under Papers."))</p></div>
            \(OfficialSheet(sheet.printed, procedure: sheet.procedure, answers: sheet.answers, today: today).html)
            """
        return page(say("Tờ khai \(sign)", "Form \(sign)"), content, wide: true)
    }

    /// Links to what can be printed of a dossier beside its receipt: the form of the law, the wishes for a day.
    func printLinks(ofDossier id: String) async throws -> HTML {
        var links: [HTML] = []
        if let sheet = try await sheet(ofDossier: id) {
            links.append(
                """
                <a class="button" href="/dossiers/\(id)/sheet">\(say("In tờ khai \(sheet.printed.form) để ký", "Print the \(sheet.printed.form) to sign"))</a>
                """)
        }
        if try await store.procedure(ofDossier: id).wish != nil {
            links.append(
                "<a class=\"button\" href=\"/dossiers/\(id)/wish\">\(say("In phiếu nguyện vọng", "Print the wished days"))</a>")
        }
        return HTML.join(links)
    }

    /// The button that prints a page, and what to do where it does nothing.
    ///
    /// The kiosk writes no file for it; whether the browser does is for the person to choose.
    func printBar(_ label: String, _ others: HTML = "") -> HTML {
        """
        <div class="screen-only print-bar"><div class="buttons start"><button class="button primary" data-print type="button">\(label)</button>\(others)</div>
        <p class="help">\(say("Bấm không thấy gì thì nhấn Ctrl + P. Chọn máy in; đừng lưu thành tệp trong máy dùng chung.",
            "If nothing happens press Ctrl + P. Choose the printer; do not save a file on a shared machine."))</p></div>
        """
    }
}
