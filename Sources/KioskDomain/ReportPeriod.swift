/// A period that is reported on: `2026-11`, `2026-Q4`, `2026-H1`, `2026-9M` or `2026` (Nghị định 09/2019/NĐ-CP, article 12).
public struct ReportPeriod: Hashable, Sendable, CustomStringConvertible {
    /// Which part of its year it is.
    public enum Part: Hashable, Sendable {
        /// A month, 1 to 12.
        case month(Int)
        /// A quarter, 1 to 4.
        case quarter(Int)
        /// A half, 1 or 2.
        case half(Int)
        /// The first nine months.
        case nineMonths
        /// All of it.
        case year
    }

    /// The day of the month on which periods begin unless another is set (Nghị định 09/2019/NĐ-CP, article 12).
    public static let usualCutOff = 15

    /// 1 to 9999.
    public let year: Int
    /// Which part of the year.
    public let part: Part

    /// A part of a year; nil where there is none such.
    public init?(year: Int, part: Part) {
        let isPart =
            switch part {
            case .month(let month): (1...12).contains(month)
            case .quarter(let quarter): (1...4).contains(quarter)
            case .half(let half): (1...2).contains(half)
            case .nineMonths, .year: true
            }
        // The year before has to exist: January begins in it.
        guard (2...9999).contains(year), isPart else { return nil }
        self.year = year
        self.part = part
    }

    /// Reads what ``description`` writes, exactly.
    public init?(_ text: String) {
        let pieces = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = pieces.first, first.count == 4, first.allSatisfy(\.isASCIIDigit), let year = Int(first),
            pieces.count <= 2
        else { return nil }
        let part: Part? = pieces.count == 1 ? .year : Self.part(String(pieces[1]))
        guard let part else { return nil }
        self.init(year: year, part: part)
    }

    private static func part(_ text: String) -> Part? {
        if text == "9M" { return .nineMonths }
        guard text.count == 2, let number = text.last?.wholeNumberValue, text.allSatisfy(\.isASCII) else { return nil }
        if text.hasPrefix("Q") { return .quarter(number) }
        if text.hasPrefix("H") { return .half(number) }
        return text.allSatisfy(\.isASCIIDigit) ? Int(text).map { .month($0) } : nil
    }

    /// As the contract names it.
    public var description: String {
        let start = CalendarDate.padded(year, 4)
        return switch part {
        case .month(let month): "\(start)-\(CalendarDate.padded(month, 2))"
        case .quarter(let quarter): "\(start)-Q\(quarter)"
        case .half(let half): "\(start)-H\(half)"
        case .nineMonths: "\(start)-9M"
        case .year: start
        }
    }

    /// Whether the contract has reports of such periods: months, quarters and years.
    public var isSent: Bool {
        switch part {
        case .month, .quarter, .year: true
        case .half, .nineMonths: false
        }
    }

    /// Its name in a heading.
    public var name: LocalText {
        switch part {
        case .month(let month):
            LocalText(vi: "tháng \(CalendarDate.padded(month, 2)) năm \(year)", en: "month \(month) of \(year)")
        case .quarter(let quarter):
            LocalText(vi: "quý \(["I", "II", "III", "IV"][quarter - 1]) năm \(year)", en: "quarter \(quarter) of \(year)")
        case .half(let half):
            LocalText(
                vi: "6 tháng \(half == 1 ? "đầu" : "cuối") năm \(year)", en: "\(half == 1 ? "first" : "second") half of \(year)")
        case .nineMonths: LocalText(vi: "9 tháng đầu năm \(year)", en: "first nine months of \(year)")
        case .year: LocalText(vi: "năm \(year)", en: "year \(year)")
        }
    }

    /// The first and the last of its months, 1 to 12.
    private var months: (first: Int, last: Int) {
        switch part {
        case .month(let month): (month, month)
        case .quarter(let quarter): (3 * quarter - 2, 3 * quarter)
        case .half(let half): (6 * half - 5, 6 * half)
        case .nineMonths: (1, 9)
        case .year: (1, 12)
        }
    }

    /// Its first and last day.
    ///
    /// - Parameter cutOff: the day of the month on which a period begins, 1 to 28; 1 means calendar months, 15 that November runs from 15
    ///   October to 14 November.
    public func days(cutOff: Int) -> ClosedRange<CalendarDate> {
        let first = Self.beginning(of: months.first, in: year, cutOff: cutOff)
        let next = months.last == 12 ? (1, year + 1) : (months.last + 1, year)
        return first...Self.beginning(of: next.0, in: next.1, cutOff: cutOff).adding(days: -1)
    }

    private static func beginning(of month: Int, in year: Int, cutOff: Int) -> CalendarDate {
        let start = cutOff == 1 ? (year, month) : month == 1 ? (year - 1, 12) : (year, month - 1)
        return CalendarDate(year: start.0, month: start.1, day: min(max(cutOff, 1), 28))
            ?? CalendarDate(dayNumber: 0)
    }

    /// The period of the same kind before; nine months are compared with those of the year before.
    public var previous: ReportPeriod? {
        switch part {
        case .month(let month): Self(year: month == 1 ? year - 1 : year, part: .month(month == 1 ? 12 : month - 1))
        case .quarter(let quarter): Self(year: quarter == 1 ? year - 1 : year, part: .quarter(quarter == 1 ? 4 : quarter - 1))
        case .half(let half): Self(year: half == 1 ? year - 1 : year, part: .half(half == 1 ? 2 : 1))
        case .nineMonths, .year: Self(year: year - 1, part: part)
        }
    }

    /// The month that a day belongs to.
    public static func month(of day: CalendarDate, cutOff: Int) -> ReportPeriod? {
        let isNext = cutOff > 1 && day.day >= cutOff
        let year = isNext && day.month == 12 ? day.year + 1 : day.year
        return Self(year: year, part: .month(isNext ? day.month % 12 + 1 : day.month))
    }

    /// The periods that the contract has reports of and that have ended, the latest of each kind: three months, two quarters, a year.
    ///
    /// Older ones are as they were: what the portal tells late reaches the months just past.
    ///
    /// - Parameter day: today.
    public static func ended(before day: CalendarDate, cutOff: Int) -> [ReportPeriod] {
        guard let month = month(of: day, cutOff: cutOff), case .month(let number) = month.part else { return [] }
        func past(_ period: ReportPeriod?, _ count: Int) -> [ReportPeriod] {
            Array(sequence(first: period) { $0?.previous }.prefix(count + 1).dropFirst().compactMap(\.self))
        }
        return past(month, 3) + past(Self(year: month.year, part: .quarter((number + 2) / 3)), 2)
            + past(Self(year: month.year, part: .year), 1)
    }
}
