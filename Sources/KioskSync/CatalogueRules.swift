public import FoundationEssentials
internal import JSONTree
public import KioskDomain

/// A question for the portal's catalogue.
public struct CatalogueQuestion: Equatable, Sendable {
    /// The ETag of the answer at hand, which need not come again; nil where the whole text is wanted.
    public var etag: String?

    /// A question.
    public init(etag: String?) {
        self.etag = etag
    }
}

/// What the portal answers to it.
public enum CatalogueAnswer: Equatable, Sendable {
    /// 304: the answer at hand still holds.
    case unchanged
    /// A catalogue as it came, unread.
    case text(Data, etag: String)
    /// A catalogue larger than ``CatalogueRules/sizeLimit``, not read.
    case tooLarge(etag: String)
}

/// What a run says of a catalogue that the portal published.
public struct CatalogueNews: Codable, Equatable, Sendable {
    /// Its version; nil where it cannot be read.
    public var version: String?
    /// Why it is refused, with the place of the fault; nil where it is in use now.
    public var fault: String?

    /// News of a catalogue.
    public init(version: String?, fault: String?) {
        self.version = version
        self.fault = fault
    }
}

/// What the kiosk remembers of the portal's last answer.
public struct CatalogueMemory: Equatable, Sendable {
    /// Its ETag.
    public var etag: String?
    /// The version of its catalogue; nil where it cannot be read.
    public var version: String?
    /// When it was refused; nil where it was not.
    public var refusedAt: Date?
    /// When the portal is asked again.
    public var askAt: Date

    /// A memory.
    public init(etag: String?, version: String?, refusedAt: Date?, askAt: Date) {
        self.etag = etag
        self.version = version
        self.refusedAt = refusedAt
        self.askAt = askAt
    }

    /// What to ask now; nil where it is not time.
    ///
    /// - Parameters:
    ///   - atOnce: whether a person asked for it now.
    ///   - newest: the newest version at hand, the program's own or the portal's.
    public func question(now: Date, atOnce: Bool, newest: String) -> CatalogueQuestion? {
        guard atOnce || isDue(now) else { return nil }
        // A newer program may take what this one refused, and the refusal may have been ours: once a day it is read anew.
        let isOldRefusal = refusedAt.map { abs(now.timeIntervalSince($0)) >= CatalogueRules.refusalHolds } ?? false
        // Passed over because the program had a newer one, which it has no longer.
        let isMissed = refusedAt == nil && version.map { CatalogueVersion(newest) < CatalogueVersion($0) } ?? false
        return CatalogueQuestion(etag: isOldRefusal || isMissed ? nil : etag)
    }

    /// A time further ahead than any wait was set by a clock that was wrong.
    private func isDue(_ now: Date) -> Bool { askAt <= now || askAt.timeIntervalSince(now) > 2 * 86_400 }
}

/// The rules of taking the portal's catalogue (portal-contract.md, "Catalogue").
public enum CatalogueRules {
    /// The largest catalogue that is read, in bytes; the one that is shipped has about 200,000, with its blocks expanded 1,100,000.
    public static let sizeLimit = 4 * 1024 * 1024
    /// Seconds until the portal is asked again, unless its feed announces a catalogue before.
    public static let askEvery = 6.0 * 3600
    /// Seconds for which a refusal holds.
    public static let refusalHolds = 86_400.0

    /// When to ask again after a failure: a quarter of an hour later, or when the portal wishes.
    public static func askAgain(after failure: PortalFailure, now: Date) -> Date {
        let wished =
            switch failure {
            case .busy(let retryAfter), .failing(let retryAfter, _): retryAfter ?? 0
            default: 0.0
            }
        return now.addingTimeInterval(max(900, wished))
    }

    /// A catalogue of the portal that is in order.
    public struct Kept: Equatable, Sendable {
        /// Its version as made for the day.
        public var version: String
        /// As it came.
        public var text: Data

        /// A catalogue that is in order.
        public init(version: String, text: Data) {
            self.version = version
            self.text = text
        }
    }

    /// What becomes of a catalogue.
    public enum Verdict: Equatable, Sendable {
        /// In order: it takes the place of the portal's last one.
        case keep(Catalogue)
        /// No newer than the program's own: nothing to do, and nothing of it is looked at but its version.
        case passOver(version: String)
        /// Refused whole.
        case refuse(version: String?, fault: String)
    }

    /// Judges a text of the portal.
    ///
    /// - Parameters:
    ///   - own: the version of the catalogue that the program brings along.
    ///   - kept: the portal's last one that was in order.
    public static func verdict(on text: Data, own: String, kept: Kept?, today: CalendarDate) -> Verdict {
        struct Head: Decodable { let version: String }
        var version: String?
        do throws(JSONFault) {
            let named = try JSONText.decode(Head.self, from: text).version
            guard named.utf8.count <= 64 else { throw JSONFault("/version is longer than 64 bytes") }
            version = named
            let place = CatalogueVersion(named)
            // What gave way to a newer program no longer matters.
            let inUse = kept.flatMap { CatalogueVersion(own) < CatalogueVersion($0.version) ? $0 : nil }
            if let inUse {
                guard CatalogueVersion(inUse.version) <= place else {
                    throw JSONFault("/version «\(named)» is older than «\(inUse.version)», which the portal published before")
                }
            } else if place <= CatalogueVersion(own) {
                return .passOver(version: named)
            }
            let catalogue = try Catalogue.checked(json: text, today: today)
            if let inUse, inUse.version == catalogue.version, inUse.text != text,
                try Catalogue(json: inUse.text, today: today).withoutSamples != catalogue.withoutSamples
            {
                throw JSONFault("/version «\(named)» was published before with other content: it needs a new version")
            }
            return .keep(catalogue)
        } catch {
            // The path of a fault may be as long as the document makes it.
            return .refuse(version: version, fault: String(error.description.prefix(300)))
        }
    }
}
