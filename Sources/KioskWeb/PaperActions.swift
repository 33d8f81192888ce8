internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

/// What the script is told of an original: under which name a page made of it asks for it.
struct OriginalAnswer: Codable {
    var original: String
}

/// An order of a component's papers as the script sends it.
struct PaperOrder: Codable {
    var component: String
    var papers: [String]
}

extension Visit {
    /// Takes in the file that a page will be made of (`POST /dossiers/{id}/originals`).
    ///
    /// It may be of any kind that the browser made a page of; it is kept for the counter and never sent.
    func uploadOriginal() async throws -> HTTPResponse {
        _ = try await store.draft(of: parameter("id"))
        let limit = desk.options.maximumFileBytes
        request.body.allow(bytes: limit)
        let writer = try await store.newAttachment(limit: limit, now: now)
        do {
            while let piece = try await request.body.next() { try await writer.append(piece) }
            return try .encoded(OriginalAnswer(original: try await writer.finish(now: desk.now()).attachment))
        } catch {
            try? await writer.abandon()
            throw error
        }
    }

    /// What the counter found of the file that is being uploaded, by the request's headers.
    ///
    /// Texts are percent-encoded; they may name a person, so they stand in no address.
    func paperCheck() throws(HTTPFault) -> PaperCheck? {
        let headers = request.headers
        guard let fingerprint = headers["X-Paper-Fingerprint"] else { return nil }
        let codes = (headers["X-Paper-Flaws"] ?? "").split(separator: ",").map(String.init)
        let flaws = codes.compactMap(PaperFlaw.init)
        let word = StoredText.clean(headers["X-Paper-Word"]?.unescaped ?? "")
        guard flaws.count == codes.count, fingerprint.utf8.count == 768, fingerprint.allSatisfy(\.isHexDigit), word.count <= 300,
            flaws.isEmpty || !word.isEmpty
        else {
            throw HTTPFault(400, "the paper's check is malformed")
        }
        return PaperCheck(flaws: flaws, word: flaws.isEmpty ? nil : word, fingerprint: fingerprint)
    }

    /// The file that a page was made of, as it came in.
    func originalContent() async throws -> HTTPResponse {
        let paper = try await store.papers(of: parameter("id")).first { $0.id == parameter("paper") }
        guard let original = paper?.original else { throw StoreError.noPaper }
        let head = try await store.bytes(of: original.attachment, from: 0, count: MediaType.prefixLength)
        return content(
            of: original.attachment, size: original.size, mediaType: MediaType.detect(head) ?? "application/octet-stream")
    }

    /// Moves a page by one place, for readers without the script.
    func movePaper() async throws -> HTTPResponse {
        let id = parameter("id")
        let papers = try await store.papers(of: id)
        guard let paper = papers.first(where: { $0.id == parameter("paper") }) else { throw StoreError.noPaper }
        var order = papers.filter { $0.component == paper.component }.map(\.id)
        guard let from = order.firstIndex(of: paper.id) else { throw StoreError.noPaper }
        let to = fields["to"] == "up" ? from - 1 : from + 1
        if order.indices.contains(to) { order.swapAt(from, to) }
        try await store.reorderPapers(of: id, component: paper.component, as: order, now: now)
        return .redirect(to: "/dossiers/\(id)/papers#c-\(paper.component)")
    }

    /// Puts the papers of a component in an order (`POST /dossiers/{id}/papers-order`).
    func orderPapers() async throws -> HTTPResponse {
        let id = parameter("id")
        let body = try await request.body.collect(limit: 64 * 1024)
        let order: PaperOrder
        do {
            order = try JSONText.decode(PaperOrder.self, from: Data(body))
        } catch {
            throw HTTPFault(400, "not the JSON expected")
        }
        try await store.reorderPapers(of: id, component: order.component, as: order.papers, now: now)
        return try await listAnswer(order.component)
    }

    /// A component's papers as they are now, for the script.
    func listAnswer(_ component: String) async throws -> HTTPResponse {
        let view = try await draftView()
        guard let component = view.procedure.component(component) else { throw HTTPFault(404, "no such component") }
        return try .encoded(
            UploadAnswer(
                saved: true, files: fileList(of: component, in: view).markup, state: componentState(component, in: view).markup,
                total: totalLine(view).markup))
    }
}
