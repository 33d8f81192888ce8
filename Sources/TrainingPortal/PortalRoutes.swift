internal import FoundationEssentials
internal import HTTPServing
internal import PortalWire
internal import SQLiteAccess

/// Which handler answers which request, and what holds for whole families of them: host names, faults, problem documents.
struct PortalRoutes: Sendable {
    private let core: PortalCore
    private let contract: Router
    private let people: Router
    private let desk: Desk
    private let report: @Sendable (any Error) -> Void

    init(_ core: PortalCore, report: @escaping @Sendable (any Error) -> Void) {
        self.core = core
        self.report = report
        contract = Self.contractRoutes(core)
        var people = Router()
        TrainingControl(core).add(to: &people)
        desk = Desk(core)
        desk.add(to: &people)
        self.people = people
    }

    /// Answers a request.
    func respond(to request: HTTPRequest) async throws -> HTTPResponse {
        // A page of another site could make its own name resolve to 127.0.0.1 and then read what it likes: only the names of
        // this machine itself are answered (DNS rebinding).
        guard Self.isLoopback(request.headers["Host"] ?? "") else {
            return HTTPFault(421, "this portal answers to 127.0.0.1 only").response
        }
        guard ["v1", "oauth2"].contains(request.path.first) else {
            let answer = try await people.respond(to: request)
            return request.path.first == "training" ? answer : desk.dressed(answer)
        }
        guard let fault = core.faults.take(for: request) else { return try await work(request) }
        return try await fault.play(on: request) { try await work($0) }
    }

    private func work(_ request: HTTPRequest) async throws -> HTTPResponse {
        do {
            return Refusal.problem(of: try await contract.respond(to: request))
        } catch let error where Self.isPassing(error) {
            // A full or busy disk is the portal's own trouble: the kiosk keeps what it has and comes again.
            report(error)
            return Refusal(
                .refused, 503, "The portal cannot store this now", detail: "Come again later.", headers: [("Retry-After", "60")]
            ).response
        }
    }

    private static func isPassing(_ error: any Error) -> Bool {
        if case .file = error as? TrainingPortalError { return true }
        guard let error = error as? SQLiteError else { return false }
        return [.busy, .full, .inaccessible].contains(error.kind)
    }

    private static func contractRoutes(_ core: PortalCore) -> Router {
        var router = Router()
        router.on("POST", "/oauth2/token") { try await core.issueToken($0) }
        router.on("GET", "/v1/health") { _ in
            try .message(HealthMessage(status: "ok", time: PortalTime.text(core.now)))
        }
        router.on("GET", "/v1/catalogue") { try core.getCatalogue($0) }
        router.on("PUT", "/v1/accounts/{accountId}") { try await core.putAccount($0) }
        router.on("POST", "/v1/accounts/{accountId}/code") { try await core.postCode($0) }
        router.on("PUT", "/v1/accounts/{accountId}/verification") { try await core.putVerification($0) }
        router.on("OPTIONS", "/v1/files") { try await core.describeUploads($0) }
        router.on("POST", "/v1/files") { try await core.postUpload($0) }
        router.on("HEAD", "/v1/files/{fileId}") { try await core.headUpload($0) }
        router.on("PATCH", "/v1/files/{fileId}") { try await core.patchUpload($0) }
        router.on("DELETE", "/v1/files/{fileId}") { try await core.deleteUpload($0) }
        router.on("GET", "/v1/dossiers") { try await core.lookUpDossier($0) }
        router.on("GET", "/v1/dossiers/{dossierId}") { try await core.getDossier($0) }
        router.on("PUT", "/v1/dossiers/{dossierId}") { try await core.putDossier($0) }
        router.on("PUT", "/v1/dossiers/{dossierId}/withdrawal") { try await core.putWithdrawal($0) }
        router.on("GET", "/v1/changes") { try await core.getChanges($0) }
        router.on("PUT", "/v1/reports/{kioskId}/{period}") { try await core.putReport($0) }
        return router
    }

    private static func isLoopback(_ host: String) -> Bool {
        let name = host.hasPrefix("[") ? String(host.prefix { $0 != "]" }) + "]" : String(host.prefix { $0 != ":" })
        return ["127.0.0.1", "localhost", "[::1]"].contains(name.lowercased())
    }
}

extension PortalCore {
    /// `GET /v1/catalogue` (conditional: RFC 9110, section 13.1.2).
    func getCatalogue(_ request: HTTPRequest) throws -> HTTPResponse {
        _ = try kiosk(of: request)
        let known = (request.headers["If-None-Match"] ?? "").split(separator: ",").map { tag in
            // The comparison is weak: a proxy may have marked the tag so.
            String(tag.drop { $0 == " " }.trimmingPrefix("W/"))
        }
        guard !known.contains(catalogue.etag), known != ["*"] else {
            return HTTPResponse(status: 304, headers: ["ETag": catalogue.etag])
        }
        return HTTPResponse.json(catalogue.bytes).with("ETag", catalogue.etag)
    }
}
