import Foundation
import KioskDomain
import KioskSync
import Testing

@Suite struct ForecastTests {
    private let evening = VietnamTime.instant(rfc3339: "2022-04-08T18:00:00+07:00") ?? .distantPast

    private func forecast(
        _ work: QueuedWork, rate: Int? = 100_000, windows: [String] = ["22:00–05:00"], every: Int = 15, perDay: Int? = nil,
        sentToday: Int = 0, metered: Bool = false, now: Date? = nil
    ) -> Forecast {
        let schedule = Schedule(windows: windows.compactMap { SyncWindow($0) }, everyMinutes: every, kioskID: "kiosk-1")
        var conditions = Forecast.Conditions(schedule: schedule, bytesPerSecond: rate)
        conditions.bytesPerDay = perDay
        conditions.sentToday = sentToday
        conditions.isMetered = metered
        return Forecast(work, conditions, now: now ?? evening)
    }

    private let papers = QueuedWork(messages: 1, files: 8, largeBytes: 240_000_000)

    @Test func `forty minutes tonight`() {
        let found = forecast(papers)
        #expect(found.when == .once && found.minutes == 41 && found.goes == 1)
        #expect(found.words.vi == "Đêm nay gửi hết trong khoảng 41 phút.")
    }

    @Test func `three nights, where a night has seven hours less the kiosk's own start`() {
        let found = forecast(QueuedWork(files: 30, largeBytes: 6_000_000_000))
        #expect(found.when == .several && found.goes == 3 && found.words.vi == "Cần 3 đêm mới gửi hết.")
    }

    @Test func `an honest not known without a measurement, and nothing where nothing waits`() {
        #expect(forecast(papers, rate: nil).words.vi == "Chưa biết gửi mất bao lâu: máy chưa đo được tốc độ mạng.")
        #expect(forecast(papers, rate: nil).minutes == nil)
        #expect(forecast(QueuedWork(), rate: nil).words.vi == "Không còn gì chờ gửi.")
    }

    @Test func `a limit of the day makes nights of an hour's work; dossiers do not wait for it`() {
        let found = forecast(papers, perDay: 100_000_000)
        // A night has two days: 100 MB before midnight and 100 MB after it.
        #expect(found.when == .several && found.goes == 2)
        #expect(forecast(QueuedWork(messages: 40), perDay: 1, sentToday: 5).when == .once)
        #expect(forecast(papers, windows: [], perDay: 100_000_000).words.vi == "Cần khoảng 2 ngày mới gửi hết.")
    }

    @Test func `a metered line leaves large papers out and says so`() {
        let found = forecast(papers, metered: true)
        #expect(found.when == .once && found.minutes == 1 && found.heldBytes == 240_000_000)
        #expect(
            found.words.vi
                == "Đêm nay gửi hết trong khoảng 1 phút. Còn giấy tờ lớn (240,0 MB) chờ đến khi tắt «Mạng tính tiền».")
        let rest = forecast(QueuedWork(messages: 2, messagesBehindLarge: 2, files: 1, largeBytes: 1_000_000), metered: true)
        #expect(rest.when == .nothing && rest.words.vi.hasPrefix("Hồ sơ không kèm giấy tờ lớn đã gửi hết."))
    }

    @Test func `in the window what is left of it counts; in the daytime it is not called a night`() {
        let late = VietnamTime.instant(rfc3339: "2022-04-09T04:50:00+07:00") ?? .distantPast
        #expect(forecast(papers, now: late).goes == 2)
        let noon = forecast(papers, windows: ["11:30–13:30"])
        #expect(noon.words.vi == "Đến giờ gửi (11:30–13:30) thì gửi hết trong khoảng 41 phút.")
        #expect(forecast(papers, windows: []).words.vi == "Có mạng thì gửi hết trong khoảng 41 phút.")
        #expect(forecast(papers, every: 0).words.vi == "Bấm «Gửi ngay» thì gửi hết trong khoảng 41 phút.")
        #expect(forecast(QueuedWork(files: 1, largeBytes: 500_000_000), rate: 100).when == .beyond)
    }

    @Test func `the rate is that of the last five runs that carried enough, each by its bytes`() {
        func run(_ bytes: Int, _ rate: Int?) -> PastRun {
            PastRun(beganAt: evening, endedAt: evening, stop: nil, bytesSent: bytes, bytesPerSecond: rate)
        }
        #expect(Forecast.rate(of: []) == nil && Forecast.rate(of: [run(5, nil), run(0, 9)]) == nil)
        // 900 kB in 9 s and 100 kB in 1 s; a run that measured nothing counts for nothing.
        #expect(Forecast.rate(of: [run(900_000, 100_000), run(9, nil), run(100_000, 100_000)]) == 100_000)
        #expect(Forecast.rate(of: [run(1_000_000, 100_000), run(1_000_000, 25_000)]) == 40_000)
        let fast = [PastRun](repeating: run(1_000_000, 80_000), count: 5)
        #expect(Forecast.rate(of: fast + [run(9_000_000, 1)]) == 80_000)
    }
}
