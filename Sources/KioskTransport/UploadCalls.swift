public import KioskSync
internal import PortalWire

extension PortalConnection {
    /// Creates an upload with the file's first bytes, in one round trip (tus `creation-with-upload`).
    public func createUpload(_ task: UploadTask, firstBytes: OutgoingBytes) async throws(PortalFailure) -> (
        url: String, offset: Int
    ) {
        let metadata = Tus.encode(metadata: [
            ("filename", task.fileName), ("filetype", task.mediaType), ("sha256", task.sha256), ("dossier", task.dossier),
        ])
        let request = CurlRequest(
            method: "POST", url: files.description + "/",
            headers: [
                ("Tus-Resumable", Tus.version), ("Upload-Length", String(task.size)), ("Upload-Metadata", metadata),
                ("Content-Type", Tus.contentType),
            ], body: firstBytes, carriesFile: true, answerLimit: 1 << 20)
        let answer = try await call(.createUpload, request)
        guard answer.status == 201, let location = answer.headers["location"],
            let url = files.resolve(location, against: request.url)
        else {
            throw stranger(answer)
        }
        // A server without creation-with-upload ignores the body and says nothing of an offset.
        return (url, try offset(in: answer) ?? 0)
    }

    /// How many bytes of an upload the portal holds (tus `HEAD`).
    public func offset(ofUpload url: String) async throws(PortalFailure) -> Int {
        let request = CurlRequest(
            method: "HEAD", url: try own(url), headers: [("Tus-Resumable", Tus.version)], answerLimit: 1 << 20)
        guard let offset = try offset(in: try await call(.askOffset, request)) else { throw .notThePortal }
        return offset
    }

    /// Adds bytes to an upload (tus `PATCH`).
    public func append(_ bytes: OutgoingBytes, at offset: Int, toUpload url: String) async throws(PortalFailure) -> Int {
        let request = CurlRequest(
            method: "PATCH", url: try own(url),
            headers: [("Tus-Resumable", Tus.version), ("Upload-Offset", String(offset)), ("Content-Type", Tus.contentType)],
            body: bytes, carriesFile: true, answerLimit: 1 << 20)
        guard let held = try self.offset(in: try await call(.append, request)), held > offset else { throw .notThePortal }
        return held
    }

    /// The store's address of an upload, if it is still of this portal; a portal that moved gets the file anew.
    private func own(_ url: String) throws(PortalFailure) -> String {
        guard let resolved = files.resolve(url, against: url) else { throw .gone }
        return resolved
    }

    private func offset(in answer: CurlAnswer) throws(PortalFailure) -> Int? {
        guard let text = answer.headers["upload-offset"] else { return nil }
        guard let offset = Int(text), offset >= 0 else { throw .notThePortal }
        return offset
    }
}
