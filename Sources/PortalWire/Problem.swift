public import JSONTree

/// A problem document (RFC 9457) as the contract uses it (portal-contract.md, "Ground rules").
public struct Problem: Codable, Equatable, Sendable {
    /// `urn:village-portal:<code>`.
    public var type: String
    /// A short text for people.
    public var title: String?
    /// The HTTP status, repeated in the body.
    public var status: Int?
    /// What happened this time.
    public var detail: String?
    /// The fields at fault.
    public var errors: [FieldFault]?
    /// The SHA-256 (lower-case hex) of files that the portal does not hold (424 `attachments-missing`).
    public var missing: [String]?
    /// Guesses left before the account is locked (422 `code-wrong`).
    public var attemptsLeft: Int?
    /// The open dossier that stands in the way (409 `duplicate-dossier`).
    public var conflictsWith: Duplicate?

    /// A problem of the contract.
    public init(
        code: ProblemCode, title: String, status: Int, detail: String? = nil, errors: [FieldFault]? = nil,
        missing: [String]? = nil, attemptsLeft: Int? = nil, conflictsWith: Duplicate? = nil
    ) {
        self.type = Self.prefix + code.rawValue
        self.title = title
        self.status = status
        self.detail = detail
        self.errors = errors
        self.missing = missing
        self.attemptsLeft = attemptsLeft
        self.conflictsWith = conflictsWith
    }

    /// Reads a problem as RFC 9457, section 3.1, asks: a member of another type than the contract's (a gateway's own) is
    /// ignored, and a missing `type` is `about:blank`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func member<T: Decodable>(_ key: CodingKeys) -> T? { try? container.decodeIfPresent(T.self, forKey: key) }
        type = member(.type) ?? "about:blank"
        title = member(.title)
        status = member(.status)
        detail = member(.detail)
        errors = member(.errors)
        missing = member(.missing)
        attemptsLeft = member(.attemptsLeft)
        conflictsWith = member(.conflictsWith)
    }

    /// The code behind the `urn:village-portal:` prefix; nil where the type is of another kind.
    public var code: ProblemCode? {
        type.hasPrefix(Self.prefix) ? ProblemCode(rawValue: String(type.dropFirst(Self.prefix.count))) : nil
    }

    private static let prefix = "urn:village-portal:"

    /// One field at fault.
    public struct FieldFault: Codable, Equatable, Sendable {
        /// JSON Pointer (RFC 6901) into the request body, such as `/fields/applicant/fullName`.
        public var pointer: String
        /// What kind of fault, such as `population-mismatch`.
        public var code: String
        /// The portal's words.
        public var message: String
        /// The right value, only where the portal may tell it.
        public var expected: JSONValue?
        /// A code of the portal's list of reasons, such as `R04`; a portal may leave it out.
        public var reason: String?

        /// A fault of one field.
        public init(pointer: String, code: String, message: String, expected: JSONValue? = nil, reason: String? = nil) {
            self.pointer = pointer
            self.code = code
            self.message = message
            self.expected = expected
            self.reason = reason
        }
    }

    /// The dossier that a duplicate conflicts with.
    public struct Duplicate: Codable, Equatable, Sendable {
        /// The other dossier's code.
        public var code: String
        /// Its procedure.
        public var procedure: String
        /// When the portal received it (RFC 3339).
        public var receivedAt: String
        /// The kiosk it came from.
        public var kiosk: String

        /// The other dossier.
        public init(code: String, procedure: String, receivedAt: String, kiosk: String) {
            self.code = code
            self.procedure = procedure
            self.receivedAt = receivedAt
            self.kiosk = kiosk
        }
    }
}

/// A problem code of the contract.
///
/// Unknown ones may come: it is a name, not a closed list.
public struct ProblemCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The code as it stands on the wire.
    public let rawValue: String

    /// A code as it stands on the wire.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The code itself.
    public var description: String { rawValue }

    /// 422: the declared person differs from the population database.
    public static let accountMismatch = ProblemCode(rawValue: "account-mismatch")
    /// 422: the six digits are wrong.
    public static let codeWrong = ProblemCode(rawValue: "code-wrong")
    /// 410: the six digits are too old.
    public static let codeExpired = ProblemCode(rawValue: "code-expired")
    /// 403: too many wrong codes.
    public static let accountLocked = ProblemCode(rawValue: "account-locked")
    /// 403: the dossier waits for its resident's account.
    public static let accountUnverified = ProblemCode(rawValue: "account-unverified")
    /// 422: a person must mend the dossier.
    public static let dossierRejected = ProblemCode(rawValue: "dossier-rejected")
    /// 424: files must be uploaded again.
    public static let attachmentsMissing = ProblemCode(rawValue: "attachments-missing")
    /// 409: the resident already has an open dossier of this procedure.
    public static let duplicateDossier = ProblemCode(rawValue: "duplicate-dossier")
    /// 410: the catalogue no longer has this procedure.
    public static let procedureRetired = ProblemCode(rawValue: "procedure-retired")
    /// 409: too late to withdraw.
    public static let alreadyResolved = ProblemCode(rawValue: "already-resolved")
}
