import Foundation
import KioskTestSupport
import SQLiteAccess
import Synchronization
import Testing

@Suite struct DatabaseTests {
    private struct Refused: Error {}

    private final class Count: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .relaxed) }
        func add() { count.add(1, ordering: .relaxed) }
    }

    private let folder: TemporaryFolder
    private let path: String
    private let database: Database

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("test.sqlite")
        let connection = try Connection(path: path)
        try connection.runScript("CREATE TABLE things (name TEXT PRIMARY KEY) STRICT")
        database = Database(connection)
    }

    /// What another process sees.
    private static func committed(_ path: String) throws -> [String] {
        try Connection(path: path, readOnly: true).all("SELECT name FROM things ORDER BY name") { $0.text(0) }
    }

    /// Runs bodies that all wait while the database is busy.
    private func together<T: Sendable>(
        _ bodies: [@Sendable (inout Connection) throws -> T]
    ) async throws -> [Result<T, any Error>] {
        let database = database
        let waiting = Count()
        return try await withThrowingTaskGroup(of: (Int, Result<T, any Error>).self) { group in
            let busy = Task {
                try await database.write { _ in
                    // Until all have asked; the queue is this one's alone meanwhile.
                    for _ in 0..<60_000 where waiting.value < bodies.count { usleep(1000) }
                    usleep(300_000)
                }
            }
            for (number, body) in bodies.enumerated() {
                group.addTask {
                    waiting.add()
                    do {
                        return (number, .success(try await database.writeTogether(body)))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            try await busy.value
            var results: [Int: Result<T, any Error>] = [:]
            for try await (number, result) in group { results[number] = result }
            return bodies.indices.compactMap { results[$0] }
        }
    }

    @Test func `what waits at once is one transaction, and told when it is committed`() async throws {
        let path = path
        let seen = try await together(
            (0..<8).map { number in
                { db in
                    try db.run("INSERT INTO things (name) VALUES (\("thing \(number)"))")
                    return try Self.committed(path).count
                }
            })
        #expect(try seen.map { try $0.get() } == Array(repeating: 0, count: 8), "nothing is committed before the last is done")
        #expect(try Self.committed(path).count == 8)
        try await database.writeTogether { try $0.run("INSERT INTO things (name) VALUES ('later')") }
        #expect(try Self.committed(path).contains("later"))
    }

    @Test func `a body that throws takes back its own changes and nobody else's`() async throws {
        let results = try await together(
            (0..<6).map { number in
                { db in
                    try db.run("INSERT INTO things (name) VALUES (\("thing \(number)"))")
                    if number % 2 == 0 { throw Refused() }
                    // One rule of the schema broken by one body is its own affair, too.
                    if number == 3 { try db.run("INSERT INTO things (name) VALUES ('thing 3')") }
                }
            })
        #expect(results.map { (try? $0.get()) != nil } == [false, true, false, false, false, true])
        #expect(results[0..<1].allSatisfy { if case .failure(is Refused) = $0 { true } else { false } })
        #expect(try Self.committed(path) == ["thing 1", "thing 5"])
    }
}
