internal import FoundationEssentials

/// Dates and times as the portal writes them: Vietnam's time, UTC+7 all year.
enum PortalTime {
    /// Seconds that Vietnam is ahead of UTC.
    private static let offset = 7 * 3600
    private static let daySeconds = 86_400

    /// RFC 3339 with the offset `+07:00`, whole seconds.
    static func text(_ date: Date) -> String {
        let (day, second) = split(date, offset: offset)
        let (year, month, dayOfMonth) = civil(day)
        return "\(year)-\(two(month))-\(two(dayOfMonth))T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))+07:00"
    }

    /// The date in a dossier code: `yyMMdd`.
    static func codeDay(_ date: Date) -> String {
        let (year, month, day) = civil(split(date, offset: offset).day)
        return two(year % 100) + two(month) + two(day)
    }

    /// An HTTP date (RFC 9110, section 5.6.7).
    static func http(_ date: Date) -> String {
        let (day, second) = split(date, offset: 0)
        let (year, month, dayOfMonth) = civil(day)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        return "\(weekdays[weekday(day)]), \(two(dayOfMonth)) \(months[month - 1]) \(year) "
            + "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)) GMT"
    }

    /// Five in the afternoon of the day that is some working days (Monday to Friday) later.
    ///
    /// Public holidays are not known here: a training portal has no calendar of them.
    static func due(workingDays: Int, after date: Date) -> String {
        var day = split(date, offset: offset).day
        var left = workingDays
        while left > 0 {
            day += 1
            if (1...5).contains(weekday(day)) { left -= 1 }
        }
        return closing(of: day)
    }

    /// Five in the afternoon of the day that is some calendar days later.
    static func due(calendarDays: Int, after date: Date) -> String {
        closing(of: split(date, offset: offset).day + calendarDays)
    }

    /// A text of the form `2026-11-25T08:30:00+07:00` for people: `08:30 25/11/2026`; other texts as they are.
    static func forPeople(_ text: String) -> String {
        let parts = text.split(separator: "T")
        guard parts.count == 2, parts[1].utf8.count >= 5 else { return text }
        let date = parts[0].split(separator: "-")
        guard date.count == 3 else { return text }
        return "\(parts[1].prefix(5)) \(date[2])/\(date[1])/\(date[0])"
    }

    /// The instant that an officer wrote: a day (`YYYY-MM-DD`, five in the afternoon) or RFC 3339 itself; nil for anything else.
    static func instant(_ text: String) -> String? {
        let pattern = #/[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?/#
        guard let match = text.wholeMatch(of: pattern) else { return nil }
        return match.output.3 == nil ? text + "T17:00:00+07:00" : text
    }

    private static func closing(of day: Int) -> String {
        let (year, month, dayOfMonth) = civil(day)
        return "\(year)-\(two(month))-\(two(dayOfMonth))T17:00:00+07:00"
    }

    private static func split(_ date: Date, offset: Int) -> (day: Int, second: Int) {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down)) + offset
        let day = Int((Double(seconds) / Double(daySeconds)).rounded(.down))
        return (day, seconds - day * daySeconds)
    }

    /// 0 for Sunday; the first of January 1970 was a Thursday.
    private static func weekday(_ day: Int) -> Int { (((day + 4) % 7) + 7) % 7 }

    /// Civil date from a day number (Howard Hinnant, "chrono-compatible low-level date algorithms").
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
