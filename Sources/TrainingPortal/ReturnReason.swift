/// Why an officer returns or refuses a dossier: the portal's list (`sync-fixtures/portal-api.yaml`, `ReasonCode`).
public enum ReturnReason: String, CaseIterable, Codable, Sendable {
    /// The person differs from the national population database, or is not in it.
    case notInPopulation = "R01"
    /// The head of the household or the relation is wrong.
    case wrongHead = "R02"
    /// A paper is missing or empty.
    case paperMissing = "R03"
    /// A scan cannot be read.
    case unreadableScan = "R04"
    /// The consent of head or owner is missing.
    case ownerConsentMissing = "R05"
    /// The consent of a parent or guardian is missing.
    case parentConsentMissing = "R06"
    /// The paper of the dwelling does not fit.
    case dwellingPaper = "R07"
    /// The wrong procedure, case or agency.
    case wrongProcedure = "R08"
    /// The portal's own form CT01 is missing.
    case formMissing = "R09"
    /// Registered already, or filed twice.
    case duplicate = "R10"
    /// The dwelling stands where nobody may be registered.
    case barredPlace = "R11"
    /// The fee was not paid in time.
    case feeUnpaid = "R12"
    /// The originals were not shown.
    case originalsNotShown = "R13"
    /// The card has expired, or the account is blocked.
    case expiredCard = "R14"
    /// No reason was given.
    case unstated = "R15"

    /// The words that the resident is told where the officer writes none.
    var words: String {
        switch self {
        case .notInPopulation: "Thông tin người khai không khớp Cơ sở dữ liệu quốc gia về dân cư."
        case .wrongHead: "Họ tên, số định danh chủ hộ hoặc quan hệ với chủ hộ không đúng."
        case .paperMissing: "Thiếu giấy tờ, hoặc tệp gửi lên rỗng."
        case .unreadableScan: "Ảnh giấy tờ mờ, bị cắt, lóa, thiếu mặt hoặc sai chiều. Đề nghị chụp lại."
        case .ownerConsentMissing: "Thiếu ý kiến đồng ý của chủ hộ hoặc chủ sở hữu chỗ ở."
        case .parentConsentMissing: "Thiếu ý kiến đồng ý của cha, mẹ hoặc người giám hộ."
        case .dwellingPaper: "Giấy tờ chứng minh chỗ ở hợp pháp không phù hợp."
        case .wrongProcedure: "Chọn sai thủ tục, sai trường hợp hoặc sai cơ quan tiếp nhận."
        case .formMissing: "Thiếu tờ khai CT01 theo mẫu của cổng; không nhận bản viết tay."
        case .duplicate: "Đã đăng ký tại đây, hoặc đã có hồ sơ khác đang xử lý."
        case .barredPlace: "Chỗ ở thuộc địa điểm không được đăng ký (Điều 23 Luật Cư trú)."
        case .feeUnpaid: "Chưa nộp lệ phí đúng hạn."
        case .originalsNotShown: "Công dân không xuất trình bản chính khi được kiểm tra."
        case .expiredCard: "Thẻ căn cước hết hạn, hoặc tài khoản bị khóa."
        case .unstated: "Hồ sơ bị trả lại."
        }
    }

    /// The contract's code for a fault of this reason, where a dossier is turned away as it arrives.
    var faultCode: String {
        switch self {
        case .notInPopulation, .wrongHead: "population-mismatch"
        case .paperMissing, .ownerConsentMissing, .parentConsentMissing, .formMissing: "missing-component"
        case .unreadableScan: "unreadable-scan"
        case .feeUnpaid, .originalsNotShown: "required"
        case .dwellingPaper, .wrongProcedure, .barredPlace, .expiredCard, .unstated: "invalid"
        case .duplicate: "duplicate-dossier"
        }
    }

    /// The place in the dossier that is meant where the officer names none; nil: the whole of it.
    var usualPlace: String? {
        switch self {
        case .notInPopulation: "/fields/applicant/fullName"
        case .wrongHead: "/fields/household/head/fullName"
        case .paperMissing, .ownerConsentMissing, .parentConsentMissing, .formMissing: "/attachments"
        case .unreadableScan, .dwellingPaper: "/attachments/0"
        case .wrongProcedure: "/procedure"
        case .barredPlace: "/fields/household/address"
        case .expiredCard: "/fields/applicant/citizenId"
        case .duplicate, .feeUnpaid, .originalsNotShown, .unstated: nil
        }
    }

    /// Whether the national population database has the right value.
    var isOfPopulation: Bool { self == .notInPopulation || self == .wrongHead }
}
