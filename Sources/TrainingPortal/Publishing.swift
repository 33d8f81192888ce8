internal import SQLiteAccess

/// Which catalogue the portal serves: the one published last, until it is started with another one.
enum Publishing {
    /// The tag of the catalogue that the portal was started with last.
    private static let given = "catalogue-etag"
    /// The text of the one published since.
    private static let text = "catalogue-published"

    /// The catalogue to serve; tells all kiosks where the portal was started with another one than last time.
    static func atStart(given catalogue: PortalCatalogue, in db: borrowing Connection) throws -> PortalCatalogue {
        let last = try value(given, in: db)
        if last == Array(catalogue.etag.utf8) {
            return try value(text, in: db).map { try PortalCatalogue(published: $0, after: catalogue) } ?? catalogue
        }
        try set(given, to: Array(catalogue.etag.utf8), in: db)
        try db.run("DELETE FROM setting WHERE name = \(text)")
        if last != nil { try announce(in: db) }
        return catalogue
    }

    /// Keeps a published catalogue and tells all kiosks.
    static func keep(_ bytes: [UInt8], in db: borrowing Connection) throws {
        try set(text, to: bytes, in: db)
        try announce(in: db)
    }

    private static func announce(in db: borrowing Connection) throws {
        try ChangeFeed.record(.catalogue, subject: "catalogue", kiosk: nil, in: db)
    }

    private static func value(_ name: String, in db: borrowing Connection) throws -> [UInt8]? {
        try db.first("SELECT value FROM setting WHERE name = \(name)") { $0.blob(0) }
    }

    private static func set(_ name: String, to value: [UInt8], in db: borrowing Connection) throws {
        try db.run("INSERT OR REPLACE INTO setting (name, value) VALUES (\(name), \(value))")
    }
}
