import Foundation
import KioskSync
import KioskTestSupport
import Testing

@Suite struct RetryPolicyTests {
    @Test func `a delay lies below its ceiling, which doubles up to the cap`() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let policy = RetryPolicy(base: Double(random.int(1...60)), cap: Double(random.int(60...7200)))
            let attempt = random.int(-3...100_000)
            let chance = Double.random(in: 0..<1, using: &random)
            let ceiling = min(policy.cap, policy.base * pow(2, Double(min(max(attempt, 1) - 1, 40))))
            let delay = policy.delay(attempt: attempt, chance: chance)
            #expect(delay >= 0 && delay <= ceiling, "attempt \(attempt), seed \(random.seed)")
            #expect(abs(delay - ceiling * chance) < 0.001, "attempt \(attempt), seed \(random.seed)")
        }
    }

    @Test func `the whole range below the ceiling is used`() {
        let policy = RetryPolicy.standard
        #expect(policy.delay(attempt: 1, chance: 0) == 0)
        #expect(policy.delay(attempt: 1, chance: 0.5) == 1 && policy.delay(attempt: 4, chance: 0.5) == 8)
        #expect(policy.delay(attempt: 1000, chance: 0.5) == 900)
    }

    @Test func `what the portal asks for is obeyed, never undercut`() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<2000 {
            let wanted = Double(random.int(-5...100_000))
            let delay = RetryPolicy.standard.delay(
                attempt: random.int(1...90), chance: Double.random(in: 0..<1, using: &random), retryAfter: wanted)
            #expect(delay >= max(0, wanted) && delay <= max(0, wanted) * 1.1, "\(wanted), seed \(random.seed)")
        }
    }
}

@Suite struct JudgementTests {
    private let now = Date(timeIntervalSince1970: 1_795_395_600)
    private let rejection = Rejection(code: "dossier-rejected", status: 422, detail: nil, faults: [])

    private func judge(
        _ failure: PortalFailure, _ state: KioskSync.Operation.State = .waiting, _ kind: KioskSync.Operation.Kind = .dossier,
        attempts: Int = 0
    ) -> Outcome {
        Judgement().outcome(
            of: failure, for: Operation(id: 1, kind: kind, subject: "s", state: state, attempts: attempts), now: now, chance: 0.5)
    }

    private func after(_ seconds: Double) -> Date { now.addingTimeInterval(seconds) }

    @Test(arguments: KioskSync.Operation.Kind.allCases, [KioskSync.Operation.State.waiting, .inDoubt])
    func `what may have acted is in doubt, and doubt stays until an answer settles it`(
        kind: KioskSync.Operation.Kind, state: KioskSync.Operation.State
    ) {
        // An upload is never in doubt: its offset is asked for.
        let isDoubtful = kind != .upload
        func expect(_ failure: PortalFailure, _ reason: RetryReason, _ at: Date, acted: Bool) {
            let doubt = isDoubtful && (acted || state == .inDoubt)
            let wanted: Outcome = doubt ? .inDoubt(reason, notBefore: at) : .retry(reason, notBefore: at)
            #expect(judge(failure, state, kind) == wanted, "\(failure)")
        }
        expect(.line(mayHaveActed: false), .line(.broken), after(1), acted: false)
        expect(.line(mayHaveActed: true), .line(.broken), after(1), acted: true)
        expect(.notThePortal, .line(.notThePortal), after(1), acted: true)
        expect(.busy(retryAfter: nil), .portalBusy, after(1), acted: false)
        expect(.busy(retryAfter: 100), .portalBusy, after(105), acted: false)
        expect(.failing(retryAfter: nil, mayHaveActed: true), .portalBusy, after(1), acted: true)
        expect(.failing(retryAfter: 100, mayHaveActed: false), .portalBusy, after(105), acted: false)
        expect(.requestTooLarge, .line(.notThePortal), after(1), acted: false)
        expect(.unauthenticated, .authentication, now, acted: false)
        expect(.uploadHeld(retryAfter: 4), .portalBusy, after(4.2), acted: false)
        for failure: PortalFailure in [.gone, .wrongOffset, .checksumFailed] {
            expect(failure, .uploadRestart, after(1), acted: false)
        }
    }

    @Test(arguments: [KioskSync.Operation.State.waiting, .inDoubt])
    func `an answer settles it`(state: KioskSync.Operation.State) {
        #expect(judge(.rejected(rejection), state) == .rejected(rejection))
        #expect(
            judge(.duplicate(code: "c", receivedAt: "r", kiosk: "k"), state)
                == .duplicate(code: "c", receivedAt: "r", kiosk: "k"))
        #expect(judge(.accountUnverified, state) == .blocked(.accountUnverified, notBefore: now.addingTimeInterval(1)))
        #expect(judge(.filesMissing(["a"]), state) == .filesMissing(["a"], notBefore: now))
        // A portal that keeps losing files is not flooded.
        #expect(judge(.filesMissing(["a"]), state, attempts: 3) == .filesMissing(["a"], notBefore: after(8)))
        #expect(
            judge(.preconditionFailed, state)
                == .rejected(Rejection(code: "precondition-failed", status: 412, detail: nil, faults: [])))
    }

    @Test func `back-off grows with the attempts`() {
        #expect(judge(.line(mayHaveActed: false), attempts: 3) == .retry(.line(.broken), notBefore: after(8)))
        #expect(judge(.line(mayHaveActed: false), attempts: 500) == .retry(.line(.broken), notBefore: after(900)))
    }

    @Test func `only what concerns every operation stops the run`() {
        let judgement = Judgement()
        for failure: PortalFailure in [.line(mayHaveActed: true), .line(mayHaveActed: false), .notThePortal] {
            #expect(judgement.halt(after: failure) == .line)
        }
        #expect(judgement.halt(after: .unauthenticated) == .authentication)
        #expect(judgement.halt(after: .busy(retryAfter: 7)) == .pause(seconds: 7))
        #expect(judgement.halt(after: .busy(retryAfter: nil)) == .pause(seconds: nil))
        let own: [PortalFailure] = [
            .failing(retryAfter: 9, mayHaveActed: true), .requestTooLarge, .rejected(rejection), .preconditionFailed,
            .duplicate(code: "", receivedAt: "", kiosk: ""),
            .accountUnverified,
            .filesMissing([]), .gone, .wrongOffset, .uploadHeld(retryAfter: 1), .checksumFailed,
        ]
        for failure in own { #expect(judgement.halt(after: failure) == nil, "\(failure)") }
    }
}
