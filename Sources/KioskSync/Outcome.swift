public import FoundationEssentials
public import JSONTree
public import KioskDomain

/// How an attempt at an operation ended.
///
/// It and what it changes are committed together (``Outbox/record(_:of:now:)``).
public enum Outcome: Equatable, Sendable {
    /// The portal has it.
    case delivered(Effect)
    /// A passing fault: again, not before an instant.
    case retry(RetryReason, notBefore: Date)
    /// The answer was lost; the portal may have acted. Again, not before an instant.
    case inDoubt(RetryReason, notBefore: Date)
    /// Refused; only a person can mend it.
    case rejected(Rejection)
    /// The resident already has an open dossier of this procedure: a person decides between the two.
    case duplicate(code: String, receivedAt: String, kiosk: String)
    /// The portal's copy moved on while ours changed: both are merged (``Reconciliation``) as this is recorded.
    case moved(PortalDossier)
    /// Held until something else happens; no attempt is charged (portal-contract.md, "Dossiers").
    ///
    /// The instant is for a portal that contradicts itself: where it said that the account is verified, the account is registered
    /// again, and where that changes nothing this is tried no sooner.
    case blocked(BlockReason, notBefore: Date)
    /// The portal does not know what it should know: a dossier that it confirmed is created again under the same id, an account is
    /// registered again; a dossier that nothing is sent of waits for a person. Not before an instant.
    case absent(notBefore: Date)
    /// Files that the portal does not hold (by SHA-256; none named: all) are brought up again before this is repeated.
    case filesMissing([String], notBefore: Date)

    /// What an outcome is called in a run's record.
    public enum Kind: String, Codable, CodingKeyRepresentable, Sendable, CaseIterable {
        /// The portal has it.
        case delivered
        /// Again later.
        case retry
        /// Again later; the portal may have it.
        case inDoubt = "in-doubt"
        /// Refused.
        case rejected
        /// Merged, or for a person to decide.
        case conflict
        /// Held by an account.
        case blocked
        /// Files of it have to go up again.
        case filesMissing = "files-missing"
        /// The portal does not know it any more.
        case absent = "not-at-portal"
    }

    /// What this outcome is called in a run's record.
    public var kind: Kind {
        switch self {
        case .delivered: .delivered
        case .retry: .retry
        case .inDoubt: .inDoubt
        case .rejected: .rejected
        case .duplicate, .moved: .conflict
        case .blocked: .blocked
        case .filesMissing: .filesMissing
        case .absent: .absent
        }
    }

    /// The class of the passing fault behind it; nil where it is none.
    public var fault: RetryReason? {
        switch self {
        case .retry(.stopped, _), .inDoubt(.stopped, _), .retry(.codeTooSoon, _): nil
        case .retry(let reason, _), .inDoubt(let reason, _): reason
        case .filesMissing: .uploadRestart
        case .delivered, .rejected, .duplicate, .moved, .blocked, .absent: nil
        }
    }

    /// What a delivery brings home.
    public enum Effect: Equatable, Sendable {
        /// The account's new state.
        case account(AccountProgress)
        /// The address of the finished upload.
        case uploaded(url: String)
        /// The dossier as the portal holds it.
        case dossier(PortalDossier)
        /// Nothing to keep.
        case nothing
    }
}

/// Why something is tried again, in one word for log, queue and screen.
public enum RetryReason: Hashable, Sendable {
    /// The portal was not reached, or something else answered in its place.
    case line(LineTrouble)
    /// The portal is busy or ill (408, 423, 429, 5xx).
    case portalBusy
    /// A code was sent to the resident shortly before, and the portal sends the next one only later.
    case codeTooSoon
    /// The upload went away or its offset was wrong: that step begins anew.
    case uploadRestart
    /// The portal does not hold any more what it held.
    case absent
    /// The portal shows an older copy than the one it had confirmed: it is looked at a second time before that is believed.
    case older
    /// The token was refused twice.
    case authentication
    /// Someone stopped the run.
    case stopped

    /// Whether the attempt counts: what has nothing to do with the operation itself does not (portal-contract.md,
    /// "Authentication").
    public var chargesAttempt: Bool { self != .authentication && self != .stopped }
}

extension RetryReason: RawRepresentable, CaseIterable, Codable, CodingKeyRepresentable {
    /// All of them.
    public static let allCases =
        LineTrouble.allCases.map(Self.line) + [
            .portalBusy, .codeTooSoon, .uploadRestart, .absent, .older, .authentication, .stopped,
        ]

    /// The reason of a word; nil where there is none.
    public init?(rawValue: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = found
    }

    /// The word.
    public var rawValue: String {
        switch self {
        case .line(let trouble): trouble.rawValue
        case .portalBusy: "portal-busy"
        case .codeTooSoon: "code-too-soon"
        case .uploadRestart: "upload-restart"
        case .absent: "not-at-portal"
        case .older: "older-at-portal"
        case .authentication: "authentication"
        case .stopped: "stopped"
        }
    }
}

/// Why something is held.
public enum BlockReason: String, Codable, Equatable, Sendable {
    /// The resident's account is not verified.
    case accountUnverified = "account-unverified"
}

/// A refusal in the portal's words.
public struct Rejection: Codable, Equatable, Sendable {
    /// The problem's code, such as `dossier-rejected`.
    public var code: String
    /// The HTTP status.
    public var status: Int
    /// The portal's words.
    public var detail: String?
    /// The fields at fault.
    public var faults: [Fault]
    /// Guesses at a code that are left (`code-wrong`), where the portal says so.
    public var attemptsLeft: Int?

    /// The code of what was not refused by the portal: it cannot be read from this disk.
    public static let damagedHere = "damaged-here"

    /// A refusal.
    public init(code: String, status: Int, detail: String?, faults: [Fault], attemptsLeft: Int? = nil) {
        self.code = code
        self.status = status
        self.detail = detail
        self.faults = faults
        self.attemptsLeft = attemptsLeft
    }

    /// One field at fault.
    public struct Fault: Codable, Equatable, Sendable {
        /// Where: a pointer into the answers, or `/attachments/…`.
        public var pointer: String
        /// What kind.
        public var code: String
        /// The portal's words.
        public var message: String
        /// The right value, where the portal may tell it.
        public var expected: JSONValue?
        /// The portal's code of the reason, such as `R04`, where it says one.
        public var reason: String?

        /// One field at fault.
        public init(pointer: String, code: String, message: String, expected: JSONValue? = nil, reason: String? = nil) {
            self.pointer = pointer
            self.code = code
            self.message = message
            self.expected = expected
            self.reason = reason
        }
    }
}

/// What a person has to decide.
public enum Conflict: Codable, Equatable, Sendable {
    /// Both copies changed, and something of it cannot be merged without a person.
    case edited(Divergence)
    /// The resident already has an open dossier of this procedure.
    case duplicate(code: String, receivedAt: String, kiosk: String)
    /// The portal had it under this code and in this status, and does not hold it any more.
    case absent(code: String, status: PortalStatus)

    /// Whether it is of a dossier that the portal does not hold any more.
    public var isAbsence: Bool {
        if case .absent = self { true } else { false }
    }
}

/// A dossier as the portal holds it.
public struct PortalDossier: Codable, Equatable, Sendable {
    /// Its id, ours.
    public var id: String
    /// The portal's dossier code (mã hồ sơ).
    public var code: String
    /// The portal's version.
    public var version: Int
    /// Its status.
    public var status: PortalStatus
    /// Since when (RFC 3339).
    public var statusAt: String
    /// When the result is due (RFC 3339).
    public var dueAt: String?
    /// What officers wrote.
    public var remarks: [Remark]
    /// The procedure's code.
    public var procedure: String
    /// The answers as the portal holds them.
    public var answers: JSONValue
    /// The SHA-256 of the papers, with their components.
    public var papers: [HeldPaper]
    /// The papers as the portal describes them; nil in copies kept by an earlier version.
    public var details: [Paper]?
    /// `kiosk` or `officer`.
    public var editedBy: String?
    /// The entity tag, quotes included (RFC 9110, 8.8.3).
    public var etag: String

    /// A dossier as the portal holds it.
    public init(
        id: String, code: String, version: Int, status: PortalStatus, statusAt: String, dueAt: String?, remarks: [Remark],
        procedure: String, answers: JSONValue, papers: [HeldPaper], details: [Paper]? = nil, editedBy: String?, etag: String
    ) {
        self.id = id
        self.code = code
        self.version = version
        self.status = status
        self.statusAt = statusAt
        self.dueAt = dueAt
        self.remarks = remarks
        self.procedure = procedure
        self.answers = answers
        self.papers = papers
        self.details = details
        self.editedBy = editedBy
        self.etag = etag
    }

    /// An officer's remark.
    public struct Remark: Codable, Equatable, Sendable {
        /// When (RFC 3339).
        public var at: String
        /// Who.
        public var by: String
        /// What.
        public var text: String
        /// The field it is about.
        public var pointer: String?
        /// The portal's code of the reason why it was returned or refused, such as `R04`, where it says one.
        public var reason: String?
        /// The right value of the field, where the portal may tell it.
        public var expected: JSONValue?

        /// A remark.
        public init(
            at: String, by: String, text: String, pointer: String?, reason: String? = nil, expected: JSONValue? = nil
        ) {
            self.at = at
            self.by = by
            self.text = text
            self.pointer = pointer
            self.reason = reason
            self.expected = expected
        }
    }

    /// A paper that the portal holds.
    public struct HeldPaper: Codable, Equatable, Hashable, Sendable {
        /// Its component.
        public var component: String
        /// Lower-case hex SHA-256.
        public var sha256: String

        /// A paper.
        public init(component: String, sha256: String) {
            self.component = component
            self.sha256 = sha256
        }
    }

    /// Whether the portal holds exactly this content.
    public func holds(_ content: RevisionContent) -> Bool { Reconciliation.Side(self) == Reconciliation.Side(content) }
}
