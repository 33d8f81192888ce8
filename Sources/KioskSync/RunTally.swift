internal import Synchronization

/// What a run's operations meet, counted for its record.
final class RunTally: Sendable {
    private struct State {
        var outcomes: [Outcome.Kind: Int] = [:]
        var faults: [RetryReason: Int] = [:]
        /// The most that the portal was known to hold of each file.
        var held: [String: Int] = [:]
        var fileBytes = 0
    }

    private let state = Mutex(State())

    /// An attempt ended.
    func note(_ outcome: Outcome) {
        state.withLock { $0.outcomes[outcome.kind, default: 0] += 1 }
        note(outcome.fault)
    }

    /// A fault that passed; nil is none.
    func note(_ fault: RetryReason?) {
        guard let fault else { return }
        state.withLock { $0.faults[fault, default: 0] += 1 }
    }

    /// The portal holds so many bytes of a file.
    ///
    /// What it held when it was asked first came earlier; what it lost and got again counts once.
    func note(held: Int, of attachment: String) {
        state.withLock { state in
            let before = state.held[attachment] ?? held
            if held > before { state.fileBytes += held - before }
            state.held[attachment] = max(before, held)
        }
    }

    /// Writes what was counted into a report.
    ///
    /// - Parameter traffic: what went over the line in this run.
    func write(into report: inout SyncReport, traffic: Traffic) {
        let state = state.withLock { $0 }
        report.outcomes = state.outcomes
        report.faults = state.faults
        report.bytesSent = traffic.sent
        report.bytesReceived = traffic.received
        report.bytesSentTwice = max(0, traffic.fileBytes - state.fileBytes)
    }
}
