public import FoundationEssentials

/// When and how a kiosk sends by its settings.
public struct SendPlan: Equatable, Sendable {
    /// The windows in which it sends by itself; none: at any time.
    public var windows: [SyncWindow] = []
    /// How many minutes after a run the next one starts inside a window; 0: never by itself.
    public var everyMinutes = 15
    /// The most bytes in a day; nil: any number.
    public var bytesPerDay: Int?
    /// The most bytes a second; nil: as many as the line carries.
    public var bytesPerSecond: Int?

    /// Every fifteen minutes, without limits.
    public init() {}

    /// The plan of one kiosk.
    public func schedule(of kioskID: String) -> Schedule {
        Schedule(windows: windows, everyMinutes: everyMinutes, kioskID: kioskID)
    }
}

/// What decides when what waits will go.
public struct Outlook: Equatable, Sendable {
    /// The instant of which it is true.
    public var now: Date
    /// When the kiosk begins to send by itself; in the past where it may at any moment; nil: only when asked.
    public var next: Date?
    /// Whether the line is paid by the byte.
    public var isMetered: Bool
    /// Bytes sent today; counted only where there is a limit.
    public var sentToday: Int
    /// Whether the day's bytes are used up.
    public var isDayUsedUp: Bool
    /// Why the last run ended early.
    public var lastStop: SyncReport.Stop?
    /// What was wrong with the line at its end.
    public var lastTrouble: LineTrouble?
    /// What is known to be wrong with this machine's clock.
    public var clockError: ClockError?
    /// How long what waits will take.
    public var forecast: Forecast

    /// What decides when what waits will go.
    ///
    /// - Parameters:
    ///   - runs: the last ones, the newest first.
    ///   - sentToday: bytes.
    ///   - clockError: what is known to be wrong with this machine's clock.
    public init(
        _ plan: SendPlan, kioskID: String, work: QueuedWork, runs: [PastRun], sentToday: Int, isMetered: Bool,
        clockError: ClockError? = nil, now: Date
    ) {
        let schedule = plan.schedule(of: kioskID)
        var conditions = Forecast.Conditions(schedule: schedule, bytesPerSecond: Forecast.rate(of: runs))
        conditions.bytesPerDay = plan.bytesPerDay
        conditions.sentToday = sentToday
        conditions.isMetered = isMetered
        self.now = now
        self.isMetered = isMetered
        self.sentToday = sentToday
        next = schedule.opening(after: now)
        isDayUsedUp = plan.bytesPerDay.map { sentToday >= $0 } ?? false
        lastStop = runs.first?.stop
        lastTrouble = runs.first?.trouble
        self.clockError = clockError
        forecast = Forecast(work, conditions, now: now)
    }
}
