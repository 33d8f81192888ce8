public import KioskDomain
public import KioskSync
public import KioskVault
public import SQLiteAccess

/// What the store cannot do, in words for the log and for a village head.
///
/// No case carries personal data.
public enum StoreError: Error, Sendable {
    /// SQLite failed.
    case database(SQLiteError)
    /// Keys or sealed data failed.
    case vault(VaultError)
    /// The folder holds no kiosk.
    case noKiosk(folder: String)
    /// The folder already holds a kiosk.
    case kioskExists(folder: String)
    /// The folder cannot be made or used.
    case folder(String, reason: String)
    /// No operator has this name.
    case noOperator
    /// The PIN is wrong; the next guess is taken after so many seconds.
    case wrongPIN(nextGuessIn: Double)
    /// Guessing goes on only after so many seconds.
    case guessingTooFast(seconds: Double)
    /// No such dossier.
    case noDossier
    /// The dossier is not being filled in.
    case notADraft
    /// The dossier cannot be taken up again now.
    case notReopenable(DossierState)
    /// The dossier cannot be sealed as it is.
    case notReady([FormIssue])
    /// Nobody has to decide anything of this dossier.
    case noConflict
    /// The choices do not settle the dossier.
    case choices(Reconciliation.ChoiceFault)
    /// The resident's consent lacks something.
    case noConsent([ConsentIssue])
    /// A purpose of a consent that cannot be taken back: it is needed, was not agreed to or is taken back already.
    case notWithdrawable
    /// A reason or a name is missing or too long.
    case withdrawalIncomplete
    /// The dossier cannot be withdrawn, or its withdrawal not be taken back: settled, being sent, never sealed, or done already.
    case notWithdrawableNow
    /// The portal has settled the dossier: nothing can be amended any more.
    case settledAtPortal
    /// The decision cannot be taken back: it is being sent, or the portal's copy has changed since.
    case notUndoable
    /// No such procedure in the catalogue.
    case noProcedure(String)
    /// No dossier of the kiosk was begun with this edition of the catalogue.
    case noEdition(String)
    /// No such paper.
    case noPaper
    /// The file is empty.
    case emptyFile
    /// The file is larger than the kiosk takes.
    case fileTooLarge(limit: Int)
    /// The dossier's papers were changed while it was being sealed.
    case papersChanged
    /// The file is no paper that can be sent.
    case unfit(FileFault)
    /// The disk is nearly full: no new papers until there is room again; saving and syncing go on.
    case diskNearlyFull(freeMegabytes: Int)
    /// No such account, or it awaits no code.
    case noAccount
    /// No such outreach entry.
    case noOutreach
    /// The portal has decided nothing of the dossier that a resident has to be told, or they were told before.
    case nothingToTell

    /// A sentence in Vietnamese for whoever sits at the kiosk.
    public var spoken: String {
        switch self {
        case .database(let error):
            switch error.kind {
            case .busy: "Một chương trình khác đang ghi dữ liệu. Chờ một lát rồi thử lại."
            case .full: "Ổ đĩa đã đầy. Hãy xóa bớt tệp khác rồi thử lại; những gì máy báo đã lưu thì không mất."
            case .damaged: "Tệp dữ liệu bị hỏng. Đừng xóa tệp; hãy gọi người hỗ trợ để khôi phục từ bản sao lưu."
            case .newerSchema: "Dữ liệu do phiên bản mới hơn của chương trình ghi. Hãy cài phiên bản mới."
            case .inaccessible: "Không mở được tệp dữ liệu. Hãy kiểm tra thư mục dữ liệu."
            case .constraint, .misuse: "Chương trình gặp lỗi. Dữ liệu đã lưu vẫn còn; hãy báo người hỗ trợ."
            }
        case .vault(.weakPIN(let reason)): reason
        case .vault(.malformedRecoveryKey): "Khóa khôi phục gõ sai. Hãy xem lại bản in."
        case .vault: "Không mở được dữ liệu đã mã hóa. Hãy báo người hỗ trợ."
        case .noKiosk(let folder): "Thư mục \(folder) chưa có dữ liệu. Hãy chạy: kiosk init"
        case .kioskExists(let folder): "Thư mục \(folder) đã có dữ liệu của một máy. Hãy chọn thư mục khác."
        case .folder(let folder, _): "Không dùng được thư mục \(folder)."
        case .noOperator: "Không có người dùng này trên máy."
        case .wrongPIN(let seconds):
            seconds < 1 ? "Mã PIN không đúng." : "Mã PIN không đúng. Lần thử tiếp theo sau \(Self.wait(seconds))."
        case .guessingTooFast(let seconds): "Đã nhập sai nhiều lần. Hãy thử lại sau \(Self.wait(seconds))."
        case .noDossier: "Không có hồ sơ này trên máy."
        case .notADraft: "Hồ sơ này đã ghi nhận xong, không sửa được ở đây."
        case .notReopenable: "Hồ sơ này đang chờ gửi hoặc đã xong, chưa sửa được."
        case .notReady(let issues): "Hồ sơ còn \(issues.count) chỗ phải sửa."
        case .noConflict: "Hồ sơ này không có chỗ nào cần đối chiếu."
        case .choices(.undecided(let pointers)): "Còn \(pointers.count) chỗ chưa chọn bên nào."
        case .choices(.noPlace): "Có lựa chọn không khớp với mục nào của hồ sơ."
        case .noConsent(let issues): "Sự đồng ý của người dân còn thiếu \(issues.count) chỗ."
        case .notWithdrawable: "Không rút lại được: mục này bắt buộc, chưa được đồng ý, hoặc đã rút rồi."
        case .withdrawalIncomplete: "Cần ghi lý do (nhiều nhất 500 chữ cái) và tên người đồng ý."
        case .notWithdrawableNow: "Lúc này không rút được: hồ sơ đang được gửi, đã có kết quả, hoặc đã rút rồi."
        case .settledAtPortal: "Cổng đã giải quyết xong hồ sơ này, không sửa được nữa."
        case .notUndoable: "Không lấy lại được nữa: hồ sơ đã gửi, hoặc bản trên cổng vừa thay đổi."
        case .noProcedure(let code): "Không có thủ tục \(code)."
        case .noEdition(let version): "Máy không còn danh mục thủ tục bản \(version). Hãy báo người hỗ trợ."
        case .noPaper: "Không có giấy tờ này trong hồ sơ."
        case .emptyFile: "Tệp trống. Hãy chọn tệp khác."
        case .fileTooLarge(let limit): "Tệp quá lớn: nhiều nhất \(limit / 1_048_576) MB."
        case .papersChanged: "Giấy tờ vừa được thay đổi. Hãy xem lại rồi ghi nhận lần nữa."
        case .unfit(let fault): fault.advice.vi
        case .diskNearlyFull(let free):
            "Ổ đĩa chỉ còn \(free) MB nên máy chưa nhận thêm giấy tờ. Lưu và gửi hồ sơ vẫn làm được. Hãy gửi hồ sơ lên cổng, xóa bớt tệp khác rồi quét tiếp."
        case .noAccount: "Không có tài khoản này, hoặc tài khoản không chờ mã."
        case .nothingToTell: "Hồ sơ này không có gì mới phải báo cho người dân, hoặc đã báo rồi."
        case .noOutreach: "Không có lần tuyên truyền này trong sổ; có thể vừa bị xóa."
        }
    }

    private static func wait(_ seconds: Double) -> String {
        seconds < 90 ? "\(Int(seconds.rounded(.up))) giây" : "\(Int((seconds / 60).rounded(.up))) phút"
    }
}

extension StoreError: CustomStringConvertible {
    /// A sentence in English for log and terminal, with what to do.
    public var description: String {
        switch self {
        case .database(let error): error.description
        case .vault(let error): error.description
        case .noKiosk(let folder): "\(folder) holds no kiosk: run kiosk init first, or name the right folder with --data"
        case .kioskExists(let folder): "\(folder) already holds a kiosk: name another folder with --data"
        case .folder(let folder, let reason): "\(folder): \(reason)"
        case .noOperator: "no operator of this name: see kiosk operator list"
        case .wrongPIN(let seconds): "wrong PIN; the next guess is taken in \(Int(seconds.rounded(.up))) s"
        case .guessingTooFast(let seconds): "too many wrong PINs; try again in \(Int(seconds.rounded(.up))) s"
        case .noDossier: "no such dossier: see kiosk dossier list"
        case .notADraft: "the dossier is sealed already"
        case .notReopenable(let state): "a dossier in the state \(state.rawValue) cannot be taken up again"
        case .notReady(let issues):
            "the dossier cannot be sealed:"
                + issues.map { "\n  \($0.pointer): \($0.code): \($0.message.vi) / \($0.message.en)" }.joined()
        case .noConflict: "this dossier is in no conflict: see kiosk reconcile list"
        case .choices(.undecided(let pointers)): "not decided:" + pointers.map { "\n  \($0)" }.joined()
        case .choices(.noPlace(let pointer)): "\(pointer): no clash and no field of this dossier"
        case .noConsent(let issues):
            "the resident's consent lacks something:"
                + issues.map { "\n  \($0.field): \($0.code): \($0.message.vi) / \($0.message.en)" }.joined()
        case .notWithdrawable: "this purpose of the consent is needed, was not agreed to, or is taken back already"
        case .withdrawalIncomplete: "a reason (at most 500 letters) and the name of who consented are needed"
        case .notWithdrawableNow: "the dossier is being sent, settled, withdrawn already or was never sealed"
        case .settledAtPortal: "the portal has settled the dossier: nothing can be amended any more"
        case .notUndoable: "the decision was sent, or the portal's copy has changed since"
        case .noProcedure(let code): "no procedure \(code): see kiosk procedure list"
        case .noEdition(let version): "the edition \(version) of the catalogue is not in this kiosk's data"
        case .noPaper: "no such paper in this dossier"
        case .emptyFile: "the file is empty"
        case .fileTooLarge(let limit): "the file is larger than \(limit) bytes"
        case .papersChanged: "the papers were changed while the dossier was being sealed: try again"
        case .unfit(let fault): fault.description
        case .diskNearlyFull(let free):
            "only \(free) MB are free on the disk: no new papers until there is room again (settings: reserveMegabytes)"
        case .noAccount: "no such account, or it awaits no code"
        case .nothingToTell: "the portal has decided nothing that the resident was not told yet"
        case .noOutreach: "no such outreach entry"
        }
    }
}
