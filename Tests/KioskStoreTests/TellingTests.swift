import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import Testing

/// What the portal decided is told to the resident, and a refused dossier is filed anew.
@Suite struct TellingTests {
    private func decide(_ kiosk: Kiosk, _ id: String, _ status: String, version: Int, remark: String? = nil) async throws {
        let answers = try await kiosk.store.dossier(id).answers
        let papers = try await kiosk.store.papers(of: id).map {
            Paper(
                id: $0.id, component: $0.component, fileName: $0.fileName, mediaType: $0.mediaType, size: $0.size,
                sha256: $0.sha256)
        }
        let held = Kiosk.portal(
            id, answers: answers, version: version, status: status, papers: papers, remark: remark, editedBy: "officer")
        let batch = ChangeBatch(changes: [.dossier(held)], cursor: "\(version)", more: false)
        _ = try await kiosk.store.apply(batch, now: later)
    }

    private func kinds(_ kiosk: Kiosk) async throws -> [WorkKind] {
        try await kiosk.store.worklist(WorklistPlan(), now: later).filter { $0.subject == .dossier }.map(\.kind)
    }

    @Test func `a refusal stands in the worklist with the officer's words until someone told it, and again with the next`()
        async throws
    {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        #expect(try await kinds(kiosk) == [])
        #expect(await failure { try await kiosk.store.noteTold(id, now: later) } != nil, "nothing is decided")
        try await decide(kiosk, id, "refused", version: 2, remark: "Không đúng địa bàn")
        let row = try #require(try await kiosk.store.worklist(WorklistPlan(), now: later).first { $0.id == id })
        #expect(row.kind == .refused && row.why.vi.contains("Không đúng địa bàn"))
        try await kiosk.store.noteTold(id, now: later)
        #expect(try await kinds(kiosk) == [])
        #expect(try await kiosk.store.settledCases(besides: [], now: later).map(\.cause) == [.rejected], "a trace")
        #expect(await failure { try await kiosk.store.noteTold(id, now: later) } != nil, "once")
        try await decide(kiosk, id, "received", version: 3)
        try await decide(kiosk, id, "resolved", version: 4)
        #expect(try await kinds(kiosk) == [.result])
        try await decide(kiosk, id, "returned", version: 5)
        #expect(try await kinds(kiosk) == [], "whoever has the result knows of it")
    }

    @Test func `a refused dossier is filed anew with its answers and papers, under a consent of its own; both name each other`()
        async throws
    {
        let kiosk = try await Kiosk()
        let id = try await kiosk.birth()
        #expect(await failure { _ = try await kiosk.store.fileAnew(id, now: later) } != nil, "only a refused one")
        try await kiosk.deliver(id)
        try await decide(kiosk, id, "refused", version: 2, remark: "Sai hộ")
        let new = try await kiosk.store.fileAnew(id, now: later)
        let (old, again) = (try await kiosk.store.dossier(id), try await kiosk.store.dossier(new))
        #expect(again.summary.state == .draft && again.summary.revision == 0 && again.answers == old.answers)
        #expect(again.papers.map(\.sha256) == old.papers.map(\.sha256) && again.papers.count == 3)
        #expect(Set(again.papers.map(\.id)).isDisjoint(with: old.papers.map(\.id)))
        #expect(again.consent == nil)
        #expect(old.events.last?.other == new && again.events.last?.other == id)
        #expect(try await kinds(kiosk) == [], "filing it anew is telling it")
        // Throwing the new one away leaves the old one's papers whole.
        try await kiosk.store.discardDraft(of: new)
        #expect(try await kiosk.store.papers(of: id).count == 3)
        #expect(try await !kiosk.store.bytes(of: old.papers[0].attachment, from: 0, count: 5).isEmpty)
    }
}
