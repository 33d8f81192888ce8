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
}

extension UnlockedStore {
    /// Logs something done to spread the word.
    ///
    /// - Parameter people: 0 to 100 000.
    /// - Throws: ``StoreError``.
    public func logOutreach(
        day: CalendarDate, channel: OutreachChannel, people: Int, topic: String, now: Date
    ) async throws {
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
        }
    }

    /// What was done to spread the word, the latest day first.
    ///
    /// - Throws: ``StoreError``.
    public func outreach(limit: Int) async throws -> [OutreachEntry] {
        try await mapped {
            try await store.read { db in
                try db.all("SELECT id, day, channel, people, sealed FROM outreach ORDER BY day DESC, id DESC LIMIT \(limit)") {
                    row in
                    OutreachEntry(
                        id: row.text(0), day: CalendarDate(row.text(1)) ?? CalendarDate(dayNumber: 0),
                        channel: OutreachChannel(rawValue: row.text(2)) ?? .visit, people: row.int(3),
                        topic: try self.open(String.self, row.blob(4), as: "outreach/\(row.text(0))"))
                }
            }
        }
    }
}

extension Connection {
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
