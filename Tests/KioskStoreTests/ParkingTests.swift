import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import Testing

/// A case that waits for its resident to come back from the police.
@Suite struct ParkingTests {
    private let rejection = Rejection(
        code: "dossier-rejected", status: 422, detail: nil,
        faults: [Rejection.Fault(pointer: "/guests/0/fullName", code: "population-mismatch", message: "Sai")])

    private func reject(_ id: String, in kiosk: Kiosk, now: Date = morning) async throws {
        let (operation, _) = try await kiosk.begin(.dossier, id, now: now)
        try await kiosk.store.record(.rejected(rejection), of: operation, now: now)
    }

    @Test func `a parked case stays in the list, over a restart too, and is taken up when the resident is back`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.performAccounts()
        try await reject(id, in: kiosk)
        try await kiosk.store.park(id, now: morning)
        try await kiosk.store.park(id, now: later)
        let again = try await kiosk.again()
        #expect(try await again.dossiers(.needsPerson).map(\.parkedAt) == [morning], "since the first time")
        try await again.unpark(id, now: later)
        try await again.unpark(id, now: later)
        let detail = try await again.dossier(id)
        #expect(detail.summary.parkedAt == nil && detail.summary.state == .rejected)
        #expect(detail.events.map(\.kind).suffix(2) == [.parked, .unparked], "each is told once")
    }

    @Test func `whatever moves the dossier ends the parking`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.performAccounts()
        try await reject(id, in: kiosk)
        try await kiosk.store.park(id, now: morning)
        try await kiosk.store.reopen(id, now: morning)
        #expect(try await kiosk.store.dossier(id).summary.parkedAt == nil)
        // A look at the form showed that the card is right: what is being mended can be set aside too, and is listed.
        try await kiosk.store.park(id, now: later)
        #expect(try await kiosk.store.dossiers(.needsPerson).map(\.id) == [id])
        try await kiosk.store.changeDraft(of: id, now: later) { $0.section = "@review" }
        #expect(try await kiosk.store.dossier(id).summary.parkedAt == later, "looking at it moves nothing")
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: later)
        #expect(try await kiosk.store.dossier(id).summary.parkedAt == nil)
    }

    @Test func `news from the portal ends the parking of a request for supplements`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        let answers = try Kiosk.sample("LUU_TRU")
        try await feed(kiosk, Kiosk.portal(id, answers: answers, version: 2, status: "supplement-required", remark: "Bổ sung"))
        try await kiosk.store.park(id, now: later)
        #expect(try await kiosk.store.dossiers(.needsPerson).map(\.parkedAt) == [later])
        try await feed(kiosk, Kiosk.portal(id, answers: answers, version: 3, status: "processing"))
        #expect(try await kiosk.store.dossier(id).summary.parkedAt == nil)
        guard case .notReopenable(.delivered) = await failure(of: { try await kiosk.store.park(id, now: later) }) else {
            return #expect(Bool(false), "nobody waits for anybody")
        }
        guard case .noDossier = await failure(of: { try await kiosk.store.park("x", now: later) }) else {
            return #expect(Bool(false))
        }
    }
}
