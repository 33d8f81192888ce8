internal import FoundationEssentials
public import KioskDomain

/// Where a dossier or a file is, why it is not further, what happens next and when, and whose move it is.
///
/// It is the one place for these words, on pages, in commands and in the log. They name nobody.
public struct Situation: Equatable, Sendable {
    /// How urgent it looks.
    public enum Tone: String, Sendable {
        /// All is well.
        case good
        /// It takes its course.
        case info
        /// Somebody should look.
        case warn
        /// Somebody has to act.
        case bad
    }

    /// How urgent it looks.
    public let tone: Tone
    /// Where it is and why it is not further.
    public let place: LocalText
    /// What happens next, and when.
    public let next: LocalText
    /// Whose move it is.
    public let mover: Mover

    /// All of it in one line.
    public var sentence: LocalText {
        LocalText(
            vi: "\(place.vi) \(next.vi) Việc của: \(mover.name.vi).", en: "\(place.en) \(next.en) Whose move: \(mover.name.en).")
    }

    private init(_ tone: Tone, _ place: (String, String), _ next: (String, String), _ mover: Mover) {
        self.tone = tone
        self.place = LocalText(vi: place.0, en: place.1)
        self.next = LocalText(vi: next.0, en: next.1)
        self.mover = mover
    }

    // MARK: Dossiers

    /// The situation of a dossier.
    public init(_ dossier: DossierFacts, _ outlook: Outlook) {
        if let withdrawal = dossier.withdrawal, dossier.status?.isOver != true {
            let wait = Wait(withdrawal, outlook)
            self.init(
                wait.tone,
                (
                    Self.joined("Người dân xin rút hồ sơ; yêu cầu đang chờ gửi lên cổng.", wait.why.0),
                    Self.joined("The resident withdraws the dossier; that waits to be sent.", wait.why.1)
                ), wait.next, wait.mover)
            return
        }
        switch dossier.state {
        case .draft where dossier.status?.isOver == true:
            self.init(
                .bad,
                (
                    "Cổng đã giải quyết xong hồ sơ này trong lúc nó được sửa ở đây; bản sửa không gửi được nữa.",
                    "The portal settled this dossier while it was being mended here; what was mended cannot be sent any more."
                ),
                (
                    "Bấm «Thôi sửa»: bản đang sửa vẫn giữ trong lịch sử.",
                    "Press “Stop mending”; what was typed stays in the history."
                ), .villageHead)
        case .withdrawn:
            self.init(
                .info,
                (
                    "Người dân đã rút hồ sơ này; cổng không có nó.",
                    "The resident withdrew this dossier; the portal does not have it."
                ), ("Hồ sơ đã xong, máy không gửi gì.", "It is done; nothing is sent."), .nobody)
        case .draft where dossier.wasSealed:
            self.init(
                .warn,
                ("Hồ sơ đang được sửa lại, chưa ghi nhận lần mới.", "The dossier is being mended and not sealed again yet."),
                ("Sửa xong thì ghi nhận lại; máy gửi bản mới lên cổng.", "Seal it again; the machine sends the new copy."),
                .villageHead)
        case .draft:
            self.init(
                .info, ("Hồ sơ đang soạn, chỉ có ở máy này.", "The dossier is being filled in; it is on this machine only."),
                ("Điền tiếp, xem lại rồi ghi nhận.", "Fill in the rest, review and seal it."), .villageHead)
        case .sealed, .inDoubt:
            self.init(waiting: dossier, outlook)
        case .rejected where dossier.trouble == .damaged:
            self.init(
                .bad,
                (
                    "Một phần hồ sơ trong máy bị hỏng nên chưa gửi được.",
                    "A part of the dossier is damaged on this machine, so it was not sent."
                ),
                (
                    "Quét lại tệp hỏng rồi ghi nhận lại, hoặc khôi phục từ bản sao lưu.",
                    "Scan the damaged file again and seal, or restore the backup."
                ),
                .villageHead)
        case .rejected:
            self.init(
                .bad, ("Cổng trả lại hồ sơ vì có chỗ chưa đúng.", "The portal returned the dossier: something is wrong."),
                ("Xem từng chỗ ở dưới, sửa rồi ghi nhận lại.", "See each fault below, mend it and seal again."), .villageHead)
        case .conflict where dossier.trouble == .absent:
            self.init(
                .bad,
                (
                    "Cổng không còn giữ hồ sơ này; bản trong máy vẫn nguyên.",
                    "The portal does not hold this dossier any more; this machine's copy is whole."
                ),
                (
                    "Hỏi Công an xã; nếu họ chưa có thì mở hồ sơ, bấm «Gửi lại».",
                    "Ask the commune police; if they have none, open the dossier and press “Send it again”."
                ), .villageHead)
        case .conflict where dossier.trouble == .duplicate:
            self.init(
                .bad,
                ("Trên cổng người dân đã có một hồ sơ như thế này.", "The resident already has such a dossier at the portal."),
                ("Hỏi người dân rồi quyết định giữ hồ sơ nào.", "Ask the resident which of the two stays."), .villageHead)
        case .conflict:
            self.init(
                .bad,
                (
                    "Bản ở máy này và bản trên cổng khác nhau ở cùng một chỗ.",
                    "This machine's copy and the portal's differ in the same place."
                ),
                ("Đối chiếu rồi quyết định.", "Compare and decide."), .villageHead)
        case .delivered: self.init(status: dossier.status)
        }
    }

    private init(waiting dossier: DossierFacts, _ outlook: Outlook) {
        let isInDoubt = dossier.state == .inDoubt
        let place =
            isInDoubt
            ? (
                "Hồ sơ đã gửi nhưng mất mạng trước khi cổng trả lời.",
                "The dossier was sent, but the line broke before the answer."
            )
            : (
                "Hồ sơ đã ghi nhận, cất an toàn trong máy, chờ gửi lên cổng.",
                "The dossier is sealed and safe in this machine, waiting to be sent."
            )
        guard let operation = dossier.operation else {
            self.init(
                .bad,
                ("Hồ sơ đã ghi nhận nhưng không có trong hàng chờ gửi.", "The dossier is sealed but missing in the queue."),
                ("Đừng xóa gì; hãy báo người hỗ trợ.", "Delete nothing; tell whoever looks after the machine."), .villageHead)
            return
        }
        if operation.state == .blocked {
            self.init(account: dossier.account)
            return
        }
        // It is as far as the file that is furthest behind.
        let files = dossier.files.map { Wait($0, outlook) }
        let wait =
            files.first { $0.isHeld } ?? files.first { $0.reason != nil } ?? (operation.needs > 0 ? files.first : nil)
            ?? Wait(operation, outlook)
        let left = dossier.files.count
        let why =
            left == 0
            ? wait.why
            : (
                "Còn \(left) tệp chưa lên cổng. \(wait.why.0)",
                "\(left == 1 ? "1 file is" : "\(left) files are") not up yet. \(wait.why.1)"
            )
        let doubt =
            isInDoubt
            ? ("Máy tự hỏi lại cổng, không gửi trùng. ", "The machine asks again by itself; nothing is filed twice. ") : ("", "")
        self.init(
            wait.tone, (Self.joined(place.0, why.0), Self.joined(place.1, why.1)), (doubt.0 + wait.next.0, doubt.1 + wait.next.1),
            wait.mover)
    }

    private static func joined(_ first: String, _ second: String) -> String {
        [first, second].map { $0.hasSuffix(" ") ? String($0.dropLast()) : $0 }.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private init(account: String?) {
        let place = (
            "Hồ sơ đã ghi nhận nhưng tài khoản của người dân trên cổng chưa xác minh.",
            "The dossier is sealed, but the resident's portal account is not verified."
        )
        switch account {
        case "locked", "account-locked":
            self.init(
                .warn, place,
                (
                    "Tài khoản bị khóa: người dân đến Công an xã để mở, rồi máy gửi tiếp.",
                    "The account is locked: the resident goes to the commune police; then the machine goes on."
                ), .resident)
        case "code-expired":
            self.init(
                .warn, place,
                (
                    "Mã 6 số đã hết hạn: xin mã mới; người dân đọc mã trong tin nhắn rồi máy gửi tiếp.",
                    "The six digits are out of date: ask for new ones; the resident reads them out, and the machine goes on."
                ), .villageHead)
        default:
            self.init(
                .warn, place,
                (
                    "Người dân đọc mã 6 số trong tin nhắn; nhập mã rồi máy gửi tiếp.",
                    "The resident reads out the six digits of the SMS; enter them and the machine goes on."
                ), .resident)
        }
    }

    private init(status: PortalStatus?) {
        switch status?.rawValue {
        case "accepted", "processing":
            self.init(
                .good,
                ("Cơ quan công an đã tiếp nhận và đang giải quyết.", "The police accepted the dossier and are at work on it."),
                ("Chờ kết quả.", "Wait for the result."), .police)
        case "supplement-required":
            self.init(
                .bad, ("Công an xã yêu cầu bổ sung hồ sơ.", "The commune police ask for something more."),
                ("Xem lời nhắn ở dưới, bổ sung rồi ghi nhận lại.", "Read the remark below, supplement and seal again."),
                .villageHead)
        case "resolved":
            self.init(
                .good, ("Đã có kết quả.", "There is a result."),
                ("Người dân nhận kết quả như đã chọn.", "The resident gets it the way that was chosen."), .resident)
        case "returned":
            self.init(
                .good, ("Đã trả kết quả cho người dân.", "The result was handed over."), ("Hồ sơ đã xong.", "It is done."),
                .nobody)
        case "refused":
            self.init(
                .bad, ("Cơ quan công an từ chối giải quyết.", "The police refused the dossier."),
                ("Xem lý do ở dưới; nếu cần thì làm hồ sơ mới.", "See the reason below; begin a new dossier if need be."),
                .resident)
        case "withdrawn":
            self.init(
                .info, ("Người dân đã rút hồ sơ.", "The resident withdrew the dossier."), ("Hồ sơ đã xong.", "It is done."),
                .nobody)
        default:
            self.init(
                .good,
                ("Hồ sơ đã lên cổng, chờ Công an xã tiếp nhận.", "The portal has the dossier; the police will look at it."),
                ("Chờ. Máy tự lấy tin mới mỗi lần có mạng.", "Wait. News comes with every sync."), .police)
        }
    }

    // MARK: Files and the queue

    /// The situation of a file of a dossier.
    ///
    /// - Parameters:
    ///   - isUploaded: whether the portal confirmed it.
    ///   - operation: what takes it there; nil while its dossier is not sealed.
    public init(fileUploaded isUploaded: Bool, operation: OperationFacts?, _ outlook: Outlook) {
        if isUploaded {
            self.init(
                .good, ("Tệp đã lên cổng.", "The file is at the portal."), ("Không gửi lại nữa.", "It is not sent again."),
                .nobody)
        } else if let operation {
            self.init(operation, outlook)
        } else {
            self.init(
                .info, ("Tệp ở trong máy.", "The file is on this machine."),
                ("Ghi nhận hồ sơ thì máy gửi tệp.", "It is sent once the dossier is sealed."), .villageHead)
        }
    }

    /// The situation of an operation in the queue.
    public init(_ operation: OperationFacts, _ outlook: Outlook) {
        let what = Self.name(operation.kind)
        switch operation.state {
        case .done, .superseded:
            self.init(
                .good, ("\(what.vi) đã xong.", "\(what.en): done."), ("Không phải gửi nữa.", "Nothing is left to send."), .nobody)
        case .sending:
            self.init(
                .info, ("\(what.vi) đang được gửi.", "\(what.en) is under way."),
                ("Đứt giữa chừng thì lần sau gửi tiếp từ chỗ dở.", "Where it breaks the next run goes on from there."), .machine)
        case .blocked: self.init(account: nil)
        case .rejected where operation.reason == Rejection.damagedHere:
            self.init(
                .bad, ("\(what.vi) trong máy bị hỏng.", "\(what.en) is damaged on this machine."),
                ("Mở hồ sơ, quét lại tệp hỏng rồi ghi nhận lại.", "Open the dossier, scan the file again and seal."), .villageHead
            )
        case .rejected:
            self.init(
                .bad, ("Cổng không nhận: \(what.vi.lowercased()).", "The portal refused: \(what.en.lowercased())."),
                ("Mở hồ sơ, sửa chỗ được ghi rồi ghi nhận lại.", "Open the dossier, mend what is named and seal again."),
                .villageHead)
        case .conflict:
            self.init(
                .bad, ("Bản ở máy này và bản trên cổng khác nhau.", "This machine's copy and the portal's differ."),
                ("Mở hồ sơ, đối chiếu rồi quyết định.", "Open the dossier, compare and decide."), .villageHead)
        case .waiting, .inDoubt:
            let place =
                operation.state == .inDoubt
                ? ("\(what.vi) đã gửi, chưa rõ cổng nhận chưa.", "\(what.en) was sent; whether the portal has it is not known.")
                : ("\(what.vi) ở trong máy, chờ gửi.", "\(what.en) waits on this machine.")
            let wait = Wait(operation, outlook)
            self.init(wait.tone, (Self.joined(place.0, wait.why.0), Self.joined(place.1, wait.why.1)), wait.next, wait.mover)
        }
    }

    private static func name(_ kind: Operation.Kind) -> LocalText {
        switch kind {
        case .account: LocalText(vi: "Đăng ký tài khoản", en: "The account's registration")
        case .verification: LocalText(vi: "Mã 6 số", en: "The six digits")
        case .newCode: LocalText(vi: "Việc xin mã mới", en: "The wish for a new code")
        case .check: LocalText(vi: "Việc hỏi lại cổng về hồ sơ", en: "The question whether the portal holds the dossier")
        case .upload: LocalText(vi: "Tệp", en: "The file")
        case .dossier: LocalText(vi: "Hồ sơ", en: "The dossier")
        case .withdrawal: LocalText(vi: "Yêu cầu rút hồ sơ", en: "The withdrawal")
        case .report: LocalText(vi: "Báo cáo", en: "The report")
        }
    }
}
