import KioskTestSupport
import SQLiteAccess
import Synchronization
import Testing

@Suite struct ConnectionTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("test.db") }

    init() throws { folder = try TemporaryFolder() }

    private func open() throws -> Connection {
        let db = try Connection(path: path)
        try db.runScript("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, v ANY) STRICT")
        return db
    }

    @Test func `every type is bound and read back`() throws {
        let db = try open()
        try db.run(
            "CREATE TABLE all_types (i INTEGER, j INTEGER, d REAL, b INTEGER, s TEXT, x BLOB, e BLOB, n TEXT, o INTEGER) STRICT")
        let missing: String? = nil
        let present: Int? = 5
        let bytes: [UInt8] = [0, 255, 1]
        let nothing: [UInt8] = []
        try db.run(
            "INSERT INTO all_types VALUES (\(Int.max), \(Int64.min), \(-0.125), \(true), \("Hồ sơ"), \(bytes), \(nothing), \(missing), \(present))"
        )
        let seen = try db.first("SELECT * FROM all_types") { row in
            #expect(row.int(0) == Int.max)
            #expect(row.int(1) == Int.min)
            #expect(row.double(2) == -0.125)
            #expect(row.bool(3) == true)
            #expect(row.text(4) == "Hồ sơ")
            #expect(row.blob(5) == bytes && row.blobOrNil(5) == bytes)
            #expect(row.blob(6) == [] && row.blobOrNil(6) == [] && !row.isNull(6))
            #expect(row.text(7) == "" && row.textOrNil(7) == nil && row.isNull(7))
            #expect(row.int(7) == 0 && row.intOrNil(7) == nil && row.doubleOrNil(7) == nil && row.blobOrNil(7) == nil)
            #expect(row.intOrNil(8) == 5)
            return true
        }
        #expect(seen == true)
        #expect(try db.first("SELECT * FROM t") { $0.int(0) } == nil)
    }

    @Test(arguments: ["'); DROP TABLE t; --", "?", "\" OR 1=1", "a\0b", "", "Thị\u{301} 👨‍👩‍👧", "{x}", "\u{FEFF}x"])
    func `an interpolated text is bound and comes back byte for byte`(text: String) throws {
        let db = try open()
        try db.run("INSERT INTO t (v) VALUES (\(text))")
        let back = try #require(try db.first("SELECT v FROM t WHERE v = \(text)") { $0.text(0) })
        #expect(back.utf8.elementsEqual(text.utf8))
        #expect(try db.first("SELECT count(*) FROM t WHERE v = \(text + "x")") { $0.int(0) } == 0)
    }

    @Test func `a statement may run inside of its own rows, and one that could not be bound is there the next time`() throws {
        let db = try open()
        for number in 1...3 { try db.run("INSERT INTO t (v) VALUES (\(number))") }
        func numbers(over least: Int, depth: Int) throws -> [Int] {
            try db.all("SELECT v FROM t WHERE v > \(least) ORDER BY v") { row in
                let own = row.int(0)
                let inner = depth > 0 ? try numbers(over: own, depth: depth - 1) : []
                // The row of the outer run is still this one.
                #expect(row.int(0) == own)
                return own * 10 + inner.count
            }
        }
        for _ in 0..<3 { #expect(try numbers(over: 0, depth: 2) == [12, 21, 30]) }
        for number in 0..<300 {
            #expect(try db.first("SELECT \(part: SQL(stringLiteral: String(number)))") { $0.int(0) } == number)
        }
        #expect(try numbers(over: 1, depth: 1) == [21, 30])
        // A value without a place to be bound to; the statement is not lost to the next one who wants it.
        for _ in 0..<3 { #expect(throws: SQLiteError.self) { try db.first("SELECT '\(5)'") { $0.text(0) } } }
        #expect(try db.first("SELECT '?'") { $0.text(0) } == "?")
    }

    @Test func `parts keep their values in order`() throws {
        let condition: SQL = "v > \(1) AND v < \(4)"
        let query: SQL = "SELECT v FROM t WHERE v <> \(2) AND \(part: condition) ORDER BY v LIMIT \(10)"
        #expect(query.text == "SELECT v FROM t WHERE v <> ? AND v > ? AND v < ? ORDER BY v LIMIT ?")
        #expect(query.values == [.integer(2), .integer(1), .integer(4), .integer(10)])
        let db = try open()
        for number in 1...5 { try db.run("INSERT INTO t (v) VALUES (\(number))") }
        #expect(try db.all(query) { $0.int(0) } == [3])
    }

    @Test func `a prepared statement used again has nothing of its last values`() throws {
        let db = try open()
        for value in ["a", nil, "b"] as [String?] { try db.run("INSERT INTO t (v) VALUES (\(value))") }
        #expect(try db.all("SELECT v FROM t ORDER BY id") { $0.textOrNil(0) } == ["a", nil, "b"])
        #expect(db.lastInsertedRow == 3)
        try db.run("UPDATE t SET v = \("c") WHERE id > \(1)")
        #expect(db.changes == 2)
        // The same text, used while its first use is still under way.
        let pairs = try db.all("SELECT id FROM t ORDER BY id") { outer in
            let ids = try db.all("SELECT id FROM t ORDER BY id") { $0.int(0) }
            return ids.map { outer.int(0) * 10 + $0 }
        }
        #expect(pairs == [[11, 12, 13], [21, 22, 23], [31, 32, 33]])
    }

    @Test func `more statements than the cache holds`() throws {
        let db = try open()
        for number in 0..<300 {
            let columns = SQL(stringLiteral: "SELECT \(number), \(number)")
            #expect(try db.first(columns) { $0.int(1) } == number)
        }
    }

    private struct Stop: Error {}

    @Test func `a transaction that throws leaves nothing`() throws {
        var db = try open()
        #expect(throws: Stop.self) {
            try db.transaction { db in
                try db.run("INSERT INTO t (v) VALUES (\(1))")
                throw Stop()
            }
        }
        #expect(try db.first("SELECT count(*) FROM t") { $0.int(0) } == 0)
        let value = try db.transaction { db in
            try db.run("INSERT INTO t (v) VALUES (\(2))")
            return db.lastInsertedRow
        }
        #expect(value == 1)
        #expect(try Connection(path: path, readOnly: true).first("SELECT v FROM t") { $0.int(0) } == 2)
    }

    @Test func `a transaction inside another is refused, and the outer one is the caller's to keep`() throws {
        var db = try open()
        try db.transaction { db in
            try db.run("INSERT INTO t (v) VALUES (\(1))")
            #expect { try db.transaction { _ in } } throws: { ($0 as? SQLiteError)?.kind == .misuse }
            try db.run("INSERT INTO t (v) VALUES (\(2))")
        }
        #expect(try db.first("SELECT count(*) FROM t") { $0.int(0) } == 2)
        #expect(throws: SQLiteError.self) { try db.transaction { db in try db.transaction { _ in } } }
        try db.transaction { db in try db.run("INSERT INTO t (v) VALUES (\(3))") }
    }

    @Test func `errors say what they ask for and never a value`() throws {
        let db = try open()
        try db.runScript("CREATE TABLE u (v TEXT UNIQUE NOT NULL, r INTEGER REFERENCES t (id)) STRICT")
        try db.run("INSERT INTO u (v) VALUES (\("Bí mật"))")
        func error(_ sql: SQL) -> SQLiteError? {
            do throws(SQLiteError) {
                try db.run(sql)
                return nil
            } catch { return error }
        }
        for sql: SQL in [
            "INSERT INTO u (v) VALUES (\("Bí mật"))", "INSERT INTO u VALUES (\("Bí mật 2"), \(99))",
            "INSERT INTO u (r) VALUES (NULL)",
        ] {
            let found = try #require(error(sql))
            #expect(found.kind == .constraint)
            #expect(!found.description.contains("Bí mật"))
        }
        #expect(error("SELEC 1")?.kind == .misuse)
        #expect(error("")?.kind == .misuse)
        // A text in double quotes is a misspelt column, not a literal.
        #expect(error("SELECT \"nocolumn\" FROM t")?.kind == .misuse)
        // A statement of a reader cannot write.
        let reader = try Connection(path: path, readOnly: true)
        #expect { try reader.run("DELETE FROM t") } throws: { ($0 as? SQLiteError)?.kind == .inaccessible }
    }

    @Test func `the settings of the house hold`() throws {
        let db = try open()
        #expect(try db.first("PRAGMA journal_mode") { $0.text(0) } == "wal")
        #expect(try db.first("PRAGMA synchronous") { $0.int(0) } == 2)
        #expect(try db.first("PRAGMA foreign_keys") { $0.int(0) } == 1)
        #expect(try db.first("PRAGMA temp_store") { $0.int(0) } == 2)
        #expect(try db.first("PRAGMA page_size") { $0.int(0) } == 4096)
        #expect(try db.first("PRAGMA busy_timeout") { $0.int(0) } == 10_000)
    }

    @Test func `what is no database says so, and what is not there too`() throws {
        try folder.write("letter.db", Array(String(repeating: "This is a letter. ", count: 1000).utf8))
        #expect { _ = try Connection(path: folder.file("letter.db")) } throws: { error in
            guard let error = error as? SQLiteError else { return false }
            return error.kind == .damaged && error.description.contains("restore the last backup")
        }
        #expect { _ = try Connection(path: folder.file("none.db"), readOnly: true) } throws: {
            ($0 as? SQLiteError)?.kind == .inaccessible
        }
        #expect { _ = try Connection(path: folder.file("no/folder.db")) } throws: { ($0 as? SQLiteError)?.kind == .inaccessible }
    }

    @Test func `a writer waits for another and sees what it wrote`() async throws {
        _ = try open()
        let path = path
        let first = Database(try Connection(path: path), label: "first")
        let second = Database(try Connection(path: path), label: "second")
        let (begun, signal) = AsyncStream.makeStream(of: Void.self)
        let secondStarts = Atomic(false)
        async let wrote: Void = first.write { db in
            try db.run("INSERT INTO t (v) VALUES (\(0))")
            signal.finish()
            // The lock is held until the other writer is on its way, and then for some work more.
            while !secondStarts.load(ordering: .acquiring) {}
            for number in 1..<500 { try db.run("INSERT INTO t (v) VALUES (\(number))") }
        }
        for await _ in begun {}
        secondStarts.store(true, ordering: .releasing)
        let count = try await second.write { db in try db.first("SELECT count(*) FROM t") { $0.int(0) } }
        try await wrote
        #expect(count == 500)
    }

    @Test func `many tasks write through one database, and each transaction is whole`() async throws {
        _ = try open()
        let database = Database(try Connection(path: path))
        await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    try await database.write { db in
                        let count = try db.first("SELECT count(*) FROM t") { $0.int(0) } ?? 0
                        try db.run("INSERT INTO t (v) VALUES (\(count))")
                        if number % 5 == 0 { throw Stop() }
                    }
                }
            }
            while let result = await group.nextResult() { if case .failure(let error) = result { #expect(error is Stop) } }
        }
        #expect(try await database.read { db in try db.all("SELECT v FROM t ORDER BY id") { $0.int(0) } } == Array(0..<40))
    }
}
