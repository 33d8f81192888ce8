/// Where a dossier stands at the kiosk.
///
/// Where it stands at the portal is ``PortalStatus``.
public enum DossierState: String, Codable, Sendable, CaseIterable {
    /// Being filled in, for the first time or again.
    case draft
    /// Sealed, waiting to be sent; nothing of it can be lost any more.
    case sealed
    /// Sent, but the answer was lost: the portal may have it. Settled by repeating, never by guessing.
    case inDoubt = "in-doubt"
    /// The portal has it.
    case delivered
    /// The portal refused it; a person must mend it.
    case rejected
    /// The portal's copy and ours both changed, the resident already has such a dossier, or the portal has lost it; a person decides.
    case conflict
    /// The resident withdrew it before the portal had it, or the portal does not hold it any more: nothing is sent of it.
    case withdrawn

    /// How people call it.
    public var name: LocalText {
        switch self {
        case .draft: LocalText(vi: "Đang soạn", en: "Draft")
        case .sealed: LocalText(vi: "Chờ gửi", en: "Waiting to be sent")
        case .inDoubt: LocalText(vi: "Chưa rõ kết quả gửi", en: "Sending in doubt")
        case .delivered: LocalText(vi: "Đã gửi lên cổng", en: "Delivered")
        case .rejected: LocalText(vi: "Bị trả lại", en: "Rejected")
        case .conflict: LocalText(vi: "Cần đối chiếu", en: "Conflict")
        case .withdrawn: LocalText(vi: "Đã rút, không gửi", en: "Withdrawn, not sent")
        }
    }
}

/// A status at the portal (portal-contract.md, "Dossiers").
///
/// Unknown ones may come: it is a name, not a closed list.
public struct PortalStatus: RawRepresentable, Codable, Hashable, Sendable {
    /// The status as it stands on the wire.
    public let rawValue: String

    /// A status as it stands on the wire.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The officer asks for something.
    public static let supplementRequired = PortalStatus(rawValue: "supplement-required")
    /// The result is there.
    public static let resolved = PortalStatus(rawValue: "resolved")
    /// Refused for good.
    public static let refused = PortalStatus(rawValue: "refused")
    /// Withdrawn by the resident.
    public static let withdrawn = PortalStatus(rawValue: "withdrawn")

    /// Whether nothing more happens to the dossier at the portal.
    public var isOver: Bool { ["resolved", "returned", "refused", "withdrawn"].contains(rawValue) }

    /// Whether someone in the village has to act on it.
    public var needsPerson: Bool { self == .supplementRequired }

    /// How people call it; an unknown one by its own word.
    public var name: LocalText {
        switch rawValue {
        case "received": LocalText(vi: "Mới đăng ký", en: "Received")
        case "accepted": LocalText(vi: "Đã tiếp nhận", en: "Accepted")
        case "processing": LocalText(vi: "Đang xử lý", en: "Processing")
        case "supplement-required": LocalText(vi: "Yêu cầu bổ sung", en: "Supplement required")
        case "resolved": LocalText(vi: "Đã có kết quả", en: "Resolved")
        case "returned": LocalText(vi: "Đã trả kết quả", en: "Result handed over")
        case "refused": LocalText(vi: "Từ chối", en: "Refused")
        case "withdrawn": LocalText(vi: "Công dân rút", en: "Withdrawn")
        default: LocalText(vi: rawValue, en: rawValue)
        }
    }
}
