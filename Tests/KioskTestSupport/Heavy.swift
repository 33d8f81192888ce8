public import Testing

/// A test that takes the processor for seconds: one at a time of them all.
///
/// Swift's tasks share as many threads as there are cores. Where several such tests hold them, those that wait for an answer over
/// a socket wait for minutes.
public struct Heavy: TestTrait, SuiteTrait, TestScoping {
    /// A suite's tests are heavy one by one.
    public var isRecursive: Bool { true }

    /// Has the test run when no other heavy one does.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        // A suite runs no code of its own, and would keep its tests waiting for ever.
        guard testCase != nil else { return try await function() }
        await Turn.only.take()
        do {
            try await function()
        } catch {
            await Turn.only.pass()
            throw error
        }
        await Turn.only.pass()
    }

    /// Whose turn it is, in the order of asking.
    private actor Turn {
        static let only = Turn()
        private var isTaken = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func take() async {
            guard isTaken else {
                isTaken = true
                return
            }
            await withCheckedContinuation { waiting.append($0) }
        }

        func pass() {
            if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
        }
    }
}

extension Trait where Self == Heavy {
    /// Takes the processor for seconds.
    public static var heavy: Self { Heavy() }
}
