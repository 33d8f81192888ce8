internal import CSQLite
internal import Glibc
internal import Synchronization

/// The sudden end of this process.
enum Death {
    /// Now: no handler runs, nothing is closed.
    static func come() -> Never {
        kill(getpid(), SIGKILL)
        while true { pause() }
    }

    private static let left = Atomic<Int>(Int.max)
    private static let made = Atomic<Int>(0)

    /// How many writes SQLite made since ``watchWrites(dyingAt:)``.
    static var writes: Int { made.load(ordering: .relaxed) }

    /// Counts SQLite's writes from now on, and dies in the middle of one: half of its bytes are written, as by a disk that stops.
    ///
    /// By the interface that SQLite has for its own tests of crashes (`xSetSystemCall`).
    ///
    /// - Parameter number: which write, from 0; nil: none.
    static func watchWrites(dyingAt number: Int?) throws {
        left.store(number ?? Int.max, ordering: .relaxed)
        typealias Write = @convention(c) (Int32, UnsafeRawPointer?, Int, off_t) -> Int
        let write: Write = { file, bytes, count, offset in
            Death.made.add(1, ordering: .relaxed)
            guard Death.left.subtract(1, ordering: .relaxed).oldValue == 0 else { return pwrite(file, bytes, count, offset) }
            _ = pwrite(file, bytes, count / 2, offset)
            Death.come()
        }
        let call = unsafeBitCast(write, to: (@convention(c) () -> Void).self)
        guard let files = sqlite3_vfs_find("unix") else { throw LabError("SQLite has no unix files") }
        for name in ["pwrite", "pwrite64"] {
            guard files.pointee.xSetSystemCall?(files, name, call) == SQLITE_OK else { throw LabError("SQLite has no \(name)") }
        }
    }
}
