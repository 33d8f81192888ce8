public import JSONTree

/// What a revision holds: a dossier's whole content at one moment, sealed in one piece.
public struct RevisionContent: Codable, Equatable, Sendable {
    /// The answers that are filed.
    public var answers: JSONValue
    /// The papers.
    public var papers: [Paper]
    /// The resident's consent; nil in what the portal holds.
    public var consent: Consent?
    /// Why warnings were passed over, by the pointer of the answer.
    public var reasons: [String: String]?
    /// Why it is no duplicate although the portal took it for one, for the officer.
    public var explanation: String?

    /// A content.
    public init(
        answers: JSONValue, papers: [Paper], consent: Consent?, reasons: [String: String]? = nil, explanation: String? = nil
    ) {
        self.answers = answers
        self.papers = papers
        self.consent = consent
        self.reasons = reasons
        self.explanation = explanation
    }
}

/// A paper in a dossier.
public struct Paper: Codable, Equatable, Sendable {
    /// Its id in this dossier.
    public var id: String
    /// The component that it proves.
    public var component: String
    /// The name the officer sees.
    public var fileName: String
    /// Its media type.
    public var mediaType: String
    /// Its length in bytes.
    public var size: Int
    /// Lower-case hex SHA-256 of the whole file.
    public var sha256: String
    /// Why a picture that is hard to read was used all the same, for the officer; nil where nothing is wrong with it.
    public var note: String?

    /// A paper.
    public init(
        id: String, component: String, fileName: String, mediaType: String, size: Int, sha256: String, note: String? = nil
    ) {
        self.id = id
        self.component = component
        self.fileName = fileName
        self.mediaType = mediaType
        self.size = size
        self.sha256 = sha256
        self.note = note
    }
}
