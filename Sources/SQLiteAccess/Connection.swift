internal import CSQLite

/// One SQLite connection.
///
/// It cannot be copied and so cannot leak out of the closure it is lent to.
public struct Connection: ~Copyable {
    let handle: OpaquePointer
    private let statements = StatementCache()

    /// What a file holds, which decides how it is written.
    public enum Kind: Sendable {
        /// Many small rows: a write-ahead log and pages of 4 kB, so that readers and the writer do not wait for each other.
        case records
        /// Few large blobs: a rollback journal and pages of 64 kB.
        ///
        /// A new blob is written once, where it stays; through a log it would be written, summed and read twice.
        case blobs
    }

    /// Opens a file, making it where it does not exist, with the settings of the house: `synchronous=FULL` (what is committed is
    /// on the disk), foreign keys on, temporary tables in memory (no personal data in temporary files), up to ten seconds of
    /// patience with another process.
    ///
    /// - Throws: ``SQLiteError``; `.damaged` where the file is no database.
    public init(path: String, kind: Kind = .records, readOnly: Bool = false) throws(SQLiteError) {
        handle = try Self.open(path: path, kind: kind, readOnly: readOnly)
    }

    deinit {
        statements.finalizeAll()
        sqlite3_close_v2(handle)
    }

    private static func open(path: String, kind: Kind, readOnly: Bool) throws(SQLiteError) -> OpaquePointer {
        var opened: OpaquePointer?
        let access = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let result = sqlite3_open_v2(path, &opened, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard result == SQLITE_OK, let handle = opened else {
            let error = SQLiteError(code: result, database: opened, operation: "opening the database")
            sqlite3_close_v2(opened)
            throw error
        }
        do throws(SQLiteError) {
            sqlite3_busy_timeout(handle, 10_000)
            guard csqlite_make_strict(handle) == SQLITE_OK else {
                throw SQLiteError(code: SQLITE_ERROR, database: handle, operation: "setting the connection up")
            }
            try execute("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2048", on: handle)
            guard !readOnly else { return handle }
            switch kind {
            case .records:
                try execute("PRAGMA page_size = 4096", on: handle)
                try enterWAL(handle)
            case .blobs:
                try execute("PRAGMA page_size = 65536; PRAGMA journal_mode = TRUNCATE; PRAGMA cache_size = -4096", on: handle)
            }
            try execute("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216", on: handle)
            return handle
        } catch {
            sqlite3_close_v2(handle)
            throw error
        }
    }

    private static func execute(_ script: StaticString, on handle: OpaquePointer) throws(SQLiteError) {
        let result = sqlite3_exec(handle, script.description, nil, nil, nil)
        guard result == SQLITE_OK else { throw SQLiteError(code: result, database: handle, operation: "running «\(script)»") }
    }

    /// Switching to WAL ignores the busy timeout, so it is tried again by hand.
    private static func enterWAL(_ handle: OpaquePointer) throws(SQLiteError) {
        for attempt in 0..<100 {
            let result = sqlite3_exec(handle, "PRAGMA journal_mode = WAL", nil, nil, nil)
            if result == SQLITE_OK { return }
            guard result & 0xFF == SQLITE_BUSY, attempt < 99 else {
                throw SQLiteError(code: result, database: handle, operation: "switching to write-ahead logging")
            }
            sqlite3_sleep(50)
        }
    }

    /// Runs a statement that returns nothing of interest.
    ///
    /// - Throws: ``SQLiteError``.
    public func run(_ sql: SQL) throws(SQLiteError) {
        var statement = try Statement(sql, handle: handle, cache: statements)
        while try statement.step() {}
    }

    /// All rows of a query, each turned into a value.
    ///
    /// - Throws: ``SQLiteError``, or what `row` throws.
    public func all<T>(_ sql: SQL, _ row: (borrowing Row) throws -> T) throws -> [T] {
        var results: [T] = []
        try withStatement(sql) { statement in
            while try statement.step() { results.append(try row(Row(statement: statement.handle))) }
        }
        return results
    }

    /// The first row of a query; nil where there is none.
    ///
    /// - Throws: ``SQLiteError``, or what `row` throws.
    public func first<T>(_ sql: SQL, _ row: (borrowing Row) throws -> T) throws -> T? {
        try withStatement(sql) { statement in
            try statement.step() ? try row(Row(statement: statement.handle)) : nil
        }
    }

    /// How many rows the last statement changed.
    public var changes: Int { Int(sqlite3_changes64(handle)) }

    /// The rowid of the last row inserted.
    public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Runs several statements of fixed text, such as a schema.
    ///
    /// - Throws: ``SQLiteError``.
    public func runScript(_ script: StaticString) throws(SQLiteError) {
        try Self.execute(script, on: handle)
    }

    /// Takes what the write-ahead log holds over into the database and gives the log's room back to the disk.
    ///
    /// - Throws: ``SQLiteError``.
    public func emptyLog() throws(SQLiteError) { try run("PRAGMA wal_checkpoint(TRUNCATE)") }

    /// Runs `body` in one transaction that takes the write lock at once; it is rolled back where `body` throws.
    ///
    /// - Throws: ``SQLiteError``, or what `body` throws.
    public mutating func transaction<T>(_ body: (inout Connection) throws -> T) throws -> T {
        try run("BEGIN IMMEDIATE")
        do {
            let value = try body(&self)
            try run("COMMIT")
            return value
        } catch {
            if isInTransaction { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    /// Runs `body` as a part of a transaction that can be taken back alone.
    ///
    /// - Throws: ``SQLiteError``, or what `body` throws.
    mutating func savepoint<T>(_ body: (inout Connection) throws -> T) throws -> T {
        try run("SAVEPOINT part")
        do {
            let value = try body(&self)
            try run("RELEASE part")
            return value
        } catch {
            if isInTransaction { sqlite3_exec(handle, "ROLLBACK TO part; RELEASE part", nil, nil, nil) }
            throw error
        }
    }

    /// The statements that went through whole tables, and how many rows at a time: where that grows with a table, an index is missing.
    public var fullScans: [String: Int] { statements.fullScans() }

    /// Whether a transaction is open.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    private func withStatement<T>(_ sql: SQL, _ body: (inout Statement) throws -> T) throws -> T {
        var statement = try Statement(sql, handle: handle, cache: statements)
        return try body(&statement)
    }
}

/// Prepared statements kept for the next time, by their text.
///
/// Confined to its connection.
final class StatementCache {
    /// A prepared statement.
    final class Entry {
        let statement: OpaquePointer
        fileprivate let isKept: Bool
        fileprivate var isInUse = true

        fileprivate init(_ statement: OpaquePointer, isKept: Bool) {
            self.statement = statement
            self.isKept = isKept
        }
    }

    private static let most = 128
    private var entries: [String: Entry] = [:]

    func take(_ text: String, prepare: () throws(SQLiteError) -> OpaquePointer) throws(SQLiteError) -> Entry {
        if let entry = entries[text] {
            // In use further up, as a statement inside of its own rows is.
            guard !entry.isInUse else { return Entry(try prepare(), isKept: false) }
            entry.isInUse = true
            return entry
        }
        let entry = Entry(try prepare(), isKept: entries.count < Self.most)
        if entry.isKept { entries[text] = entry }
        return entry
    }

    func give(_ entry: Entry) {
        entry.isInUse = false
        if !entry.isKept { sqlite3_finalize(entry.statement) }
    }

    func fullScans() -> [String: Int] {
        entries.compactMapValues { entry in
            let rows = sqlite3_stmt_status(entry.statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0)
            return rows > 0 ? Int(rows / max(1, sqlite3_stmt_status(entry.statement, SQLITE_STMTSTATUS_RUN, 0))) : nil
        }
    }

    func finalizeAll() {
        for entry in entries.values { sqlite3_finalize(entry.statement) }
        entries = [:]
    }
}

/// One execution of a prepared statement.
struct Statement: ~Copyable {
    private let entry: StatementCache.Entry
    private let text: String
    private let database: OpaquePointer
    private let cache: StatementCache

    var handle: OpaquePointer { entry.statement }

    init(_ sql: SQL, handle database: OpaquePointer, cache: StatementCache) throws(SQLiteError) {
        let entry = try cache.take(sql.text) { () throws(SQLiteError) in try Self.prepare(sql.text, database) }
        do {
            try Self.bind(sql, to: entry.statement, database)
        } catch {
            cache.give(entry)
            throw error
        }
        self.database = database
        self.cache = cache
        self.entry = entry
        text = sql.text
    }

    private static func prepare(_ text: String, _ database: OpaquePointer) throws(SQLiteError) -> OpaquePointer {
        var prepared: OpaquePointer?
        let result = sqlite3_prepare_v3(database, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard result == SQLITE_OK else {
            throw SQLiteError(code: result, database: database, operation: "preparing «\(text)»")
        }
        guard let prepared else {
            throw SQLiteError(kind: .misuse, operation: "preparing a statement", message: "it is empty")
        }
        return prepared
    }

    private static func bind(_ sql: SQL, to handle: OpaquePointer, _ database: OpaquePointer) throws(SQLiteError) {
        for (offset, value) in sql.values.enumerated() {
            let index = Int32(offset + 1)
            let result =
                switch value {
                case .null: sqlite3_bind_null(handle, index)
                case .integer(let number): sqlite3_bind_int64(handle, index, number)
                case .real(let number): sqlite3_bind_double(handle, index, number)
                case .text(let string): csqlite_bind_text(handle, index, string, Int32(string.utf8.count))
                case .blob(let bytes): csqlite_bind_blob(handle, index, bytes, Int32(bytes.count))
                }
            guard result == SQLITE_OK else {
                throw SQLiteError(code: result, database: database, operation: "binding «\(sql.text)»")
            }
        }
    }

    deinit {
        sqlite3_reset(entry.statement)
        sqlite3_clear_bindings(entry.statement)
        cache.give(entry)
    }

    mutating func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let result: throw SQLiteError(code: result, database: database, operation: "running «\(text)»")
        }
    }
}

/// One row of a result, valid only inside the closure that it is lent to.
///
/// Columns count from 0.
public struct Row: ~Copyable {
    let statement: OpaquePointer

    /// INTEGER; 0 where the column is NULL.
    public func int(_ column: Int) -> Int { Int(sqlite3_column_int64(statement, Int32(column))) }

    /// REAL; 0 where the column is NULL.
    public func double(_ column: Int) -> Double { sqlite3_column_double(statement, Int32(column)) }

    /// INTEGER as a boolean.
    public func bool(_ column: Int) -> Bool { int(column) != 0 }

    /// TEXT; empty where the column is NULL.
    public func text(_ column: Int) -> String { textOrNil(column) ?? "" }

    /// TEXT, or nil.
    public func textOrNil(_ column: Int) -> String? {
        guard let bytes = sqlite3_column_text(statement, Int32(column)) else { return nil }
        // By its length: a text may hold a NUL, and what was stored comes back whole.
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// REAL, or nil.
    public func doubleOrNil(_ column: Int) -> Double? { isNull(column) ? nil : double(column) }

    /// INTEGER, or nil.
    public func intOrNil(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

    /// BLOB; empty where the column is NULL.
    public func blob(_ column: Int) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(statement, Int32(column)) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
    }

    /// Lends a BLOB where SQLite holds it, without a copy; it is empty where the column is NULL.
    public func withBlob<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        let bytes = sqlite3_column_blob(statement, Int32(column))
        return try body(
            UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : Int(sqlite3_column_bytes(statement, Int32(column)))))
    }

    /// BLOB, or nil.
    public func blobOrNil(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    /// Whether the column is NULL.
    public func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }
}
