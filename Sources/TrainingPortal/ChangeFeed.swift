internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import PortalWire
internal import SQLiteAccess

/// The changes feed (portal-contract.md, "Changes"): which subjects changed, in order.
///
/// What a subject looks like is read when the feed is, so a kiosk that was away for a month gets each dossier once.
enum ChangeFeed {
    /// What a change is about; the raw value is the contract's.
    enum Kind: String {
        case dossier, account, announcement, catalogue
    }

    /// Changes in one answer, at most.
    static let pageLimit = 200

    /// Notes that a subject has changed: it moves to the end of the feed.
    ///
    /// - Parameter kiosk: whom it concerns; nil: all.
    static func record(_ kind: Kind, subject: String, kiosk: String?, in db: borrowing Connection) throws {
        let type = kind.rawValue
        try db.run("DELETE FROM change WHERE type = \(type) AND subject = \(subject)")
        try db.run("INSERT INTO change (kiosk, type, subject) VALUES (\(kiosk), \(type), \(subject))")
    }

    /// The number behind the last change ever noted.
    static func last(in db: borrowing Connection) throws -> Int {
        try db.first("SELECT seq FROM sqlite_sequence WHERE name = 'change'") { $0.int(0) } ?? 0
    }

    /// A change as a message; nil where its subject is gone.
    static func message(_ type: String, _ subject: String, catalogueTag: String, in db: borrowing Connection) throws
        -> ChangeMessage?
    {
        switch Kind(rawValue: type) {
        case .dossier:
            try Dossiers.find(subject, in: db).map { .dossier($0.representation, etag: $0.etag) }
        case .account:
            try Accounts.find(subject, in: db).map { .account($0.state) }
        case .announcement:
            try Announcements.list("WHERE id = \(subject)", in: db).first.map { .announcement($0) }
        case .catalogue:
            .catalogue(etag: catalogueTag)
        case nil:
            nil
        }
    }
}

/// What the commune tells its villages.
enum Announcements {
    /// Announcements by a condition.
    static func list(_ condition: SQL, in db: borrowing Connection) throws -> [ChangeMessage.Announcement] {
        try db.all("SELECT id, title, body, valid_from, valid_until, is_public FROM announcement \(part: condition)") { row in
            ChangeMessage.Announcement(
                id: row.text(0), title: row.text(1), body: row.text(2), validFrom: row.text(3), validUntil: row.text(4),
                isPublic: row.int(5) != 0)
        }
    }
}

extension PortalCore {
    /// `GET /v1/changes`.
    func getChanges(_ request: HTTPRequest) async throws -> HTTPResponse {
        let kiosk = try kiosk(of: request)
        let limit: Int
        switch request.query["limit"] {
        case nil: limit = ChangeFeed.pageLimit
        case let text?:
            guard let number = Int(text), number >= 1 else { throw Refusal.malformed("The limit is no whole number from 1.") }
            limit = min(number, ChangeFeed.pageLimit)
        }
        let cursor = request.query["after"]
        let epoch = feedEpoch
        let page = try await database.write { db -> ChangePage in
            let tag = self.catalogue.etag
            var after = 0
            if let cursor {
                let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
                guard parts.count == 2, parts[0] == epoch, let number = Int(parts[1]),
                    (0...(try ChangeFeed.last(in: db))).contains(number)
                else {
                    throw Refusal(
                        .cursorUnknown, 410, "The cursor is not known", detail: "Start again from the beginning, without «after»."
                    )
                }
                after = number
            }
            let rows = try db.all(
                """
                SELECT seq, type, subject FROM change WHERE seq > \(after) AND (kiosk = \(kiosk) OR kiosk IS NULL)
                ORDER BY seq LIMIT \(limit + 1)
                """
            ) { row in (seq: row.int(0), type: row.text(1), subject: row.text(2)) }
            let taken = rows.prefix(limit)
            let changes = try taken.compactMap { try ChangeFeed.message($0.type, $0.subject, catalogueTag: tag, in: db) }
            return ChangePage(changes: changes, cursor: "\(epoch).\(taken.last?.seq ?? after)", more: rows.count > limit)
        }
        return try .message(page)
    }

    /// Puts an announcement into every kiosk's feed; returns its id.
    ///
    /// The instants are RFC 3339.
    @discardableResult
    func announce(
        title: String, body: String, validFrom: String, validUntil: String, isPublic: Bool = false
    ) async throws -> String {
        let id = UUID().uuidString.lowercased()
        try await database.write { db in
            try db.run(
                """
                INSERT INTO announcement (id, title, body, valid_from, valid_until, is_public)
                VALUES (\(id), \(title), \(body), \(validFrom), \(validUntil), \(isPublic ? 1 : 0))
                """)
            try ChangeFeed.record(.announcement, subject: id, kiosk: nil, in: db)
        }
        return id
    }

    /// Ends an announcement now and tells the kiosks; nothing where there is none, or it has ended.
    func endAnnouncement(_ id: String) async throws {
        let at = PortalTime.text(now)
        try await database.write { db in
            try db.run("UPDATE announcement SET valid_until = \(at) WHERE id = \(id) AND valid_until > \(at)")
            if db.changes > 0 { try ChangeFeed.record(.announcement, subject: id, kiosk: nil, in: db) }
        }
    }
}
