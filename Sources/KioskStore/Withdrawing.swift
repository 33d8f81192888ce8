public import FoundationEssentials
public import KioskDomain
internal import KioskSync
internal import SQLiteAccess

// A resident withdraws a dossier (công dân rút).
//
// What the portal has, or may have because an answer was lost, is withdrawn there; its answer is the proof. What it never had is withdrawn
// here and nothing is sent. Nothing that was typed goes: revisions stay. Who consented and why is sealed in the history.

/// What a resident says of withdrawing a dossier.
public struct Withdrawal: Codable, Equatable, Sendable {
    /// Why, in the resident's words; the officer reads it.
    public var reason: String
    /// The name of the one who consented.
    public var consentedBy: String
    /// Who that is.
    public var by: Consent.Giver

    /// A withdrawal.
    public init(reason: String, consentedBy: String, by: Consent.Giver) {
        self.reason = reason
        self.consentedBy = consentedBy
        self.by = by
    }

    /// The longest reason, in letters.
    public static let longestReason = 500

    /// Without blanks around its texts; nil where something is missing or too long.
    var cleaned: Withdrawal? {
        let text = Withdrawal(reason: StoredText.clean(reason), consentedBy: StoredText.clean(consentedBy), by: by)
        guard !text.reason.isEmpty, !text.consentedBy.isEmpty, text.reason.count <= Self.longestReason,
            text.consentedBy.count <= 100
        else { return nil }
        return text
    }
}

extension UnlockedStore {
    /// Withdraws a dossier with the resident's consent.
    ///
    /// - Returns: whether it is done; false: it is queued for the portal.
    /// - Throws: ``StoreError``: `.withdrawalIncomplete`, `.notWithdrawableNow` where the portal has settled it, it is being sent at this
    ///   moment, is withdrawn already or was never sealed; `.noDossier`.
    @discardableResult
    public func withdraw(_ id: String, _ given: Withdrawal, now: Date) async throws -> Bool {
        guard let given = given.cleaned else { throw StoreError.withdrawalIncomplete }
        return try await mapped {
            try await store.write { db in
                let row = try db.first("SELECT state, portal_status, portal_etag, revision FROM dossiers WHERE id = \(id)") {
                    (DossierState(rawValue: $0.text(0)), $0.textOrNil(1).map(PortalStatus.init), $0.textOrNil(2), $0.int(3))
                }
                guard let (state, status, etag, revision) = row, let state else { throw StoreError.noDossier }
                let open = try self.openOperations(of: id, in: db)
                guard revision > 0, state != .withdrawn, status?.isOver != true, !open.contains("withdrawal"),
                    !open.contains("dossier sending")
                else { throw StoreError.notWithdrawableNow }
                if state == .draft {
                    try self.keepDraftAsRevision(try self.readDraft(of: id, in: db), of: id, now: now, in: &db)
                }
                let isAtPortal = etag != nil
                let mayBeThere = open.contains("dossier in-doubt")
                try db.supersede(kind: .dossier, subject: id, now: now)
                try db.supersede(kind: .check, subject: id, now: now)
                try self.addSealedEvent(.withdrawalAsked, dossier: id, given, by: self.operatorRow.id, now: now, in: &db)
                guard isAtPortal || mayBeThere else {
                    try db.setWithdrawn(id, now: now)
                    return true
                }
                let asked = OutboxWithdrawal(reason: given.reason, at: VietnamTime.rfc3339(now))
                _ = try db.enqueue(
                    .withdrawal, subject: id, urgency: now, size: 0, sealed: try self.seal(asked, as: "withdrawal/\(id)"),
                    now: now)
                let next: DossierState = isAtPortal ? .delivered : .inDoubt
                try db.run(
                    """
                    UPDATE dossiers SET state = \(next.rawValue), problem = NULL, updated_at = \(now.milliseconds) WHERE id = \(id)
                    """)
                return false
            }
        }
    }

    /// Takes a withdrawal back that was not sent yet; what else waited of the dossier is queued again.
    ///
    /// - Throws: ``StoreError``: `.notWithdrawableNow` where none waits, or it was sent; `.noDossier`.
    public func cancelWithdrawal(of id: String, now: Date) async throws {
        try await mapped {
            try await store.write { db in
                let waiting = try db.first(
                    "SELECT state = 'waiting' FROM outbox WHERE subject = \(id) AND kind = 'withdrawal' ORDER BY id DESC LIMIT 1"
                ) { $0.bool(0) }
                let row = try db.first("SELECT state, account_id, send_by, portal_etag FROM dossiers WHERE id = \(id)") {
                    ($0.text(0), $0.textOrNil(1), $0.intOrNil(2), $0.textOrNil(3))
                }
                guard let (state, account, sendBy, etag) = row else { throw StoreError.noDossier }
                guard waiting == true, let account, let ours = try self.ownRevision(of: id, in: db) else {
                    throw StoreError.notWithdrawableNow
                }
                try db.supersede(kind: .withdrawal, subject: id, now: now)
                try db.addEvent(dossier: id, .withdrawalCancelled, by: self.operatorRow.id, now: now)
                let theirs = try self.portalDossier(id, etag: etag, in: db)
                guard state == DossierState.inDoubt.rawValue || theirs.map({ !$0.holds(ours.content) }) == true else { return }
                try db.run("UPDATE dossiers SET state = 'sealed', updated_at = \(now.milliseconds) WHERE id = \(id)")
                try self.enqueueDossier(
                    id, revision: ours.number, papers: try self.sentPapers(of: id, in: db), account: (account, nil),
                    sendBy: sendBy.map { Date(milliseconds: $0) }, etag: ours.base, now: now, in: &db)
                if let theirs { try self.follow(theirs, previous: ours.base, now: now, in: &db) }
            }
        }
    }

    /// Withdraws a dossier at the portal that was withdrawn here because the portal did not have it, and that reached it all the same: a
    /// request that was lost on the way can arrive late.
    func withdrawAgain(_ id: String, now: Date, in db: inout Connection) throws {
        guard let given = try events(of: id, in: db).last(where: { $0.kind == .withdrawalAsked })?.withdrawal else { return }
        try db.addEvent(dossier: id, .delivered, by: nil, now: now)
        try addSealedEvent(.withdrawalAsked, dossier: id, given, by: nil, now: now, in: &db)
        let asked = OutboxWithdrawal(reason: given.reason, at: VietnamTime.rfc3339(now))
        _ = try db.enqueue(
            .withdrawal, subject: id, urgency: now, size: 0, sealed: try seal(asked, as: "withdrawal/\(id)"), now: now)
        try db.run("UPDATE dossiers SET state = 'delivered' WHERE id = \(id)")
    }

    private func openOperations(of id: String, in db: borrowing Connection) throws -> Set<String> {
        let rows = try db.all(
            "SELECT kind, state FROM outbox WHERE subject = \(id) AND state IN ('waiting', 'blocked', 'sending', 'in-doubt')"
        ) { ($0.text(0), $0.text(1)) }
        return Set(rows.flatMap { [$0.0, "\($0.0) \($0.1)"] })
    }

    /// Ends a withdrawal that the portal refused: it has settled the dossier already.
    func refuseWithdrawal(_ operation: KioskSync.Operation, now: Date, in db: inout Connection) throws {
        try db.supersede(kind: .withdrawal, subject: operation.subject, now: now)
        try db.addEvent(dossier: operation.subject, .withdrawalRefused, by: nil, now: now)
    }
}

extension Connection {
    /// Ends a dossier that the portal does not have and that is not to be sent.
    func setWithdrawn(_ id: String, now: Date) throws {
        try run(
            "UPDATE dossiers SET state = 'withdrawn', problem = NULL, updated_at = \(now.milliseconds) WHERE id = \(id)")
        try addEvent(dossier: id, .withdrawn, by: nil, now: now)
    }
}
