public import KioskDomain

extension WorkKind {
    /// How it is called.
    public var name: LocalText {
        switch self {
        case .rejected: LocalText(vi: "Bị trả lại", en: "Returned")
        case .supplement: LocalText(vi: "Cần bổ sung", en: "To be supplemented")
        case .refused: LocalText(vi: "Bị từ chối", en: "Refused")
        case .conflict: LocalText(vi: "Khác bản trên cổng", en: "Differs from the portal")
        case .duplicate: LocalText(vi: "Trùng hồ sơ", en: "Duplicate")
        case .mending: LocalText(vi: "Đang sửa dở", en: "Half mended")
        case .codeAwaited: LocalText(vi: "Chờ mã 6 số", en: "Awaits the code")
        case .unverified: LocalText(vi: "Tài khoản chưa xác minh", en: "Account not verified")
        case .inDoubt: LocalText(vi: "Chưa rõ kết quả", en: "In doubt")
        case .overdue: LocalText(vi: "Quá hẹn trả", en: "Overdue")
        case .result: LocalText(vi: "Có kết quả", en: "The result is there")
        case .announcement: LocalText(vi: "Thông báo cần đọc", en: "To be read out")
        case .catalogue: LocalText(vi: "Thủ tục đã đổi", en: "Procedure changed")
        case .parked: LocalText(vi: "Tạm gác", en: "Parked")
        }
    }

    /// The one thing to press.
    public var action: LocalText {
        switch self {
        case .rejected: LocalText(vi: "Mở để sửa", en: "Open and mend")
        case .supplement: LocalText(vi: "Mở để bổ sung", en: "Open and supplement")
        case .refused: LocalText(vi: "Xem vì sao", en: "See why")
        case .conflict: LocalText(vi: "Mở để đối chiếu", en: "Open and compare")
        case .duplicate: LocalText(vi: "Xem hồ sơ trùng", en: "See the duplicate")
        case .mending: LocalText(vi: "Sửa tiếp", en: "Go on mending")
        case .codeAwaited: LocalText(vi: "Nhập mã", en: "Enter the code")
        case .unverified: LocalText(vi: "Xem tài khoản", en: "See the account")
        case .inDoubt: LocalText(vi: "Xem cần gọi ai", en: "See whom to call")
        case .overdue, .parked: LocalText(vi: "Mở hồ sơ", en: "Open the dossier")
        case .result: LocalText(vi: "Báo cho người dân", en: "Tell the resident")
        case .announcement: LocalText(vi: "Đọc thông báo", en: "Read it out")
        case .catalogue: LocalText(vi: "Mở hồ sơ đang soạn", en: "Open the draft")
        }
    }
}

extension WorklistPlan {
    /// Whom to call, with the number, or that none is configured.
    public var policeWords: LocalText {
        guard let policePhone else {
            return LocalText(
                vi: "Gọi Công an xã (máy chưa được cài số điện thoại của Công an xã).",
                en: "Call the commune police (their telephone is not configured on this machine).")
        }
        return LocalText(vi: "Gọi Công an xã, số \(policePhone).", en: "Call the commune police, \(policePhone).")
    }
}

/// What is said of a case: why, what to do, who must come.
struct WorkWords {
    let why: LocalText
    let todo: LocalText
    let mustCome: LocalText

    private static let nobody = LocalText(vi: "Không ai phải đến.", en: "Nobody has to come.")
    private static let resident = LocalText(
        vi: "Người dân đến nếu cần giấy tờ mới.", en: "The resident, if a new paper is needed.")
    private static let phone = LocalText(
        vi: "Không phải đến; người dân đọc mã qua điện thoại được.", en: "Nobody; the resident can read it out by telephone.")

    init(_ fact: WorkFacts, _ kind: WorkKind, _ plan: WorklistPlan) {
        switch fact.cause {
        case .problem(let code, let said): self.init(code, said, kind)
        case .supplement(let said):
            self.init(
                Self.quoting(said, "Công an xã yêu cầu bổ sung", "The commune police ask for something more"),
                ("Xem lời nhắn, bổ sung rồi ghi nhận lại.", "Read the remark, supplement and seal again."), Self.resident)
        case .refused(let said):
            self.init(
                Self.quoting(said, "Công an xã từ chối hồ sơ", "The commune police refused it"),
                (
                    "Báo cho người dân; sửa được thì làm hồ sơ mới từ hồ sơ này.",
                    "Tell the resident; what can be mended is filed anew from this one."
                ), LocalText(vi: "Người dân, nếu làm hồ sơ mới.", en: "The resident, to file anew."))
        case .result:
            self.init(
                ("Hồ sơ đã có kết quả mà người dân chưa biết.", "The result is there, and the resident does not know yet."),
                ("Báo cho người dân biết nhận ở đâu, mang theo gì.", "Tell the resident where it is and what to bring."),
                Self.nobody)
        case .mending(true):
            self.init(
                ("Cổng đã giải quyết xong trong lúc hồ sơ được sửa ở đây.", "The portal settled it while it was being mended."),
                ("Mở hồ sơ, bấm «Thôi sửa».", "Open it and press “Stop mending”."), Self.nobody)
        case .mending(false):
            self.init(
                ("Hồ sơ mở ra sửa nhưng chưa ghi nhận lại.", "It was taken up again and not sealed since."),
                ("Sửa nốt rồi ghi nhận lại.", "Finish and seal it again."), Self.resident)
        case .account("account-locked"?, let words):
            self.init(
                (words.vi, words.en),
                ("\(plan.policeWords.vi) Mở khóa xong thì xin mã mới.", "\(plan.policeWords.en) Then ask for a new code."),
                LocalText(vi: "Người dân gọi hoặc đến Công an xã.", en: "The resident calls or visits the commune police."))
        case .account(let code, let words):
            self.init(
                (words.vi, words.en),
                code == nil || code == "code-wrong"
                    ? ("Hỏi người dân mã 6 số trong tin nhắn rồi nhập.", "Ask the resident for the six digits and enter them.")
                    : ("Xin mã mới, rồi hỏi người dân mã trong tin nhắn.", "Ask for a new code, then ask the resident for it."),
                Self.phone)
        case .doubt:
            self.init(
                (
                    "Đã gửi nhưng chưa biết cổng đã nhận hay chưa; máy vẫn tự hỏi cổng.",
                    "It was sent, and whether the portal took it is not known; the machine goes on asking."
                ), ("\(plan.policeWords.vi) Không gửi lại bằng tay.", "\(plan.policeWords.en) File nothing by hand."), Self.nobody
            )
        case .atPortal:
            self.init(
                ("Đã quá ngày hẹn trả kết quả mà cổng chưa báo.", "The result is past its day, and the portal has none."),
                (plan.policeWords.vi, plan.policeWords.en), Self.nobody)
        case .announcement:
            self.init(
                ("Công an xã nhờ báo cho bà con.", "The commune police want it told in the village."),
                ("Đọc cho bà con nghe, rồi bấm «Đã đọc».", "Read it out, then press “It was read out”."), Self.nobody)
        case .catalogue:
            self.init(
                ("Thủ tục của hồ sơ đang soạn đã đổi.", "The procedure of this draft has changed."),
                ("Mở hồ sơ, xem chỗ đã đổi rồi quyết định.", "Open it, see what has changed and decide."), Self.nobody)
        case .parked(let said):
            self.init(
                Self.quoting(said, "Hồ sơ tạm gác, chờ người dân quay lại", "It is parked until the resident returns"),
                ("Khi người dân quay lại thì mở ra làm tiếp.", "Go on when the resident returns."),
                LocalText(vi: "Người dân.", en: "The resident."))
        }
    }

    private init(_ code: String, _ said: String?, _ kind: WorkKind) {
        switch (kind, code) {
        case (.conflict, "not-found"):
            self.init(
                ("Cổng không còn giữ hồ sơ này.", "The portal does not hold it any more."),
                ("Hỏi Công an xã; nếu họ chưa có thì gửi lại.", "Ask the commune police; if they have none, send it again."),
                Self.nobody)
        case (.conflict, _):
            self.init(
                ("Cán bộ và máy này cùng sửa một chỗ.", "The officer and this kiosk changed the same place."),
                ("Đối chiếu hai bản rồi chọn.", "Compare both copies and choose."), Self.nobody)
        case (.duplicate, _):
            self.init(
                ("Người dân đã có một hồ sơ như thế trên cổng.", "The resident has such a dossier at the portal already."),
                (
                    "Hỏi người dân giữ hồ sơ nào: rút hồ sơ này hoặc giải trình.",
                    "Ask which of them stays: withdraw this one, or explain."
                ),
                LocalText(vi: "Người dân, nếu rút hồ sơ.", en: "The resident, to withdraw it."))
        case (.unverified, _), (.codeAwaited, _):
            self.init(
                ("Cổng nói tài khoản của người dân chưa xác minh.", "The portal says that the account is not verified."),
                ("Mở hồ sơ, xem tài khoản.", "Open the dossier and see the account."), Self.phone)
        case (_, "procedure-retired"):
            self.init(
                ("Cổng không còn nhận thủ tục này.", "The portal does not take this procedure any more."),
                ("Xem thủ tục nào thay; làm hồ sơ mới.", "See which one replaces it and begin a new dossier."), Self.resident)
        case (_, "damaged-here"):
            self.init(
                ("Một phần hồ sơ trong máy bị hỏng nên chưa gửi được.", "A part of it is damaged on this machine."),
                ("Quét lại tệp hỏng, hoặc khôi phục bản sao lưu.", "Scan the damaged file again, or restore the backup."),
                Self.resident)
        case (_, "account-mismatch"):
            self.init(
                Self.quoting(
                    said, "Thông tin người nộp chưa khớp dữ liệu dân cư", "The applicant does not match the population data"),
                ("So lại với thẻ căn cước, sửa rồi ghi nhận lại.", "Compare with the card, mend and seal again."), Self.resident)
        default:
            self.init(
                Self.quoting(said, "Cổng trả lại hồ sơ vì có chỗ chưa đúng", "The portal returned it: something is wrong"),
                ("Xem từng chỗ, sửa rồi ghi nhận lại.", "See each fault, mend it and seal again."), Self.resident)
        }
    }

    private init(_ why: (String, String), _ todo: (String, String), _ mustCome: LocalText) {
        self.why = LocalText(vi: why.0, en: why.1)
        self.todo = LocalText(vi: todo.0, en: todo.1)
        self.mustCome = mustCome
    }

    private static func quoting(_ said: String?, _ vi: String, _ en: String) -> (String, String) {
        guard let said, !said.isEmpty else { return ("\(vi).", "\(en).") }
        return ("\(vi): “\(said)”", "\(en): “\(said)”")
    }
}
