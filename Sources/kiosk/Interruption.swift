internal import Dispatch
internal import Glibc
internal import Synchronization

/// Stopping on Ctrl-C and on SIGTERM: the work is cancelled, ends what it is at, and the program exits by itself.
enum Interruption {
    /// Runs work that is cancelled by the first SIGINT or SIGTERM; the second one ends the program on the spot, as a kill would:
    /// everything here can be killed at any moment.
    static func cancelling<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let task = Task { try await work() }
        let wasAsked = Mutex(false)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let isSecond = wasAsked.withLock { asked in
                    defer { asked = true }
                    return asked
                }
                if isSecond { _exit(128 + number) }
                task.cancel()
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return try await task.value
    }
}
