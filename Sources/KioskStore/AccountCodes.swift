public import FoundationEssentials
internal import KioskSync
internal import SQLiteAccess

// The six digits that a resident gets by SMS.
//
// Either a code waits to be handed in or a new one to be sent, never both: a new one makes the old worthless, and who has digits to
// hand in needs no others. Both are taken without a line.

extension UnlockedStore {
    /// Queues the six digits that a resident got; also without a line.
    ///
    /// - Throws: ``StoreError/noAccount`` where the account is unknown or verified, or the text is not six digits.
    public func enterCode(_ code: String, forAccount id: String, now: Date) async throws {
        let digits = code.filter { !$0.isWhitespace }
        guard digits.count == 6, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { throw StoreError.noAccount }
        try await mapped {
            try await store.write { db in
                let state = try db.accountState(id)
                guard let state, state != AccountProgress.verified else { throw StoreError.noAccount }
                try db.supersede(kind: .newCode, subject: id, now: now)
                try db.supersede(kind: .verification, subject: id, now: now)
                let sealed = try self.seal(digits, as: "verification/\(id)")
                _ = try db.enqueue(.verification, subject: id, urgency: now, size: 0, sealed: sealed, now: now)
            }
        }
    }

    /// Queues the wish for a new code; also without a line, and for an account that was locked: its lock may have been opened.
    ///
    /// Asking again while the wish waits changes nothing.
    ///
    /// - Returns: whether a code has to be asked for; false where the account is still to be registered, which sends one anyway.
    /// - Throws: ``StoreError/noAccount`` where the account is unknown, verified or refused.
    @discardableResult
    public func askNewCode(forAccount id: String, now: Date) async throws -> Bool {
        try await mapped {
            try await store.write { db in
                let state = try db.accountState(id)
                guard let state, state != AccountProgress.verified, state != AccountRow.refused else {
                    throw StoreError.noAccount
                }
                guard state != AccountRow.new else { return false }
                let isOpen = try db.first(
                    """
                    SELECT 1 FROM outbox WHERE subject = \(id) AND kind = 'new-code' AND state IN ('waiting', 'sending', 'in-doubt')
                    """, { _ in true })
                guard isOpen == nil else { return true }
                try db.supersede(kind: .verification, subject: id, now: now)
                try db.supersede(kind: .newCode, subject: id, now: now)
                _ = try db.enqueue(.newCode, subject: id, urgency: now, size: 0, now: now)
                return true
            }
        }
    }

    /// Keeps what a refused code or a refused wish for one says of the account.
    func refuseCode(of id: String, _ rejection: Rejection, now: Date, in db: inout Connection) throws {
        let isLocked = rejection.code == "account-locked"
        let state = isLocked ? AccountProgress.locked : rejection.code
        // Until when a code is good stays known where it was only wrong; until when a lock lasts nobody has said.
        try db.run(
            """
            UPDATE accounts SET state = \(state), attempts_left = \(rejection.attemptsLeft),
                expires_at = iif(\(isLocked ? 1 : 0) AND state <> \(state), NULL, expires_at),
                updated_at = iif(state = \(state), updated_at, \(now.milliseconds)) WHERE id = \(id) AND state <> 'verified'
            """)
    }
}

extension Connection {
    /// The state of an account; nil where there is none.
    func accountState(_ id: String) throws -> String? {
        try first("SELECT state FROM accounts WHERE id = \(id)") { $0.text(0) }
    }
}
