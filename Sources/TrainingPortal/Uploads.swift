internal import FoundationEssentials
internal import HTTPServing
internal import KioskVault
internal import PortalWire
internal import SQLiteAccess

/// A row of `upload`.
struct UploadRecord: Sendable {
    let id: String
    let kiosk: String
    /// Bytes of the whole file.
    let length: Int
    let sha256: String
    /// The `Upload-Metadata` header as it came.
    let metadata: String
    let isComplete: Bool
    /// Seconds since 1970; only an unfinished upload expires.
    let expiresTime: Double
}

/// The table of the uploads.
enum Uploads {
    /// Seconds that an unfinished upload is kept after its last bytes.
    static let lifetime = 7.0 * 86_400

    /// Uploads by a condition.
    static func list(_ condition: SQL, in db: borrowing Connection) throws -> [UploadRecord] {
        try db.all("SELECT id, kiosk, length, sha256, metadata, complete, expires_time FROM upload \(part: condition)") { row in
            UploadRecord(
                id: row.text(0), kiosk: row.text(1), length: row.int(2), sha256: row.text(3), metadata: row.text(4),
                isComplete: row.bool(5), expiresTime: row.double(6))
        }
    }

    /// The finished upload of a kiosk that has a content; nil where there is none.
    static func holding(sha256: String, of kiosk: String, in db: borrowing Connection) throws -> UploadRecord? {
        try list("WHERE kiosk = \(kiosk) AND sha256 = \(sha256) AND complete = 1 LIMIT 1", in: db).first
    }

    /// Whether a dossier of the upload's kiosk holds its content.
    static func isUsed(_ upload: UploadRecord, in db: borrowing Connection) throws -> Bool {
        guard upload.isComplete else { return false }
        return try db.first(
            """
            SELECT 1 FROM attachment JOIN dossier ON dossier.id = attachment.dossier
            WHERE attachment.sha256 = \(upload.sha256) AND dossier.kiosk = \(upload.kiosk) LIMIT 1
            """
        ) { $0.int(0) } != nil
    }
}

extension PortalCore {
    /// Makes an upload.
    func createUpload(kiosk: String, length: Int, sha256: String, metadata: String) async throws -> UploadRecord {
        let expires = now.timeIntervalSince1970 + Uploads.lifetime
        let upload = UploadRecord(
            id: Hex.encode(try Secret.random(count: 16)), kiosk: kiosk, length: length, sha256: sha256, metadata: metadata,
            isComplete: false, expiresTime: expires)
        // The file first: a row without its file could never be written to.
        try uploads.create(upload.id)
        try await database.write { db in
            try db.run(
                """
                INSERT INTO upload (id, kiosk, length, sha256, metadata, complete, expires_time)
                VALUES (\(upload.id), \(kiosk), \(length), \(sha256), \(metadata), \(false), \(expires))
                """)
        }
        return upload
    }

    /// A kiosk's upload.
    ///
    /// - Throws: ``Refusal`` 404 where it is none of this kiosk's, 410 where it has expired.
    func upload(_ id: String, of kiosk: String) async throws -> UploadRecord {
        let found = try await database.read { db in try Uploads.list("WHERE id = \(id) AND kiosk = \(kiosk)", in: db).first }
        guard let upload = found else { throw Refusal.notFound("upload") }
        guard upload.isComplete || upload.expiresTime > now.timeIntervalSince1970 else {
            try await discard(upload.id)
            throw Refusal(.notFound, 410, "The upload has expired", detail: "Create it anew.")
        }
        return upload
    }

    /// Removes an upload with its bytes.
    func discard(_ id: String) async throws {
        try await database.write { db in try db.run("DELETE FROM upload WHERE id = \(id)") }
        uploads.remove(id)
    }

    /// Appends a request's body to an upload; what arrived before a broken connection stays.
    ///
    /// The caller holds the upload.
    ///
    /// - Returns: the new offset, and when the upload expires; nil once it is whole.
    /// - Throws: ``Refusal`` 404, 409, 413 or 460, or what reading the body throws.
    func append(
        _ body: HTTPBody, to upload: UploadRecord, at offset: Int, checksum: [UInt8]?
    ) async throws -> (offset: Int, expires: Date?) {
        guard let file = try uploads.open(upload.id, writing: true) else { throw Refusal.notFound("upload") }
        guard try file.size() == offset else {
            throw Refusal(.refused, 409, "The offset is wrong", detail: "Ask with HEAD where to go on.")
        }
        body.allow(bytes: Int.max)
        // A piece of a file is digested with the whole file, and for itself only where it is asked for.
        var digest = offset == 0 || checksum != nil ? try SHA256Digest() : nil
        var end = offset
        do {
            while let piece = try await body.next() {
                guard piece.count <= upload.length - end else {
                    try file.truncate(to: offset)
                    throw Refusal(.refused, 413, "Too many bytes", detail: "The body goes beyond the upload's length.")
                }
                try file.write(piece, at: end)
                digest?.update(piece)
                end += piece.count
            }
        } catch {
            // The line broke, or the portal refuses: what is there now is what HEAD will tell, also after a power cut.
            try file.sync()
            throw error
        }
        let arrived = digest?.finish()
        if let checksum, arrived != checksum {
            try file.truncate(to: offset)
            try file.sync()
            throw Refusal(
                .refused, 460, "The checksum differs", detail: "The bytes of this request were discarded: send them again.")
        }
        try file.sync()
        guard end == upload.length else {
            let expires = now.addingTimeInterval(Uploads.lifetime)
            let seconds = expires.timeIntervalSince1970
            try await database.write { db in
                try db.run("UPDATE upload SET expires_time = \(seconds) WHERE id = \(upload.id)")
            }
            return (end, expires)
        }
        // What came in one request need not be read again.
        try await finish(upload, sha256: offset == 0 ? arrived.map(Hex.encode) : nil)
        return (end, nil)
    }

    /// Marks an upload whose bytes are all there complete, or discards it where its digest is not the one declared; the kiosk
    /// learns of that by the next HEAD.
    ///
    /// - Parameter sha256: its digest, where it is known.
    /// - Returns: whether it is complete.
    @discardableResult
    func finish(_ upload: UploadRecord, sha256: String? = nil) async throws -> Bool {
        var found = sha256
        if found == nil { found = try await uploads.sha256(of: upload.id) }
        guard found == upload.sha256 else {
            try await discard(upload.id)
            return false
        }
        try await database.write { db in try db.run("UPDATE upload SET complete = 1 WHERE id = \(upload.id)") }
        return true
    }

    /// Removes expired uploads, and files without a row (a power cut between the two): called at the start.
    func sweepUploads() async throws {
        let seconds = now.timeIntervalSince1970
        let kept = try await database.write { db -> Set<String> in
            try db.run("DELETE FROM upload WHERE complete = 0 AND expires_time <= \(seconds)")
            return Set(try db.all("SELECT id FROM upload") { $0.text(0) })
        }
        for id in uploads.all() where !kept.contains(id) { uploads.remove(id) }
    }
}
