internal import FoundationEssentials
public import JSONTree
internal import PortalWire
internal import SQLiteAccess

/// What a dossier's PUT and the portal's copy have in common, for objections to look into.
struct DossierContent: Sendable {
    let procedure: String
    let fields: JSONValue
    let attachments: [AttachmentMessage]

    init(_ submission: DossierSubmission) {
        (procedure, fields, attachments) = (submission.procedure, submission.fields, submission.attachments)
    }

    init(_ dossier: DossierRecord) {
        (procedure, fields, attachments) = (dossier.procedure, dossier.fields, dossier.attachments)
    }
}

/// What an officer holds against a place of a dossier: a PUT is turned away as long as the same stands there.
///
/// It may be made before the dossier is there, also of whichever new one comes next.
public struct Objection: Codable, Equatable, Sendable {
    /// The dossier's id; nil: the next new one.
    public var dossier: String?
    /// The place in the body of the PUT: `/fields/…`, `/procedure`, `/attachments` (a missing paper), `/attachments/<number>` or
    /// `/attachments/<component>`, or the empty pointer: all of it.
    public var pointer: String
    /// The contract's code of the fault, such as `unreadable-scan`; `duplicate-dossier` answers 409 instead of 422.
    public var code: String
    /// The portal's words.
    public var message: String
    /// `R01` to `R15`.
    public var reason: String?
    /// The right value, where it is told.
    public var expected: JSONValue?
    /// The dossier that was there before, of a duplicate.
    public var other: OtherDossier?
    /// What stood at the place when the objection was made or first met; nil: not met yet.
    var seen: String?

    private enum CodingKeys: String, CodingKey {
        case dossier, pointer, code, message, reason, expected, other
    }

    /// An objection.
    public init(
        dossier: String?, pointer: String, code: String, message: String, reason: String? = nil, expected: JSONValue? = nil,
        other: OtherDossier? = nil
    ) {
        self.dossier = dossier
        self.pointer = pointer
        self.code = code
        self.message = message
        self.reason = reason
        self.expected = expected
        self.other = other
    }

    /// A fault of the file itself is mended by sending the same file again: it is told once.
    var isToldOnce: Bool { code == "attachment-digest-mismatch" }

    /// What stands at the place.
    func value(in content: DossierContent) -> String {
        let tokens = JSONPointer(pointer)?.tokens ?? []
        let digests = content.attachments.map(\.sha256).joined(separator: " ")
        switch tokens.first {
        case "attachments":
            guard tokens.count > 1 else { return digests }
            return paper(tokens[1], of: content)?.sha256 ?? ""
        case "procedure": return content.procedure
        case "fields": return Self.text(content.fields[JSONPointer(tokens: Array(tokens.dropFirst()))] ?? .null)
        default: return "\(content.procedure) \(digests) \(Self.text(content.fields))"
        }
    }

    /// Where in the content the fault stands now; nil where it stands no more.
    func place(in content: DossierContent) -> String? {
        guard let seen else { return nil }
        let tokens = JSONPointer(pointer)?.tokens ?? []
        if tokens.count > 1, tokens[0] == "attachments", !seen.isEmpty {
            // The paper may stand at another number by now.
            return content.attachments.firstIndex { $0.sha256 == seen }.map { "/attachments/\($0)" }
        }
        guard value(in: content) == seen else { return nil }
        return tokens.first == "attachments" ? "/attachments" : pointer
    }

    private func paper(_ name: String, of content: DossierContent) -> AttachmentMessage? {
        guard let number = Int(name) else { return content.attachments.first { $0.component == name } }
        return content.attachments.indices.contains(number) ? content.attachments[number] : nil
    }

    private static func text(_ value: JSONValue) -> String {
        // A JSON value can always be written.
        String(decoding: (try? JSONText.encode(value)) ?? Data(), as: UTF8.self)
    }
}

/// The table of the objections.
enum Objections {
    /// Adds one.
    static func add(_ objection: Objection, in db: borrowing Connection) throws {
        let expected = try objection.expected.map { String(decoding: try JSONText.encode($0), as: UTF8.self) }
        let other = try objection.other.map { String(decoding: try JSONText.encode($0), as: UTF8.self) }
        try db.run(
            """
            INSERT INTO objection (dossier, pointer, code, message, reason, expected, other, seen)
            VALUES (\(objection.dossier), \(objection.pointer), \(objection.code), \(objection.message), \(objection.reason),
                \(expected), \(other), \(objection.isToldOnce ? nil : objection.seen))
            """)
    }

    /// Takes all back that are held against a dossier; nil: against the next new one.
    static func lift(dossier: String?, in db: borrowing Connection) throws {
        try db.run("DELETE FROM objection WHERE dossier IS \(dossier)")
    }

    /// Those that wait for a dossier or stand against one, the oldest first.
    static func list(_ condition: SQL, in db: borrowing Connection) throws -> [(number: Int, objection: Objection)] {
        try db.all(
            """
            SELECT number, dossier, pointer, code, message, reason, expected, other, seen FROM objection \(part: condition)
            ORDER BY number
            """
        ) { row in
            var objection = Objection(
                dossier: row.textOrNil(1), pointer: row.text(2), code: row.text(3), message: row.text(4),
                reason: row.textOrNil(5), expected: try stored(JSONValue.self, row.textOrNil(6)),
                other: try stored(OtherDossier.self, row.textOrNil(7)))
            objection.seen = row.textOrNil(8)
            return (number: row.int(0), objection: objection)
        }
    }

    /// Notes what stands at the places of objections that this dossier meets for the first time.
    ///
    /// In a transaction of its own: the refusal that follows rolls its own back.
    static func meet(_ id: String, _ content: DossierContent, in db: borrowing Connection) throws {
        if try Dossiers.find(id, in: db) == nil {
            try db.run("UPDATE objection SET dossier = \(id) WHERE dossier IS NULL")
        }
        for (number, objection) in try list("WHERE dossier = \(id)", in: db) {
            if objection.seen == nil {
                try db.run("UPDATE objection SET seen = \(objection.value(in: content)) WHERE number = \(number)")
            } else if objection.isToldOnce {
                try db.run("DELETE FROM objection WHERE number = \(number)")
            }
        }
    }

    /// The refusal of a content that still has what was objected to; nil where there is none.
    ///
    /// - Parameter isExplained: whether it says why it is no duplicate, which the officer then judges.
    static func refusal(
        of id: String, _ content: DossierContent, procedure: String, isExplained: Bool, in db: borrowing Connection
    ) throws -> Refusal? {
        let all = try list("WHERE dossier = \(id)", in: db).filter { row in
            !isExplained || row.objection.code != ProblemCode.duplicateDossier.rawValue
        }
        let standing = all.compactMap { row in
            row.objection.place(in: content).map { (objection: row.objection, place: $0) }
        }
        if let duplicate = standing.first(where: { $0.objection.code == ProblemCode.duplicateDossier.rawValue })?.objection {
            let other = duplicate.other
            return Refusal(
                Problem(
                    code: .duplicateDossier, title: "Đã có hồ sơ đang xử lý", status: 409, detail: duplicate.message,
                    conflictsWith: other.map {
                        Problem.Duplicate(code: $0.code, procedure: procedure, receivedAt: $0.receivedAt, kiosk: $0.kiosk)
                    }))
        }
        guard !standing.isEmpty else { return nil }
        return .rejected(
            standing.map { one in
                Problem.FieldFault(
                    pointer: one.place, code: one.objection.code, message: one.objection.message,
                    expected: one.objection.expected, reason: one.objection.reason)
            })
    }

    private static func stored<T: Decodable>(_ type: T.Type, _ text: String?) throws(TrainingPortalError) -> T? {
        guard let text else { return nil }
        do {
            return try JSONText.decode(type, from: Data(text.utf8))
        } catch {
            throw .storedTextUnreadable(table: "objection")
        }
    }
}

extension PortalCore {
    /// Holds something against a dossier, or against the next new one.
    ///
    /// - Throws: ``TrainingPortalError/actRefused(reason:)`` for a pointer that is none or a duplicate of nothing, `SQLiteError`.
    func object(_ objection: Objection) async throws {
        guard JSONPointer(objection.pointer) != nil else {
            throw TrainingPortalError.actRefused(reason: "Vị trí «\(objection.pointer)» không đúng dạng.")
        }
        guard objection.code != ProblemCode.duplicateDossier.rawValue || objection.other != nil else {
            throw TrainingPortalError.actRefused(reason: "Cần mã, nơi nhận và ngày nhận của hồ sơ kia.")
        }
        try await database.write { db in
            var objection = objection
            if let id = objection.dossier, let dossier = try Dossiers.find(id, in: db) {
                objection.seen = objection.value(in: DossierContent(dossier))
            }
            try Objections.add(objection, in: db)
        }
    }

    /// Takes all back that is held against a dossier; nil: against the next new one.
    func liftObjections(dossier: String?) async throws {
        try await database.write { db in try Objections.lift(dossier: dossier, in: db) }
    }
}
