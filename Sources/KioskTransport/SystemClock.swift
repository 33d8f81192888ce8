internal import Dispatch
public import FoundationEssentials
public import KioskSync

/// The machine's own clock and chance.
public struct SystemClock: SyncClock {
    /// The clock.
    public init() {}

    /// The wall clock.
    public var now: Date { Date() }

    /// Seconds since the machine started, without the time it slept.
    public var uptime: Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

    /// Waits; returns early where the task is cancelled.
    public func sleep(seconds: Double) async {
        try? await Task.sleep(for: .seconds(max(0, seconds)))
    }

    /// A number in 0..<1.
    public func random() -> Double { Double.random(in: 0..<1) }
}
