internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import PortalWire

/// One thing that a trainer has the portal do: what a request of the control API and a story's step order.
enum TrainingOrder: Sendable {
    /// The names of the orders: the last part of `/training/…`, and a step's `order`.
    enum Kind: String, CaseIterable, Sendable {
        case acts, objections, accounts, procedures, forget, announcements, faults
        case ageCode = "age-code"
        case endAnnouncement = "announcements/end"

        /// The members that its body may have; any other is a mistake.
        var members: Set<String> {
            switch self {
            case .acts: ["dossier", "act", "remark", "pointer", "value", "reason", "expected", "dueAt", "bring", "other"]
            case .objections: ["dossier", "reason", "pointer", "code", "message", "expected", "other"]
            case .accounts: ["account", "act"]
            case .procedures: ["act", "procedure"]
            case .forget: ["dossiers", "accounts", "files", "feed"]
            case .announcements: ["title", "body", "validFrom", "validUntil", "public"]
            case .faults: ["kind", "method", "pathPrefix", "skip", "times", "status", "retryAfter", "delayMs", "percent"]
            case .ageCode: ["account", "seconds"]
            case .endAnnouncement: ["id"]
            }
        }
    }

    case act(dossier: String, OfficerAct)
    case object(Objection)
    case account(String, AccountAct)
    case catalogue(act: String, procedure: String)
    case forget(Forgetting)
    case announce(Announcing)
    case fail(ScriptedFault)
    case ageCode(account: String, seconds: Double)
    case endAnnouncement(String)

    /// An announcement to be put out.
    struct Announcing: Decodable, Sendable {
        let title: String
        let body: String
        let validFrom: String?
        let validUntil: String?
        let `public`: Bool?
    }

    private struct ActMessage: Decodable {
        let dossier: String
    }

    private struct AccountMessage: Decodable {
        let account: String
        let act: AccountAct
    }

    private struct CatalogueMessage: Decodable {
        let act: String
        let procedure: String?
    }

    private struct AgeMessage: Decodable {
        let account: String
        let seconds: Double
    }

    private struct Ending: Decodable {
        let id: String
    }

    /// Reads the body of an order.
    ///
    /// - Throws: `JSONFault` with the place of the fault, ``TrainingPortalError/actRefused(reason:)`` for an act that lacks something.
    init(_ kind: Kind, _ body: JSONValue) throws {
        guard let members = body.objectValue else { throw JSONFault("the top level is not an object") }
        if let stranger = members.keys.sorted().first(where: { !kind.members.contains($0) }) {
            throw JSONFault(
                "/\(stranger) is no member of «\(kind.rawValue)»; known are \(kind.members.sorted().joined(separator: ", "))")
        }
        func read<T: Decodable>(_ type: T.Type) throws -> T { try JSONText.decode(type, from: try JSONText.encode(body)) }
        switch kind {
        case .acts:
            let dossier = try read(ActMessage.self).dossier
            let order = try read(ActOrder.self)
            guard let act = try order.officerAct() else {
                throw JSONFault("/act is none of \(ActOrder.names.joined(separator: ", "))")
            }
            self = .act(dossier: dossier, act)
        case .objections: self = .object(try read(ObjectionOrder.self).objection())
        case .accounts:
            let message = try read(AccountMessage.self)
            self = .account(message.account, message.act)
        case .procedures:
            let message = try read(CatalogueMessage.self)
            self = .catalogue(act: message.act, procedure: message.procedure ?? "")
        case .forget: self = .forget(try read(Forgetting.self))
        case .announcements: self = .announce(try read(Announcing.self))
        case .faults: self = .fail(try read(ScriptedFault.self))
        case .ageCode:
            let message = try read(AgeMessage.self)
            self = .ageCode(account: message.account, seconds: message.seconds)
        case .endAnnouncement: self = .endAnnouncement(try read(Ending.self).id)
        }
    }

    /// Does it.
    ///
    /// - Returns: what was made, where something was.
    /// - Throws: ``TrainingPortalError``, `HTTPFault` 400 for a catalogue's act that does not fit, `SQLiteError`.
    @discardableResult
    func perform(_ core: PortalCore) async throws -> JSONValue? {
        switch self {
        case .act(let dossier, let act): try await core.perform(act, on: dossier)
        case .object(let objection): try await core.object(objection)
        case .account(let id, let act): try await core.perform(act, account: id)
        case .catalogue(let act, let procedure):
            return ["etag": .string(try await core.change(catalogue: act, procedure: procedure))]
        case .forget(let what): try await core.forget(what)
        case .announce(let announcing):
            let id = try await core.announce(
                title: announcing.title, body: announcing.body,
                validFrom: announcing.validFrom.map(Self.instant) ?? PortalTime.text(core.now),
                validUntil: announcing.validUntil.map(Self.instant) ?? PortalTime.due(calendarDays: 30, after: core.now),
                isPublic: announcing.public ?? false)
            return ["id": .string(id)]
        case .fail(let fault): core.faults.add(fault)
        case .ageCode(let account, let seconds): try await core.ageCode(of: account, seconds: seconds)
        case .endAnnouncement(let id): try await core.endAnnouncement(id)
        }
        return nil
    }

    /// A day as the instant that is meant by it; what is none stays as it is.
    private static func instant(_ text: String) -> String { PortalTime.instant(text) ?? text }
}
