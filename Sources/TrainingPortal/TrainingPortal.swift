internal import FoundationEssentials
internal import HTTPServing
internal import SQLiteAccess

/// The central portal of the contract (`sync-fixtures/portal-api.yaml`) for training, demonstration and tests: the whole contract
/// over SQLite and files, an officer's desk for people at `/`, and faults on demand.
///
/// Its residents are invented; it is never the real portal, and says so on every page.
///
/// ```swift
/// let portal = try TrainingPortal(TrainingPortalOptions(dataFolder: folder, port: 0, catalogue: catalogue))
/// print(portal.address)
/// try await portal.run()
/// ```
public final class TrainingPortal: Sendable {
    let core: PortalCore
    private let server: HTTPServer

    /// A portal whose port is bound and whose data folder is open; it answers once it runs.
    ///
    /// - Parameter report: is told of errors that became a bare 500 or a 503, for a log. They carry no personal data.
    /// - Throws: ``TrainingPortalError``, `SocketError` where the port cannot be had, `SQLiteError`.
    public init(_ options: TrainingPortalOptions, report: @escaping @Sendable (any Error) -> Void = { _ in }) throws {
        let core = try PortalCore(options)
        let routes = PortalRoutes(core, report: report)
        self.core = core
        server = try HTTPServer(port: options.port, report: report) { request in try await routes.respond(to: request) }
    }

    /// The port it listens on.
    public var port: UInt16 { server.port }

    /// Its address: `http://127.0.0.1:PORT`.
    public var address: String { "http://127.0.0.1:\(port)" }

    /// Serves until the task is cancelled.
    ///
    /// - Throws: `SocketError` where no connection can be accepted any more, `SQLiteError`.
    public func run() async throws {
        try await core.sweepUploads()
        try await server.run()
    }

    /// Does what an officer does at the desk.
    ///
    /// - Throws: ``TrainingPortalError/unknownDossier(id:)``, ``TrainingPortalError/actRefused(reason:)`` where the act does not fit
    ///   the dossier's status, `SQLiteError`.
    public func perform(_ act: OfficerAct, on dossierId: String) async throws {
        try await core.perform(act, on: dossierId)
    }

    /// Puts an announcement into every kiosk's changes feed.
    ///
    /// The instants are RFC 3339 with an offset.
    ///
    /// - Throws: `SQLiteError`.
    public func announce(
        title: String, body: String, validFrom: String, validUntil: String, isPublic: Bool = false
    ) async throws {
        try await core.announce(title: title, body: body, validFrom: validFrom, validUntil: validUntil, isPublic: isPublic)
    }

    /// Holds something against a dossier, or against the next new one: its PUT is turned away until that place has changed.
    ///
    /// - Throws: ``TrainingPortalError/actRefused(reason:)``, `SQLiteError`.
    public func object(_ objection: Objection) async throws { try await core.object(objection) }

    /// Does an act with a resident's account.
    ///
    /// - Throws: ``TrainingPortalError/unknownAccount(id:)``, ``TrainingPortalError/actRefused(reason:)``, `SQLiteError`.
    public func perform(_ act: AccountAct, account id: String) async throws { try await core.perform(act, account: id) }

    /// Serves another catalogue from now on and tells all kiosks; a broken one is served as it is.
    ///
    /// - Returns: its ETag.
    /// - Throws: `SQLiteError`.
    @discardableResult
    public func publish(catalogue: [UInt8]) async throws -> String { try await core.publish(catalogue) }

    /// All dossiers of all kiosks, the newest first.
    ///
    /// - Throws: `SQLiteError`, ``TrainingPortalError/storedTextUnreadable(table:)``.
    public func dossiers() async throws -> [PortalDossierSummary] {
        try await core.database.read { db in
            try Dossiers.list("ORDER BY received_at DESC, code DESC", in: db).map(PortalDossierSummary.init)
        }
    }

    /// Arms a fault: the next requests of the contract that it fits meet it.
    ///
    /// The desk and the control API never do.
    public func failNext(_ fault: ScriptedFault) { core.faults.add(fault) }

    /// How many requests of the contract came since the start.
    public var requests: Int { core.faults.requests }

    /// Disarms all faults.
    public func clearFaults() { core.faults.clear() }

    /// Begins a story: from now on the officers do what it says as kiosks send; what it says of the start is done when this returns.
    public func tell(_ story: Story) async { await core.storyteller.begin(story, core) }

    /// The last code "sent" by SMS for an account; nil where none was.
    ///
    /// - Throws: `SQLiteError`.
    public func smsCode(_ accountId: String) async throws -> String? { try await core.smsCode(accountId) }
}

/// A dossier in a list: nothing personal but its id.
public struct PortalDossierSummary: Equatable, Sendable {
    /// The id, made by the kiosk.
    public let id: String
    /// The portal's dossier code.
    public let code: String
    /// The kiosk that filed it.
    public let kiosk: String
    /// The procedure's code.
    public let procedure: String
    /// The contract's status, such as `supplement-required`.
    public let status: String
    /// The portal's version, from 1.
    public let version: Int
    /// When it was received (RFC 3339).
    public let receivedAt: String
    /// The PUTs that created or changed it; repeats are not counted.
    public let puts: Int

    init(_ record: DossierRecord) {
        id = record.id
        code = record.code
        kiosk = record.kiosk
        procedure = record.procedure
        status = record.status.rawValue
        version = record.version
        receivedAt = record.receivedAt
        puts = record.puts
    }
}
