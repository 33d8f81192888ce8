import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import Testing

/// A portal that was restored to an older copy of a dossier: an amendment that it had confirmed is lost there.
@Suite struct WentBackTests {
    private let muchLater = morning.addingTimeInterval(86_400)

    /// A notice of stay whose amendment the portal had confirmed (version 2), with the portal's first copy.
    private func amended() async throws -> (kiosk: Kiosk, id: String, first: PortalDossier) {
        let (kiosk, id) = try await mending { $0.set("Khám bệnh", at: at(reason)) }
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
        try await kiosk.deliver(id, version: 2)
        return (kiosk, id, Kiosk.portal(id, answers: try Kiosk.sample("LUU_TRU")))
    }

    private func show(_ kiosk: Kiosk, _ theirs: PortalDossier, _ outcome: Outcome? = nil) async throws {
        let batch = ChangeBatch(changes: [.dossier(theirs)], cursor: "again\(theirs.version)\(theirs.etag)", more: false)
        _ = try await kiosk.store.apply(batch, now: later)
    }

    /// Answers the question whether the portal still holds it.
    private func answerCheck(_ kiosk: Kiosk, _ id: String, _ theirs: PortalDossier) async throws {
        let (operation, _) = try await kiosk.begin(.check, id, now: muchLater)
        try await kiosk.store.record(.delivered(.dossier(theirs)), of: operation, now: later)
    }

    @Test func `an older copy in the feed is asked for, and believed when it was seen twice; then what was lost goes again`()
        async throws
    {
        let (kiosk, id, first) = try await amended()
        try await show(kiosk, first)
        #expect(try await kiosk.store.dossier(id).portal?.version == 2, "not believed at once")
        try await answerCheck(kiosk, id, first)
        #expect(try await kiosk.store.dossier(id).portal?.version == 2, "nor at the first look")
        let row = try #require(try await kiosk.store.queue(now: later).first { $0.subject == id })
        #expect(row.kind == "check" && row.reason == "older-at-portal" && row.notBefore > later)
        try await answerCheck(kiosk, id, first)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .sealed && detail.portal?.version == 1)
        #expect(detail.events.contains { $0.kind == .wentBack })
        let sent = try await outgoing(kiosk, now: muchLater)
        #expect(sent.etag == first.etag && sent.content.answers[at(reason)] == "Khám bệnh", "the resident's typing goes again")
    }

    @Test func `an older copy that was only a slow part of the portal's changes nothing`() async throws {
        let (kiosk, id, first) = try await amended()
        let newest = try #require(try await kiosk.store.dossier(id).portal)
        try await show(kiosk, first)
        try await answerCheck(kiosk, id, first)
        try await answerCheck(kiosk, id, newest)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .delivered && detail.portal == newest)
        #expect(try await kiosk.store.queue(now: later).isEmpty)
    }

    @Test func `an officer's edit since the restoration stays, and what both changed goes to a person`() async throws {
        let (kiosk, id, _) = try await amended()
        // The portal went back to its first copy, and an officer has edited it twice since, so that it is as new as the lost one.
        var theirs = Kiosk.portal(id, answers: try Kiosk.sample("LUU_TRU"), version: 2, editedBy: "officer")
        theirs.etag = "\"2-another\""
        theirs.answers.set("2022-04-11", at: at(until))
        try await show(kiosk, theirs)
        try await answerCheck(kiosk, id, theirs)
        try await answerCheck(kiosk, id, theirs)
        let sent = try await outgoing(kiosk, now: muchLater)
        #expect(sent.content.answers[at(reason)] == "Khám bệnh" && sent.content.answers[at(until)] == "2022-04-11")
        #expect(sent.etag == theirs.etag)

        let (other, name, _) = try await amended()
        var clashing = Kiosk.portal(name, answers: try Kiosk.sample("LUU_TRU"), version: 2, editedBy: "officer")
        clashing.etag = "\"2-another\""
        clashing.answers.set("Đi chợ", at: at(reason))
        try await show(other, clashing)
        try await answerCheck(other, name, clashing)
        try await answerCheck(other, name, clashing)
        let clash = try #require(try await divergence(other, name).clashes.first)
        #expect(clash.ours == "Khám bệnh" && clash.theirs == "Đi chợ" && clash.base == "Thăm người thân")
        // A copy that is newer by its number than the one that was lost is merged with the same base.
        var next = clashing
        (next.version, next.etag) = (3, "\"3-another\"")
        next.answers.set("2022-04-12", at: at(until))
        try await show(other, next)
        #expect(try await divergence(other, name).clashes == [clash])
    }

    @Test func `a form taken up again starts from what was sealed, not from what the portal forgot`() async throws {
        let (kiosk, id, first) = try await amended()
        try await kiosk.store.reopen(id, now: morning)
        try await kiosk.store.changeDraft(of: id, now: morning) { $0.answers.set("2022-04-12", at: at(until)) }
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
        let (operation, _) = try await kiosk.begin(.dossier, id)
        let refused = Rejection(code: "dossier-rejected", status: 422, detail: nil, faults: [])
        try await kiosk.store.record(.rejected(refused), of: operation, now: morning)
        try await show(kiosk, first)
        try await answerCheck(kiosk, id, first)
        try await answerCheck(kiosk, id, first)
        #expect(try await kiosk.store.dossier(id).portal?.version == 1)
        try await kiosk.store.reopen(id, now: muchLater)
        let draft = try await kiosk.store.draft(of: id).answers
        #expect(draft[at(reason)] == "Khám bệnh" && draft[at(until)] == "2022-04-12")
    }

    @Test func `an amendment that meets an older copy looks twice, merges and goes on`() async throws {
        let (kiosk, id, first) = try await amended()
        try await kiosk.store.reopen(id, now: morning)
        try await kiosk.store.changeDraft(of: id, now: morning) { $0.answers.set("2022-04-12", at: at(until)) }
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
        let (operation, _) = try await kiosk.begin(.dossier, id)
        try await kiosk.store.record(.moved(first), of: operation, now: later)
        #expect(try await kiosk.store.dossier(id).portal?.version == 2)
        let (again, _) = try await kiosk.begin(.dossier, id, now: muchLater)
        try await kiosk.store.record(.moved(first), of: again, now: later)
        let sent = try await outgoing(kiosk, now: muchLater)
        #expect(sent.etag == first.etag)
        #expect(sent.content.answers[at(reason)] == "Khám bệnh" && sent.content.answers[at(until)] == "2022-04-12")
    }
}

/// A dossier that the portal settles while something of it is still here.
@Suite struct ClosedAtPortalTests {
    private func refused(_ id: String, version: Int) throws -> PortalDossier {
        Kiosk.portal(id, answers: try Kiosk.sample("LUU_TRU"), version: version, status: "refused", editedBy: "officer")
    }

    @Test func `a clash that the portal settles meanwhile follows the portal; ours stays a revision`() async throws {
        let (kiosk, id, operation) = try await amending { $0.set("Khám bệnh", at: at(reason)) }
        try await kiosk.store.record(.moved(try edited(id) { $0.set("Đi chợ", at: at(reason)) }), of: operation, now: later)
        #expect(try await kiosk.store.dossier(id).summary.state == .conflict)
        try await feed(kiosk, try refused(id, version: 3))
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .delivered && detail.problem == nil && detail.summary.status == .refused)
        #expect(detail.events.contains { $0.kind == .notSent })
        #expect(detail.answers[at(reason)] == "Thăm người thân", "what is shown is what the portal decided on")
        #expect(try await kiosk.store.revisions(of: id).contains { $0.answers[at(reason)] == "Khám bệnh" })
        #expect(try await kiosk.store.queue(now: later).isEmpty)
    }

    @Test func `a copy that is settled ends what was being sent, with the news first or last`() async throws {
        let (kiosk, id, operation) = try await amending { $0.set("Khám bệnh", at: at(reason)) }
        try await kiosk.store.record(.moved(try refused(id, version: 2)), of: operation, now: later)
        #expect(try await kiosk.store.dossier(id).summary.state == .delivered)

        let (other, name, sending) = try await amending { $0.set("Khám bệnh", at: at(reason)) }
        let late = Rejection(code: "already-resolved", status: 409, detail: nil, faults: [])
        try await other.store.record(.rejected(late), of: sending, now: later)
        #expect(try await other.store.dossier(name).summary.state == .rejected)
        try await feed(other, try refused(name, version: 2))
        #expect(try await other.store.dossier(name).summary.state == .delivered)
    }

    @Test func `a form that was being mended is ended by hand, and what was typed stays`() async throws {
        let (kiosk, id) = try await mending { $0.set("Khám bệnh", at: at(reason)) }
        try await feed(kiosk, try refused(id, version: 2))
        #expect(try await kiosk.store.dossier(id).summary.state == .draft)
        #expect(try await kiosk.store.dossiers(.needsPerson).map(\.id) == [id], "somebody has to see it")
        let error = await failure { _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: later) }
        guard case .settledAtPortal = error else { return #expect(Bool(false), "\(String(describing: error))") }
        try await kiosk.store.stopMending(id, now: later)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .delivered && detail.answers[at(reason)] == "Thăm người thân")
        #expect(try await kiosk.store.revisions(of: id).contains { $0.answers[at(reason)] == "Khám bệnh" })
    }
}
