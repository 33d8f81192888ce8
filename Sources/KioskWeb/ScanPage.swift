public import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
public import KioskStore

extension UnlockedStore {
    /// Scans into a component of a dossier; each page is a paper as soon as it is whole.
    ///
    /// - Returns: the number of pages.
    /// - Throws: ``ScannerFault``, ``StoreError``; pages that were whole by then stay.
    public func scan(
        _ order: ScanOrder, with scanner: any Scanner, into component: String, of dossier: String,
        now: @escaping @Sendable () -> Date
    ) async throws -> Int {
        var number = 0
        return try await scanner.scan(order) { next in
            number += 1
            let paper = try await takePaper(component: component, fileName: "quet-\(number).jpg", now: now, next: next)
            try await addPaper(paper, to: dossier, now: now())
        }
    }
}

/// What the script of the papers page is told of the scanners.
private struct ScannerState: Encodable {
    /// `ready`, `scanning` or a ``ScannerFault``.
    var state: String
    var message: String?
    var devices: [ScannerDevice]
}

/// What it is told after a scan: the list as it is now.
private struct ScanAnswer: Encodable {
    var pages: Int
    var files: String
    var state: String
    var total: String
}

extension Visit {
    /// The scanners (`GET /scanner`).
    func scannerState() async throws -> HTTPResponse {
        guard let scanner = desk.options.scanner else {
            return try .encoded(
                ScannerState(state: "missing-program", message: say(ScannerFault.missingProgram.advice), devices: []))
        }
        if await scanner.isScanning { return try .encoded(ScannerState(state: "scanning", devices: [])) }
        do {
            let devices = try await scanner.devices(refreshing: request.query["refresh"] == "1")
            return try .encoded(ScannerState(state: "ready", devices: devices))
        } catch let fault as ScannerFault {
            return try .encoded(ScannerState(state: fault.rawValue, message: say(fault.advice), devices: []))
        }
    }

    /// Stops the scan under way (`POST /scanner/cancel`).
    func cancelScan() async throws -> HTTPResponse {
        await desk.options.scanner?.cancel()
        return isScript ? try .encoded(["cancelled": true]) : .redirect(to: LocalPath.checked(fields["back"]))
    }

    private var isScript: Bool { request.headers["X-CSRF-Token"] != nil }

    /// Scans (`POST /dossiers/{id}/papers/scan`), for the script or for the page without one.
    func scan() async throws -> HTTPResponse {
        let given = isScript ? try await request.form(limit: 16 * 1024) : fields
        let view = try await draftView()
        guard let component = view.procedure.component(given["component"] ?? "") else {
            throw HTTPFault(404, "no such component")
        }
        guard let order = ScanOrder(given) else { throw HTTPFault(400, "the order cannot be read") }
        let pages: Int
        do {
            guard let scanner = desk.options.scanner else { throw ScannerFault.missingProgram }
            pages = try await store.scan(order, with: scanner, into: component.id, of: view.id, now: desk.now)
        } catch let fault as ScannerFault {
            if isScript { return try .encoded(Refusal(message: say(fault.advice)), status: fault.status) }
            return try await scanPage(notice: notice(.bad, say(fault.advice)), status: fault.status)
        }
        guard isScript else { return .redirect(to: "/dossiers/\(view.id)/papers#c-\(component.id)") }
        let after = try await draftView()
        return try .encoded(
            ScanAnswer(
                pages: pages, files: fileList(of: component, in: after).markup,
                state: componentState(component, in: after).markup, total: totalLine(after).markup))
    }

    /// Takes files of the folder in (`POST /dossiers/{id}/papers/folder`).
    ///
    /// Their names come in the body: they may name a person.
    func takeFromFolder() async throws -> HTTPResponse {
        let view = try await draftView()
        guard let folder = desk.options.folder, let component = view.procedure.component(fields["component"] ?? "") else {
            throw HTTPFault(404, "no such component")
        }
        do {
            let listed = try await folder.files()
            for (index, file) in listed.enumerated() where fields["f\(index)"] == file.name {
                try await take(file, of: folder, into: component, of: view.id)
            }
            // The list may have changed since the page was made: what is not at its place is looked for by its name.
            for name in Set(fields.filter { $0.key.hasPrefix("f") }.values)
            where !listed.enumerated().contains(where: { fields["f\($0.offset)"] == name && $0.element.name == name }) {
                guard let file = listed.first(where: { $0.name == name }) else { throw PaperFolderFault.noFile }
                try await take(file, of: folder, into: component, of: view.id)
            }
        } catch let fault as PaperFolderFault {
            return try await scanPage(notice: notice(.bad, say(fault.advice)), status: 409)
        } catch StoreError.unfit(let fault) {
            return try await scanPage(notice: notice(.bad, say(fault.advice)), status: StoreError.unfit(fault).status)
        }
        return .redirect(to: "/dossiers/\(view.id)/papers#c-\(component.id)")
    }

    private func take(_ file: FolderFile, of folder: any PaperFolder, into component: Component, of id: String) async throws {
        try await folder.read(file.name) { next in
            let paper = try await store.takePaper(component: component.id, fileName: file.name, now: desk.now, next: next)
            try await store.addPaper(paper, to: id, now: desk.now())
        }
        await folder.stored(file.name)
    }

    // MARK: The page

    /// Scanning and taking files from a folder, without a script (`GET /dossiers/{id}/scan`).
    func scanPage(notice: HTML = "", status: Int = 200) async throws -> HTTPResponse {
        let view: DraftView
        do {
            view = try await draftView()
        } catch StoreError.notADraft {
            return .redirect(to: "/dossiers/\(parameter("id"))")
        }
        let content: HTML = """
            <h1>\(say("Quét giấy tờ, lấy tệp", "Scan papers, take files"))</h1>\(notice)
            \(try await scanCard(view))\(try await folderCard(view))
            <div class="buttons bar"><a class="button" href="/dossiers/\(view.id)/papers">← \(say("Về trang giấy tờ", "Back to the papers"))</a></div>
            """
        return stepPage(view, current: "@papers", title: say("Quét giấy tờ", "Scan papers"), content, status: status)
    }

    private func scanCard(_ view: DraftView) async throws -> HTML {
        let again = "/dossiers/\(view.id)/scan?refresh=1"
        let title = say("Máy quét", "Scanner")
        func card(_ inner: HTML) -> HTML { "<section class=\"card\"><h2>\(title)</h2>\(inner)</section>" }
        guard let scanner = desk.options.scanner else { return card(self.notice(.warn, say(ScannerFault.missingProgram.advice))) }
        if await scanner.isScanning {
            return card(
                """
                \(self.notice(.info, say("Máy quét đang quét.", "The scanner is scanning.")))
                <form method="post" action="/scanner/cancel">\(csrf)<input type="hidden" name="back" value="/dossiers/\(view.id)/scan">
                <button class="button">\(say("Dừng quét", "Stop the scan"))</button></form>
                """)
        }
        let devices: [ScannerDevice]
        do {
            devices = try await scanner.devices(refreshing: request.query["refresh"] == "1")
        } catch let fault as ScannerFault {
            return card(
                """
                \(self.notice(.warn, say(fault.advice)))<p><a class="button" href="\(again)">\(
                    say("Tìm lại máy quét", "Look for scanners again"))</a></p>
                """)
        }
        let sizes: [(String, String)] = [
            ("a4", say("A4", "A4")), ("a5", say("A5 (nửa A4)", "A5 (half of A4)")),
            ("card", say("Thẻ căn cước", "Identity card")),
        ]
        return card(
            """
            <form method="post" action="/dossiers/\(view.id)/papers/scan">\(csrf)
            \(componentChoice(view, id: "scan-component"))
            \(choice("scan-device", "device", say("Máy quét", "Scanner"), devices.map { ($0.name, $0.title) }))
            \(choice("scan-size", "size", say("Cỡ giấy", "Size"), sizes))
            \(choice("scan-dpi", "dpi", say("Độ nét", "Resolution"), [
                ("200", say("200 dpi – giấy thường", "200 dpi, ordinary papers")),
                ("300", say("300 dpi – chữ nhỏ, thẻ", "300 dpi, small print, cards")),
            ]))
            \(choice("scan-colour", "colour", say("Màu", "Colour"), [
                ("colour", say("Màu (có dấu đỏ, ảnh)", "Colour (red stamps, photographs)")), ("grey", say("Xám (nhẹ hơn)", "Grey (lighter)")),
            ]))
            \(choice("scan-feeder", "feeder", say("Lấy giấy từ", "Paper from"), [
                ("no", say("Mặt kính – một trang", "The glass, one page")), ("yes", say("Khay nạp – mọi trang", "The feeder, all its pages")),
            ]))
            <p class="help">\(say("Mỗi trang mất chừng mười giây. Chờ đến khi trang giấy tờ hiện ra.",
                "A page takes some ten seconds. Wait until the papers page appears."))</p>
            <div class="buttons"><a class="button" href="\(again)">\(say("Tìm lại máy quét", "Look for scanners again"))</a>
            <button class="button primary">\(say("Quét", "Scan"))</button></div></form>
            """)
    }

    private func folderCard(_ view: DraftView) async throws -> HTML {
        guard let folder = desk.options.folder else { return "" }
        let title = say("Tệp từ thư mục", "Files from the folder")
        let inner: HTML
        do {
            let files = try await folder.files()
            let rows = files.enumerated().map { index, file -> HTML in
                let mark = file.isStored ? say(", đã lấy", ", taken already") : ""
                return """
                    <label class="choice tick"><input type="checkbox" name="f\(index)" value="\(file.name)" autocomplete="off">
                    <span>\(file.name) <small>\(say.size(file.size))\(mark)</small></span></label>
                    """
            }
            inner =
                files.isEmpty
                ? "<p class=\"nothing\">\(say("Thư mục chưa có tệp nào.", "There are no files in the folder."))</p>"
                : """
                <form method="post" action="/dossiers/\(view.id)/papers/folder">\(csrf)\(componentChoice(view, id: "folder-component"))
                <fieldset class="field"><legend>\(say("Chọn tệp", "Choose files"))</legend><div class="choices">\(rows)</div></fieldset>
                <div class="buttons"><button class="button primary">\(say("Lấy vào hồ sơ", "Take into the dossier"))</button></div></form>
                """
        } catch let fault as PaperFolderFault {
            inner = self.notice(.warn, say(fault.advice))
        }
        return "<section class=\"card\"><h2>\(title)</h2>\(inner)</section>"
    }

    private func componentChoice(_ view: DraftView, id: String) -> HTML {
        let components = view.form.components(for: view.form.filed(view.draft.answers)).map(\.component)
        return choice(
            id, "component", say("Giấy tờ", "Paper"), components.map { ($0.id, say($0.name)) }, chosen: request.query["component"]
        )
    }

    private func choice(
        _ id: String, _ name: String, _ label: String, _ options: [(value: String, text: String)], chosen: String? = nil
    ) -> HTML {
        let items = options.map { option -> HTML in
            "<option value=\"\(option.value)\"\(" selected", when: option.value == (chosen ?? fields[name]))>\(option.text)</option>"
        }
        return """
            <div class="field short"><label for="\(id)">\(label)</label><div class="control"><select id="\(id)" name="\(name)">\(
                items)</select></div></div>
            """
    }
}

extension ScanOrder {
    /// The order of a form; nil where something in it is none of the choices.
    init?(_ fields: [String: String]) {
        self.init()
        if let name = fields["device"], !name.isEmpty {
            guard name.count <= 200, name.first != "-", name.allSatisfy({ $0.isASCII && !$0.isNewline && $0 != "\0" }) else {
                return nil
            }
            device = name
        }
        guard let dpi = Int(fields["dpi"] ?? "200"), Self.resolutions.contains(dpi),
            let size = Size(rawValue: fields["size"] ?? "a4"), ["colour", "grey"].contains(fields["colour"] ?? "colour"),
            ["yes", "no"].contains(fields["feeder"] ?? "no")
        else { return nil }
        resolution = dpi
        self.size = size
        isColour = fields["colour"] != "grey"
        usesFeeder = fields["feeder"] == "yes"
    }
}
