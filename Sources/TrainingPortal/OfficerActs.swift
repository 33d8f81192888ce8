internal import FoundationEssentials
public import JSONTree
internal import PortalWire
internal import SQLiteAccess

/// What an officer does with a dossier.
public enum OfficerAct: Equatable, Sendable {
    /// Takes it on (tiếp nhận); sets the day the result is due: three working days, one day for `LUU_TRU`.
    case accept
    /// Begins the work (đang xử lý).
    case process
    /// Tells the resident something about a place of the dossier without a change of status, such as the day of an appointment
    /// (`/fields/appointment`); `pointer` as below.
    case remark(remark: String, pointer: String?)
    /// Asks for supplements (yêu cầu bổ sung); `pointer` is the place that is meant, into the body of the dossier's PUT
    /// (`/fields/applicant/fullName`, `/attachments/0`).
    case requestSupplement(remark: String, pointer: String?)
    /// Refuses it (từ chối).
    case refuse(remark: String)
    /// Has a result (đã có kết quả).
    case resolve
    /// Hands the result over (đã trả kết quả).
    case returnResult
    /// Corrects one answer; `pointer` as above, inside `/fields`.
    case editField(pointer: String, value: JSONValue)

    /// The statuses that the act begins from.
    var from: Set<DossierStatus> {
        switch self {
        case .accept: [.received]
        case .process: [.accepted]
        case .requestSupplement: [.received, .accepted, .processing]
        case .remark: [.received, .accepted, .processing]
        case .refuse, .editField: [.received, .accepted, .processing, .supplementRequired]
        case .resolve: [.accepted, .processing]
        case .returnResult: [.resolved]
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
        case .resolve: "Có kết quả"
        case .returnResult: "Trả kết quả"
        case .editField: "Sửa một trường"
        }
    }

    /// An act by its name in the desk's forms and the control API: `accept`, `process`, `remark`, `request-supplement`, `refuse`,
    /// `resolve`, `return-result`, `edit-field` (hyphens and letter case do not matter); nil for another name.
    init?(name: String, remark: String, pointer: String?, value: JSONValue) {
        switch name.lowercased().filter({ $0 != "-" }) {
        case "accept": self = .accept
        case "process": self = .process
        case "remark": self = .remark(remark: remark, pointer: pointer)
        case "requestsupplement": self = .requestSupplement(remark: remark, pointer: pointer)
        case "refuse": self = .refuse(remark: remark)
        case "resolve": self = .resolve
        case "returnresult": self = .returnResult
        case "editfield": self = .editField(pointer: pointer ?? "", value: value)
        default: return nil
        }
    }
}

extension PortalCore {
    /// Who stands as the author of remarks.
    static let officer = "Cán bộ tiếp nhận"

    /// Does an act.
    ///
    /// - Throws: ``TrainingPortalError/unknownDossier(id:)``, ``TrainingPortalError/actRefused(reason:)``, `SQLiteError`.
    func perform(_ act: OfficerAct, on id: String) async throws {
        let now = now
        try await database.write { db in
            guard var dossier = try Dossiers.find(id, in: db) else { throw TrainingPortalError.unknownDossier(id: id) }
            guard act.from.contains(dossier.status) else {
                throw TrainingPortalError.actRefused(
                    reason: "Không thể «\(act.words)» khi hồ sơ ở trạng thái «\(dossier.status.words)».")
            }
            let at = PortalTime.text(now)
            let what = try Self.apply(act, to: &dossier, at: at, now: now)
            dossier.version += 1
            dossier.editedBy = "officer"
            try Dossiers.save(dossier, who: "officer", what: what, at: at, in: db)
        }
    }

    /// Changes the dossier and returns what to write into its history.
    private static func apply(
        _ act: OfficerAct, to dossier: inout DossierRecord, at: String, now: Date
    ) throws(TrainingPortalError) -> String {
        switch act {
        case .accept:
            dossier.move(to: .accepted, at: at)
            dossier.dueAt =
                dossier.procedure == Filing.repeatableProcedure
                ? PortalTime.due(calendarDays: 1, after: now) : PortalTime.due(workingDays: 3, after: now)
        case .process:
            dossier.move(to: .processing, at: at)
        case .remark(let remark, let pointer):
            try add(remark, pointer: pointer, to: &dossier, at: at)
            return "\(act.words): \(remark)"
        case .requestSupplement(let remark, let pointer):
            try add(remark, pointer: pointer, to: &dossier, at: at)
            dossier.move(to: .supplementRequired, at: at)
            return "\(act.words): \(remark)"
        case .refuse(let remark):
            try add(remark, pointer: nil, to: &dossier, at: at)
            dossier.move(to: .refused, at: at)
            return "\(act.words): \(remark)"
        case .resolve:
            dossier.move(to: .resolved, at: at)
        case .returnResult:
            dossier.move(to: .returned, at: at)
        case .editField(let pointer, let value):
            guard let place = JSONPointer(pointer), place.tokens.first == "fields", place.tokens.count > 1 else {
                throw .actRefused(reason: "Vị trí trường phải bắt đầu bằng /fields/, ví dụ /fields/applicant/fullName.")
            }
            guard dossier.fields.set(value, at: JSONPointer(tokens: Array(place.tokens.dropFirst()))) else {
                throw .actRefused(reason: "Không có trường «\(pointer)» trong tờ khai.")
            }
            dossier.applicant = dossier.fields["applicant"]?["citizenId"]?.stringValue ?? dossier.applicant
            return "\(act.words): \(pointer)"
        }
        return act.words
    }

    private static func add(
        _ remark: String, pointer: String?, to dossier: inout DossierRecord, at: String
    ) throws(TrainingPortalError) {
        guard remark.contains(where: { !$0.isWhitespace }) else {
            throw .actRefused(reason: "Cần ghi rõ lý do để công dân biết.")
        }
        let place = pointer.flatMap { $0.isEmpty ? nil : $0 }
        if let place, JSONPointer(place) == nil {
            throw .actRefused(reason: "Vị trí «\(place)» không đúng dạng, ví dụ đúng: /fields/applicant/fullName.")
        }
        dossier.remarks.append(DossierRepresentation.Remark(at: at, by: officer, text: remark, pointer: place))
    }
}
