import Foundation
import KioskSync
import KioskTestSupport
import Synchronization

/// A clock that moves only when someone waits on it.
final class FakeClock: SyncClock {
    private let state: Mutex<(now: Date, slept: Double, random: SeededGenerator)>

    init(seed: UInt64 = 1) {
        state = Mutex((Date(timeIntervalSince1970: 1_795_395_600), 0, SeededGenerator(seed: seed)))
    }

    var now: Date { state.withLock { $0.now } }
    /// Seconds waited so far.
    var slept: Double { state.withLock { $0.slept } }

    func sleep(seconds: Double) async {
        state.withLock {
            $0.now += seconds
            $0.slept += seconds
        }
    }

    func random() -> Double { state.withLock { Double.random(in: 0..<1, using: &$0.random) } }

    /// Time goes by between two runs.
    var uptime: Double { state.withLock { $0.slept } }

    func pass(_ seconds: Double) { state.withLock { $0.now += seconds } }
}
