public import FoundationEssentials

/// A day of the Gregorian calendar, without a time or a zone.
public struct CalendarDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 1 to 9999.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int

    /// A day; nil where the calendar has none such.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year) else {
            return nil
        }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `YYYY-MM-DD`, exactly.
    public init?(_ text: String) {
        guard let date = PartialDate(text), let day = date.day, let month = date.month else { return nil }
        self.init(year: date.year, month: month, day: day)
        guard description == text else { return nil }
    }

    /// `YYYY-MM-DD`.
    public var description: String { "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))" }

    /// `dd/MM/yyyy`, as people write it.
    public var spoken: String { "\(Self.padded(day, 2))/\(Self.padded(month, 2))/\(Self.padded(year, 4))" }

    /// Earlier days come first.
    public static func < (a: CalendarDate, b: CalendarDate) -> Bool {
        (a.year, a.month, a.day) < (b.year, b.month, b.day)
    }

    /// How many days a month has; 28 to 31.
    public static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01, negative before.
    public var dayNumber: Int {
        // Howard Hinnant's days_from_civil: years run from March, so that the leap day is a year's last.
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The day that is so many days after 1970-01-01.
    public init(dayNumber: Int) {
        let z = dayNumber + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Whether it is a Saturday or a Sunday.
    public var isWeekend: Bool {
        // 1 January 1970 was a Thursday.
        [2, 3].contains(((dayNumber % 7) + 7) % 7)
    }

    /// The day so many days later.
    public func adding(days: Int) -> CalendarDate { CalendarDate(dayNumber: dayNumber + days) }

    /// Completed years on another day; a person born on 29 February comes of age on 1 March (Civil Code 2015, articles 145 and 148).
    public func years(on other: CalendarDate) -> Int {
        other.year - year - ((other.month, other.day) < (month, day) ? 1 : 0)
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Viet Nam's time: UTC+7 the year round, since 1975.
public enum VietnamTime {
    private static let offset = 7 * 3600

    /// The day in Viet Nam at an instant.
    public static func day(of instant: Date) -> CalendarDate {
        CalendarDate(dayNumber: Int((instant.timeIntervalSince1970 + Double(offset)) / 86_400, rounding: .down))
    }

    /// Minutes since midnight in Viet Nam at an instant, 0 to 1439.
    public static func minute(of instant: Date) -> Int {
        let seconds = Int(instant.timeIntervalSince1970.rounded(.down)) + offset
        return ((seconds % 86_400) + 86_400) % 86_400 / 60
    }

    /// The instant at which a day reaches a minute in Viet Nam.
    public static func instant(_ day: CalendarDate, minute: Int) -> Date {
        Date(timeIntervalSince1970: Double(day.dayNumber * 86_400 + minute * 60 - offset))
    }

    /// RFC 3339 with Viet Nam's offset, to the second.
    public static func rfc3339(_ instant: Date) -> String {
        let seconds = Int(instant.timeIntervalSince1970.rounded(.down)) + offset
        let second = ((seconds % 60) + 60) % 60
        return "\(day(of: instant))T\(clock(instant)):\(CalendarDate.padded(second, 2))+07:00"
    }

    /// Reads an RFC 3339 instant with any offset; nil where the text is none.
    public static func instant(rfc3339 text: String) -> Date? {
        let plain = Date.ISO8601FormatStyle(includingFractionalSeconds: false)
        let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return (try? plain.parse(text)) ?? (try? fractional.parse(text))
    }

    /// `HH:mm` in Viet Nam.
    public static func clock(_ instant: Date) -> String {
        let minutes = minute(of: instant)
        return "\(CalendarDate.padded(minutes / 60, 2)):\(CalendarDate.padded(minutes % 60, 2))"
    }

    /// `HH:mm dd/MM/yyyy` in Viet Nam, as screens show it.
    public static func spoken(_ instant: Date) -> String {
        "\(clock(instant)) \(day(of: instant).spoken)"
    }

    /// Reads `YYYY-MM-DDTHH:mm`, a local time as the browser's own field gives it.
    public static func instant(local text: String) -> Date? {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let day = CalendarDate(String(parts[0])) else { return nil }
        let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 2, clock.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isASCIIDigit) }),
            let hour = Int(clock[0]), let minute = Int(clock[1]), hour < 24, minute < 60
        else { return nil }
        return instant(day, minute: hour * 60 + minute)
    }
}

extension Int {
    /// The whole number next to a value in a direction.
    init(_ value: Double, rounding rule: FloatingPointRoundingRule) {
        self.init(value.rounded(rule))
    }
}

extension Character {
    /// `0` to `9` and nothing else: Unicode has other digits, which no office accepts.
    var isASCIIDigit: Bool { isASCII && isNumber }
}
