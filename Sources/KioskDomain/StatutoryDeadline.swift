public import FoundationEssentials
public import JSONTree

extension Procedure {
    /// By when the law wants this dossier at the portal; nil where the law counts from the portal's acceptance.
    ///
    /// A stay is notified before 23:00 on its first day, or before 08:00 the next day where it begins after 23:00
    /// (Luật Cư trú 68/2020/QH14, article 30).
    public func sendBy(_ answers: JSONValue) -> Date? {
        guard let deadline, deadline.kind == .stayNotice, let from = deadline.from, let text = answers[from]?.stringValue,
            let begins = VietnamTime.instant(local: text)
        else { return nil }
        let day = VietnamTime.day(of: begins)
        return VietnamTime.minute(of: begins) < 23 * 60
            ? VietnamTime.instant(day, minute: 23 * 60) : VietnamTime.instant(day.adding(days: 1), minute: 8 * 60)
    }
}
