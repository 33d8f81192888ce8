internal import FoundationEssentials
internal import JSONTree
internal import PortalWire
internal import SQLiteAccess

/// A dossier's status (portal-contract.md, "Dossiers"); the raw value is the contract's.
enum DossierStatus: String, CaseIterable, Sendable {
    case received
    case accepted
    case processing
    case supplementRequired = "supplement-required"
    case resolved
    case returned
    case refused
    case withdrawn

    /// Whether an officer still has something to decide: only then can it be amended, edited or withdrawn.
    var isOpen: Bool {
        switch self {
        case .received, .accepted, .processing, .supplementRequired: true
        case .resolved, .returned, .refused, .withdrawn: false
        }
    }

    /// The national portal's words.
    var words: String {
        switch self {
        case .received: "Mới đăng ký"
        case .accepted: "Đã tiếp nhận"
        case .processing: "Đang xử lý"
        case .supplementRequired: "Yêu cầu bổ sung"
        case .resolved: "Đã có kết quả"
        case .returned: "Đã trả kết quả"
        case .refused: "Từ chối"
        case .withdrawn: "Công dân rút"
        }
    }
}

/// A dossier as the portal holds it: a row of `dossier` with its papers.
struct DossierRecord: Sendable {
    var id: String
    var kiosk: String
    var code: String
    var procedure: String
    var version: Int
    var status: DossierStatus
    var statusAt: String
    var dueAt: String?
    var receivedAt: String
    var applicant: String
    var fields: JSONValue
    var remarks: [DossierRepresentation.Remark]
    /// `kiosk` or `officer`: who made this version.
    var editedBy: String
    /// The last body accepted from the kiosk, in the form that repeats are compared in.
    var submission: String
    /// Accepted PUTs that changed it.
    var puts: Int
    var attachments: [AttachmentMessage]

    /// A strong entity-tag of this version and of what it holds (FNV-1a): a portal that was restored from a backup numbers other
    /// content alike, and no tag may stand for two contents (RFC 9110, 8.8.1).
    var etag: String {
        let content =
            statusAt + status.rawValue + submission
            + ((try? JSONText.encode(fields)).map { String(decoding: $0, as: UTF8.self) } ?? "")
        let hash = (content + attachments.map(\.sha256).joined() + (remarks.last?.at ?? "")).utf8
            .reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        return "\"\(version)-\(String(hash, radix: 16))\""
    }

    /// The contract's form of it.
    var representation: DossierRepresentation {
        DossierRepresentation(
            id: id, code: code, version: version, status: status.rawValue, statusAt: statusAt, dueAt: dueAt, remarks: remarks,
            procedure: procedure, fields: fields, attachments: attachments, editedBy: editedBy)
    }

    /// Its public part.
    var progress: DossierProgress {
        DossierProgress(code: code, procedure: procedure, status: status.rawValue, statusAt: statusAt, dueAt: dueAt)
    }

    /// Goes over to a status.
    mutating func move(to status: DossierStatus, at: String) {
        self.status = status
        statusAt = at
    }
}

/// The table of the dossiers.
enum Dossiers {
    /// The dossier of an id; nil where there is none.
    static func find(_ id: String, in db: borrowing Connection) throws -> DossierRecord? {
        try list("WHERE id = \(id)", in: db).first
    }

    /// Dossiers by a condition, with an order of its own where it matters.
    static func list(_ condition: SQL, in db: borrowing Connection) throws -> [DossierRecord] {
        var found = try db.all(
            """
            SELECT id, kiosk, code, procedure, version, status, status_at, due_at, received_at, applicant, fields, remarks,
                edited_by, submission, puts
            FROM dossier \(part: condition)
            """
        ) { row in
            guard let status = DossierStatus(rawValue: row.text(5)) else {
                throw TrainingPortalError.storedTextUnreadable(table: "dossier")
            }
            return DossierRecord(
                id: row.text(0), kiosk: row.text(1), code: row.text(2), procedure: row.text(3), version: row.int(4),
                status: status,
                statusAt: row.text(6), dueAt: row.textOrNil(7), receivedAt: row.text(8), applicant: row.text(9),
                fields: try stored(JSONValue.self, row.text(10)),
                remarks: try stored([DossierRepresentation.Remark].self, row.text(11)), editedBy: row.text(12),
                submission: row.text(13), puts: row.int(14), attachments: [])
        }
        for index in found.indices { found[index].attachments = try attachments(of: found[index].id, in: db) }
        return found
    }

    /// Writes a dossier, new or changed, notes what happened to it and tells its kiosk.
    static func save(_ dossier: DossierRecord, who: String, what: String, at: String, in db: borrowing Connection) throws {
        let fields = String(decoding: try JSONText.encode(dossier.fields), as: UTF8.self)
        let remarks = String(decoding: try JSONText.encode(dossier.remarks), as: UTF8.self)
        try db.run(
            """
            INSERT INTO dossier (id, kiosk, code, procedure, version, status, status_at, due_at, received_at, applicant, fields,
                remarks, edited_by, submission, puts)
            VALUES (\(dossier.id), \(dossier.kiosk), \(dossier.code), \(dossier.procedure), \(dossier.version),
                \(dossier.status.rawValue), \(dossier.statusAt), \(dossier.dueAt), \(dossier.receivedAt), \(dossier.applicant),
                \(fields), \(remarks), \(dossier.editedBy), \(dossier.submission), \(dossier.puts))
            ON CONFLICT (id) DO UPDATE SET procedure = excluded.procedure, version = excluded.version, status = excluded.status,
                status_at = excluded.status_at, due_at = excluded.due_at, applicant = excluded.applicant,
                fields = excluded.fields, remarks = excluded.remarks, edited_by = excluded.edited_by,
                submission = excluded.submission, puts = excluded.puts
            """)
        try db.run("DELETE FROM attachment WHERE dossier = \(dossier.id)")
        for (position, paper) in dossier.attachments.enumerated() {
            try db.run(
                """
                INSERT INTO attachment (dossier, position, id, component, file_name, media_type, size, sha256, note)
                VALUES (\(dossier.id), \(position), \(paper.id), \(paper.component), \(paper.fileName), \(paper.mediaType),
                    \(paper.size), \(paper.sha256), \(paper.note))
                """)
        }
        try db.run("INSERT INTO history (dossier, at, who, what) VALUES (\(dossier.id), \(at), \(who), \(what))")
        try ChangeFeed.record(.dossier, subject: dossier.id, kiosk: dossier.kiosk, in: db)
    }

    /// What happened to a dossier, oldest first.
    static func history(of id: String, in db: borrowing Connection) throws -> [(at: String, who: String, what: String)] {
        try db.all("SELECT at, who, what FROM history WHERE dossier = \(id) ORDER BY number") { row in
            (at: row.text(0), who: row.text(1), what: row.text(2))
        }
    }

    /// The next dossier code of a day: `G01.899.108.000-yyMMdd-NNNN`.
    static func nextCode(day: String, in db: borrowing Connection) throws -> String {
        let number = try db.first(
            """
            INSERT INTO code_counter (day, last) VALUES (\(day), 1)
            ON CONFLICT (day) DO UPDATE SET last = last + 1 RETURNING last
            """
        ) { $0.int(0) }
        let digits = String(number ?? 1)
        return "G01.899.108.000-\(day)-" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    private static func attachments(of id: String, in db: borrowing Connection) throws -> [AttachmentMessage] {
        try db.all(
            """
            SELECT id, component, file_name, media_type, size, sha256, note FROM attachment WHERE dossier = \(id) ORDER BY position
            """
        ) { row in
            AttachmentMessage(
                id: row.text(0), component: row.text(1), fileName: row.text(2), mediaType: row.text(3), size: row.int(4),
                sha256: row.text(5), upload: nil, note: row.textOrNil(6))
        }
    }

    private static func stored<T: Decodable>(_ type: T.Type, _ text: String) throws(TrainingPortalError) -> T {
        do {
            return try JSONText.decode(type, from: Data(text.utf8))
        } catch {
            throw .storedTextUnreadable(table: "dossier")
        }
    }
}
