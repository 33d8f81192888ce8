import Foundation
import JSONTree
import KioskDomain
import KioskStore
import Testing

@Suite struct DraftTests {
    @Test func `what was typed is there after the plug was pulled`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        try await kiosk.store.changeDraft(of: id, now: morning) { draft in
            draft.answers.set("Hà Thị Nụ", at: at("/applicant/fullName"))
            draft.section = "nguoi-thong-bao"
        }
        // The first store is still open, so whatever the second one sees is in the file.
        let again = try await kiosk.again()
        let draft = try await again.draft(of: id)
        #expect(draft.answers == ["applicant": ["fullName": "Hà Thị Nụ"]] && draft.section == "nguoi-thong-bao")
        let detail = try await again.dossier(id)
        #expect(detail.summary.state == .draft && detail.summary.applicant == "Hà Thị Nụ" && detail.summary.receipt == nil)
    }

    @Test func `two pages on one dossier do not undo each other`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        let other = try await kiosk.again()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, store) in [kiosk.store, other, kiosk.store, other].enumerated() {
                group.addTask {
                    for round in 0..<5 {
                        try await store.changeDraft(of: id, now: morning) { $0.answers.set("x", at: at("/f\(index)-\(round)")) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await kiosk.store.draft(of: id).answers.objectValue?.count == 20)
    }

    @Test func `a draft is thrown away with its papers, a sealed dossier never`() async throws {
        let kiosk = try await Kiosk()
        let sealed = try await kiosk.birth()
        let id = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        let shared = try await kiosk.file([UInt8](repeating: 1, count: 30))
        let own = try await kiosk.file([9, 9, 9])
        for file in [shared, own] {
            let placed = PlacedFile(component: "GIAY_TO_KHACH", fileName: "a.jpg", mediaType: "image/jpeg", file: file)
            try await kiosk.store.addPaper(placed, to: id, now: morning)
        }
        try await kiosk.store.discardDraft(of: id)
        guard case .noDossier = await failure(of: { _ = try await kiosk.store.draft(of: id) }),
            case .notADraft = await failure(of: { try await kiosk.store.discardDraft(of: sealed) }),
            case .noDossier = await failure(of: { try await kiosk.store.discardDraft(of: "no-such") })
        else {
            Issue.record("another error")
            return
        }
        #expect(try await kiosk.store.bytes(of: own.attachment, from: 0, count: 9) == [], "its own file is gone")
        #expect(
            try await kiosk.store.bytes(of: shared.attachment, from: 0, count: 99).count == 30, "a file of another dossier stays")
        #expect(try await kiosk.store.papers(of: sealed).count == 3)
    }

    @Test func `throwing a draft away takes no file that is about to be placed elsewhere`() async throws {
        let kiosk = try await Kiosk()
        let keep = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        let drop = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        let writer = try await kiosk.store.newAttachment(limit: 100, now: morning)
        try await writer.append([1, 2])
        let scanned = try await kiosk.file([5, 5, 5])
        try await kiosk.store.discardDraft(of: drop)
        try await kiosk.store.addPaper(
            PlacedFile(component: "GIAY_TO_KHACH", fileName: "a.jpg", mediaType: "image/jpeg", file: scanned), to: keep,
            now: morning)
        try await writer.append([3])
        #expect(try await kiosk.store.bytes(of: writer.finish(now: morning).attachment, from: 0, count: 9) == [1, 2, 3])
        #expect(try await kiosk.store.papers(of: keep).map(\.size) == [3])
    }
}
