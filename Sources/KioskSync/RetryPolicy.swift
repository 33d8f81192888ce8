/// When to try again: exponential back-off with full jitter and a cap; it never gives up.
public struct RetryPolicy: Sendable {
    /// The first ceiling in seconds.
    public var base: Double
    /// The highest ceiling in seconds.
    public var cap: Double

    /// Two seconds at first, half an hour at most.
    public static let standard = RetryPolicy(base: 2, cap: 1800)

    /// A policy.
    public init(base: Double, cap: Double) {
        self.base = base
        self.cap = cap
    }

    /// Seconds to wait after the n-th attempt that failed (from 1): anywhere below the ceiling, so that kiosks which failed
    /// together do not come back together.
    ///
    /// - Parameters:
    ///   - chance: 0..<1.
    ///   - retryAfter: what the portal asked for; obeyed, with a tenth of it as jitter on top.
    public func delay(attempt: Int, chance: Double, retryAfter: Double? = nil) -> Double {
        if let retryAfter { return max(0, retryAfter) * (1 + chance / 10) }
        var ceiling = base
        for _ in 1..<max(1, min(attempt, 64)) where ceiling < cap { ceiling *= 2 }
        return min(cap, ceiling) * chance
    }
}
