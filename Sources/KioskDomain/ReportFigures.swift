/// The figures of a period.
///
/// They are counts, codes and days; nothing in them is about a person.
public struct ReportFigures: Codable, Equatable, Sendable {
    /// The period, as the contract names it.
    public var period: String
    /// The period's first day (`YYYY-MM-DD`).
    public var from: String
    /// The period's last day.
    public var to: String
    /// The village.
    public var village: String
    /// Tables A, B and D: a row for each procedure of the catalogue and any other that was counted.
    public var procedures: [ProcedureCounts]
    /// Their sum.
    public var total: Counts
    /// Table C.
    public var kiosk: KioskCounts
    /// Reasons of returns by code, the most frequent first.
    public var reasons: [Reason]
    /// The sum of the period before; nil where there is none.
    public var before: Counts?
    /// The sum from the year's beginning to the period's end.
    public var yearToDate: Counts
    /// What was done to spread the word, by channel.
    public var outreach: [OutreachCounts]

    /// What is counted of dossiers (table A and B).
    public struct Counts: Codable, Equatable, Sendable {
        /// Received before the period and not settled before it.
        public var carriedOver = 0
        /// Received by the portal in the period.
        public var received = 0
        /// Settled in the period.
        public var settled = 0
        /// Of these before the last day of their time limit.
        public var early = 0
        /// Of these on the last day, or where the law sets no limit.
        public var onTime = 0
        /// Of these after it.
        public var late = 0
        /// Of these with a result.
        public var resolved = 0
        /// Of these refused.
        public var refused = 0
        /// Of these withdrawn.
        public var withdrawn = 0
        /// Not settled at the period's end.
        public var pending = 0
        /// Of these past their time limit.
        public var overdue = 0
        /// Received in the period and never returned until its end.
        public var acceptedAtOnce = 0
        /// Times that a supplement was asked for in the period.
        public var supplements = 0

        /// Nothing counted.
        public init() {}

        /// The sum of two.
        public static func + (a: Counts, b: Counts) -> Counts {
            var sum = a
            for member in Counts.members { sum[keyPath: member] += b[keyPath: member] }
            return sum
        }

        private static var members: [WritableKeyPath<Counts, Int>] {
            [
                \.carriedOver, \.received, \.settled, \.early, \.onTime, \.late, \.resolved, \.refused, \.withdrawn, \.pending,
                \.overdue, \.acceptedAtOnce, \.supplements,
            ]
        }

        /// Tenths of a per cent of the settled that were not late; nil where none was settled.
        public var onTimePermille: Int? { Self.permille(early + onTime, of: settled) }
        /// Tenths of a per cent of the received that were never returned; nil where none was received.
        public var acceptedAtOncePermille: Int? { Self.permille(acceptedAtOnce, of: received) }

        static func permille(_ part: Int, of whole: Int) -> Int? {
            whole == 0 ? nil : (part * 2000 + whole) / (2 * whole)
        }
    }

    /// A row of tables A, B and D.
    public struct ProcedureCounts: Codable, Equatable, Sendable {
        /// The procedure's code.
        public var code: String
        /// The group's id; nil where the catalogue does not know the procedure.
        public var group: String?
        /// Its name; the code where the catalogue does not know it.
        public var name: LocalText
        /// What was counted.
        public var counts: Counts
        /// Received in the period before; nil where there is none.
        public var receivedBefore: Int?
        /// Received from the year's beginning to the period's end.
        public var receivedThisYear = 0
    }

    /// Table C: what the kiosk did.
    public struct KioskCounts: Codable, Equatable, Sendable {
        /// Sealed in the period.
        public var sealed = 0
        /// Of these, and of earlier ones, confirmed by the portal in the period.
        public var uploaded = 0
        /// Sealed and not confirmed at the period's end.
        public var waiting = 0
        /// Of the waiting, returned by the portal's checks.
        public var failed = 0
        /// Minutes from capture to upload, the middle of those uploaded in the period; nil where none was.
        public var medianWaitMinutes: Int?
        /// Stays that the portal was to know in the period and did not in time.
        public var lateStays = 0

        /// Nothing counted.
        public init() {}
    }

    /// How often something was the reason of a return.
    public struct Reason: Codable, Equatable, Sendable {
        /// A code of the contract.
        public var code: String
        /// How often.
        public var count: Int
    }

    /// What was done in one channel.
    public struct OutreachCounts: Codable, Equatable, Sendable {
        /// The channel.
        public var channel: OutreachChannel
        /// How often.
        public var times: Int
        /// How many people were reached, as far as was noted.
        public var people: Int

        /// What was done in one channel.
        public init(channel: OutreachChannel, times: Int, people: Int) {
            self.channel = channel
            self.times = times
            self.people = people
        }
    }
}

/// A way to spread the word in a village.
public enum OutreachChannel: String, Codable, Sendable, CaseIterable {
    /// Read over the loudspeakers.
    case loudspeaker
    /// Told at a meeting of the village.
    case meeting
    /// Told at people's homes.
    case visit

    /// How people call it.
    public var name: LocalText {
        switch self {
        case .loudspeaker: LocalText(vi: "Đọc trên loa truyền thanh", en: "Loudspeaker reading")
        case .meeting: LocalText(vi: "Họp thôn", en: "Village meeting")
        case .visit: LocalText(vi: "Đến từng nhà", en: "House visit")
        }
    }
}

/// Why figures cannot be made.
public enum ReportFault: Error, Equatable, Sendable {
    /// Carried over + received is not settled + pending: a dossier of this procedure was settled before it was received.
    case unbalanced(procedure: String, carriedOver: Int, received: Int, settled: Int, pending: Int)
}
