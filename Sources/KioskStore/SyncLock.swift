internal import Glibc

/// Who syncs: of all processes on one data folder, the one that holds `sync.lock` (flock(2)).
///
/// The kernel lets go of it when the process ends, however it ends.
public final class SyncLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock; nil where another process or another run has it.
    ///
    /// - Throws: ``StoreError/folder(_:reason:)``.
    public init?(folder: String) throws(StoreError) {
        let descriptor = open(folder + "/sync.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .folder(folder, reason: "sync.lock cannot be opened (\(String(cString: strerror(errno))))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
