public import FoundationEssentials
internal import JSONTree
internal import KioskDomain
public import KioskSync
internal import SQLiteAccess

/// What a run did: its record, without anything about a person.
public struct SyncRunRow: Equatable, Sendable {
    /// When it began.
    public let beganAt: Date
    /// When it ended.
    public let endedAt: Date
    /// Why it was begun; nil in records of before this was kept.
    public let occasion: SyncOccasion?
    /// Dossiers confirmed.
    public let delivered: Int
    /// Files confirmed.
    public let uploaded: Int
    /// Bytes of request bodies sent.
    public let bytesSent: Int
    /// Bytes of answers.
    public let bytesReceived: Int
    /// Bytes of files that were sent and that the portal did not count in the run.
    public let bytesSentTwice: Int
    /// Bytes a second while it was sending; nil where too little was sent to tell.
    public let bytesPerSecond: Int?
    /// Changes that were new.
    public let changesApplied: Int
    /// How many attempts ended how.
    public let outcomes: [Outcome.Kind: Int]
    /// Passing faults by class.
    public let faults: [RetryReason: Int]
    /// Why it ended early.
    public let stop: SyncReport.Stop?
    /// What was wrong with the line where that is why.
    public let trouble: LineTrouble?

    /// Seconds it took; none where the clock was set back meanwhile.
    public var seconds: Double { max(0, endedAt.timeIntervalSince(beganAt)) }

    /// What the next plan and the forecast ask of it.
    public var past: PastRun {
        PastRun(
            beganAt: beganAt, endedAt: endedAt, stop: stop, trouble: trouble, bytesSent: bytesSent, bytesPerSecond: bytesPerSecond
        )
    }
}

extension UnlockedStore {
    /// So many records are kept.
    public static let runsKept = 90

    /// Begins the record of a run; until it is ended it says that the run was broken off.
    ///
    /// - Returns: its number.
    /// - Throws: ``StoreError``.
    public func beginRecord(_ occasion: SyncOccasion, now: Date) async throws -> Int {
        try await store.write { db in
            try db.run(
                """
                INSERT INTO sync_runs (began_at, ended_at, delivered, uploaded, bytes_sent, changes_applied, stop, occasion)
                VALUES (\(now.milliseconds), \(now.milliseconds), 0, 0, 0, 0, \(SyncReport.Stop.brokenOff.rawValue),
                    \(occasion.rawValue))
                """)
            try db.run("DELETE FROM sync_runs WHERE id <= (SELECT max(id) FROM sync_runs) - \(Self.runsKept)")
            return Int(db.lastInsertedRow)
        }
    }

    /// Ends the record of a run.
    ///
    /// - Throws: ``StoreError``.
    public func endRecord(_ id: Int, _ report: SyncReport, now: Date) async throws {
        let outcomes = String(decoding: try JSONText.encode(report.outcomes), as: UTF8.self)
        let faults = String(decoding: try JSONText.encode(report.faults), as: UTF8.self)
        try await store.write { db in
            try db.run(
                """
                UPDATE sync_runs SET ended_at = \(now.milliseconds), delivered = \(report.delivered), uploaded = \(report.uploaded),
                    bytes_sent = \(report.bytesSent), bytes_received = \(report.bytesReceived),
                    bytes_twice = \(report.bytesSentTwice), bytes_per_second = \(report.bytesPerSecond),
                    changes_applied = \(report.changesApplied), outcomes = \(outcomes), faults = \(faults),
                    stop = \(report.stop?.rawValue), trouble = \(report.trouble?.rawValue)
                WHERE id = \(id)
                """)
        }
    }

    /// What the last runs did, the newest first.
    ///
    /// - Throws: ``StoreError``.
    public func syncRuns(limit: Int = 10) async throws -> [SyncRunRow] {
        try await store.read { db in
            try db.all(
                """
                SELECT began_at, ended_at, occasion, delivered, uploaded, bytes_sent, bytes_received, bytes_twice, bytes_per_second,
                    changes_applied, outcomes, faults, stop, trouble FROM sync_runs ORDER BY id DESC LIMIT \(limit)
                """
            ) { row in
                SyncRunRow(
                    beganAt: Date(milliseconds: row.int(0)), endedAt: Date(milliseconds: row.int(1)),
                    occasion: SyncOccasion(rawValue: row.text(2)), delivered: row.int(3), uploaded: row.int(4),
                    bytesSent: row.int(5), bytesReceived: row.int(6), bytesSentTwice: row.int(7), bytesPerSecond: row.intOrNil(8),
                    changesApplied: row.int(9), outcomes: try Self.counts(row.text(10)), faults: try Self.counts(row.text(11)),
                    stop: row.textOrNil(12).flatMap { SyncReport.Stop(rawValue: $0) },
                    trouble: row.textOrNil(13).flatMap { LineTrouble(rawValue: $0) })
            }
        }
    }

    /// Counts by name; a name that this program does not know any more is left out.
    private static func counts<Name: RawRepresentable & Hashable>(_ json: String) throws -> [Name: Int]
    where Name.RawValue == String {
        let counts = try JSONText.decode([String: Int].self, from: Data(json.utf8))
        return Dictionary(counts.compactMap { name, count in Name(rawValue: name).map { ($0, count) } }) { first, _ in first }
    }
}

// MARK: Limits

extension UnlockedStore {
    /// Adds to the bytes of the day (``Outbox/countSent(bytes:now:)``); they stand in the settings as `YYYY-MM-DD bytes`.
    public func countSent(bytes: Int, now: Date) async throws -> Int {
        let day = VietnamTime.day(of: now).description
        guard bytes > 0 else { return try await store.read { db in try db.bytesSent(on: day) } }
        return try await store.write { db in
            let total = try db.bytesSent(on: day) + bytes
            try db.setSetting("bytes-sent", to: "\(day) \(total)")
            return total
        }
    }

    /// Whether the line is paid by the byte: large files wait until someone says otherwise.
    ///
    /// - Throws: ``StoreError``.
    public func isMetered() async throws -> Bool { try await store.read { db in try db.setting("metered") != nil } }

    /// Notes whether the line is paid by the byte; it holds from the next run on.
    ///
    /// - Throws: ``StoreError``.
    public func setMetered(_ isMetered: Bool) async throws {
        try await store.write { db in try db.setSetting("metered", to: isMetered ? "yes" : nil) }
    }
}

extension Connection {
    fileprivate func bytesSent(on day: String) throws -> Int {
        let parts = (try setting("bytes-sent") ?? "").split(separator: " ")
        return parts.count == 2 && parts[0] == day ? Int(parts[1]) ?? 0 : 0
    }
}
