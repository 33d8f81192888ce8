internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    func papersPage() async throws -> HTTPResponse {
        let view: DraftView
        do {
            view = try await draftView()
        } catch StoreError.notADraft {
            return .redirect(to: "/dossiers/\(parameter("id"))")
        }
        try await bookmark("@papers", in: view)
        let offered = view.form.components(for: view.form.filed(view.draft.answers)).map(\.component)
        // Papers of a component that the answers no longer ask for would be filed all the same: they stay in sight.
        let stray = view.procedure.components.filter { component in
            !offered.contains { $0.id == component.id } && view.papers.contains { $0.component == component.id }
        }
        let last = view.sections.last?.id ?? ""
        let content: HTML = """
            <h1>\(say("Giấy tờ kèm theo", "Papers"))</h1>
            <p class="lead">\(say("Quét hoặc chụp rõ cả trang, không lóa, đọc được mọi chữ. Nhận JPG, PNG, TIFF, PDF.",
                "Scan or photograph the whole page, without glare, every word readable: JPG, PNG, TIFF or PDF."))</p>
            <div class="buttons start">\(try await printLinks(ofDossier: view.id))<a class="button" href="/dossiers/\(view.id)/scan">\(
                say("Quét bằng máy quét, lấy tệp từ USB", "Scan with a scanner, take files from USB"))</a></div>
            <div id="total">\(totalLine(view))</div>
            <noscript><div class="notice warn"><p>\(say("Cần bật JavaScript để thêm tệp.", "Adding files needs JavaScript."))</p></div></noscript>
            \((offered + stray).map { componentCard($0, in: view) })
            <div class="buttons bar"><a class="button" href="/dossiers/\(view.id)/form/\(last)">← \(say("Quay lại", "Back"))</a>
            <a class="button primary" href="/dossiers/\(view.id)/review?check=1">\(say("Tiếp tục", "Continue")) →</a></div>
            """
        return try await stepPage(view, current: "@papers", title: say("Giấy tờ", "Papers"), content)
    }

    private func componentCard(_ component: Component, in view: DraftView) -> HTML {
        let help: HTML = component.help.map { "<p class=\"help\">\(say($0))</p>" } ?? ""
        return """
            <section class="card component" id="c-\(component.id)"><div class="component-head"><h2>\(say(component.name))</h2>
            <span class="state">\(componentState(component, in: view))</span></div>\(help)
            <ul class="files">\(fileList(of: component, in: view))</ul>
            <div class="drop" data-upload="/dossiers/\(view.id)/papers?component=\(component.id.escapedForQuery)"
            data-limit="\(desk.options.maximumFileBytes)"
            data-too-large="\(say("Tệp quá lớn. Hãy quét lại với 200–300 dpi.", "The file is too large. Scan it again at 200 to 300 dpi."))"
            data-failed="\(say("Chưa thêm được tệp. Hãy thử lại.", "The file was not added. Try again."))"
            data-adding="\(say("Đang lưu", "Saving"))">
            <label class="button add">+ \(say("Chọn tệp", "Choose files"))<input type="file" multiple class="unseen"
            accept=".jpg,.jpeg,.png,.tif,.tiff,.pdf,image/*,application/pdf"></label>
            <span class="drop-text">\(say("hoặc kéo tệp thả vào đây", "or drop files here"))</span>
            <div class="progress" role="status" aria-live="polite"></div></div></section>
            """
    }

    func componentState(_ component: Component, in view: DraftView) -> HTML {
        let count =
            view.papers.count { $0.component == component.id } + view.papersAtPortal.count { $0.component == component.id }
        if count > 0 {
            return "<span class=\"badge good\">\(say("Đã có \(count) tệp", count == 1 ? "1 file" : "\(count) files"))</span>"
        }
        return component.isRequired(by: view.form.filed(view.draft.answers), today: view.form.today)
            ? "<span class=\"badge bad\">\(say("Bắt buộc – còn thiếu", "Required – missing"))</span>"
            : "<span class=\"badge\">\(say("Không bắt buộc", "Optional"))</span>"
    }

    func fileList(of component: Component, in view: DraftView) -> HTML {
        HTML.join(
            view.papers.filter { $0.component == component.id }.map { paper -> HTML in
                let path = "/dossiers/\(view.id)/papers/\(paper.id)"
                return """
                    <li>\(thumbnail(of: paper, at: path))<span class="file-name">\(paper.fileName)<small>\(say.size(paper.size))</small></span>
                    <form method="post" action="\(path)/remove">\(csrf)<button class="button small danger">\(say("Bỏ tệp này", "Remove"))
                    <span class="unseen">\(paper.fileName)</span></button></form></li>
                    """
            }
                + view.papersAtPortal.filter { $0.component == component.id }.map { paper -> HTML in
                    """
                    <li><span class="file-name">\(paper.fileName)<small>\(
                        say("Cán bộ thêm, chỉ có trên cổng", "Added by the officer, at the portal only"))</small></span></li>
                    """
                })
    }

    /// A picture of a paper that opens large.
    func thumbnail(of paper: PaperRow, at path: String) -> HTML {
        let inner: HTML =
            switch paper.mediaType {
            case "image/jpeg", "image/png":
                "<img src=\"\(path)/content\" alt=\"\(say("Xem", "View")) \(paper.fileName)\" loading=\"lazy\">"
            case "application/pdf": "<span class=\"sheet\">PDF</span>"
            default: "<span class=\"sheet\">TIFF</span>"
            }
        return "<a class=\"thumb\" href=\"\(path)/content\" target=\"_blank\" rel=\"noopener\">\(inner)</a>"
    }

    /// How heavy the papers are together, with a warning where the portal is known to refuse.
    func totalLine(_ view: DraftView) -> HTML {
        let total = view.papers.reduce(0) { $0 + $1.size }
        let advice = desk.options.adviceDossierBytes
        guard total > advice else {
            return total == 0 ? "" : "<p class=\"help\">\(say("Tổng cộng", "In all")) \(say.size(total))</p>"
        }
        return notice(
            .warn, say("Giấy tờ nặng \(say.size(total))", "The papers weigh \(say.size(total))"),
            """
            <p>\(say("Cổng có thể không nhận hồ sơ quá \(say.size(advice)). Nên quét lại ở 200 dpi hoặc lưu JPG.",
                "The portal may refuse dossiers over \(say.size(advice)). Better scan at 200 dpi or save as JPG."))</p>
            """)
    }
}
