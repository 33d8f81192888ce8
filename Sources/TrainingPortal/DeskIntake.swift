internal import HTTPServing

/// The desk's page of what dossiers are turned away for as they arrive.
enum DeskIntake {
    /// The page.
    ///
    /// - Parameter story: the story that is played; empty where none is.
    static func page(_ objections: [Objection], story: HTML, formToken: String) -> DeskPages.Page {
        let rows = objections.map { objection -> HTML in
            """
            <tr><td>\(link(objection.dossier))</td><td>\(objection.reason) \(objection.message)</td>
            <td><code>\(objection.pointer)</code></td><td>\(objection.other?.code)</td></tr>
            """
        }
        let table: HTML = """
            <table><thead><tr><th>Hồ sơ</th><th>Lý do</th><th>Mục</th><th>Hồ sơ kia</th></tr></thead><tbody>\(rows)</tbody></table>
            """
        let nothing: HTML = "<p>Không có gì: hồ sơ đúng quy định đều được nhận.</p>"
        let body: HTML = """
            \(story)
            <p>Ghi ở đây một lý do: hồ sơ mới gửi đến tiếp theo bị trả lại ngay, cho đến khi mục đó được sửa.</p>
            <form method="post" action="/desk/intake">
            <input type="hidden" name="token" value="\(formToken)">
            \(reasons())
            <label>Về mục nào (để trống: mục thường gặp) <input name="pointer"></label>
            <label>Lời của cổng (để trống: theo lý do) <textarea name="remark" rows="3"></textarea></label>
            <label>Giá trị đúng theo dữ liệu dân cư (không bắt buộc) <input name="expected"></label>
            \(otherDossier)
            <button>Trả lại hồ sơ tới</button>
            </form>
            <h2>Đang chờ và đang giữ</h2>
            \(rows.isEmpty ? nothing : table)
            <form method="post" action="/desk/intake/lift"><input type="hidden" name="token" value="\(formToken)">
            <button class="quiet">Bỏ điều đang chờ hồ sơ tới</button></form>
            """
        return DeskPages.Page(title: "Bàn tiếp nhận", body: body)
    }

    /// The list of reasons to choose from.
    static func reasons() -> HTML {
        let options = ReturnReason.allCases.map { reason -> HTML in
            "<option value=\"\(reason.rawValue)\">\(reason.rawValue). \(reason.words)</option>"
        }
        return "<label>Lý do <select name=\"reason\">\(options)</select></label>"
    }

    /// The fields of the dossier that another one is a duplicate of.
    static var otherDossier: HTML {
        """
        <label>Nếu trùng: mã hồ sơ kia <input name="other-code"></label>
        <label>nơi nhận <input name="other-kiosk"></label>
        <label>ngày nhận <input type="date" name="other-date"></label>
        """
    }

    /// The other dossier of a form; nil where no code stands in it.
    static func other(_ form: [String: String]) throws(TrainingPortalError) -> OtherDossier? {
        guard let code = form["other-code"], !code.isEmpty else { return nil }
        guard let day = form["other-date"], let instant = PortalTime.instant(day) else {
            throw .actRefused(reason: "Cần ngày nhận của hồ sơ kia.")
        }
        return OtherDossier(code: code, kiosk: form["other-kiosk"] ?? "", receivedAt: instant)
    }

    private static func link(_ dossier: String?) -> HTML {
        dossier.map { "<a href=\"/desk/dossiers/\($0)\">\($0)</a>" } ?? "Hồ sơ tới"
    }
}
