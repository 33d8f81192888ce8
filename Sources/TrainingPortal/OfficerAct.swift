public import JSONTree

/// The dossier that another one is a duplicate of.
public struct OtherDossier: Codable, Equatable, Sendable {
    /// Its dossier code.
    public var code: String
    /// The kiosk, or another place in words, where it was received.
    public var kiosk: String
    /// When (RFC 3339).
    public var receivedAt: String

    /// Another dossier.
    public init(code: String, kiosk: String, receivedAt: String) {
        self.code = code
        self.kiosk = kiosk
        self.receivedAt = receivedAt
    }
}

/// What an officer does with a dossier.
///
/// A `pointer` is a place in the body of the dossier's PUT: `/fields/applicant/fullName`, `/attachments/0`. A day is
/// `YYYY-MM-DD` (five in the afternoon is meant) or an instant (RFC 3339).
public enum OfficerAct: Equatable, Sendable {
    /// Takes it on (tiếp nhận); sets the day the result is due: three working days, one day for `LUU_TRU`.
    case accept
    /// Begins the work (đang xử lý).
    case process
    /// Tells the resident something about a place of the dossier without a change of status, such as the day of an appointment
    /// (`/fields/appointment`).
    case remark(remark: String, pointer: String?)
    /// Asks for supplements (yêu cầu bổ sung) until a day; without one the dossier has no day until it comes back.
    case requestSupplement(remark: String, pointer: String?, dueAt: String? = nil)
    /// Refuses it (từ chối).
    ///
    /// Without words of its own the remark has the reason's. The right value is filled in from the population where the reason
    /// is of it and the portal may tell it.
    case refuse(remark: String, reason: ReturnReason? = nil, pointer: String? = nil, expected: JSONValue? = nil)
    /// Finds a person in it to differ from the national population database: asks for a supplement with reason R01, and refuses
    /// the dossier (422 `population-mismatch`) as long as it comes with the same value at that place.
    case markMismatch(remark: String, pointer: String?, expected: JSONValue? = nil)
    /// Refuses it because another one was filed before (R10).
    case markDuplicate(remark: String, other: OtherDossier)
    /// Puts the day of the result off, or forward: it is due on another day, which may be past.
    case reschedule(dueAt: String)
    /// Has a result (đã có kết quả).
    case resolve
    /// Has a result that is handed over from a day on; `bring` is what the resident brings along.
    case decide(resultAt: String, bring: String)
    /// Hands the result over (đã trả kết quả).
    case returnResult
    /// Corrects one answer inside `/fields`.
    case editField(pointer: String, value: JSONValue)
    /// Takes a paper out that does not belong to the dossier; `pointer` is `/attachments/<number>`.
    case removePaper(pointer: String)
    /// Takes a refusal, a withdrawal or a request for supplements back, with all that was held against the dossier: it is
    /// received again.
    case restore

    /// The statuses that the act begins from.
    var from: Set<DossierStatus> {
        switch self {
        case .accept: [.received]
        case .process: [.accepted]
        case .requestSupplement: [.received, .accepted, .processing]
        case .remark: [.received, .accepted, .processing]
        case .refuse, .markDuplicate, .editField, .removePaper: [.received, .accepted, .processing, .supplementRequired]
        case .markMismatch: [.received, .accepted, .processing, .supplementRequired]
        case .resolve, .decide, .reschedule: [.accepted, .processing]
        case .returnResult: [.resolved]
        case .restore: [.refused, .withdrawn, .supplementRequired]
        }
    }

    /// The officer's word for it.
    var words: String {
        switch self {
        case .accept: "Tiếp nhận"
        case .process: "Đang xử lý"
        case .requestSupplement: "Yêu cầu bổ sung"
        case .remark: "Nhắn công dân"
        case .refuse: "Từ chối"
        case .markMismatch: "Khác dữ liệu dân cư"
        case .markDuplicate: "Trùng hồ sơ"
        case .reschedule: "Hẹn lại ngày trả"
        case .resolve: "Có kết quả"
        case .decide: "Có kết quả, hẹn ngày trả"
        case .returnResult: "Trả kết quả"
        case .editField: "Sửa một trường"
        case .removePaper: "Loại một giấy tờ"
        case .restore: "Đưa lại vào xử lý"
        }
    }
}

/// An act as the desk's forms, the control API and stories write it: a name and what goes with it.
struct ActOrder: Codable, Equatable, Sendable {
    /// `accept`, `process`, `remark`, `request-supplement`, `refuse`, `mark-mismatch`, `mark-duplicate`, `reschedule`, `resolve`,
    /// `decide`, `return-result`, `edit-field`, `remove-paper`, `restore` (hyphens and letter case do not matter).
    var act: String
    var remark: String?
    var pointer: String?
    var value: JSONValue?
    /// `R01` to `R15`, of `refuse`.
    var reason: String?
    var expected: JSONValue?
    /// Until when supplements are asked for, when the result is due, or from when it is handed over.
    var dueAt: String?
    /// What to bring for the result.
    var bring: String?
    var other: OtherDossier?

    static let names = [
        "accept", "process", "remark", "request-supplement", "refuse", "mark-mismatch", "mark-duplicate", "reschedule",
        "resolve", "decide", "return-result", "edit-field", "remove-paper", "restore",
    ]

    /// The act; nil for a name that is none.
    ///
    /// - Throws: ``TrainingPortalError/actRefused(reason:)`` for a reason that is none, and where a duplicate or a day is missing.
    func officerAct() throws(TrainingPortalError) -> OfficerAct? {
        let words = remark ?? ""
        switch act.lowercased().filter({ $0 != "-" }) {
        case "accept": return .accept
        case "process": return .process
        case "remark": return .remark(remark: words, pointer: pointer)
        case "requestsupplement": return .requestSupplement(remark: words, pointer: pointer, dueAt: dueAt)
        case "refuse":
            return .refuse(remark: words, reason: try Self.reason(reason), pointer: pointer, expected: expected)
        case "markmismatch": return .markMismatch(remark: words, pointer: pointer, expected: expected)
        case "markduplicate":
            guard let other else { throw .actRefused(reason: "Cần mã, nơi nhận và ngày nhận của hồ sơ kia.") }
            return .markDuplicate(remark: words, other: other)
        case "reschedule":
            guard let dueAt else { throw .actRefused(reason: "Cần ngày trả kết quả.") }
            return .reschedule(dueAt: dueAt)
        case "resolve": return .resolve
        case "decide":
            guard let dueAt else { throw .actRefused(reason: "Cần ngày trả kết quả.") }
            return .decide(resultAt: dueAt, bring: bring ?? "")
        case "returnresult": return .returnResult
        case "removepaper": return .removePaper(pointer: pointer ?? "")
        case "editfield": return .editField(pointer: pointer ?? "", value: value ?? .null)
        case "restore": return .restore
        default: return nil
        }
    }

    /// - Throws: ``TrainingPortalError/actRefused(reason:)`` for a code that is none.
    static func reason(_ code: String?) throws(TrainingPortalError) -> ReturnReason? {
        guard let code, !code.isEmpty else { return nil }
        guard let reason = ReturnReason(rawValue: code) else {
            throw .actRefused(reason: "Không có lý do «\(code)»; các lý do là R01 đến R15.")
        }
        return reason
    }
}
