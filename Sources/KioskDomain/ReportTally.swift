public import FoundationEssentials

/// Counts the dossiers of a period, one after another: it holds counts and waits, never the dossiers.
public struct ReportTally: Sendable {
    private let period: ReportPeriod
    private let days: ClosedRange<CalendarDate>
    private let from: Date
    private let until: Date
    private let asOf: CalendarDate
    private let judgedAt: Date
    private let calendar: WorkingDays
    private var rows: [ReportFigures.ProcedureCounts] = []
    private var limits: [Int?] = []
    private var places: [String: Int] = [:]
    private var kiosk = ReportFigures.KioskCounts()
    private var waits: [Int32] = []
    private var reasons: [String: Int] = [:]
    private var supplements: [String: Int] = [:]

    /// Begins to count.
    ///
    /// - Parameters:
    ///   - period: the period.
    ///   - cutOff: the day of the month on which periods begin, 1 to 28.
    ///   - catalogue: names the procedures and says in how many working days each is to be settled.
    ///   - calendar: the working days.
    ///   - now: what is pending is judged at the period's end, or now where that is earlier.
    public init(_ period: ReportPeriod, cutOff: Int, catalogue: Catalogue, calendar: WorkingDays, now: Date) {
        self.init(period, days: period.days(cutOff: cutOff), catalogue: catalogue, calendar: calendar, now: now)
    }

    init(_ period: ReportPeriod, days: ClosedRange<CalendarDate>, catalogue: Catalogue, calendar: WorkingDays, now: Date) {
        self.period = period
        self.days = days
        self.calendar = calendar
        from = VietnamTime.instant(days.lowerBound, minute: 0)
        until = VietnamTime.instant(days.upperBound.adding(days: 1), minute: 0)
        asOf = min(days.upperBound, VietnamTime.day(of: now))
        judgedAt = min(until, now)
        for procedure in catalogue.procedures {
            let deadline = procedure.deadline
            add(
                procedure.code, group: procedure.group, name: procedure.name,
                limit: deadline?.kind == .workingDays ? deadline?.days : nil)
        }
    }

    /// The tally of the whole year up to this period's end.
    static func yearToDate(
        _ period: ReportPeriod, cutOff: Int, catalogue: Catalogue, calendar: WorkingDays, now: Date
    ) -> ReportTally {
        let own = period.days(cutOff: cutOff)
        let year = ReportPeriod(year: period.year, part: .year)?.days(cutOff: cutOff) ?? own
        return ReportTally(
            period, days: year.lowerBound...own.upperBound, catalogue: catalogue, calendar: calendar, now: now)
    }

    @discardableResult
    private mutating func add(_ code: String, group: String?, name: LocalText, limit: Int?) -> Int {
        places[code] = rows.count
        rows.append(ReportFigures.ProcedureCounts(code: code, group: group, name: name, counts: .init()))
        limits.append(limit)
        return rows.count - 1
    }

    private mutating func place(of code: String) -> Int {
        places[code] ?? add(code, group: nil, name: LocalText(vi: code, en: code), limit: nil)
    }

    /// Counts a dossier.
    public mutating func add(_ fact: DossierFact) {
        addKiosk(fact)
        guard let received = fact.receivedAt, received < until else { return }
        let place = place(of: fact.procedure)
        let settled = fact.settledAt
        if received >= from {
            rows[place].counts.received += 1
            if fact.firstReturnAt.map({ $0 >= until }) ?? true { rows[place].counts.acceptedAtOnce += 1 }
        } else if settled.map({ $0 >= from }) ?? true {
            rows[place].counts.carriedOver += 1
        }
        if let settled, settled < until {
            guard settled >= from else { return }
            addSettled(fact, received: received, settled: settled, place: place)
        } else {
            rows[place].counts.pending += 1
            if let due = due(fact, received: received, place: place), due < asOf { rows[place].counts.overdue += 1 }
        }
    }

    private mutating func addSettled(_ fact: DossierFact, received: Date, settled: Date, place: Int) {
        rows[place].counts.settled += 1
        switch fact.settledAs {
        case .refused: rows[place].counts.refused += 1
        case .withdrawn: rows[place].counts.withdrawn += 1
        default: rows[place].counts.resolved += 1
        }
        guard let due = due(fact, received: received, place: place) else { return rows[place].counts.onTime += 1 }
        let day = VietnamTime.day(of: settled)
        if day < due {
            rows[place].counts.early += 1
        } else if day == due {
            rows[place].counts.onTime += 1
        } else {
            rows[place].counts.late += 1
        }
    }

    /// The last day of its time limit: the portal's where it names one, else counted in working days from its receipt.
    private func due(_ fact: DossierFact, received: Date, place: Int) -> CalendarDate? {
        if let due = fact.dueAt { return VietnamTime.day(of: due) }
        return limits[place].map { calendar.due(after: VietnamTime.day(of: received), days: $0) }
    }

    private mutating func addKiosk(_ fact: DossierFact) {
        let isIn = { [from, until] (at: Date) in at >= from && at < until }
        if isIn(fact.sealedAt) { kiosk.sealed += 1 }
        if let uploaded = fact.uploadedAt, isIn(uploaded) {
            kiosk.uploaded += 1
            waits.append(Int32(clamping: Int(max(0, uploaded.timeIntervalSince(fact.capturedAt)) / 60)))
        }
        if fact.sealedAt < until, fact.uploadedAt.map({ $0 >= until }) ?? true {
            kiosk.waiting += 1
            if let returned = fact.firstReturnAt, returned < until { kiosk.failed += 1 }
        }
        // One that can still come in time is not late.
        if let sendBy = fact.sendBy, isIn(sendBy), fact.receivedAt.map({ $0 > sendBy }) ?? (sendBy < judgedAt) {
            kiosk.lateStays += 1
        }
    }

    /// Counts the returns for one reason of the dossiers of one procedure, as they fell into the period.
    public mutating func addReturns(_ count: Int, code: String, procedure: String) {
        reasons[code, default: 0] += count
        if code == PortalStatus.supplementRequired.rawValue { supplements[procedure, default: 0] += count }
    }

    /// The instants between which returns count: from the first on, before the second.
    public var bounds: (from: Date, until: Date) { (from, until) }

    func received(_ code: String) -> Int { places[code].map { rows[$0].counts.received } ?? 0 }

    /// The sum of all procedures.
    ///
    /// - Throws: ``ReportFault`` where it does not balance.
    public func total() throws(ReportFault) -> ReportFigures.Counts {
        try counted().reduce(.init()) { $0 + $1.counts }
    }

    private func counted() throws(ReportFault) -> [ReportFigures.ProcedureCounts] {
        var all = rows
        for index in all.indices {
            all[index].counts.supplements = supplements[all[index].code] ?? 0
            let counts = all[index].counts
            guard counts.carriedOver + counts.received == counts.settled + counts.pending else {
                throw .unbalanced(
                    procedure: all[index].code, carriedOver: counts.carriedOver, received: counts.received,
                    settled: counts.settled, pending: counts.pending)
            }
        }
        return all
    }

    /// The figures.
    ///
    /// - Throws: ``ReportFault`` where they do not balance.
    public func figures(
        village: String, before: ReportFigures.Counts?, yearToDate: ReportFigures.Counts,
        outreach: [ReportFigures.OutreachCounts]
    ) throws(ReportFault) -> ReportFigures {
        var kiosk = kiosk
        if !waits.isEmpty {
            let sorted = waits.sorted()
            let middle = sorted.count / 2
            kiosk.medianWaitMinutes = Int(sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2)
        }
        return ReportFigures(
            period: period.description, from: days.lowerBound.description, to: days.upperBound.description, village: village,
            procedures: try counted(), total: try total(), kiosk: kiosk,
            reasons: reasons.map { .init(code: $0.key, count: $0.value) }.sorted { ($1.count, $0.code) < ($0.count, $1.code) },
            before: before, yearToDate: yearToDate, outreach: outreach)
    }
}

/// The tallies that a report takes in one pass: its period's, that of the one before, and of the year so far.
public struct ReportTallies: Sendable {
    /// In this order: the period, the year so far, and the period before where there is one.
    public private(set) var all: [ReportTally]

    /// Begins to count (``ReportTally/init(_:cutOff:catalogue:calendar:now:)``).
    public init(_ period: ReportPeriod, cutOff: Int, catalogue: Catalogue, calendar: WorkingDays, now: Date) {
        all = [
            ReportTally(period, cutOff: cutOff, catalogue: catalogue, calendar: calendar, now: now),
            .yearToDate(period, cutOff: cutOff, catalogue: catalogue, calendar: calendar, now: now),
        ]
        if let previous = period.previous {
            all.append(ReportTally(previous, cutOff: cutOff, catalogue: catalogue, calendar: calendar, now: now))
        }
    }

    /// Counts a dossier in each.
    public mutating func add(_ fact: DossierFact) {
        for index in all.indices { all[index].add(fact) }
    }

    /// Counts returns in one of ``all``.
    public mutating func addReturns(_ count: Int, code: String, procedure: String, in index: Int) {
        all[index].addReturns(count, code: code, procedure: procedure)
    }

    /// The figures.
    ///
    /// - Throws: ``ReportFault``.
    public func figures(village: String, outreach: [ReportFigures.OutreachCounts]) throws(ReportFault) -> ReportFigures {
        var figures = try all[0].figures(
            village: village, before: all.count > 2 ? try all[2].total() : nil, yearToDate: try all[1].total(),
            outreach: outreach)
        for index in figures.procedures.indices {
            let code = figures.procedures[index].code
            figures.procedures[index].receivedThisYear = all[1].received(code)
            figures.procedures[index].receivedBefore = all.count > 2 ? all[2].received(code) : nil
        }
        return figures
    }
}
