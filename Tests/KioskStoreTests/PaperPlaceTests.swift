import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import SQLiteAccess
import Testing

/// Pages in their order, the files they were made of, and papers that are used again.
@Suite struct PaperPlaceTests {
    private static let guests = "GIAY_TO_KHACH"

    private func draft(_ kiosk: Kiosk, pages: Int) async throws -> String {
        let id = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        for number in 0..<pages { try await add(kiosk, id, [UInt8(number)], name: "\(number)") }
        return id
    }

    private func add(
        _ kiosk: Kiosk, _ id: String, _ bytes: [UInt8], name: String, original: String? = nil, replacing: String? = nil,
        check: PaperCheck? = nil
    ) async throws {
        let file = try await kiosk.file(bytes)
        try await kiosk.store.addPaper(
            PlacedFile(
                component: Self.guests, fileName: name, mediaType: "image/jpeg", file: file, check: check, original: original,
                replacing: replacing), to: id, now: morning)
    }

    private func names(_ kiosk: Kiosk, _ id: String) async throws -> [String] {
        try await kiosk.store.papers(of: id).map(\.fileName)
    }

    @Test func `any order that is given is kept, and no page is lost by it`() async throws {
        let kiosk = try await Kiosk()
        let id = try await draft(kiosk, pages: 6)
        var random = SeededGenerator(seed: 41)
        for _ in 0..<20 {
            let papers = try await kiosk.store.papers(of: id)
            var order = papers.map(\.id)
            order.shuffle(using: &random)
            // A page that the sender has not heard of yet, and one that is gone.
            let known = random.oneIn(3) ? Array(order.dropLast()) : order
            try await kiosk.store.reorderPapers(of: id, component: Self.guests, as: known + ["gone"], now: morning)
            let after = try await kiosk.store.papers(of: id).map(\.id)
            #expect(Array(after.prefix(known.count)) == known && Set(after) == Set(order), "seed \(random.seed)")
        }
        let order = try await names(kiosk, id)
        #expect(try await kiosk.again().papers(of: id).map(\.fileName) == order)
        try await add(kiosk, id, [99], name: "new")
        #expect(try await names(kiosk, id) == order + ["new"])
    }

    @Test func `a page takes the place of the one it replaces`() async throws {
        let kiosk = try await Kiosk()
        let id = try await draft(kiosk, pages: 3)
        let second = try await kiosk.store.papers(of: id)[1].id
        try await add(kiosk, id, [50], name: "better", replacing: second)
        #expect(try await names(kiosk, id) == ["0", "better", "2"])
        guard case .noPaper = await failure(of: { try await add(kiosk, id, [51], name: "late", replacing: second) }) else {
            Issue.record("another error")
            return
        }
        #expect(try await names(kiosk, id) == ["0", "better", "2"])
        // Edited without a change: the same file in the same place.
        let better = try await kiosk.store.papers(of: id)[1].id
        try await add(kiosk, id, [50], name: "same", replacing: better)
        #expect(try await names(kiosk, id) == ["0", "same", "2"])
    }

    @Test func `an original stays with its page and goes with it; it is never sent`() async throws {
        let kiosk = try await Kiosk()
        let id = try await draft(kiosk, pages: 0)
        let original = try await kiosk.file([7, 7, 7]).attachment
        try await add(kiosk, id, [1], name: "page", original: original)
        try await kiosk.store.purgeOrphans(olderThan: morning.addingTimeInterval(86_400))
        let page = try #require(try await kiosk.store.papers(of: id).first)
        #expect(page.original?.attachment == original && page.original?.size == 3)

        // Edited again from the same original, then taken out.
        try await add(kiosk, id, [2], name: "edited", original: original, replacing: page.id)
        #expect(try await kiosk.store.papers(of: id).map(\.original?.attachment) == [original])
        let edited = try #require(try await kiosk.store.papers(of: id).first)
        try await kiosk.store.removePaper(edited.id, from: id, now: morning)
        #expect(try kiosk.count("SELECT count(*) FROM attachments WHERE id = \(original)") == 0)
        guard case .noPaper = await failure(of: { try await add(kiosk, id, [3], name: "x", original: original) }) else {
            Issue.record("another error")
            return
        }
    }

    @Test(arguments: ["resolved", "returned", "refused", "withdrawn", "processing", "supplement-required"])
    func `originals are removed when the dossier is over, not before`(status: String) async throws {
        let kiosk = try await Kiosk()
        let original = try await kiosk.file([9, 9]).attachment
        let file = try await kiosk.file([1])
        let placed = PlacedFile(
            component: Self.guests, fileName: "a.jpg", mediaType: "image/jpeg", file: file, original: original)
        let id = try await kiosk.store.fileDossier(
            procedure: "LUU_TRU", answers: try Kiosk.sample("LUU_TRU"), files: [placed], sealing: .applicant, now: morning
        ).id
        let uploads = try await kiosk.due().filter { $0.kind == .upload }.map(\.subject)
        #expect(uploads == [file.attachment], "the original is not in the outbox")
        let over = Kiosk.portal(id, version: 2, status: status)
        _ = try await kiosk.store.apply(ChangeBatch(changes: [.dossier(over)], cursor: "1", more: false), now: morning)
        try await kiosk.store.purgeOrphans(olderThan: morning)
        let isOver = !["processing", "supplement-required"].contains(status)
        #expect(try kiosk.count("SELECT count(*) FROM attachments WHERE id = \(original)") == (isOver ? 0 : 1))
        #expect(try kiosk.count("SELECT count(*) FROM attachments WHERE id = \(file.attachment)") == 1)
        let events = try await kiosk.store.dossier(id).events.map(\.kind)
        #expect(events.contains(.originalsRemoved) == isOver)
    }

    @Test func `a discarded draft takes its originals along`() async throws {
        let kiosk = try await Kiosk()
        let id = try await draft(kiosk, pages: 1)
        try await add(kiosk, id, [1], name: "page", original: try await kiosk.file([7]).attachment)
        try await kiosk.store.discardDraft(of: id)
        #expect(try kiosk.count("SELECT count(*) FROM attachments") == 0)
    }

    @Test func `the word that passes a flaw over is sealed with the page`() async throws {
        let kiosk = try await Kiosk()
        let file = try await kiosk.file([1])
        let check = PaperCheck(flaws: [.blurred, .dark], word: "Giấy gốc đã phai")
        let placed = PlacedFile(component: Self.guests, fileName: "a.jpg", mediaType: "image/jpeg", file: file, check: check)
        let id = try await kiosk.store.fileDossier(
            procedure: "LUU_TRU", answers: try Kiosk.sample("LUU_TRU"), files: [placed], sealing: .applicant, now: morning
        ).id
        #expect(try await kiosk.store.papers(of: id).first?.check == check)
        try await kiosk.performAccounts()
        try await kiosk.perform(.upload, .delivered(.uploaded(url: "http://127.0.0.1:1/v1/files/x")))
        guard case .dossier(let outgoing) = try await kiosk.begin(.dossier, id).content else {
            Issue.record("no dossier")
            return
        }
        #expect(outgoing.content.papers.map(\.note) == ["Ảnh mờ, Ảnh tối: Giấy gốc đã phai"])
    }

    @Test func `an earlier paper is used again after consent, stored once and sent once`() async throws {
        let kiosk = try await Kiosk()
        let first = try await kiosk.birth()
        try await kiosk.deliver(first)
        let answers = try Kiosk.sample("TT_NHAP_SINH")
        let next = try await kiosk.store.beginDossier(procedure: "TT_NHAP_SINH", now: morning)
        #expect(try await kiosk.store.earlierPapersDate(for: next) == nil, "nobody is known yet")
        try await kiosk.store.changeDraft(of: next, now: morning) { $0.answers = answers }

        #expect(try await kiosk.store.earlierPapersDate(for: next) == morning)
        #expect(try await kiosk.store.earlierPapers(for: next).isEmpty, "nothing is told before the consent")
        let paper = try #require(try await kiosk.store.papers(of: first).first)
        guard
            case .noPaper = await failure(of: {
                try await kiosk.store.reuse(paper: paper.id, in: next, component: paper.component, now: morning)
            })
        else {
            Issue.record("another error")
            return
        }
        try await kiosk.store.showEarlierPapers(in: next, now: morning)
        try await kiosk.store.showEarlierPapers(in: next, now: morning)
        #expect(try await kiosk.store.dossier(next).events.count { $0.kind == .papersReused } == 1)
        #expect(try await kiosk.store.earlierPapers(for: next).count == 3)
        try await kiosk.store.reuse(paper: paper.id, in: next, component: paper.component, now: morning)
        #expect(try await kiosk.store.earlierPapers(for: next).count == 2)
        let again = try #require(try await kiosk.store.papers(of: next).first)
        #expect(again.attachment == paper.attachment && again.id != paper.id && again.isUploaded)
        #expect(try kiosk.count("SELECT count(*) FROM attachments") == 3)

        // Consent that was taken back ends the offer.
        try await kiosk.store.withdrawConsent(to: ConsentText.Purpose.reuse, of: first, now: morning)
        #expect(try await kiosk.store.earlierPapersDate(for: next) == nil)

        // Someone else's papers are not offered.
        let stranger = try await kiosk.store.beginDossier(procedure: "TT_NHAP_SINH", now: morning)
        try await kiosk.store.changeDraft(of: stranger, now: morning) { draft in
            draft.answers = answers
            draft.answers.set("099194000999", at: at("/applicant/citizenId"))
        }
        #expect(try await kiosk.store.earlierPapersDate(for: stranger) == nil)
        try await kiosk.store.showEarlierPapers(in: stranger, now: morning)
        guard
            case .noPaper = await failure(of: {
                try await kiosk.store.reuse(paper: paper.id, in: stranger, component: paper.component, now: morning)
            })
        else {
            Issue.record("another error")
            return
        }
    }
}
