import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import Testing

/// A resident withdraws a dossier, or says that it is no duplicate.
@Suite struct WithdrawingTests {
    private let words = Withdrawal(reason: "Đã làm ở nơi khác", consentedBy: "Vi Văn Páo", by: .applicant)

    @Test func `a delivered dossier is withdrawn at the portal, and the history keeps who consented and why`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        #expect(try await !kiosk.store.withdraw(id, words, now: morning), "the portal has the last word")
        let (operation, content) = try await kiosk.begin(.withdrawal, id, now: later)
        guard case .withdrawal(let dossier, let reason, _) = content else { return #expect(Bool(false)) }
        #expect(dossier == id && reason == words.reason)
        let held = Kiosk.portal(id, answers: try Kiosk.sample("LUU_TRU"), version: 2, status: "withdrawn")
        try await kiosk.store.record(.delivered(.dossier(held)), of: operation, now: later)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.status == .withdrawn && detail.summary.state == .delivered)
        #expect(detail.events.compactMap(\.withdrawal) == [words])
        let bytes = try Data(contentsOf: URL(filePath: kiosk.folder.file("kiosk.sqlite")))
        #expect(bytes.range(of: Data("Đã làm ở nơi khác".utf8)) == nil, "sealed like everything of a resident")
    }

    @Test func `what the portal never had is withdrawn here at once, and nothing is sent`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        #expect(try await kiosk.store.withdraw(id, words, now: morning))
        #expect(try await kiosk.store.dossier(id).summary.state == .withdrawn)
        #expect(try await kiosk.store.queue(now: later).allSatisfy { $0.subject != id })
        #expect(try await kiosk.store.dossiers(.needsPerson).isEmpty)
        let error = await failure { _ = try await kiosk.store.withdraw(id, words, now: morning) }
        guard case .notWithdrawableNow = error else { return #expect(Bool(false)) }
    }

    @Test func `one in doubt is asked of the portal, which may not have it`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.performAccounts()
        let (sending, _) = try await kiosk.begin(.dossier, id)
        let early = await failure { _ = try await kiosk.store.withdraw(id, words, now: morning) }
        guard case .notWithdrawableNow = early else { return #expect(Bool(false), "it is under way at this moment") }
        try await kiosk.store.record(.inDoubt(.line(.broken), notBefore: later), of: sending, now: morning)
        #expect(try await !kiosk.store.withdraw(id, words, now: morning))
        let (operation, _) = try await kiosk.begin(.withdrawal, id, now: later)
        try await kiosk.store.record(.absent(notBefore: later), of: operation, now: later)
        #expect(try await kiosk.store.dossier(id).summary.state == .withdrawn)
        #expect(try await kiosk.store.queue(now: later).allSatisfy { $0.subject != id })
        // The request that was lost arrives late: what the resident asked for still holds.
        try await feed(kiosk, Kiosk.portal(id, answers: try Kiosk.sample("LUU_TRU"), version: 2))
        #expect(try await kiosk.store.dossier(id).summary.state == .delivered)
        guard case .withdrawal(id, words.reason, _) = try await kiosk.begin(.withdrawal, id, now: later).content else {
            return #expect(Bool(false))
        }
    }

    @Test func `a withdrawal that comes too late is said so, and the dossier stays as it is`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        try await kiosk.store.withdraw(id, words, now: morning)
        let (operation, _) = try await kiosk.begin(.withdrawal, id, now: later)
        let late = Rejection(code: "already-resolved", status: 409, detail: nil, faults: [])
        try await kiosk.store.record(.rejected(late), of: operation, now: later)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .delivered && detail.events.last?.kind == .withdrawalRefused)
        #expect(try await kiosk.store.queue(now: later).isEmpty)
    }

    @Test func `a withdrawal that waits is taken back, and what it stopped goes on`() async throws {
        let (kiosk, id) = try await mending { $0.set("Khám bệnh", at: at(reason)) }
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
        try await kiosk.store.withdraw(id, words, now: morning)
        #expect(try await kiosk.due(later).map(\.kind) == [.withdrawal])
        try await kiosk.store.cancelWithdrawal(of: id, now: morning)
        #expect(try await outgoing(kiosk).content.answers[at(reason)] == "Khám bệnh")
        let error = await failure { try await kiosk.store.cancelWithdrawal(of: id, now: morning) }
        guard case .notWithdrawableNow = error else { return #expect(Bool(false)) }
    }

    @Test func `a form being mended is withdrawn with what was typed kept`() async throws {
        let (kiosk, id) = try await mending { $0.set("Khám bệnh", at: at(reason)) }
        try await kiosk.store.withdraw(id, words, now: morning)
        #expect(try await kiosk.store.dossier(id).summary.state == .delivered)
        #expect(try await kiosk.store.revisions(of: id).contains { $0.answers[at(reason)] == "Khám bệnh" })
    }

    @Test func `a reason and a name are needed`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        for bad in [
            Withdrawal(reason: "  ", consentedBy: "A", by: .applicant), Withdrawal(reason: "A", consentedBy: "", by: .guardian),
            Withdrawal(reason: String(repeating: "a", count: 501), consentedBy: "A", by: .applicant),
        ] {
            guard case .withdrawalIncomplete = await failure(of: { _ = try await kiosk.store.withdraw(id, bad, now: morning) })
            else { return #expect(Bool(false)) }
        }
        #expect(try await kiosk.store.dossier(id).summary.state == .sealed)
    }

    // MARK: Duplicates

    @Test func `a duplicate is explained and sent again with the explanation, which later revisions keep`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.birth()
        try await kiosk.performAccounts()
        try await kiosk.perform(.upload, .delivered(.uploaded(url: "http://127.0.0.1:1/v1/files/x")))
        let (operation, first) = try await kiosk.begin(.dossier, id)
        guard case .dossier(let sent) = first else { return #expect(Bool(false)) }
        #expect(sent.content.explanation == nil)
        let other = Outcome.duplicate(code: "G01-7", receivedAt: "2022-04-01T08:00:00+07:00", kiosk: "thon-khac")
        try await kiosk.store.record(other, of: operation, now: morning)
        try await kiosk.store.explainDuplicate(id, explanation: "Con sinh đôi, đây là bé thứ hai", now: morning)
        let (again, second) = try await kiosk.begin(.dossier, id, now: later)
        guard case .dossier(let explained) = second else { return #expect(Bool(false)) }
        #expect(explained.content.explanation == "Con sinh đôi, đây là bé thứ hai" && explained.revision == 2)
        #expect(explained.content.answers == sent.content.answers && explained.content.papers == sent.content.papers)
        try await kiosk.store.record(other, of: again, now: morning)
        #expect(try await kiosk.store.withdraw(id, words, now: morning), "withdrawn here: the portal never took it")
        #expect(try await kiosk.store.dossier(id).summary.state == .withdrawn)
    }

    @Test func `a second dossier of the same person and procedure is noticed while it is filled in`() async throws {
        let kiosk = try await Kiosk()
        let first = try await kiosk.birth()
        let draft = try await kiosk.store.beginDossier(procedure: "TT_NHAP_SINH", now: later)
        #expect(try await kiosk.store.likelyDuplicates(of: draft).isEmpty, "nobody's number stands there yet")
        let answers = try Kiosk.sample("TT_NHAP_SINH")
        try await kiosk.store.changeDraft(of: draft, now: later) { $0.answers = answers }
        #expect(try await kiosk.store.likelyDuplicates(of: draft).map(\.id) == [first])
        let another = try await kiosk.store.beginDossier(procedure: "TT_NHAP_SINH", now: later)
        try await kiosk.store.changeDraft(of: another, now: later) { $0.answers = answers }
        #expect(try await kiosk.store.likelyDuplicates(of: another).map(\.id) == [first, draft])
        try await kiosk.store.withdraw(first, words, now: later)
        #expect(try await kiosk.store.likelyDuplicates(of: another).map(\.id) == [draft], "one that is over counts no more")
        let stay = try await kiosk.stay()
        let notice = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: later)
        let same = try Kiosk.sample("LUU_TRU")
        try await kiosk.store.changeDraft(of: notice, now: later) { $0.answers = same }
        #expect(try await kiosk.store.likelyDuplicates(of: notice).isEmpty, "each stay is a notice of its own, not \(stay)")
    }
}
