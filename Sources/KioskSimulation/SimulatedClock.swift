internal import FoundationEssentials
internal import KioskSync
internal import Synchronization

/// A kiosk's clock: true time goes on only when someone waits on it, and what the kiosk reads may be wrong.
final class SimulatedClock: SyncClock {
    private struct State {
        var elapsed = 0.0
        var error = 0.0
        var chance: Chance
    }

    private let start = Date(timeIntervalSince1970: 1_649_419_200)
    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(chance: Chance(seed: seed))) }

    /// What the kiosk reads.
    var now: Date { state.withLock { start.addingTimeInterval($0.elapsed + $0.error) } }
    var uptime: Double { state.withLock { $0.elapsed } }

    func sleep(seconds: Double) async { pass(seconds) }

    func random() -> Double { state.withLock { Double.random(in: 0..<1, using: &$0.chance) } }

    func pass(_ seconds: Double) { state.withLock { $0.elapsed += seconds } }

    /// Sets how far the kiosk's clock is off.
    func set(error: Double) { state.withLock { $0.error = error } }
}
