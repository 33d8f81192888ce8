internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// What the village head reads out to the commune police when a stay cannot be sent in time: telephone and direct notice are
    /// valid ways too (Thông tư 55/2021/TT-BCA, article 15).
    func phoneScriptPage() async throws -> HTTPResponse {
        let detail = try await store.dossier(parameter("id"))
        let dossier = detail.summary
        let procedure = try store.procedure(dossier.procedure, version: dossier.catalogueVersion)
        guard procedure.deadline?.kind == .stayNotice else { return .redirect(to: "/dossiers/\(dossier.id)") }
        let form = Form(procedure, today: VietnamTime.day(of: now))
        let parts = form.sections(for: detail.answers).map { section -> HTML in
            "<h2>\(say(section.title))</h2>\(answers(of: section, in: form, detail.answers))"
        }
        let content: HTML = """
            \(back("/dossiers/\(dossier.id)", say("Hồ sơ", "The dossier")))
            \(printBar(say("In", "Print")))
            <article class="receipt script"><h1>\(say("Báo lưu trú qua điện thoại", "Telling of a stay by telephone"))</h1>\(deadline(dossier))
            <p>“\(say("Alô, Công an xã phải không ạ? Tôi là \(store.operatorRow.name), \(store.identity.village). Tôi báo có người lưu trú như sau:",
                "Hello, is this the commune police? This is \(store.operatorRow.name), \(store.identity.village). I am telling you of a stay:"))”</p>
            \(parts)
            <p>“\(say("Xin anh chị cho biết họ tên người nhận tin và giờ nhận.", "Please tell me your name and the time."))”</p>
            <p>\(say("Người nhận tin:", "Received by:")) ______________________ &nbsp; \(say("Lúc:", "At:")) __________</p></article>
            """
        return page(say("Lời đọc qua điện thoại", "Telephone script"), content)
    }
}
