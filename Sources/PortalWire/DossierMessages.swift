public import JSONTree

/// The body of `PUT /v1/dossiers/{dossierId}` (portal-contract.md, "Dossiers").
///
/// Instants are RFC 3339 texts, sent as sealed.
public struct DossierSubmission: Codable, Equatable, Sendable {
    /// The procedure's code.
    public var procedure: String
    /// The catalogue version that the dossier was filled in with.
    public var catalogueVersion: String
    /// The resident's account.
    public var account: String
    /// The kiosk's id.
    public var kiosk: String
    /// The village's name.
    public var village: String
    /// When the form was begun.
    public var capturedAt: String
    /// When it was sealed.
    public var sealedAt: String
    /// The kiosk's revision number, from 1.
    public var revision: Int
    /// The answers, as the procedure's form defines them.
    public var fields: JSONValue
    /// The papers.
    public var attachments: [AttachmentMessage]
    /// The resident's consent.
    public var consent: ConsentMessage
    /// Why it is no duplicate although the portal took it for one; absent in most.
    ///
    /// An addition to the contract's first version.
    public var explanation: String?

    /// A submission.
    public init(
        procedure: String, catalogueVersion: String, account: String, kiosk: String, village: String, capturedAt: String,
        sealedAt: String, revision: Int, fields: JSONValue, attachments: [AttachmentMessage], consent: ConsentMessage,
        explanation: String? = nil
    ) {
        self.procedure = procedure
        self.catalogueVersion = catalogueVersion
        self.account = account
        self.kiosk = kiosk
        self.village = village
        self.capturedAt = capturedAt
        self.sealedAt = sealedAt
        self.revision = revision
        self.fields = fields
        self.attachments = attachments
        self.consent = consent
        self.explanation = explanation
    }
}

/// A paper of a dossier on the wire.
public struct AttachmentMessage: Codable, Equatable, Sendable {
    /// The kiosk's id of this paper in this dossier.
    public var id: String
    /// The component of the procedure that it proves.
    public var component: String
    /// The name the officer sees.
    public var fileName: String
    /// Its media type, such as `image/jpeg`.
    public var mediaType: String
    /// Its length in bytes.
    public var size: Int
    /// Lower-case hex SHA-256 of the whole file.
    public var sha256: String
    /// The address of the tus upload that brought it; the portal may leave it out of what it sends back.
    public var upload: String?
    /// Why a picture that is hard to read was sent all the same; absent where nothing is wrong with it.
    public var note: String?

    /// A paper.
    public init(
        id: String, component: String, fileName: String, mediaType: String, size: Int, sha256: String, upload: String?,
        note: String? = nil
    ) {
        self.id = id
        self.component = component
        self.fileName = fileName
        self.mediaType = mediaType
        self.size = size
        self.sha256 = sha256
        self.upload = upload
        self.note = note
    }
}

/// The resident's consent to be filed for.
public struct ConsentMessage: Codable, Equatable, Sendable {
    /// When it was given (RFC 3339).
    public var at: String
    /// `applicant` or `guardian`.
    public var by: String
    /// The text that was agreed to.
    public var text: String

    /// A consent.
    public init(at: String, by: String, text: String) {
        self.at = at
        self.by = by
        self.text = text
    }
}

/// The portal's representation of a dossier.
public struct DossierRepresentation: Codable, Equatable, Sendable {
    /// The dossier's id, made by the kiosk.
    public var id: String
    /// The portal's dossier code (mã hồ sơ).
    public var code: String
    /// The portal's version of it, from 1.
    public var version: Int
    /// `received`, `accepted`, … ; unknown ones may come.
    public var status: String
    /// Since when (RFC 3339).
    public var statusAt: String
    /// When the result is due.
    public var dueAt: String?
    /// What officers wrote.
    public var remarks: [Remark]?
    /// The procedure's code.
    public var procedure: String
    /// The answers as the portal holds them.
    public var fields: JSONValue
    /// The papers as the portal holds them.
    public var attachments: [AttachmentMessage]?
    /// `kiosk` or `officer`.
    public var editedBy: String?

    /// A representation.
    public init(
        id: String, code: String, version: Int, status: String, statusAt: String, dueAt: String?, remarks: [Remark]?,
        procedure: String, fields: JSONValue, attachments: [AttachmentMessage]?, editedBy: String?
    ) {
        self.id = id
        self.code = code
        self.version = version
        self.status = status
        self.statusAt = statusAt
        self.dueAt = dueAt
        self.remarks = remarks
        self.procedure = procedure
        self.fields = fields
        self.attachments = attachments
        self.editedBy = editedBy
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
        /// Why a dossier was returned or refused: a code of the portal's list of reasons, such as `R04`.
        ///
        /// Others may come; a portal may leave it out.
        public var reason: String?
        /// The right value of the field, only where the portal may tell it.
        public var expected: JSONValue?

        /// A remark.
        public init(
            at: String, by: String, text: String, pointer: String? = nil, reason: String? = nil, expected: JSONValue? = nil
        ) {
            self.at = at
            self.by = by
            self.text = text
            self.pointer = pointer
            self.reason = reason
            self.expected = expected
        }
    }
}

/// The public part of a dossier: the answer of a look-up by code.
public struct DossierProgress: Codable, Equatable, Sendable {
    /// The dossier code.
    public var code: String
    /// Its procedure.
    public var procedure: String
    /// Its status.
    public var status: String
    /// Since when.
    public var statusAt: String
    /// When the result is due.
    public var dueAt: String?

    /// The public part.
    public init(code: String, procedure: String, status: String, statusAt: String, dueAt: String?) {
        self.code = code
        self.procedure = procedure
        self.status = status
        self.statusAt = statusAt
        self.dueAt = dueAt
    }
}

/// The body of `PUT /v1/dossiers/{dossierId}/withdrawal`.
public struct WithdrawalMessage: Codable, Equatable, Sendable {
    /// Why.
    public var reason: String
    /// When (RFC 3339).
    public var at: String

    /// A withdrawal.
    public init(reason: String, at: String) {
        self.reason = reason
        self.at = at
    }
}
