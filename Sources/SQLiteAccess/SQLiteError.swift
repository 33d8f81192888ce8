internal import CSQLite

/// A failure of SQLite in words: the operation, the statement (never its values), the result code and what to do.
public struct SQLiteError: Error, CustomStringConvertible {
    /// What the failure asks for.
    public enum Kind: Equatable, Sendable {
        /// Another process holds the file; try again.
        case busy
        /// The disk is full.
        case full
        /// The file is damaged or no database.
        case damaged
        /// The file cannot be opened, read or written.
        case inaccessible
        /// A rule of the schema was broken (unique, foreign key, check).
        case constraint
        /// The file was written by a newer program.
        case newerSchema
        /// A fault of this program.
        case misuse
    }

    /// What the failure asks for.
    public let kind: Kind
    /// What was being done.
    public let operation: String
    /// SQLite's extended result code.
    public let code: Int32
    /// SQLite's message.
    ///
    /// It can name tables and columns, never values.
    public let message: String
    /// What to do.
    public var hint: String {
        switch kind {
        case .busy: "another kiosk process is writing: wait and try again"
        case .full: "free space on the disk, then try again; nothing that was confirmed is lost"
        case .damaged: "keep the file as it is, restore the last backup beside it, and send both to support"
        case .inaccessible: "check that the folder exists and belongs to this user"
        case .constraint, .misuse: "this is a fault of the program: report it with this line"
        case .newerSchema: "install the newer kiosk program that wrote this file"
        }
    }

    /// A sentence for the log.
    public var description: String { "\(operation): \(message) (SQLite \(code)); \(hint)" }

    /// A failure found by this module or its callers.
    public init(kind: Kind, operation: String, code: Int32 = 0, message: String) {
        self.kind = kind
        self.operation = operation
        self.code = code
        self.message = message
    }

    init(code: Int32, database: OpaquePointer?, operation: String) {
        let extended = database.map { sqlite3_extended_errcode($0) } ?? code
        self.code = extended
        self.operation = operation
        message = String(cString: sqlite3_errstr(extended))
        kind =
            switch extended & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .full
            case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
            case SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH: .inaccessible
            case SQLITE_CONSTRAINT: .constraint
            default: .misuse
            }
    }
}
