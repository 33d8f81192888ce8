internal import FoundationEssentials
internal import Glibc
internal import KioskVault
internal import Synchronization

/// The files of the uploads, and who is writing which.
final class UploadFolder: Sendable {
    private let path: String
    private let held = Mutex<Set<String>>([])

    /// Makes the data folder and the folder of files inside it where they are missing, for this user only.
    init(below dataFolder: String) throws {
        path = dataFolder + "/files"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // The attribute goes to the last folder only.
        guard chmod(dataFolder, 0o700) == 0 else { throw TrainingPortalError.file(operation: "chmod", code: errno) }
    }

    /// Makes the empty file of a new upload; it is in the folder even after a power cut.
    func create(_ id: String) throws(TrainingPortalError) {
        let descriptor = Glibc.open(file(id), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .file(operation: "creating an upload's file", code: errno) }
        close(descriptor)
        let folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .file(operation: "opening the upload folder", code: errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .file(operation: "fsync of the upload folder", code: errno) }
    }

    /// Opens an upload's file; nil where it is gone.
    func open(_ id: String, writing: Bool) throws(TrainingPortalError) -> UploadFile? {
        let descriptor = Glibc.open(file(id), (writing ? O_RDWR : O_RDONLY) | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw .file(operation: "opening an upload's file", code: errno) }
        return UploadFile(adopting: descriptor)
    }

    /// Removes an upload's file.
    func remove(_ id: String) { unlink(file(id)) }

    /// The ids of all files there are.
    func all() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

    /// Runs `body` while no other connection may write the upload; nil where another does.
    func hold<T>(_ id: String, _ body: () async throws -> T) async throws -> T? {
        guard held.withLock({ $0.insert(id).inserted }) else { return nil }
        defer { held.withLock { _ = $0.remove(id) } }
        return try await body()
    }

    /// The SHA-256 of an upload's bytes in lower-case hex; nil where the file is gone.
    func sha256(of id: String) async throws -> String? {
        guard let file = try open(id, writing: false) else { return nil }
        var digest = try SHA256Digest()
        var offset = 0
        while true {
            let piece = try file.read(upTo: 256 * 1024, at: offset)
            guard !piece.isEmpty else { break }
            digest.update(piece)
            offset += piece.count
            // A large file must not keep other requests from the thread.
            await Task.yield()
        }
        return Hex.encode(digest.finish())
    }

    /// Ids are made by this program: hexadecimal digits only.
    private func file(_ id: String) -> String { path + "/" + id }
}

/// An open file of an upload; closes itself.
final class UploadFile: Sendable {
    private let descriptor: Int32

    init(adopting descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// How many bytes it has.
    func size() throws(TrainingPortalError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .file(operation: "fstat", code: errno) }
        return Int(status.st_size)
    }

    /// Writes all bytes at an offset.
    func write(_ bytes: [UInt8], at offset: Int) throws(TrainingPortalError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written, offset + written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .file(operation: "writing an upload", code: errno) }
            written += count
        }
    }

    /// Bytes from an offset; empty at the end.
    func read(upTo count: Int, at offset: Int) throws(TrainingPortalError) -> [UInt8] {
        while true {
            var received = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
                received = pread(descriptor, buffer.baseAddress, count, offset)
                length = max(0, received)
            }
            if received >= 0 { return bytes }
            guard errno == EINTR else { throw .file(operation: "reading an upload", code: errno) }
        }
    }

    /// Cuts the file to a length.
    func truncate(to length: Int) throws(TrainingPortalError) {
        guard ftruncate(descriptor, length) == 0 else { throw .file(operation: "ftruncate", code: errno) }
    }

    /// Returns when the bytes are on the disk.
    func sync() throws(TrainingPortalError) {
        guard fsync(descriptor) == 0 else { throw .file(operation: "fsync", code: errno) }
    }
}
