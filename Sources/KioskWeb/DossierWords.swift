internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
internal import KioskSync

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
        case .wentBack:
            LocalText(
                vi: "Cổng trở về bản cũ hơn bản đã xác nhận; máy gửi lại phần bị mất",
                en: "The portal went back to an older copy than it had confirmed; what it lost is sent again")
        case .notSent:
            LocalText(
                vi: "Cổng giải quyết xong trước khi bản ghi nhận ở đây được gửi; bản đó vẫn giữ trong máy",
                en: "The portal settled it before what was sealed here was sent; that stays on this machine")
        case .mendingStopped:
            LocalText(vi: "Thôi sửa; bản đang sửa vẫn giữ trong máy", en: "No longer mended; what was typed stays here")
        case .undone: LocalText(vi: "Lấy lại quyết định để chọn lại", en: "The decision was taken back, to decide anew")
        case .explained:
            LocalText(vi: "Gửi lại kèm giải trình vì sao không trùng", en: "Sent again with why it is no duplicate")
        case .withdrawalAsked: LocalText(vi: "Người dân xin rút hồ sơ", en: "The resident withdraws it")
        case .withdrawalCancelled: LocalText(vi: "Thôi rút hồ sơ", en: "The withdrawal was taken back")
        case .withdrawalRefused:
            LocalText(
                vi: "Cổng không cho rút: hồ sơ đã giải quyết xong", en: "The portal refused the withdrawal: it is settled")
        case .withdrawn: LocalText(vi: "Đã rút; cổng không có hồ sơ này", en: "Withdrawn; the portal does not have it")
        case .parked: LocalText(vi: "Tạm gác, chờ người dân quay lại", en: "Parked until the resident returns")
        case .unparked: LocalText(vi: "Người dân đã quay lại, làm tiếp", en: "The resident is back; taken up again")
        case .told: LocalText(vi: "Đã báo cho người dân quyết định của cổng", en: "The resident was told what was decided")
        case .filedAnew: LocalText(vi: "Đã làm hồ sơ mới từ hồ sơ này", en: "A new dossier was begun from it")
        case .filedAnewFrom: LocalText(vi: "Làm lại từ hồ sơ bị từ chối", en: "Begun from a refused dossier")
        case .status:
            LocalText(
                vi: "Cổng báo: \(status?.name.vi ?? "")", en: "The portal says: \(status?.name.en ?? "")")
        }
    }
}
