import Foundation
import KioskDomain
import KioskStore
import KioskSync
import SQLiteAccess
import Testing

@Suite struct ReportFactTests {
    private static let period = ReportPeriod(year: 2022, part: .month(4))

    @Test func `what reports count is kept as a dossier goes its way, and outlives it`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        _ = try await kiosk.stay()
        try await kiosk.perform(.account, .delivered(.account(AccountProgress(status: "verified"))))
        try await kiosk.deliver(id)
        let period = try #require(Self.period)
        let cutOff = ReportPeriod.usualCutOff
        let far = Date.distantFuture
        let figures = try await kiosk.store.report(period, cutOff: cutOff, calendar: WorkingDays(), now: far)
        #expect(figures.kiosk.sealed == 2 && figures.kiosk.uploaded == 1 && figures.kiosk.waiting == 1)
        let written = String(decoding: try JSONEncoder().encode(figures), as: UTF8.self)
        #expect(written.contains("LUU_TRU") && !written.contains("099"))
        // All that is about the dossier goes; the facts stand alone.
        try kiosk.database { db in
            try db.run("PRAGMA foreign_keys = OFF")
            try db.run("DELETE FROM dossiers")
        }
        #expect(try await kiosk.store.report(period, cutOff: cutOff, calendar: WorkingDays(), now: far) == figures)
    }

    @Test func `a period's figures are queued once, and again when they changed`() async throws {
        let kiosk = try await Kiosk()
        let period = try #require(Self.period)
        func report() async throws -> ReportFigures {
            try await kiosk.store.report(period, cutOff: 15, calendar: WorkingDays(), now: .distantFuture)
        }
        let before = try await report()
        #expect(try await kiosk.store.queueReport(before, now: morning))
        #expect(try await !kiosk.store.queueReport(before, now: morning))
        _ = try await kiosk.stay()
        #expect(try await kiosk.store.queueReport(try await report(), now: morning))
        #expect(try kiosk.count("SELECT count(*) FROM outbox WHERE kind = 'report' AND state = 'waiting'") == 1)
    }

    @Test func `periods that have ended are queued by themselves, those of before the kiosk's first dossier not`() async throws {
        let kiosk = try await Kiosk()
        func queue(_ day: String) async throws -> [String] {
            let now = try #require(CalendarDate(day).map { VietnamTime.instant($0, minute: 6 * 60) })
            return try await kiosk.store.queueEndedReports(cutOff: 15, calendar: WorkingDays(), now: now).map(\.description)
        }
        #expect(try await queue("2022-04-20") == [], "nothing was sealed here")
        // Sealed on 8 April: the month of April ended on the 14th, its quarter has not, and March was before this kiosk.
        let id = try await kiosk.stay()
        #expect(try await queue("2022-04-20") == [], "once a day")
        #expect(try await queue("2022-04-21") == ["2022-04"])
        #expect(try await queue("2022-04-22") == [], "nothing changed")
        try await kiosk.perform(.account, .delivered(.account(AccountProgress(status: "verified"))))
        try await kiosk.deliver(id)
        #expect(try await queue("2022-04-23") == ["2022-04"], "the figures changed")
        #expect(try await queue("2022-06-15") == ["2022-06", "2022-05", "2022-Q2"])
        #expect(try await queue("2022-12-15").contains("2022"))
        #expect(
            try kiosk.count("SELECT count(*) FROM outbox WHERE kind = 'report' AND subject = '2022-04' AND state = 'waiting'")
                == 1)
    }

    @Test func `an outreach entry has a photograph, sealed; with another, or with the entry, its file goes`() async throws {
        let kiosk = try await Kiosk()
        let day = try #require(CalendarDate("2022-04-08"))
        let entry = try await kiosk.store.logOutreach(day: day, channel: .meeting, people: 40, topic: "Họp", now: morning)
        let (first, second) = (try await kiosk.file([1, 2, 3]), try await kiosk.file([4, 5, 6, 7]))
        try await kiosk.store.setOutreachPhoto(first, mediaType: "image/jpeg", of: entry, now: morning)
        // A sweep of what nothing uses leaves it.
        try await kiosk.store.purgeOrphans(olderThan: .distantFuture)
        #expect(try await kiosk.store.outreach(limit: 1).first?.photo?.size == 3)
        let again = try await kiosk.file([4, 5, 6, 7])
        #expect(again == second || again.sha256 == second.sha256)
        try await kiosk.store.setOutreachPhoto(again, mediaType: "image/png", of: entry, now: morning)
        #expect(try await kiosk.store.outreachPhoto(of: entry)?.mediaType == "image/png")
        #expect(try await kiosk.store.bytes(of: again.attachment, from: 0, count: 9) == [4, 5, 6, 7])
        #expect(try kiosk.chunkCount() == 1, "the first one's bytes are gone")
        // The same picture again stays.
        try await kiosk.store.setOutreachPhoto(again, mediaType: "image/png", of: entry, now: morning)
        #expect(try kiosk.chunkCount() == 1)
        try await kiosk.store.removeOutreach(entry)
        #expect(try await kiosk.store.outreach(limit: 5).isEmpty && kiosk.chunkCount() == 0)
        await #expect(throws: StoreError.self) { try await kiosk.store.removeOutreach(entry) }
        let nowhere = try await kiosk.file([9])
        await #expect(throws: StoreError.self) {
            try await kiosk.store.setOutreachPhoto(nowhere, mediaType: "image/png", of: entry, now: morning)
        }
    }

    @Test func `what was done to spread the word is counted by channel; its topic is sealed`() async throws {
        let kiosk = try await Kiosk()
        let day = try #require(CalendarDate("2022-04-08"))
        try await kiosk.store.logOutreach(day: day, channel: .meeting, people: 40, topic: "Họp ở nhà ông Tư", now: morning)
        try await kiosk.store.logOutreach(day: day, channel: .meeting, people: 2, topic: "Nhắc lại", now: morning)
        let figures = try await kiosk.store.report(
            try #require(Self.period), cutOff: 15, calendar: WorkingDays(), now: .distantFuture)
        #expect(
            figures.outreach.first { $0.channel == .meeting }
                == ReportFigures.OutreachCounts(channel: .meeting, times: 2, people: 42))
        #expect(try await kiosk.store.outreach(limit: 5).map(\.topic).contains("Họp ở nhà ông Tư"))
        let inTheClear = "ông Tư"
        #expect(try kiosk.count("SELECT count(*) FROM outreach WHERE instr(CAST(sealed AS TEXT), \(inTheClear)) > 0") == 0)
    }

    @Test func `announcements go when they expire, the locked screen has the public ones, and who read is kept`() async throws {
        let kiosk = try await Kiosk()
        func announcement(_ id: String, until: String, isPublic: Bool) -> Change {
            .announcement(
                Announcement(
                    id: id, title: id, body: "…", validFrom: "2022-04-01T00:00:00+07:00", validUntil: until, isPublic: isPublic))
        }
        let changes = [
            announcement("over", until: "2022-04-02T00:00:00+07:00", isPublic: true),
            announcement("open", until: "2022-05-01T00:00:00+07:00", isPublic: true),
            announcement("inside", until: "2022-05-01T00:00:00+07:00", isPublic: false),
        ]
        _ = try await kiosk.store.apply(ChangeBatch(changes: changes, cursor: "1", more: false), now: morning)
        #expect(Set(try await kiosk.store.announcements(now: morning).map(\.id)) == ["open", "inside"])
        #expect(try await kiosk.locked.publicAnnouncements(now: morning).map(\.id) == ["open"])
        try await kiosk.store.markRead(announcement: "open", now: morning)
        try await kiosk.store.markRead(announcement: "nowhere", now: morning)
        #expect(try await kiosk.store.readAnnouncements() == ["open"])
    }
}
