import Foundation
import KioskSync
import Synchronization
import Testing

@testable import KioskTransport

@Suite struct TokenBoxTests {
    private let now = Date(timeIntervalSince1970: 1_795_395_600)

    /// Gives tokens 1, 2, 3 … and notes how many are fetched at once.
    private final class Desk: Sendable {
        private let state = Mutex((given: 0, underWay: 0, most: 0))
        var given: Int { state.withLock { $0.given } }
        var most: Int { state.withLock { $0.most } }

        func fetch() async -> TokenBox.Fetched {
            state.withLock {
                $0.underWay += 1
                $0.most = max($0.most, $0.underWay)
            }
            for _ in 0..<20 { await Task.yield() }
            return state.withLock {
                $0.underWay -= 1
                $0.given += 1
                return ("\($0.given)", 900)
            }
        }
    }

    @Test func `many that are refused at once fetch one token`() async throws {
        let (box, desk) = (TokenBox(), Desk())
        let tokens = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await box.token(refusing: nil, now: now) { await desk.fetch() } } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(tokens == ["1"] && desk.given == 1)
        #expect(try await box.token(refusing: nil, now: now) { await desk.fetch() } == "1", "kept")
    }

    @Test func `however refusals come, fetches follow one another and no older token takes a newer one's place`() async throws {
        let (box, desk) = (TokenBox(), Desk())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    var last = 0
                    for _ in 0..<20 {
                        // The portal refuses what it has given, whoever else has refused it already.
                        let token = Int(try await box.token(refusing: "\(last)", now: now) { await desk.fetch() }) ?? 0
                        #expect(token > last, "an older token came back")
                        last = token
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(desk.most == 1)
        #expect(try await box.token(refusing: nil, now: now) { await desk.fetch() } == "\(desk.given)", "the newest one is kept")
    }

    @Test func `a failure is told to all who wait, and the next one asks again`() async throws {
        let box = TokenBox()
        do {
            _ = try await box.token(refusing: nil, now: now) { () async throws(PortalFailure) in throw .unauthenticated }
            Issue.record("a token out of nothing")
        } catch {
            #expect(error == .unauthenticated)
        }
        let token = try await box.token(refusing: nil, now: now) { ("new", 60) }
        #expect(token == "new")
        #expect(try await box.token(refusing: nil, now: now.addingTimeInterval(31)) { ("newer", 60) } == "newer", "30 s early")
    }
}
