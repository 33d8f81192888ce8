internal import HTTPServing
internal import JSONTree
internal import PortalWire

/// The desk's pages but the dossier's own.
enum DeskPages {
    /// A page to be framed.
    struct Page {
        let title: String
        let body: HTML
    }

    /// A short message that a real portal would have sent.
    struct Message: Sendable {
        let phone: String
        let code: String
        let at: String
        let account: String
    }

    /// The whole document.
    static func frame(_ page: Page) -> HTML {
        """
        <!doctype html>
        <html lang="vi">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(page.title) – Cổng tập huấn</title>
        <link rel="stylesheet" href="/desk.css">
        </head>
        <body>
        <p class="banner" role="note">CỔNG TẬP HUẤN — không phải cổng thật</p>
        <nav aria-label="Bàn làm việc của cán bộ">
        <a href="/">Hồ sơ</a> <a href="/desk/sms">Tin nhắn mã xác thực</a> <a href="/desk/accounts">Tài khoản</a>
        <a href="/desk/intake">Bàn tiếp nhận</a> <a href="/desk/residents">Dân cư</a>
        <a href="/desk/announcements">Thông báo</a> <a href="/desk/catalogue">Danh mục</a>
        </nav>
        <main>
        <h1>\(page.title)</h1>
        \(page.body)
        </main>
        </body>
        </html>

        """
    }

    /// The list of dossiers.
    static func list(_ dossiers: [DossierRecord], status: DossierStatus?, catalogue: PortalCatalogue) -> Page {
        let filters = DossierStatus.allCases.map { one -> HTML in
            "<li><a href=\"/?status=\(one.rawValue)\"\(" aria-current=\"true\"", when: one == status)>\(one.words)</a></li>"
        }
        let rows = dossiers.map { dossier -> HTML in
            """
            <tr>
            <td><a href="/desk/dossiers/\(dossier.id)">\(dossier.code)</a></td>
            <td>\(dossier.fields["applicant"]?["fullName"]?.stringValue)</td>
            <td>\(catalogue.name(of: dossier.procedure))</td>
            <td><span class="status \(dossier.status.rawValue)">\(dossier.status.words)</span></td>
            <td>\(PortalTime.forPeople(dossier.receivedAt))</td>
            <td>\(dossier.dueAt.map(PortalTime.forPeople))</td>
            </tr>
            """
        }
        let table: HTML = """
            <table>
            <thead><tr><th>Mã hồ sơ</th><th>Người kê khai</th><th>Thủ tục</th><th>Trạng thái</th><th>Nhận lúc</th><th>Hẹn trả</th></tr></thead>
            <tbody>\(rows)</tbody>
            </table>
            """
        let nothing: HTML = "<p>Chưa có hồ sơ nào.</p>"
        let body: HTML = """
            <ul class="filters"><li><a href="/"\(" aria-current=\"true\"", when: status == nil)>Tất cả</a></li>\(filters)</ul>
            \(rows.isEmpty ? nothing : table)
            """
        return Page(title: "Hồ sơ", body: body)
    }

    /// The codes sent.
    static func messages(_ messages: [Message]) -> Page {
        let rows = messages.map { message -> HTML in
            """
            <tr><td>\(PortalTime.forPeople(message.at))</td><td>\(message.phone)</td><td class="code">\(message.code)</td></tr>
            """
        }
        let body: HTML = """
            <p>Cổng thật gửi các mã này bằng tin nhắn SMS. Ở đây chúng chỉ hiện trên màn hình; mỗi mã có hiệu lực 10 phút.</p>
            <table><thead><tr><th>Lúc</th><th>Số điện thoại</th><th>Mã</th></tr></thead><tbody>\(rows)</tbody></table>
            """
        return Page(title: "Tin nhắn mã xác thực", body: body)
    }

    /// The population database.
    static func residents(_ residents: [Resident]) -> Page {
        let rows = residents.map { resident -> HTML in
            let sex = resident.sex == "male" ? "Nam" : "Nữ"
            let account = resident.hasAccount ? "Có" : "Chưa có"
            return """
                <tr><td>\(resident.citizenId)</td><td>\(resident.fullName)</td><td>\(resident.birthDate)</td><td>\(sex)</td>
                <td>\(resident.phone)</td><td>\(account)</td></tr>
                """
        }
        let body: HTML = """
            <p>Những người này đều không có thật. Số định danh bắt đầu bằng 099 là mã tỉnh chưa từng được cấp.</p>
            <table>
            <thead><tr><th>Số định danh</th><th>Họ và tên</th><th>Ngày sinh</th><th>Giới tính</th><th>Điện thoại</th>
            <th>Tài khoản</th></tr></thead>
            <tbody>\(rows)</tbody>
            </table>
            """
        return Page(title: "Dân cư", body: body)
    }

    /// The announcements and the form for a new one.
    static func announcements(_ announcements: [ChangeMessage.Announcement], formToken: String) -> Page {
        let items = announcements.map { one -> HTML in
            """
            <article><h2>\(one.title)</h2>\(HTML.lines(one.body))
            <p class="quiet">Từ \(one.validFrom.map(PortalTime.forPeople)) đến \(one.validUntil.map(PortalTime.forPeople)),
            \(one.isPublic == true ? "ai cũng xem được" : "chỉ trưởng thôn xem")</p>
            <form method="post" action="/desk/announcements/end"><input type="hidden" name="token" value="\(formToken)">
            <input type="hidden" name="id" value="\(one.id)"><button class="quiet" aria-label="Kết thúc: \(one.title)">Kết thúc ngay</button></form>
            </article>
            """
        }
        let body: HTML = """
            <form method="post" action="/desk/announcements">
            <input type="hidden" name="token" value="\(formToken)">
            <label>Tiêu đề <input name="title" required maxlength="200"></label>
            <label>Nội dung <textarea name="body" rows="4"></textarea></label>
            <label>Có hiệu lực từ <input type="datetime-local" name="from"></label>
            <label>đến <input type="datetime-local" name="until"></label>
            <label class="choice"><input type="checkbox" name="public"> Ai cũng xem được, cả khi màn hình kiosk đang khóa</label>
            <button>Gửi đến các kiosk</button>
            </form>
            \(items)
            """
        return Page(title: "Thông báo", body: body)
    }
}
