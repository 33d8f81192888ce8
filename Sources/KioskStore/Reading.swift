public import FoundationEssentials
public import JSONTree
public import KioskDomain
public import KioskSync
internal import SQLiteAccess

/// A dossier as lists show it.
public struct DossierSummary: Codable, Equatable, Sendable, Identifiable {
    /// Its id.
    public let id: String
    /// The procedure's code.
    public let procedure: String
    /// The edition of the catalogue it was begun with.
    public let catalogueVersion: String
    /// Where it stands here.
    public let state: DossierState
    /// The number on the resident's receipt; nil before it was sealed.
    public let receipt: String?
    /// The last sealed revision; 0 before it was sealed.
    public let revision: Int
    /// Whom it is about.
    public let subject: String
    /// Who files it.
    public let applicant: String
    /// When it was begun.
    public let capturedAt: Date
    /// When it was sealed last.
    public let sealedAt: Date?
    /// When something last happened to it.
    public let updatedAt: Date
    /// By when the law wants it at the portal.
    public let sendBy: Date?
    /// The portal's dossier code (mã hồ sơ).
    public let code: String?
    /// Its status at the portal.
    public let status: PortalStatus?
    /// Since when (RFC 3339).
    public let statusAt: String?
    /// When the result is due (RFC 3339).
    public let dueAt: String?
    /// Whether it waits for the resident's account.
    public let awaitsAccount: Bool
    /// Since when it is set aside until the resident comes back; nil where it is not.
    public let parkedAt: Date?
    /// When the resident was told what the portal decided; nil where nobody did, or nothing is decided.
    public let toldAt: Date?

    /// Whether the resident has to be told what the portal decided: a refusal or a result.
    public var isToBeTold: Bool {
        state == .delivered && toldAt == nil && [.refused, .resolved].contains(status)
    }
}

/// A dossier with all that the kiosk knows of it.
public struct DossierDetail: Sendable {
    /// As lists show it.
    public let summary: DossierSummary
    /// The answers: of the draft where there is one, else of the last sealed revision.
    public let answers: JSONValue
    /// Why warnings were passed over, by the pointer of the answer: of the same copy as the answers.
    public let reasons: [String: String]
    /// The papers it has now.
    public let papers: [PaperRow]
    /// The consent of the last sealed revision.
    public let consent: Consent?
    /// What happened, oldest first.
    public let events: [DossierEvent]
    /// Why it stands still.
    public let problem: DossierProblem?
    /// What the portal holds.
    public let portal: PortalDossier?
    /// The resident's account.
    public let account: String?
}

/// Which dossiers a list shows.
public enum DossierFilter: Equatable, Sendable {
    /// All.
    case all
    /// Those in a state.
    case state(DossierState)
    /// Those for which someone in the village has to do something.
    case needsPerson
}

/// Where a list goes on: the last row of the page before.
public struct ListPosition: Equatable, Sendable {
    /// When something last happened to that row.
    public var updatedAt: Date
    /// Its id.
    public var id: String

    /// A place after a row.
    public init(after row: DossierSummary) {
        updatedAt = row.updatedAt
        id = row.id
    }

    /// A place as a page's address keeps it: `<milliseconds>.<id>`.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let milliseconds = Int(parts[0]), !parts[1].isEmpty else { return nil }
        updatedAt = Date(milliseconds: milliseconds)
        id = parts[1]
    }

    /// The place as a page's address keeps it.
    public var text: String { "\(updatedAt.milliseconds).\(id)" }
}

extension UnlockedStore {
    static let columns: SQL = """
        SELECT id, procedure, catalogue_version, state, receipt, revision, captured_at, sealed_at, updated_at, send_by, portal_code,
            portal_status, portal_status_at, portal_due_at, sealed,
            EXISTS (SELECT 1 FROM outbox o WHERE o.subject = dossiers.id AND o.kind = 'dossier' AND (o.state = 'blocked'
                OR o.state = 'waiting' AND (SELECT a.state FROM accounts a WHERE a.id = dossiers.account_id)
                    NOT IN ('new', 'rejected', 'verified'))),
            parked_at, told_at
        FROM dossiers
        """

    /// Dossiers, the newest first.
    ///
    /// - Parameters:
    ///   - after: the last row of the page before.
    ///   - limit: the most rows.
    /// - Throws: ``StoreError``.
    public func dossiers(_ filter: DossierFilter = .all, after: ListPosition? = nil, limit: Int = 50) async throws
        -> [DossierSummary]
    {
        let time = after?.updatedAt.milliseconds ?? Int.max
        let id = after?.id ?? ""
        let place: SQL = "(updated_at, id) < (\(time), \(id))"
        let order: SQL = "ORDER BY updated_at DESC, id DESC LIMIT \(limit)"
        let query: SQL =
            switch filter {
            case .all: "\(part: Self.columns) WHERE \(part: place) \(part: order)"
            case .state(let state): "\(part: Self.columns) WHERE state = \(state.rawValue) AND \(part: place) \(part: order)"
            case .needsPerson:
                """
                \(part: Self.columns) WHERE (state IN ('rejected', 'conflict')
                    OR (state = 'delivered' AND portal_status = 'supplement-required')
                    OR parked_at IS NOT NULL
                    OR (state = 'draft' AND portal_status IN ('resolved', 'returned', 'refused', 'withdrawn'))
                    OR id IN (SELECT subject FROM outbox WHERE outbox.state = 'blocked') OR id IN (\(part: Self.heldByAccount))) AND \(part: place) \(part: order)
                """
            }
        return try await mapped { try await store.read { db in try db.all(query, self.summary) } }
    }

    func summary(_ row: borrowing Row) throws -> DossierSummary {
        let id = row.text(0)
        let label = try open(DossierLabel.self, row.blob(14), as: "dossier/\(id)")
        return DossierSummary(
            id: id, procedure: row.text(1), catalogueVersion: row.text(2), state: DossierState(rawValue: row.text(3)) ?? .draft,
            receipt: row.textOrNil(4), revision: row.int(5), subject: label.subject, applicant: label.applicant,
            capturedAt: Date(milliseconds: row.int(6)), sealedAt: row.intOrNil(7).map { Date(milliseconds: $0) },
            updatedAt: Date(milliseconds: row.int(8)), sendBy: row.intOrNil(9).map { Date(milliseconds: $0) },
            code: row.textOrNil(10),
            status: row.textOrNil(11).map(PortalStatus.init), statusAt: row.textOrNil(12), dueAt: row.textOrNil(13),
            awaitsAccount: row.bool(15), parkedAt: row.intOrNil(16).map { Date(milliseconds: $0) },
            toldAt: row.intOrNil(17).map { Date(milliseconds: $0) })
    }

    /// One dossier with all that the kiosk knows of it.
    ///
    /// - Parameter key: its id, receipt number or portal code.
    /// - Throws: ``StoreError/noDossier``.
    public func dossier(_ key: String) async throws -> DossierDetail {
        try await mapped {
            try await store.read { db in
                let receipt = ReceiptNumber(typed: key)?.description ?? key
                let query: SQL = "\(part: Self.columns) WHERE id = \(key) OR receipt = \(receipt) OR portal_code = \(key) LIMIT 1"
                guard let summary = try db.first(query, self.summary) else { throw StoreError.noDossier }
                return try self.detail(summary, in: db)
            }
        }
    }

    private func detail(_ summary: DossierSummary, in db: borrowing Connection) throws -> DossierDetail {
        let id = summary.id
        let row = try db.first("SELECT portal_etag, problem, account_id FROM dossiers WHERE id = \(id)") {
            ($0.textOrNil(0), $0.blobOrNil(1), $0.textOrNil(2))
        }
        let content = try ownRevision(of: id, in: db)?.content
        let draft = summary.state == .draft ? try readDraft(of: id, in: db) : nil
        return DossierDetail(
            summary: summary, answers: draft?.answers ?? content?.answers ?? .emptyObject,
            reasons: draft?.reasons ?? content?.reasons ?? [:], papers: try readPapers(of: id, in: db), consent: content?.consent,
            events: try events(of: id, in: db),
            problem: try openIfPresent(DossierProblem.self, row?.1, as: "problem/\(id)"),
            portal: try portalDossier(id, etag: row?.0, in: db), account: row?.2)
    }

    /// How many dossiers there are in each state.
    ///
    /// - Throws: ``StoreError``.
    public func counts() async throws -> [DossierState: Int] {
        try await store.read { db in
            let rows = try db.all("SELECT state, count(*) FROM dossiers GROUP BY state") { ($0.text(0), $0.int(1)) }
            return Dictionary(rows.compactMap { name, count in DossierState(rawValue: name).map { ($0, count) } }) { first, _ in
                first
            }
        }
    }
}
