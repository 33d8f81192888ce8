internal import Dispatch
internal import Glibc

/// Stopping on Ctrl-C and on SIGTERM: the work is cancelled, ends what it is at, and the program exits by itself.
enum Interruption {
    /// Runs work that is cancelled by the first SIGINT or SIGTERM.
    static func cancelling<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let task = Task { try await work() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { task.cancel() }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return try await task.value
    }
}
