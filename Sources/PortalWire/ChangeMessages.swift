/// The answer of `GET /v1/changes` (portal-contract.md, "Changes").
public struct ChangePage: Codable, Equatable, Sendable {
    /// Oldest first.
    ///
    /// A change may come twice.
    public var changes: [ChangeMessage]
    /// Opaque; to be given back as `after`.
    public var cursor: String
    /// Whether there is another page.
    public var more: Bool

    /// A page.
    public init(changes: [ChangeMessage], cursor: String, more: Bool) {
        self.changes = changes
        self.cursor = cursor
        self.more = more
    }
}

/// One change.
///
/// A type that this program does not know is kept as ``unknown(type:)`` and passed over.
public enum ChangeMessage: Equatable, Sendable {
    /// A dossier as the portal now holds it.
    case dossier(DossierRepresentation, etag: String)
    /// A resident's account.
    case account(AccountState)
    /// Something to be told in the village.
    case announcement(Announcement)
    /// A newer catalogue is there.
    case catalogue(etag: String)
    /// A type that came after this version of the contract, or a known one whose body is not the contract's.
    case unknown(type: String)

    /// An announcement.
    public struct Announcement: Codable, Equatable, Sendable {
        /// Its id.
        public var id: String
        /// Its heading.
        public var title: String
        /// Its text.
        public var body: String
        /// From when it holds (RFC 3339).
        public var validFrom: String?
        /// Until when.
        public var validUntil: String?
        /// Whether it may stand where anyone can read it; not, where it is left out.
        public var isPublic: Bool?

        /// An announcement.
        public init(
            id: String, title: String, body: String, validFrom: String?, validUntil: String?, isPublic: Bool? = nil
        ) {
            self.id = id
            self.title = title
            self.body = body
            self.validFrom = validFrom
            self.validUntil = validUntil
            self.isPublic = isPublic
        }

        enum CodingKeys: String, CodingKey {
            case id, title, body, validFrom, validUntil
            case isPublic = "public"
        }
    }
}

extension ChangeMessage: Codable {
    private enum CodingKeys: String, CodingKey {
        case type, dossier, etag, account, announcement
    }

    /// Reads a change; what cannot be read as its type says becomes ``unknown(type:)``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(String.self, forKey: .type)
        let etag = try? container.decode(String.self, forKey: .etag)
        switch type {
        case "dossier":
            if let dossier = try? container.decode(DossierRepresentation.self, forKey: .dossier), let etag {
                self = .dossier(dossier, etag: etag)
                return
            }
        case "account":
            if let account = try? container.decode(AccountState.self, forKey: .account), account.id != nil {
                self = .account(account)
                return
            }
        case "announcement":
            if let announcement = try? container.decode(Announcement.self, forKey: .announcement) {
                self = .announcement(announcement)
                return
            }
        case "catalogue":
            if let etag {
                self = .catalogue(etag: etag)
                return
            }
        default: break
        }
        self = .unknown(type: type)
    }

    /// Writes a change.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .dossier(let dossier, let etag):
            try container.encode("dossier", forKey: .type)
            try container.encode(dossier, forKey: .dossier)
            try container.encode(etag, forKey: .etag)
        case .account(let account):
            try container.encode("account", forKey: .type)
            try container.encode(account, forKey: .account)
        case .announcement(let announcement):
            try container.encode("announcement", forKey: .type)
            try container.encode(announcement, forKey: .announcement)
        case .catalogue(let etag):
            try container.encode("catalogue", forKey: .type)
            try container.encode(etag, forKey: .etag)
        case .unknown(let type):
            try container.encode(type, forKey: .type)
        }
    }
}
