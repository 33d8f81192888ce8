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
        let (file, type, ending): (UnlockedStore.StoredFile, String, String)
        switch try await takeFileIn() {
        case .stored(let stored, let media, let suffix): (file, type, ending) = (stored, media, suffix)
        case .refused(let answer): return answer
        }
        let name = FileName.checked(request.headers["X-File-Name"]?.unescaped, ending: ending)
        try await store.addPaper(
            PlacedFile(
                component: component.id, fileName: name, mediaType: type, file: file, check: check,
                original: request.query["original"], replacing: request.query["replaces"]), to: id, now: desk.now())
        return try await listAnswer(component.id)
    }

    /// What became of a file that was sent.
    enum TakenFile {
        case stored(UnlockedStore.StoredFile, type: String, ending: String)
        case refused(HTTPResponse)
    }

    /// Takes the request's body in as a file of one of the kinds that the portal takes.
    func takeFileIn() async throws -> TakenFile {
        let limit = desk.options.maximumFileBytes
        if let length = request.headers["Content-Length"].flatMap(Int.init), length > limit {
            throw StoreError.fileTooLarge(limit: limit)
        }
        request.body.allow(bytes: limit)
        var head: [UInt8] = []
        while head.count < MediaType.prefixLength, let piece = try await request.body.next() { head += piece }
        guard !head.isEmpty else { throw StoreError.emptyFile }
        let kind = MediaKind(head)
        guard case .accepted(let type, let ending) = kind else {
            return .refused(try .encoded(Refusal(message: say(kind.advice)), status: 415))
        }

        let writer = try await store.newAttachment(limit: limit, now: now)
        do {
            try await writer.append(head)
            while let piece = try await request.body.next() { try await writer.append(piece) }
            return .stored(try await writer.finish(now: desk.now()), type: type, ending: ending)
        } catch {
            try? await writer.abandon()
            throw error
        }
    }

    /// A paper's bytes, as they come off the disk.
    func paperContent() async throws -> HTTPResponse {
        let papers = try await store.papers(of: parameter("id"))
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

/// The name under which a file is kept and shown to the officer.
enum FileName {
    /// A name without folders, control characters and excess, with the ending of what the file is.
    static func checked(_ text: String?, ending: String) -> String {
        let last = (text ?? "").split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let clean = StoredText.clean(last)
        let endings: Set<String> = ending == "jpg" ? ["jpg", "jpeg"] : ending == "tif" ? ["tif", "tiff"] : [ending]
        guard let dot = clean.lastIndex(of: "."), dot != clean.startIndex else {
            return clean.isEmpty ? "giay-to.\(ending)" : "\(clean.prefix(100)).\(ending)"
        }
        let given = clean[clean.index(after: dot)...].lowercased()
        return "\(clean[..<dot].prefix(100)).\(endings.contains(given) ? given : ending)"
    }
}
