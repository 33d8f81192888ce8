public import FoundationEssentials
public import KioskDomain

/// What waits to be sent.
public struct QueuedWork: Codable, Equatable, Sendable {
    /// Dossiers, accounts and whatever else is no file.
    public var messages: Int
    /// Those of `messages` that large files have to go before.
    public var messagesBehindLarge: Int
    /// Files.
    public var files: Int
    /// Bytes of files that go at any time.
    public var bytes: Int
    /// Bytes of large files that limits can hold up.
    public var largeBytes: Int

    /// What waits.
    public init(messages: Int = 0, messagesBehindLarge: Int = 0, files: Int = 0, bytes: Int = 0, largeBytes: Int = 0) {
        self.messages = messages
        self.messagesBehindLarge = messagesBehindLarge
        self.files = files
        self.bytes = bytes
        self.largeBytes = largeBytes
    }
}

/// How long what waits will take, from what the line carried lately: an estimate, or that none is possible.
public struct Forecast: Codable, Equatable, Sendable {
    /// When all is sent.
    public enum When: String, Codable, Sendable {
        /// Nothing waits.
        case nothing
        /// Nothing was measured yet.
        case unknown
        /// In one go, which takes `minutes`.
        case once
        /// In `goes` nights, or days where there are no windows.
        case several
        /// Not within the next two months.
        case beyond
        /// Only when someone asks for it: this kiosk does not send by itself.
        case onRequest = "on-request"
    }
    /// When all is sent that may go.
    public var when: When
    /// Minutes of sending, rounded up; nil where nothing was measured.
    public var minutes: Int?
    /// In how many nights, or days where there are no windows.
    public var goes: Int?
    /// Bytes of large files that wait for another line.
    public var heldBytes: Int
    /// The words.
    public var words: LocalText

    /// What decides it besides what waits.
    public struct Conditions: Sendable {
        /// When the kiosk sends by itself.
        public var schedule: Schedule
        /// Bytes a second (``Forecast/rate(of:)``).
        public var bytesPerSecond: Int?
        /// The most bytes in a day.
        public var bytesPerDay: Int?
        /// Those sent today.
        public var sentToday = 0
        /// Whether the line is paid by the byte.
        public var isMetered = false

        /// A kiosk without limits.
        public init(schedule: Schedule, bytesPerSecond: Int?) {
            self.schedule = schedule
            self.bytesPerSecond = bytesPerSecond
        }
    }

    /// Bytes a second of the last five runs that carried enough to tell; nil where none did.
    ///
    /// - Parameter runs: the newest first.
    public static func rate(of runs: [PastRun]) -> Int? {
        let measured = runs.filter { $0.bytesPerSecond ?? 0 > 0 && $0.bytesSent > 0 }.prefix(5)
        let seconds = measured.reduce(0.0) { $0 + Double($1.bytesSent) / Double($1.bytesPerSecond ?? 1) }
        guard seconds > 0 else { return nil }
        return max(1, Int(Double(measured.reduce(0) { $0 + $1.bytesSent }) / seconds))
    }

    /// The estimate.
    public init(_ work: QueuedWork, _ conditions: Conditions, now: Date) {
        heldBytes = conditions.isMetered ? work.largeBytes : 0
        let messages = work.messages - (conditions.isMetered ? work.messagesBehindLarge : 0)
        let small = work.bytes + messages * LineGauge.message
        let large = work.largeBytes - heldBytes
        minutes = nil
        goes = nil
        if small + large == 0 {
            when = .nothing
        } else if let rate = conditions.bytesPerSecond {
            minutes = Int((Double(small + large) / Double(rate) / 60).rounded(.up))
            if conditions.schedule.everyMinutes == 0 {
                when = .onRequest
            } else if let found = Self.goes(small: small, large: large, rate: Double(rate), conditions, now: now) {
                when = found == 1 ? .once : .several
                goes = found
            } else {
                when = .beyond
            }
        } else {
            when = .unknown
        }
        words = LocalText(vi: "", en: "")
        words = sentence(conditions, now: now)
    }

    private static let horizon = 60

    /// In how many nights, or days, all is sent; nil where two months are not enough.
    private static func goes(small: Int, large: Int, rate: Double, _ conditions: Conditions, now: Date) -> Int? {
        var small = Double(small)
        var large = Double(large)
        var budgetDay = VietnamTime.day(of: now)
        var budget = conditions.bytesPerDay.map { Double(max(0, $0 - conditions.sentToday)) } ?? .infinity
        for (count, night) in openings(conditions.schedule, now: now).enumerated() {
            var from = night.begins
            while from < night.ends {
                let day = VietnamTime.day(of: from)
                if day != budgetDay { (budgetDay, budget) = (day, conditions.bytesPerDay.map(Double.init) ?? .infinity) }
                let until = min(night.ends, VietnamTime.instant(day.adding(days: 1), minute: 0))
                var carried = rate * until.timeIntervalSince(from)
                let first = min(small, carried)
                small -= first
                carried -= first
                budget -= first
                let then = min(large, carried, max(0, budget))
                large -= then
                budget -= then
                // Less than a byte is rounding.
                if small + large < 1 { return count + 1 }
                from = until
            }
        }
        return nil
    }

    /// The nights from now on; days where the kiosk sends at any time.
    private static func openings(_ schedule: Schedule, now: Date) -> [Schedule.Night] {
        if schedule.windows.isEmpty {
            return (0..<horizon).map { day in
                let begins = now.addingTimeInterval(Double(day) * 86_400)
                return Schedule.Night(begins: begins, ends: begins.addingTimeInterval(86_400))
            }
        }
        return schedule.nights(around: now, days: horizon).filter { $0.ends > now }.map { night in
            Schedule.Night(begins: max(now, schedule.start(night)), ends: night.ends)
        }
    }

    private func sentence(_ conditions: Conditions, now: Date) -> LocalText {
        let windows = conditions.schedule.windows
        let isNightly = !windows.isEmpty && windows.allSatisfy { $0.from >= 17 * 60 || $0.from < 5 * 60 }
        let time = Self.spoken(minutes: minutes ?? 0)
        let held =
            heldBytes > 0
            ? LocalText(
                vi: " Còn giấy tờ lớn (\(Self.megabytes(heldBytes, ","))) chờ đến khi tắt «Mạng tính tiền».",
                en: " Large papers (\(Self.megabytes(heldBytes, "."))) wait until “Metered line” is switched off.")
            : LocalText(vi: "", en: "")
        let main: LocalText
        switch when {
        case .nothing where heldBytes > 0:
            main = LocalText(vi: "Hồ sơ không kèm giấy tờ lớn đã gửi hết.", en: "All but large papers is sent.")
        case .nothing: main = LocalText(vi: "Không còn gì chờ gửi.", en: "Nothing waits to be sent.")
        case .unknown:
            main = LocalText(
                vi: "Chưa biết gửi mất bao lâu: máy chưa đo được tốc độ mạng.",
                en: "Not known yet how long it takes: the line's speed has not been measured.")
        case .onRequest:
            main = LocalText(
                vi: "Bấm «Gửi ngay» thì gửi hết trong khoảng \(time.vi).",
                en: "Press “Send now”: all is sent in about \(time.en).")
        case .once where windows.isEmpty:
            main = LocalText(
                vi: "Có mạng thì gửi hết trong khoảng \(time.vi).", en: "With a line all is sent in about \(time.en).")
        case .once where isNightly:
            main = LocalText(vi: "Đêm nay gửi hết trong khoảng \(time.vi).", en: "Tonight all is sent in about \(time.en).")
        case .once:
            main = LocalText(
                vi: "Đến giờ gửi (\(windows.map(\.description).joined(separator: ", "))) thì gửi hết trong khoảng \(time.vi).",
                en:
                    "In the hours of sending (\(windows.map(\.description).joined(separator: ", "))) all is sent in about \(time.en)."
            )
        case .several:
            let count = goes ?? 0
            main =
                windows.isEmpty
                ? LocalText(vi: "Cần khoảng \(count) ngày mới gửi hết.", en: "It takes about \(count) days to send all.")
                : isNightly
                    ? LocalText(vi: "Cần \(count) đêm mới gửi hết.", en: "It takes \(count) nights to send all.")
                    : LocalText(vi: "Cần \(count) lượt giờ gửi mới hết.", en: "It takes \(count) of its hours to send all.")
        case .beyond:
            main = LocalText(
                vi: "Hơn hai tháng cũng chưa gửi hết: hãy nới giờ gửi hoặc giới hạn dung lượng.",
                en: "Two months are not enough: widen the hours of sending or the limits.")
        }
        return LocalText(vi: main.vi + held.vi, en: main.en + held.en)
    }

    private static func spoken(minutes: Int) -> LocalText {
        if minutes <= 1 { return LocalText(vi: "1 phút", en: "1 minute") }
        if minutes <= 90 { return LocalText(vi: "\(minutes) phút", en: "\(minutes) minutes") }
        let hours = (minutes + 30) / 60
        return LocalText(vi: "\(hours) giờ", en: "\(hours) hours")
    }

    private static func megabytes(_ bytes: Int, _ point: String) -> String {
        let tenths = max(1, (bytes * 10 + 500_000) / 1_000_000)
        return "\(tenths / 10)\(point)\(tenths % 10) MB"
    }
}
