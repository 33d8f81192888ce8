import Foundation

/// What a test waited for did not come to hold.
public struct NeverHappened: Error, CustomStringConvertible {
    /// What was waited for.
    public let what: String

    /// In words.
    public var description: String { "never: \(what)" }
}

/// Waits until something holds.
///
/// No test waits without a bound: one that hangs takes the whole run's report with it.
///
/// - Parameters:
///   - what: what is waited for, for the error.
///   - patience: how long at most; a minute, because beside the whole suite everything is slow.
///   - pause: between two looks.
/// - Throws: ``NeverHappened``, or what `condition` throws.
public func eventually(
    _ what: String, within patience: Duration = .seconds(60), every pause: Duration = .milliseconds(20),
    isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + patience
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: pause)
    }
    throw NeverHappened(what: what)
}
