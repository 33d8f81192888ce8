internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// What is left of the disk: papers stop before it is full, and what was set aside then serves saving and sending.
final class DiskSpace: Sendable {
    private let folder: String
    private let reserve: Int
    private let freeBytes: @Sendable (String) -> Int?
    private let isAside = Mutex(false)

    private var path: String { folder + "/reserve" }

    init(folder: String, configuration: KioskStore.Configuration) {
        self.folder = folder
        reserve = configuration.reserveMegabytes * 1_048_576
        freeBytes = configuration.freeBytes
    }

    /// The bytes that are free for this user on the disk of a folder; nil where the system does not tell.
    static func freeBytes(_ folder: String) -> Int? {
        var facts = statvfs()
        guard statvfs(folder, &facts) == 0 else { return nil }
        return Int(facts.f_bavail) * Int(facts.f_frsize)
    }

    /// Refuses new papers where less than the reserve is free.
    ///
    /// - Throws: ``StoreError/diskNearlyFull(freeMegabytes:)``.
    func checkRoom() throws(StoreError) {
        setAside()
        guard reserve > 0, let free = freeBytes(folder), free < reserve else { return }
        throw .diskNearlyFull(freeMegabytes: free / 1_048_576)
    }

    /// Sets half of the reserve aside in a file, where there is room for it twice over.
    ///
    /// A disk that has none is no error: then there is nothing to release.
    func setAside() {
        isAside.withLock { isAside in
            guard reserve > 0, !isAside else { return }
            var facts = stat()
            if stat(path, &facts) == 0, Int(facts.st_blocks) * 512 >= reserve / 2 {
                isAside = true
                return
            }
            guard let free = freeBytes(folder), free >= 2 * reserve else { return }
            let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { return }
            defer { close(descriptor) }
            isAside = posix_fallocate(descriptor, 0, off_t(reserve / 2)) == 0
            if !isAside { unlink(path) }
        }
    }

    /// Gives the file that was set aside, if there is one, back to the disk.
    func release() {
        isAside.withLock { isAside in
            isAside = false
            unlink(path)
        }
    }
}
