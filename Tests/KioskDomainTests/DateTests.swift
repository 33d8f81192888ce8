import KioskDomain
import KioskTestSupport
import Testing

@Suite struct PartialDateTests {
    @Test(arguments: [
        ("1957", "1957"), ("1957-03", "1957-03"), ("1957-3", "1957-03"), ("1957-03-12", "1957-03-12"),
        ("12/03/1957", "1957-03-12"),
        ("12-3-1957", "1957-03-12"), ("12.03.1957", "1957-03-12"), ("3/1957", "1957-03"), ("03/1957", "1957-03"),
        (" 12/03/1957\n", "1957-03-12"), ("29/02/2000", "2000-02-29"), ("0001-01-01", "0001-01-01"), ("31/12/9999", "9999-12-31"),
    ])
    func `every way of writing it is read`(text: String, stored: String) {
        #expect(PartialDate(text)?.description == stored)
    }

    @Test(arguments: [
        "", " ", "-", "57", "12/03/57", "195", "19577", "0000", "1957-00", "1957-13", "13/1957", "1957-02-29", "29/02/1900",
        "31/04/2000", "1957-03-32", "1957-03-00", "1957--03", "/1957", "1957/", "12/03/1957/1", "12 / 03 / 1957", "1957-003",
        "1957-03-12T00:00", "1957a", "१९५७", "１９５７", "-1957", "+1957", "1957-+3",
    ])
    func `what is no date is refused`(text: String) {
        #expect(PartialDate(text) == nil)
    }

    @Test func `what is not known is not made up`() throws {
        let year = try #require(PartialDate("1957"))
        #expect(year.month == nil && year.day == nil && year.description == "1957" && year.spoken == "1957")
        let month = try #require(PartialDate("3/1957"))
        #expect(month.month == 3 && month.day == nil && month.description == "1957-03" && month.spoken == "03/1957")
        #expect(year.earliest == CalendarDate(year: 1957, month: 1, day: 1))
        #expect(month.earliest == CalendarDate(year: 1957, month: 3, day: 1))
        #expect(PartialDate("12/03/1957")?.earliest == CalendarDate(year: 1957, month: 3, day: 12))
    }

    @Test func `both written forms are read back as the same date`() throws {
        var random = SeededGenerator(seed: 57)
        for _ in 0..<5000 {
            let date = CalendarDate(dayNumber: random.int(-719_162...2_932_896))
            let known = random.int(1...3)
            let text = String(date.description.prefix([4, 7, 10][known - 1]))
            let read = try #require(PartialDate(text), "\(text)")
            #expect(read.description == text)
            #expect(PartialDate(read.spoken) == read, "\(text)")
        }
    }
}

@Suite struct CalendarDateTests {
    @Test func `days are numbered without a gap from 0001 to 9999`() throws {
        let first = try #require(CalendarDate(year: 1, month: 1, day: 1))
        let last = try #require(CalendarDate(year: 9999, month: 12, day: 31))
        #expect(first.dayNumber == -719_162 && last.dayNumber == 2_932_896)
        #expect(CalendarDate(year: 1970, month: 1, day: 1)?.dayNumber == 0)
        #expect(CalendarDate(year: 2026, month: 11, day: 25)?.dayNumber == 20_782)
        var before = first
        for number in stride(from: first.dayNumber, through: last.dayNumber, by: 97) {
            let date = CalendarDate(dayNumber: number)
            #expect(date.dayNumber == number)
            #expect(CalendarDate(date.description) == date)
            #expect(CalendarDate(year: date.year, month: date.month, day: date.day) == date)
            #expect(before <= date)
            before = date
            #expect(date.adding(days: 1).dayNumber == number + 1 && date < date.adding(days: 1))
        }
    }

    @Test(arguments: [(2000, 29), (1900, 28), (2100, 28), (2024, 29), (2023, 28), (4, 29), (100, 28), (400, 29)])
    func `leap years`(year: Int, days: Int) {
        #expect(CalendarDate.days(inMonth: 2, of: year) == days)
        #expect((CalendarDate(year: year, month: 2, day: 29) != nil) == (days == 29))
        let march = CalendarDate(year: year, month: 3, day: 1)
        #expect(march?.adding(days: -1).day == days)
    }

    @Test func `a year has the months of the calendar`() {
        #expect((1...12).map { CalendarDate.days(inMonth: $0, of: 2023) } == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
        for (year, month, day) in [
            (0, 1, 1), (10_000, 1, 1), (2023, 0, 1), (2023, 13, 1), (2023, 4, 31), (2023, 1, 0), (2023, 1, -1),
        ] {
            #expect(CalendarDate(year: year, month: month, day: day) == nil)
        }
    }

    @Test(arguments: ["2023-1-1", "01/02/2023", "2023", "2023-01", " 2023-01-01", "2023-01-01 ", "2023.01.01", "2023/01/01"])
    func `only the wire's own form is read`(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test func `age grows on the birthday, on 1 March for who was born on 29 February`() throws {
        let leap = try #require(CalendarDate("2004-02-29"))
        for (day, age) in [("2022-02-28", 17), ("2022-03-01", 18), ("2024-02-28", 19), ("2024-02-29", 20), ("2004-02-29", 0)] {
            #expect(leap.years(on: try #require(CalendarDate(day))) == age, "\(day)")
        }
        let born = try #require(CalendarDate("1994-03-12"))
        #expect(born.years(on: try #require(CalendarDate("2022-03-11"))) == 27)
        #expect(born.years(on: try #require(CalendarDate("2022-03-12"))) == 28)
        #expect(born.years(on: try #require(CalendarDate("1990-01-01"))) < 0)
    }

    @Test func `a day is spoken as people write it`() {
        #expect(CalendarDate("2022-04-08")?.spoken == "08/04/2022")
    }

    @Test func `a time of a day is read as people write it`() {
        for text in [
            "19:30 08/04/2022", "19h30 8/4/2022", "8-4-2022 19:30", "19g30 08.04.2022", "19:30  2022-04-08", "08/04/2022 19H30",
        ] { #expect(VietnamTime.local(spoken: text) == "2022-04-08T19:30", "\(text)") }
        #expect(VietnamTime.local(spoken: "7h 08/04/2022") == "2022-04-08T07:00")
        #expect(VietnamTime.local(spoken: "7:05 29/02/2024") == "2024-02-29T07:05")
        for text in [
            "", "19:30", "08/04/2022", "24:00 08/04/2022", "19:60 08/04/2022", "19:3 08/04/2022", "19: 08/04/2022",
            "19:30 30/02/2022",
            "19:30 04/2022", "19:30 2022", "19:30 08/04/2022 x", "h30 08/04/2022", "19:30:00 08/04/2022", "-1:30 08/04/2022",
            "１９:30 08/04/2022", "2022-04-08T19:30",
        ] { #expect(VietnamTime.local(spoken: text) == nil, "\(text)") }
    }
}
