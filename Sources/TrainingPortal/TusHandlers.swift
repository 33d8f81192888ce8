internal import FoundationEssentials
internal import HTTPServing
internal import PortalWire
internal import SQLiteAccess

/// tus 1.0.0 at `/v1/files/` (https://tus.io/protocols/resumable-upload): core, creation, creation-with-upload, checksum (sha256),
/// expiration, termination.
extension PortalCore {
    /// `OPTIONS /v1/files/`: carries no `Tus-Resumable` either way.
    func describeUploads(_ request: HTTPRequest) async throws -> HTTPResponse {
        _ = try kiosk(of: request)
        return HTTPResponse(
            status: 204,
            headers: [
                "Tus-Version": Tus.version, "Tus-Extension": "creation,creation-with-upload,checksum,expiration,termination",
                "Tus-Max-Size": String(options.maxFileBytes), "Tus-Checksum-Algorithm": "sha256",
            ])
    }

    /// `POST /v1/files/`.
    func postUpload(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await tus(request) { kiosk in
            guard let length = Self.count(request, "Upload-Length") else { throw Refusal.malformed("Upload-Length is missing.") }
            guard length <= options.maxFileBytes else {
                throw Refusal(
                    .refused, 413, "Tệp quá lớn", detail: "Cổng nhận nhiều nhất \(options.maxFileBytes / 1_048_576) MB một tệp.")
            }
            let header = request.headers["Upload-Metadata"] ?? ""
            guard let metadata = Tus.decode(metadata: header), let sha256 = metadata["sha256"], Self.isDigest(sha256) else {
                throw Refusal.malformed("Upload-Metadata must hold «sha256» in lower-case hex.")
            }
            let checksum = try Self.checksum(of: request)
            let type = request.headers["Content-Type"]
            guard type == nil || type == Tus.contentType else { throw Self.wrongType }
            let upload = try await createUpload(kiosk: kiosk, length: length, sha256: sha256, metadata: header)
            // Nobody else knows the id yet, so the upload is always free here.
            let result = try await uploads.hold(upload.id) { () async throws -> (offset: Int, expires: Date?)? in
                do {
                    return try await append(request.body, to: upload, at: 0, checksum: checksum)
                } catch let refusal as Refusal {
                    // The kiosk never learns this upload's address: it need not wait to expire.
                    try await discard(upload.id)
                    throw refusal
                }
            }
            let host = request.headers["Host"] ?? ""
            var response = HTTPResponse(status: 201, headers: ["Location": "http://\(host)/v1/files/\(upload.id)"])
            if let (offset, expires) = result ?? nil {
                if type != nil { response.headers["Upload-Offset"] = String(offset) }
                if let expires { response.headers["Upload-Expires"] = PortalTime.http(expires) }
            }
            return response
        }
    }

    /// `HEAD /v1/files/{fileId}`.
    func headUpload(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await tus(request) { kiosk in
            let upload = try await upload(request.parameter("fileId"), of: kiosk)
            let offset = try await uploads.hold(upload.id) { () async throws -> Int in
                guard let file = try uploads.open(upload.id, writing: false) else { throw Refusal.notFound("upload") }
                let offset = try file.size()
                // A power cut can come between the last byte and the check of the whole.
                if offset == upload.length, !upload.isComplete {
                    guard try await finish(upload) else { throw Refusal.notFound("upload") }
                }
                return offset
            }
            guard let offset else { throw Self.locked }
            var response = HTTPResponse(
                status: 200,
                headers: [
                    "Upload-Offset": String(offset), "Upload-Length": String(upload.length),
                    "Upload-Metadata": upload.metadata, "Cache-Control": "no-store",
                ])
            if offset < upload.length {
                response.headers["Upload-Expires"] = PortalTime.http(Date(timeIntervalSince1970: upload.expiresTime))
            }
            return response
        }
    }

    /// `PATCH /v1/files/{fileId}`.
    func patchUpload(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await tus(request) { kiosk in
            let upload = try await upload(request.parameter("fileId"), of: kiosk)
            guard request.headers["Content-Type"] == Tus.contentType else { throw Self.wrongType }
            guard let offset = Self.count(request, "Upload-Offset") else { throw Refusal.malformed("Upload-Offset is missing.") }
            let checksum = try Self.checksum(of: request)
            let result = try await uploads.hold(upload.id) {
                try await append(request.body, to: upload, at: offset, checksum: checksum)
            }
            guard let (newOffset, expires) = result else { throw Self.locked }
            var response = HTTPResponse(status: 204, headers: ["Upload-Offset": String(newOffset)])
            if let expires { response.headers["Upload-Expires"] = PortalTime.http(expires) }
            return response
        }
    }

    /// `DELETE /v1/files/{fileId}`.
    func deleteUpload(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await tus(request) { kiosk in
            let upload = try await upload(request.parameter("fileId"), of: kiosk)
            let isUsed = try await database.read { db in try Uploads.isUsed(upload, in: db) }
            guard !isUsed else {
                throw Refusal(.refused, 403, "The file is in use", detail: "A dossier of the portal holds this file.")
            }
            guard try await uploads.hold(upload.id, { try await discard(upload.id) }) != nil else { throw Self.locked }
            return HTTPResponse(status: 204)
        }
    }

    /// What is common to all requests but OPTIONS: the token, the version, and `Tus-Resumable` on every answer.
    private func tus(
        _ request: HTTPRequest, _ body: (_ kiosk: String) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        do {
            let kiosk = try kiosk(of: request)
            guard request.headers["Tus-Resumable"] == Tus.version else {
                throw Refusal(
                    .refused, 412, "This version of tus is not spoken here", detail: "Tus-Resumable must be \(Tus.version).",
                    headers: [("Tus-Version", Tus.version)])
            }
            return try await body(kiosk).with("Tus-Resumable", Tus.version)
        } catch let refusal as Refusal {
            return refusal.response.with("Tus-Resumable", Tus.version)
        }
    }

    private static let locked = Refusal(
        .refused, 423, "The upload is held", detail: "Another connection is writing it: retry soon.",
        headers: [("Retry-After", "1")])
    private static let wrongType = Refusal(.refused, 415, "The media type is wrong", detail: "\(Tus.contentType) is expected.")

    /// A whole number from 0 in a header; nil where it is missing or none.
    private static func count(_ request: HTTPRequest, _ header: String) -> Int? {
        guard let text = request.headers[header], !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    private static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// The digest of `Upload-Checksum`; nil where the header is not there.
    private static func checksum(of request: HTTPRequest) throws(Refusal) -> [UInt8]? {
        guard let header = request.headers["Upload-Checksum"] else { return nil }
        let parts = header.split(separator: " ")
        guard parts.count == 2, parts[0] == "sha256", let digest = Data(base64Encoded: String(parts[1])), digest.count == 32
        else {
            throw Refusal.malformed("Upload-Checksum must be «sha256» and 32 bytes in Base64.")
        }
        return Array(digest)
    }
}
