internal import FoundationEssentials
internal import SQLiteAccess

/// What an officer does with a resident's account.
public enum AccountAct: String, CaseIterable, Codable, Sendable {
    /// Locks it (khóa), a verified one too.
    case lock
    /// Opens a locked one: the next code asked for is sent.
    case unlock
    /// Lets the code that was sent last run out.
    case expireCode = "expire-code"
    /// Sends a new code; the one before is wrong from now on.
    case resetCode = "reset-code"

    /// The officer's word for it.
    var words: String {
        switch self {
        case .lock: "Khóa"
        case .unlock: "Mở khóa"
        case .expireCode: "Cho mã hết hạn"
        case .resetCode: "Gửi mã khác"
        }
    }

    /// The states of an account that it begins from.
    var from: Set<String> {
        switch self {
        case .lock: ["code-sent", "verified"]
        case .unlock: ["locked"]
        case .expireCode, .resetCode: ["code-sent"]
        }
    }
}

extension PortalCore {
    /// Does an act with an account and tells its kiosk.
    ///
    /// - Throws: ``TrainingPortalError/unknownAccount(id:)``, ``TrainingPortalError/actRefused(reason:)``, `SQLiteError`.
    func perform(_ act: AccountAct, account id: String) async throws {
        let (code, now) = (try Accounts.newCode(), now)
        try await database.write { db in
            guard var account = try Accounts.find(id, in: db) else { throw TrainingPortalError.unknownAccount(id: id) }
            guard act.from.contains(account.status) else {
                throw TrainingPortalError.actRefused(
                    reason: "Không thể «\(act.words)» khi tài khoản ở trạng thái «\(account.status)».")
            }
            switch act {
            case .lock:
                account.status = "locked"
            case .unlock:
                account.status = "code-sent"
                account.code = nil
                account.wrongCode = nil
                account.sentTime = 0
                account.expiresTime = 0
            case .expireCode:
                account.expiresTime = min(account.expiresTime, now.timeIntervalSince1970)
            case .resetCode:
                try Accounts.sendCode(code, to: &account, now: now, in: db)
            }
            try Accounts.save(account, in: db)
            try ChangeFeed.record(.account, subject: id, kiosk: account.kiosk, in: db)
        }
    }
}
