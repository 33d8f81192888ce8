internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
internal import Synchronization

/// What the script of the papers page is told after an upload: the list as it is now.
struct UploadAnswer: Codable {
    var saved: Bool
    var files: String
    var state: String
    /// How heavy all papers are together; not told of a consent's signed page, which is none of them.
    var total: String?
}

/// What the script of a zone that takes files (`file-adder.js`) is told.
struct DropZone {
    /// Where files go.
    let upload: String
    /// The most bytes of one.
    let limit: Int
    let say: Tongue

    /// Attributes of the zone.
    var attributes: HTML {
        """
        data-upload="\(upload)" data-limit="\(limit)"
        data-too-large="\(say("Tệp quá lớn. Hãy quét lại với 200–300 dpi.", "The file is too large. Scan it again at 200 to 300 dpi."))"
        data-failed="\(say("Chưa thêm được tệp. Hãy thử lại.", "The file was not added. Try again."))"
        data-adding="\(say("Đang lưu", "Saving"))"
        """
    }
}

extension Visit {
    /// Takes a file in (`POST /dossiers/{id}/papers?component=…`): the body goes to the disk piece by piece.
    ///
    /// The file's name comes in a header, percent-encoded: it may name a person, and addresses end up in histories. The query may
    /// name the file that the page was made of (`original`) and the paper whose place it takes (`replaces`).
    func upload() async throws -> HTTPResponse {
        let id = parameter("id")
        let view = try await draftView()
        guard let component = view.procedure.component(request.query["component"] ?? "") else {
            throw HTTPFault(404, "no such component")
        }
        let check = try paperCheck()
        var paper = try await takeFileIn(component: component.id)
        (paper.check, paper.original, paper.replacing) = (check, request.query["original"], request.query["replaces"])
        try await store.addPaper(paper, to: id, now: desk.now())
        return try await listAnswer(component.id)
    }

    /// Takes the request's body in as a file of one of the kinds that the portal takes.
    ///
    /// - Throws: ``StoreError``; nothing stays of a file that is refused.
    func takeFileIn(component: String) async throws -> PlacedFile {
        let limit = min(desk.options.maximumFileBytes, store.paperLimits.fileBytes)
        if let length = request.headers["Content-Length"].flatMap(Int.init), length > limit {
            throw StoreError.fileTooLarge(limit: limit)
        }
        let body = request.body
        // The store counts for itself.
        body.allow(bytes: Int.max)
        return try await store.takePaper(
            component: component, fileName: request.headers["X-File-Name"]?.unescaped, limit: limit, now: desk.now
        ) { try await body.next() }
    }

    /// A paper's bytes, as they come off the disk.
    func paperContent() async throws -> HTTPResponse {
        let papers = try await store.papersEver(of: parameter("id"))
        guard let paper = papers.first(where: { $0.id == parameter("paper") }) else { throw StoreError.noPaper }
        return content(of: paper.attachment, size: paper.size, mediaType: paper.mediaType)
    }

    /// A file's bytes, as they come off the disk, shown in the browser where it can.
    func content(of attachment: String, size: Int, mediaType: String) -> HTTPResponse {
        let offset = Mutex(0)
        let store = store
        let body = HTTPResponse.Body.stream(length: size) {
            let from = offset.withLock { $0 }
            guard from < size else { return nil }
            let bytes = try await store.bytes(of: attachment, from: from, count: 256 * 1024)
            offset.withLock { $0 += bytes.count }
            return bytes.isEmpty ? nil : bytes
        }
        // A TIFF is shown by no browser. A PDF opens in the browser's own viewer, which some policies on the file itself break.
        let isShown = mediaType != "image/tiff" && mediaType != "application/octet-stream"
        let policy =
            mediaType == "application/pdf"
            ? "frame-ancestors 'none'" : "default-src 'none'; frame-ancestors 'none'; sandbox"
        return HTTPResponse(
            status: 200,
            headers: [
                "Content-Type": mediaType, "Content-Disposition": isShown ? "inline" : "attachment",
                "Content-Security-Policy": policy,
            ], body: body)
    }

    func removePaper() async throws -> HTTPResponse {
        let id = parameter("id")
        let component = try await store.papers(of: id).first { $0.id == parameter("paper") }?.component
        try await store.removePaper(parameter("paper"), from: id, now: now)
        return .redirect(to: "/dossiers/\(id)/papers#c-\(component ?? "")")
    }
}
