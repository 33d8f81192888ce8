public import FoundationEssentials
public import KioskSync

/// The machine's own clock and chance.
public struct SystemClock: SyncClock {
    /// The clock.
    public init() {}

    /// The wall clock.
    public var now: Date { Date() }

    /// Waits; returns early where the task is cancelled.
    public func sleep(seconds: Double) async {
        try? await Task.sleep(for: .seconds(max(0, seconds)))
    }

    /// A number in 0..<1.
    public func random() -> Double { Double.random(in: 0..<1) }
}
