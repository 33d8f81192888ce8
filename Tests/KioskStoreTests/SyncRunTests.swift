import Foundation
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import SQLiteAccess
import Testing

@Suite struct SyncRunTests {
    @Test func `a run that never ended is kept as broken off; one that did says all`() async throws {
        let kiosk = try await Kiosk()
        _ = try await kiosk.store.beginRecord(.window, now: morning)
        let second = try await kiosk.store.beginRecord(.deadline, now: morning.addingTimeInterval(60))
        var report = SyncReport()
        report.delivered = 3
        report.uploaded = 2
        report.bytesSent = 900
        report.bytesReceived = 800
        report.bytesSentTwice = 70
        report.bytesPerSecond = 60
        report.changesApplied = 5
        report.outcomes = [.delivered: 5, .inDoubt: 1]
        report.faults = [.line(.broken): 2, .line(.notThePortal): 1]
        report.stop = .line
        report.trouble = .wrongHost
        try await kiosk.store.endRecord(second, report, now: morning.addingTimeInterval(90))
        let runs = try await kiosk.again().syncRuns()
        #expect(
            runs.map(\.stop) == [.line, .brokenOff] && runs.map(\.trouble) == [.wrongHost, nil]
                && runs.map(\.occasion) == [.deadline, .window])
        let run = try #require(runs.first)
        #expect(run.seconds == 30 && run.delivered == 3 && run.uploaded == 2 && run.bytesSent == 900 && run.bytesReceived == 800)
        #expect(run.bytesSentTwice == 70 && run.bytesPerSecond == 60 && run.changesApplied == 5)
        #expect(run.outcomes == report.outcomes && run.faults == report.faults)
        #expect(
            run.past
                == PastRun(
                    beganAt: run.beganAt, endedAt: run.endedAt, stop: .line, trouble: .wrongHost, bytesSent: 900,
                    bytesPerSecond: 60))
    }

    @Test func `the last 90 runs are kept`() async throws {
        let kiosk = try await Kiosk()
        for number in 0..<95 {
            let id = try await kiosk.store.beginRecord(.timer, now: morning.addingTimeInterval(Double(number)))
            try await kiosk.store.endRecord(id, SyncReport(), now: morning.addingTimeInterval(Double(number)))
        }
        let runs = try await kiosk.store.syncRuns(limit: 1000)
        #expect(runs.count == 90 && runs.last?.beganAt == morning.addingTimeInterval(5))
        #expect(try kiosk.count("SELECT count(*) FROM sync_runs") == 90)
    }

    @Test func `a record of before tells no occasion`() async throws {
        let kiosk = try await Kiosk()
        let db = try Connection(path: kiosk.folder.file("kiosk.sqlite"))
        try db.run(
            "INSERT INTO sync_runs (began_at, ended_at, delivered, uploaded, bytes_sent, changes_applied) VALUES (1, 2, 3, 4, 5, 6)"
        )
        let run = try #require(try await kiosk.store.syncRuns().first)
        #expect(
            run.occasion == nil && run.trouble == nil && run.outcomes.isEmpty && run.faults.isEmpty && run.bytesPerSecond == nil
                && run.delivered == 3)
    }

    @Test func `bytes are counted by the day in Viet Nam, and a clock that jumps begins a new one`() async throws {
        let kiosk = try await Kiosk()
        let midnight = VietnamTime.instant(VietnamTime.day(of: morning).adding(days: 1), minute: 0)
        #expect(try await kiosk.store.countSent(bytes: 0, now: morning) == 0)
        #expect(try await kiosk.store.countSent(bytes: 40, now: morning) == 40)
        #expect(try await kiosk.store.countSent(bytes: 2, now: midnight.addingTimeInterval(-1)) == 42)
        #expect(try await kiosk.again().countSent(bytes: 0, now: morning) == 42)
        #expect(try await kiosk.store.countSent(bytes: 1, now: midnight) == 1)
        #expect(try await kiosk.store.countSent(bytes: 5, now: morning) == 5)
    }

    @Test func `a hold lets small things go, and files of a dossier that the law wants today`() async throws {
        let kiosk = try await Kiosk()
        let hold = FileHold(over: 15, unlessSentBy: FileHold.on(morning).unlessSentBy)
        _ = try await kiosk.birth()
        // The resident is done with first: files of 30 and 20 bytes wait, the one of 10 goes.
        let sizes = try await kiosk.store.due(now: morning, limit: 100, holding: hold).map(\.size)
        #expect(sizes.sorted() == [0, 10])
        for operation in try await kiosk.store.due(now: morning, limit: 100, holding: hold) {
            _ = try await kiosk.store.begin(operation, now: morning)
        }
        #expect(try await kiosk.store.nextDue(holding: hold) == nil)
        #expect(try await kiosk.store.nextDue() == morning)
        #expect(try await kiosk.store.queuedWork().files == 3)
        // The same files in a dossier with a deadline today go.
        let today = Int(morning.timeIntervalSince1970 * 1000) + 3_600_000
        let db = try Connection(path: kiosk.folder.file("kiosk.sqlite"))
        try db.run("UPDATE dossiers SET send_by = \(today)")
        try db.run("UPDATE outbox SET urgency = \(today)")
        #expect(try await kiosk.store.due(now: morning, limit: 100, holding: hold).map(\.size).sorted() == [20, 30])
        #expect(try await kiosk.store.urgentSealedAt(now: morning) == morning)
        #expect(try await kiosk.store.urgentSealedAt(now: morning.addingTimeInterval(-86_400)) == nil)
    }

    @Test func `the metered switch holds in every process until it is switched back`() async throws {
        let kiosk = try await Kiosk()
        #expect(try await !kiosk.store.isMetered())
        try await kiosk.store.setMetered(true)
        #expect(try await kiosk.again().isMetered())
        try await kiosk.store.setMetered(false)
        #expect(try await !kiosk.store.isMetered())
    }
}
