internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskSync
internal import SQLiteAccess

// A portal that was restored to an older copy of a dossier: it has the dossier, but an amendment that it had confirmed is lost.
//
// The sign is a copy that is no newer than the one at hand and another one. A slow part of the portal shows the same for a moment, so
// such a copy from the feed is asked for (`check`), and one that was asked for is believed only when it is seen a second time.
//
// Then what was sealed here goes again by itself, as an amendment of that older copy: unlike with a dossier that is gone whole
// (`Absence.swift`), nothing can be filed twice, and nobody has to be asked. It is merged with the copy first, so an officer's edits since
// the restoration stay, and what both sides changed goes to a person. The merge's base is never a copy that was lost: against it,
// what the portal merely forgot would look like an officer's edit and undo what the resident said.

extension UnlockedStore {
    /// Whether a copy is no newer than the newest known, and another one.
    func isBehind(_ theirs: PortalDossier, in db: borrowing Connection) throws -> Bool {
        let known = try db.first("SELECT portal_version, portal_etag FROM dossiers WHERE id = \(theirs.id)") {
            ($0.intOrNil(0), $0.textOrNil(1))
        }
        guard let (version, etag) = known, let version, let etag else { return false }
        return theirs.version <= version && theirs.etag != etag
    }

    /// Has a dossier asked for of which the feed showed an older copy; one that is being sent finds out by itself.
    func askForOlder(_ theirs: PortalDossier, now: Date, in db: inout Connection) throws {
        let state = try db.first("SELECT state FROM dossiers WHERE id = \(theirs.id)") { DossierState(rawValue: $0.text(0)) }
        guard let state, [.delivered, .conflict, .draft, .rejected].contains(state) else { return }
        let isAsked =
            try db.first(
                """
                SELECT 1 FROM outbox WHERE subject = \(theirs.id) AND kind = 'check' AND state IN ('waiting', 'sending', 'in-doubt')
                """
            ) { _ in true } ?? false
        guard !isAsked else { return }
        _ = try db.enqueue(.check, subject: theirs.id, urgency: now.addingTimeInterval(7 * 86_400), size: 0, now: now)
    }

    /// Whether an older copy that was asked for is believed: it was seen before.
    ///
    /// The first time it is to be looked at again.
    func believesOlder(_ operation: KioskSync.Operation, now: Date, in db: inout Connection) throws -> Bool {
        let reason = try db.first("SELECT reason FROM outbox WHERE id = \(operation.id)") { $0.textOrNil(0) } ?? nil
        guard reason != RetryReason.older.rawValue else { return true }
        let wait = RetryPolicy.standard.delay(attempt: operation.attempts + 1, chance: 1)
        try again(operation.id, state: "waiting", .older, now.addingTimeInterval(wait), now, in: &db)
        try db.run("UPDATE dossiers SET state = 'sealed' WHERE id = \(operation.subject) AND state = 'in-doubt'")
        return false
    }

    /// What follows for a dossier that nothing was sent of when the portal went back to an older copy of it: what it lost is sent again.
    func sendWhatWasLost(
        _ theirs: PortalDossier, previous: String?, now: Date, in db: inout Connection
    ) throws {
        let id = theirs.id
        guard let ours = try ownRevision(of: id, in: db), !theirs.status.isOver, !theirs.answers.isBlank else { return }
        let row = try db.first("SELECT account_id, send_by FROM dossiers WHERE id = \(id)") {
            ($0.textOrNil(0), $0.intOrNil(1))
        }
        guard let (account, sendBy) = row, let account else { return }
        try db.run("UPDATE dossiers SET state = 'sealed' WHERE id = \(id)")
        try enqueueDossier(
            id, revision: ours.number, papers: try sentPapers(of: id, in: db), account: (account, nil),
            sendBy: sendBy.map { Date(milliseconds: $0) }, etag: previous, now: now, in: &db)
        let operation = try db.first(
            "SELECT id, revision, etag, attempts FROM outbox WHERE subject = \(id) AND kind = 'dossier' ORDER BY id DESC LIMIT 1",
            Self.openOperation)
        if let operation { try reconcile(id, operation, with: theirs, now: now, in: &db) }
    }

    /// The copy that a merge with the portal's starts from: the one under an ETag, unless the portal has lost that one.
    ///
    /// Where it was lost it is the portal's copy itself, if it was known before the lost one; else an officer has edited since, and it is
    /// the oldest copy known: whatever was lost, both sides come from that one. At worst a person is asked more than is needed.
    func mergeBase(of id: String, etag: String, theirs: PortalDossier, in db: borrowing Connection) throws -> PortalDossier? {
        guard let known = try portalDossier(id, etag: etag, in: db) else { return nil }
        let copies = try db.all(
            "SELECT number, sealed FROM revisions WHERE dossier_id = \(id) AND author = 'portal' ORDER BY number"
        ) { ($0.int(0), $0.blob(1)) }.map { number, sealed in
            try open(PortalDossier.self, sealed, as: "revision/\(id)/portal/\(number)")
        }
        guard let place = copies.lastIndex(where: { $0.etag == etag }) else { return known }
        let isLost = copies[(place + 1)...].contains { $0.version <= known.version && $0.etag != etag }
        guard isLost else { return known }
        return copies[..<place].contains { $0.etag == theirs.etag } ? theirs : copies.first
    }
}
