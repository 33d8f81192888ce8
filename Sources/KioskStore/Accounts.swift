internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskSync
internal import KioskVault
internal import SQLiteAccess

extension UnlockedStore {
    /// The account of the person who files, made where the kiosk has none for this citizen number.
    ///
    /// Where it is not verified yet and the data changed, it is registered anew.
    ///
    /// - Returns: its id, and the operation that has to come first.
    func ensureAccount(
        for answers: JSONValue, procedure: Procedure, consentAt: String, now: Date, in db: inout Connection
    ) throws -> (id: String, operation: Int?) {
        func answer(_ name: String) -> String { answers[procedure.applicant.appending(name)]?.stringValue ?? "" }
        let number = answer("citizenId")
        let hash = vault.lookup.hash(Array(number.utf8), kind: "citizen")
        let known = try db.first("SELECT id, state, sealed FROM accounts WHERE citizen_hash = \(hash)") {
            ($0.text(0), $0.text(1), $0.blob(2))
        }
        var application = AccountApplication(
            id: try known?.0 ?? Identifier.new(now: now), citizenId: number, fullName: answer("fullName"),
            birthDate: answer("birthDate"), sex: Sex(rawValue: answer("sex")) ?? .female, phone: answer("phone"),
            consentAt: consentAt)
        if let (id, state, sealed) = known {
            let before = try open(AccountApplication.self, sealed, as: "account/\(id)")
            let pending = try db.first(
                """
                SELECT id FROM outbox WHERE subject = \(id) AND kind = 'account' AND state IN ('waiting', 'sending', 'in-doubt')
                ORDER BY id DESC LIMIT 1
                """
            ) { $0.int(0) }
            application.consentAt = before.consentAt
            if state == AccountProgress.verified || (application == before && state != "rejected") { return (id, pending) }
            application.consentAt = consentAt
        }
        let sealed = try seal(application, as: "account/\(application.id)")
        try db.run(
            """
            INSERT INTO accounts (id, citizen_hash, state, sealed, updated_at)
            VALUES (\(application.id), \(hash), 'new', \(sealed), \(now.milliseconds))
            ON CONFLICT (id) DO UPDATE SET state = 'new', sealed = excluded.sealed, updated_at = excluded.updated_at
            """)
        let operation = try db.enqueue(.account, subject: application.id, urgency: now, size: 0, now: now)
        // Dossiers that wait for the registration this one takes the place of wait for this one now.
        try db.run(
            """
            UPDATE outbox_needs SET needed = \(operation) WHERE needed IN
                (SELECT id FROM outbox WHERE subject = \(application.id) AND kind = 'account' AND id <> \(operation)
                    AND state IN ('waiting', 'sending', 'in-doubt', 'blocked'))
            """)
        try db.supersede(kind: .account, subject: application.id, besides: operation, now: now)
        return (application.id, operation)
    }
}
