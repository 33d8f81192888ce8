internal import FoundationEssentials
internal import KioskDomain
internal import SQLiteAccess

/// A file that stands for several pages of one component, and the pages it was made of.
struct JoinedFile: Sendable {
    let component: String
    let pages: [String]
    let file: UnlockedStore.StoredFile
}

/// A page that may be joined with others.
struct JoinablePage: Sendable {
    let component: String
    let attachment: String
    let canJoin: Bool
}

extension PaperRow {
    var page: JoinablePage { JoinablePage(component: component, attachment: attachment, canJoin: canJoin) }
}

extension PlacedFile {
    var page: JoinablePage { JoinablePage(component: component, attachment: file.attachment, canJoin: canJoin) }
}

extension UnlockedStore {
    /// Makes one PDF of the pages of each component for which the portal takes one file.
    ///
    /// It is made before the dossier's transaction, because it may be large; the same pages always give the same bytes, and so
    /// the same file, which is stored and sent once.
    ///
    /// - Returns: nothing for a component whose pages cannot be joined: the dossier's issues say so.
    func join(_ pages: [JoinablePage], procedure: Procedure, now: Date) async throws -> [JoinedFile] {
        var joined: [JoinedFile] = []
        for component in procedure.components where component.oneFile == true {
            let own = pages.filter { $0.component == component.id }
            guard own.count > 1, own.allSatisfy(\.canJoin) else { continue }
            let attachments = own.map(\.attachment)
            joined.append(
                JoinedFile(component: component.id, pages: attachments, file: try await pdf(of: attachments, now: now)))
        }
        return joined
    }

    private func pdf(of attachments: [String], now: Date) async throws -> StoredFile {
        let writer = try await newAttachment(limit: .max, now: now)
        do {
            var document = ImagePDF()
            for attachment in attachments {
                let facts = try await facts(of: attachment)
                try await write(attachment, facts, into: &document, writer)
            }
            try await writer.append(document.end())
            return try await writer.finish(now: now)
        } catch {
            try await writer.abandon()
            throw error
        }
    }

    private func write(
        _ attachment: String, _ facts: FileFacts, into document: inout ImagePDF, _ writer: AttachmentWriter
    ) async throws {
        var png: PNGContent? = facts.mediaType == "image/png" ? PNGContent() : nil
        var isBegun = false
        var offset = 0
        while true {
            let piece = try await bytes(of: attachment, from: offset, count: Self.chunkSize)
            guard !piece.isEmpty else { break }
            offset += piece.count
            let content = png?.imageData(in: piece) ?? piece
            // The palette comes before the first image data.
            guard !content.isEmpty else { continue }
            if !isBegun { try await writer.append(document.beginPage(facts, palette: png?.palette ?? [])) }
            isBegun = true
            document.pass(content.count)
            try await writer.append(content)
        }
        try await writer.append(document.endPage())
    }

    /// Inspects a file that the store holds.
    private func facts(of attachment: String) async throws -> FileFacts {
        var inspector = FileInspector()
        var offset = 0
        do {
            while true {
                let piece = try await bytes(of: attachment, from: offset, count: Self.chunkSize)
                guard !piece.isEmpty else { break }
                try inspector.take(piece)
                offset += piece.count
            }
            let facts = try inspector.finish { _, _ in [] }
            guard ImagePDF.canEmbed(facts) else {
                throw FileFault.damaged(mediaType: facts.mediaType, detail: "cannot be joined")
            }
            return facts
        } catch let fault as FileFault {
            throw StoreError.unfit(fault)
        }
    }

    /// Puts joined files in the place of their pages.
    ///
    /// A joined file is a paper that only revisions hold, as one that was taken out again is.
    ///
    /// - Throws: ``StoreError/papersChanged`` where the pages are others than those that were joined.
    func place(
        _ joined: [JoinedFile], among papers: [PaperRow], of dossier: String, now: Date, in db: inout Connection
    ) throws -> [PaperRow] {
        var sent = papers
        for file in joined {
            guard let place = sent.firstIndex(where: { $0.component == file.component }),
                sent.filter({ $0.component == file.component }).map(\.attachment) == file.pages
            else { throw StoreError.papersChanged }
            let checks = sent.filter { $0.component == file.component }.compactMap(\.check)
            let paper = try joinedPaper(file, check: PaperCheck(joining: checks), of: dossier, now: now, in: &db)
            sent.removeAll { $0.component == file.component }
            sent.insert(paper, at: place)
        }
        return sent
    }

    private func joinedPaper(
        _ joined: JoinedFile, check: PaperCheck?, of dossier: String, now: Date, in db: inout Connection
    ) throws -> PaperRow {
        func known() throws -> PaperRow? {
            try readPapers(of: dossier, withRemoved: true, in: db).first {
                $0.component == joined.component && $0.attachment == joined.file.attachment
            }
        }
        if let paper = try known() { return paper }
        let placed = PlacedFile(
            component: joined.component, fileName: "\(joined.component).pdf", mediaType: "application/pdf", file: joined.file,
            check: check)
        try insertPaper(placed, of: dossier, now: now, in: &db)
        guard let paper = try known() else { throw StoreError.noPaper }
        try db.run("UPDATE papers SET removed_at = \(now.milliseconds) WHERE id = \(paper.id)")
        return paper
    }

    /// The papers that a dossier's newest revision sends.
    func sentPapers(of dossier: String, in db: borrowing Connection) throws -> [PaperRow] {
        let last = try db.first(
            "SELECT number, sealed FROM revisions WHERE dossier_id = \(dossier) AND author = 'kiosk' ORDER BY number DESC LIMIT 1"
        ) { ($0.int(0), $0.blob(1)) }
        guard let (number, sealed) = last else { return [] }
        let content = try open(RevisionContent.self, sealed, as: "revision/\(dossier)/kiosk/\(number)")
        let sent = Set(content.papers.map(\.id))
        return try readPapers(of: dossier, withRemoved: true, in: db).filter { sent.contains($0.id) }
    }

    /// Does what uses new files; where it fails they go at once.
    func forgetting<Result>(_ attachments: [String], _ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch {
            try await forget(attachments)
            throw error
        }
    }
}
