internal import FoundationEssentials
internal import Synchronization

/// Keeps whoever stands at the locked screen from guessing codes: so many misses, then a pause.
final class LookUpGate: Sendable {
    /// Misses within ``seconds``.
    static let misses = 10
    /// How long a miss counts.
    static let seconds = 300.0
    private let times = Mutex<[Date]>([])

    /// Whether another look-up may be made.
    func isOpen(at now: Date) -> Bool {
        times.withLock { times in
            // A clock that was set back must not keep the gate shut for long.
            times.removeAll { !(0..<Self.seconds).contains(now.timeIntervalSince($0)) }
            return times.count < Self.misses
        }
    }

    /// Notes a look-up that found nothing.
    func miss(at now: Date) { times.withLock { $0.append(now) } }
}
