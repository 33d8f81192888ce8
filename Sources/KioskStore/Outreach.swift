public import FoundationEssentials
public import KioskDomain
internal import SQLiteAccess

/// Something done to spread the word.
public struct OutreachEntry: Equatable, Sendable, Identifiable {
    /// Its id.
    public let id: String
    /// On which day.
    public let day: CalendarDate
    /// How.
    public let channel: OutreachChannel
    /// How many people were reached, as far as is known.
    public let people: Int
    /// About what.
    public let topic: String
    /// What it looked like; nil where nobody took a picture.
    public let photo: OutreachPhoto?
}

/// The photograph of an outreach entry.
public struct OutreachPhoto: Equatable, Sendable {
    /// The file.
    public let attachment: String
    /// Its media type.
    public let mediaType: String
    /// Length in bytes.
    public let size: Int
}

extension UnlockedStore {
    /// Logs something done to spread the word.
    ///
    /// - Parameter people: 0 to 100 000.
    /// - Returns: its id.
    /// - Throws: ``StoreError``.
    @discardableResult
    public func logOutreach(
        day: CalendarDate, channel: OutreachChannel, people: Int, topic: String, now: Date
    ) async throws -> String {
        try await mapped {
            let id = try Identifier.new(now: now)
            let sealed = try seal(topic, as: "outreach/\(id)")
            try await store.write { db in
                try db.run(
                    """
                    INSERT INTO outreach (id, day, channel, people, operator_id, made_at, sealed)
                    VALUES (\(id), \(day.description), \(channel.rawValue), \(min(max(people, 0), 100_000)), \(self.operatorRow.id),
                        \(now.milliseconds), \(sealed))
                    """)
            }
            return id
        }
    }

    /// Gives an entry its photograph, in the place of the one it had.
    ///
    /// - Throws: ``StoreError``: `.noOutreach`.
    public func setOutreachPhoto(_ file: StoredFile, mediaType: String, of entry: String, now: Date) async throws {
        try await sweepingReleased {
            try await store.write { db in
                guard try db.first("SELECT 1 FROM outreach WHERE id = \(entry)", { _ in true }) == true else {
                    throw StoreError.noOutreach
                }
                try db.dropOutreachPhoto(of: entry, besides: file.attachment)
                try db.run(
                    """
                    INSERT INTO outreach_photos (outreach_id, attachment_id, media_type, added_at)
                    VALUES (\(entry), \(file.attachment), \(mediaType), \(now.milliseconds))
                    """)
            }
        }
    }

    /// Takes an entry out that was logged by mistake, with its photograph.
    ///
    /// - Throws: ``StoreError``: `.noOutreach`.
    public func removeOutreach(_ entry: String) async throws {
        try await sweepingReleased {
            try await store.write { db in
                try db.dropOutreachPhoto(of: entry)
                try db.run("DELETE FROM outreach WHERE id = \(entry)")
                guard db.changes == 1 else { throw StoreError.noOutreach }
            }
        }
    }

    /// The photograph of an entry; nil where it has none.
    ///
    /// - Throws: ``StoreError``.
    public func outreachPhoto(of entry: String) async throws -> OutreachPhoto? {
        try await store.read { db in try db.outreachPhoto(of: entry) }
    }

    /// What was done to spread the word, the latest day first.
    ///
    /// - Throws: ``StoreError``.
    public func outreach(limit: Int) async throws -> [OutreachEntry] {
        try await mapped {
            try await store.read { db in
                try db.all(
                    """
                    SELECT o.id, o.day, o.channel, o.people, o.sealed, p.attachment_id, p.media_type, a.size
                    FROM outreach o LEFT JOIN outreach_photos p ON p.outreach_id = o.id LEFT JOIN attachments a ON a.id = p.attachment_id
                    ORDER BY o.day DESC, o.id DESC LIMIT \(limit)
                    """
                ) { row in
                    OutreachEntry(
                        id: row.text(0), day: CalendarDate(row.text(1)) ?? CalendarDate(dayNumber: 0),
                        channel: OutreachChannel(rawValue: row.text(2)) ?? .visit, people: row.int(3),
                        topic: try self.open(String.self, row.blob(4), as: "outreach/\(row.text(0))"),
                        photo: row.textOrNil(5).map {
                            OutreachPhoto(attachment: $0, mediaType: row.text(6), size: row.int(7))
                        })
                }
            }
        }
    }
}

extension Connection {
    func outreachPhoto(of entry: String) throws -> OutreachPhoto? {
        try first(
            """
            SELECT a.id, p.media_type, a.size FROM outreach_photos p JOIN attachments a ON a.id = p.attachment_id
            WHERE p.outreach_id = \(entry)
            """
        ) { OutreachPhoto(attachment: $0.text(0), mediaType: $0.text(1), size: $0.int(2)) }
    }

    /// Forgets an entry's photograph, and its file where nothing else uses it.
    fileprivate func dropOutreachPhoto(of entry: String, besides kept: String? = nil) throws {
        let photo = try outreachPhoto(of: entry)
        try run("DELETE FROM outreach_photos WHERE outreach_id = \(entry)")
        if let photo, photo.attachment != kept { try releaseAttachment(photo.attachment) }
    }

    /// What was done between two days, by channel.
    func outreachCounts(_ days: ClosedRange<CalendarDate>) throws -> [ReportFigures.OutreachCounts] {
        let rows = try all(
            """
            SELECT channel, count(*), sum(people) FROM outreach
            WHERE day BETWEEN \(days.lowerBound.description) AND \(days.upperBound.description) GROUP BY channel
            """
        ) { ($0.text(0), ($0.int(1), $0.int(2))) }
        let byChannel = Dictionary(rows) { first, _ in first }
        return OutreachChannel.allCases.map { channel in
            let (times, people) = byChannel[channel.rawValue] ?? (0, 0)
            return ReportFigures.OutreachCounts(channel: channel, times: times, people: people)
        }
    }
}
