internal import HTTPServing
internal import JSONTree
internal import PortalWire

/// The desk's page of one dossier.
struct DeskDossierPage {
    let dossier: DossierRecord
    let history: [(at: String, who: String, what: String)]
    /// The procedure's name.
    let procedure: String
    let formToken: String
    /// Why the last act was refused; nil where none was.
    let fault: String?

    /// The page's content.
    var body: HTML {
        """
        \(faultNote)
        <dl>
        <dt>Thủ tục</dt><dd>\(procedure) (\(dossier.procedure))</dd>
        <dt>Trạng thái</dt><dd><span class="status \(dossier.status.rawValue)">\(dossier.status.words)</span>
        từ \(PortalTime.forPeople(dossier.statusAt))</dd>
        <dt>Nhận lúc</dt><dd>\(PortalTime.forPeople(dossier.receivedAt)) từ kiosk \(dossier.kiosk)</dd>
        <dt>Hẹn trả</dt><dd>\(dossier.dueAt.map(PortalTime.forPeople) ?? "chưa hẹn")</dd>
        <dt>Phiên bản</dt><dd>\(dossier.version)</dd>
        </dl>
        <h2>Xử lý</h2>
        <div class="acts">\(plainActs)</div>
        \(remarkForms)
        <h2>Tờ khai</h2>
        <table><thead><tr><th>Trường</th><th>Giá trị</th></tr></thead><tbody>\(fieldRows)</tbody></table>
        <h2>Thành phần hồ sơ</h2>
        \(papers)
        <h2>Ý kiến của cán bộ</h2>
        \(remarks)
        <h2>Quá trình</h2>
        <ol>\(history.map { one -> HTML in
            "<li>\(PortalTime.forPeople(one.at)), \(one.who == "officer" ? "cán bộ" : "kiosk"): \(one.what)</li>"
        })</ol>
        """
    }

    private var faultNote: HTML { fault.map { "<p class=\"fault\" role=\"alert\">\($0)</p>" } ?? .empty }

    /// The start of every form: where it goes, the token, the act.
    private func form(_ act: String, _ content: HTML) -> HTML {
        """
        <form method="post" action="/desk/dossiers/\(dossier.id)/act">
        <input type="hidden" name="token" value="\(formToken)"><input type="hidden" name="act" value="\(act)">
        \(content)
        </form>
        """
    }

    private var plainActs: [HTML] {
        let acts: [(OfficerAct, String)] = [
            (.accept, "accept"), (.process, "process"), (.resolve, "resolve"), (.returnResult, "return-result"),
            (.restore, "restore"),
        ]
        return acts.map { act, name in
            let fits = act.from.contains(dossier.status)
            return form(name, "<button\(" class=\"quiet\"", when: !fits)>\(act.words)</button>")
        }
    }

    private var remarkForms: HTML {
        """
        <details><summary>Nhắn công dân, như báo lịch hẹn</summary>
        \(form("remark", """
        <label>Lời nhắn <textarea name="remark" rows="3" required></textarea></label>
        <label>Về mục nào (báo lịch hẹn: /fields/appointment) <input name="pointer" list="places"></label>
        <button>Gửi lời nhắn</button>
        """))
        </details>
        <details><summary>Yêu cầu bổ sung</summary>
        \(form("request-supplement", """
        <label>Cần bổ sung gì <textarea name="remark" rows="3" required></textarea></label>
        <label>Trường liên quan (không bắt buộc) <input name="pointer" list="places"></label>
        <label>Bổ sung trước ngày (không bắt buộc) <input type="date" name="due"></label>
        <button>Gửi yêu cầu bổ sung</button>
        """))
        </details>
        <details><summary>Từ chối</summary>
        \(form("refuse", """
        \(DeskIntake.reasons())
        <label>Lời của cán bộ (để trống: theo lý do) <textarea name="remark" rows="3"></textarea></label>
        <label>Về mục nào (để trống: mục thường gặp) <input name="pointer" list="places"></label>
        <label>Giá trị đúng (để trống: theo dữ liệu dân cư nếu có) <input name="expected"></label>
        <button class="danger">Từ chối hồ sơ</button>
        """))
        </details>
        <details><summary>Khác dữ liệu dân cư</summary>
        \(form("mark-mismatch", """
        <p>Công dân phải đến Công an xã để cập nhật. Bản gửi lại với giá trị cũ ở mục này bị trả lại.</p>
        <label>Mục khác (để trống: họ tên người khai) <input name="pointer" list="places"></label>
        <label>Lời của cán bộ (không bắt buộc) <textarea name="remark" rows="2"></textarea></label>
        <label>Giá trị trong dữ liệu dân cư (để trống: tự điền) <input name="expected"></label>
        <button>Ghi là khác dữ liệu dân cư</button>
        """))
        </details>
        <details><summary>Trùng hồ sơ</summary>
        \(form("mark-duplicate", """
        \(DeskIntake.otherDossier)
        <label>Lời của cán bộ (không bắt buộc) <textarea name="remark" rows="2"></textarea></label>
        <button class="danger">Từ chối vì trùng</button>
        """))
        </details>
        <details><summary>Hẹn lại ngày trả</summary>
        \(form("reschedule", """
        <label>Trả ngày <input type="date" name="due" required></label>
        <button>Hẹn lại</button>
        """))
        </details>
        <details><summary>Có kết quả, hẹn ngày trả</summary>
        \(form("decide", """
        <label>Trả từ ngày <input type="date" name="due" required></label>
        <label>Mang theo những gì <textarea name="bring" rows="2"></textarea></label>
        <button>Báo có kết quả</button>
        """))
        </details>
        <details><summary>Sửa một trường</summary>
        \(form("edit-field", """
        <label>Trường <input name="pointer" list="places" required></label>
        <label>Giá trị mới <input name="value"></label>
        <button>Lưu giá trị</button>
        """))
        </details>
        <details><summary>Loại một giấy tờ</summary>
        \(form("remove-paper", """
        <label>Giấy tờ <select name="pointer" required>\(dossier.attachments.enumerated().map { number, paper -> HTML in
            "<option value=\"/attachments/\(number)\">\(paper.component): \(paper.fileName)</option>" })</select></label>
        <button class="danger">Loại khỏi hồ sơ</button>
        """))
        </details>
        <datalist id="places">\(leaves.map { leaf -> HTML in "<option value=\"\(leaf.pointer)\">" })</datalist>
        """
    }

    private var fieldRows: [HTML] {
        leaves.map { leaf in "<tr><td><code>\(leaf.pointer)</code></td><td>\(leaf.text)</td></tr>" }
    }

    /// The answers one by one, with their places.
    private var leaves: [(pointer: String, text: String)] {
        var found: [(pointer: String, text: String)] = []
        func walk(_ value: JSONValue, _ place: JSONPointer) {
            switch value {
            case .object(let members):
                for (name, member) in members.sorted(by: { $0.key < $1.key }) { walk(member, place.appending(name)) }
            case .array(let elements):
                for (index, element) in elements.enumerated() { walk(element, place.appending(String(index))) }
            case .string(let text): found.append((place.description, text))
            case .number(let number): found.append((place.description, "\(number)"))
            case .bool(let flag): found.append((place.description, flag ? "có" : "không"))
            case .null: found.append((place.description, ""))
            }
        }
        walk(dossier.fields, JSONPointer(tokens: ["fields"]))
        return found
    }

    private var papers: HTML {
        guard !dossier.attachments.isEmpty else { return "<p>Không có tệp nào.</p>" }
        let rows = dossier.attachments.enumerated().map { position, paper -> HTML in
            """
            <tr><td>\(paper.component)</td>
            <td><a href="/desk/dossiers/\(dossier.id)/files/\(position)" target="_blank">\(paper.fileName)</a>\(note(paper))</td>
            <td>\((paper.size + 1023) / 1024) kB</td>
            <td>\(thumbnail(position, mediaType: paper.mediaType))</td></tr>
            """
        }
        return """
            <table><thead><tr><th>Thành phần</th><th>Tệp</th><th>Cỡ</th><th>Xem trước</th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    private func note(_ paper: AttachmentMessage) -> HTML {
        paper.note.map { "<br><small>Kiosk ghi chú: \($0)</small>" } ?? .empty
    }

    private func thumbnail(_ position: Int, mediaType: String) -> HTML {
        guard ["image/jpeg", "image/png", "image/webp"].contains(mediaType) else { return .empty }
        return "<img src=\"/desk/dossiers/\(dossier.id)/files/\(position)\" alt=\"Bản quét\" loading=\"lazy\">"
    }

    private var remarks: HTML {
        guard !dossier.remarks.isEmpty else { return "<p>Chưa có ý kiến.</p>" }
        let items = dossier.remarks.map { remark -> HTML in
            "<li>\(PortalTime.forPeople(remark.at)), \(remark.by): \(remark.reason) \(remark.text) <code>\(remark.pointer)</code></li>"
        }
        return "<ul>\(items)</ul>"
    }
}
