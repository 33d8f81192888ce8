public import FoundationEssentials
internal import JSONTree
public import KioskDomain
internal import KioskSync
internal import SQLiteAccess

extension UnlockedStore {
    /// The figures of a period, counted in one pass over the facts without holding them.
    ///
    /// - Parameters:
    ///   - cutOff: the day of the month on which periods begin, 1 to 28.
    ///   - calendar: the working days.
    ///   - now: what is pending is judged at the period's end, or now where that is earlier.
    /// - Throws: ``StoreError``; `ReportFault` where the figures do not balance.
    public func report(_ period: ReportPeriod, cutOff: Int, calendar: WorkingDays, now: Date) async throws -> ReportFigures {
        let empty = ReportTallies(period, cutOff: cutOff, catalogue: catalogue, calendar: calendar, now: now)
        let days = period.days(cutOff: cutOff)
        return try await store.read { db in
            var tallies = empty
            try db.forEachFact { tallies.add($0) }
            for (index, tally) in tallies.all.enumerated() {
                let (from, until) = (tally.bounds.from.milliseconds, tally.bounds.until.milliseconds)
                let counts = try db.all(
                    """
                    SELECT r.code, f.procedure, count(*) FROM return_facts r JOIN dossier_facts f ON f.dossier_id = r.dossier_id
                    WHERE r.at >= \(from) AND r.at < \(until) GROUP BY r.code, f.procedure
                    """
                ) { ($0.text(0), $0.text(1), $0.int(2)) }
                for (code, procedure, count) in counts {
                    tallies.addReturns(count, code: code, procedure: procedure, in: index)
                }
            }
            return try tallies.figures(village: identity.village, outreach: try db.outreachCounts(days))
        }
    }

    /// How many dossiers the portal received in each month of a year, in order.
    ///
    /// - Throws: ``StoreError``.
    public func receivedByMonth(of year: Int, cutOff: Int) async throws -> [Int] {
        try await store.read { db in
            try (1...12).map { month in
                guard let days = ReportPeriod(year: year, part: .month(month))?.days(cutOff: cutOff) else { return 0 }
                let from = VietnamTime.instant(days.lowerBound, minute: 0).milliseconds
                let until = VietnamTime.instant(days.upperBound.adding(days: 1), minute: 0).milliseconds
                return try db.first(
                    "SELECT count(*) FROM dossier_facts WHERE received_at >= \(from) AND received_at < \(until)"
                ) { $0.int(0) } ?? 0
            }
        }
    }

    /// Queues a period's figures for the portal, unless these very figures were queued or sent before.
    ///
    /// - Returns: whether they were queued.
    /// - Throws: ``StoreError``.
    @discardableResult
    public func queueReport(_ figures: ReportFigures, now: Date) async throws -> Bool {
        let body = try JSONText.decode(JSONValue.self, from: Data(try JSONText.encode(figures)))
        let key = "report/\(figures.period)"
        let digest = String(decoding: try JSONText.encode(figures), as: UTF8.self)
        let sealed = try seal(body, as: key)
        return try await store.write { db in
            guard try db.setting(key) != digest else { return false }
            try db.supersede(kind: .report, subject: figures.period, now: now)
            _ = try db.enqueue(
                .report, subject: figures.period, urgency: now.addingTimeInterval(30 * 86_400), size: 0, sealed: sealed, now: now)
            try db.setSetting(key, to: digest)
            return true
        }
    }

    /// Queues the figures of the periods that have ended: each once, and again where they changed.
    ///
    /// Looked at once a day. A period in which this kiosk held nothing sealed yet is left out.
    ///
    /// - Returns: the periods that were queued.
    /// - Throws: ``StoreError``; `ReportFault` where the figures do not balance.
    @discardableResult
    public func queueEndedReports(cutOff: Int, calendar: WorkingDays, now: Date) async throws -> [ReportPeriod] {
        let today = VietnamTime.day(of: now)
        let key = "reports-looked-at"
        let (last, first) = try await store.read { db in
            (try db.setting(key), try db.first("SELECT min(sealed_at) FROM dossier_facts") { $0.intOrNil(0) } ?? nil)
        }
        guard last != today.description else { return [] }
        var queued: [ReportPeriod] = []
        for period in first == nil ? [] : ReportPeriod.ended(before: today, cutOff: cutOff) {
            let end = VietnamTime.instant(period.days(cutOff: cutOff).upperBound.adding(days: 1), minute: 0)
            guard let first, first < end.milliseconds else { continue }
            let figures = try await report(period, cutOff: cutOff, calendar: calendar, now: now)
            if try await queueReport(figures, now: now) { queued.append(period) }
        }
        try await store.write { db in try db.setSetting(key, to: today.description) }
        return queued
    }

    /// Takes over facts and returns of dossiers whose own records are not here, such as those of a kiosk that this one replaces.
    ///
    /// What is known already of a dossier stays.
    ///
    /// - Throws: ``StoreError``.
    public func takeFacts(_ facts: [DossierFact], returns: [ReturnFact]) async throws {
        try await store.write { db in
            for fact in facts {
                try db.run(
                    """
                    INSERT INTO dossier_facts (dossier_id, procedure, captured_at, sealed_at, send_by, uploaded_at, received_at, due_at,
                        settled_at, settled_as, first_return_at)
                    VALUES (\(fact.id), \(fact.procedure), \(fact.capturedAt.milliseconds), \(fact.sealedAt.milliseconds),
                        \(fact.sendBy?.milliseconds), \(fact.uploadedAt?.milliseconds), \(fact.receivedAt?.milliseconds),
                        \(fact.dueAt?.milliseconds), \(fact.settledAt?.milliseconds), \(fact.settledAs?.rawValue),
                        \(fact.firstReturnAt?.milliseconds))
                    ON CONFLICT DO NOTHING
                    """)
            }
            for fact in returns {
                try db.run(
                    "INSERT INTO return_facts (dossier_id, at, code) VALUES (\(fact.dossier), \(fact.at.milliseconds), \(fact.code))"
                )
            }
        }
    }
}

extension Connection {
    /// Lends every fact, one after another.
    func forEachFact(_ body: (DossierFact) -> Void) throws {
        _ = try all(
            """
            SELECT dossier_id, procedure, captured_at, sealed_at, send_by, uploaded_at, received_at, due_at, settled_at, settled_as,
                first_return_at FROM dossier_facts
            """
        ) { row in
            func time(_ column: Int, _ row: borrowing Row) -> Date? { row.intOrNil(column).map { Date(milliseconds: $0) } }
            body(
                DossierFact(
                    id: "", procedure: row.text(1), capturedAt: Date(milliseconds: row.int(2)),
                    sealedAt: Date(milliseconds: row.int(3)), sendBy: time(4, row), uploadedAt: time(5, row),
                    receivedAt: time(6, row), dueAt: time(7, row), settledAt: time(8, row),
                    settledAs: row.textOrNil(9).map(PortalStatus.init), firstReturnAt: time(10, row)))
        }
    }

    /// Notes why the portal's checks returned a dossier: each code once.
    func addReturns(of dossier: String, _ rejection: Rejection, now: Date) throws {
        let codes = rejection.faults.isEmpty ? [rejection.code] : rejection.faults.map(\.code)
        for code in Set(codes.map(ReturnFact.code)).sorted() {
            try run("INSERT INTO return_facts (dossier_id, at, code) VALUES (\(dossier), \(now.milliseconds), \(code))")
        }
    }
}
