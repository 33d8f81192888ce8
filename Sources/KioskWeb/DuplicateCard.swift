internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Visit {
    /// The other dossier that the portal already has of this person: what, where, when, and what can be done about it.
    func duplicateCard(code: String, receivedAt: String, kiosk: String, detail: DossierDetail) async throws -> HTML {
        let dossier = detail.summary
        let procedure = try store.procedure(dossier.procedure, version: dossier.catalogueVersion)
        let own = try await store.dossier(withCode: code)
        let place: HTML
        if let own {
            place = """
                <p>\(say("Hồ sơ đó cũng làm ở máy này:", "It was made on this machine too:"))
                <a href="/dossiers/\(own.id)"><b>\(own.subject.isEmpty ? own.applicant : own.subject)</b></a></p>
                """
        } else if kiosk == store.identity.kioskID {
            place =
                "<p>\(say("Hồ sơ đó gửi từ mã của máy này, nhưng dữ liệu ở đây không có.", "It was sent under this machine's id, but is not in its data."))</p>"
        } else {
            place =
                "<p>\(say("Hồ sơ đó không làm ở máy này. Muốn xem thì hỏi Công an xã, đọc mã hồ sơ.", "It was not made on this machine. Ask the commune police about it by its code."))</p>"
        }
        return notice(
            .bad, say("Người dân đã có hồ sơ này trên cổng", "The resident already has such a dossier"),
            """
            <p>\(name(of: procedure)). \(say("Mã hồ sơ", "Code")) <b>\(code)</b>, \(say("nhận lúc", "received")) \(say.time(receivedAt)), \(
                say("từ máy", "from kiosk")) \(kiosk).</p>\(place)
            <h3>\(say("Hồ sơ kia đúng rồi?", "Is that one right?"))</h3>
            <p><a class="button" href="/dossiers/\(dossier.id)/withdraw">\(say("Rút hồ sơ ở đây", "Withdraw this one"))</a></p>
            <h3>\(say("Không trùng?", "Is this no duplicate?"))</h3>
            <form method="post" action="/dossiers/\(dossier.id)/explain" autocomplete="off">\(csrf)
            <label for="explanation">\(say("Ghi vì sao không trùng, cán bộ sẽ đọc (ví dụ: con sinh đôi, đây là bé thứ hai)",
                "Why it is none; the officer reads it (for example: twins, this is the second child)"))</label>
            <textarea id="explanation" name="explanation" rows="3" maxlength="500" required data-viet></textarea>
            <p><button class="button primary">\(say("Gửi lại kèm giải trình", "Send again with this explanation"))</button></p></form>
            """)
    }

    func explainDuplicate() async throws -> HTTPResponse {
        try await store.explainDuplicate(parameter("id"), explanation: fields["explanation"] ?? "", now: now)
        return .redirect(to: "/dossiers/\(parameter("id"))")
    }

    /// The same on the section in which the number stands.
    func likelyDuplicates(of view: DraftView, in section: FormSection) async throws -> HTML {
        let number = numberPlace(view.procedure)
        guard section.repeats == nil, section.fields.contains(where: { $0.pointer == number }) else { return "" }
        return try await likelyDuplicates(of: view)
    }

    /// Says that this machine has another dossier of the same person and procedure; it stops nobody.
    func likelyDuplicates(of view: DraftView) async throws -> HTML {
        let others = try await store.likelyDuplicates(of: view.id)
        guard !others.isEmpty else { return "" }
        let items = others.map { other -> HTML in
            let name = other.subject.isEmpty ? other.applicant : other.subject
            return """
                <li><a href="/dossiers/\(other.id)">\(name.isEmpty ? say("(chưa có tên)", "(no name yet)") : name)</a> – \(say(other.state.name)), \(
                    VietnamTime.spoken(other.sealedAt ?? other.capturedAt))</li>
                """
        }
        return notice(
            .warn,
            say("Người này đã có hồ sơ cùng thủ tục ở máy này", "This person has a dossier of this procedure here already"),
            """
            <ul>\(items)</ul><p>\(say("Xem lại kẻo làm trùng. Nếu là việc khác thì cứ làm tiếp.",
                "Look, lest it be filed twice. If it is another matter, just go on."))</p>
            """)
    }
}
