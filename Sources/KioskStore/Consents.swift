public import FoundationEssentials
public import KioskDomain
internal import SQLiteAccess

/// The photo or scan of a signed consent page.
public struct ConsentPage: Equatable, Sendable {
    /// The file.
    public let attachment: String
    /// Its media type.
    public let mediaType: String
    /// Its length in bytes.
    public let size: Int
}

/// How a sealed revision's consent was given, with what proves it.
public struct ConsentRecord: Sendable {
    /// The consent.
    public let consent: Consent
    /// The signature drawn on the screen.
    public let signature: Signature?
    /// The signed page.
    public let page: ConsentPage?
}

/// What is sealed of a consent's evidence: bound to its revision by the row's identity, and to text, time and operator by itself.
struct ConsentProof: Codable, Equatable {
    var version: String
    var at: String
    var operatorName: String
    var signature: Signature?
}

extension UnlockedStore {
    // MARK: The signed page

    /// Keeps the photo of a signed page until its dossier is sealed; another one takes its place.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.notADraft`.
    @discardableResult
    public func setConsentPage(_ file: StoredFile, mediaType: String, of dossier: String, now: Date) async throws
        -> ConsentPage
    {
        try await sweepingReleased {
            try await store.write { db in
                _ = try self.readDraft(of: dossier, in: db)
                try self.noteHandOver(of: dossier, now: now, in: &db)
                try db.dropConsentPage(of: dossier, besides: file.attachment)
                try db.insertConsentPage(file, mediaType: mediaType, of: dossier, now: now)
            }
        }
        return ConsentPage(attachment: file.attachment, mediaType: mediaType, size: file.size)
    }

    /// The photo of the signed page that waits for a dossier to be sealed.
    ///
    /// - Throws: ``StoreError``.
    public func consentPage(of dossier: String) async throws -> ConsentPage? {
        try await store.read { db in try db.consentPage(of: dossier) }
    }

    // MARK: Sealed consents

    /// Keeps what proves a revision's consent.
    func insertConsent(
        _ consent: Consent, signature: Signature?, page: ConsentPage?, of dossier: String, revision: Int, now: Date,
        in db: inout Connection
    ) throws {
        let proof = ConsentProof(
            version: consent.version, at: consent.at, operatorName: operatorRow.name, signature: signature)
        let sealed = try seal(proof, as: "consent/\(dossier)/\(revision)")
        try db.run(
            """
            INSERT INTO consents (dossier_id, revision, operator_id, made_at, attachment_id, media_type, sealed)
            VALUES (\(dossier), \(revision), \(operatorRow.id), \(now.milliseconds), \(page?.attachment), \(page?.mediaType), \(sealed))
            """)
        try db.dropConsentPage(of: dossier)
    }

    /// The consent of a sealed revision, with what proves it; a merge has that of the seal before it.
    ///
    /// - Throws: ``StoreError``: `.noDossier` where there is no such revision.
    public func consent(of dossier: String, revision: Int) async throws -> ConsentRecord {
        try await mapped {
            try await store.read { db in
                let sealed = try db.first(
                    "SELECT sealed FROM revisions WHERE dossier_id = \(dossier) AND author = 'kiosk' AND number = \(revision)"
                ) { $0.blob(0) }
                guard let sealed,
                    let consent = try self.open(RevisionContent.self, sealed, as: "revision/\(dossier)/kiosk/\(revision)").consent
                else { throw StoreError.noDossier }
                let row = try db.first(
                    """
                    SELECT c.sealed, c.media_type, a.id, a.size, c.revision FROM consents c
                    LEFT JOIN attachments a ON a.id = c.attachment_id
                    WHERE c.dossier_id = \(dossier) AND c.revision <= \(revision) ORDER BY c.revision DESC LIMIT 1
                    """
                ) { ($0.blob(0), $0.textOrNil(1), $0.textOrNil(2), $0.intOrNil(3), $0.int(4)) }
                let proof = try row.map { try self.open(ConsentProof.self, $0.0, as: "consent/\(dossier)/\($0.4)") }
                var page: ConsentPage?
                if let row, let mediaType = row.1, let attachment = row.2, let size = row.3 {
                    page = ConsentPage(attachment: attachment, mediaType: mediaType, size: size)
                }
                return ConsentRecord(consent: consent, signature: proof?.signature, page: page)
            }
        }
    }

    // MARK: Withdrawing

    /// Records that a resident takes back an optional purpose; what was sealed stays as it was.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.notWithdrawable` where it is needed, was not agreed to or is taken back already.
    public func withdrawConsent(to purpose: String, of dossier: String, now: Date) async throws {
        try await mapped {
            try await store.write { db in
                let revision = try db.first("SELECT revision FROM dossiers WHERE id = \(dossier)") { $0.int(0) }
                guard let revision else { throw StoreError.noDossier }
                let consent = try self.consent(of: dossier, revision: revision, in: db)
                guard let consent, self.isOptional(purpose, in: consent),
                    try self.agrees(consent, to: purpose, of: dossier, in: db) == true
                else { throw StoreError.notWithdrawable }
                try db.run(
                    """
                    INSERT INTO events (dossier_id, at, kind, operator_id)
                    VALUES (\(dossier), \(now.milliseconds), \("consent-withdrawn:" + purpose), \(self.operatorRow.id))
                    """)
            }
        }
    }

    /// Whether a consent's own text lets its giver refuse a purpose.
    func isOptional(_ purpose: String, in consent: Consent) -> Bool {
        consentText(version: consent.version)?.purpose(purpose)?.required == false
    }

    private func consent(of dossier: String, revision: Int, in db: borrowing Connection) throws -> Consent? {
        let sealed = try db.first(
            "SELECT sealed FROM revisions WHERE dossier_id = \(dossier) AND author = 'kiosk' AND number = \(revision)"
        ) { $0.blob(0) }
        return try openIfPresent(RevisionContent.self, sealed, as: "revision/\(dossier)/kiosk/\(revision)")?.consent
    }

    /// Whether a purpose of a dossier's last consent is agreed to and not taken back since; nil where it was never asked.
    func agrees(_ consent: Consent?, to purpose: String, of dossier: String, in db: borrowing Connection) throws -> Bool? {
        guard let consent, consent.purposes != nil else { return nil }
        return try consent.agrees(to: purpose) && !events(of: dossier, in: db).withdrawnPurposes.contains(purpose)
    }

    /// Whether the resident of an account may be called, by the consent of their last dossier; nil where it was never asked.
    func agreesToContact(account: String, in db: borrowing Connection) throws -> Bool? {
        let row = try db.first(
            "SELECT id, revision FROM dossiers WHERE account_id = \(account) ORDER BY sealed_at DESC, id DESC LIMIT 1"
        ) { ($0.text(0), $0.int(1)) }
        guard let (dossier, revision) = row else { return nil }
        let consent = try consent(of: dossier, revision: revision, in: db)
        return try agrees(consent, to: ConsentText.Purpose.contact, of: dossier, in: db)
    }
}

extension [DossierEvent] {
    /// The purposes taken back since the dossier was sealed last; sealing it again asks anew.
    public var withdrawnPurposes: Set<String> {
        reduce(into: []) { withdrawn, event in
            if event.kind == .sealed { withdrawn = [] }
            if let purpose = event.purpose { withdrawn.insert(purpose) }
        }
    }
}

extension DossierDetail {
    /// Whether a purpose of the last consent is agreed to and not taken back since; nil where it was never asked.
    public func agrees(to purpose: String) -> Bool? {
        guard let consent, consent.purposes != nil else { return nil }
        return consent.agrees(to: purpose) && !events.withdrawnPurposes.contains(purpose)
    }
}

extension Connection {
    func consentPage(of dossier: String) throws -> ConsentPage? {
        try first(
            """
            SELECT a.id, p.media_type, a.size FROM consent_pages p JOIN attachments a ON a.id = p.attachment_id
            WHERE p.dossier_id = \(dossier)
            """
        ) { ConsentPage(attachment: $0.text(0), mediaType: $0.text(1), size: $0.int(2)) }
    }

    func insertConsentPage(
        _ file: UnlockedStore.StoredFile, mediaType: String, of dossier: String, now: Date
    ) throws {
        try run(
            """
            INSERT INTO consent_pages (dossier_id, attachment_id, media_type, added_at)
            VALUES (\(dossier), \(file.attachment), \(mediaType), \(now.milliseconds))
            """)
    }

    /// Forgets the page that waits, and its file where nothing else uses it.
    func dropConsentPage(of dossier: String, besides kept: String? = nil) throws {
        let page = try consentPage(of: dossier)
        try run("DELETE FROM consent_pages WHERE dossier_id = \(dossier)")
        if let page, page.attachment != kept { try releaseAttachment(page.attachment) }
    }
}
