public import FoundationEssentials

/// What follows from a failure, whatever the operation: the one place where failures become outcomes.
public struct Judgement: Sendable {
    /// The back-off.
    public var policy: RetryPolicy

    /// A judgement by a policy.
    public init(policy: RetryPolicy = .standard) {
        self.policy = policy
    }

    /// The outcome of an attempt that failed.
    ///
    /// - Parameters:
    ///   - operation: what was tried; its attempts do not count this one yet.
    ///   - chance: 0..<1.
    public func outcome(of failure: PortalFailure, for operation: Operation, now: Date, chance: Double) -> Outcome {
        func later(_ retryAfter: Double? = nil) -> Date {
            now.addingTimeInterval(policy.delay(attempt: operation.attempts + 1, chance: chance, retryAfter: retryAfter))
        }
        let isWrite = operation.kind != .upload  // an upload's doubt is settled by asking for its offset
        // What is in doubt stays so until an answer of the portal settles it.
        func again(_ reason: RetryReason, mayHaveActed: Bool, at instant: Date) -> Outcome {
            isWrite && (mayHaveActed || operation.state == .inDoubt)
                ? .inDoubt(reason, notBefore: instant) : .retry(reason, notBefore: instant)
        }
        switch failure {
        case .line(let mayHaveActed, let trouble): return again(.line(trouble), mayHaveActed: mayHaveActed, at: later())
        case .foreign(let trouble): return again(.line(trouble), mayHaveActed: true, at: later())
        case .busy(let retryAfter): return again(.portalBusy, mayHaveActed: false, at: later(retryAfter))
        case .codeTooSoon(let retryAfter):
            // A repeat whose first answer was lost: that one was sent a moment ago, and another would make it worthless.
            if operation.state == .inDoubt, retryAfter ?? Self.codePause <= Self.longestCodePause {
                return .delivered(.account(AccountProgress(status: AccountProgress.codeSent)))
            }
            return .retry(.codeTooSoon, notBefore: max(now.addingTimeInterval(retryAfter ?? Self.codePause), later(retryAfter)))
        case .failing(let retryAfter, let mayHaveActed):
            return again(.portalBusy, mayHaveActed: mayHaveActed, at: later(retryAfter))
        case .unauthenticated: return again(.authentication, mayHaveActed: false, at: now)
        case .rejected(let rejection): return .rejected(rejection)
        case .duplicate(let code, let receivedAt, let kiosk):
            return .duplicate(code: code, receivedAt: receivedAt, kiosk: kiosk)
        case .accountUnverified: return .blocked(.accountUnverified, notBefore: later())
        case .absent: return .absent(notBefore: later())
        case .filesMissing(let digests):
            // At once the first time; a portal that keeps losing files is not flooded.
            return .filesMissing(digests, notBefore: operation.attempts == 0 ? now : later())
        case .stopped(let mayHaveActed): return again(.stopped, mayHaveActed: mayHaveActed, at: now)
        case .uploadHeld(let retryAfter): return again(.portalBusy, mayHaveActed: false, at: later(retryAfter))
        case .gone, .wrongOffset, .checksumFailed: return again(.uploadRestart, mayHaveActed: false, at: later())
        case .requestTooLarge: return again(.line(.notThePortal), mayHaveActed: false, at: later())
        case .preconditionFailed:
            return .rejected(Rejection(code: "precondition-failed", status: 412, detail: nil, faults: []))
        }
    }

    /// Seconds between two codes where the portal does not say.
    private static let codePause = 60.0
    /// A portal that asks for a longer pause counts codes by the hour or the day: what was in doubt need not have been sent.
    private static let longestCodePause = 300.0

    /// The class of a failure that no operation is charged with, for a run's record; nil where it is no passing fault.
    public func fault(_ failure: PortalFailure, now: Date) -> RetryReason? {
        let nobody = Operation(id: 0, kind: .upload, subject: "", state: .waiting, attempts: 0)
        return outcome(of: failure, for: nobody, now: now, chance: 0).fault
    }

    /// What a failure tells of the whole run: nothing more can be reached for now.
    public func halt(after failure: PortalFailure) -> Halt? {
        switch failure {
        case .line, .foreign: .line
        case .unauthenticated: .authentication
        case .busy(let retryAfter): .pause(seconds: retryAfter)
        default: nil
        }
    }

    /// What stops a run, noticed once and not once for each dossier.
    public enum Halt: Equatable, Sendable {
        /// The line is down, or something else answers in the portal's place.
        case line
        /// The kiosk's own credentials are refused.
        case authentication
        /// The portal asked everyone for patience; for how long it did not say where nil.
        case pause(seconds: Double?)
    }
}
