internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
internal import KioskSync

/// Where a dossier is, what happens next and whose move it is.
struct Situation {
    var kind: NoticeKind
    var place: LocalText
    var next: LocalText
    var move: LocalText

    private static let machine = LocalText(vi: "Máy", en: "The machine")
    private static let head = LocalText(vi: "Trưởng thôn", en: "The village head")
    private static let police = LocalText(vi: "Công an xã", en: "The commune police")
    private static let resident = LocalText(vi: "Người dân", en: "The resident")
    private static let nobody = LocalText(vi: "Không ai phải làm gì", en: "Nobody has to do anything")

    init(_ dossier: DossierSummary) {
        switch dossier.state {
        case .draft where dossier.revision > 0:
            self.init(
                .warn, "Hồ sơ đang được sửa lại, chưa ghi nhận lần mới.", "The dossier is being mended and not sealed again yet.",
                "Sửa xong thì ghi nhận lại; máy gửi bản mới lên cổng.", "Seal it again; the machine sends the new copy.",
                Self.head)
        case .draft:
            self.init(
                .info, "Hồ sơ đang soạn, chỉ có ở máy này.", "The dossier is being filled in; it is on this machine only.",
                "Điền tiếp, xem lại rồi ghi nhận.", "Fill in the rest, review and seal it.", Self.head)
        case .sealed where dossier.awaitsAccount:
            self.init(
                .warn, "Hồ sơ đã ghi nhận nhưng tài khoản của người dân trên cổng chưa xác minh.",
                "The dossier is sealed, but the resident's portal account is not verified.",
                "Người dân đọc mã 6 số trong tin nhắn; nhập mã rồi máy gửi tiếp.",
                "The resident reads out the six digits of the SMS; enter them and the machine goes on.", Self.resident)
        case .sealed:
            self.init(
                .info, "Hồ sơ đã ghi nhận, cất an toàn trong máy, chờ gửi lên cổng.",
                "The dossier is sealed and safe in this machine, waiting to be sent.",
                "Có mạng là máy gửi. Không cần làm gì.", "It is sent when there is a line. Nothing to do.", Self.machine)
        case .inDoubt:
            self.init(
                .info, "Hồ sơ đã gửi nhưng mất mạng trước khi cổng trả lời.",
                "The dossier was sent, but the line broke before the answer.",
                "Lần sau máy tự hỏi lại cổng, không gửi trùng.", "The machine asks again by itself; nothing is filed twice.",
                Self.machine)
        case .rejected:
            self.init(
                .bad, "Cổng trả lại hồ sơ vì có chỗ chưa đúng.", "The portal returned the dossier: something is wrong.",
                "Xem từng chỗ ở dưới, sửa rồi ghi nhận lại.", "See each fault below, mend it and seal again.", Self.head)
        case .conflict:
            self.init(
                .bad,
                "Bản ở máy này và bản trên cổng khác nhau, hoặc người dân đã có hồ sơ này rồi, hoặc cổng không còn giữ hồ sơ.",
                "This machine's copy and the portal's differ, or the resident has such a dossier already, or the portal has lost it.",
                "Đọc phần dưới rồi quyết định.", "Read on below and decide.", Self.head)
        case .delivered: self.init(status: dossier.status)
        }
    }

    private init(status: PortalStatus?) {
        switch status?.rawValue {
        case "accepted", "processing":
            self.init(
                .good, "Cơ quan công an đã tiếp nhận và đang giải quyết.",
                "The police accepted the dossier and are at work on it.",
                "Chờ kết quả.", "Wait for the result.", Self.police)
        case "supplement-required":
            self.init(
                .bad, "Công an xã yêu cầu bổ sung hồ sơ.", "The commune police ask for something more.",
                "Xem lời nhắn ở dưới, bổ sung rồi ghi nhận lại.", "Read the remark below, supplement and seal again.", Self.head)
        case "resolved":
            self.init(
                .good, "Đã có kết quả.", "There is a result.", "Người dân nhận kết quả như đã chọn.",
                "The resident gets it the way that was chosen.", Self.resident)
        case "returned":
            self.init(
                .good, "Đã trả kết quả cho người dân.", "The result was handed over.", "Hồ sơ đã xong.", "It is done.",
                Self.nobody)
        case "refused":
            self.init(
                .bad, "Cơ quan công an từ chối giải quyết.", "The police refused the dossier.",
                "Xem lý do ở dưới; nếu cần thì làm hồ sơ mới.", "See the reason below; begin a new dossier if need be.",
                Self.resident)
        case "withdrawn":
            self.init(
                .info, "Người dân đã rút hồ sơ.", "The resident withdrew the dossier.", "Hồ sơ đã xong.", "It is done.",
                Self.nobody)
        default:
            self.init(
                .good, "Hồ sơ đã lên cổng, chờ Công an xã tiếp nhận.", "The portal has the dossier; the police will look at it.",
                "Chờ. Máy tự lấy tin mới mỗi lần có mạng.", "Wait. News comes with every sync.", Self.police)
        }
    }

    private init(_ kind: NoticeKind, _ vi: String, _ en: String, _ nextVi: String, _ nextEn: String, _ move: LocalText) {
        self.kind = kind
        place = LocalText(vi: vi, en: en)
        next = LocalText(vi: nextVi, en: nextEn)
        self.move = move
    }
}

extension DossierEvent {
    /// What happened, in a sentence.
    var words: LocalText {
        switch kind {
        case .begun: LocalText(vi: "Bắt đầu soạn", en: "Begun")
        case .handedOver: LocalText(vi: "Người khác làm tiếp hồ sơ", en: "Another operator went on with it")
        case .reused:
            LocalText(
                vi: "Người dân đồng ý dùng lại thông tin đã khai trước",
                en: "The resident consented to earlier answers being used")
        case .papersReused:
            LocalText(
                vi: "Người dân đồng ý dùng lại giấy tờ đã quét trước", en: "The resident consented to earlier papers being used")
        case .originalsRemoved:
            LocalText(
                vi: "Hồ sơ đã xong, máy xóa các ảnh gốc; bản đã gửi vẫn còn",
                en: "The dossier is over and its original pictures were removed; what was sent stays")
        case .sealed: LocalText(vi: "Ghi nhận, cấp phiếu", en: "Sealed, receipt given")
        case .reopened: LocalText(vi: "Mở lại để sửa", en: "Taken up again")
        case .inDoubt: LocalText(vi: "Đã gửi, chưa rõ kết quả", en: "Sent, answer lost")
        case .delivered: LocalText(vi: "Cổng đã nhận hồ sơ", en: "The portal has it")
        case .rejected: LocalText(vi: "Cổng trả lại hồ sơ", en: "Returned by the portal")
        case .conflict: LocalText(vi: "Cần đối chiếu với bản trên cổng", en: "To be compared with the portal's copy")
        case .merged:
            LocalText(vi: "Cán bộ đã sửa trên cổng; máy đã gộp hai bản", en: "The officer edited it; both copies were merged")
        case .editedAtPortal:
            LocalText(
                vi: "Cán bộ đã sửa trên cổng trong lúc hồ sơ đang được sửa ở đây; ghi nhận thì máy gộp hai bản",
                en: "The officer edited it while it is being mended here; both are merged when it is sealed")
        case .resolved: LocalText(vi: "Đã chọn xong chỗ khác nhau", en: "The differences were settled")
        case .absent:
            LocalText(
                vi: "Cổng không còn giữ hồ sơ này; bản trong máy vẫn nguyên",
                en: "The portal does not hold it any more; this machine's copy is whole")
        case .sentAgain: LocalText(vi: "Cho gửi lại đúng bản đã ghi nhận", en: "To be sent again as it was sealed")
        case .accountDiffers:
            LocalText(
                vi: "Người kê khai được khai khác với tài khoản đã đăng ký; tài khoản giữ nguyên",
                en: "The applicant is described otherwise than in the account, which stays as it is")
        case .accountCorrected:
            LocalText(vi: "Cho đăng ký lại tài khoản theo hồ sơ này", en: "The account is registered anew as this dossier says")
        case .blocked: LocalText(vi: "Chờ xác minh tài khoản người dân", en: "Waits for the resident's account")
        case .consentWithdrawn: LocalText(vi: "Người dân rút lại sự đồng ý", en: "The resident took back a consent")
        case .status:
            LocalText(
                vi: "Cổng báo: \(status?.name.vi ?? "")", en: "The portal says: \(status?.name.en ?? "")")
        }
    }
}
