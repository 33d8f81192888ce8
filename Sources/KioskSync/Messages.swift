public import JSONTree
public import KioskDomain

/// What an operation sends, opened from the store.
public enum OperationContent: Sendable {
    /// A resident's account.
    case account(AccountApplication)
    /// The six digits of an account.
    case verification(account: String, code: String)
    /// A new code for an account.
    case newCode(account: String)
    /// A file.
    case upload(UploadTask)
    /// A dossier.
    case dossier(OutgoingDossier)
    /// A dossier that the portal should hold.
    case check(dossier: String)
    /// A withdrawal.
    case withdrawal(dossier: String, reason: String, at: String)
    /// A period's figures.
    case report(period: String, figures: JSONValue)
}

/// A registration of a resident.
public struct AccountApplication: Codable, Equatable, Sendable {
    /// The account's id.
    public var id: String
    /// Twelve or nine digits.
    public var citizenId: String
    /// Full name.
    public var fullName: String
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    public var birthDate: String
    /// Sex.
    public var sex: Sex
    /// Mobile number.
    public var phone: String
    /// When the resident consented (RFC 3339).
    public var consentAt: String

    /// A registration.
    public init(id: String, citizenId: String, fullName: String, birthDate: String, sex: Sex, phone: String, consentAt: String) {
        self.id = id
        self.citizenId = citizenId
        self.fullName = fullName
        self.birthDate = birthDate
        self.sex = sex
        self.phone = phone
        self.consentAt = consentAt
    }
}

/// What the portal says of an account.
public struct AccountProgress: Codable, Equatable, Sendable {
    /// Its state in the portal's words, such as `code-sent`, `verified` or `locked`.
    public var status: String
    /// Until when the code sent is good (RFC 3339).
    public var expiresAt: String?
    /// Guesses left.
    public var attemptsLeft: Int?

    /// A state.
    public init(status: String, expiresAt: String? = nil, attemptsLeft: Int? = nil) {
        self.status = status
        self.expiresAt = expiresAt
        self.attemptsLeft = attemptsLeft
    }

    /// The account can file.
    public static let verified = "verified"
    /// A code is on its way to the resident.
    public static let codeSent = "code-sent"
    /// Too many wrong codes: only the portal's people open it.
    public static let locked = "locked"
}

/// A file to be brought up.
public struct UploadTask: Equatable, Sendable {
    /// The attachment's id in the store.
    public var attachment: String
    /// Length in bytes.
    public var size: Int
    /// Lower-case hex SHA-256.
    public var sha256: String
    /// The name the officer sees.
    public var fileName: String
    /// Media type.
    public var mediaType: String
    /// The dossier that needs it first.
    public var dossier: String
    /// The address of an upload that was begun.
    public var url: String?

    /// A file to be brought up.
    public init(attachment: String, size: Int, sha256: String, fileName: String, mediaType: String, dossier: String, url: String?)
    {
        self.attachment = attachment
        self.size = size
        self.sha256 = sha256
        self.fileName = fileName
        self.mediaType = mediaType
        self.dossier = dossier
        self.url = url
    }
}

/// A dossier to be created or amended.
///
/// Its members were frozen when it was sealed, so a repeat is the same bytes.
public struct OutgoingDossier: Equatable, Sendable {
    /// Its id.
    public var id: String
    /// The procedure's code.
    public var procedure: String
    /// The catalogue version it was filled in with.
    public var catalogueVersion: String
    /// The resident's account.
    public var account: String
    /// The kiosk.
    public var kiosk: String
    /// The village.
    public var village: String
    /// When it was begun (RFC 3339).
    public var capturedAt: String
    /// When it was sealed (RFC 3339).
    public var sealedAt: String
    /// Its revision, from 1.
    public var revision: Int
    /// What is filed.
    public var content: RevisionContent
    /// The upload that brought each file, by SHA-256.
    public var uploads: [String: String]
    /// The ETag to be amended; nil creates.
    public var etag: String?

    /// A dossier to be sent.
    public init(
        id: String, procedure: String, catalogueVersion: String, account: String, kiosk: String, village: String,
        capturedAt: String,
        sealedAt: String, revision: Int, content: RevisionContent, uploads: [String: String], etag: String?
    ) {
        self.id = id
        self.procedure = procedure
        self.catalogueVersion = catalogueVersion
        self.account = account
        self.kiosk = kiosk
        self.village = village
        self.capturedAt = capturedAt
        self.sealedAt = sealedAt
        self.revision = revision
        self.content = content
        self.uploads = uploads
        self.etag = etag
    }
}

/// A page of the changes feed.
public struct ChangeBatch: Equatable, Sendable {
    /// Oldest first.
    public var changes: [Change]
    /// Where the next page begins.
    ///
    /// Opaque.
    public var cursor: String
    /// Whether there is another page.
    public var more: Bool

    /// A page.
    public init(changes: [Change], cursor: String, more: Bool) {
        self.changes = changes
        self.cursor = cursor
        self.more = more
    }
}

/// A change at the portal.
public enum Change: Equatable, Sendable {
    /// A dossier.
    case dossier(PortalDossier)
    /// An account.
    case account(id: String, AccountProgress)
    /// Something to be told in the village.
    case announcement(Announcement)
    /// A newer catalogue is there.
    case catalogue(etag: String)
    /// A type that this program does not know; passed over.
    case unknown(String)
}

/// Something to be told in the village.
public struct Announcement: Codable, Equatable, Sendable {
    /// Its id.
    public var id: String
    /// Heading.
    public var title: String
    /// Text.
    public var body: String
    /// From when (RFC 3339).
    public var validFrom: String?
    /// Until when (RFC 3339).
    public var validUntil: String?
    /// Whether anybody may read it, also on the locked screen.
    public var isPublic: Bool

    /// An announcement.
    public init(id: String, title: String, body: String, validFrom: String?, validUntil: String?, isPublic: Bool = false) {
        self.id = id
        self.title = title
        self.body = body
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.isPublic = isPublic
    }
}
