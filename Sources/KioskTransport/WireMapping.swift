internal import JSONTree
internal import KioskDomain
internal import KioskSync
internal import PortalWire

// The wire is not the model: here, and only here, one becomes the other.

extension AccountRegistration {
    init(_ application: AccountApplication) {
        self.init(
            citizenId: application.citizenId, idKind: application.citizenId.count == 9 ? "cmnd" : "cccd",
            fullName: application.fullName, birthDate: application.birthDate, sex: application.sex.rawValue,
            phone: application.phone,
            consentAt: application.consentAt)
    }
}

extension AccountState {
    var progress: AccountProgress { AccountProgress(status: status, expiresAt: expiresAt, attemptsLeft: attemptsLeft) }
}

extension DossierSubmission {
    init(_ dossier: OutgoingDossier) {
        self.init(
            procedure: dossier.procedure, catalogueVersion: dossier.catalogueVersion, account: dossier.account,
            kiosk: dossier.kiosk,
            village: dossier.village, capturedAt: dossier.capturedAt, sealedAt: dossier.sealedAt, revision: dossier.revision,
            fields: dossier.content.answers,
            attachments: dossier.content.papers.map { paper in
                AttachmentMessage(
                    id: paper.id, component: paper.component, fileName: paper.fileName, mediaType: paper.mediaType,
                    size: paper.size,
                    sha256: paper.sha256, upload: dossier.uploads[paper.sha256], note: paper.note)
            },
            consent: ConsentMessage(
                at: dossier.content.consent?.at ?? dossier.sealedAt, by: (dossier.content.consent?.by ?? .applicant).rawValue,
                text: dossier.content.consent?.text ?? ""), explanation: dossier.content.explanation)
    }
}

extension DossierRepresentation {
    func portalDossier(etag: String) -> PortalDossier {
        PortalDossier(
            id: id, code: code, version: version, status: PortalStatus(rawValue: status), statusAt: statusAt, dueAt: dueAt,
            remarks: (remarks ?? []).map { remark in
                // The officer's pointer may go into the representation or into the answers themselves.
                let pointer = remark.pointer.map { $0.hasPrefix("/fields/") ? String($0.dropFirst("/fields".count)) : $0 }
                return PortalDossier.Remark(
                    at: remark.at, by: remark.by, text: remark.text, pointer: pointer, reason: remark.reason,
                    expected: remark.expected)
            },
            procedure: procedure, answers: fields,
            papers: (attachments ?? []).map { PortalDossier.HeldPaper(component: $0.component, sha256: $0.sha256) },
            details: attachments?.map { paper in
                Paper(
                    id: paper.id, component: paper.component, fileName: paper.fileName, mediaType: paper.mediaType,
                    size: paper.size, sha256: paper.sha256, note: paper.note)
            },
            editedBy: editedBy,
            etag: etag)
    }
}

extension ChangePage {
    var batch: ChangeBatch {
        ChangeBatch(
            changes: changes.map { change in
                switch change {
                case .dossier(let dossier, let etag): .dossier(dossier.portalDossier(etag: etag))
                case .account(let state): state.id.map { .account(id: $0, state.progress) } ?? .unknown("account")
                case .announcement(let announcement):
                    .announcement(
                        Announcement(
                            id: announcement.id, title: announcement.title, body: announcement.body,
                            validFrom: announcement.validFrom,
                            validUntil: announcement.validUntil, isPublic: announcement.isPublic ?? false))
                case .catalogue(let etag): .catalogue(etag: etag)
                case .unknown(let type): .unknown(type)
                }
            }, cursor: cursor, more: more)
    }
}

extension Rejection {
    /// Turns `/attachments/<index>` of the request into `/attachments/<component>/<id of the paper>`, which the kiosk knows.
    mutating func nameComponents(of papers: [Paper]) {
        for index in faults.indices {
            guard let paper = papers.at(faults[index].pointer) else { continue }
            faults[index].pointer = "/attachments/\(paper.component)/\(paper.id)"
        }
    }
}

extension [Paper] {
    /// The paper that a pointer into the request's `attachments` names; nil where it names none.
    func at(_ pointer: String) -> Paper? {
        let parts = pointer.split(separator: "/").map(String.init)
        guard parts.first == "attachments", parts.count > 1, let number = Int(parts[1]), indices.contains(number) else {
            return nil
        }
        return self[number]
    }
}
