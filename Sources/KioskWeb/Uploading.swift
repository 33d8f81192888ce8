internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

/// What the script of the papers page is told after an upload: the list as it is now.
struct UploadAnswer: Codable {
    var saved: Bool
    var files: String
    var state: String
    var total: String
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
            return try .encoded(Refusal(message: say(kind.advice)), status: 415)
        }

        let writer = try await store.newAttachment(limit: limit, now: now)
        let file: UnlockedStore.StoredFile
        do {
            try await writer.append(head)
            while let piece = try await request.body.next() { try await writer.append(piece) }
            file = try await writer.finish(now: desk.now())
        } catch {
            try? await writer.abandon()
            throw error
        }
        let name = FileName.checked(request.headers["X-File-Name"]?.unescaped, ending: ending)
        try await store.addPaper(
            PlacedFile(
                component: component.id, fileName: name, mediaType: type, file: file, check: check,
                original: request.query["original"], replacing: request.query["replaces"]), to: id, now: desk.now())
        return try await listAnswer(component.id)
    }

    /// A paper's bytes, as they come off the disk.
    func paperContent() async throws -> HTTPResponse {
        let papers = try await store.papers(of: parameter("id"))
        guard let paper = papers.first(where: { $0.id == parameter("paper") }) else { throw StoreError.noPaper }
        return fileResponse(paper.attachment, size: paper.size, type: paper.mediaType)
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
