internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// The offer to use papers again that the resident brought to an earlier dossier.
    ///
    /// Before the consent it tells a date and nothing else.
    func earlierPapersCard(_ view: DraftView, components: [Component]) async throws -> HTML {
        guard let date = try await store.earlierPapersDate(for: view.id) else { return "" }
        let day = VietnamTime.day(of: date).spoken
        guard view.draft.showsEarlierPapers == true else {
            return """
                <div class="notice info" id="earlier-papers"><p class="notice-title">\(say("Dùng lại giấy tờ đã quét ngày \(day)?",
                    "Use papers again that were scanned on \(day)?"))</p>
                <p>\(say("Người khai đã nộp giấy tờ ở máy này. Hỏi người dân trước; chỉ bấm khi họ đồng ý cho xem và dùng lại.",
                    "The applicant brought papers to this machine. Ask first; press only if the resident agrees to show and use them."))</p>
                <form method="post" action="/dossiers/\(view.id)/papers-earlier">\(csrf)<button class="button">\(
                    say("Người dân đồng ý, cho xem", "The resident consents, show them"))</button></form></div>
                """
        }
        let items = try await store.earlierPapers(for: view.id).map { earlier -> HTML in
            let paper = earlier.paper
            let options = components.map { component -> HTML in
                """
                <option value="\(component.id)"\(" selected", when: component.id == paper.component)>\(say(component.name))</option>
                """
            }
            let path = "/dossiers/\(earlier.dossier)/papers/\(paper.id)"
            return """
                <li>\(thumbnail(of: paper, at: path))<span class="file-name">\(paper.fileName)
                <small>\(VietnamTime.day(of: earlier.sealedAt).spoken), \(say.size(paper.size))</small></span>
                <form method="post" action="/dossiers/\(view.id)/papers-reuse" class="reuse">\(csrf)
                <input type="hidden" name="paper" value="\(paper.id)"><label>\(say("Dùng làm", "Use as"))
                <select name="component">\(options)</select></label>
                <button class="button small">\(say("Dùng lại", "Use again"))<span class="unseen"> \(paper.fileName)</span></button></form></li>
                """
        }
        return """
            <section class="card" id="earlier-papers"><h2>\(say("Giấy tờ của người khai ở các hồ sơ trước",
                "The applicant's papers of earlier dossiers"))</h2>
            <p class="help">\(say("Chỉ dùng lại giấy tờ còn hiệu lực. Máy không lưu và không gửi thêm lần nữa.",
                "Use only papers that still hold. They are neither stored nor sent a second time."))</p><ul class="files">\(items)</ul></section>
            """
    }

    func showEarlierPapers() async throws -> HTTPResponse {
        let id = parameter("id")
        try await store.showEarlierPapers(in: id, now: now)
        return .redirect(to: "/dossiers/\(id)/papers#earlier-papers")
    }

    func reusePaper() async throws -> HTTPResponse {
        let id = parameter("id")
        guard let component = try await draftView().procedure.component(fields["component"] ?? "") else {
            throw HTTPFault(404, "no such component")
        }
        try await store.reuse(paper: fields["paper"] ?? "", in: id, component: component.id, now: now)
        return .redirect(to: "/dossiers/\(id)/papers#c-\(component.id)")
    }
}
