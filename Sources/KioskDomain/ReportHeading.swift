/// Who reports to whom and when, as it stands on a report.
public struct ReportHeading: Equatable, Sendable {
    /// The day of the month on which periods begin, 1 to 28.
    public var cutOff = ReportPeriod.usualCutOff
    /// Whether the figures of periods that have ended are sent without being asked.
    public var isAutomatic = true
    /// The working days.
    public var workingDays = WorkingDays()
    /// The body above, in capitals; the village stands below it.
    public var authority = "ỦY BAN NHÂN DÂN XÃ ……………"
    /// Where it is signed.
    public var place = "……………"
    /// Who signs.
    public var signer = "TRƯỞNG THÔN"
    /// Who gets it.
    public var recipients = ["Công an xã (tổng hợp)", "UBND xã (báo cáo)", "Lưu: Thôn"]

    /// The usual heading.
    public init() {}
}
