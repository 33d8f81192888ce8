import HTTPServing
import KioskTestSupport

/// Runs a server on a free port for as long as `body` takes.
@discardableResult
func withServer<T: Sendable>(
    limits: HTTPLimits = .unhurried, report: @escaping @Sendable (any Error) -> Void = { _ in },
    _ handler: @escaping Router.Handler, _ body: (UInt16) async throws -> T
) async throws -> T {
    let server = try HTTPServer(port: 0, limits: limits, report: report, handler: handler)
    let running = Task { try await server.run() }
    let result: Result<T, any Error>
    do { result = .success(try await body(server.port)) } catch { result = .failure(error) }
    running.cancel()
    try await running.value
    return try result.get()
}

/// Sends bytes on a connection of their own and gives all that comes back until the server closes.
func exchange(_ port: UInt16, _ request: String, finish: Bool = false) async throws -> String {
    let connection = try LoopbackConnection(port: port)
    try await connection.send(request)
    if finish { connection.finishSending() }
    return try await connection.text()
}

/// The status of an answer's first line; 0 where there is none.
func status(_ answer: String) -> Int {
    let words = answer.prefix { $0 != "\r\n" }.split(separator: " ")
    return words.count > 1 ? Int(words[1]) ?? 0 : 0
}

extension HTTPLimits {
    /// The usual limits without hurry: a machine that is busy with other tests must not look like a slow client.
    static var unhurried: HTTPLimits {
        var limits = HTTPLimits()
        limits.patience = 600
        limits.idle = 600
        return limits
    }
}
