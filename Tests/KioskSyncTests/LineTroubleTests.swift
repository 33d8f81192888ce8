import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Testing

@testable import KioskSync

@Suite("Troubles of the line")
struct LineTroubleTests {
    @Test func `each has its own sentence in both languages, whose move it is, and its own word`() throws {
        let words = LineTrouble.allCases.map { LineTroubleWords($0, clock: nil) }
        #expect(Set(words.map(\.why.vi)).count == LineTrouble.allCases.count)
        #expect(Set(words.map(\.why.en)).count == LineTrouble.allCases.count)
        #expect(Set(LineTrouble.allCases.map(\.name.vi)).count == LineTrouble.allCases.count)
        for found in words {
            for text in [found.why.vi, found.why.en, found.advice.vi, found.advice.en] { #expect(text.hasSuffix(".")) }
            #expect([.line, .portal, .certificate, .clock, .villageHead].contains(found.mover))
        }
        #expect(LineTroubleWords(.expired, clock: nil).mover == .certificate)
        #expect(LineTroubleWords(.notYetValid, clock: nil).mover == .clock)
    }

    @Test func `a clock that is known to be wrong is why a certificate seems out of date, and of nothing else`() {
        let slow = ClockError(ahead: -3 * 86_400)
        for trouble in LineTrouble.allCases {
            let words = LineTroubleWords(trouble, clock: slow)
            let isClocks = trouble == .expired || trouble == .notYetValid
            #expect((words != LineTroubleWords(trouble, clock: nil)) == isClocks, "\(trouble)")
            #expect(!isClocks || (words.mover == .clock && words.why.vi.hasPrefix("Đồng hồ máy chạy chậm khoảng 3 ngày.")))
        }
    }

    @Test func `after a run a wrong clock is told once`() throws {
        let clock = try #require(ClockError(ahead: 86_400))
        var report = SyncReport()
        #expect(report.complaints(clock: nil) == [])
        #expect(report.complaints(clock: clock).count == 1)
        report.stop = .line
        report.trouble = .expired
        #expect(report.complaints(clock: clock).count == 1 && report.complaints(clock: clock)[0].vi.contains(clock.advice.vi))
        report.trouble = .silent
        #expect(report.complaints(clock: clock).count == 2)
    }

    @Test func `reasons keep their words in the database and in JSON`() throws {
        let all = RetryReason.allCases
        #expect(Set(all.map(\.rawValue)).count == all.count)
        for reason in all { #expect(RetryReason(rawValue: reason.rawValue) == reason) }
        #expect(RetryReason(rawValue: "no-such-word") == nil)
        // Those of rows and records that were written before troubles were told apart.
        #expect(
            RetryReason(rawValue: "line") == .line(.broken) && RetryReason(rawValue: "not-the-portal") == .line(.notThePortal))
        let counts: [RetryReason: Int] = [.line(.expired): 2, .stopped: 1]
        let json = try JSONText.encode(counts)
        #expect(try JSONText.decode(JSONValue.self, from: json)["certificate-expired"] == 2)
        #expect(try JSONText.decode([RetryReason: Int].self, from: json) == counts)
    }

    /// A run against a portal in whose place something is wrong.
    private func report(_ failure: PortalFailure) async throws -> (SyncReport, health: Int) {
        let portal = FakePortal { _, _, _ in .before(failure) }
        let outbox = FakeOutbox()
        let report = try await SyncEngine(outbox: outbox, replica: outbox, portal: portal, clock: FakeClock()).run()
        return (report, portal.calls("health"))
    }

    @Test(arguments: LineTrouble.allCases)
    func `a run's report says what was wrong, and waits only for what may pass`(trouble: LineTrouble) async throws {
        let (report, health) = try await report(.line(mayHaveActed: false, trouble: trouble))
        #expect(report.stop == .line && report.trouble == trouble)
        #expect(report.faults == [.line(trouble): 1])
        #expect((health > 2) == trouble.mayPassSoon, "\(health) probes")
        let (strange, _) = try await self.report(.foreign(trouble))
        #expect(strange.stop == .line && strange.trouble == trouble)
    }
}
