import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import SQLiteAccess
import Testing

@Suite struct ReplicaTests {
    private func batch(_ changes: [Change], _ cursor: String) -> ChangeBatch {
        ChangeBatch(changes: changes, cursor: cursor, more: false)
    }

    @Test func `a page applied twice changes nothing the second time`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        let announcement = Announcement(id: "a", title: "Lịch trực", body: "Thứ hai", validFrom: nil, validUntil: nil)
        let page = batch(
            [
                .dossier(Kiosk.portal(id, version: 2, status: "accepted")), .announcement(announcement), .catalogue(etag: "x"),
                .unknown("weather"), .dossier(Kiosk.portal("of another kiosk")),
                .account(id: "unknown", AccountProgress(status: "verified")),
            ], "c1")
        #expect(try await kiosk.store.apply(page, now: morning) == 2)
        let before = try await kiosk.store.dossier(id)
        #expect(try await kiosk.store.apply(page, now: morning.addingTimeInterval(9)) == 0)
        let after = try await kiosk.store.dossier(id)
        #expect(after.summary == before.summary && after.events == before.events && after.summary.status?.rawValue == "accepted")
        #expect(try await kiosk.store.announcements(now: morning) == [announcement])
        #expect(try kiosk.count("SELECT count(*) FROM revisions WHERE author = 'portal'") == 2)
        #expect(try await kiosk.again().cursor() == "c1")
        try await kiosk.store.forgetCursor(now: morning)
        #expect(try await kiosk.store.cursor() == nil)
    }

    @Test func `an older version undoes nothing`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        let newer = Kiosk.portal(id, version: 5, status: "supplement-required", remark: "Thiếu ảnh")
        #expect(
            try await kiosk.store.apply(
                batch([.dossier(newer), .dossier(Kiosk.portal(id, version: 4, status: "accepted"))], "c"), now: morning) == 1)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.status == .supplementRequired && detail.portal == newer)
        #expect(try await kiosk.store.standing().supplements == 1)
        #expect(try await kiosk.store.dossiers(.needsPerson).map(\.id) == [id])
    }

    @Test func `a wait that only a wrong clock can have set is over with the next run`() async throws {
        let kiosk = try await Kiosk()
        _ = try await kiosk.stay()
        let operation = try #require(try await kiosk.store.due(now: morning, limit: 1).first)
        _ = try await kiosk.store.begin(operation, now: morning)
        let years = morning.addingTimeInterval(10 * 365 * 86_400)
        try await kiosk.store.record(.retry(.line(.broken), notBefore: years), of: operation, now: years)
        try await kiosk.store.beginRun(now: morning, ignoringBackOff: false)
        #expect(try await kiosk.store.due(now: morning, limit: 9).map(\.id).contains(operation.id))
    }

    @Test func `a clock set back by hours makes nothing wait for hours, and without it a wait is kept`() async throws {
        let kiosk = try await Kiosk()
        _ = try await kiosk.stay()
        let operation = try #require(try await kiosk.store.due(now: morning, limit: 1).first)
        _ = try await kiosk.store.begin(operation, now: morning)
        try await kiosk.store.record(.retry(.portalBusy, notBefore: morning + 1800), of: operation, now: morning)
        for (now, isDue) in [(morning + 60, false), (morning - 60, false), (morning - 7 * 3600, true)] {
            try await kiosk.store.beginRun(now: now, ignoringBackOff: false)
            #expect(try await kiosk.store.due(now: now, limit: 9).map(\.id).contains(operation.id) == isDue, "\(now)")
        }
    }

    @Test func `the place in the feed is kept with the changes or not at all`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        _ = try await kiosk.store.apply(batch([], "c1"), now: morning)
        try kiosk.database { db in
            try db.run("CREATE TRIGGER broken BEFORE INSERT ON announcements BEGIN SELECT RAISE(ABORT, 'a broken disk'); END")
        }
        let announcement = Announcement(id: "a", title: "t", body: "b", validFrom: nil, validUntil: nil)
        let page = batch([.dossier(Kiosk.portal(id, version: 2, status: "accepted")), .announcement(announcement)], "c2")
        guard case .database = await failure(of: { _ = try await kiosk.store.apply(page, now: morning) }) else {
            Issue.record("another error")
            return
        }
        #expect(try await kiosk.store.cursor() == "c1")
        #expect(try await kiosk.store.dossier(id).portal?.version == 1)
        try kiosk.database { try $0.run("DROP TRIGGER broken") }
        #expect(try await kiosk.store.apply(page, now: morning) == 2)
        #expect(try await kiosk.store.cursor() == "c2")
    }

    @Test func `an announcement that was corrected is told anew`() async throws {
        let kiosk = try await Kiosk()
        var announcement = Announcement(id: "a", title: "t", body: "b", validFrom: nil, validUntil: "2022-04-09T00:00:00+07:00")
        #expect(try await kiosk.store.apply(batch([.announcement(announcement)], "1"), now: morning) == 1)
        announcement.validUntil = nil
        #expect(try await kiosk.store.apply(batch([.announcement(announcement)], "2"), now: morning) == 1)
        #expect(try await kiosk.store.announcements(now: morning) == [announcement])
    }
}
