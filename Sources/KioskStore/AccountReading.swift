internal import FoundationEssentials
internal import KioskSync
internal import SQLiteAccess

extension UnlockedStore {
    /// The accounts for which someone in the village has to do something: a code is out, or was refused.
    ///
    /// - Throws: ``StoreError``.
    public func accountsAwaitingPerson(limit: Int = 200) async throws -> [AccountRow] {
        try await mapped {
            try await store.read { db in
                let rows = try db.all(
                    """
                    SELECT id, state, attempts_left, expires_at, sealed FROM accounts
                    WHERE state <> 'verified' AND state NOT IN ('new', 'rejected')
                    ORDER BY state = 'code-sent' DESC, updated_at DESC LIMIT \(limit)
                    """, AccountColumns.init)
                return try rows.map { try self.row($0, in: db) }
            }
        }
    }

    /// One account; nil where there is none of this id.
    ///
    /// - Throws: ``StoreError``.
    public func account(_ id: String) async throws -> AccountRow? {
        try await mapped {
            try await store.read { db in
                try db.first(
                    "SELECT id, state, attempts_left, expires_at, sealed FROM accounts WHERE id = \(id)", AccountColumns.init
                ).map { try self.row($0, in: db) }
            }
        }
    }

    func row(_ columns: AccountColumns, in db: borrowing Connection) throws -> AccountRow {
        let application = try open(AccountApplication.self, columns.sealed, as: "account/\(columns.id)")
        return AccountRow(
            id: columns.id, state: columns.state, fullName: application.fullName, phone: application.phone,
            agreesToContact: try agreesToContact(account: columns.id, in: db), attemptsLeft: columns.attemptsLeft,
            expiresAt: columns.expiresAt)
    }
}

struct AccountColumns {
    let id: String
    let state: String
    let attemptsLeft: Int?
    let expiresAt: Date?
    let sealed: [UInt8]

    init(_ row: borrowing Row) {
        id = row.text(0)
        state = row.text(1)
        attemptsLeft = row.intOrNil(2)
        expiresAt = row.intOrNil(3).map { Date(milliseconds: $0) }
        sealed = row.blob(4)
    }
}
