internal import Foundation
internal import Glibc
internal import Synchronization

/// What is known of a running program.
///
/// Threads of their own fill it, so that neither a full pipe nor a waiting test can hold up the program, and no thread of the
/// cooperative pool ever blocks.
final class ProgramRecord: Sendable {
    struct State: Sendable {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var status: Int32?
        fileprivate var openStreams = 2
        fileprivate var linesTaken = 0
        fileprivate var waiters: [Int: Waiter] = [:]
        fileprivate var nextWaiter = 0

        /// Whether the program has ended and all that it wrote is here.
        var isOver: Bool { status != nil && openStreams == 0 }

        var outcome: Program.Outcome {
            Program.Outcome(
                status: status ?? 0, stdout: String(decoding: output, as: UTF8.self),
                stderr: String(decoding: errors, as: UTF8.self), output: output)
        }

        var summary: String {
            let end = status.map { "status \($0)" } ?? "still running"
            return "(\(end))\nstdout: \(outcome.stdout.suffix(4000))\nstderr: \(outcome.stderr.suffix(4000))"
        }

        /// The next line of the output, its last even without a line break once the program has ended.
        mutating func takeLine() -> String? {
            let rest = output[linesTaken...]
            if let end = rest.firstIndex(of: 0x0A) {
                linesTaken = end + 1
                return String(decoding: rest[..<end], as: UTF8.self)
            }
            guard isOver, !rest.isEmpty else { return nil }
            linesTaken = output.count
            return String(decoding: rest, as: UTF8.self)
        }
    }

    fileprivate struct Waiter: Sendable {
        /// Resumes the waiting test where its condition is fulfilled, and says whether it did.
        let settle: @Sendable (inout State) -> Bool
        let expire: @Sendable (State) -> Void
    }

    let state = Mutex(State())

    /// Follows a process until it has ended.
    func follow(_ child: Spawned, input: [UInt8]) {
        Thread.detachNewThread { Self.write(input, to: child.input) }
        Thread.detachNewThread { self.read(child.output) { $0.output += $1 } }
        Thread.detachNewThread { self.read(child.errors) { $0.errors += $1 } }
        Thread.detachNewThread { self.reap(child.pid) }
    }

    /// Sends a signal to a process or (negative) its group, unless the process has been reaped and its number may be another's.
    func send(_ signal: Program.Signal, to target: Int32) {
        state.withLock { state in
            if state.status == nil { kill(target, signal.rawValue) }
        }
    }

    /// Waits until `attempt` gives a value or throws.
    func wait<T: Sendable>(
        _ what: String, patience: Double, _ attempt: @escaping @Sendable (inout State) throws -> T?
    ) async throws -> T {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
            let waiter = Waiter(
                settle: { state in
                    do {
                        guard let value = try attempt(&state) else { return false }
                        continuation.resume(returning: value)
                    } catch {
                        continuation.resume(throwing: error)
                    }
                    return true
                },
                expire: { state in
                    continuation.resume(throwing: Program.Failure(description: "no \(what) in \(patience) s \(state.summary)"))
                })
            let number: Int? = state.withLock { state in
                if waiter.settle(&state) { return nil }
                state.nextWaiter += 1
                state.waiters[state.nextWaiter] = waiter
                return state.nextWaiter
            }
            guard let number else { return }
            DispatchQueue.global().asyncAfter(deadline: .now() + patience) { [weak self] in
                self?.state.withLock { state in state.waiters.removeValue(forKey: number)?.expire(state) }
            }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            for (number, waiter) in state.waiters where waiter.settle(&state) { state.waiters[number] = nil }
        }
    }

    private func read(_ descriptor: Int32, _ store: (inout State, ArraySlice<UInt8>) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            change { store(&$0, buffer[..<count]) }
        }
        close(descriptor)
        change { $0.openStreams -= 1 }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        // A program that ends without reading must not end the test runner by SIGPIPE.
        var pipeSignal = sigset_t()
        sigemptyset(&pipeSignal)
        sigaddset(&pipeSignal, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipeSignal, nil)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        close(descriptor)
    }

    private func reap(_ pid: Int32) {
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        change { state in
            // The process is a zombie still, so its number is its own: what it left behind in its group ends here.
            kill(-pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            let signal = status & 0x7F
            state.status = signal == 0 ? (status >> 8) & 0xFF : -signal
        }
    }
}
