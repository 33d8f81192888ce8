internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import PortalWire
internal import SQLiteAccess

/// The control API below `/training/`: JSON, without a token, for tests and demonstrations only.
///
/// No part of the contract. A request with an `Origin` header comes from a web page and is refused: no page has business here.
struct TrainingControl: Sendable {
    private let core: PortalCore

    init(_ core: PortalCore) { self.core = core }

    /// Adds its routes.
    func add(to router: inout Router) {
        for kind in TrainingOrder.Kind.allCases {
            on(&router, "POST", "/training/\(kind.rawValue)") { core, request in
                let body = try await core.message(JSONValue.self, of: request)
                return try await Self.fitting {
                    let made = try await TrainingOrder(kind, body).perform(core)
                    return try made.map { try .message($0, status: 201) } ?? HTTPResponse(status: 204)
                }
            }
        }
        on(&router, "DELETE", "/training/faults") { core, _ in
            core.faults.clear()
            return HTTPResponse(status: 204)
        }
        on(&router, "GET", "/training/state") { core, _ in try await .message(core.state()) }
        on(&router, "GET", "/training/sms") { core, _ in try await .message(core.messagesSent()) }
        on(&router, "DELETE", "/training/objections") { core, request in
            try await core.liftObjections(dossier: request.query["dossier"])
            return HTTPResponse(status: 204)
        }
        on(&router, "POST", "/training/story") { core, request in
            let story = try await Self.fitting { try Story(tree: try await core.message(JSONValue.self, of: request)) }
            await core.storyteller.begin(story, core)
            return HTTPResponse(status: 204)
        }
        on(&router, "GET", "/training/story") { core, _ in try .message(core.storyteller.progress) }
        on(&router, "POST", "/training/catalogue") { core, request in try await Self.publish(core, request) }
    }

    /// The body is a catalogue, read or not.
    private static func publish(_ core: PortalCore, _ request: HTTPRequest) async throws -> HTTPResponse {
        request.body.allow(bytes: core.options.maxRequestBytes)
        let bytes = try await request.body.collect(limit: core.options.maxRequestBytes)
        return try .message(["etag": try await core.publish(bytes)], status: 201)
    }

    private func on(
        _ router: inout Router, _ method: String, _ pattern: String,
        _ handler: @escaping @Sendable (PortalCore, HTTPRequest) async throws -> HTTPResponse
    ) {
        let core = core
        router.on(method, pattern) { request in
            guard request.headers["Origin"] == nil else { throw HTTPFault(403, "no web page has business here") }
            return try await handler(core, request)
        }
    }

    /// Puts what does not fit into the control API's answers.
    private static func fitting<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch TrainingPortalError.unknownDossier {
            throw Refusal.notFound("dossier")
        } catch TrainingPortalError.unknownAccount {
            throw Refusal.notFound("account")
        } catch TrainingPortalError.actRefused(let reason) {
            throw Refusal(.refused, 409, "The act does not fit", detail: reason)
        } catch let fault as JSONFault {
            throw Refusal.malformed("The body: \(fault.description).")
        }
    }
}

extension PortalCore {
    /// Codes "sent", the newest first.
    fileprivate func messagesSent() async throws -> JSONValue {
        try await database.read { db in
            .array(
                try db.all("SELECT account, code, sent_at, phone FROM sms ORDER BY number DESC") { row in
                    [
                        "account": .string(row.text(0)), "code": .string(row.text(1)), "at": .string(row.text(2)),
                        "phone": .string(row.text(3)),
                    ]
                })
        }
    }

    /// All that the portal holds, for a test to compare with.
    fileprivate func state() async throws -> JSONValue {
        let (dossiers, records, accounts, reports) = try await database.read { db in
            (
                try Dossiers.list("ORDER BY code", in: db), try Uploads.list("ORDER BY id", in: db),
                try Accounts.list("ORDER BY id", in: db),
                try db.all("SELECT kiosk, period, body FROM report ORDER BY kiosk, period") { row in
                    (kiosk: row.text(0), period: row.text(1), body: row.text(2))
                }
            )
        }
        var digests: [String: String] = [:]
        for upload in records where upload.isComplete { digests[upload.id] = try await uploads.sha256(of: upload.id) }
        return [
            "dossiers": .array(dossiers.map { state(of: $0, among: records, digests: digests) }),
            "uploads": .array(
                records.map { upload in
                    [
                        "id": .string(upload.id), "kiosk": .string(upload.kiosk), "length": .number(Decimal(upload.length)),
                        "sha256": .string(upload.sha256), "complete": .bool(upload.isComplete),
                        "offset": .number(Decimal((try? uploads.open(upload.id, writing: false)?.size()) ?? 0)),
                    ]
                }),
            "accounts": .array(
                accounts.map { ["id": .string($0.id), "kiosk": .string($0.kiosk), "status": .string($0.status)] }),
            "reports": .array(
                reports.map { report in
                    let figures = try? JSONText.decode(JSONValue.self, from: Data(report.body.utf8))
                    return ["kiosk": .string(report.kiosk), "period": .string(report.period), "figures": figures ?? .null]
                }),
        ]
    }

    private func state(of dossier: DossierRecord, among records: [UploadRecord], digests: [String: String]) -> JSONValue {
        let submission = try? JSONText.decode(DossierSubmission.self, from: Data(dossier.submission.utf8))
        let attachments = dossier.attachments.map { paper -> JSONValue in
            let upload = records.first { $0.kiosk == dossier.kiosk && $0.sha256 == paper.sha256 && $0.isComplete }
            return [
                "component": .string(paper.component), "fileName": .string(paper.fileName), "sha256": .string(paper.sha256),
                "size": .number(Decimal(paper.size)), "present": .bool(upload != nil),
                "note": paper.note.map { .string($0) } ?? .null,
                "sha256OnDisk": upload.flatMap { digests[$0.id] }.map { .string($0) } ?? .null,
            ]
        }
        return [
            "id": .string(dossier.id), "code": .string(dossier.code), "kiosk": .string(dossier.kiosk),
            "procedure": .string(dossier.procedure), "status": .string(dossier.status.rawValue), "etag": .string(dossier.etag),
            "version": .number(Decimal(dossier.version)), "puts": .number(Decimal(dossier.puts)),
            "revision": .number(Decimal(submission?.revision ?? 0)),
            "catalogueVersion": .string(submission?.catalogueVersion ?? ""), "fields": dossier.fields,
            "attachments": .array(attachments),
        ]
    }
}
