/// A resident's consent as a sealed revision keeps it: who agreed to what, before whom, and how that can be proved.
///
/// What is nil was not asked when the revision was sealed (the first edition of the text asked for everything at once).
public struct Consent: Codable, Equatable, Sendable {
    /// Who gave it.
    public enum Giver: String, Codable, Sendable, CaseIterable {
        /// The resident.
        case applicant
        /// A parent or guardian.
        case guardian
    }

    /// What the one who consents for a resident is to them.
    public enum Relation: String, Codable, Sendable, CaseIterable {
        /// Father.
        case father
        /// Mother.
        case mother
        /// Guardian (người giám hộ).
        case guardian
        /// Another legal representative (người đại diện theo pháp luật).
        case representative
    }

    /// The one who consents for a resident who is under age or cannot.
    public struct Guardian: Codable, Equatable, Sendable {
        /// The full name.
        public var name: String
        /// What they are to the resident.
        public var relation: Relation

        /// A guardian.
        public init(name: String, relation: Relation) {
            self.name = name
            self.relation = relation
        }
    }

    /// How it can be proved.
    public enum Evidence: String, Codable, Sendable, CaseIterable {
        /// A signature drawn on the screen.
        case signature
        /// A photo or scan of the page that was signed or marked with a thumb.
        case photo
        /// The operator's word that it was given aloud, with the reason why there is neither.
        case witnessed
    }

    /// When (RFC 3339).
    public var at: String
    /// Who.
    public var by: Giver
    /// The version of the text.
    public var version: String
    /// The words that were agreed to, with their version; without personal data, as the portal gets them.
    public var text: String
    /// The ids of the purposes that were agreed to.
    public var purposes: [String]?
    /// Who consented for the resident.
    public var guardian: Guardian?
    /// Who witnessed it where the giver cannot write (người làm chứng).
    public var witness: String?
    /// The name of the operator before whom it was given.
    public var operatorName: String?
    /// How it can be proved.
    public var evidence: Evidence?
    /// Why there is neither signature nor photo.
    public var reason: String?

    /// A consent.
    public init(
        at: String, by: Giver, version: String, text: String, purposes: [String]? = nil, guardian: Guardian? = nil,
        witness: String? = nil, operatorName: String? = nil, evidence: Evidence? = nil, reason: String? = nil
    ) {
        self.at = at
        self.by = by
        self.version = version
        self.text = text
        self.purposes = purposes
        self.guardian = guardian
        self.witness = witness
        self.operatorName = operatorName
        self.evidence = evidence
        self.reason = reason
    }

    /// Whether a purpose was agreed to; silence is no consent.
    public func agrees(to purpose: String) -> Bool { purposes?.contains(purpose) ?? false }
}

/// What the kiosk was told of a resident's consent, before ``ConsentText/issues(in:isMinor:hasPage:)`` looked at it.
public struct ConsentGiven: Equatable, Sendable {
    /// The ids of the purposes that were agreed to.
    public var purposes: Set<String> = []
    /// Who agreed; nil where nobody was named.
    public var by: Consent.Giver?
    /// The name of the one who agrees for the resident, as typed.
    public var guardian = ""
    /// What they are to the resident.
    public var relation: Consent.Relation?
    /// Whether the one who agrees cannot write.
    public var cannotWrite = false
    /// The witness's name, as typed.
    public var witness = ""
    /// How it can be proved.
    public var evidence: Consent.Evidence?
    /// Why there is neither signature nor photo, as typed.
    public var reason = ""
    /// The signature as an SVG path (``Signature``), as sent.
    public var signature = ""

    /// Nothing agreed to yet.
    public init() {}

    /// Everything agreed to by the applicant, on the operator's word: for invented residents in training, benchmarks and tests.
    public static func rehearsed(_ text: ConsentText) -> ConsentGiven {
        var given = ConsentGiven()
        given.purposes = Set((text.purposes ?? []).map(\.id))
        given.by = .applicant
        given.evidence = .witnessed
        given.reason = "Dữ liệu tập huấn"
        return given
    }
}

/// What a consent lacks.
public struct ConsentIssue: Codable, Equatable, Sendable {
    /// The name of the field at fault on the page and in a file, such as `consent.filing`.
    public let field: String
    /// A stable code, such as `required`.
    public let code: String
    /// What is wrong and what to do.
    public let message: LocalText
}
