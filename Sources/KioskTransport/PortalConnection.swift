internal import CCurl
public import FoundationEssentials
internal import JSONTree
public import KioskSync
internal import PortalWire
internal import Synchronization

/// The contract over libcurl, for one run: a token, a connection pool, and the calls.
public final class PortalConnection: Sendable {
    let address: PortalAddress
    /// Where files go: a tus server that may be another than the portal.
    let files: PortalAddress
    let kioskID: String
    private let secret: String
    private let loop: CurlLoop
    private let tokens = TokenBox()
    private let now: @Sendable () -> Date
    private let boot: @Sendable () -> BootTime?
    private let reading = Mutex<ClockReading?>(nil)

    /// A connection to a portal.
    ///
    /// - Parameters:
    ///   - files: the address of its tus server (portal-contract.md, "Attachments"); the portal's `/v1/files` where nil.
    ///   - trust: who is believed to be the portal.
    ///   - proxy: what everything goes through that leaves this machine; `http_proxy` and its like are never followed.
    ///   - connections: the most connections, 1 to 32.
    ///   - stallSeconds: a transfer that moves nothing for so long is given up.
    ///   - bytesPerSecond: the most bytes of bodies a second, of all requests together; nil: as many as the line carries.
    ///   - boot: time since this machine started, for ``clockReading``.
    public init(
        address: PortalAddress, files: PortalAddress? = nil, kioskID: String, secret: String, trust: PortalTrust = PortalTrust(),
        proxy: Proxy? = nil, connections: Int = 8, stallSeconds: Int = 30, bytesPerSecond: Int? = nil,
        now: @escaping @Sendable () -> Date, boot: @escaping @Sendable () -> BootTime? = { nil }
    ) {
        self.address = address
        self.files = files ?? address.appending("/v1/files")
        self.kioskID = kioskID
        self.secret = secret
        self.now = now
        self.boot = boot
        loop = CurlLoop(
            setting: CurlSetting(
                stallSeconds: stallSeconds, authorities: trust.authorities, pinnedPublicKey: trust.pinnedPublicKey?.description,
                proxy: proxy, connections: connections, bytesPerSecond: bytesPerSecond))
    }

    /// What the portal's `Date` said last, beside this machine's clocks; nil where it has not answered.
    public var clockReading: ClockReading? { reading.withLock { $0 } }

    /// Breaks off whatever is under way and lets nothing new begin: ``PortalFailure/stopped(mayHaveActed:)``.
    public func stop() { loop.stop() }

    /// What went over the line so far.
    public var traffic: Traffic { loop.traffic }

    /// Sends a request with a token; on a 401 once more with a new one (portal-contract.md, "Authentication").
    func call(_ kind: CallKind, _ request: CurlRequest) async throws(PortalFailure) -> CurlAnswer {
        let token = try await token(refusing: nil)
        let answer = try await perform(request, token: token)
        guard answer.status == 401 else { return try check(answer, kind) }
        let second = try await perform(request, token: try await self.token(refusing: token))
        return try check(second, kind)
    }

    /// Sends a request that needs no token.
    func callWithoutToken(_ kind: CallKind, _ request: CurlRequest) async throws(PortalFailure) -> CurlAnswer {
        try check(try await perform(request, token: nil), kind)
    }

    func url(_ path: String) -> String { address.description + path }

    private func check(_ answer: CurlAnswer, _ kind: CallKind) throws(PortalFailure) -> CurlAnswer {
        guard Classification.isSuccess(answer, of: kind) else {
            throw Classification.failure(of: answer, to: kind, now: now())
        }
        return answer
    }

    private func perform(_ request: CurlRequest, token: String?) async throws(PortalFailure) -> CurlAnswer {
        var request = request
        if let token { request.headers.append(("Authorization", "Bearer \(token)")) }
        do {
            return try await loop.perform(request)
        } catch {
            throw error.failure
        }
    }

    /// What a success means whose body is not the contract's: it did not come from the portal.
    func stranger(_ answer: CurlAnswer) -> PortalFailure { Classification.stranger(answer, now: now()) }

    /// Notes what time the portal says it is.
    ///
    /// Only an answer that is the contract's counts: a captive portal has a clock too.
    func noteTime(of answer: CurlAnswer) {
        guard let portal = answer.headers["date"].flatMap(HTTPInstant.parse) else { return }
        let found = ClockReading(portal: portal, kiosk: now(), boot: boot())
        reading.withLock { $0 = found }
    }

    // MARK: Tokens

    private func token(refusing refused: String?) async throws(PortalFailure) -> String {
        try await tokens.token(refusing: refused, now: now(), fetch: fetchToken)
    }

    private func fetchToken() async throws(PortalFailure) -> (token: String, seconds: Int) {
        let basic = Data("\(kioskID):\(secret)".utf8).base64EncodedString()
        let request = CurlRequest(
            method: "POST", url: url("/oauth2/token"),
            headers: [
                ("Authorization", "Basic \(basic)"), ("Content-Type", "application/x-www-form-urlencoded"),
                ("Accept", "application/json"),
            ],
            body: OutgoingBytes(Array("grant_type=client_credentials".utf8)), answerLimit: 64 * 1024)
        let answer: CurlAnswer
        do {
            answer = try await perform(request, token: nil)
        } catch {
            // Asking for a token changes nothing at the portal: no dossier is in doubt.
            switch error {
            case .line(_, let trouble): throw .line(mayHaveActed: false, trouble: trouble)
            case .stopped: throw .stopped(mayHaveActed: false)
            default: throw error
            }
        }
        switch answer.status {
        case 200:
            guard let message = try? JSONText.decode(TokenMessage.self, from: Data(answer.body)), !message.accessToken.isEmpty,
                message.accessToken.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { throw stranger(answer) }
            noteTime(of: answer)
            return (message.accessToken, min(max(message.expiresIn ?? 300, 0), 86_400))
        case 400, 401, 403:
            let isOAuth = (try? JSONText.decode(JSONValue.self, from: Data(answer.body)))?["error"] != nil
            throw isOAuth || answer.status == 401 ? .unauthenticated : stranger(answer)
        default:
            let failure = Classification.failure(of: answer, to: .token, now: now())
            // Asking for a token changes nothing at the portal: no dossier is in doubt.
            if case .failing(let retryAfter, _) = failure { throw .failing(retryAfter: retryAfter, mayHaveActed: false) }
            throw failure
        }
    }
}
