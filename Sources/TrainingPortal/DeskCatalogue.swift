internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree

extension PortalCore {
    /// Changes the catalogue as the desk does: `renew`, `break`, or `retire` with a procedure's code.
    ///
    /// - Returns: its ETag.
    /// - Throws: `HTTPFault` 400 for another act or a procedure that is not there.
    @discardableResult
    func change(catalogue act: String, procedure: String) async throws -> String {
        let day = String(PortalTime.text(now).prefix(10))
        guard let text = try DeskCatalogue.text(for: act, procedure: procedure, of: catalogue, day: day) else {
            throw HTTPFault(400, "Không làm được việc này với danh mục.")
        }
        return try await publish(text)
    }
}

/// What a trainer does with the catalogue at the desk: a new version, a procedure retired, a broken text.
enum DeskCatalogue {
    /// The page of the catalogue.
    static func page(_ catalogue: PortalCatalogue, formToken: String) -> DeskPages.Page {
        let state: HTML =
            catalogue.isReadable
            ? "<p>Đang phát hành: bản <b>\(catalogue.version)</b>.</p>"
            : "<p class=\"fault\" role=\"alert\">Đang phát hành một bản hỏng. Cổng vẫn nhận hồ sơ theo bản trước.</p>"
        let rows = catalogue.list.map { procedure -> HTML in
            """
            <tr><td>\(procedure.code)</td><td>\(procedure.name)</td><td>\(form(formToken, "retire", "Ngừng thủ tục này", procedure.code, about: procedure.name))</td></tr>
            """
        }
        let body: HTML = """
            \(state)
            <p>Mọi kiosk được báo trong lần gửi tới. Kiosk giữ bản đang dùng khi bản mới có lỗi.</p>
            <div class="acts">\(form(formToken, "renew", "Phát hành lại dưới phiên bản mới"))\(form(formToken, "break", "Phát hành một bản hỏng"))</div>
            <table><thead><tr><th>Mã</th><th>Thủ tục</th><th>Việc</th></tr></thead><tbody>\(rows)</tbody></table>
            """
        return DeskPages.Page(title: "Danh mục thủ tục", body: body)
    }

    private static func form(_ token: String, _ act: String, _ words: String, _ code: String = "", about name: String? = nil)
        -> HTML
    {
        let label: HTML = name.map { " aria-label=\"\(words): \($0)\"" } ?? ""
        return """
            <form method="post" action="/desk/catalogue"><input type="hidden" name="token" value="\(token)">
            <input type="hidden" name="act" value="\(act)"><input type="hidden" name="procedure" value="\(code)">
            <button\(label)\(" class=\"danger\"", when: act != "renew")>\(words)</button></form>
            """
    }

    /// The text to publish for an act; nil where there is no such act.
    ///
    /// - Parameter day: today in Viet Nam (`YYYY-MM-DD`), the last day of a procedure that is retired.
    static func text(for act: String, procedure code: String, of catalogue: PortalCatalogue, day: String) throws -> [UInt8]? {
        let whole = catalogue.lastReadable
        if act == "break" { return Array(whole.prefix(whole.count / 2)) }
        guard act == "renew" || act == "retire" else { return nil }
        var tree = try JSONText.decode(JSONValue.self, from: Data(whole))
        tree.set(.string(nextVersion(after: tree["version"]?.stringValue ?? "")), at: JSONPointer(tokens: ["version"]))
        if act == "retire" {
            let procedures = tree["procedures"]?.arrayValue ?? []
            guard let retired = procedures.first(where: { $0["code"]?.stringValue == code }), procedures.count > 1 else {
                return nil
            }
            // Among the closed ones, because questions that lead to it may stand in the catalogue.
            var closed = retired.objectValue?.filter { ["code", "name", "group", "from", "replacement"].contains($0.key) } ?? [:]
            closed["until"] = .string(day)
            let others = procedures.filter { $0["code"]?.stringValue != code }
            tree.set(.array(others), at: JSONPointer(tokens: ["procedures"]))
            // A printed form that nothing is filed on any more makes the catalogue invalid.
            let used = others.reduce(into: Set<String>()) { $0.formUnion(forms(of: $1)) }
            let gone = forms(of: retired).subtracting(used)
            if let printed = tree["printedForms"]?.arrayValue {
                let kept = printed.filter { !gone.contains($0["form"]?.stringValue ?? "") }
                tree.set(.array(kept), at: JSONPointer(tokens: ["printedForms"]))
            }
            tree.set(.array((tree["closed"]?.arrayValue ?? []) + [.object(closed)]), at: JSONPointer(tokens: ["closed"]))
        }
        return Array(try JSONText.encode(tree))
    }

    /// The signs of the forms that a procedure is or was filed on.
    private static func forms(of procedure: JSONValue) -> Set<String> {
        Set((procedure["editions"]?.arrayValue ?? []).compactMap { $0["form"]?.stringValue })
    }

    /// The version with the last number before `@` one higher: `2022-04-08.3@2021-07-01` after `2022-04-08.2@2021-07-01`.
    static func nextVersion(after version: String) -> String {
        let base = version.prefix { $0 != "@" }
        let digits = base.reversed().prefix { $0.isASCII && $0.isNumber }.count
        guard digits > 0, let number = Int(base.suffix(digits)), number < Int.max else {
            return "\(base).1\(version.dropFirst(base.count))"
        }
        return "\(base.dropLast(digits))\(number + 1)\(version.dropFirst(base.count))"
    }
}
