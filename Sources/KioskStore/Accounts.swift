public import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskSync
internal import KioskVault
internal import SQLiteAccess

// With what a resident's account is made.
//
// With what the first dossier sealed for the citizen number says, and with what that dossier says after it is mended. Other dossiers
// keep what they say for themselves: one that differs is noted (`DossierEvent.Kind.accountDiffers`) and changes an account that waits
// for its code only where a person wants it (`correctAccount`). A portal that refuses what was declared has it declared anew: with
// what the dossier says that is sealed next, or that waits and says something else.

/// The account of a dossier that is being sealed.
struct EnsuredAccount {
    let id: String
    /// The operation that has to come first.
    var operation: Int?
    /// Whether it is another's words that it was made with.
    var differs = false
}

extension AccountApplication {
    /// Whether both describe the person in the same way.
    func describesSame(as other: AccountApplication) -> Bool {
        var other = other
        (other.id, other.consentAt) = (id, consentAt)
        return self == other
    }
}

extension UnlockedStore {
    /// What a dossier's answers say of the one who files it.
    func application(
        _ id: String, in answers: JSONValue, procedure: Procedure, consentAt: String
    ) -> AccountApplication {
        func answer(_ name: String) -> String { answers[procedure.applicant.appending(name)]?.stringValue ?? "" }
        return AccountApplication(
            id: id, citizenId: answer("citizenId"), fullName: answer("fullName"), birthDate: answer("birthDate"),
            sex: Sex(rawValue: answer("sex")) ?? .female, phone: answer("phone"), consentAt: consentAt)
    }

    /// The account of the person who files a dossier, made where the kiosk has none for this citizen number.
    func ensureAccount(
        for dossier: String, answers: JSONValue, procedure: Procedure, consentAt: String, now: Date, in db: inout Connection
    ) throws -> EnsuredAccount {
        var declared = application("", in: answers, procedure: procedure, consentAt: consentAt)
        let hash = vault.lookup.hash(Array(declared.citizenId.utf8), kind: "citizen")
        let known = try db.first("SELECT id, state, sealed FROM accounts WHERE citizen_hash = \(hash)") {
            ($0.text(0), $0.text(1), $0.blob(2))
        }
        guard let (id, state, sealed) = known else {
            declared.id = try Identifier.new(now: now)
            try db.run(
                """
                INSERT INTO accounts (id, citizen_hash, state, sealed, updated_at)
                VALUES (\(declared.id), \(hash), 'new', \(try seal(declared, as: "account/\(declared.id)")), \(now.milliseconds))
                """)
            return EnsuredAccount(id: declared.id, operation: try register(declared, now: now, in: &db))
        }
        declared.id = id
        let pending = try db.openRegistration(of: id)
        let before = try open(AccountApplication.self, sealed, as: "account/\(id)")
        guard state != AccountProgress.verified else { return EnsuredAccount(id: id, operation: pending) }
        if state == AccountRow.refused || state == AccountRow.new && pending == nil {
            return EnsuredAccount(id: id, operation: try register(declared, now: now, in: &db))
        }
        if declared.describesSame(as: before) { return EnsuredAccount(id: id, operation: pending) }
        guard try wasMade(before, with: dossier, procedure: procedure, in: db) else {
            return EnsuredAccount(id: id, operation: pending, differs: true)
        }
        return EnsuredAccount(id: id, operation: try register(declared, now: now, in: &db))
    }

    /// Whether an account says what a dossier said at some time.
    private func wasMade(
        _ account: AccountApplication, with dossier: String, procedure: Procedure, in db: borrowing Connection
    ) throws -> Bool {
        let revisions = try db.all("SELECT number, sealed FROM revisions WHERE dossier_id = \(dossier) AND author = 'kiosk'") {
            ($0.int(0), $0.blob(1))
        }
        return try revisions.contains { number, sealed in
            let content = try open(RevisionContent.self, sealed, as: "revision/\(dossier)/kiosk/\(number)")
            return application("", in: content.answers, procedure: procedure, consentAt: "").describesSame(as: account)
        }
    }

    /// Has an account registered with what is declared now; what waited for an earlier registration waits for this one.
    ///
    /// - Returns: the operation.
    private func register(_ declared: AccountApplication, now: Date, in db: inout Connection) throws -> Int {
        let id = declared.id
        let sealed = try seal(declared, as: "account/\(id)")
        try db.run(
            "UPDATE accounts SET state = 'new', sealed = \(sealed), updated_at = \(now.milliseconds) WHERE id = \(id)")
        let operation = try db.enqueue(.account, subject: id, urgency: now, size: 0, now: now)
        try db.run(
            """
            UPDATE outbox_needs SET needed = \(operation) WHERE needed IN
                (SELECT id FROM outbox WHERE subject = \(id) AND kind = 'account' AND id <> \(operation)
                    AND state IN ('waiting', 'sending', 'in-doubt', 'blocked'))
            """)
        try db.supersede(kind: .account, subject: id, besides: operation, now: now)
        try db.dropCodes(of: id, now: now)
        return operation
    }

    /// Has an account registered again as it was: the portal does not know it, or not as verified.
    ///
    /// - Returns: the operation.
    func registerAgain(_ id: String, now: Date, in db: inout Connection) throws -> Int {
        try db.run("UPDATE accounts SET state = 'new', updated_at = \(now.milliseconds) WHERE id = \(id)")
        try db.dropCodes(of: id, now: now)
        return try db.openRegistration(of: id) ?? db.enqueue(.account, subject: id, urgency: now, size: 0, now: now)
    }

    /// Registers the account of a dossier again that the kiosk knows as verified and the portal does not.
    ///
    /// The first time at once and without a charge; a portal that says verified and unverified by turns is left in peace longer each
    /// time.
    ///
    /// - Returns: whether it is so.
    func registerVerifiedAgain(
        _ operation: KioskSync.Operation, _ reason: BlockReason, notBefore: Date, now: Date, in db: inout Connection
    ) throws -> Bool {
        let row = try db.first(
            """
            SELECT a.id, o.reason FROM outbox o JOIN dossiers d ON d.id = o.subject JOIN accounts a ON a.id = d.account_id
            WHERE o.id = \(operation.id) AND a.state = 'verified'
            """
        ) { ($0.text(0), $0.textOrNil(1)) }
        guard let (account, before) = row else { return false }
        let isRepeat = before == reason.rawValue
        try db.need([try registerAgain(account, now: now, in: &db)], before: operation.id)
        try db.run(
            """
            UPDATE outbox SET state = 'waiting', reason = \(reason.rawValue), attempts = attempts + \(isRepeat ? 1 : 0),
                not_before = \((isRepeat ? notBefore : now).milliseconds), updated_at = \(now.milliseconds) WHERE id = \(operation.id)
            """)
        return true
    }

    /// Marks an account as refused; where dossiers wait for it that describe the person otherwise, it is declared as they do.
    func refuseAccount(_ operation: KioskSync.Operation, now: Date, in db: inout Connection) throws {
        let id = operation.subject
        try db.run("UPDATE accounts SET state = 'rejected', updated_at = \(now.milliseconds) WHERE id = \(id)")
        guard let sealed = try db.first("SELECT sealed FROM accounts WHERE id = \(id)", { $0.blob(0) }) else { return }
        let refused = try open(AccountApplication.self, sealed, as: "account/\(id)")
        let dependents = try db.all(
            """
            SELECT o.id, o.subject, o.revision FROM outbox_needs n JOIN outbox o ON o.id = n.operation
            WHERE n.needed = \(operation.id) AND o.kind = 'dossier' ORDER BY o.id
            """
        ) { ($0.int(0), $0.text(1), $0.int(2)) }
        var others: [Int] = []
        var declared: AccountApplication?
        for (waiting, dossier, revision) in dependents {
            let found = try declaration(of: dossier, revision: revision, account: id, in: db)
            guard let found, !found.describesSame(as: refused) else { continue }
            declared = declared ?? found
            others.append(waiting)
        }
        guard let declared else { return }
        let next = try register(declared, now: now, in: &db)
        for waiting in others {
            try db.run("UPDATE outbox_needs SET needed = \(next) WHERE operation = \(waiting) AND needed = \(operation.id)")
        }
    }

    /// What a dossier that was sealed says of the one who files it.
    func declaration(
        of dossier: String, revision: Int? = nil, account: String, in db: borrowing Connection
    ) throws -> AccountApplication? {
        guard let ours = try ownRevision(of: dossier, number: revision, in: db) else { return nil }
        return application(
            account, in: ours.content.answers, procedure: try procedure(ofDossier: dossier, in: db),
            consentAt: ours.content.consent?.at ?? VietnamTime.rfc3339(ours.madeAt))
    }

    /// Has the account of a dossier registered with what the dossier says; a code goes to its telephone then.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.noAccount` where it has none that waits for its code.
    public func correctAccount(with dossier: String, now: Date) async throws {
        try await mapped {
            try await store.write { db in
                let row = try db.first(
                    "SELECT a.id, a.state FROM dossiers d JOIN accounts a ON a.id = d.account_id WHERE d.id = \(dossier)"
                ) { ($0.text(0), $0.text(1)) }
                guard let (account, state) = row, state != AccountProgress.verified,
                    let declared = try self.declaration(of: dossier, account: account, in: db)
                else { throw StoreError.noAccount }
                _ = try self.register(declared, now: now, in: &db)
                try db.addEvent(dossier: dossier, .accountCorrected, by: self.operatorRow.id, now: now)
            }
        }
    }
}

extension Connection {
    /// The operation that registers an account and is not done.
    fileprivate func openRegistration(of account: String) throws -> Int? {
        try first(
            """
            SELECT id FROM outbox WHERE subject = \(account) AND kind = 'account' AND state IN ('waiting', 'sending', 'in-doubt')
            ORDER BY id DESC LIMIT 1
            """
        ) { $0.int(0) }
    }

    /// Gives up the digits and the wish for digits of an account: registering sends new ones.
    fileprivate func dropCodes(of account: String, now: Date) throws {
        try supersede(kind: .verification, subject: account, now: now)
        try supersede(kind: .newCode, subject: account, now: now)
    }
}
