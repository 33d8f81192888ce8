internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import PortalWire
internal import SQLiteAccess

extension PortalCore {
    /// `PUT /v1/dossiers/{dossierId}`.
    func putDossier(_ request: HTTPRequest) async throws -> HTTPResponse {
        let kiosk = try kiosk(of: request)
        let precondition = try FilingPrecondition(request)
        let filing = Filing(
            id: request.parameter("dossierId"), kiosk: kiosk, precondition: precondition,
            submission: try await message(DossierSubmission.self, of: request), now: now, population: population,
            catalogue: catalogue, filesElsewhere: options.filesElsewhere)
        if case .amend = precondition { await storyteller.heard(.amending, filing.id, filing.submission.procedure, self) }
        try await database.write { db in try Objections.meet(filing.id, DossierContent(filing.submission), in: db) }
        let (dossier, effect) = try await database.write { db in try filing.run(in: db) }
        let response = try answer(dossier, status: effect == .created ? 201 : 200)
        // What the officers of a story do now is news to the kiosk: its answer is of before.
        switch effect {
        case .created: await storyteller.heard(.arrived, filing.id, filing.submission.procedure, self)
        case .amended: await storyteller.heard(.amended, filing.id, filing.submission.procedure, self)
        case .repeated: break
        }
        return response
    }

    /// `GET /v1/dossiers/{dossierId}`.
    func getDossier(_ request: HTTPRequest) async throws -> HTTPResponse {
        let kiosk = try kiosk(of: request)
        return try answer(try await dossier(request.parameter("dossierId"), of: kiosk))
    }

    /// `GET /v1/dossiers?code=…&procedure=…`: the public part, of any kiosk's dossier, as the national portal's own look-up gives it
    /// to anybody who has the code.
    func lookUpDossier(_ request: HTTPRequest) async throws -> HTTPResponse {
        _ = try kiosk(of: request)
        guard let code = request.query["code"], let procedure = request.query["procedure"] else {
            throw Refusal.malformed("«code» and «procedure» are expected.")
        }
        let found = try await database.read { db in
            try Dossiers.list("WHERE code = \(code) AND procedure = \(procedure)", in: db).first
        }
        guard let found else { throw Refusal.notFound("dossier") }
        return try .message(found.progress)
    }

    /// `PUT /v1/dossiers/{dossierId}/withdrawal`.
    func putWithdrawal(_ request: HTTPRequest) async throws -> HTTPResponse {
        let kiosk = try kiosk(of: request)
        let id = request.parameter("dossierId")
        let withdrawal = try await message(WithdrawalMessage.self, of: request)
        if let filed = try await database.read({ db in try Dossiers.find(id, in: db) }), filed.kiosk == kiosk {
            await storyteller.heard(.withdrawing, id, filed.procedure, self)
        }
        let at = PortalTime.text(now)
        let dossier = try await database.write { db -> DossierRecord in
            guard var dossier = try Dossiers.find(id, in: db), dossier.kiosk == kiosk else { throw Refusal.notFound("dossier") }
            if dossier.status == .withdrawn { return dossier }
            guard dossier.status.isOpen else {
                throw Refusal(
                    .alreadyResolved, 409, "The dossier is already resolved",
                    detail: "Hồ sơ ở trạng thái này không rút được nữa.")
            }
            dossier.move(to: .withdrawn, at: at)
            dossier.version += 1
            dossier.editedBy = "kiosk"
            try Dossiers.save(dossier, who: "kiosk", what: "Công dân rút hồ sơ: \(withdrawal.reason)", at: at, in: db)
            return dossier
        }
        let response = try answer(dossier)
        await storyteller.heard(.withdrawn, id, dossier.procedure, self)
        return response
    }

    /// `PUT /v1/reports/{kioskId}/{period}`.
    func putReport(_ request: HTTPRequest) async throws -> HTTPResponse {
        let kiosk = try kiosk(of: request)
        let period = request.parameter("period")
        guard request.parameter("kioskId") == kiosk else { throw Refusal.notFound("kiosk") }
        guard Self.isPeriod(period) else { throw Refusal.malformed("A period is 2026-11, 2026-Q4 or 2026.") }
        let body = String(decoding: try JSONText.encode(try await message(JSONValue.self, of: request)), as: UTF8.self)
        let at = PortalTime.text(now)
        try await database.write { db in
            try db.run(
                """
                INSERT OR REPLACE INTO report (kiosk, period, body, received_at) VALUES (\(kiosk), \(period), \(body), \(at))
                """)
        }
        return HTTPResponse(status: 204)
    }

    /// A kiosk's dossier.
    ///
    /// - Throws: ``Refusal`` 404 where it is none of this kiosk's.
    private func dossier(_ id: String, of kiosk: String) async throws -> DossierRecord {
        let found = try await database.read { db in try Dossiers.find(id, in: db) }
        guard let found, found.kiosk == kiosk else { throw Refusal.notFound("dossier") }
        return found
    }

    private func answer(_ dossier: DossierRecord, status: Int = 200) throws -> HTTPResponse {
        try .message(dossier.representation, status: status).with("ETag", dossier.etag)
    }

    private static func isPeriod(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts[0].utf8.count == 4, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return false
        }
        guard parts.count == 2 else { return true }
        if parts[1].first == "Q" { return ["Q1", "Q2", "Q3", "Q4"].contains(parts[1]) }
        return parts[1].utf8.count == 2 && (Int(parts[1]).map { (1...12).contains($0) } ?? false)
    }
}
