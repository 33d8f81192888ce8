/// A date of which the day, or the day and the month, may be unknown: many people born before 1980 have no more on their papers.
///
/// Never padded.
public struct PartialDate: Hashable, Sendable, CustomStringConvertible {
    /// 1 to 9999.
    public let year: Int
    /// 1 to 12, where known.
    public let month: Int?
    /// 1 to 31, where known; never without a month.
    public let day: Int?

    /// Reads `1957`, `1957-03`, `1957-03-12` (the contract's form) or `12/03/1957`, `12-3-1957`, `3/1957` (as people write it).
    public init?(_ text: String) {
        let trimmed = text.trimmed
        guard !trimmed.isEmpty, trimmed.allSatisfy({ $0.isASCIIDigit || "/-. ".contains($0) }) else { return nil }
        let parts = trimmed.split(whereSeparator: { !$0.isASCIIDigit }).map(String.init)
        let separators = trimmed.filter { !$0.isASCIIDigit }.count
        guard separators == parts.count - 1, (1...3).contains(parts.count) else { return nil }
        let yearFirst = parts[0].count == 4
        let ordered = yearFirst ? parts : parts.reversed()
        guard ordered[0].count == 4, let year = Int(ordered[0]), year >= 1 else { return nil }
        guard ordered.dropFirst().allSatisfy({ $0.count <= 2 }) else { return nil }
        let month = ordered.count > 1 ? Int(ordered[1]) : nil
        let day = ordered.count > 2 ? Int(ordered[2]) : nil
        if let month { guard (1...12).contains(month) else { return nil } }
        if let day, let month { guard CalendarDate(year: year, month: month, day: day) != nil else { return nil } }
        self.year = year
        self.month = month
        self.day = day
    }

    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    public var description: String {
        [CalendarDate.padded(year, 4), month.map { CalendarDate.padded($0, 2) }, day.map { CalendarDate.padded($0, 2) }]
            .compactMap(\.self).joined(separator: "-")
    }

    /// `yyyy`, `MM/yyyy` or `dd/MM/yyyy`, as people write it.
    public var spoken: String {
        [day.map { CalendarDate.padded($0, 2) }, month.map { CalendarDate.padded($0, 2) }, CalendarDate.padded(year, 4)]
            .compactMap(\.self).joined(separator: "/")
    }

    /// The first day that this can mean.
    public var earliest: CalendarDate {
        CalendarDate(year: year, month: month ?? 1, day: day ?? 1) ?? CalendarDate(dayNumber: 0)
    }
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmed: String {
        var slice = self[...]
        while slice.first?.isWhitespace == true { slice.removeFirst() }
        while slice.last?.isWhitespace == true { slice.removeLast() }
        return String(slice)
    }
}
