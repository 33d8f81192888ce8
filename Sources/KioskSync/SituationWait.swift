internal import FoundationEssentials
internal import KioskDomain

extension Situation {
    /// Why an operation waits, what ends it and whose move it is; part of ``Situation``'s words.
    struct Wait {
        let why: (String, String)
        let next: (String, String)
        let mover: Mover
        var tone = Tone.info
        /// Whether a limit holds it up.
        var isHeld = false
        /// The fault of the last attempt.
        var reason: RetryReason?

        init(_ operation: OperationFacts, _ outlook: Outlook) {
            let isLarge = operation.size > SendLimits.largeFile && !operation.isWantedToday
            if isLarge, outlook.isMetered {
                self.init(
                    ("Mạng tính tiền nên giấy tờ lớn chưa gửi.", "The line is paid by the byte, so large papers wait."),
                    (
                        "Tắt «Mạng tính tiền» ở trang Gửi lên cổng thì máy gửi.",
                        "Switch “Metered line” off on the page Send to the portal."
                    ),
                    .villageHead, tone: .warn, isHeld: true)
            } else if isLarge, outlook.isDayUsedUp {
                self.init(
                    ("Hôm nay máy đã gửi hết dung lượng cho phép.", "The bytes of today are used up."),
                    ("Sang ngày mai máy gửi tiếp.", "It goes on tomorrow."), .time, isHeld: true)
            } else if operation.needs > 0 {
                self.init(
                    ("Tài khoản hoặc tệp của hồ sơ phải lên cổng trước.", "The account or the files have to be there first."),
                    Self.next(outlook), Self.mover(outlook))
            } else if let reason = operation.reason.flatMap(RetryReason.init), reason != .stopped {
                self.init(reason, at: max(operation.notBefore, outlook.next ?? operation.notBefore), outlook)
            } else {
                self.init(stop: outlook.lastStop, outlook)
            }
        }

        private init(
            _ why: (String, String), _ next: (String, String), _ mover: Mover, tone: Tone = .info, isHeld: Bool = false,
            reason: RetryReason? = nil
        ) {
            self.why = why
            self.next = next
            self.mover = mover
            self.tone = tone
            self.isHeld = isHeld
            self.reason = reason
        }

        /// Its own last attempt failed.
        private init(_ reason: RetryReason, at instant: Date, _ outlook: Outlook) {
            let again = Self.again(instant, outlook)
            switch reason {
            case .line(let trouble): self.init(trouble, again, outlook, reason: reason)
            case .portalBusy:
                self.init(
                    ("Lần trước cổng bận hoặc trục trặc.", "The portal was busy or ill the last time."),
                    ("Máy tự thử lại\(again.0).", "The machine tries again\(again.1)."), .portal, reason: reason)
            case .codeTooSoon:
                self.init(
                    ("Cổng vừa gửi mã, chưa gửi thêm được.", "The portal has just sent a code and sends no other yet."),
                    ("Máy xin lại\(again.0).", "The machine asks again\(again.1)."), .time, reason: reason)
            case .absent:
                self.init(
                    ("Cổng không còn giữ hồ sơ này.", "The portal does not hold this dossier any more."),
                    ("Máy gửi lại từ đầu\(again.0), không gửi trùng.", "The machine sends it anew\(again.1), never twice."),
                    .machine, reason: reason)
            case .older:
                self.init(
                    (
                        "Cổng đưa ra bản cũ hơn bản đã xác nhận.",
                        "The portal shows an older copy than the one it had confirmed."
                    ),
                    ("Máy hỏi lại lần nữa cho chắc\(again.0).", "The machine asks once more to be sure\(again.1)."), .machine,
                    tone: .warn, reason: reason)
            case .uploadRestart:
                self.init(
                    ("Cổng không còn giữ phần đã gửi.", "The portal no longer holds what was sent."),
                    ("Máy gửi lại tệp từ đầu\(again.0).", "The machine sends the file anew\(again.1)."), .machine, reason: reason)
            case .authentication:
                self.init(Self.refused.why, Self.refused.next, .villageHead, tone: .bad, reason: reason)
            case .stopped: self.init(("", ""), Self.next(outlook), Self.mover(outlook))
            }
        }

        /// The line stands in its way.
        private init(_ trouble: LineTrouble, _ again: (String, String), _ outlook: Outlook, reason: RetryReason?) {
            let words = LineTroubleWords(trouble, clock: outlook.clockError)
            self.init(
                (words.why.vi, words.why.en),
                (
                    "\(words.advice.vi) Máy thử lại\(again.0).", "\(words.advice.en) The machine tries again\(again.1)."
                ), words.mover, tone: words.mover == .line ? .info : .warn, reason: reason)
        }

        /// It was not tried yet: what stopped the last run stands in its way too.
        private init(stop: SyncReport.Stop?, _ outlook: Outlook) {
            if stop == .line, let trouble = outlook.lastTrouble {
                // It is tried as soon as a probe finds the line, whatever the hour.
                self.init(trouble, Self.again(outlook.now, outlook), outlook, reason: nil)
                return
            }
            switch stop {
            case .line:
                self.init(
                    ("Máy chưa tới được cổng.", "The portal is out of reach."),
                    ("Có mạng là máy gửi. Không cần làm gì.", "It is sent when there is a line. Nothing to do."), .line)
            case .authentication: self.init(Self.refused.why, Self.refused.next, .villageHead, tone: .bad)
            case .portalBusy: self.init(("Cổng đang bận.", "The portal is busy."), Self.next(outlook), .portal)
            case nil, .cancelled, .windowClosed, .brokenOff: self.init(("", ""), Self.next(outlook), Self.mover(outlook))
            }
        }

        private static let refused = (
            why: ("Cổng không nhận mã của máy này.", "The portal refuses this machine's id or secret."),
            next: (
                "Báo Công an xã kiểm tra mã kiosk và mật khẩu kiosk; sau đó máy tự gửi.",
                "Have the commune police check the kiosk's id and secret; then the machine goes on."
            )
        )

        private static func mover(_ outlook: Outlook) -> Mover {
            guard let next = outlook.next else { return .villageHead }
            return next <= outlook.now ? .machine : .time
        }

        private static func next(_ outlook: Outlook) -> (String, String) {
            guard let next = outlook.next else {
                return ("Bấm «Gửi ngay» thì máy gửi.", "Press “Send now” and the machine sends.")
            }
            guard next > outlook.now else {
                return ("Có mạng là máy gửi. Không cần làm gì.", "It is sent when there is a line. Nothing to do.")
            }
            let time = when(next, outlook.now)
            return (
                "Máy tự gửi từ \(time.0); muốn sớm hơn thì bấm «Gửi ngay».",
                "The machine sends it from \(time.1); press “Send now” for sooner."
            )
        }

        /// ` lúc …`; nothing where it may be at any moment.
        private static func again(_ instant: Date, _ outlook: Outlook) -> (String, String) {
            guard outlook.next != nil else { return (" khi bấm «Gửi ngay»", " when “Send now” is pressed") }
            guard instant > outlook.now else { return ("", "") }
            let time = when(instant, outlook.now)
            return (" từ \(time.0)", " from \(time.1)")
        }

        /// A time as people say it, the day where it is another.
        private static func when(_ instant: Date, _ now: Date) -> (String, String) {
            let clock = VietnamTime.clock(instant)
            switch VietnamTime.day(of: instant).dayNumber - VietnamTime.day(of: now).dayNumber {
            case 0: return (clock, clock)
            case 1: return ("\(clock) ngày mai", "\(clock) tomorrow")
            default: return (VietnamTime.spoken(instant), VietnamTime.spoken(instant))
            }
        }
    }
}
