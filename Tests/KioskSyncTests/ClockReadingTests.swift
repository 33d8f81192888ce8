import Foundation
import KioskDomain
import KioskTestSupport
import Testing

@testable import KioskSync

@Suite("This machine's clock beside the portal's")
struct ClockReadingTests {
    private let noon = Date(timeIntervalSince1970: 1_700_000_000)
    private let year = 365.25 * 86_400

    @Test func `since the same start any error is known, however the clock was set meanwhile`() {
        var random = SeededGenerator(seed: 99)
        for _ in 0..<10_000 {
            func years(_ most: Int) -> Double { Double(random.int(-most * 1000...most * 1000)) / 1000 * year }
            let (then, wrong) = (years(40), years(40))
            let up = Double(random.int(0...10_000_000))
            let passed = Double(random.int(0...50_000_000))
            let reading = ClockReading(
                portal: noon, kiosk: noon + then, boot: BootTime(boot: "a", seconds: up))
            let found = reading.error(now: noon + passed + wrong, boot: BootTime(boot: "a", seconds: up + passed))
            if abs(wrong) >= ClockError.told + 1 {
                #expect(found.map { abs($0.ahead - wrong) < 0.01 } == true, "\(wrong)")
            } else if abs(wrong) < ClockError.told - 1 {
                #expect(found == nil)
            }
        }
    }

    @Test func `after another start only what cannot be otherwise is told`() {
        let right = ClockReading(portal: noon, kiosk: noon + 2, boot: BootTime(boot: "a", seconds: 500))
        let other = BootTime(boot: "b", seconds: 10)
        // A flat battery: the clock began anew in 2000.
        #expect(right.error(now: noon - 20 * year, boot: other)?.ahead == -20 * year)
        // Years may have passed.
        #expect(right.error(now: noon + 3 * year, boot: other) == nil)
        #expect(right.error(now: noon + 3 * year, boot: nil) == nil)
        let fast = ClockReading(portal: noon, kiosk: noon + 2 * year, boot: nil)
        #expect(fast.error(now: noon + 2 * year + 3600, boot: other)?.ahead == 2 * year)
        #expect(fast.error(now: noon + 3600, boot: other) == nil, "it was set right")
        let slow = ClockReading(portal: noon, kiosk: noon - year, boot: nil)
        #expect(slow.error(now: noon - year + 3600, boot: other)?.ahead == 3600 - year)
        #expect(slow.error(now: noon + 60, boot: other) == nil, "it was set right")
    }

    private static let told: [(Double, String, String)] = [
        (63_115_200, "nhanh khoảng 2 năm", "2 years fast"), (-31_104_000, "chậm khoảng 1 năm", "1 year slow"),
        (-3_456_000, "chậm khoảng 1 tháng", "1 month slow"), (86_000, "nhanh khoảng 1 ngày", "1 day fast"),
        (25_200, "nhanh khoảng 7 giờ", "7 hours fast"), (-301, "chậm khoảng 5 phút", "5 minutes slow"),
    ]

    @Test(arguments: told)
    func `it is told as people say it`(ahead: Double, vi: String, en: String) throws {
        let sentence = try #require(ClockError(ahead: ahead)).sentence
        #expect(sentence.vi == "Đồng hồ máy chạy \(vi)." && sentence.en == "This machine's clock is about \(en).")
        #expect(ClockError(ahead: 299) == nil && ClockError(ahead: -299) == nil)
    }
}
