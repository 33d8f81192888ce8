import Foundation
import KioskTestSupport
import Testing

@testable import HTTPServing

@Suite struct HTTPDateTests {
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
    ]) func `known dates`(seconds: Int, text: String) {
        #expect(HTTPDate.text(Date(timeIntervalSince1970: Double(seconds))) == text)
    }

    @Test func `any date is as Foundation writes it`() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let seed: UInt64 = 0xDA7E
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let date = Date(timeIntervalSince1970: Double(generator.int(-2_000_000_000...8_000_000_000)))
            #expect(HTTPDate.text(date) == formatter.string(from: date), "seed \(seed)")
        }
    }
}
