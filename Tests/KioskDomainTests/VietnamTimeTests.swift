import Foundation
import KioskDomain
import KioskTestSupport
import Testing

@Suite struct VietnamTimeTests {
    private func utc(_ text: String) throws -> Date { try #require(VietnamTime.instant(rfc3339: text), "\(text)") }

    @Test(arguments: [
        ("2026-11-22T16:59:59Z", "2026-11-22", 1439), ("2026-11-22T17:00:00Z", "2026-11-23", 0),
        ("2026-11-22T17:00:59.999Z", "2026-11-23", 0), ("2026-11-22T17:01:00Z", "2026-11-23", 1),
        ("1969-12-31T16:59:59Z", "1969-12-31", 1439), ("1969-12-31T17:00:00Z", "1970-01-01", 0),
        ("1957-03-11T17:30:00Z", "1957-03-12", 30),
    ])
    func `the day turns at midnight of UTC+7`(instant: String, day: String, minute: Int) throws {
        let date = try utc(instant)
        #expect(VietnamTime.day(of: date).description == day)
        #expect(VietnamTime.minute(of: date) == minute)
    }

    @Test func `an instant is written with the offset and read back`() throws {
        #expect(VietnamTime.rfc3339(try utc("2026-11-23T01:02:03Z")) == "2026-11-23T08:02:03+07:00")
        #expect(VietnamTime.rfc3339(try utc("2026-11-22T17:00:00Z")) == "2026-11-23T00:00:00+07:00")
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let second = Double(random.int(-4_000_000_000...20_000_000_000))
            let date = Date(timeIntervalSince1970: second)
            #expect(VietnamTime.instant(rfc3339: VietnamTime.rfc3339(date)) == date, "\(second)")
            let fraction = Date(timeIntervalSince1970: second + 0.75)
            #expect(VietnamTime.rfc3339(fraction) == VietnamTime.rfc3339(date), "\(second)")
        }
    }

    @Test func `other offsets and fractions are read, other texts are not`() throws {
        let same = ["2026-11-23T08:00:00+07:00", "2026-11-23T01:00:00Z", "2026-11-22T20:00:00-05:00", "2026-11-23T01:00:00.000Z"]
        #expect(Set(try same.map(utc)).count == 1)
        for text in ["", "2026-11-23", "2026-11-23T08:00:00", "hôm nay", "2026-13-01T00:00:00Z"] {
            #expect(VietnamTime.instant(rfc3339: text) == nil, "\(text)")
        }
    }

    @Test func `a day and a minute give the instant`() throws {
        let day = try #require(CalendarDate("2022-04-08"))
        #expect(VietnamTime.instant(day, minute: 0) == (try utc("2022-04-08T00:00:00+07:00")))
        #expect(VietnamTime.instant(day, minute: 23 * 60) == (try utc("2022-04-08T23:00:00+07:00")))
        #expect(VietnamTime.spoken(VietnamTime.instant(day, minute: 19 * 60 + 5)) == "19:05 08/04/2022")
    }

    @Test func `the browser's local time is read, and only that`() throws {
        #expect(VietnamTime.instant(local: "2022-04-08T19:30") == (try utc("2022-04-08T19:30:00+07:00")))
        for text in [
            "2022-04-08", "2022-04-08T24:00", "2022-04-08T19:60", "2022-04-08T9:30", "2022-04-08T19:30:00", "2022-02-30T10:00",
            "2022-04-08 19:30", "2022-04T19:30", "08/04/2022T19:30", "2022-04-08T１９:30", "T19:30", "",
        ] {
            #expect(VietnamTime.instant(local: text) == nil, "\(text)")
        }
    }
}
