import Foundation
import Synchronization
import Testing

@testable import KioskSync

@Suite struct NewCodeTests {
    private let now = Date(timeIntervalSince1970: 1_649_386_800)

    private func outcome(_ failure: PortalFailure, _ state: KioskSync.Operation.State = .waiting) -> Outcome {
        let operation = Operation(id: 1, kind: .newCode, subject: "a", state: state, attempts: 0)
        return Judgement().outcome(of: failure, for: operation, now: now, chance: 0.5)
    }

    @Test func `too soon is of this account alone`() {
        #expect(outcome(.codeTooSoon(retryAfter: 40)) == .retry(.codeTooSoon, notBefore: now.addingTimeInterval(42)))
        #expect(outcome(.codeTooSoon(retryAfter: nil)) == .retry(.codeTooSoon, notBefore: now.addingTimeInterval(60)))
        #expect(Judgement().halt(after: .codeTooSoon(retryAfter: 40)) == nil)
    }

    @Test func `a repeat that comes too soon was answered the first time`() {
        let sent = Outcome.delivered(.account(AccountProgress(status: "code-sent")))
        #expect(outcome(.line(mayHaveActed: true)) == .inDoubt(.line(.broken), notBefore: now.addingTimeInterval(1)))
        #expect(outcome(.codeTooSoon(retryAfter: 40), .inDoubt) == sent)
        #expect(outcome(.codeTooSoon(retryAfter: nil), .inDoubt) == sent)
        #expect(
            outcome(.codeTooSoon(retryAfter: 3600), .inDoubt) == .retry(.codeTooSoon, notBefore: now.addingTimeInterval(3780)),
            "a portal that counts codes by the hour may have refused the first one too")
    }

    @Test func `many accounts that asked too soon do not stop a run`() async throws {
        let outbox = FakeOutbox()
        outbox.state.withLock { state in
            for number in 1...6 { state.rows[number] = FakeOutbox.Row(kind: .newCode, subject: "a\(number)") }
        }
        outbox.add(dossier: "d")
        let portal = FakePortal { call, _, _ in call == "new-code" ? .before(.codeTooSoon(retryAfter: 3600)) : nil }
        var options = SyncEngine.Options()
        options.parallel = 1
        options.patience = 0
        let report = try await SyncEngine(outbox: outbox, replica: outbox, portal: portal, clock: FakeClock(), options: options)
            .run()
        #expect(report.delivered == 1 && report.stop == nil && portal.calls("new-code") == 6)
    }
}
