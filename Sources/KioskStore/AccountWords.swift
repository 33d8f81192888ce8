public import FoundationEssentials
public import KioskDomain
internal import KioskSync

/// Where the six digits of an account stand: what its state means at an instant.
public enum CodeStanding: Equatable, Sendable {
    /// The account is not registered yet, which sends a code.
    case unsent
    /// A code is out.
    case sent
    /// The last code was wrong.
    case wrong
    /// The last code is out of date, by the portal's word or by its own time.
    case expired
    /// Too many wrong codes.
    case locked
    /// The resident may file.
    case verified
    /// The portal refused it with a problem code.
    case refused(code: String)
}

extension AccountRow {
    /// Where the six digits stand.
    public func codeStanding(at now: Date) -> CodeStanding {
        switch state {
        case Self.new: .unsent
        case AccountProgress.verified: .verified
        case AccountProgress.locked: .locked
        case "code-expired": .expired
        case AccountProgress.codeSent, "code-wrong":
            if let expiresAt, expiresAt <= now { .expired } else { state == "code-wrong" ? .wrong : .sent }
        default: .refused(code: state)
        }
    }

    /// How the account stands, in sentences: what the portal said last, and what waits to be sent.
    public func words(at now: Date) -> [LocalText] {
        var words = [standingWords(at: now)]
        switch codeStanding(at: now) {
        case .sent, .wrong:
            if let attemptsLeft {
                words.append(LocalText(vi: "Còn \(attemptsLeft) lần nhập.", en: "\(attemptsLeft) tries left."))
            }
            if let expiresAt {
                let instant = VietnamTime.spoken(expiresAt)
                words.append(LocalText(vi: "Mã có hạn đến \(instant).", en: "The code is good until \(instant)."))
            }
        case .unsent, .expired, .locked, .verified, .refused: break
        }
        if let waitingWords { words.append(waitingWords) }
        return words
    }

    private func standingWords(at now: Date) -> LocalText {
        switch codeStanding(at: now) {
        case .unsent:
            return LocalText(
                vi: "Tài khoản chờ đăng ký lên cổng; đăng ký xong cổng tự gửi mã.",
                en: "The account waits to be registered; the portal sends a code by itself then.")
        case .sent: return LocalText(vi: "Cổng đã gửi mã về số \(phone).", en: "The portal sent a code to \(phone).")
        case .wrong:
            return LocalText(
                vi: "Mã lần trước không đúng. Hãy hỏi lại người dân.", en: "The last code was wrong. Ask the resident again.")
        case .expired:
            return LocalText(vi: "Mã đã hết hạn. Hãy xin mã mới.", en: "The code is out of date. Ask for a new one.")
        case .locked:
            let begin = VietnamTime.spoken(since)
            let end = expiresAt.map(VietnamTime.spoken)
            return LocalText(
                vi: "Tài khoản bị khóa vì nhập sai mã nhiều lần: \(end.map { "khóa đến \($0)" } ?? "máy biết từ \(begin)"). "
                    + "Người dân gọi hoặc đến Công an xã để mở khóa; mở xong thì xin mã mới.",
                en: "The account is locked after too many wrong codes: \(end.map { "until \($0)" } ?? "known since \(begin)"). "
                    + "The resident calls or visits the commune police to have it opened; then ask for a new code.")
        case .verified: return LocalText(vi: "Tài khoản đã xác minh.", en: "The account is verified.")
        case .refused(Self.refused):
            return LocalText(
                vi: "Cổng không nhận thông tin của người này; xem hồ sơ bị trả lại.",
                en: "The portal refused what was declared; see the returned dossier.")
        case .refused(let code):
            return LocalText(
                vi: "Cổng từ chối (\(code)). Hãy xin mã mới, hoặc hỏi Công an xã.",
                en: "The portal refused (\(code)). Ask for a new code, or ask the commune police.")
        }
    }

    private var waitingWords: LocalText? {
        switch waiting {
        case nil: return nil
        case .code:
            return LocalText(
                vi: "Đã lưu mã 6 số; có mạng là máy nộp.", en: "Six digits are kept and handed in when there is a line.")
        case .newCode(nil):
            return LocalText(
                vi: "Đã ghi việc xin mã mới; có mạng là máy xin.", en: "A new code is asked for when there is a line.")
        case .newCode(let instant?):
            let time = VietnamTime.spoken(instant)
            return LocalText(
                vi: "Cổng vừa gửi mã, chưa gửi thêm được; máy xin lại sau \(time).",
                en: "The portal has just sent a code and sends no other yet; the machine asks again after \(time).")
        }
    }
}
