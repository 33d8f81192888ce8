internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync

/// A dossier as `dossier list` and `dossier show` print it.
///
/// Times are RFC 3339.
struct DossierView: Encodable {
    let id: String
    let receipt: String?
    let procedure: String
    let state: DossierState
    let stateName: String
    let subject: String
    let capturedAt: String
    let sealedAt: String?
    let sendBy: String?
    let code: String?
    let status: String?
    let statusName: String?
    let statusAt: String?
    let dueAt: String?
    let awaitsAccount: Bool
    var situation: SituationView?
    var revision: Int
    var answers: JSONValue?
    var attachments: [Attachment]?
    var remarks: [PortalDossier.Remark]?
    var rejection: Rejection?
    var conflict: String?
    var account: String?
    var consent: ConsentView?
    var history: [Event]?

    /// The consent of the last sealed revision; who gave it is told by role, never by name.
    struct ConsentView: Encodable {
        let version: String
        let at: String
        let by: Consent.Giver
        let evidence: Consent.Evidence?
        /// What is agreed to now: without what was taken back.
        let purposes: [String]?
    }

    struct Attachment: Encodable {
        let component: String
        let fileName: String
        let mediaType: String
        let size: Int
        let sha256: String
        let uploaded: Bool
        let situation: SituationView?
    }

    struct Event: Encodable {
        let at: String
        let event: String
        let status: String?
        let by: String?
        let changes: [MergedChange]?
        let purpose: String?
    }

    /// A dossier; with words on its way to the portal where they are given.
    init(_ summary: DossierSummary, _ detail: DossierDetail? = nil, ways: DossierWays? = nil) {
        id = summary.id
        receipt = summary.receipt
        procedure = summary.procedure
        state = summary.state
        stateName = summary.state.name.vi
        subject = summary.subject
        capturedAt = VietnamTime.rfc3339(summary.capturedAt)
        sealedAt = summary.sealedAt.map(VietnamTime.rfc3339)
        sendBy = summary.sendBy.map(VietnamTime.rfc3339)
        code = summary.code
        status = summary.status?.rawValue
        statusName = summary.status?.name.vi
        statusAt = summary.statusAt
        dueAt = summary.dueAt
        awaitsAccount = summary.awaitsAccount
        revision = summary.revision
        situation = ways?.dossier
        guard let detail else { return }
        answers = detail.answers
        attachments = detail.papers.map {
            Attachment(
                component: $0.component, fileName: $0.fileName, mediaType: $0.mediaType, size: $0.size, sha256: $0.sha256,
                uploaded: $0.isUploaded, situation: ways?.files[$0.attachment])
        }
        remarks = detail.portal?.remarks
        account = detail.account
        consent = detail.consent.map { consent in
            ConsentView(
                version: consent.version, at: consent.at, by: consent.by, evidence: consent.evidence,
                purposes: consent.purposes?.filter { detail.agrees(to: $0) == true })
        }
        history = detail.events.map {
            Event(
                at: VietnamTime.rfc3339($0.at), event: $0.kind.rawValue, status: $0.status?.rawValue, by: $0.operatorName,
                changes: $0.changes, purpose: $0.purpose)
        }
        switch detail.problem {
        case .rejection(let found): rejection = found
        case .conflict(.duplicate(let code, _, _)): conflict = "duplicate of \(code)"
        case .conflict(.absent(let code, _)): conflict = "not at the portal any more, was \(code)"
        case .conflict(.edited(let divergence)):
            conflict = "edited at the portal: \(divergence.clashes.map(\.pointer.description).joined(separator: " "))"
        case nil: break
        }
    }

    var words: String {
        var lines = ["\(subject) — \(procedure)", "Số phiếu: \(receipt ?? "chưa có")", "Tình trạng: \(stateName)"]
        if let code { lines.append("Mã hồ sơ: \(code)") }
        if let statusName { lines.append("Trên cổng: \(statusName) (\(statusAt ?? ""))") }
        if let situation { lines.append(situation.sentence) }
        if let dueAt { lines.append("Hẹn trả: \(dueAt)") }
        for remark in remarks ?? [] { lines.append("Cán bộ: \(remark.text)") }
        for fault in rejection?.faults ?? [] { lines.append("Phải sửa \(fault.pointer): \(fault.message)") }
        if let rejection, rejection.faults.isEmpty { lines.append("Cổng trả lại: \(rejection.detail ?? rejection.code)") }
        if let conflict { lines.append("Cần đối chiếu: \(conflict)") }
        for attachment in attachments ?? [] {
            lines.append(
                "Giấy tờ: \(attachment.component)  \(attachment.fileName)  \(attachment.size) B  \(attachment.situation?.sentence ?? "")"
            )
        }
        if let purposes = consent?.purposes { lines.append("Đồng ý: \(purposes.joined(separator: ", "))") }
        for event in history ?? [] {
            lines.append(
                "\(event.at)  \(event.event)\((event.status ?? event.purpose).map { " " + $0 } ?? "")  \(event.by ?? "")")
        }
        return lines.joined(separator: "\n")
    }
}

/// A situation as commands print it: one Vietnamese sentence, and whose move it is.
struct SituationView: Encodable {
    let sentence: String
    let move: Situation.Mover

    init(_ situation: Situation) {
        sentence = situation.sentence.vi
        move = situation.mover
    }
}

/// Where a dossier and its files are, why they are not further, and what happens next.
struct DossierWays {
    let dossier: SituationView
    /// By the file.
    let files: [String: SituationView]

    init(_ detail: DossierDetail, in store: UnlockedStore, _ plan: SendPlan, now: Date) async throws {
        let outlook = try await store.outlook(plan, now: now)
        dossier = SituationView(Situation(try await store.facts(of: detail, now: now), outlook))
        let operations = try await store.fileOperations(ofDossier: detail.summary.id, now: now)
        let ways = detail.papers.map { paper in
            (
                paper.attachment,
                SituationView(Situation(fileUploaded: paper.isUploaded, operation: operations[paper.attachment], outlook))
            )
        }
        files = Dictionary(ways) { first, _ in first }
    }
}
