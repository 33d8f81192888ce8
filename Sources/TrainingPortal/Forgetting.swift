internal import SQLiteAccess

/// What the portal forgets, as one does that was restored from a backup of before (`POST /training/forget`).
struct Forgetting: Decodable, Sendable {
    /// Dossiers, by id.
    var dossiers: [String]?
    /// Residents' accounts, by id.
    var accounts: [String]?
    /// Whether it forgets all files.
    var files: Bool?
    /// Whether it forgets the places of the changes feed that it has given.
    var feed: Bool?
}

extension PortalCore {
    /// Makes the code that was sent last to an account older than it is.
    func ageCode(of account: String, seconds: Double) async throws {
        try await database.write { db in
            try db.run(
                """
                UPDATE account SET sent_time = sent_time - \(seconds), expires_time = expires_time - \(seconds)
                WHERE id = \(account)
                """)
        }
    }

    /// Forgets.
    func forget(_ what: Forgetting) async throws {
        try await database.write { db in
            for id in what.dossiers ?? [] {
                try db.run("DELETE FROM attachment WHERE dossier = \(id)")
                try db.run("DELETE FROM history WHERE dossier = \(id)")
                try db.run("DELETE FROM change WHERE type = 'dossier' AND subject = \(id)")
                try db.run("DELETE FROM dossier WHERE id = \(id)")
            }
            for id in what.accounts ?? [] {
                try db.run("DELETE FROM change WHERE type = 'account' AND subject = \(id)")
                try db.run("DELETE FROM account WHERE id = \(id)")
            }
            // Their bytes stay until they are swept; no rule looks at a file without its row.
            if what.files == true { try db.run("DELETE FROM upload") }
        }
        if what.feed == true { try await renameFeedPlaces() }
    }
}
