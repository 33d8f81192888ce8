import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskSync
import KioskTestSupport
import Synchronization
import Testing
import TrainingPortal

@testable import KioskTransport

let secret = "mật khẩu-của-kiosk"
let token = "token-KHONG-DUOC-LO"

/// What a server of a test was asked.
final class Asked: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ request: HTTPRequest) { lines.withLock { $0.append("\(request.method) \(request.target)") } }
    func count(_ prefix: String) -> Int { lines.withLock { lines in lines.count { $0.hasPrefix(prefix) } } }
}

/// Runs a server that gives tokens and answers all else as `handler` says.
func withServer(
    tokens: @escaping @Sendable (Int) -> HTTPResponse = { _ in
        .content("{\"access_token\": \"\(token)\", \"token_type\": \"Bearer\", \"expires_in\": 900}", type: "application/json")
    },
    _ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse,
    _ body: (PortalConnection, Asked) async throws -> Void
) async throws {
    let asked = Asked()
    let server = try HTTPServer(port: 0) { request in
        asked.add(request)
        _ = try? await request.body.collect(limit: 1 << 24)
        return request.target == "/oauth2/token" ? tokens(asked.count("POST /oauth2/token")) : try await handler(request)
    }
    let running = Task { try await server.run() }
    let connection = PortalConnection(
        address: try PortalAddress("http://127.0.0.1:\(server.port)"), kioskID: "kiosk-1", secret: secret, now: { Date() })
    let result: Result<Void, any Error>
    do { result = .success(try await body(connection, asked)) } catch { result = .failure(error) }
    running.cancel()
    try await running.value
    try result.get()
}

/// Runs a training portal and a connection to it.
func withPortal(_ body: (TrainingPortal, PortalConnection) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    let options = TrainingPortalOptions(
        dataFolder: folder.path + "/portal", port: 0, catalogue: [UInt8](try ShippedFiles.catalogue()))
    let portal = try TrainingPortal(options) { error in Issue.record(error) }
    let running = Task { try await portal.run() }
    let connection = PortalConnection(
        address: try PortalAddress(portal.address), kioskID: "kiosk-1", secret: secret, now: { Date() })
    let result: Result<Void, any Error>
    do { result = .success(try await body(portal, connection)) } catch { result = .failure(error) }
    running.cancel()
    try await running.value
    try result.get()
}

/// The failure of a call that has to fail.
func failure<T>(of call: () async throws -> T) async -> PortalFailure? {
    do {
        _ = try await call()
        Issue.record("nothing was thrown")
    } catch let failure as PortalFailure {
        let words = "\(failure) \(String(reflecting: failure))"
        #expect(!words.contains(secret) && !words.contains(token), "a secret is told")
        return failure
    } catch {
        Issue.record(error)
    }
    return nil
}

extension HTTPResponse {
    /// A problem document.
    static func problem(_ status: Int, _ code: String, _ members: String = "") -> HTTPResponse {
        .content(
            "{\"type\": \"urn:village-portal:\(code)\", \"status\": \(status)\(members)}", type: "application/problem+json",
            status: status)
    }
}
