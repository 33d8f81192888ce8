internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskVault
internal import PortalWire
internal import SQLiteAccess

/// The officer's desk: pages for people, in Vietnamese, without scripts.
///
/// There is no log-in: it is reachable from this machine only, and what is on it is invented.
struct Desk: Sendable {
    private let core: PortalCore

    init(_ core: PortalCore) { self.core = core }

    /// Adds its routes.
    func add(to router: inout Router) {
        let desk = self
        router.on("GET", "/") { try await desk.list($0) }
        router.on("GET", "/desk.css") { _ in .content(EmbeddedAssets.files["desk.css"] ?? "", type: "text/css; charset=utf-8") }
        router.on("GET", "/desk/dossiers/{id}") { try await desk.show($0) }
        router.on("POST", "/desk/dossiers/{id}/act") { try await desk.act($0) }
        router.on("GET", "/desk/dossiers/{id}/files/{position}") { try await desk.file($0) }
        router.on("GET", "/desk/sms") { _ in try await desk.messages() }
        router.on("GET", "/desk/accounts") { _ in try await desk.accounts() }
        router.on("POST", "/desk/accounts") { try await desk.actOnAccount($0) }
        router.on("GET", "/desk/intake") { _ in try await desk.intake() }
        router.on("POST", "/desk/intake") { try await desk.object($0) }
        router.on("POST", "/desk/intake/lift") { try await desk.lift($0) }
        router.on("GET", "/desk/residents") { _ in desk.page(DeskPages.residents(desk.core.population.residents)) }
        router.on("GET", "/desk/announcements") { _ in try await desk.announcements() }
        router.on("POST", "/desk/announcements") { try await desk.announce($0) }
        router.on("POST", "/desk/announcements/end") { try await desk.endAnnouncement($0) }
        router.on("GET", "/desk/catalogue") { _ in
            desk.page(DeskCatalogue.page(desk.core.catalogue, formToken: desk.core.formToken))
        }
        router.on("POST", "/desk/catalogue") { try await desk.publish($0) }
    }

    // MARK: Pages

    private func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        let status = request.query["status"].flatMap { DossierStatus(rawValue: $0) }
        let condition: SQL = status.map { "WHERE status = \($0.rawValue)" } ?? ""
        let dossiers = try await core.database.read { db in
            try Dossiers.list("\(part: condition) ORDER BY received_at DESC, code DESC LIMIT 500", in: db)
        }
        return page(DeskPages.list(dossiers, status: status, catalogue: core.catalogue))
    }

    private func show(_ request: HTTPRequest, fault: String? = nil) async throws -> HTTPResponse {
        let id = request.parameter("id")
        let found = try await core.database.read { db in
            try Dossiers.find(id, in: db).map { ($0, try Dossiers.history(of: id, in: db)) }
        }
        guard let (dossier, history) = found else { return lost() }
        let view = DeskDossierPage(
            dossier: dossier, history: history, procedure: core.catalogue.name(of: dossier.procedure), formToken: core.formToken,
            fault: fault)
        return page(DeskPages.Page(title: "Hồ sơ \(dossier.code)", body: view.body), status: fault == nil ? 200 : 409)
    }

    private func messages() async throws -> HTTPResponse {
        let messages = try await core.database.read { db in
            try db.all("SELECT phone, code, sent_at, account FROM sms ORDER BY number DESC LIMIT 200") { row in
                DeskPages.Message(phone: row.text(0), code: row.text(1), at: row.text(2), account: row.text(3))
            }
        }
        return page(DeskPages.messages(messages))
    }

    private func announcements() async throws -> HTTPResponse {
        let all = try await core.database.read { db in try Announcements.list("ORDER BY valid_from DESC", in: db) }
        return page(DeskPages.announcements(all, formToken: core.formToken))
    }

    /// A paper's bytes, streamed.
    ///
    /// Only images and PDF are shown in the browser; all else is saved: a kiosk's file could be a page.
    private func file(_ request: HTTPRequest) async throws -> HTTPResponse {
        let id = request.parameter("id")
        let position = Int(request.parameter("position")) ?? -1
        let found = try await core.database.read { db -> (AttachmentMessage, UploadRecord)? in
            guard let dossier = try Dossiers.find(id, in: db), dossier.attachments.indices.contains(position) else { return nil }
            let paper = dossier.attachments[position]
            return try Uploads.holding(sha256: paper.sha256, of: dossier.kiosk, in: db).map { (paper, $0) }
        }
        guard let (paper, upload) = found, let file = try core.uploads.open(upload.id, writing: false) else { return lost() }
        let reader = FileReader(file: file, length: upload.length)
        let isShown = ["image/jpeg", "image/png", "image/webp", "application/pdf"].contains(paper.mediaType)
        let name = paper.fileName.utf8.map { Self.isPlain($0) ? String(UnicodeScalar($0)) : "%" + Hex.encode([$0]).uppercased() }
            .joined()
        return HTTPResponse(
            status: 200,
            headers: [
                "Content-Type": isShown ? paper.mediaType : "application/octet-stream", "X-Content-Type-Options": "nosniff",
                "Content-Disposition": "\(isShown ? "inline" : "attachment"); filename*=UTF-8''\(name)",
                "Cache-Control": "no-store",
            ], body: .stream(length: upload.length) { try await reader.next() })
    }

    // MARK: Forms

    private func act(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form = try await form(of: request)
        let id = request.parameter("id")
        func filled(_ name: String) -> String? { form[name].flatMap { $0.isEmpty ? nil : $0 } }
        do {
            var order = ActOrder(
                act: form["act"] ?? "", remark: form["remark"], pointer: filled("pointer"), reason: filled("reason"),
                expected: filled("expected").map { .string($0) }, dueAt: filled("due"), bring: form["bring"],
                other: try DeskIntake.other(form))
            order.value = try await typed(form["value"] ?? "", at: order.pointer, of: id)
            guard let act = try order.officerAct() else { throw HTTPFault(400, "Không có thao tác này.") }
            try await core.perform(act, on: id)
        } catch TrainingPortalError.actRefused(let reason) {
            return try await show(request, fault: reason)
        } catch TrainingPortalError.unknownDossier {
            return lost()
        }
        return .redirect(to: "/desk/dossiers/\(id)")
    }

    private func accounts(fault: String? = nil) async throws -> HTTPResponse {
        let all = try await core.database.read { db in try Accounts.list("ORDER BY sent_time DESC, id LIMIT 500", in: db) }
        return page(DeskAccounts.page(all, fault: fault, formToken: core.formToken), status: fault == nil ? 200 : 409)
    }

    private func actOnAccount(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form = try await form(of: request)
        guard let act = AccountAct(rawValue: form["act"] ?? "") else { throw HTTPFault(400, "Không có thao tác này.") }
        do {
            try await core.perform(act, account: form["account"] ?? "")
        } catch TrainingPortalError.actRefused(let reason) {
            return try await accounts(fault: reason)
        } catch TrainingPortalError.unknownAccount {
            return lost()
        }
        return .redirect(to: "/desk/accounts")
    }

    private func intake() async throws -> HTTPResponse {
        let all = try await core.database.read { db in try Objections.list("", in: db).map(\.objection) }
        return page(DeskIntake.page(all, story: .empty, formToken: core.formToken))
    }

    private func object(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form = try await form(of: request)
        do {
            let order = ObjectionOrder(
                reason: form["reason"], pointer: form["pointer"], message: form["remark"],
                expected: form["expected"].flatMap { $0.isEmpty ? nil : .string($0) }, other: try DeskIntake.other(form))
            try await core.object(try order.objection())
        } catch TrainingPortalError.actRefused(let reason) {
            throw HTTPFault(400, reason)
        }
        return .redirect(to: "/desk/intake")
    }

    private func lift(_ request: HTTPRequest) async throws -> HTTPResponse {
        _ = try await form(of: request)
        try await core.liftObjections(dossier: nil)
        return .redirect(to: "/desk/intake")
    }

    private func endAnnouncement(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await core.endAnnouncement(try await form(of: request)["id"] ?? "")
        return .redirect(to: "/desk/announcements")
    }

    private func announce(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form = try await form(of: request)
        let title = form["title"] ?? ""
        guard title.contains(where: { !$0.isWhitespace }) else { throw HTTPFault(400, "Thông báo cần có tiêu đề.") }
        let start = form["from"].flatMap { $0.isEmpty ? nil : $0 + ":00+07:00" } ?? PortalTime.text(core.now)
        let end =
            form["until"].flatMap { $0.isEmpty ? nil : $0 + ":00+07:00" } ?? PortalTime.due(calendarDays: 30, after: core.now)
        try await core.announce(
            title: title, body: form["body"] ?? "", validFrom: start, validUntil: end, isPublic: form["public"] == "on")
        return .redirect(to: "/desk/announcements")
    }

    private func publish(_ request: HTTPRequest) async throws -> HTTPResponse {
        let form = try await form(of: request)
        try await core.change(catalogue: form["act"] ?? "", procedure: form["procedure"] ?? "")
        return .redirect(to: "/desk/catalogue")
    }

    /// A form sent from one of the desk's own pages: it has the token that only they show, and no foreign origin.
    private func form(of request: HTTPRequest) async throws -> [String: String] {
        if let origin = request.headers["Origin"], origin != "http://" + (request.headers["Host"] ?? "") {
            throw HTTPFault(403, "Biểu mẫu đến từ trang khác nên không được nhận.")
        }
        let form = try await request.form()
        guard Secret.equal(Array((form["token"] ?? "").utf8), Array(core.formToken.utf8)) else {
            throw HTTPFault(403, "Biểu mẫu đã cũ. Hãy quay lại, tải lại trang rồi làm lại.")
        }
        return form
    }

    /// The text of a form as the kind of value that stands at the place now: a number stays a number.
    private func typed(_ text: String, at pointer: String?, of id: String) async throws -> JSONValue {
        let dossier = try await core.database.read { db in try Dossiers.find(id, in: db) }
        let place = JSONPointer(pointer ?? "").map { JSONPointer(tokens: Array($0.tokens.dropFirst())) }
        guard let dossier, let place else { return .string(text) }
        switch dossier.fields[place] {
        case .number?:
            let value = try? JSONText.decode(JSONValue.self, from: Data(text.utf8))
            if case .number? = value { return value ?? .null }
            return .string(text)
        case .bool?:
            return .bool(text == "true")
        default:
            return .string(text)
        }
    }

    // MARK: Frame

    private func page(_ page: DeskPages.Page, status: Int = 200) -> HTTPResponse {
        DeskPages.frame(page).response(status: status)
            .with("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
            .with("X-Content-Type-Options", "nosniff")
            // With `no-referrer` a browser would send `Origin: null` with the desk's own forms.
            .with("Referrer-Policy", "same-origin")
            .with("Cache-Control", "no-store")
    }

    /// A bare refusal as a page; other answers as they are.
    func dressed(_ response: HTTPResponse) -> HTTPResponse {
        guard response.status >= 400, response.headers["Content-Type"]?.hasPrefix("text/plain") == true,
            case .bytes(let bytes) = response.body
        else { return response }
        let reason = response.status == 404 ? "Không có trang này." : String(decoding: bytes, as: UTF8.self)
        let body: HTML = "<p class=\"fault\" role=\"alert\">\(reason)</p><p><a href=\"/\">Về danh sách hồ sơ</a></p>"
        return page(DeskPages.Page(title: "Không thực hiện được", body: body), status: response.status)
    }

    private func lost() -> HTTPResponse {
        page(DeskPages.Page(title: "Không tìm thấy", body: "<p>Không có hồ sơ hoặc tệp này.</p>"), status: 404)
    }

    /// RFC 8187, section 3.2.1: what needs no percent-encoding.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
