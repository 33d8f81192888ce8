public import FoundationEssentials
public import JSONTree

/// Which days offices work: Monday to Friday, but for holidays, and a few Saturdays that make up for one.
public struct WorkingDays: Equatable, Sendable {
    private let holidays: Set<Int>
    private let workedWeekends: Set<Int>

    /// A calendar of working days.
    ///
    /// - Parameters:
    ///   - holidays: working days of the week on which offices are closed.
    ///   - workedWeekends: Saturdays and Sundays on which they work in exchange.
    public init(holidays: [CalendarDate] = [], workedWeekends: [CalendarDate] = []) {
        self.holidays = Set(holidays.map(\.dayNumber))
        self.workedWeekends = Set(workedWeekends.map(\.dayNumber))
    }

    /// Reads a table of holidays: `{"days": [{"day": "YYYY-MM-DD", "name", "source", "works"?: true}]}`.
    ///
    /// - Throws: ``JSONFault`` that names the faulty day.
    public init(json: Data) throws(JSONFault) {
        let table = try JSONText.decode(Table.self, from: json, json5: true)
        var closed: [CalendarDate] = []
        var worked: [CalendarDate] = []
        for entry in table.days {
            guard let day = CalendarDate(entry.day) else { throw JSONFault("/days: \(entry.day) is no day") }
            if entry.works == true { worked.append(day) } else { closed.append(day) }
        }
        self.init(holidays: closed, workedWeekends: worked)
    }

    private struct Table: Decodable {
        let days: [Entry]
        struct Entry: Decodable {
            let day: String
            let works: Bool?
        }
    }

    /// Whether offices work on a day.
    public func isWorking(_ day: CalendarDate) -> Bool {
        day.isWeekend ? workedWeekends.contains(day.dayNumber) : !holidays.contains(day.dayNumber)
    }

    /// The last day of a time limit of so many working days; the day on which it begins does not count
    /// (Bộ luật Dân sự 91/2015/QH13, article 147).
    public func due(after day: CalendarDate, days: Int) -> CalendarDate {
        var date = day
        var left = days
        while left > 0 {
            date = date.adding(days: 1)
            if isWorking(date) { left -= 1 }
        }
        return date
    }
}
