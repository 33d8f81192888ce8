/// Named steps that bring a file's schema up to date, each in a transaction of its own with the record that remembers it.
///
/// Steps are only ever appended; a file from a newer program is refused.
public struct Migrator: Sendable {
    /// Marks the file as ours (`PRAGMA application_id`).
    private let applicationID: Int32
    private let steps: [StaticString]

    /// A migrator.
    ///
    /// `steps[n]` brings version n to n + 1.
    public init(applicationID: Int32, steps: [StaticString]) {
        self.applicationID = applicationID
        self.steps = steps
    }

    /// Checks the file's header and brings its schema up to date.
    ///
    /// - Throws: ``SQLiteError`` of the kind `.damaged` where the file belongs to another program or its schema lacks a
    ///   table, `.newerSchema` where a newer program wrote it.
    public func run(on connection: inout Connection) throws {
        try connection.transaction { db in
            let owner = try db.first("PRAGMA application_id") { $0.int(0) } ?? 0
            let version = try db.first("PRAGMA user_version") { $0.int(0) } ?? 0
            let tables = try db.first("SELECT count(*) FROM sqlite_schema") { $0.int(0) } ?? 0
            guard owner == Int(applicationID) || (owner == 0 && tables == 0) else {
                throw SQLiteError(kind: .damaged, operation: "opening the database", message: "this file is not of this program")
            }
            guard version <= steps.count else {
                throw SQLiteError(
                    kind: .newerSchema, operation: "opening the database",
                    message: "schema version \(version) is newer than this program's \(steps.count)")
            }
            for (number, step) in steps.enumerated() where number >= version { try apply(step, number: number + 1, on: &db) }
        }
        try checkSchema(of: connection)
    }

    private func apply(_ step: StaticString, number: Int, on db: inout Connection) throws {
        try db.runScript(step)
        try db.setPragma("application_id", to: Int(applicationID))
        try db.setPragma("user_version", to: number)
    }

    /// Every table, index and trigger that the steps make must be there with the text that they gave it: what a damaged or
    /// edited file lacks is noticed before anything is written to it.
    private func checkSchema(of connection: borrowing Connection) throws {
        var fresh = try Connection(path: ":memory:")
        try fresh.transaction { db in
            for (number, step) in steps.enumerated() { try apply(step, number: number + 1, on: &db) }
        }
        let expected = try fresh.schema()
        let found = try connection.schema()
        for (name, text) in expected where found[name] != text {
            throw SQLiteError(
                kind: .damaged, operation: "checking the schema",
                message: found[name] == nil ? "«\(name)» is missing" : "«\(name)» is not as this program made it")
        }
    }
}

extension Connection {
    /// The text of each object of the schema by its name.
    func schema() throws -> [String: String] {
        let rows = try all("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL") { ($0.text(0), $0.text(1)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Sets a pragma that takes no bound value.
    func setPragma(_ name: StaticString, to value: Int) throws(SQLiteError) {
        try run(SQL(pragma: name, value: value))
    }
}

extension SQL {
    /// A pragma's value cannot be bound; a whole number cannot carry SQL.
    init(pragma name: StaticString, value: Int) {
        self.init(stringLiteral: "PRAGMA \(name) = \(value)")
    }
}
