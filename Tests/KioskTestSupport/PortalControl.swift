internal import Foundation
public import JSONTree

/// The hidden strings of the training portal: scripted faults, its whole state, an officer's acts and the text messages that it
/// would have sent.
///
/// All of it is the portal's `/training` interface, which the contract does not know.
public struct PortalControl: Sendable {
    /// What the portal holds.
    public struct State: Decodable, Sendable {
        /// The dossiers, by their codes.
        public let dossiers: [Dossier]
        /// The uploads, whole or under way.
        public let uploads: [Upload]?
        /// The residents' accounts.
        public let accounts: [Account]?
        /// The reports that kiosks sent.
        public let reports: [Report]?

        /// The dossier of an id; nil where the portal has none.
        public func dossier(_ id: String) -> Dossier? { dossiers.first { $0.id == id } }
    }

    /// A dossier as the portal holds it.
    public struct Dossier: Decodable, Sendable {
        /// The kiosk's id of it.
        public let id: String
        /// The dossier code.
        public let code: String
        /// The procedure's code.
        public let procedure: String
        /// The contract's status.
        public let status: String
        /// The entity tag of the representation.
        public let etag: String
        /// How often it was `PUT`, repeats and refusals included.
        public let puts: Int
        /// The kiosk's revision that the portal took last.
        public let revision: Int
        /// The catalogue version that the kiosk filled it in with.
        public let catalogueVersion: String
        /// The answers.
        public let fields: JSONValue
        /// The papers.
        public let attachments: [Attachment]
    }

    /// A tus upload.
    public struct Upload: Decodable, Sendable {
        /// Its id, the last part of its address.
        public let id: String
        /// The length that was declared.
        public let length: Int
        /// How many bytes of it are there.
        public let offset: Int
        /// The SHA-256 that was declared.
        public let sha256: String
        /// Whether it is whole.
        public let complete: Bool
    }

    /// A resident's account.
    public struct Account: Decodable, Sendable {
        /// Its id.
        public let id: String
        /// The contract's status.
        public let status: String
    }

    /// A report of a kiosk.
    public struct Report: Decodable, Sendable {
        /// The kiosk.
        public let kiosk: String
        /// The period, such as `2026-11`.
        public let period: String
        /// The body that it sent.
        public let figures: JSONValue
    }

    /// A paper as the portal holds it.
    public struct Attachment: Decodable, Sendable {
        /// The component of the procedure.
        public let component: String
        /// Its name.
        public let fileName: String
        /// The SHA-256 that was declared.
        public let sha256: String
        /// The size that was declared.
        public let size: Int
        /// Whether the file is there.
        public let present: Bool
        /// The SHA-256 of the bytes on the portal's disk.
        public let sha256OnDisk: String?
        /// Why a picture that is hard to read was sent all the same.
        public let note: String?
    }

    /// A text message that the portal sent in the game.
    public struct Message: Decodable, Sendable {
        /// The account.
        public let account: String
        /// The six digits.
        public let code: String
        /// When (RFC 3339).
        public let at: String
    }

    private struct Fault: Encodable {
        let kind: String
        let method: String?
        let pathPrefix: String?
        let skip: Int?
        let times: Int?
        let status: Int?
        let retryAfter: Int?
        let delayMs: Int?
    }

    private struct Age: Encodable {
        let account: String
        let seconds: Double
    }

    private struct Forgetting: Encodable {
        let dossiers: [String]
        let accounts: [String]
        let files: Bool
        let feed: Bool
    }

    private struct Announcement: Encodable {
        let title: String
        let body: String
        let validFrom: String?
        let validUntil: String?
        let `public`: Bool
    }

    private struct Act: Encodable {
        let dossier: String
        let act: String
        let remark: String?
        let pointer: String?
        let value: JSONValue?
        let reason: String?
        let expected: JSONValue?
        let dueAt: String?
        let bring: String?
        let other: OtherDossier?
    }

    /// The dossier that another one is a duplicate of.
    public struct OtherDossier: Encodable, Sendable {
        /// Its dossier code.
        public let code: String
        /// The kiosk or place.
        public let kiosk: String
        /// When it was received (RFC 3339).
        public let receivedAt: String

        /// Another dossier: its code, the kiosk or place that received it, and when (RFC 3339).
        public init(code: String, kiosk: String, receivedAt: String) {
            self.code = code
            self.kiosk = kiosk
            self.receivedAt = receivedAt
        }
    }

    private struct Objection: Encodable {
        let dossier: String?
        let reason: String?
        let pointer: String?
        let code: String?
        let message: String?
        let expected: JSONValue?
        let other: OtherDossier?
    }

    private struct AccountAct: Encodable {
        let account: String
        let act: String
    }

    private struct CatalogueAct: Encodable {
        let act: String
        let procedure: String?
    }

    private let client: WebClient

    /// The control of a portal at an address such as `http://127.0.0.1:8080`.
    ///
    /// - Throws: ``WebClient/Failure`` where it is no loopback address with a port.
    public init(base: String) throws { client = try WebClient(base: base) }

    /// Scripts a fault: after `skip` requests that match, the next `times` are answered by it.
    ///
    /// - Throws: ``WebClient/Failure`` where the portal refuses it.
    public func faults(
        kind: String, method: String? = nil, pathPrefix: String? = nil, skip: Int? = nil, times: Int? = nil, status: Int? = nil,
        retryAfter: Int? = nil, delayMs: Int? = nil
    ) async throws {
        let fault = Fault(
            kind: kind, method: method, pathPrefix: pathPrefix, skip: skip, times: times, status: status, retryAfter: retryAfter,
            delayMs: delayMs)
        _ = try await call("POST", "/training/faults", fault)
    }

    /// Takes all scripted faults away.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func clearFaults() async throws { _ = try await call("DELETE", "/training/faults", Fault?.none) }

    /// What the portal holds now.
    ///
    /// - Throws: ``WebClient/Failure``, or `JSONFault` where the answer is another than expected.
    public func state() async throws -> State {
        try JSONText.decode(State.self, from: Data(try await call("GET", "/training/state", Fault?.none)))
    }

    /// Does what an officer would do at the desk: `accept`, `process`, `remark`, `request-supplement`, `refuse`,
    /// `mark-mismatch`, `mark-duplicate`, `resolve`, `decide`, `return-result`, `edit-field`, `remove-paper`, `restore`.
    ///
    /// - Parameters:
    ///   - pointer: a place in the body of the dossier's PUT, such as `/fields/applicant/fullName`.
    ///   - value: the new value, of `edit-field`.
    ///   - reason: `R01` to `R15`, of `refuse`.
    ///   - expected: the national database's value; where it is left out the portal looks it up for R01 and R02.
    ///   - dueAt: a day or an instant, of `request-supplement` and `decide`.
    ///   - bring: what to bring for the result, of `decide`.
    ///   - other: of `mark-duplicate`.
    /// - Throws: ``WebClient/Failure`` where the portal refuses it.
    public func act(
        dossier: String, act: String, remark: String? = nil, pointer: String? = nil, value: JSONValue? = nil,
        reason: String? = nil, expected: JSONValue? = nil, dueAt: String? = nil, bring: String? = nil,
        other: OtherDossier? = nil
    ) async throws {
        _ = try await call(
            "POST", "/training/acts",
            Act(
                dossier: dossier, act: act, remark: remark, pointer: pointer, value: value, reason: reason,
                expected: expected, dueAt: dueAt, bring: bring, other: other))
    }

    /// Holds something against a dossier, or with none named against the next new one: its PUT is turned away (422
    /// `dossier-rejected`, 409 `duplicate-dossier`) until what stands at the place has changed.
    ///
    /// - Parameters:
    ///   - reason: `R01` to `R15`; its usual place, code and words stand in for what is left out.
    ///   - code: the fault's code, such as `unreadable-scan`.
    ///   - other: of the code `duplicate-dossier` (R10).
    /// - Throws: ``WebClient/Failure`` where the portal refuses it.
    public func object(
        dossier: String? = nil, reason: String? = nil, pointer: String? = nil, code: String? = nil, message: String? = nil,
        expected: JSONValue? = nil, other: OtherDossier? = nil
    ) async throws {
        _ = try await call(
            "POST", "/training/objections",
            Objection(
                dossier: dossier, reason: reason, pointer: pointer, code: code, message: message, expected: expected,
                other: other))
    }

    /// Takes back what is held against a dossier, or with none named against the next new one.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func liftObjections(dossier: String? = nil) async throws {
        _ = try await call("DELETE", "/training/objections" + (dossier.map { "?dossier=\($0)" } ?? ""), Fault?.none)
    }

    /// Does an officer's act with an account: `lock`, `unlock`, `expire-code`, `reset-code`.
    ///
    /// - Throws: ``WebClient/Failure`` where the portal refuses it.
    public func act(account: String, act: String) async throws {
        _ = try await call("POST", "/training/accounts", AccountAct(account: account, act: act))
    }

    /// Publishes the catalogue anew: `renew`, `break`, or `retire` with a procedure's code.
    ///
    /// - Throws: ``WebClient/Failure`` where the portal refuses it.
    public func catalogue(act: String, procedure: String? = nil) async throws {
        _ = try await call("POST", "/training/procedures", CatalogueAct(act: act, procedure: procedure))
    }

    /// Makes the code that was sent last to an account older than it is.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func ageCode(of account: String, seconds: Double) async throws {
        _ = try await call("POST", "/training/age-code", Age(account: account, seconds: seconds))
    }

    /// Has the portal forget, as one does that was restored from a backup of before.
    ///
    /// - Parameters:
    ///   - files: whether all files go.
    ///   - feed: whether the places of the changes feed that it has given go.
    /// - Throws: ``WebClient/Failure``.
    public func forget(
        dossiers: [String] = [], accounts: [String] = [], files: Bool = false, feed: Bool = false
    ) async throws {
        _ = try await call(
            "POST", "/training/forget", Forgetting(dossiers: dossiers, accounts: accounts, files: files, feed: feed))
    }

    /// Puts an announcement out; the times are RFC 3339.
    ///
    /// - Parameters:
    ///   - validFrom: nil: from now.
    ///   - validUntil: nil: for thirty days.
    ///   - isPublic: whether it may be shown on a locked screen.
    /// - Returns: its id.
    /// - Throws: ``WebClient/Failure``, or `JSONFault` where the answer is another than expected.
    @discardableResult
    public func announce(
        title: String, body: String, validFrom: String? = nil, validUntil: String? = nil, isPublic: Bool = false
    ) async throws -> String {
        struct Announced: Decodable { let id: String }
        let announcement = Announcement(
            title: title, body: body, validFrom: validFrom, validUntil: validUntil, public: isPublic)
        let answer = try await call("POST", "/training/announcements", announcement)
        return try JSONText.decode(Announced.self, from: Data(answer)).id
    }

    /// Ends an announcement now.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func endAnnouncement(_ id: String) async throws {
        _ = try await call("POST", "/training/announcements/end", ["id": id])
    }

    /// Publishes a catalogue, or what should be one.
    ///
    /// - Returns: its ETag.
    /// - Throws: ``WebClient/Failure``, or `JSONFault` where the answer is another than expected.
    @discardableResult
    public func publish(catalogue: [UInt8]) async throws -> String {
        struct Published: Decodable { let etag: String }
        let answer = try await client.send(
            "POST", "/training/catalogue", headers: ["Content-Type": "application/json"], body: catalogue)
        guard answer.status == 201 else { throw WebClient.Failure(description: "publishing: \(answer.status) \(answer.text)") }
        return try JSONText.decode(Published.self, from: Data(answer.body)).etag
    }

    /// Has the portal tell a story (`sync-fixtures/stories`).
    ///
    /// - Parameter story: its text.
    /// - Throws: ``WebClient/Failure`` where it is none.
    public func tell(story: [UInt8]) async throws {
        let answer = try await client.send(
            "POST", "/training/story", headers: ["Content-Type": "application/json"], body: story)
        guard answer.status == 204 else { throw WebClient.Failure(description: "the story: \(answer.status) \(answer.text)") }
    }

    /// How far the story is: `waiting`, `done` or `failed` for each of its steps, `later` for one that waits for its minute.
    ///
    /// - Throws: ``WebClient/Failure``, or `JSONFault` where the answer is another than expected.
    public func storySteps() async throws -> [String] {
        struct Step: Decodable {
            let event: String
            let state: String
        }
        let answer = try await call("GET", "/training/story", Fault?.none)
        return try JSONText.decode([Step].self, from: Data(answer)).map {
            $0.event == "later" && $0.state == "waiting" ? "later" : $0.state
        }
    }

    /// The code sent last to an account; nil where none was.
    ///
    /// - Throws: as ``sms()``.
    public func code(for account: String) async throws -> String? {
        try await sms().filter { $0.account == account }.max { $0.at < $1.at }?.code
    }

    /// The text messages sent so far, in the portal's order.
    ///
    /// - Throws: ``WebClient/Failure``, or `JSONFault` where the answer is another than expected.
    public func sms() async throws -> [Message] {
        try JSONText.decode([Message].self, from: Data(try await call("GET", "/training/sms", Fault?.none)))
    }

    private func call(_ method: String, _ path: String, _ body: (some Encodable)?) async throws -> [UInt8] {
        let bytes = try body.map { [UInt8](try JSONText.encode($0)) }
        let headers = bytes == nil ? [:] : ["Content-Type": "application/json"]
        let answer = try await client.send(method, path, headers: headers, body: bytes)
        guard (200..<300).contains(answer.status) else {
            throw WebClient.Failure(description: "\(method) \(path): \(answer.status) \(answer.text)")
        }
        return answer.body
    }
}
