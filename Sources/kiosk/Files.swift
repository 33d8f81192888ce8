internal import FoundationEssentials
internal import Glibc

/// Files that the user names.
enum Files {
    /// The whole of a small file, or of standard input where the path is `-`.
    ///
    /// - Parameter what: what the file is, for the error.
    static func read(_ path: String, what: String, limit: Int = 16 * 1024 * 1024) throws -> Data {
        let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(spoken: "Không mở được tệp \(path).", detail: "\(what): \(path): \(reason()); check the path")
        }
        defer { close(descriptor) }
        var data = Data()
        while let piece = try read(descriptor, path: path, count: 64 * 1024) {
            data.append(contentsOf: piece)
            guard data.count <= limit else {
                throw CommandFailure(spoken: "Tệp \(path) quá lớn.", detail: "\(what): \(path) is larger than \(limit) bytes")
            }
        }
        return data
    }

    /// The first line of a file that holds one secret.
    static func secret(_ path: String, what: String) throws -> String {
        let text = String(decoding: try read(path, what: what, limit: 4096), as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard !line.isEmpty else {
            throw CommandFailure(spoken: "Tệp \(path) trống.", detail: "\(what): the first line of \(path) is empty")
        }
        return line
    }

    /// An open file that is read in pieces of bounded size.
    final class Reader {
        private let descriptor: Int32
        private let path: String

        fileprivate init(_ descriptor: Int32, path: String) {
            self.descriptor = descriptor
            self.path = path
        }

        deinit { close(descriptor) }

        /// The next piece; nil at the end.
        func next() throws -> [UInt8]? { try Files.read(descriptor, path: path, count: 512 * 1024) }
    }

    /// Opens a file for reading in pieces.
    ///
    /// - Parameter following: whether a link is followed.
    static func reader(of path: String, what: String, following: Bool = true) throws -> Reader {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | (following ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else {
            throw CommandFailure(spoken: "Không mở được tệp \(path).", detail: "\(what): \(path): \(reason()); check the path")
        }
        return Reader(descriptor, path: path)
    }

    fileprivate static func read(_ descriptor: Int32, path: String, count: Int) throws -> [UInt8]? {
        while true {
            var failed = false
            let piece = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                let got = Glibc.read(descriptor, buffer.baseAddress, count)
                failed = got < 0
                filled = max(0, got)
            }
            guard failed else { return piece.isEmpty ? nil : piece }
            guard errno == EINTR else {
                throw CommandFailure(spoken: "Không đọc được tệp \(path).", detail: "\(path): \(reason())")
            }
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
