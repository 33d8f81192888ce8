/// The body of `PUT /v1/accounts/{accountId}` (portal-contract.md, "Resident accounts").
public struct AccountRegistration: Codable, Equatable, Sendable {
    /// Twelve digits (`cccd`) or nine (`cmnd`).
    public var citizenId: String
    /// `cccd` or `cmnd`.
    public var idKind: String
    /// Full name as on the card.
    public var fullName: String
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    public var birthDate: String
    /// `male` or `female`.
    public var sex: String
    /// The mobile number that gets the code.
    public var phone: String
    /// When the resident consented (RFC 3339).
    public var consentAt: String

    /// A registration.
    public init(
        citizenId: String, idKind: String, fullName: String, birthDate: String, sex: String, phone: String, consentAt: String
    ) {
        self.citizenId = citizenId
        self.idKind = idKind
        self.fullName = fullName
        self.birthDate = birthDate
        self.sex = sex
        self.phone = phone
        self.consentAt = consentAt
    }
}

/// The answer to a registration or a code.
public struct AccountState: Codable, Equatable, Sendable {
    /// The account, where the message is not addressed to it by its path.
    public var id: String?
    /// `code-sent`, `verified`, `locked`; unknown ones may come.
    public var status: String
    /// Until when the code sent is good (RFC 3339).
    public var expiresAt: String?
    /// Guesses left.
    public var attemptsLeft: Int?

    /// A state.
    public init(id: String? = nil, status: String, expiresAt: String? = nil, attemptsLeft: Int? = nil) {
        self.id = id
        self.status = status
        self.expiresAt = expiresAt
        self.attemptsLeft = attemptsLeft
    }
}

/// The body of `PUT /v1/accounts/{accountId}/verification`.
public struct VerificationMessage: Codable, Equatable, Sendable {
    /// Six digits.
    public var code: String

    /// A code.
    public init(code: String) { self.code = code }
}

/// The answer of `POST /oauth2/token` (RFC 6749, section 5.1).
public struct TokenMessage: Codable, Equatable, Sendable {
    /// The bearer token.
    public var accessToken: String
    /// `Bearer`.
    public var tokenType: String
    /// Seconds until it ends; a server may leave it out.
    public var expiresIn: Int?

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
    }

    /// A token.
    public init(accessToken: String, tokenType: String, expiresIn: Int?) {
        self.accessToken = accessToken
        self.tokenType = tokenType
        self.expiresIn = expiresIn
    }
}

/// The answer of `GET /v1/health`.
public struct HealthMessage: Codable, Equatable, Sendable {
    /// `ok`.
    public var status: String
    /// The portal's time (RFC 3339).
    public var time: String

    /// A state of health.
    public init(status: String, time: String) {
        self.status = status
        self.time = time
    }
}
