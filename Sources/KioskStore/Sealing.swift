public import FoundationEssentials
public import JSONTree
public import KioskDomain
internal import KioskSync
internal import KioskVault
internal import SQLiteAccess

extension UnlockedStore {
    /// What sealing a dossier gave.
    public struct Sealed: Codable, Equatable, Sendable {
        /// The dossier's id.
        public let id: String
        /// The number on the resident's receipt.
        public let receipt: String
        /// Its state.
        public let state: DossierState
    }

    /// Seals a dossier: from when this returns it is never lost.
    ///
    /// Content, receipt number and the operations that take it to the portal are one transaction, and so one sync of the disk.
    ///
    /// - Parameters:
    ///   - given: what the resident agreed to.
    ///   - acceptsWarnings: whether warnings without a reason pass; a terminal has nobody to ask.
    /// - Throws: ``StoreError``: `.notReady` with all that the form finds, `.noConsent` with all that the consent lacks,
    ///   `.notADraft`, `.noDossier`.
    public func seal(_ id: String, consent given: ConsentGiven, acceptsWarnings: Bool, now: Date) async throws -> Sealed {
        let (edition, procedure) = try await begun(id)
        let joined = try await join(try await papers(of: id).map(\.page), procedure: procedure, now: now)
        return try await mapped {
            try await forgetting(joined.map(\.file.attachment)) {
                try await store.write { db in
                    let draft = try self.readDraft(of: id, in: db)
                    return try self.seal(
                        draft, of: id, procedure: procedure, asked: edition.consentText, joined: joined, given: given,
                        acceptsWarnings: acceptsWarnings, now: now, in: &db)
                }
            }
        }
    }

    /// Creates a dossier from whole answers and files, and seals it if asked, in one transaction.
    ///
    /// - Parameters:
    ///   - given: what the resident agreed to; nil leaves it a draft.
    ///   - page: the signed consent page with its media type.
    /// - Returns: its id, and its receipt where it was sealed.
    /// - Throws: ``StoreError``: `.notReady`, `.noConsent`, `.noProcedure`.
    public func fileDossier(
        procedure code: String, answers: JSONValue, files: [PlacedFile], sealing given: ConsentGiven?,
        page: (file: StoredFile, mediaType: String)? = nil, now: Date
    ) async throws -> (id: String, receipt: String?) {
        let edition = catalogue
        guard let procedure = edition.procedure(code) else { throw StoreError.noProcedure(code) }
        let joined = given == nil ? [] : try await join(files.map(\.page), procedure: procedure, now: now)
        return try await mapped {
            let id = try Identifier.new(now: now)
            return try await forgetting(joined.map(\.file.attachment)) {
                try await store.write { db in
                    let draft = Draft(answers: answers)
                    try self.insertDossier(id, procedure: procedure, of: edition, answers: answers, now: now, in: &db)
                    try self.writeDraft(draft, of: id, procedure: procedure, now: now, in: &db)
                    // A millisecond apart: papers of one moment would have no order.
                    for (index, file) in files.enumerated() {
                        try self.insertPaper(file, of: id, now: now.addingTimeInterval(Double(index) / 1000), in: &db)
                    }
                    if let page { try db.insertConsentPage(page.file, mediaType: page.mediaType, of: id, now: now) }
                    guard let given else { return (id, nil) }
                    let sealed = try self.seal(
                        draft, of: id, procedure: procedure, asked: edition.consentText, joined: joined, given: given,
                        acceptsWarnings: true, now: now, in: &db)
                    return (id, sealed.receipt)
                }
            }
        }
    }

    private func seal(
        _ draft: Draft, of id: String, procedure: Procedure, asked text: ConsentText, joined: [JoinedFile], given: ConsentGiven,
        acceptsWarnings: Bool, now: Date, in db: inout Connection
    ) throws -> Sealed {
        let today = VietnamTime.day(of: now)
        let status = try db.first("SELECT portal_status FROM dossiers WHERE id = \(id)") { $0.textOrNil(0) } ?? nil
        guard status.map({ PortalStatus(rawValue: $0).isOver }) != true else { throw StoreError.settledAtPortal }
        let form = Form(procedure, today: today)
        let answers = form.filed(draft.answers)
        let papers = try readPapers(of: id, in: db)
        let base = try portalDossier(id, etag: draft.baseETag, in: db)
        let carried = try carriedPapers(of: id, base: base, in: db)
        let issues =
            form.issues(in: draft.answers)
            + form.paperIssues(
                for: answers, papers: papers.map(\.attached), elsewhere: carried.map(\.component), limits: paperLimits)
            + form.sideIssues(for: answers, pictures: papers.pictures)
        let blocking = issues.filter { issue in
            guard issue.severity == .warning else { return true }
            return !acceptsWarnings && StoredText.clean(draft.reasons[issue.pointer.description] ?? "").isEmpty
        }
        guard blocking.isEmpty else { throw StoreError.notReady(blocking) }

        let page = try db.consentPage(of: id)
        let birthDate = answers[procedure.applicant.appending("birthDate")]?.stringValue ?? ""
        let lacking = text.issues(
            in: given, isMinor: text.isMinor(birthDate: birthDate, on: today), hasPage: page != nil)
        guard lacking.isEmpty else { throw StoreError.noConsent(lacking) }
        let consent = text.consent(given, at: VietnamTime.rfc3339(now), operatorName: operatorRow.name)
        let sent = try place(joined, among: papers, of: id, now: now, in: &db)
        let names = OfficerFileName.names(
            for: sent.map { ($0.component, $0.mediaType) }, subject: answers[procedure.subject]?.stringValue ?? "",
            besides: Set(carried.map(\.fileName)))
        let warned = Set(issues.map(\.pointer.description))
        let content = RevisionContent(
            answers: answers, papers: zip(sent, names).map { $0.paper(named: $1) } + carried, consent: consent,
            reasons: warned.isEmpty ? nil : Dictionary(uniqueKeysWithValues: warned.map { ($0, draft.reasons[$0] ?? "") }),
            explanation: try ownRevision(of: id, in: db)?.content.explanation)
        let account = try ensureAccount(
            for: id, answers: answers, procedure: procedure, consentAt: consent.at, now: now, in: &db)
        let revision = try insertRevision(
            of: id, content: content, base: draft.baseETag, by: operatorRow.id, now: now, in: &db)
        try insertConsent(
            consent, signature: given.evidence == .signature ? Signature(path: given.signature) : nil,
            page: given.evidence == .photo ? page : nil, of: id, revision: revision, now: now, in: &db)
        let receipt = try db.first("SELECT receipt FROM dossiers WHERE id = \(id)") { $0.textOrNil(0) } ?? nil
        let number = try receipt ?? nextReceipt(day: today, in: &db)
        let sendBy = procedure.sendBy(answers)
        try db.run(
            """
            UPDATE dossiers SET state = 'sealed', receipt = \(number), revision = \(revision), account_id = \(account.id),
                sealed_at = \(now.milliseconds), updated_at = \(now.milliseconds), send_by = \(sendBy?.milliseconds), problem = NULL
            WHERE id = \(id)
            """)
        try db.run("DELETE FROM drafts WHERE dossier_id = \(id)")
        try db.addEvent(dossier: id, .sealed, by: operatorRow.id, now: now)
        if account.differs { try db.addEvent(dossier: id, .accountDiffers, by: nil, now: now) }
        try enqueueDossier(
            id, revision: revision, papers: sent, account: (account.id, account.operation), sendBy: sendBy, etag: draft.baseETag,
            now: now, in: &db)
        // What came of the portal while the form was being filled in is merged now, while the resident is still here.
        let newest = try db.first("SELECT portal_etag FROM dossiers WHERE id = \(id)") { $0.textOrNil(0) } ?? nil
        if newest != draft.baseETag, let theirs = try portalDossier(id, etag: newest, in: db) {
            try follow(theirs, previous: draft.baseETag, now: now, in: &db)
        }
        let state = try db.first("SELECT state FROM dossiers WHERE id = \(id)") { DossierState(rawValue: $0.text(0)) } ?? nil
        return Sealed(id: id, receipt: number, state: state ?? .sealed)
    }

    private func nextReceipt(day: CalendarDate, in db: inout Connection) throws -> String {
        let key = day.description
        try db.run(
            "INSERT INTO receipt_counters (day, counter) VALUES (\(key), 1) ON CONFLICT (day) DO UPDATE SET counter = counter + 1"
        )
        let counter = try db.first("SELECT counter FROM receipt_counters WHERE day = \(key)") { $0.int(0) } ?? 1
        return ReceiptNumber(village: ReceiptNumber.villageCode(of: identity.village), day: day, counter: counter).description
    }

    /// The operations that take a revision to the portal: the files that are not up yet, then the dossier.
    func enqueueDossier(
        _ id: String, revision: Int, papers: [PaperRow], account: (id: String, operation: Int?), sendBy: Date?,
        etag: String?, now: Date, in db: inout Connection
    ) throws {
        try db.supersede(kind: .dossier, subject: id, now: now)
        // Without a deadline of the law, a week from now: older dossiers go first.
        let urgency = sendBy ?? now.addingTimeInterval(7 * 86_400)
        var needed: [Int] = []
        if let registration = account.operation {
            // What a dossier waits for is as urgent as the dossier: one that is late already is not to wait for everything that is late.
            try db.run("UPDATE outbox SET urgency = min(urgency, \(urgency.milliseconds)) WHERE id = \(registration)")
            needed.append(registration)
        }
        for paper in papers where !paper.isUploaded {
            needed.append(try db.enqueueUpload(of: paper.attachment, size: paper.size, urgency: urgency, now: now))
        }
        let operation = try db.enqueue(.dossier, subject: id, revision: revision, urgency: urgency, size: 0, etag: etag, now: now)
        try db.need(Array(Set(needed)), before: operation)
    }
}

extension Connection {
    /// Puts an operation into the outbox.
    func enqueue(
        _ kind: KioskSync.Operation.Kind, subject: String, revision: Int? = nil, urgency: Date, size: Int, etag: String? = nil,
        sealed: [UInt8]? = nil, now: Date
    ) throws -> Int {
        try run(
            """
            INSERT INTO outbox (kind, subject, revision, state, not_before, urgency, size, etag, sealed, created_at, updated_at)
            VALUES (\(kind.rawValue), \(subject), \(revision), 'waiting', \(now.milliseconds), \(urgency.milliseconds), \(size), \(etag),
                \(sealed), \(now.milliseconds), \(now.milliseconds))
            """)
        return Int(lastInsertedRow)
    }

    /// The open operation that brings a file up, made where there is none; a more urgent dossier makes it more urgent.
    func enqueueUpload(of attachment: String, size: Int, urgency: Date, now: Date) throws -> Int {
        let open = try first(
            """
            SELECT id FROM outbox WHERE subject = \(attachment) AND kind = 'upload' AND state IN ('waiting', 'sending', 'in-doubt')
            ORDER BY id DESC LIMIT 1
            """
        ) { $0.int(0) }
        guard let open else { return try enqueue(.upload, subject: attachment, urgency: urgency, size: size, now: now) }
        try run("UPDATE outbox SET urgency = min(urgency, \(urgency.milliseconds)) WHERE id = \(open)")
        return open
    }

    /// Makes an operation wait for others.
    func need(_ needed: [Int], before operation: Int) throws {
        for other in needed {
            try run("INSERT INTO outbox_needs (operation, needed) VALUES (\(operation), \(other)) ON CONFLICT DO NOTHING")
        }
        try recountNeeds(of: operation)
    }

    /// Counts anew what an operation waits for.
    func recountNeeds(of operation: Int) throws {
        try run(
            "UPDATE outbox SET needs = (SELECT count(*) FROM outbox_needs WHERE operation = \(operation)) WHERE id = \(operation)"
        )
    }

    /// Sets aside open operations that a newer one makes needless.
    ///
    /// - Parameter newer: the newer one, where it is there already.
    func supersede(kind: KioskSync.Operation.Kind, subject: String, besides newer: Int = 0, now: Date) throws {
        try run(
            """
            DELETE FROM outbox_needs WHERE operation IN
                (SELECT id FROM outbox WHERE subject = \(subject) AND kind = \(kind.rawValue) AND id <> \(newer)
                    AND state NOT IN ('done', 'superseded'))
            """)
        try run(
            """
            UPDATE outbox SET state = 'superseded', needs = 0, sealed = NULL, updated_at = \(now.milliseconds)
            WHERE subject = \(subject) AND kind = \(kind.rawValue) AND id <> \(newer) AND state NOT IN ('done', 'superseded')
            """)
    }
}
