public import FoundationEssentials
internal import KioskDomain
public import KioskSync
internal import SQLiteAccess

extension KioskStore {
    /// What the portal wants told in the village on this day and lets anyone read, the newest first.
    ///
    /// - Throws: ``StoreError``.
    public func publicAnnouncements(now: Date) async throws -> [Announcement] {
        try await read { db in try db.announcements(now: now).filter(\.isPublic) }
    }
}

extension UnlockedStore {
    /// What the portal wants told in the village, the newest first; what holds no more, or not yet, is left out.
    ///
    /// - Throws: ``StoreError``.
    public func announcements(now: Date) async throws -> [Announcement] {
        try await store.read { db in try db.announcements(now: now) }
    }

    /// The ids of the announcements that the one who unlocked has read.
    ///
    /// - Throws: ``StoreError``.
    public func readAnnouncements() async throws -> Set<String> {
        try await store.read { db in
            Set(try db.all("SELECT announcement_id FROM announcement_reads WHERE operator_id = \(operatorRow.id)") { $0.text(0) })
        }
    }

    /// Notes that the one who unlocked has read an announcement; one that is not here is passed over.
    ///
    /// - Throws: ``StoreError``.
    public func markRead(announcement: String, now: Date) async throws {
        try await store.write { db in
            try db.run(
                """
                INSERT INTO announcement_reads (announcement_id, operator_id, read_at)
                SELECT id, \(self.operatorRow.id), \(now.milliseconds) FROM announcements WHERE id = \(announcement)
                ON CONFLICT DO NOTHING
                """)
        }
    }
}

extension Connection {
    /// The announcements that hold at an instant.
    func announcements(now: Date) throws -> [Announcement] {
        let all = try all(
            """
            SELECT id, title, body, valid_from, valid_until, is_public FROM announcements ORDER BY received_at DESC, id DESC LIMIT 50
            """
        ) {
            Announcement(
                id: $0.text(0), title: $0.text(1), body: $0.text(2), validFrom: $0.textOrNil(3), validUntil: $0.textOrNil(4),
                isPublic: $0.bool(5))
        }
        return all.filter { announcement in
            let from = announcement.validFrom.flatMap(VietnamTime.instant(rfc3339:)) ?? .distantPast
            let until = announcement.validUntil.flatMap(VietnamTime.instant(rfc3339:)) ?? .distantFuture
            return from <= now && now <= until
        }
    }
}
