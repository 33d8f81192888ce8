internal import Synchronization

/// Reads a file piece by piece, as an answer's body is sent.
final class FileReader: Sendable {
    private let file: UploadFile
    private let length: Int
    private let offset = Mutex(0)

    init(file: UploadFile, length: Int) {
        self.file = file
        self.length = length
    }

    /// The next piece; nil after the last.
    func next() async throws -> [UInt8]? {
        let start = offset.withLock { $0 }
        guard start < length else { return nil }
        let piece = try file.read(upTo: min(64 * 1024, length - start), at: start)
        offset.withLock { $0 += piece.count }
        return piece.isEmpty ? nil : piece
    }
}
