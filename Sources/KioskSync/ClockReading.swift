public import FoundationEssentials
public import KioskDomain

/// Time since a machine started, its sleep included: it never jumps, and says nothing once the machine starts anew.
public struct BootTime: Codable, Equatable, Sendable {
    /// Which start it counts from.
    public var boot: String
    /// Seconds since then.
    public var seconds: Double

    /// Time since a start.
    public init(boot: String, seconds: Double) {
        self.boot = boot
        self.seconds = seconds
    }
}

/// The last time that the portal told (its `Date`), beside this machine's clocks at that moment (portal-contract.md, "Ground
/// rules").
public struct ClockReading: Codable, Equatable, Sendable {
    /// What the portal said.
    public var portal: Date
    /// What this machine's clock said.
    public var kiosk: Date
    /// Time since this machine started; nil where it cannot be had.
    public var boot: BootTime?

    /// A reading.
    public init(portal: Date, kiosk: Date, boot: BootTime?) {
        self.portal = portal
        self.kiosk = kiosk
        self.boot = boot
    }

    /// How wrong this machine's clock is now; nil where it is right to five minutes, or nothing speaks against it.
    ///
    /// Since the same start the true time is known. After another it is only known to be later than what the portal said, and a clock
    /// that was ahead then is still ahead unless it was set back.
    public func error(now: Date, boot current: BootTime?) -> ClockError? {
        let ahead: Double
        if let boot, let current, boot.boot == current.boot, current.seconds >= boot.seconds {
            ahead = now.timeIntervalSince(portal) - (current.seconds - boot.seconds)
        } else if now < portal {
            ahead = now.timeIntervalSince(portal)
        } else {
            ahead = now >= kiosk ? max(0, kiosk.timeIntervalSince(portal)) : 0
        }
        return ClockError(ahead: ahead)
    }
}

/// A clock of this machine that is wrong by more than five minutes.
public struct ClockError: Codable, Equatable, Sendable {
    /// Seconds that it is ahead of the portal's; negative: behind.
    public let ahead: Double

    /// From so many seconds on a person is told: a deadline of 23:00 would be missed, a certificate refused.
    public static let told = 300.0

    /// Nil where it is less than what is told.
    public init?(ahead: Double) {
        guard abs(ahead) >= Self.told else { return nil }
        self.ahead = ahead
    }

    /// How wrong it is.
    public var sentence: LocalText {
        let (vi, en) = amount
        return ahead > 0
            ? LocalText(vi: "Đồng hồ máy chạy nhanh khoảng \(vi).", en: "This machine's clock is about \(en) fast.")
            : LocalText(vi: "Đồng hồ máy chạy chậm khoảng \(vi).", en: "This machine's clock is about \(en) slow.")
    }

    /// What to do about it.
    public var advice: LocalText {
        LocalText(
            vi: "Hãy chỉnh lại ngày và giờ của máy cho đúng. Hồ sơ đã ghi nhận vẫn an toàn.",
            en: "Set the machine's date and time right. What was sealed is safe.")
    }

    private var amount: (String, String) {
        let seconds = abs(ahead)
        let units: [(Double, String, String)] = [
            (365.25 * 86_400, "năm", "year"), (30.44 * 86_400, "tháng", "month"), (86_400, "ngày", "day"), (3600, "giờ", "hour"),
            (60, "phút", "minute"),
        ]
        let (unit, vi, en) = units.first { seconds / $0.0 >= 0.95 } ?? (60, "phút", "minute")
        let count = Int((seconds / unit).rounded())
        return ("\(count) \(vi)", "\(count) \(en)\(count == 1 ? "" : "s")")
    }
}
