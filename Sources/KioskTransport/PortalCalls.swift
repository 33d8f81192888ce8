internal import FoundationEssentials
public import JSONTree
internal import KioskDomain
public import KioskSync
internal import PortalWire

extension PortalConnection: PortalClient {
    /// Asks whether the portal answers at all (``PortalClient/health()``).
    public func health() async throws(PortalFailure) {
        let request = CurlRequest(method: "GET", url: url("/v1/health"), answerLimit: 64 * 1024, stallSeconds: 10)
        let answer = try await callWithoutToken(.health, request)
        _ = try decode(HealthMessage.self, answer)
    }

    /// A page of the changes feed (``PortalClient/changes(after:)``).
    public func changes(after cursor: String?) async throws(PortalFailure) -> ChangeBatch {
        let after = cursor.map { "&after=" + Self.percentEncoded($0) } ?? ""
        let request = CurlRequest(method: "GET", url: url("/v1/changes?limit=200\(after)"), acceptsCompression: true)
        let answer = try await call(.changes, request)
        return try decode(ChangePage.self, answer).batch
    }

    /// The procedure catalogue (``PortalClient/catalogue(etag:)``).
    ///
    /// What is in it is not looked at: a portal's broken catalogue is still the portal's.
    public func catalogue(etag: String?) async throws(PortalFailure) -> CatalogueAnswer {
        var request = CurlRequest(
            method: "GET", url: url("/v1/catalogue"), acceptsCompression: true, answerLimit: CatalogueRules.sizeLimit)
        request.keepsHeadOverLimit = true
        if let etag { request.headers.append(("If-None-Match", etag)) }
        let answer = try await call(.catalogue, request)
        if answer.status == 304, etag != nil { return .unchanged }
        guard answer.status == 200, answer.headers["content-type"]?.hasPrefix("application/json") == true,
            let held = answer.headers["etag"], (2...200).contains(held.utf8.count)
        else { throw stranger(answer) }
        return answer.isOverLimit ? .tooLarge(etag: held) : .text(Data(answer.body), etag: held)
    }

    /// Registers an account (``PortalClient/register(_:)``).
    public func register(_ application: AccountApplication) async throws(PortalFailure) -> AccountProgress {
        let answer = try await call(.account, json("PUT", "/v1/accounts/\(application.id)", AccountRegistration(application)))
        return try decode(AccountState.self, answer).progress
    }

    /// Hands in a code (``PortalClient/verify(account:code:)``).
    public func verify(account: String, code: String) async throws(PortalFailure) -> AccountProgress {
        let answer = try await call(
            .verification, json("PUT", "/v1/accounts/\(account)/verification", VerificationMessage(code: code)))
        return try decode(AccountState.self, answer).progress
    }

    /// Has a new code sent (``PortalClient/sendNewCode(account:)``).
    ///
    /// The contract names no body: where there is none the status says it, where there is one it is the account's state.
    public func sendNewCode(account: String) async throws(PortalFailure) -> AccountProgress {
        let answer = try await call(
            .newCode, CurlRequest(method: "POST", url: url("/v1/accounts/\(account)/code"), body: OutgoingBytes([])))
        if answer.status == 202, answer.body.isEmpty { return AccountProgress(status: AccountProgress.codeSent) }
        return try decode(AccountState.self, answer).progress
    }

    /// Creates or amends a dossier (``PortalClient/send(_:)``).
    public func send(_ dossier: OutgoingDossier) async throws(PortalFailure) -> PortalDossier {
        var request = try json("PUT", "/v1/dossiers/\(dossier.id)", DossierSubmission(dossier))
        request.headers.append(dossier.etag.map { ("If-Match", $0) } ?? ("If-None-Match", "*"))
        do {
            return try portalDossier(try await call(.dossier, request), id: dossier.id)
        } catch .rejected(var rejection) {
            rejection.nameComponents(of: dossier.content.papers)
            throw .rejected(rejection)
        } catch .filesMissing(let named) {
            // What the portal calls by its place in the request has a digest of its own.
            throw .filesMissing(named.map { dossier.content.papers.at($0)?.sha256 ?? $0 })
        }
    }

    /// A dossier as the portal holds it (``PortalClient/dossier(_:)``).
    public func dossier(_ id: String) async throws(PortalFailure) -> PortalDossier? {
        let answer = try await call(.readDossier, CurlRequest(method: "GET", url: url("/v1/dossiers/\(id)")))
        return answer.status == 404 ? nil : try portalDossier(answer, id: id)
    }

    /// Withdraws a dossier (``PortalClient/withdraw(dossier:reason:at:)``).
    public func withdraw(dossier: String, reason: String, at: String) async throws(PortalFailure) -> PortalDossier {
        let request = try json("PUT", "/v1/dossiers/\(dossier)/withdrawal", WithdrawalMessage(reason: reason, at: at))
        return try portalDossier(try await call(.withdrawal, request), id: dossier)
    }

    /// Sends a period's figures (``PortalClient/sendReport(period:figures:)``).
    public func sendReport(period: String, figures: JSONValue) async throws(PortalFailure) {
        let path = "/v1/reports/\(Self.percentEncoded(kioskID))/\(Self.percentEncoded(period))"
        let answer = try await call(.report, json("PUT", path, figures))
        guard answer.status == 204 else { throw stranger(answer) }
    }

    private func json(_ method: String, _ path: String, _ body: some Encodable) throws(PortalFailure) -> CurlRequest {
        guard let bytes = try? JSONText.encode(body) else {
            throw .rejected(Rejection(code: "not-json", status: 0, detail: nil, faults: []))
        }
        return CurlRequest(
            method: method, url: url(path), headers: [("Content-Type", "application/json"), ("Accept", "application/json")],
            body: OutgoingBytes(Array(bytes)))
    }

    /// A success whose body is not the contract's did not come from the portal: a captive portal answers everything with 200.
    func decode<Message: Decodable>(_ type: Message.Type, _ answer: CurlAnswer) throws(PortalFailure) -> Message {
        guard AnswerFacts.isMediaType(answer, "application/json"),
            let message = try? JSONText.decode(type, from: Data(answer.body))
        else { throw stranger(answer) }
        noteTime(of: answer)
        return message
    }

    private func portalDossier(_ answer: CurlAnswer, id: String) throws(PortalFailure) -> PortalDossier {
        let representation = try decode(DossierRepresentation.self, answer)
        guard representation.id == id, let etag = answer.headers["etag"], !etag.isEmpty else { throw .notThePortal }
        return representation.portalDossier(etag: etag)
    }

    static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
            return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
