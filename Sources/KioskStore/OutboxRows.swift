public import FoundationEssentials
internal import JSONTree
internal import KioskDomain
public import KioskSync
internal import KioskVault
internal import SQLiteAccess
internal import Synchronization

extension UnlockedStore: Outbox {
    /// Begins a run (``Outbox/beginRun(now:ignoringBackOff:)``).
    public func beginRun(now: Date, ignoringBackOff: Bool) async throws {
        let time = now.milliseconds
        try await store.write { db in
            try db.run(
                """
                UPDATE dossiers SET state = 'in-doubt' WHERE state = 'sealed'
                    AND id IN (SELECT subject FROM outbox WHERE kind = 'dossier' AND state = 'sending')
                """)
            // An upload is never in doubt: its offset is asked for.
            try db.run(
                "UPDATE outbox SET state = iif(kind = 'upload', 'waiting', 'in-doubt'), not_before = \(time) WHERE state = 'sending'"
            )
            try db.run("UPDATE outbox SET state = 'waiting', not_before = \(time) WHERE state = 'blocked'")
            // No wait is longer than a day and its jitter: what lies further ahead was set by a clock that was wrong.
            try db.run(
                "UPDATE outbox SET not_before = \(time) WHERE state IN ('waiting', 'in-doubt') AND not_before > \(time + 95_040_000)"
            )
            // A clock that was set back by less: what was written in its future is no wait of this time. Five minutes are no jump.
            try db.run(
                """
                UPDATE outbox SET not_before = \(time) WHERE state IN ('waiting', 'in-doubt') AND not_before > \(time)
                    AND updated_at > \(time + 300_000)
                """)
            if ignoringBackOff {
                // When an account gets its next code the portal alone decides.
                try db.run(
                    """
                    UPDATE outbox SET not_before = \(time) WHERE state IN ('waiting', 'in-doubt') AND not_before > \(time)
                        AND reason IS NOT \(RetryReason.codeTooSoon.rawValue)
                    """)
            }
        }
    }

    /// The operations that are due (``Outbox/due(now:limit:holding:)``).
    public func due(now: Date, limit: Int, holding hold: FileHold? = nil) async throws -> [KioskSync.Operation] {
        try await store.read { db in
            try db.all(
                """
                SELECT id, kind, subject, state, attempts, size FROM outbox
                WHERE needs = 0 AND state IN ('waiting', 'in-doubt') AND not_before <= \(now.milliseconds) \(part: Self.free(of: hold))
                ORDER BY urgency, size, id LIMIT \(limit)
                """, Self.operation)
        }
    }

    /// The waiting dossiers that the portal would not take, as far as the kiosk knows: the resident's account is registered and not
    /// verified.
    ///
    /// They are tried in each run all the same, for the portal may know more.
    static let heldByAccount: SQL = """
        SELECT o.subject FROM accounts a CROSS JOIN dossiers d ON d.account_id = a.id
            CROSS JOIN outbox o ON o.subject = d.id AND o.kind = 'dossier' AND o.state = 'waiting'
        WHERE a.state <> 'verified' AND a.state NOT IN ('new', 'rejected')
        """

    static func operation(_ row: borrowing Row) throws -> KioskSync.Operation {
        KioskSync.Operation(
            id: row.int(0), kind: KioskSync.Operation.Kind(rawValue: row.text(1)) ?? .report, subject: row.text(2),
            state: KioskSync.Operation.State(rawValue: row.text(3)) ?? .waiting, attempts: row.int(4), size: row.int(5))
    }

    /// What a hold lets go: small things, and files of a dossier that the law wants by its instant.
    ///
    /// An upload is at least as urgent as that dossier, so the rest is passed over in the index.
    static func free(of hold: FileHold?) -> SQL {
        guard let hold else { return "" }
        let sendBy = hold.unlessSentBy.milliseconds
        return """
            AND (size <= \(hold.over) OR (urgency <= \(sendBy) AND EXISTS (
                SELECT 1 FROM outbox_needs n JOIN outbox o ON o.id = n.operation JOIN dossiers d ON d.id = o.subject
                WHERE n.needed = outbox.id AND o.kind = 'dossier' AND d.send_by <= \(sendBy))))
            """
    }

    /// When the next operation becomes due (``Outbox/nextDue(holding:)``).
    public func nextDue(holding hold: FileHold? = nil) async throws -> Date? {
        try await store.read { db in
            let time = try db.first(
                """
                SELECT min(not_before) FROM outbox WHERE needs = 0 AND state IN ('waiting', 'in-doubt') \(part: Self.free(of: hold))
                """
            ) { $0.intOrNil(0) }
            return (time ?? nil).map { Date(milliseconds: $0) }
        }
    }

    /// Notes that an operation is about to be sent, and opens what it sends (``Outbox/begin(_:now:)``).
    public func begin(_ operation: KioskSync.Operation, now: Date) async throws -> OperationContent? {
        let opened: Result<OperationContent?, DamagedHere> = try await mapped {
            try await store.writeTogether { db in
                try db.run(
                    """
                    UPDATE outbox SET state = 'sending', updated_at = \(now.milliseconds)
                    WHERE id = \(operation.id) AND state IN ('waiting', 'in-doubt') AND needs = 0
                    """)
                guard db.changes == 1 else { return .success(nil) }
                do {
                    return .success(try self.content(of: operation, now: now, in: &db))
                } catch VaultError.doesNotOpen {
                    return .failure(DamagedHere())
                }
            }
        }
        return try opened.get()
    }

    private func content(of operation: KioskSync.Operation, now: Date, in db: inout Connection) throws -> OperationContent? {
        let subject = operation.subject
        switch operation.kind {
        case .account:
            let sealed = try db.first("SELECT sealed FROM accounts WHERE id = \(subject)") { $0.blob(0) }
            return .account(try open(AccountApplication.self, sealed ?? [], as: "account/\(subject)"))
        case .verification:
            let sealed = try db.first("SELECT sealed FROM outbox WHERE id = \(operation.id)") { $0.blob(0) }
            return .verification(account: subject, code: try open(String.self, sealed ?? [], as: "verification/\(subject)"))
        case .newCode:
            return .newCode(account: subject)
        case .upload:
            return try uploadTask(subject, operation: operation, now: now, in: &db)
        case .dossier:
            return .dossier(try outgoing(subject, operation: operation, in: db))
        case .check:
            return .check(dossier: subject)
        case .withdrawal:
            let sealed = try db.first("SELECT sealed FROM outbox WHERE id = \(operation.id)") { $0.blob(0) }
            let withdrawal = try open(OutboxWithdrawal.self, sealed ?? [], as: "withdrawal/\(subject)")
            return .withdrawal(dossier: subject, reason: withdrawal.reason, at: withdrawal.at)
        case .report:
            let sealed = try db.first("SELECT sealed FROM outbox WHERE id = \(operation.id)") { $0.blob(0) }
            return .report(period: subject, figures: try open(JSONValue.self, sealed ?? [], as: "report/\(subject)"))
        }
    }

    /// What is sent of a withdrawal.
    struct OutboxWithdrawal: Codable, Equatable {
        var reason: String
        var at: String
    }

    private func uploadTask(
        _ attachment: String, operation: KioskSync.Operation, now: Date, in db: inout Connection
    ) throws -> OperationContent? {
        let row = try db.first("SELECT size, upload_url, is_uploaded, sealed FROM attachments WHERE id = \(attachment)") {
            ($0.int(0), $0.textOrNil(1), $0.bool(2), $0.blob(3))
        }
        guard let (size, url, isUploaded, facts) = row, !isUploaded else {
            try finish(operation.id, now: now, in: &db)
            return nil
        }
        let sha256 = try open(AttachmentFacts.self, facts, as: "attachment/\(attachment)").sha256
        // A file may be in several dossiers, drafts among them: it is named as in the one that waits for it.
        guard let (dossier, paper) = try waiting(for: operation.id, sha256: sha256, in: db) else {
            try finish(operation.id, now: now, in: &db)
            return nil
        }
        return .upload(
            UploadTask(
                attachment: attachment, size: size, sha256: sha256, fileName: paper.fileName, mediaType: paper.mediaType,
                dossier: dossier, url: url))
    }

    /// The dossier that waits for an upload, the most urgent of several, and its paper.
    private func waiting(for upload: Int, sha256: String, in db: borrowing Connection) throws -> (String, Paper)? {
        let rows = try db.all(
            """
            SELECT o.subject, o.revision FROM outbox_needs n JOIN outbox o ON o.id = n.operation
            WHERE n.needed = \(upload) AND o.kind = 'dossier' AND o.state NOT IN ('done', 'superseded')
            ORDER BY o.urgency, o.id LIMIT 8
            """
        ) { ($0.text(0), $0.int(1)) }
        for (dossier, revision) in rows {
            let papers = try contentOfRevision(revision, of: dossier, in: db).papers
            if let paper = papers.first(where: { $0.sha256 == sha256 }) { return (dossier, paper) }
        }
        return nil
    }

    private func contentOfRevision(_ number: Int, of dossier: String, in db: borrowing Connection) throws -> RevisionContent {
        let identity = "revision/\(dossier)/kiosk/\(number)"
        if let content = openRevisions[identity] { return content }
        let sealed = try db.first(
            "SELECT sealed FROM revisions WHERE dossier_id = \(dossier) AND author = 'kiosk' AND number = \(number)"
        ) { $0.blob(0) }
        guard let sealed else { throw StoreError.noDossier }
        let content = try open(RevisionContent.self, sealed, as: identity)
        openRevisions.keep(content, as: identity)
        return content
    }

    private func outgoing(_ id: String, operation: KioskSync.Operation, in db: borrowing Connection) throws -> OutgoingDossier {
        let row = try db.first(
            """
            SELECT d.procedure, d.catalogue_version, d.account_id, d.captured_at, o.revision, o.etag, r.made_at
            FROM outbox o JOIN dossiers d ON d.id = o.subject
                JOIN revisions r ON r.dossier_id = d.id AND r.author = 'kiosk' AND r.number = o.revision
            WHERE o.id = \(operation.id)
            """
        ) { row in
            (row.text(0), row.text(1), row.text(2), row.int(3), row.int(4), row.textOrNil(5), row.int(6))
        }
        guard let (procedure, version, account, captured, revision, etag, made) = row else { throw StoreError.noDossier }
        let content = try contentOfRevision(revision, of: id, in: db)
        let uploads = try db.all(
            """
            SELECT DISTINCT a.id, a.sealed, a.upload_url FROM papers p JOIN attachments a ON a.id = p.attachment_id
            WHERE p.dossier_id = \(id) AND a.upload_url IS NOT NULL
            """
        ) { ($0.text(0), $0.blob(1), $0.text(2)) }
        let urls = try uploads.map { attachment, facts, url in
            (try open(AttachmentFacts.self, facts, as: "attachment/\(attachment)").sha256, url)
        }
        return OutgoingDossier(
            id: id, procedure: procedure, catalogueVersion: version, account: account, kiosk: identity.kioskID,
            village: identity.village, capturedAt: VietnamTime.rfc3339(Date(milliseconds: captured)),
            sealedAt: VietnamTime.rfc3339(Date(milliseconds: made)), revision: revision, content: content,
            uploads: Dictionary(urls) { first, _ in first }, etag: etag)
    }

    /// What the portal held under an ETag.
    func portalDossier(_ id: String, etag: String?, in db: borrowing Connection) throws -> PortalDossier? {
        guard let etag else { return nil }
        let row = try db.first(
            "SELECT number, sealed FROM revisions WHERE dossier_id = \(id) AND author = 'portal' AND etag = \(etag) ORDER BY number DESC LIMIT 1"
        ) { ($0.int(0), $0.blob(1)) }
        guard let (number, sealed) = row else { return nil }
        return try open(PortalDossier.self, sealed, as: "revision/\(id)/portal/\(number)")
    }

    /// Keeps the address of an upload (``Outbox/keepUpload(of:url:)``).
    public func keepUpload(of attachment: String, url: String?) async throws {
        try await store.writeTogether { db in
            try db.run("UPDATE attachments SET upload_url = \(url), is_uploaded = 0 WHERE id = \(attachment)")
        }
    }

    /// How the queue stands (``Outbox/standing()``).
    public func standing() async throws -> OutboxStanding {
        try await store.read { db in
            var standing = OutboxStanding()
            let states = try db.all(
                "SELECT state, kind, count(*) FROM outbox WHERE state NOT IN ('done', 'superseded') GROUP BY state, kind"
            ) { ($0.text(0), $0.text(1), $0.int(2)) }
            for (state, kind, count) in states {
                switch state {
                case "waiting": standing.pending += count
                case "sending", "in-doubt": standing.inDoubt += count
                case "blocked" where kind == "dossier": standing.blocked += count
                default: break
                }
            }
            let held = try db.first("SELECT count(*) FROM (\(part: Self.heldByAccount))") { $0.int(0) } ?? 0
            standing.pending -= held
            standing.blocked += held
            standing.rejected = try db.first("SELECT count(*) FROM dossiers WHERE state = 'rejected'") { $0.int(0) } ?? 0
            standing.conflicts = try db.first("SELECT count(*) FROM dossiers WHERE state = 'conflict'") { $0.int(0) } ?? 0
            standing.supplements =
                try db.first(
                    "SELECT count(*) FROM dossiers WHERE portal_status = 'supplement-required' AND state = 'delivered'"
                ) { $0.int(0) } ?? 0
            return standing
        }
    }
}

/// The revisions opened last: each upload of a dossier asks for its, and so does the dossier after them; reading one takes more time
/// than sending a page.
///
/// Revisions never change.
final class OpenRevisions: Sendable {
    private static let most = 32
    private let known = Mutex<[(identity: String, content: RevisionContent)]>([])

    subscript(identity: String) -> RevisionContent? {
        known.withLock { $0.first { $0.identity == identity }?.content }
    }

    func keep(_ content: RevisionContent, as identity: String) {
        known.withLock { known in
            if known.count == Self.most { known.removeFirst() }
            known.append((identity, content))
        }
    }
}
