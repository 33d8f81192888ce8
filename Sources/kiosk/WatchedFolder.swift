internal import FoundationEssentials
internal import Glibc
internal import KioskDomain
internal import KioskWeb
internal import Synchronization

/// The folder that the settings name as `watch`.
final class WatchedFolder: PaperFolder {
    /// The most files that are listed, and entries that are looked at.
    private static let mostListed = 200
    private static let mostEntries = 20_000
    /// A file that changed less than so many seconds ago may still be written.
    private static let stableAfter = 2

    private struct Mark: Hashable {
        var name: String
        var size: Int
        var changed: Int
    }

    private let path: String
    private let deletes: Bool
    private let done = Mutex<Set<Mark>>([])

    init(path: String, deletes: Bool) {
        self.path = path
        self.deletes = deletes
    }

    func files() async throws -> [FolderFile] {
        guard let folder = opendir(path) else { throw PaperFolderFault.noFolder }
        defer { closedir(folder) }
        var found: [Mark] = []
        var entries = 0
        while let entry = readdir(folder), entries < Self.mostEntries {
            entries += 1
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: UInt8.self, capacity: 256) {
                    String(validatingCString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
                }
            }
            guard let name, name.first != ".", let mark = mark(of: name, in: dirfd(folder)) else { continue }
            found.append(mark)
        }
        let now = Int(Date().timeIntervalSince1970)
        let stable = found.filter { $0.size > 0 && abs(now - $0.changed) >= Self.stableAfter }
        let done = done.withLock { $0 }
        return stable.sorted { ($1.changed, $0.name) < ($0.changed, $1.name) }.prefix(Self.mostListed).map {
            FolderFile(name: $0.name, size: $0.size, isStored: done.contains($0))
        }
    }

    /// What a file of the folder is; nil where it is none, such as a link or a folder.
    private func mark(of name: String, in folder: Int32) -> Mark? {
        var facts = stat()
        guard fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        return Mark(name: name, size: Int(facts.st_size), changed: Int(facts.st_mtim.tv_sec))
    }

    private func whole(_ name: String) throws -> String {
        guard !name.isEmpty, !name.contains("/"), !name.utf8.contains(0), name.first != "." else { throw PaperFolderFault.noFile }
        return "\(path)/\(name)"
    }

    func read(_ name: String, _ take: (_ next: () async throws -> [UInt8]?) async throws -> Void) async throws {
        let file = try whole(name)
        guard mark(of: file, in: AT_FDCWD) != nil, let reader = try? Files.reader(of: file, what: "watch", following: false)
        else {
            throw PaperFolderFault.noFile
        }
        try await take { try reader.next() }
    }

    func stored(_ name: String) async {
        guard let file = try? whole(name), var mark = mark(of: file, in: AT_FDCWD) else { return }
        if deletes, unlink(file) == 0 { return }
        mark.name = name
        done.withLock { done in
            if done.count > 10_000 { done.removeAll() }
            done.insert(mark)
        }
    }
}
