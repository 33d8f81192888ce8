public import FoundationEssentials
internal import KioskDomain
public import KioskSync
internal import SQLiteAccess

extension UnlockedStore: Replica {
    /// The place in the changes feed (``Replica/cursor()``).
    public func cursor() async throws -> String? {
        try await store.read { db in try db.setting("change-cursor") }
    }

    /// Goes back to the beginning of the feed (``Replica/forgetCursor(now:)``).
    public func forgetCursor(now: Date) async throws {
        try await store.write { db in
            try db.setSetting("change-cursor", to: nil)
            try db.enqueueChecks(now: now)
        }
    }

    /// Applies a page and keeps its cursor (``Replica/apply(_:now:)``).
    public func apply(_ batch: ChangeBatch, now: Date) async throws -> Int {
        try await mapped {
            if batch.changes.isEmpty, try await cursor() == batch.cursor { return 0 }
            return try await store.write { db in
                // At the feed's beginning there is no place that a restored portal would not know: between the moment in which the
                // place was forgotten and this page it may have been restored once more.
                if try db.setting("change-cursor") == nil { try db.enqueueChecks(now: now) }
                var count = 0
                for change in batch.changes where try self.apply(change, now: now, in: &db) { count += 1 }
                try db.setSetting("change-cursor", to: batch.cursor)
                return count
            }
        }
    }

    /// Whether the change was new.
    private func apply(_ change: Change, now: Date, in db: inout Connection) throws -> Bool {
        switch change {
        case .dossier(let dossier):
            if try isBehind(dossier, in: db) {
                try askForOlder(dossier, now: now, in: &db)
                return false
            }
            try db.supersede(kind: .check, subject: dossier.id, now: now)
            return try applyPortal(dossier, isFollowed: true, now: now, in: &db)
        case .account(let id, let progress):
            return try applyAccount(id, progress, now: now, in: &db)
        case .announcement(let announcement):
            try db.run(
                """
                INSERT INTO announcements (id, title, body, valid_from, valid_until, received_at, is_public)
                VALUES (\(announcement.id), \(announcement.title), \(announcement.body), \(announcement.validFrom),
                    \(announcement.validUntil), \(now.milliseconds), \(announcement.isPublic))
                ON CONFLICT (id) DO UPDATE SET title = excluded.title, body = excluded.body, valid_from = excluded.valid_from,
                    valid_until = excluded.valid_until, is_public = excluded.is_public
                WHERE (title, body, is_public) IS NOT (excluded.title, excluded.body, excluded.is_public)
                    OR (valid_from, valid_until) IS NOT (excluded.valid_from, excluded.valid_until)
                """)
            guard db.changes > 0 else { return false }
            // One that was corrected is to be read anew.
            try db.run("DELETE FROM announcement_reads WHERE announcement_id = \(announcement.id)")
            return true
        case .catalogue(let etag):
            try db.noteAnnouncedCatalogue(etag: etag)
            return false
        case .unknown:
            return false
        }
    }

    /// Takes what the portal holds of a dossier: its columns, a revision of its own, an event.
    ///
    /// - Parameters:
    ///   - isFollowed: whether what is here is merged with it at once (``follow(_:previous:wentBack:now:in:)``).
    ///   - wentBack: whether the portal went back to this copy, which is then taken although it is older.
    /// - Returns: whether it was new; an older version than the one at hand is not.
    func applyPortal(
        _ dossier: PortalDossier, isFollowed: Bool, wentBack: Bool = false, now: Date, in db: inout Connection
    ) throws -> Bool {
        let row = try db.first("SELECT portal_version, portal_etag, portal_status FROM dossiers WHERE id = \(dossier.id)") {
            ($0.intOrNil(0), $0.textOrNil(1), $0.textOrNil(2))
        }
        guard let (version, etag, status) = row, etag != dossier.etag, wentBack || version ?? 0 <= dossier.version else {
            return false
        }
        let number = try db.first(
            "SELECT ifnull(max(number), 0) + 1 FROM revisions WHERE dossier_id = \(dossier.id) AND author = 'portal'"
        ) {
            $0.int(0)
        }
        let sealed = try seal(dossier, as: "revision/\(dossier.id)/portal/\(number ?? 1)")
        try db.run(
            """
            INSERT INTO revisions (dossier_id, author, number, etag, made_at, sealed)
            VALUES (\(dossier.id), 'portal', \(number ?? 1), \(dossier.etag), \(now.milliseconds), \(sealed))
            """)
        try db.run(
            """
            UPDATE dossiers SET portal_code = \(dossier.code), portal_version = \(dossier.version),
                portal_status = \(dossier.status.rawValue), portal_status_at = \(dossier.statusAt), portal_due_at = \(dossier.dueAt),
                portal_etag = \(dossier.etag), updated_at = \(now.milliseconds) WHERE id = \(dossier.id)
            """)
        if status != dossier.status.rawValue {
            try db.addPortalEvent(dossier: dossier.id, status: dossier.status, now: now)
        }
        if wentBack { try db.addEvent(dossier: dossier.id, .wentBack, by: nil, now: now) }
        if isFollowed { try follow(dossier, previous: etag, wentBack: wentBack, now: now, in: &db) }
        if dossier.status.isOver { try db.dropOriginals(ofDossier: dossier.id, now: now) }
        return true
    }

    /// Takes an account's state; a verified one frees its dossiers.
    ///
    /// - Returns: whether it was new.
    @discardableResult
    func applyAccount(_ id: String, _ progress: AccountProgress, now: Date, in db: inout Connection) throws -> Bool {
        let state = try db.first("SELECT state FROM accounts WHERE id = \(id)") { $0.text(0) }
        // Verified is final: a late message of a code that was sent does not undo it.
        guard let state, state != AccountProgress.verified || progress.status == AccountProgress.verified else { return false }
        let expires = progress.expiresAt.flatMap(VietnamTime.instant(rfc3339:))
        try db.run(
            """
            UPDATE accounts SET state = \(progress.status), attempts_left = \(progress.attemptsLeft),
                expires_at = \(expires?.milliseconds),
                updated_at = iif(state = \(progress.status), updated_at, \(now.milliseconds)) WHERE id = \(id)
            """)
        if progress.status == AccountProgress.verified {
            try db.run(
                """
                UPDATE outbox SET state = 'waiting', not_before = \(now.milliseconds) WHERE kind = 'dossier' AND state = 'blocked'
                    AND subject IN (SELECT id FROM dossiers WHERE account_id = \(id))
                """)
            try db.supersede(kind: .verification, subject: id, now: now)
            try db.supersede(kind: .newCode, subject: id, now: now)
        }
        return state != progress.status
    }
}
