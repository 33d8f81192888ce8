/// Something of the catalogue that holds for a time only.
public protocol Dated {
    /// The first day on which it holds (`YYYY-MM-DD`); always held where nil.
    var from: String? { get }
    /// The last day on which it holds; still holds where nil.
    var until: String? { get }
}

extension Dated {
    /// Whether it holds on a day.
    public func holds(on day: CalendarDate) -> Bool {
        if let from, let first = CalendarDate(from), day < first { return false }
        if let until, let last = CalendarDate(until), last < day { return false }
        return true
    }

    /// The days on which something about it changes.
    var turningDays: [CalendarDate] {
        [from.flatMap { CalendarDate($0) }, until.flatMap { CalendarDate($0) }.map { $0.adding(days: 1) }].compactMap(\.self)
    }
}
