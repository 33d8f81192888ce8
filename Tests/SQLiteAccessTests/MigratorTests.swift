import Foundation
import KioskTestSupport
import SQLiteAccess
import Testing

@Suite struct MigratorTests {
    private static let steps: [StaticString] = [
        "CREATE TABLE a (v INTEGER) STRICT; INSERT INTO a VALUES (1)",
        "CREATE TABLE b (v INTEGER) STRICT; INSERT INTO a VALUES (2)",
        "CREATE INDEX a_v ON a (v); INSERT INTO a VALUES (3)",
    ]
    private let folder: TemporaryFolder
    private var path: String { folder.file("test.db") }

    init() throws { folder = try TemporaryFolder() }

    private func migrate(_ count: Int, id: Int32 = 0x4B49_4F53) throws {
        var db = try Connection(path: path)
        try Migrator(applicationID: id, steps: Array(Self.steps.prefix(count))).run(on: &db)
    }

    private func values() throws -> [Int] { try Connection(path: path).all("SELECT v FROM a ORDER BY v") { $0.int(0) } }

    private func kind(_ body: () throws -> Void) -> SQLiteError.Kind? {
        do {
            try body()
            return nil
        } catch { return (error as? SQLiteError)?.kind }
    }

    @Test func `each step is applied once, in order`() throws {
        try migrate(1)
        #expect(try values() == [1])
        try migrate(3)
        try migrate(3)
        #expect(try values() == [1, 2, 3])
        let db = try Connection(path: path)
        #expect(try db.first("PRAGMA user_version") { $0.int(0) } == 3)
        #expect(try db.first("PRAGMA application_id") { $0.int(0) } == 0x4B49_4F53)
    }

    @Test func `a newer schema is refused and left alone`() throws {
        try migrate(3)
        #expect(kind { try migrate(2) } == .newerSchema)
        #expect(try values() == [1, 2, 3])
    }

    @Test func `another program's file is refused and left alone`() throws {
        try migrate(1, id: 7)
        #expect(kind { try migrate(3) } == .damaged)
        #expect(try values() == [1])
    }

    @Test func `a file with tables and no owner is refused`() throws {
        try Connection(path: path).runScript("CREATE TABLE stranger (v)")
        #expect(kind { try migrate(3) } == .damaged)
        #expect(try Connection(path: path).all("SELECT name FROM sqlite_schema") { $0.text(0) } == ["stranger"])
    }

    @Test func `a step that fails leaves the file as it was`() throws {
        try migrate(1)
        var db = try Connection(path: path)
        let broken = Migrator(applicationID: 0x4B49_4F53, steps: [Self.steps[0], Self.steps[1], "CREATE TABLE b (v)"])
        #expect(throws: SQLiteError.self) { try broken.run(on: &db) }
        #expect(try db.first("PRAGMA user_version") { $0.int(0) } == 1)
        #expect(try values() == [1])
    }

    @Test(arguments: ["DROP TABLE b", "DROP INDEX a_v", "ALTER TABLE b ADD COLUMN w INTEGER"])
    func `a schema that was tampered with is noticed`(change: String) throws {
        try migrate(3)
        try Connection(path: path).run(SQL(stringLiteral: change))
        #expect(kind { try migrate(3) } == .damaged)
    }

    @Test func `a damaged file gives a clear error and no crash`() throws {
        let seed: UInt64 = 0xDA3A6E
        var generator = SeededGenerator(seed: seed)
        try migrate(3)
        do {
            var db = try Connection(path: path)
            try db.transaction { db in for number in 4...4000 { try db.run("INSERT INTO a VALUES (\(number))") } }
            try db.run("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
        var noticed = 0
        for round in 0..<60 {
            var bytes = whole
            // Whole pages lost or overwritten, as a dying disk does it.
            let start = generator.int(0...whole.count / 512 - 1) * 512
            bytes.replaceSubrange(start..<start + 512, with: generator.bytes(512))
            if generator.oneIn(4) { bytes.removeLast(generator.int(1...whole.count - 1)) }
            let copy = try folder.write("copy-\(round).db", bytes)
            do {
                var db = try Connection(path: copy)
                try Migrator(applicationID: 0x4B49_4F53, steps: Self.steps).run(on: &db)
                _ = try db.all("SELECT v FROM a") { $0.int(0) }
            } catch let error as SQLiteError {
                noticed += 1
                #expect(!error.description.isEmpty && error.kind != .busy, "seed \(seed), round \(round): \(error)")
            }
        }
        #expect(noticed > 10, "seed \(seed)")
    }
}
