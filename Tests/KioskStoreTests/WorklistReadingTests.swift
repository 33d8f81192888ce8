import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import Testing

/// The worklist out of a real store.
@Suite struct WorklistReadingTests {
    private let day = 86_400.0
    private let refusal = Rejection(
        code: "dossier-rejected", status: 422, detail: "Sai.",
        faults: [.init(pointer: "/stay/reason", code: "invalid", message: "Lý do chưa rõ.")])

    private func rows(_ store: UnlockedStore, _ now: Date) async throws -> [WorkRow] {
        try await store.worklist(WorklistPlan(), now: now)
    }

    /// A refused notice of stay, and another whose answer was lost.
    private func troubled() async throws -> (kiosk: Kiosk, refused: String, doubtful: String) {
        let kiosk = try await Kiosk()
        let refused = try await kiosk.stay()
        try await kiosk.perform(.account, .delivered(.account(AccountProgress(status: "verified"))))
        try await kiosk.perform(.dossier, .rejected(refusal))
        let doubtful = try await kiosk.stay { $0.set("Khám bệnh", at: at("/stay/reason")) }
        let (operation, _) = try await kiosk.begin(.dossier, doubtful)
        try await kiosk.store.record(
            .inDoubt(.line(.broken), notBefore: morning.addingTimeInterval(60)), of: operation, now: morning)
        #expect(try await kiosk.store.dossier(doubtful).summary.state == .inDoubt)
        return (kiosk, refused, doubtful)
    }

    @Test func `a refused dossier stands there with whose, why and the telephone, and as half mended while it is mended`()
        async throws
    {
        let (kiosk, refused, _) = try await troubled()
        let row = try #require(try await rows(kiosk.store, morning).first)
        #expect(row.id == refused && row.kind == .rejected && row.why.vi.contains("Lý do chưa rõ."))
        #expect(!row.whose.isEmpty && row.phone?.hasPrefix("09") == true && row.mayCall == true)
        try await kiosk.store.reopen(refused, now: morning)
        #expect(try await rows(kiosk.store, morning).map(\.kind) == [.mending])
        _ = try await kiosk.store.seal(refused, consent: .applicant, acceptsWarnings: true, now: morning)
        let left = try await rows(kiosk.store, morning)
        #expect(left.isEmpty)
        let settled = try await kiosk.store.settledCases(besides: left, now: morning)
        #expect(settled.map(\.dossier.id) == [refused] && settled.first?.cause == .rejected)
        #expect(try await kiosk.store.settledCases(besides: left, now: morning.addingTimeInterval(31 * day)).isEmpty)
    }

    @Test func `ignored for a month, restored from a backup or with a wrong clock, each case is there once`() async throws {
        let (kiosk, refused, doubtful) = try await troubled()
        func expectBoth(_ store: UnlockedStore, _ now: Date, _ what: Comment) async throws {
            let rows = try await rows(store, now)
            #expect(rows.map(\.id).sorted() == [refused, doubtful].sorted(), what)
            #expect(Set(rows.map(\.kind)) == [.rejected, .inDoubt], what)
        }
        #expect(try await rows(kiosk.store, morning).map(\.id) == [refused], "not in doubt for long yet")
        try await expectBoth(kiosk.store, morning.addingTimeInterval(30 * day), "a month later")
        try await expectBoth(kiosk.store, morning.addingTimeInterval(-400 * day), "the clock is a year behind")
        try await expectBoth(kiosk.store, morning.addingTimeInterval(4000 * day), "the clock is years ahead")
        // A backup is a copy of the folder; it is restored after the village head had begun to mend.
        let backup = try TemporaryFolder()
        try FileManager.default.removeItem(atPath: backup.path)
        try FileManager.default.copyItem(atPath: kiosk.folder.path, toPath: backup.path)
        try await kiosk.store.reopen(refused, now: morning)
        let restored = try await KioskStore.open(folder: backup.path).unlock(
            operatorName: nil, pin: pin, catalogue: catalogue, now: morning)
        try await expectBoth(restored, morning.addingTimeInterval(30 * day), "restored")
    }

    @Test func `an account that waits for its code is one row for all its dossiers, and none once the code is typed`()
        async throws
    {
        let kiosk = try await Kiosk()
        _ = try await kiosk.stay()
        _ = try await kiosk.stay { $0.set("Khám bệnh", at: at("/stay/reason")) }
        try await kiosk.performAccounts()
        let row = try #require(try await rows(kiosk.store, morning).first)
        #expect(try await rows(kiosk.store, morning).count == 1 && row.kind == .codeAwaited && row.subject == .account)
        try await kiosk.store.enterCode("123456", forAccount: row.id, now: morning)
        #expect(try await rows(kiosk.store, morning).isEmpty)
        try await kiosk.perform(
            .verification, .rejected(Rejection(code: "code-expired", status: 410, detail: nil, faults: [])), now: morning)
        #expect(try await rows(kiosk.store, morning).map(\.kind) == [.unverified])
    }

    @Test func `what the officer asks for, and what is past its day`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.perform(.account, .delivered(.account(AccountProgress(status: "verified"))))
        let (operation, content) = try await kiosk.begin(.dossier, id)
        guard case .dossier(let outgoing) = content else { throw StoreError.noDossier }
        var held = Kiosk.portal(id, answers: outgoing.content.answers)
        held.dueAt = "2022-04-11T17:00:00+07:00"
        try await kiosk.store.record(.delivered(.dossier(held)), of: operation, now: morning)
        #expect(try await rows(kiosk.store, morning).isEmpty)
        #expect(try await rows(kiosk.store, morning.addingTimeInterval(4 * day)).map(\.kind) == [.overdue])
    }

    @Test func `a parked case comes last, once, and in its old place when it is taken up again`() async throws {
        let (kiosk, refused, _) = try await troubled()
        let before = try await rows(kiosk.store, morning.addingTimeInterval(30 * day)).map(\.kind)
        #expect(before.contains(.rejected) && !before.contains(.parked))
        try await kiosk.store.park(refused, now: morning)
        let parked = try await rows(kiosk.store, morning.addingTimeInterval(30 * day))
        #expect(parked.last?.kind == .parked && parked.filter { $0.id == refused }.count == 1)
        try await kiosk.store.unpark(refused, now: morning)
        #expect(try await rows(kiosk.store, morning.addingTimeInterval(30 * day)).map(\.kind) == before)
    }

    @Test func `an announcement stands there until it was read out, and again when it was corrected`() async throws {
        let kiosk = try await Kiosk()
        var one = Announcement(id: "a", title: "Lịch trực", body: "Thứ hai", validFrom: nil, validUntil: nil)
        func apply(_ cursor: String) async throws {
            _ = try await kiosk.store.apply(
                ChangeBatch(changes: [.announcement(one)], cursor: cursor, more: false), now: morning)
        }
        try await apply("1")
        #expect(try await rows(kiosk.store, morning).map(\.kind) == [.announcement])
        try await kiosk.store.markRead(announcement: "a", now: morning)
        #expect(try await rows(kiosk.store, morning).isEmpty)
        try await apply("2")
        #expect(try await rows(kiosk.store, morning).isEmpty, "the same once more")
        one.body = "Thứ ba"
        try await apply("3")
        #expect(try await rows(kiosk.store, morning).map(\.whose) == ["Lịch trực"])
    }
}
