public import FoundationEssentials
public import JSONTree

/// The queue of operations.
///
/// Each method is one transaction.
public protocol Outbox: Sendable {
    /// Begins a run: what was being sent when the last run broke off is in doubt; what was blocked is tried once more.
    ///
    /// - Parameter ignoringBackOff: whether waiting operations become due at once, for a person who asked for it now.
    func beginRun(now: Date, ignoringBackOff: Bool) async throws
    /// The operations that are due and whose needs are met, most urgent first, without the files that are held.
    func due(now: Date, limit: Int, holding: FileHold?) async throws -> [Operation]
    /// When the next operation whose needs are met becomes due, files that are held aside; nil where there is none.
    func nextDue(holding: FileHold?) async throws -> Date?
    /// Notes that an operation is about to be sent, and opens what it sends. Nil where it is no longer to be sent.
    ///
    /// - Throws: ``DamagedHere`` after the note was committed.
    func begin(_ operation: Operation, now: Date) async throws -> OperationContent?
    /// Commits how an attempt ended together with what it changes.
    func record(_ outcome: Outcome, of operation: Operation, now: Date) async throws
    /// A piece of a file.
    ///
    /// To read it fails with ``DamagedHere`` where not all of it is there, and with a fault of the disk.
    func piece(of attachment: String, from offset: Int, count: Int) -> OutgoingBytes
    /// Keeps the address of an upload that was begun, or forgets it.
    func keepUpload(of attachment: String, url: String?) async throws
    /// How the queue stands.
    func standing() async throws -> OutboxStanding
    /// Adds bytes that were sent to the count of the day in Viet Nam.
    ///
    /// - Returns: the day's bytes so far, these included; a new day begins at nothing.
    func countSent(bytes: Int, now: Date) async throws -> Int
}

/// What is sealed on this disk does not open: damaged, and only a person can mend it.
///
/// It is one operation's trouble, not the run's.
public struct DamagedHere: Error {
    /// Damage.
    public init() {}
}

/// How the queue stands.
public struct OutboxStanding: Codable, Equatable, Sendable {
    /// Dossiers that the portal refused and nobody has mended.
    public var rejected = 0
    /// Dossiers that wait for a decision.
    public var conflicts = 0
    /// Dossiers held by an account.
    public var blocked = 0
    /// Operations whose answer was lost.
    public var inDoubt = 0
    /// Operations still to be done.
    public var pending = 0
    /// Dossiers for which the portal asks a supplement.
    public var supplements = 0

    /// An empty queue.
    public init() {}

    /// Whether a person has to do something.
    public var needsPerson: Bool { rejected + conflicts + blocked + supplements > 0 }
}

/// What the kiosk holds of the portal's copy.
public protocol Replica: Sendable {
    /// The place in the changes feed; nil for its beginning.
    func cursor() async throws -> String?
    /// Applies a page and keeps its cursor, in one transaction. A change that came before changes nothing.
    ///
    /// - Returns: how many changes were new.
    func apply(_ batch: ChangeBatch, now: Date) async throws -> Int
    /// Goes back to the beginning of the feed (410), and has every dossier looked for at the portal that is not over: a portal that
    /// forgets its places may have been restored from a backup of before.
    func forgetCursor(now: Date) async throws
    /// What to ask of the portal's catalogue; nil where it is not time (``CatalogueMemory/question(now:atOnce:newest:)``).
    ///
    /// - Parameter atOnce: whether a person asked for it now.
    func catalogueQuestion(now: Date, atOnce: Bool) async throws -> CatalogueQuestion?
    /// Takes the portal's answer by ``CatalogueRules``: keeps it, passes it over or notes why it is refused, in one transaction.
    ///
    /// - Returns: what there is to say of it; nil for nothing new.
    func takeCatalogue(_ answer: CatalogueAnswer, now: Date) async throws -> CatalogueNews?
    /// Notes that the portal could not be asked, and when to try again.
    func postponeCatalogue(until instant: Date) async throws
}

/// The portal.
///
/// Every call throws ``PortalFailure`` and nothing else.
public protocol PortalClient: Sendable {
    /// Asks whether the portal answers at all (`GET /v1/health`); throws where it does not.
    func health() async throws(PortalFailure)
    /// A page of the changes feed.
    func changes(after cursor: String?) async throws(PortalFailure) -> ChangeBatch
    /// The procedure catalogue, or that the one at hand still holds.
    ///
    /// - Parameter etag: of the one at hand; nil asks for the whole text.
    func catalogue(etag: String?) async throws(PortalFailure) -> CatalogueAnswer
    /// Registers an account.
    func register(_ application: AccountApplication) async throws(PortalFailure) -> AccountProgress
    /// Hands in a code.
    func verify(account: String, code: String) async throws(PortalFailure) -> AccountProgress
    /// Has a new code sent.
    func sendNewCode(account: String) async throws(PortalFailure) -> AccountProgress
    /// Creates an upload with the file's first bytes.
    ///
    /// - Returns: its address and how many bytes the portal holds.
    func createUpload(_ task: UploadTask, firstBytes: OutgoingBytes) async throws(PortalFailure) -> (url: String, offset: Int)
    /// How many bytes of an upload the portal holds.
    func offset(ofUpload url: String) async throws(PortalFailure) -> Int
    /// Adds bytes to an upload.
    ///
    /// - Returns: how many bytes the portal now holds.
    func append(_ bytes: OutgoingBytes, at offset: Int, toUpload url: String) async throws(PortalFailure) -> Int
    /// Creates or amends a dossier.
    func send(_ dossier: OutgoingDossier) async throws(PortalFailure) -> PortalDossier
    /// A dossier as the portal holds it; nil where it holds none.
    func dossier(_ id: String) async throws(PortalFailure) -> PortalDossier?
    /// Withdraws a dossier.
    func withdraw(dossier: String, reason: String, at: String) async throws(PortalFailure) -> PortalDossier
    /// Sends a period's figures.
    func sendReport(period: String, figures: JSONValue) async throws(PortalFailure)
    /// What went over the line since the client was made.
    var traffic: Traffic { get }
}

extension PortalClient {
    /// Whether the portal answers at all.
    public func isHealthy() async -> Bool { (try? await health()) != nil }
}

/// Bytes that went over the line.
public struct Traffic: Equatable, Sendable {
    /// Of request bodies.
    public var sent: Int
    /// Those of `sent` that were pieces of files.
    public var fileBytes: Int
    /// Of answers, heads included.
    public var received: Int

    /// Bytes that went over the line.
    public init(sent: Int = 0, fileBytes: Int = 0, received: Int = 0) {
        self.sent = sent
        self.fileBytes = fileBytes
        self.received = received
    }

    /// What went since.
    static func - (now: Traffic, before: Traffic) -> Traffic {
        Traffic(
            sent: now.sent - before.sent, fileBytes: now.fileBytes - before.fileBytes, received: now.received - before.received)
    }
}

/// Why a call did not succeed: the classification of every answer (made in one table, `KioskTransport/Classification.swift`).
public enum PortalFailure: Error, Equatable, Sendable {
    /// The portal could not be reached, or the connection broke.
    ///
    /// - Parameter mayHaveActed: whether the request may have arrived.
    case line(mayHaveActed: Bool, trouble: LineTrouble = .broken)
    /// An answer that is not the contract's: something else answered.
    case foreign(LineTrouble)
    /// 429 or 503: the portal asks everyone for patience.
    case busy(retryAfter: Double?)
    /// 429 to asking for a new code: this account's next one is sent later; it says nothing of the portal.
    case codeTooSoon(retryAfter: Double?)
    /// 408, 425, 423 and the other 5xx: this request failed at the portal, which says nothing of the others.
    ///
    /// - Parameter mayHaveActed: whether the portal may have done its work before it failed.
    case failing(retryAfter: Double?, mayHaveActed: Bool)
    /// 413 without the portal's own words, from a proxy on the way: fewer bytes a request may pass.
    case requestTooLarge
    /// A new token was refused, or the kiosk's own secret.
    case unauthenticated
    /// A refusal that a person has to mend.
    case rejected(Rejection)
    /// 412: the precondition does not hold.
    case preconditionFailed
    /// 409 `duplicate-dossier`.
    case duplicate(code: String, receivedAt: String, kiosk: String)
    /// 403 `account-unverified`.
    case accountUnverified
    /// 424 `attachments-missing`, or 422 `attachment-digest-mismatch`: SHA-256 of the files to be brought up again; none named: all.
    case filesMissing([String])
    /// 404 in the portal's own words of what it should know: a dossier that it confirmed, an account.
    case absent
    /// 404 or 410 of an upload or a cursor.
    case gone
    /// 409 of an upload: the offset was wrong.
    case wrongOffset
    /// 423: another connection, often our own that broke, still holds the upload.
    case uploadHeld(retryAfter: Double)
    /// Someone stopped the run, between two requests or in one.
    ///
    /// - Parameter mayHaveActed: whether the request may have arrived.
    case stopped(mayHaveActed: Bool)
    /// 460: the checksum of the request's bytes failed.
    case checksumFailed

    /// An answer that is not the contract's, and nothing about it says why.
    public static let notThePortal = foreign(.notThePortal)

    /// What is wrong with the line; nil where it is not the line.
    public var trouble: LineTrouble? {
        switch self {
        case .line(_, let trouble), .foreign(let trouble): trouble
        default: nil
        }
    }
}

/// Time and chance, so that both can be played.
public protocol SyncClock: Sendable {
    /// The wall clock.
    var now: Date { get }
    /// Seconds of a clock that never jumps.
    var uptime: Double { get }
    /// Waits; returns early where the task is cancelled.
    func sleep(seconds: Double) async
    /// A number in 0..<1.
    func random() -> Double
}
