internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import PortalWire
internal import SQLiteAccess

/// What a `PUT /v1/dossiers/{dossierId}` asks for, by its precondition (RFC 9110, section 13.1).
enum FilingPrecondition: Sendable {
    /// `If-None-Match: *`.
    case create
    /// `If-Match` with this entity-tag.
    case amend(etag: String)

    /// - Throws: ``Refusal`` 428 without one, 400 with both or with another form of one.
    init(_ request: HTTPRequest) throws(Refusal) {
        switch (request.headers["If-None-Match"], request.headers["If-Match"]) {
        case ("*", nil): self = .create
        case (nil, let etag?): self = .amend(etag: etag)
        case (nil, nil):
            throw Refusal(
                .preconditionRequired, 428, "A precondition is required", detail: "Send «If-None-Match: *» or «If-Match».")
        default:
            throw Refusal.malformed("Exactly one of «If-None-Match: *» and «If-Match» is expected.")
        }
    }
}

/// The rules of taking a dossier in or an amendment of one: all of them, inside one transaction.
struct Filing: Sendable {
    /// The procedure of which a resident may have several open dossiers: each stay is a notice of its own.
    static let repeatableProcedure = "LUU_TRU"

    /// What a PUT did.
    enum Effect: Sendable {
        /// The dossier is new.
        case created
        /// It has another version now.
        case amended
        /// It was heard before.
        case repeated
    }

    let id: String
    let kiosk: String
    let precondition: FilingPrecondition
    let submission: DossierSubmission
    let now: Date
    let population: Population
    let catalogue: PortalCatalogue
    let filesElsewhere: FilesElsewhere?

    /// Takes it in.
    ///
    /// - Returns: the dossier as it then is, and what was done.
    /// - Throws: ``Refusal`` with the contract's answer; nothing has changed then.
    func run(in db: borrowing Connection) throws -> (dossier: DossierRecord, effect: Effect) {
        let canonical = try Self.canonical(submission)
        let existing = try Dossiers.find(id, in: db)
        switch (precondition, existing) {
        case (.create, nil):
            break
        case (.create, let existing?):
            guard existing.kiosk == kiosk, existing.submission == canonical else {
                throw Self.conflict("This id exists with other content.")
            }
            return (existing, .repeated)
        case (.amend, nil):
            throw Self.conflict("There is no dossier of this id to amend.")
        case (.amend(let etag), let existing?):
            guard existing.kiosk == kiosk else { throw Self.conflict("There is no dossier of this id to amend.") }
            if existing.etag != etag {
                guard existing.submission == canonical else { throw Self.conflict("The portal's copy has moved on.") }
                return (existing, .repeated)
            }
            guard existing.status.isOpen else {
                throw Refusal(
                    .alreadyResolved, 409, "The dossier is closed",
                    detail: "Hồ sơ ở trạng thái này không sửa được nữa.")
            }
        }
        try check(in: db)
        return (try store(over: existing, canonical: canonical, in: db), existing == nil ? .created : .amended)
    }

    /// The form that repeats are compared in: without the addresses of the uploads, which a new upload of the same file changes.
    static func canonical(_ submission: DossierSubmission) throws -> String {
        var bare = submission
        for index in bare.attachments.indices { bare.attachments[index].upload = nil }
        return String(decoding: try JSONText.encode(bare), as: UTF8.self)
    }

    private func store(over existing: DossierRecord?, canonical: String, in db: borrowing Connection) throws -> DossierRecord {
        let at = PortalTime.text(now)
        var dossier =
            try existing
            ?? DossierRecord(
                id: id, kiosk: kiosk, code: Dossiers.nextCode(day: PortalTime.codeDay(now), in: db), procedure: "", version: 0,
                status: .received, statusAt: at, receivedAt: at, applicant: "", fields: .null, remarks: [], editedBy: "",
                submission: "", puts: 0, attachments: [])
        dossier.version += 1
        dossier.puts += 1
        dossier.procedure = submission.procedure
        dossier.applicant = applicant ?? ""
        dossier.fields = submission.fields
        dossier.attachments = submission.attachments.map { paper in
            var paper = paper
            paper.upload = nil
            return paper
        }
        dossier.editedBy = "kiosk"
        dossier.submission = canonical
        if dossier.status == .supplementRequired {
            dossier.move(to: .received, at: at)
            dossier.dueAt = nil
        }
        let what = existing == nil ? "Kiosk nộp hồ sơ" : "Kiosk nộp bản sửa đổi, bổ sung"
        let why = submission.explanation.map { "; giải trình vì sao không trùng: \($0)" } ?? ""
        try Dossiers.save(dossier, who: "kiosk", what: what + why, at: at, in: db)
        return dossier
    }

    private var applicant: String? { submission.fields["applicant"]?["citizenId"]?.stringValue }

    private func check(in db: borrowing Connection) throws {
        try checkAttachments(in: db)
        guard catalogue.has(submission.procedure) else {
            throw Refusal(
                .procedureRetired, 410, "The procedure is no longer in the catalogue",
                detail: "Hãy chọn thủ tục thay thế.")
        }
        guard let account = try Accounts.find(submission.account, in: db), account.kiosk == kiosk, account.status == "verified"
        else {
            throw Refusal(
                .accountUnverified, 403, "Tài khoản chưa xác minh", detail: "Người dân chưa nhập mã 6 số.")
        }
        if let refusal = try Objections.refusal(
            of: id, DossierContent(submission), procedure: submission.procedure,
            isExplained: submission.explanation != nil, in: db)
        {
            throw refusal
        }
        let brought = Set(submission.attachments.map(\.component))
        let missing = catalogue.required(of: submission.procedure).filter { !brought.contains($0.id) }.map { component in
            Problem.FieldFault(
                pointer: "/attachments", code: "missing-component",
                message: "Thiếu thành phần hồ sơ: \(component.name) (\(component.id)).")
        }
        guard missing.isEmpty else { throw Refusal.rejected(missing) }
        let faults = personFaults()
        guard faults.isEmpty else { throw Refusal.rejected(faults) }
        try checkDuplicates(in: db)
    }

    private func checkAttachments(in db: borrowing Connection) throws {
        var missing: [String] = []
        var wrongSizes: [Problem.FieldFault] = []
        for (index, paper) in submission.attachments.enumerated() {
            if try filesElsewhere?.holds(paper.sha256, size: paper.size, at: paper.upload) == true { continue }
            guard let upload = try Uploads.holding(sha256: paper.sha256, of: kiosk, in: db) else {
                if !missing.contains(paper.sha256) { missing.append(paper.sha256) }
                continue
            }
            // Sending the same bytes again would not mend a wrong length: only a person can.
            if upload.length != paper.size {
                let message = "Tệp \(paper.fileName) dài \(upload.length) byte, khai \(paper.size) byte."
                wrongSizes.append(Problem.FieldFault(pointer: "/attachments/\(index)/size", code: "invalid", message: message))
            }
        }
        guard missing.isEmpty else {
            throw Refusal(
                Problem(
                    code: .attachmentsMissing, title: "Thiếu tệp", status: 424,
                    detail: "Cổng chưa có \(missing.count) tệp của hồ sơ này.", missing: missing))
        }
        guard wrongSizes.isEmpty else { throw Refusal.rejected(wrongSizes) }
    }

    private func personFaults() -> [Problem.FieldFault] {
        guard submission.fields.objectValue != nil else {
            return [Problem.FieldFault(pointer: "/fields", code: "invalid", message: "Tờ khai không đúng dạng.")]
        }
        let place = JSONPointer(tokens: ["fields"])
        let numberPlace = "/fields/applicant/citizenId"
        guard let applicant, !applicant.isEmpty else {
            let message = "Cần số định danh của người kê khai."
            return [Problem.FieldFault(pointer: numberPlace, code: "required", message: message)]
        }
        guard population[applicant] != nil else {
            let message = "Không có số định danh này trong Cơ sở dữ liệu quốc gia về dân cư."
            return [Problem.FieldFault(pointer: numberPlace, code: "population-mismatch", message: message)]
        }
        return population.faultsOfPersons(in: submission.fields, at: place)
    }

    private func checkDuplicates(in db: borrowing Connection) throws {
        guard submission.procedure != Self.repeatableProcedure, let applicant else { return }
        let others = try Dossiers.list(
            """
            WHERE applicant = \(applicant) AND procedure = \(submission.procedure) AND id <> \(id) ORDER BY received_at
            """, in: db)
        // Whether an explanation holds is the officer's to judge, who reads it in the dossier's history.
        guard let other = others.first(where: \.status.isOpen), submission.explanation == nil else { return }
        throw Refusal(
            Problem(
                code: .duplicateDossier, title: "Đã có hồ sơ đang xử lý", status: 409,
                detail: "Người này đã có một hồ sơ cùng thủ tục đang xử lý.",
                conflictsWith: Problem.Duplicate(
                    code: other.code, procedure: other.procedure, receivedAt: other.receivedAt, kiosk: other.kiosk)))
    }

    private static func conflict(_ detail: String) -> Refusal {
        Refusal(.preconditionFailed, 412, "The precondition failed", detail: detail)
    }
}
