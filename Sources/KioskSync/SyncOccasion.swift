public import FoundationEssentials
public import KioskDomain

/// Why a run was begun.
public enum SyncOccasion: String, Codable, Sendable, CaseIterable {
    /// A person asked for it on the page.
    case request
    /// `kiosk sync`, by a timer or by hand.
    case timer
    /// The hour in which this kiosk sends by itself.
    case window
    /// That hour passed while the machine was off or locked.
    case missed
    /// The law wants a dossier at the portal today.
    case deadline
    /// The line came back.
    case line

    /// How people call it.
    public var name: LocalText {
        switch self {
        case .request: LocalText(vi: "Bấm Gửi ngay", en: "Send now was pressed")
        case .timer: LocalText(vi: "Lệnh kiosk sync", en: "The command kiosk sync")
        case .window: LocalText(vi: "Đến giờ gửi", en: "Its hour")
        case .missed: LocalText(vi: "Bù giờ gửi đã lỡ", en: "A missed hour made up for")
        case .deadline: LocalText(vi: "Hồ sơ đến hạn hôm nay", en: "A dossier due today")
        case .line: LocalText(vi: "Có mạng trở lại", en: "The line came back")
        }
    }
}

/// What a plan and a forecast ask of a run that ended.
public struct PastRun: Equatable, Sendable {
    /// When it began.
    public var beganAt: Date
    /// When it ended.
    public var endedAt: Date
    /// Why it ended early.
    public var stop: SyncReport.Stop?
    /// What was wrong with the line where that is why.
    public var trouble: LineTrouble?
    /// Bytes of request bodies sent.
    public var bytesSent: Int
    /// Bytes a second while it was sending; nil where too little was sent to tell.
    public var bytesPerSecond: Int?

    /// A run that ended.
    public init(
        beganAt: Date, endedAt: Date, stop: SyncReport.Stop?, trouble: LineTrouble? = nil, bytesSent: Int = 0,
        bytesPerSecond: Int? = nil
    ) {
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.stop = stop
        self.trouble = trouble
        self.bytesSent = bytesSent
        self.bytesPerSecond = bytesPerSecond
    }

    /// Whether the next one waits for its back-off.
    var failed: Bool {
        switch stop {
        case nil, .cancelled, .windowClosed: false
        case .line, .authentication, .portalBusy, .brokenOff: true
        }
    }
}
