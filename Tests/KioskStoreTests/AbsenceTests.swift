import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import Testing

/// A portal that was restored from a backup of before.
@Suite struct AbsenceTests {
    private let later = morning.addingTimeInterval(60)
    private let reason = at("/stay/reason")

    /// A delivered notice of stay that was mended and sealed again.
    private func amended() async throws -> (kiosk: Kiosk, id: String) {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.perform(.account, .delivered(.account(AccountProgress(status: "verified"))))
        try await kiosk.deliver(id, version: 3)
        try await kiosk.store.reopen(id, now: morning)
        try await kiosk.store.changeDraft(of: id, now: morning) { $0.answers.set("Khám bệnh", at: reason) }
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
        return (kiosk, id)
    }

    private func outgoing(_ kiosk: Kiosk, _ id: String) async throws -> (KioskSync.Operation, OutgoingDossier) {
        let (operation, content) = try await kiosk.begin(.dossier, id, now: later.addingTimeInterval(3600))
        guard case .dossier(let dossier) = content else { throw StoreError.noDossier }
        return (operation, dossier)
    }

    @Test func `what is to be amended and gone is created again under its id`() async throws {
        let (kiosk, id) = try await amended()
        let (operation, dossier) = try await outgoing(kiosk, id)
        #expect(dossier.etag == "\"3\"")
        try await kiosk.store.record(.absent(notBefore: later), of: operation, now: morning)
        let summary = try await kiosk.store.dossier(id).summary
        #expect(summary.state == .sealed && summary.code == nil && summary.status == nil)
        #expect(try await kiosk.store.dossier(id).events.last?.kind == .absent)
        let row = try #require(try await kiosk.store.queue(now: morning).first { $0.subject == id })
        #expect(row.attempts == 1 && row.reason == "not-at-portal" && row.notBefore == later)
        let (again, created) = try await outgoing(kiosk, id)
        #expect(created.etag == nil && created.content == dossier.content && created.id == id)
        // Its versions begin anew, and that is no older copy.
        let held = Kiosk.portal(id, answers: created.content.answers)
        try await kiosk.store.record(.delivered(.dossier(held)), of: again, now: later)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .delivered && detail.portal?.version == 1 && detail.summary.code != nil)
    }

    @Test func `a portal that holds it after all is merged with, and neither side's edit is lost`() async throws {
        let (kiosk, id) = try await amended()
        let (operation, dossier) = try await outgoing(kiosk, id)
        try await kiosk.store.record(.absent(notBefore: later), of: operation, now: morning)
        let (again, _) = try await outgoing(kiosk, id)
        var answers = try Kiosk.sample("LUU_TRU")
        answers.set("2022-04-12", at: at("/stay/until"))
        let theirs = Kiosk.portal(id, answers: answers, version: 4, editedBy: "officer")
        try await kiosk.store.record(.moved(theirs), of: again, now: later)
        let (_, merged) = try await outgoing(kiosk, id)
        #expect(merged.etag == "\"4\"")
        #expect(merged.content.answers[reason] == "Khám bệnh")
        #expect(merged.content.answers[at("/stay/until")] == "2022-04-12")
        #expect(dossier.content.answers != merged.content.answers)
    }

    @Test func `a paper that only the portal had is lost with it, and is not asked of this machine for ever`() async throws {
        let (kiosk, id) = try await amended()
        let (operation, dossier) = try await outgoing(kiosk, id)
        let paper = Paper(id: "p", component: "GIAY_TO_KHACH", fileName: "x.jpg", mediaType: "image/jpeg", size: 3, sha256: "abc")
        let theirs = Kiosk.portal(
            id, answers: try Kiosk.sample("LUU_TRU"), version: 4, papers: [paper], editedBy: "officer")
        try await kiosk.store.record(.moved(theirs), of: operation, now: morning)
        let (again, carried) = try await outgoing(kiosk, id)
        #expect(carried.content.papers.map(\.sha256) == ["abc"])
        try await kiosk.store.record(.absent(notBefore: later), of: again, now: morning)
        let (_, created) = try await outgoing(kiosk, id)
        #expect(created.content.papers.isEmpty && created.content.answers == dossier.content.answers)
        #expect(created.revision == carried.revision + 1, "what was sealed stays as it is")
    }

    /// A delivered dossier that the portal was asked for in vain.
    private func lost() async throws -> (kiosk: Kiosk, id: String) {
        let kiosk = try await Kiosk()
        let (id, known) = (try await kiosk.stay(), try await kiosk.stay())
        let over = try await kiosk.stay()
        for dossier in [id, known, over] { try await kiosk.deliver(dossier) }
        func feed(_ dossiers: [PortalDossier], _ cursor: String) async throws {
            let batch = ChangeBatch(changes: dossiers.map { .dossier($0) }, cursor: cursor, more: false)
            _ = try await kiosk.store.apply(batch, now: morning)
        }
        try await feed([Kiosk.portal(over, version: 2, status: "resolved")], "1")
        for _ in 0..<2 { try await kiosk.store.forgetCursor(now: morning) }
        #expect(
            Set(try await kiosk.due().filter { $0.kind == .check }.map(\.subject)) == [id, known],
            "what is over is not looked for")
        try await feed([Kiosk.portal(known)], "2")
        let (operation, content) = try await kiosk.begin(.check)
        guard case .check(id) = content else { throw StoreError.noDossier }
        try await kiosk.store.record(.absent(notBefore: later), of: operation, now: morning)
        return (kiosk, id)
    }

    @Test func `a delivered dossier that is gone waits for a person, who has it sent again`() async throws {
        let (kiosk, id) = try await lost()
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .conflict && detail.events.last?.kind == .absent)
        #expect(
            detail.problem
                == .conflict(.absent(code: "G01.899.108.000-220408-0001", status: PortalStatus(rawValue: "received"))))
        #expect(try await kiosk.store.dossiers(.needsPerson).map(\.id) == [id])
        #expect(try await !kiosk.due().contains { $0.subject == id }, "nothing is sent without a person")
        try await kiosk.store.sendAgain(id, now: morning)
        let (operation, dossier) = try await outgoing(kiosk, id)
        #expect(dossier.etag == nil && dossier.revision == 1)
        try await kiosk.store.record(
            .delivered(.dossier(Kiosk.portal(id, answers: dossier.content.answers))), of: operation, now: later)
        let again = try await kiosk.store.dossier(id)
        #expect(again.summary.state == .delivered && again.problem == nil)
        #expect(again.events.map(\.kind).suffix(3) == [.sentAgain, .status, .delivered])
        guard case .noConflict = await failure(of: { try await kiosk.store.sendAgain(id, now: morning) }) else {
            Issue.record("sent twice")
            return
        }
    }

    @Test func `a lost dossier that comes back by itself needs nobody, also with an officer's edits`() async throws {
        let (kiosk, id) = try await lost()
        var answers = try Kiosk.sample("LUU_TRU")
        answers.set("Đi chợ", at: reason)
        let theirs = Kiosk.portal(id, answers: answers, editedBy: "officer")
        _ = try await kiosk.store.apply(ChangeBatch(changes: [.dossier(theirs)], cursor: "3", more: false), now: later)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .delivered && detail.problem == nil && detail.summary.code != nil)
        #expect(detail.answers[reason] == "Đi chợ")
    }

    @Test func `a lost dossier can be mended instead of being sent as it was`() async throws {
        let (kiosk, id) = try await lost()
        try await kiosk.store.reopen(id, now: later)
        try await kiosk.store.changeDraft(of: id, now: later) { $0.answers.set("Khám bệnh", at: reason) }
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: later)
        let (operation, _) = try await outgoing(kiosk, id)
        try await kiosk.store.record(.absent(notBefore: later), of: operation, now: later)
        #expect(try await outgoing(kiosk, id).1.etag == nil)
    }

    @Test func `an account that the portal lost is registered again, and its digits are given up`() async throws {
        let kiosk = try await Kiosk()
        _ = try await kiosk.stay()
        try await kiosk.performAccounts()
        let account = try #require(try await kiosk.store.unverifiedAccounts().first).id
        for kind in [KioskSync.Operation.Kind.verification, .newCode] {
            if kind == .newCode {
                try await kiosk.store.askNewCode(forAccount: account, now: morning)
            } else {
                try await kiosk.store.enterCode("123456", forAccount: account, now: morning)
            }
            try await kiosk.perform(kind, .absent(notBefore: later))
            #expect(try await kiosk.due().filter { $0.subject == account }.map(\.kind) == [.account])
            #expect(try await kiosk.store.account(account)?.codeStanding(at: morning) == .unsent)
            try await kiosk.performAccounts()
        }
    }

    @Test func `a portal that was restored twice before its feed came is asked again for what it confirmed`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        try await kiosk.store.forgetCursor(now: morning)
        let held = try #require(try await kiosk.store.dossier(id).portal)
        let (operation, _) = try await kiosk.begin(.check, id)
        try await kiosk.store.record(.delivered(.dossier(held)), of: operation, now: morning)
        #expect(try await kiosk.due(later).isEmpty)
        // The feed's first page was lost; the portal is restored again, and has no place to refuse.
        _ = try await kiosk.store.apply(ChangeBatch(changes: [], cursor: "1", more: false), now: later)
        #expect(try await kiosk.due(later).map(\.kind) == [.check])
        let (again, _) = try await kiosk.begin(.check, id, now: later)
        try await kiosk.store.record(.absent(notBefore: later), of: again, now: later)
        #expect(try await kiosk.store.dossier(id).summary.state == .conflict)
        _ = try await kiosk.store.apply(ChangeBatch(changes: [], cursor: "2", more: false), now: later)
        #expect(try await kiosk.due(later).isEmpty, "not at every page")
    }
}
