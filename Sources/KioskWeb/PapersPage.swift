internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// The scripts and styles of the papers page; the worker's are named in its settings.
    private static let paperAssets = [
        "papers.css", "image-quality.js", "papers.js", "paper-list.js", "paper-editor.js", "camera.js",
    ]

    func papersPage() async throws -> HTTPResponse {
        let view: DraftView
        do {
            view = try await draftView()
        } catch StoreError.notADraft {
            return .redirect(to: "/dossiers/\(parameter("id"))")
        }
        try await bookmark("@papers", in: view)
        let notes = try await returnNotes(of: view)
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
            <div class="buttons start">\(try await printLinks(ofDossier: view.id))
            <a class="button" href="/dossiers/\(view.id)/scan">\(
                say("Quét bằng máy quét, lấy tệp từ USB", "Scan with a scanner, take files from USB"))</a></div>
            \(returnedList(notes, in: view))<div id="total">\(totalLine(view))</div>
            <noscript><div class="notice warn"><p>\(say("Cần bật JavaScript để thêm tệp.", "Adding files needs JavaScript."))</p></div></noscript>
            \(try await earlierPapersCard(view, components: offered))
            <div id="papers" data-settings="\(try paperSettings(view))">
            \((offered + stray).map { componentCard($0, in: view, notes: notes) })</div>
            <div class="buttons bar"><a class="button" href="/dossiers/\(view.id)/form/\(last)">← \(say("Quay lại", "Back"))</a>
            <a class="button primary" href="/dossiers/\(view.id)/review?check=1">\(say("Tiếp tục", "Continue")) →</a></div>
            """
        return try await stepPage(view, current: "@papers", title: say("Giấy tờ", "Papers"), content, assets: Self.paperAssets)
    }

    private func componentCard(_ component: Component, in view: DraftView, notes: [ReturnNote]) -> HTML {
        let help: HTML = component.help.map { "<p class=\"help\">\(say($0))</p>" } ?? ""
        let told = notes.filter { $0.component == component.id }
        // An empty one opens the camera for a new page.
        let wanted = request.query["camera"] == component.id ? request.query["page"] ?? "" : nil
        let camera: HTML = wanted.map { page -> HTML in " data-take=\"\(page)\"" } ?? ""
        let zone = DropZone(
            upload: "/dossiers/\(view.id)/papers?component=\(component.id.escapedForQuery)", limit: desk.options.maximumFileBytes,
            say: say)
        return """
            <section class="card component" id="c-\(component.id)" data-component="\(component.id)" data-sides="\(component.sides ?? 0)"\(camera)>
            <div class="component-head"><h2>\(say(component.name))</h2>
            <span class="state">\(componentState(component, in: view))</span></div>\(told.map { returnedWords($0, in: view) })\(help)
            <ol class="files">\(fileList(of: component, in: view))</ol>
            <div class="drop" data-pages \(zone.attributes)>
            <button type="button" class="button" data-camera hidden>\(say("Chụp ảnh", "Take a picture"))</button>
            <label class="button add">+ \(say("Chọn tệp", "Choose files"))<input type="file" multiple class="unseen"
            accept=".jpg,.jpeg,.png,.tif,.tiff,.pdf,image/*,application/pdf"></label>
            <span class="drop-text">\(say("hoặc kéo tệp thả vào đây", "or drop files here"))</span>
            <div class="progress" role="status" aria-live="polite"></div></div></section>
            """
    }

    func componentState(_ component: Component, in view: DraftView) -> HTML {
        let count =
            view.papers.count { $0.component == component.id } + view.papersAtPortal.count { $0.component == component.id }
        let pictures = view.papers.pictures[component.id] ?? 0
        if let sides = component.sides, pictures > 0, pictures < sides, count == pictures {
            return
                "<span class=\"badge warn\">\(say("Mới có \(pictures) trên \(sides) mặt", "\(pictures) of \(sides) sides"))</span>"
        }
        if count > 0 {
            return "<span class=\"badge good\">\(say("Đã có \(count) tệp", count == 1 ? "1 file" : "\(count) files"))</span>"
        }
        return component.isRequired(by: view.form.filed(view.draft.answers), today: view.form.today)
            ? "<span class=\"badge bad\">\(say("Bắt buộc – còn thiếu", "Required – missing"))</span>"
            : "<span class=\"badge\">\(say("Không bắt buộc", "Optional"))</span>"
    }

    func fileList(of component: Component, in view: DraftView) -> HTML {
        let papers = view.papers.filter { $0.component == component.id }
        return HTML.join(
            papers.enumerated().map { index, paper -> HTML in
                let path = "/dossiers/\(view.id)/papers/\(paper.id)"
                let note: HTML = paper.check?.note(say.language).map { "<small class=\"paper-note\">\($0)</small>" } ?? ""
                let isPicture = paper.mediaType == "image/jpeg" || paper.mediaType == "image/png"
                return """
                    <li data-paper="\(paper.id)" data-fingerprint="\(paper.check?.fingerprint ?? "")">\(thumbnail(of: paper, at: path))
                    <span class="file-name">\(paper.fileName)<small>\(say.size(paper.size))</small>\(original(of: paper, at: path))\(note)</span>
                    <span class="paper-tools">\(mover(of: paper, at: path, index: index, of: papers.count))
                    <button type="button" class="button small" data-edit="\(path)/\(paper.original == nil ? "content" : "original")"
                    data-kept="\(paper.original?.attachment ?? "")" hidden\(" disabled", when: !isPicture)>\(say("Sửa ảnh", "Edit"))
                    <span class="unseen">\(paper.fileName)</span></button>
                    <button type="button" class="button small" data-replace hidden>\(say("Thay trang", "Replace"))
                    <span class="unseen">\(paper.fileName)</span></button>
                    <form method="post" action="\(path)/remove">\(csrf)<button class="button small danger">\(say("Bỏ tệp này", "Remove"))
                    <span class="unseen">\(paper.fileName)</span></button></form></span></li>
                    """
            }
                + view.papersAtPortal.filter { $0.component == component.id }.map { paper -> HTML in
                    """
                    <li><span class="file-name">\(paper.fileName)<small>\(
                        say("Cán bộ thêm, chỉ có trên cổng", "Added by the officer, at the portal only"))</small></span></li>
                    """
                })
    }

    /// Buttons that move a page among its neighbours, and the handle by which the script lets it be dragged.
    private func mover(of paper: PaperRow, at path: String, index: Int, of count: Int) -> HTML {
        guard count > 1 else { return "" }
        func button(_ way: String, _ sign: String, _ words: String, off: Bool) -> HTML {
            """
            <button class="button small" name="to" value="\(way)"\(" disabled", when: off)><span aria-hidden="true">\(sign)</span>
            <span class="unseen">\(words) \(paper.fileName)</span></button>
            """
        }
        return """
            <form method="post" action="\(path)/move" class="mover">\(csrf)<span class="handle" data-handle hidden aria-hidden="true">⠿</span>
            <b class="page-number">\(index + 1)</b>\(button("up", "↑", say("Đưa lên", "Move up"), off: index == 0))\(
                button("down", "↓", say("Đưa xuống", "Move down"), off: index == count - 1))</form>
            """
    }

    /// Which file is kept of a page besides the one that is sent.
    func original(of paper: PaperRow, at path: String) -> HTML {
        guard let original = paper.original else { return "" }
        return """
            <small>\(say("Bản gửi cổng ở trên;", "Above is what is sent;")) <a href="\(path)/original" target="_blank" rel="noopener">\(
                say("bản gốc", "the original"))</a> \(say.size(original.size)) \(
                say("chỉ giữ ở máy đến khi hồ sơ xong", "stays here until the dossier is over"))</small>
            """
    }

    /// A picture of a paper that opens large.
    func thumbnail(of paper: PaperRow, at path: String) -> HTML {
        let inner: HTML =
            switch paper.mediaType {
            case "image/jpeg", "image/png":
                "<img src=\"\(path)/content\" alt=\"\(say("Xem", "View")) \(paper.fileName)\" loading=\"lazy\" draggable=\"false\">"
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
