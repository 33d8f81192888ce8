internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskVault
internal import PortalWire
internal import SQLiteAccess

/// A row of `account`.
struct AccountRecord: Sendable {
    var id: String
    var kiosk: String
    var citizenId: String
    var phone: String
    var declaration: String
    /// `code-sent`, `verified` or `locked`.
    var status: String
    var code: String?
    var wrongCode: String?
    var attemptsLeft: Int
    /// Seconds since 1970.
    var sentTime: Double
    /// Seconds since 1970.
    var expiresTime: Double

    /// What the contract tells of it.
    var state: AccountState {
        guard status == "code-sent" else { return AccountState(id: id, status: status) }
        let expires = PortalTime.text(Date(timeIntervalSince1970: expiresTime))
        return AccountState(id: id, status: status, expiresAt: expires, attemptsLeft: attemptsLeft)
    }

    /// ``state`` for a message whose path names the account.
    var answer: AccountState {
        var answer = state
        answer.id = nil
        return answer
    }
}

/// The residents' accounts: declaring, the six digits, verifying (portal-contract.md, "Resident accounts").
enum Accounts {
    /// Guesses at one code.
    static let attempts = 5
    /// Seconds that a code is good.
    static let codeLifetime = 600.0
    /// Seconds between two codes.
    static let codePause = 60.0

    /// The account of an id; nil where there is none.
    static func find(_ id: String, in db: borrowing Connection) throws -> AccountRecord? {
        try list("WHERE id = \(id)", in: db).first
    }

    /// Accounts by a condition.
    static func list(_ condition: SQL, in db: borrowing Connection) throws -> [AccountRecord] {
        try db.all(
            """
            SELECT id, kiosk, citizen_id, phone, declaration, status, code, wrong_code, attempts_left, sent_time, expires_time
            FROM account \(part: condition)
            """
        ) { row in
            AccountRecord(
                id: row.text(0), kiosk: row.text(1), citizenId: row.text(2), phone: row.text(3), declaration: row.text(4),
                status: row.text(5), code: row.textOrNil(6), wrongCode: row.textOrNil(7), attemptsLeft: row.int(8),
                sentTime: row.double(9), expiresTime: row.double(10))
        }
    }

    /// Writes an account, new or changed.
    static func save(_ account: AccountRecord, in db: borrowing Connection) throws {
        try db.run(
            """
            INSERT OR REPLACE INTO account
                (id, kiosk, citizen_id, phone, declaration, status, code, wrong_code, attempts_left, sent_time, expires_time)
            VALUES (\(account.id), \(account.kiosk), \(account.citizenId), \(account.phone), \(account.declaration),
                \(account.status), \(account.code), \(account.wrongCode), \(account.attemptsLeft), \(account.sentTime),
                \(account.expiresTime))
            """)
    }

    /// Makes a code for an account and "sends" it: it is shown at the desk.
    static func sendCode(_ code: String, to account: inout AccountRecord, now: Date, in db: borrowing Connection) throws {
        account.status = "code-sent"
        account.code = code
        account.wrongCode = nil
        account.attemptsLeft = attempts
        account.sentTime = now.timeIntervalSince1970
        account.expiresTime = account.sentTime + codeLifetime
        let at = PortalTime.text(now)
        try db.run(
            "INSERT INTO sms (account, phone, code, sent_at) VALUES (\(account.id), \(account.phone), \(code), \(at))")
        try save(account, in: db)
    }

    /// Six random digits.
    static func newCode() throws(VaultError) -> String {
        let bytes = try Secret.random(count: 8)
        let number = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % 1_000_000
        let digits = String(number)
        return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }

    /// Marks an account verified and tells the kiosk.
    static func verify(_ account: inout AccountRecord, in db: borrowing Connection) throws {
        account.status = "verified"
        account.code = nil
        account.wrongCode = nil
        try save(account, in: db)
        try ChangeFeed.record(.account, subject: account.id, kiosk: account.kiosk, in: db)
    }
}

extension PortalCore {
    /// `PUT /v1/accounts/{accountId}`.
    func putAccount(_ request: HTTPRequest) async throws -> HTTPResponse {
        let kiosk = try kiosk(of: request)
        let id = request.parameter("accountId")
        let registration = try await message(AccountRegistration.self, of: request)
        if let refusal = mismatch(of: registration) { throw refusal }
        let declaration = String(decoding: try JSONText.encode(registration), as: UTF8.self)
        let hasAccount = population[registration.citizenId]?.hasAccount == true
        let (code, now) = (try Accounts.newCode(), now)
        let account = try await database.write { db -> AccountRecord in
            let known = try Accounts.find(id, in: db)
            guard known.map({ $0.kiosk == kiosk }) ?? true else { throw Refusal.notFound("account") }
            // A lock is not opened by declaring again.
            if known?.status == "locked" { throw Self.locked }
            // A repeat of the same declaration sends no second message while the first code is good.
            if let known, known.declaration == declaration {
                let isWaiting = known.status == "code-sent" && known.expiresTime > now.timeIntervalSince1970
                if known.status == "verified" || isWaiting { return known }
            }
            var account = AccountRecord(
                id: id, kiosk: kiosk, citizenId: registration.citizenId, phone: registration.phone, declaration: declaration,
                status: "code-sent", attemptsLeft: 0, sentTime: 0, expiresTime: 0)
            let citizen = registration.citizenId
            let others = try Accounts.list("WHERE citizen_id = \(citizen) AND status = 'verified'", in: db)
            if hasAccount || !others.isEmpty {
                try Accounts.verify(&account, in: db)
            } else {
                try Accounts.sendCode(code, to: &account, now: now, in: db)
            }
            return account
        }
        let response = try HTTPResponse.message(account.answer, status: account.status == "verified" ? 200 : 202)
        await storyteller.heard(registered: id, self)
        return response
    }

    /// `POST /v1/accounts/{accountId}/code`.
    func postCode(_ request: HTTPRequest) async throws -> HTTPResponse {
        let kiosk = try kiosk(of: request)
        let id = request.parameter("accountId")
        let (code, now) = (try Accounts.newCode(), now)
        let at = PortalTime.text(now)
        let account = try await database.write { db -> AccountRecord in
            guard var account = try Accounts.find(id, in: db), account.kiosk == kiosk else { throw Refusal.notFound("account") }
            if account.status == "verified" { return account }
            if account.status == "locked" { throw Self.locked }
            let wait = account.sentTime + Accounts.codePause - now.timeIntervalSince1970
            guard wait <= 0 else {
                throw Refusal(
                    .tooManyRequests, 429, "Vừa gửi mã", detail: "Chờ một phút rồi hãy xin mã mới.",
                    headers: [("Retry-After", String(Int(wait.rounded(.up))))])
            }
            try Accounts.sendCode(code, to: &account, now: now, in: db)
            return account
        }
        // For an account that is verified already there is nothing to send: the state says so.
        let state =
            account.status == "verified" ? AccountState(status: "verified", expiresAt: at, attemptsLeft: 0) : account.answer
        return try .message(state, status: 202)
    }

    /// `PUT /v1/accounts/{accountId}/verification`.
    func putVerification(_ request: HTTPRequest) async throws -> HTTPResponse {
        let kiosk = try kiosk(of: request)
        let id = request.parameter("accountId")
        let guess = try await message(VerificationMessage.self, of: request).code
        let now = now
        // A wrong guess is both an error for the kiosk and a change to be kept, so it is returned, not thrown: throwing would
        // roll the charge back.
        let refusal = try await database.write { db -> Refusal? in
            guard var account = try Accounts.find(id, in: db), account.kiosk == kiosk else { throw Refusal.notFound("account") }
            if account.status == "verified" { return nil }
            if account.status == "locked" { return Self.locked }
            guard account.expiresTime > now.timeIntervalSince1970 else {
                return Refusal(.codeExpired, 410, "Mã đã hết hạn", detail: "Hãy xin mã mới.")
            }
            if let code = account.code, Secret.equal(Array(code.utf8), Array(guess.utf8)) {
                try Accounts.verify(&account, in: db)
                return nil
            }
            // The same wrong guess again is a repeat of a request whose answer was lost: it is charged once.
            if account.wrongCode != guess { account.attemptsLeft -= 1 }
            account.wrongCode = guess
            if account.attemptsLeft <= 0 {
                account.status = "locked"
                try ChangeFeed.record(.account, subject: id, kiosk: kiosk, in: db)
            }
            try Accounts.save(account, in: db)
            guard account.status != "locked" else { return Self.locked }
            return Refusal(
                Problem(
                    code: .codeWrong, title: "Mã không đúng", status: 422,
                    detail: "Mã này không phải mã gửi gần nhất.", attemptsLeft: account.attemptsLeft))
        }
        if let refusal { throw refusal }
        return try .message(AccountState(status: "verified"))
    }

    /// The last code sent for an account; nil where none was.
    func smsCode(_ account: String) async throws -> String? {
        try await database.read { db in
            try db.first("SELECT code FROM sms WHERE account = \(account) ORDER BY number DESC LIMIT 1") { $0.text(0) }
        }
    }

    private static let locked = Refusal(
        .accountLocked, 403, "Tài khoản bị khóa", detail: "Đã nhập sai mã quá nhiều lần.")

    /// 422 `account-mismatch`, where the declaration differs from the population database.
    private func mismatch(of registration: AccountRegistration) -> Refusal? {
        var errors: [Problem.FieldFault] = []
        if population[registration.citizenId] == nil {
            let message = "Không có số định danh này trong Cơ sở dữ liệu quốc gia về dân cư."
            errors.append(Problem.FieldFault(pointer: "/citizenId", code: "population-mismatch", message: message))
        } else if registration.birthDate.utf8.count < 4 {
            errors.append(Problem.FieldFault(pointer: "/birthDate", code: "required", message: "Cần ngày, tháng, năm sinh."))
        } else {
            let person: JSONValue = [
                "citizenId": .string(registration.citizenId), "fullName": .string(registration.fullName),
                "birthDate": .string(registration.birthDate), "sex": .string(registration.sex),
            ]
            errors = population.faults(of: person, at: JSONPointer(tokens: []))
        }
        guard !errors.isEmpty else { return nil }
        return Refusal(
            Problem(
                code: .accountMismatch, title: "Khai khác Cơ sở dữ liệu quốc gia về dân cư", status: 422,
                detail: "Có \(errors.count) mục khai khác Cơ sở dữ liệu quốc gia về dân cư.", errors: errors))
    }
}
