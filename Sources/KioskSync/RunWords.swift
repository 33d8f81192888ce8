public import KioskDomain

extension SyncReport.Stop {
    /// Why a run ended early and what happens next.
    ///
    /// - Parameters:
    ///   - trouble: what was wrong with the line where it is the line.
    ///   - clock: what is known to be wrong with this machine's clock.
    public func words(_ trouble: LineTrouble?, clock: ClockError? = nil) -> LocalText {
        guard self == .line, let trouble else { return plainWords }
        let found = LineTroubleWords(trouble, clock: clock).sentence
        return LocalText(
            vi: "Không tới được cổng. \(found.vi) Sau đó máy gửi tiếp từ chỗ dở.",
            en: "The portal was not reached. \(found.en) Then the machine goes on from there.")
    }

    private var plainWords: LocalText {
        switch self {
        case .line:
            LocalText(
                vi: "Không tới được cổng: chưa có mạng hoặc mạng đứt giữa chừng; có mạng thì máy gửi tiếp từ chỗ dở.",
                en: "The portal was not reached: no line, or it broke; with a line the machine goes on from there.")
        case .authentication:
            LocalText(
                vi: "Cổng không nhận mã của máy này. Hãy báo Công an xã kiểm tra mã kiosk và mật khẩu kiosk.",
                en: "The portal refuses this machine's id or secret. Tell the commune police.")
        case .portalBusy:
            LocalText(vi: "Cổng đang bận; máy tự gửi tiếp sau.", en: "The portal is busy; the machine goes on later.")
        case .cancelled:
            LocalText(
                vi: "Đã dừng theo yêu cầu; phần chưa gửi vẫn còn trong máy.",
                en: "Stopped on request; what was not sent is still here.")
        case .windowClosed:
            LocalText(
                vi: "Hết giờ gửi; giờ gửi sau máy gửi tiếp.", en: "The hours of sending ended; the next ones go on from there.")
        case .brokenOff:
            LocalText(
                vi: "Máy tắt hoặc gặp lỗi giữa chừng; lần sau gửi tiếp, không gửi trùng.",
                en: "The machine went off or met a fault; the next run goes on, and nothing is filed twice.")
        }
    }
}

extension RetryReason {
    /// How people call the fault.
    public var name: LocalText {
        switch self {
        case .line(let trouble): trouble.name
        case .portalBusy: LocalText(vi: "cổng bận", en: "portal busy")
        case .codeTooSoon: LocalText(vi: "cổng chưa gửi thêm mã", en: "too soon for another code")
        case .absent: LocalText(vi: "cổng không còn giữ", en: "not at the portal any more")
        case .older: LocalText(vi: "cổng đưa bản cũ hơn", en: "older copy at the portal")
        case .uploadRestart: LocalText(vi: "tệp phải gửi lại", en: "file begun anew")
        case .authentication: LocalText(vi: "cổng không nhận mã máy", en: "machine's secret refused")
        case .stopped: LocalText(vi: "dừng theo yêu cầu", en: "stopped on request")
        }
    }
}

extension SyncReport {
    /// What there is to say after a run that was not all well: why it ended early, and that this machine's clock is wrong.
    public func complaints(clock: ClockError?) -> [LocalText] {
        let why = stop?.words(trouble, clock: clock)
        // Where the clock is why, that is said already.
        guard let clock, why?.vi.contains(clock.sentence.vi) != true else { return [why].compactMap { $0 } }
        let wrong = LocalText(
            vi: "\(clock.sentence.vi) \(clock.advice.vi)", en: "\(clock.sentence.en) \(clock.advice.en)")
        return [why, wrong].compactMap { $0 }
    }
}
