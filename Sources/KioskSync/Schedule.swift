public import FoundationEssentials
internal import KioskDomain

/// A time of the day in Viet Nam in which a kiosk sends by itself, such as `22:00–05:00`.
public struct SyncWindow: Equatable, Sendable {
    /// The minute of the day in which it opens, 0 to 1439.
    public let from: Int
    /// How many minutes it is open, 1 to 1440; it may go over midnight.
    public let minutes: Int

    /// Reads `HH:mm–HH:mm` (or with `-`); nil where the text is none, or opens and closes at once.
    public init?(_ text: String) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "–" || $0 == "-" }.map(Self.minute)
        guard parts.count == 2, let from = parts[0], let until = parts[1], from < 1440, from != until else { return nil }
        self.from = from
        minutes = until > from ? until - from : until + 1440 - from
    }

    private static func minute(_ text: Substring) -> Int? {
        let digits = text.split(whereSeparator: \.isWhitespace).joined().split(separator: ":", omittingEmptySubsequences: false)
        guard digits.count == 2,
            digits.allSatisfy({ (1...2).contains($0.utf8.count) && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            digits[1].utf8.count == 2, let hour = Int(digits[0]), let minute = Int(digits[1]), minute < 60,
            hour * 60 + minute <= 1440
        else { return nil }
        return hour * 60 + minute
    }

    /// `22:00–05:00`.
    public var description: String { "\(Self.clock(from))–\(Self.clock((from + minutes) % 1440))" }

    private static func clock(_ minute: Int) -> String {
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }
}

/// When a serving kiosk syncs by itself: a pure plan; the clock and what happened are told to it.
///
/// Times are the wall clock's, which may jump: what lies in the future never happened, so a clock set back by years asks for one run
/// and one set forward for one that was missed. It is asked again and again, so no answer counts from `now`: it would never come.
public struct Schedule: Equatable, Sendable {
    /// The windows in which runs start; none: at any time.
    public var windows: [SyncWindow]
    /// How many minutes after a run the next one starts inside a window; 0: never by itself.
    public var everyMinutes: Int
    /// The kiosk, so that a commune's kiosks do not start together.
    public var kioskID: String

    /// A plan.
    public init(windows: [SyncWindow] = [], everyMinutes: Int = 15, kioskID: String) {
        self.windows = windows
        self.everyMinutes = everyMinutes
        self.kioskID = kioskID
    }

    /// What has happened so far.
    public struct Facts: Equatable, Sendable {
        /// Since when this process can sync.
        public var unlockedAt: Date
        /// The last run, whoever began it.
        public var lastRun: PastRun?
        /// How many runs in a row failed, the last one among them.
        public var failures = 0
        /// How many probes found no line since the last run.
        public var probes = 0
        /// When the last of them was.
        public var probedAt: Date?
        /// When the newest of the dossiers was sealed that wait although the law wants them today; nil: there is none.
        public var urgentSealedAt: Date?

        /// A kiosk that was unlocked.
        public init(unlockedAt: Date, lastRun: PastRun? = nil) {
            self.unlockedAt = unlockedAt
            self.lastRun = lastRun
        }
    }

    /// What to do next.
    public enum Step: Equatable, Sendable {
        /// Begin a run at an instant, and begin nothing new in it after `until`.
        case run(SyncOccasion, at: Date, until: Date?)
        /// Ask at an instant whether the portal answers; a run follows where it does (``Schedule/whenLineReturns(now:)``).
        case probe(at: Date)
        /// Nothing: it syncs only when asked.
        case nothing

        /// When; nil for nothing.
        public var at: Date? {
            switch self {
            case .run(_, let at, _), .probe(let at): at
            case .nothing: nil
            }
        }
    }

    /// What to do next, and when; at once where that instant has passed.
    public func next(_ facts: Facts, now: Date) -> Step {
        guard everyMinutes > 0 else { return .nothing }
        if facts.lastRun?.stop == .line { return .probe(at: probe(facts, now: now)) }
        let planned = windows.isEmpty ? anyTime(facts, now: now) : inWindow(facts, now: now)
        guard let sealed = facts.urgentSealedAt else { return planned }
        let began = facts.lastRun.map(\.beganAt).flatMap { $0 <= now ? $0 : nil }
        // What was sealed in the future is new to the first run only; it would be so to each until then.
        let isNew = facts.failures == 0 && (began.map { $0 < sealed && sealed <= now } ?? true)
        let at = isNew ? now : again(facts, now: now) ?? now
        guard let other = planned.at, other <= at else { return .run(.deadline, at: at, until: night(at: at)?.ends) }
        return planned
    }

    /// The run for which a probe found the line.
    public func whenLineReturns(now: Date) -> Step { .run(.line, at: now, until: night(at: now)?.ends) }

    /// Whether runs may send large files now: in a window, or where there are none.
    public func isOpen(at instant: Date) -> Bool { windows.isEmpty || night(at: instant) != nil }

    /// When this kiosk begins to send by itself next, were nothing in its way; nil where it never does.
    public func opening(after now: Date) -> Date? {
        guard everyMinutes > 0 else { return nil }
        guard !windows.isEmpty, night(at: now) == nil else { return now }
        return nights(around: now).first { $0.begins > now }.map(start)
    }

    /// How many runs in a row failed, counted from the newest.
    public static func failures(in runs: [PastRun]) -> Int { runs.prefix(while: \.failed).count }

    // MARK: Windows

    /// One time that a window is open; windows that touch are one.
    public struct Night: Equatable, Sendable {
        /// When it opens.
        public var begins: Date
        /// When it closes.
        public var ends: Date
    }

    /// The nights from two days ago to so many days ahead, in order.
    func nights(around now: Date, days: Int = 2) -> [Night] {
        let today = VietnamTime.day(of: now)
        var nights: [Night] = []
        for offset in -2...days {
            for window in windows.sorted(by: { $0.from < $1.from }) {
                let begins = VietnamTime.instant(today.adding(days: offset), minute: window.from)
                let ends = begins.addingTimeInterval(Double(window.minutes) * 60)
                if let last = nights.last, begins <= last.ends {
                    nights[nights.count - 1].ends = max(last.ends, ends)
                } else {
                    nights.append(Night(begins: begins, ends: ends))
                }
            }
        }
        return nights
    }

    /// The night in which an instant lies.
    func night(at instant: Date) -> Night? { nights(around: instant).first { $0.begins <= instant && instant < $0.ends } }

    /// When this kiosk starts in a night: up to an hour, or a third of the night, after it opens.
    func start(_ night: Night) -> Date {
        let spread = min(3600, night.ends.timeIntervalSince(night.begins) / 3)
        return night.begins.addingTimeInterval(share(night.begins) * spread)
    }

    private func inWindow(_ facts: Facts, now: Date) -> Step {
        let nights = nights(around: now)
        let began = facts.lastRun.map(\.beganAt).flatMap { $0 <= now ? $0 : nil }
        func isUnserved(_ night: Night) -> Bool { began.map { $0 < night.begins } ?? true }
        let settled = settled(facts, now: now)
        if let night = nights.first(where: { $0.begins <= now && now < $0.ends }) {
            let first = max(start(night), settled)
            let at = isUnserved(night) && facts.failures == 0 ? first : max(again(facts, now: now) ?? first, first)
            if at < night.ends { return .run(.window, at: at, until: night.ends) }
        } else if let last = nights.last(where: { $0.ends <= now }), isUnserved(last) || facts.lastRun?.stop == .brokenOff {
            let at = facts.failures == 0 ? settled : max(again(facts, now: now) ?? settled, settled)
            let next = nights.first { $0.begins > now }.map(start)
            if next.map({ at < $0 }) ?? true { return .run(.missed, at: at, until: nil) }
        }
        guard let next = nights.first(where: { $0.begins > now }) else { return .nothing }
        return .run(.window, at: max(start(next), settled), until: next.ends)
    }

    private func anyTime(_ facts: Facts, now: Date) -> Step {
        let settled = settled(facts, now: now)
        return .run(.window, at: max(again(facts, now: now) ?? settled, settled), until: nil)
    }

    /// One to five minutes after unlocking: after a power cut a whole commune is unlocked at once.
    private func settled(_ facts: Facts, now: Date) -> Date {
        guard facts.unlockedAt <= now else { return now }
        return facts.unlockedAt.addingTimeInterval(60 + 240 * share(facts.unlockedAt))
    }

    /// When a run follows the last one: after its interval, or where it failed after a back-off; nil where there is none to follow.
    private func again(_ facts: Facts, now: Date) -> Date? {
        guard let last = facts.lastRun, last.endedAt <= now else { return nil }
        let ended = last.endedAt
        let share = share(ended)
        guard facts.failures > 0, last.failed else {
            return ended.addingTimeInterval(Double(everyMinutes * 60) * (1 + share / 5))
        }
        return ended.addingTimeInterval(Self.backOff(facts.failures - 1, base: 60, cap: 1800) * (0.5 + share / 2))
    }

    /// When to ask for the line: half a minute after it was missed, then less and less often, every quarter of an hour at last; at once
    /// where a dossier was sealed meanwhile that the law wants today.
    private func probe(_ facts: Facts, now: Date) -> Date {
        guard let missed = [facts.lastRun?.endedAt, facts.probedAt].compactMap({ $0 }).filter({ $0 <= now }).max() else {
            return now
        }
        if let sealed = facts.urgentSealedAt, missed < sealed, sealed <= now { return now }
        let doublings = facts.probes + max(0, facts.failures - 1)
        return missed.addingTimeInterval(Self.backOff(doublings, base: 30, cap: 900) * (0.5 + share(missed) / 2))
    }

    private static func backOff(_ doublings: Int, base: Double, cap: Double) -> Double {
        min(cap, base * Double(1 << min(max(0, doublings), 20)))
    }

    /// A number in 0..<1 that is this kiosk's own and the same whenever it is asked for an instant (FNV-1a, mixed as in
    /// SplitMix64).
    func share(_ instant: Date) -> Double {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(kioskID)/\(Int(instant.timeIntervalSince1970.rounded(.down)))".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((hash ^ (hash >> 31)) >> 11) / Double(1 << 53)
    }
}
