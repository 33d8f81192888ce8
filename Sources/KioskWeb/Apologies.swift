internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

/// What a script of ours is told when something did not work.
struct Refusal: Codable {
    var message: String
    var locked: Bool?
}

extension Desk {
    /// The answer to an error: what is wrong and what to do, as a page or, to a script of ours, as JSON.
    func apology(for error: any Error, to request: HTTPRequest) -> HTTPResponse {
        let say = Tongue(request)
        let isScript = request.headers["X-CSRF-Token"] != nil || request.headers["Accept"] == "application/json"
        if let error = error as? NeedsUnlock {
            guard isScript else {
                return .redirect(to: "/unlock?next=\(error.next.escapedForQuery)\(error.isLongGone ? "&idle=1" : "")")
            }
            let message = say("Máy đã khóa. Hãy mở khóa rồi làm tiếp.", "The kiosk is locked. Unlock it and go on.")
            return (try? .encoded(Refusal(message: message, locked: true), status: 401)) ?? HTTPResponse(status: 401)
        }
        let (status, title, text) = words(for: error)
        if status >= 500 { report(error) }
        if isScript {
            return (try? .encoded(Refusal(message: say(text)), status: status)) ?? HTTPResponse(status: status)
        }
        let session = sessions.session(request.cookie(SessionBook.cookie), uptime: uptime(), touching: false)
        let frame = PageFrame(say: say, options: options, session: session, path: "/")
        var response = frame.page(
            say(title),
            """
            <div class="card narrow"><h1>\(say(title))</h1><p class="lead">\(say(text))</p>
            <p><a class="button primary" href="/">\(say("Về trang đầu", "To the first page"))</a></p></div>
            """, status: status)
        if let allow = (error as? any HTTPResponseError)?.response.headers["Allow"] { response.headers["Allow"] = allow }
        return response
    }

    private func words(for error: any Error) -> (Int, LocalText, LocalText) {
        switch error {
        case let error as StoreError: (error.status, StoreErrorWords.title, StoreErrorWords.text(error))
        case let fault as HTTPFault: FaultWords.words(fault.status)
        case let error as any HTTPResponseError: FaultWords.words(error.response.status)
        default: FaultWords.words(500)
        }
    }
}

extension StoreError {
    /// The status of the answer.
    var status: Int {
        switch self {
        case .noDossier, .noProcedure, .noPaper, .noOperator, .noOutreach: 404
        case .withdrawalIncomplete: 422
        case .notWithdrawableNow, .settledAtPortal, .notUndoable, .nothingToTell: 409
        case .notADraft, .notReopenable, .notReady, .noConsent, .notWithdrawable, .noConflict, .choices, .papersChanged: 409
        case .emptyFile, .noAccount: 422
        case .fileTooLarge: 413
        case .unfit(.refused), .unfit(.unknown): 415
        case .unfit: 422
        case .diskNearlyFull: 507
        case .wrongPIN: 403
        case .guessingTooFast: 429
        case .database, .vault, .noKiosk, .kioskExists, .folder, .noEdition: 500
        }
    }
}

enum StoreErrorWords {
    static let title = LocalText(vi: "Chưa làm được", en: "That did not work")

    /// What the store says, in both languages.
    static func text(_ error: StoreError) -> LocalText {
        LocalText(vi: error.spoken, en: english(error))
    }

    private static func english(_ error: StoreError) -> String {
        switch error {
        case .noDossier: "There is no such dossier on this machine."
        case .notADraft: "This dossier is sealed; it cannot be changed here."
        case .notReopenable: "This dossier is on its way or settled; it cannot be changed now."
        case .notReady(let issues): "The dossier has \(issues.count) things to mend."
        case .noConflict: "There is nothing to settle in this dossier."
        case .choices: "Some differences are not decided yet, or a choice fits no question."
        case .noConsent(let issues): "The resident's consent lacks \(issues.count) things."
        case .notWithdrawable: "This cannot be taken back: it is needed, was not agreed to, or is taken back already."
        case .withdrawalIncomplete: "Give a reason (at most 500 letters) and the name of who consented."
        case .notWithdrawableNow: "It cannot be withdrawn now: it is being sent, settled, or withdrawn already."
        case .settledAtPortal: "The portal has settled this dossier; it cannot be changed any more."
        case .notUndoable: "It cannot be taken back any more: it was sent, or the portal's copy has just changed."
        case .noProcedure: "There is no such procedure."
        case .noPaper: "There is no such paper in this dossier."
        case .nothingToTell: "There is nothing new to tell the resident, or they were told already."
        case .noOutreach: "There is no such entry in the log; it may just have been removed."
        case .emptyFile: "The file is empty. Choose another."
        case .fileTooLarge(let limit): "The file is too large: at most \(limit / 1_048_576) MB."
        case .papersChanged: "The papers were just changed. Look them over and seal again."
        case .unfit(let fault): fault.advice.en
        case .diskNearlyFull(let free):
            "Only \(free) MB are free on the disk, so no new papers are taken. Saving and sending go on. Send what waits, remove other files, then scan on."
        case .noAccount: "There is no such account, or it awaits no code. A code has six digits."
        case .noOperator: "There is no such person on this machine."
        case .wrongPIN(let seconds):
            seconds < 1 ? "The PIN is wrong." : "The PIN is wrong. The next try is taken in \(Int(seconds.rounded(.up))) s."
        case .guessingTooFast(let seconds): "Too many wrong PINs. Try again in \(Int(seconds.rounded(.up))) s."
        case .database, .vault, .noKiosk, .kioskExists, .folder, .noEdition:
            "The program met a fault. What was saved is still there; tell whoever looks after the machine."
        }
    }
}

enum FaultWords {
    /// The words for a status.
    static func words(_ status: Int) -> (Int, LocalText, LocalText) {
        switch status {
        case 403:
            (
                status, LocalText(vi: "Yêu cầu bị từ chối", en: "Refused"),
                LocalText(
                    vi: "Trang này đã cũ hoặc yêu cầu đến từ nơi khác. Hãy về trang đầu và làm lại.",
                    en: "This page is out of date, or the request came from elsewhere. Go to the first page and try again.")
            )
        case 404:
            (
                status, LocalText(vi: "Không có trang này", en: "There is no such page"),
                LocalText(vi: "Địa chỉ không đúng. Hãy về trang đầu.", en: "The address is wrong. Go to the first page.")
            )
        case 413:
            (
                status, LocalText(vi: "Tệp quá lớn", en: "Too large"),
                LocalText(
                    vi: "Tệp quá lớn. Hãy quét lại với độ phân giải thấp hơn (200–300 dpi).",
                    en: "The file is too large. Scan it again at 200 to 300 dpi.")
            )
        case 400...499:
            (
                status, LocalText(vi: "Yêu cầu không hợp lệ", en: "Not understood"),
                LocalText(
                    vi: "Máy không hiểu yêu cầu này. Hãy về trang đầu và làm lại.",
                    en: "The machine does not understand this request. Go to the first page and try again.")
            )
        default:
            (
                500, LocalText(vi: "Chương trình gặp lỗi", en: "The program met a fault"),
                LocalText(
                    vi: "Những gì máy báo đã lưu vẫn còn. Hãy thử lại; nếu vẫn lỗi thì báo người hỗ trợ.",
                    en: "What was saved is still there. Try again; if it happens again, tell whoever looks after the machine.")
            )
        }
    }
}
