public import KioskDomain

extension Situation {
    /// Whose move it is.
    public enum Mover: String, Codable, Sendable, CaseIterable {
        /// The village head.
        case villageHead = "village-head"
        /// The resident.
        case resident
        /// The line.
        case line
        /// The portal.
        case portal
        /// The time: it goes on by itself at its hour.
        case time
        /// This machine's clock, which somebody has to set right.
        case clock
        /// The portal's certificate, or what this machine trusts.
        case certificate
        /// The commune police.
        case police
        /// This machine, by itself.
        case machine
        /// Nobody.
        case nobody

        /// How people call them.
        public var name: LocalText {
            switch self {
            case .villageHead: LocalText(vi: "Trưởng thôn", en: "The village head")
            case .resident: LocalText(vi: "Người dân", en: "The resident")
            case .line: LocalText(vi: "Đường mạng", en: "The line")
            case .portal: LocalText(vi: "Cổng", en: "The portal")
            case .time: LocalText(vi: "Chờ đến giờ", en: "The time")
            case .clock: LocalText(vi: "Đồng hồ của máy", en: "This machine's clock")
            case .certificate: LocalText(vi: "Giấy chứng nhận của cổng", en: "The portal's certificate")
            case .police: LocalText(vi: "Công an xã", en: "The commune police")
            case .machine: LocalText(vi: "Máy", en: "The machine")
            case .nobody: LocalText(vi: "Không ai phải làm gì", en: "Nobody has to do anything")
            }
        }
    }
}
