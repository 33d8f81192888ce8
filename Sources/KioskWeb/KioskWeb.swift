public import FoundationEssentials
public import HTTPServing
public import KioskDomain
public import KioskStore

/// The kiosk's pages: a handler for ``HTTPServer``.
public final class KioskWeb: Sendable {
    private let desk: Desk
    let router: Router

    /// The pages over a data folder that is still locked.
    ///
    /// - Parameters:
    ///   - catalogue: the one that the program brings along or the settings name; a newer one of the portal takes its place.
    ///   - isConfigured: whether the settings name it; then none does.
    ///   - uptime: seconds of a clock that never jumps and does not stop while the machine sleeps, for the idle screen.
    ///   - random: so many bytes that nobody can guess.
    ///   - onUnlock: is told of every unlocking, for the nightly sync.
    ///   - report: is told of errors that the reader of a page can do nothing about.
    public init(
        store: KioskStore, catalogue: Catalogue, isConfigured: Bool = false, sync: any SyncControl,
        options: KioskWebOptions = KioskWebOptions(),
        now: @escaping @Sendable () -> Date, uptime: @escaping @Sendable () -> Double,
        random: @escaping @Sendable (Int) throws -> [UInt8],
        onUnlock: @escaping @Sendable (UnlockedStore) async -> Void = { _ in },
        report: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        desk = Desk(
            store: store, ownCatalogue: catalogue, isConfigured: isConfigured, sync: sync, options: options, now: now,
            uptime: uptime,
            random: random, onUnlock: onUnlock, report: report,
            sessions: SessionBook(idleSeconds: Double(options.sessionIdleMinutes) * 60))
        router = Routes.router(desk)
    }

    /// Answers a request, with the security headers on every answer.
    ///
    /// - Throws: `CancellationError` only; everything else becomes a page that says what to do.
    public func respond(to request: HTTPRequest) async throws -> HTTPResponse {
        do {
            try Doorkeeper.check(request)
            let (handler, routed) = try router.route(request)
            return Doorkeeper.sign(try await handler(routed))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return Doorkeeper.sign(desk.apology(for: error, to: request))
        }
    }
}

/// What every handler has at hand.
struct Desk: Sendable {
    let store: KioskStore
    let ownCatalogue: Catalogue
    let isConfigured: Bool
    let sync: any SyncControl
    let options: KioskWebOptions
    let now: @Sendable () -> Date
    let uptime: @Sendable () -> Double
    let random: @Sendable (Int) throws -> [UInt8]
    let onUnlock: @Sendable (UnlockedStore) async -> Void
    let report: @Sendable (any Error) -> Void
    let sessions: SessionBook
    let lookUpGate = LookUpGate()

    /// An unguessable lower-case hex text.
    func token(bytes: Int) throws -> String {
        let digits = Array("0123456789abcdef")
        return String(try random(bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
