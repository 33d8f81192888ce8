import Foundation
import KioskDomain
import KioskTestSupport
import Synchronization
import Testing

@testable import KioskSync

/// What a run counts for its record, and the limits it keeps to.
@Suite struct RunLimitTests {
    private let big = [UInt8](repeating: 7, count: 300_000)

    private func run(
        _ outbox: FakeOutbox, _ portal: FakePortal, _ clock: FakeClock = FakeClock(), _ limits: SendLimits = SendLimits(),
        bytesPerSecond: Int? = nil
    ) async throws -> SyncReport {
        var options = SyncEngine.Options()
        options.limits = limits
        options.bytesPerSecond = bytesPerSecond
        return try await SyncEngine(outbox: outbox, replica: outbox, portal: portal, clock: clock, options: options).run()
    }

    @Test func `outcomes and faults are counted by class, settled ones too`() async throws {
        let outbox = FakeOutbox()
        outbox.add(dossier: "d", files: [big])
        outbox.add(dossier: "e")
        let rejection = Rejection(code: "dossier-rejected", status: 422, detail: nil, faults: [])
        let portal = FakePortal { call, subject, count in
            switch (call, subject, count) {
            case ("append", _, 1): .after(.line(mayHaveActed: true))
            case ("send", "d", 1): .after(.failing(retryAfter: nil, mayHaveActed: true))
            case ("send", "e", 1): .before(.rejected(rejection))
            default: nil
            }
        }
        let report = try await run(outbox, portal, bytesPerSecond: 8000)
        #expect(report.outcomes == [.delivered: 2, .rejected: 1, .inDoubt: 1])
        #expect(report.faults == [.line(.broken): 1, .portalBusy: 1])
    }

    @Test func `a feed that cannot be reached is a fault of the run`() async throws {
        let portal = FakePortal { call, _, _ in call == "changes" || call == "health" ? .before(.line(mayHaveActed: false)) : nil
        }
        let report = try await run(FakeOutbox(), portal)
        #expect(report.faults == [.line(.broken): 1] && report.stop == .line)
    }

    @Test func `bytes that a lost upload had carried are counted as sent twice, those of one that goes on are not`() async throws
    {
        for isLost in [true, false] {
            let outbox = FakeOutbox()
            outbox.add(dossier: "d", files: [big])
            let portal = FakePortal { call, subject, count in
                guard subject == "upload1" else { return nil }
                if call == "append", count == 1 { return .after(.line(mayHaveActed: true)) }
                return isLost && call == "offset" ? .spoil : nil
            }
            // The first 64 KiB and the piece that broke, of the ten seconds that the line is said to take.
            let report = try await run(outbox, portal, bytesPerSecond: 8000)
            #expect(outbox.isDrained)
            #expect(report.bytesSentTwice == (isLost ? 65_536 + 80_000 : 0), "\(report.bytesSentTwice)")
            #expect(report.bytesSent == big.count + report.bytesSentTwice)
        }
    }

    @Test func `large files wait on a metered line, dossiers without them go`() async throws {
        let outbox = FakeOutbox()
        outbox.add(dossier: "heavy", files: [big])
        outbox.add(dossier: "light")
        outbox.add(dossier: "small", files: [[UInt8](repeating: 1, count: SendLimits.largeFile)])
        var limits = SendLimits()
        limits.holdsLargeFiles = true
        let portal = FakePortal()
        let clock = FakeClock()
        let report = try await run(outbox, portal, clock, limits)
        #expect(report.delivered == 2 && report.uploaded == 1 && report.stop == nil && clock.slept == 0)
        #expect(portal.calls("send heavy") == 0)
        #expect(try await run(outbox, portal).delivered == 1 && outbox.isDrained)
    }

    @Test func `the day's bytes used up, large files wait for the next day and dossiers go; over midnight the run goes on`()
        async throws
    {
        let outbox = FakeOutbox()
        for index in 0..<4 { outbox.add(dossier: "d\(index)", files: [big]) }
        for index in 0..<4 { outbox.add(dossier: "light\(index)") }
        var limits = SendLimits()
        limits.bytesPerDay = 700_000
        let portal = FakePortal()
        let clock = FakeClock()
        var report = try await run(outbox, portal, clock, limits)
        let first = report.uploaded
        #expect(
            (2...3).contains(first) && portal.calls("send light") == 0
                && (0..<4).allSatisfy { portal.calls("send light\($0)") == 1 })
        #expect(report.bytesSent <= 700_000 + 4 * SendLimits.largeFile, "a little over, each of four")
        report = try await run(outbox, portal, clock, limits)
        #expect(report.uploaded == 0 && report.bytesSent == 0)
        clock.pass(86_400)
        _ = try await run(outbox, portal, clock, limits)
        #expect(outbox.isDrained)
    }

    @Test func `a file stops between two pieces when the day's bytes are used up, and goes on from there`() async throws {
        let outbox = FakeOutbox()
        outbox.add(dossier: "d", files: [big])
        var limits = SendLimits()
        limits.bytesPerDay = 100_000
        let portal = FakePortal()
        let clock = FakeClock()
        var days = 0
        while !outbox.isDrained, days < 9 {
            let report = try await run(outbox, portal, clock, limits, bytesPerSecond: 8000)
            #expect(report.bytesSent <= 100_000 + SendLimits.largeFile && report.faults.isEmpty)
            clock.pass(86_400)
            days += 1
        }
        #expect(days == 3 && portal.calls("create") == 1)
        #expect(portal.state.withLock { $0.sent } == big.count)
    }

    @Test func `a piece is as long as the day's limit lets it be`() {
        let now = FakeClock().now
        var limits = SendLimits()
        func piece(isHeld: Bool = true, after sent: Int = 0) -> Int {
            let gate = RunGate(limits, sentToday: sent, before: 0, now: now)
            return gate.piece(atMost: 8 << 20, isHeld: isHeld, now: now)
        }
        #expect(piece() == 8 << 20, "no limit")
        limits.bytesPerDay = 10_000_000
        #expect(piece() == RunGate.countedEvery && piece(after: 9_900_000) == 100_000)
        #expect(piece(after: 9_999_999) == SendLimits.largeFile && piece(isHeld: false, after: 9_999_999) == 8 << 20)
    }

    @Test func `a run whose window has closed begins nothing new and says so where something is left`() async throws {
        for isFilled in [true, false] {
            let outbox = FakeOutbox()
            if isFilled { outbox.add(dossier: "d", files: [big]) }
            let clock = FakeClock()
            var limits = SendLimits()
            limits.until = clock.now
            let portal = FakePortal()
            let report = try await run(outbox, portal, clock, limits)
            #expect(report.stop == (isFilled ? .windowClosed : nil) && portal.calls("create") == 0)
        }
    }
}
