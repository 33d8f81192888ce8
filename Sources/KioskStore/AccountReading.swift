public import FoundationEssentials
public import KioskDomain
internal import KioskSync
internal import SQLiteAccess

/// A resident's account as the kiosk knows it.
public struct AccountRow: Codable, Equatable, Sendable, Identifiable {
    /// Its id.
    public let id: String
    /// `new`, `code-sent`, `verified`, `locked`, `rejected`, or the problem code of the last refusal, such as `code-wrong`.
    public let state: String
    /// Since when it is in this state, as far as the kiosk knows.
    public let since: Date
    /// The resident's name.
    public let fullName: String
    /// The mobile number that got the code.
    public let phone: String
    /// Whether the resident agreed to be called, by the consent of their last dossier; nil where it was never asked.
    public let agreesToContact: Bool?
    /// Guesses left, as the portal said last.
    public let attemptsLeft: Int?
    /// Until when the code is good; of a locked account until when it is locked, where the portal says so.
    public let expiresAt: Date?
    /// What waits to be sent for it.
    public let waiting: Waiting?

    /// What waits to be sent for an account.
    public enum Waiting: Codable, Equatable, Sendable {
        /// Six digits are to be handed in.
        case code
        /// A new code is to be asked for; not before an instant, where the portal said that it was too soon.
        case newCode(notBefore: Date?)
    }

    /// The state before the portal has it.
    static let new = "new"
    /// The state after the portal refused what was declared.
    static let refused = "rejected"
}

/// Where a dossier describes the one who files it otherwise than their account does.
public struct AccountDifference: Codable, Equatable, Sendable {
    /// What differs.
    public let name: LocalText
    /// What the dossier says.
    public let dossier: String
    /// What the account was registered with.
    public let account: String
}

extension UnlockedStore {
    private static let accountColumns: SQL = """
        SELECT a.id, a.state, a.attempts_left, a.expires_at, a.sealed, a.updated_at, o.kind, o.reason, o.not_before
        FROM accounts a LEFT JOIN outbox o ON o.id = (
            SELECT max(id) FROM outbox WHERE subject = a.id AND kind IN ('verification', 'new-code')
                AND state IN ('waiting', 'sending', 'in-doubt'))
        """

    /// The accounts that are not verified, those with a code under way first.
    ///
    /// - Throws: ``StoreError``.
    public func unverifiedAccounts() async throws -> [AccountRow] {
        try await accounts("WHERE a.state <> 'verified' ORDER BY a.state = 'code-sent' DESC, a.updated_at DESC")
    }

    /// The accounts for which someone in the village has to do something or waits for what was done: a code is out, or was refused.
    ///
    /// - Throws: ``StoreError``.
    public func accountsAwaitingPerson(limit: Int = 200) async throws -> [AccountRow] {
        try await accounts(
            """
            WHERE a.state <> 'verified' AND a.state NOT IN ('new', 'rejected')
            ORDER BY a.state = 'code-sent' DESC, a.updated_at DESC LIMIT \(limit)
            """)
    }

    /// Where a dossier differs from its account that waits for its code; empty where nothing does or the account is verified.
    ///
    /// - Throws: ``StoreError``.
    public func accountDifferences(from dossier: String) async throws -> [AccountDifference] {
        try await mapped {
            try await store.read { db in
                let row = try db.first(
                    """
                    SELECT a.id, a.sealed FROM dossiers d JOIN accounts a ON a.id = d.account_id
                    WHERE d.id = \(dossier) AND a.state <> 'verified'
                    """
                ) { ($0.text(0), $0.blob(1)) }
                guard let (account, sealed) = row, let said = try self.declaration(of: dossier, account: account, in: db) else {
                    return []
                }
                let registered = try self.open(AccountApplication.self, sealed, as: "account/\(account)")
                let all = [
                    (LocalText(vi: "Họ tên", en: "Name"), said.fullName, registered.fullName),
                    (LocalText(vi: "Ngày sinh", en: "Date of birth"), said.birthDate, registered.birthDate),
                    (LocalText(vi: "Giới tính", en: "Sex"), said.sex.rawValue, registered.sex.rawValue),
                    (LocalText(vi: "Điện thoại", en: "Telephone"), said.phone, registered.phone),
                ]
                return all.filter { $0.1 != $0.2 }.map { AccountDifference(name: $0.0, dossier: $0.1, account: $0.2) }
            }
        }
    }

    /// One account; nil where there is none of this id.
    ///
    /// - Throws: ``StoreError``.
    public func account(_ id: String) async throws -> AccountRow? { try await accounts("WHERE a.id = \(id)").first }

    private func accounts(_ condition: SQL) async throws -> [AccountRow] {
        try await mapped {
            try await store.read { db in
                try db.all("\(part: Self.accountColumns) \(part: condition)", AccountColumns.init).map {
                    try self.row($0, in: db)
                }
            }
        }
    }

    private func row(_ columns: AccountColumns, in db: borrowing Connection) throws -> AccountRow {
        let application = try open(AccountApplication.self, columns.sealed, as: "account/\(columns.id)")
        return AccountRow(
            id: columns.id, state: columns.state, since: columns.updatedAt, fullName: application.fullName,
            phone: application.phone, agreesToContact: try agreesToContact(account: columns.id, in: db),
            attemptsLeft: columns.attemptsLeft, expiresAt: columns.expiresAt, waiting: columns.waiting)
    }
}

private struct AccountColumns {
    let id: String
    let state: String
    let attemptsLeft: Int?
    let expiresAt: Date?
    let sealed: [UInt8]
    let updatedAt: Date
    let waiting: AccountRow.Waiting?

    init(_ row: borrowing Row) {
        id = row.text(0)
        state = row.text(1)
        attemptsLeft = row.intOrNil(2)
        expiresAt = row.intOrNil(3).map { Date(milliseconds: $0) }
        sealed = row.blob(4)
        updatedAt = Date(milliseconds: row.int(5))
        switch row.textOrNil(6) {
        case nil: waiting = nil
        case KioskSync.Operation.Kind.verification.rawValue: waiting = .code
        default:
            let isTooSoon = row.textOrNil(7) == RetryReason.codeTooSoon.rawValue
            waiting = .newCode(notBefore: isTooSoon ? Date(milliseconds: row.int(8)) : nil)
        }
    }
}
