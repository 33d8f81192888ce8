internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

/// What the locked screen has for everybody: nothing to unlock, nothing personal.
extension Desk {
    /// The links on the locked screen.
    func publicLinks(_ say: Tongue) -> HTML {
        let hours: HTML =
            options.openingHours.isEmpty
            ? "" : "<li><a class=\"button\" href=\"/public/hours\">\(say("Giờ làm việc", "Opening hours"))</a></li>"
        return """
            <nav class="card narrow public-links" aria-label="\(say("Không cần mở khóa", "Without unlocking"))">
            <h2>\(say("Dành cho bà con", "For residents"))</h2><ul>
            <li><a class="button" href="/public/lookup">\(say("Tra cứu tiến độ hồ sơ", "How far is my dossier?"))</a></li>
            <li><a class="button" href="/public/steps">\(say("Bốn bước tự nộp trên cổng", "Four steps to file it yourself"))</a></li>
            <li><a class="button" href="/public/bring">\(say("Cần mang theo giấy tờ gì", "What to bring"))</a></li>\(hours)</ul></nav>
            """
    }

    /// The letter's four steps, to read and to print.
    func stepsPage(_ request: HTTPRequest) -> HTTPResponse {
        let say = Tongue(request)
        let steps: [(String, String)] = [
            (
                say("Vào trang của cổng", "Open the portal"),
                say(
                    "Mở địa chỉ dichvucong.dancuquocgia.gov.vn trên điện thoại hoặc máy tính.",
                    "Open dichvucong.dancuquocgia.gov.vn on a phone or computer.")
            ),
            (
                say("Chọn thủ tục", "Choose the procedure"),
                say("Chọn mục thủ tục hành chính cần nộp.", "Choose the administrative procedure to be filed.")
            ),
            (
                say("Đăng ký tài khoản", "Register an account"),
                say(
                    "Nhập số Chứng minh nhân dân hoặc Căn cước công dân, điền các thông tin theo hướng dẫn. Cổng gửi mã gồm 06 số về số điện thoại chính chủ; nhập mã đó.",
                    "Enter the identity or citizen card number and what is asked. The portal sends six digits to the phone registered in your name; enter them."
                )
            ),
            (
                say("Điền tờ khai, gửi và theo dõi", "Fill in, send and follow"),
                say(
                    "Điền thông tin, đính kèm ảnh và giấy tờ ở phần cuối, rồi gửi. Để xem tiến độ: trang chủ, Quản lý hồ sơ dịch vụ công, Hồ sơ mới đăng ký, nhập mã hồ sơ và chọn thủ tục.",
                    "Fill in the form, attach pictures and papers at the end, and send. To follow it: home page, manage dossiers, newly registered, enter the code and choose the procedure."
                )
            ),
        ]
        return publicPage(
            request, say("Bốn bước tự nộp trên cổng", "Four steps to file it yourself"),
            """
            \(printing(say))<ol class="card public-steps">\(steps.map { title, text -> HTML in
                "<li><h2>\(title)</h2><p>\(text)</p></li>" })</ol>
            <div class="notice warn"><p>\(say(
                "Thông tin kê khai phải trùng với Cơ sở dữ liệu quốc gia về dân cư. Nếu không trùng, hãy đến Công an xã để cập nhật.",
                "What is declared must agree with the national population database. If it does not, go to the commune police."))</p></div>
            """)
    }

    /// The papers of each procedure, from the catalogue.
    func bringPage(_ request: HTTPRequest) async throws -> HTTPResponse {
        let say = Tongue(request)
        let catalogue = try await publicCatalogue()
        let groups = catalogue.groups.map { group -> HTML in
            let procedures = catalogue.procedures.filter { $0.group == group.id }
            guard !procedures.isEmpty else { return "" }
            return "<section class=\"card\"><h2>\(say(group.name))</h2>\(procedures.map { papers(of: $0, say) })</section>"
        }
        let title = say("Cần mang theo giấy tờ gì", "What to bring")
        return publicPage(
            request, title,
            "<p>\(say("Bấm vào thủ tục để xem. Mang bản chính.", "Touch a procedure. Bring the originals."))</p>\(groups)")
    }

    private func papers(of procedure: Procedure, _ say: Tongue) -> HTML {
        func list(_ title: String, _ components: [Component]) -> HTML {
            guard !components.isEmpty else { return "" }
            return "<p><b>\(title)</b></p><ul>\(components.map { "<li>\(say($0.name))</li>" as HTML })</ul>"
        }
        let always = procedure.components.filter { $0.required == true }
        let sometimes = procedure.components.filter { $0.required != true }
        let fee: HTML =
            procedure.editions.last?.fee.map { "<p>\(say("Lệ phí", "Fee")): \(say($0))</p>" } ?? ""
        return """
            <details><summary>\(say(procedure.discreetName ?? procedure.name).capitalizedFirst)</summary>
            <p>\(say("Căn cước công dân hoặc CMND của người đi nộp.", "The identity card of whoever comes."))</p>
            \(list(say("Luôn cần", "Always"), always))\(list(say("Tùy trường hợp", "Depending on the case"), sometimes))\(fee)</details>
            """
    }

    /// When somebody is there, as the settings have it.
    func hoursPage(_ request: HTTPRequest) -> HTTPResponse {
        let say = Tongue(request)
        let lines = options.openingHours.map { "<li>\(say($0))</li>" as HTML }
        let unknown: HTML =
            "<p>\(say("Chưa ghi giờ làm việc. Hãy hỏi trưởng thôn.", "No hours are set. Ask the village head."))</p>"
        return publicPage(
            request, say("Giờ làm việc", "Opening hours"),
            lines.isEmpty ? unknown : "<ul class=\"card public-hours\">\(lines)</ul>")
    }

    /// The catalogue as it stands today, also of a kiosk that is locked.
    func publicCatalogue() async throws -> Catalogue {
        try await store.currentCatalogue(own: ownCatalogue, isConfigured: isConfigured, now: now()).catalogue
    }

    /// A page for everybody: the frame of a locked kiosk.
    func publicPage(_ request: HTTPRequest, _ title: String, _ content: HTML, status: Int = 200) -> HTTPResponse {
        let say = Tongue(request)
        let path = request.method == "GET" ? LocalPath.checked(request.target) : "/public/lookup"
        return PageFrame(say: say, options: options, session: nil, path: path).page(
            title,
            """
            <p class="back"><a href="/unlock">← \(say("Về màn hình khóa", "To the locked screen"))</a></p><h1>\(title)</h1>\(content)
            """, status: status)
    }

    private func printing(_ say: Tongue) -> HTML {
        """
        <div class="screen-only print-bar"><button class="button primary" data-print type="button">\(say("In trang này", "Print"))</button>
        <p class="help">\(say("Bấm không thấy gì thì nhấn Ctrl + P.", "If nothing happens press Ctrl + P."))</p></div>
        """
    }
}
