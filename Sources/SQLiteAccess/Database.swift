internal import Dispatch
internal import Synchronization

/// A connection behind one serial queue.
///
/// Work on it is a synchronous closure that is lent the connection, so a transaction can be neither interleaved nor leaked.
public actor Database {
    private let queue: SerialQueue
    private var connection: Connection
    private let joining = Mutex(Joining())

    /// Where the actor runs: its own serial queue, so that a slow disk never holds a thread of the cooperative pool.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    /// A database of an open connection.
    public init(_ connection: consuming Connection, label: String = "database") {
        queue = SerialQueue(label: label)
        self.connection = connection
    }

    /// Reads.
    ///
    /// Several statements see one state of the file only inside ``write(_:)``.
    ///
    /// - Throws: ``SQLiteError``, or what `body` throws.
    public func read<T: Sendable>(_ body: @Sendable (borrowing Connection) throws -> T) throws -> T {
        try body(connection)
    }

    /// Reads; whoever asks waits for its turn and for the disk.
    ///
    /// For callers that are no tasks. None may hold what work on this connection waits for.
    ///
    /// - Throws: ``SQLiteError``, or what `body` throws.
    public nonisolated func readAtOnce<T: Sendable>(_ body: @Sendable (borrowing Connection) throws -> T) throws -> T {
        try queue.wait { try assumeIsolated { try body($0.connection) } }
    }

    /// Runs `body` in one transaction: all of it is on the disk when this returns, or none of it.
    ///
    /// - Throws: ``SQLiteError``, or what `body` throws.
    public func write<T: Sendable>(_ body: @Sendable (inout Connection) throws -> T) throws -> T {
        try connection.transaction(body)
    }

    /// Like ``write(_:)``, but whatever waits at the same time shares one transaction, and so one sync of the disk (group commit).
    ///
    /// Each body still stands alone: one that throws takes back its own changes only.
    ///
    /// - Throws: ``SQLiteError``, or what `body` throws.
    public nonisolated func writeTogether<T: Sendable>(
        _ body: @escaping @Sendable (inout Connection) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let joined = Joined(
                run: { connection in
                    let result = Result { try connection.savepoint(body) }
                    return { continuation.resume(with: result) }
                },
                fail: { continuation.resume(throwing: $0) })
            let isFirst = joining.withLock { $0.add(joined) }
            guard isFirst else { return }
            queue.run { self.assumeIsolated { $0.commitTogether() } }
        }
    }

    /// A body that waits for a transaction.
    private struct Joined: Sendable {
        /// Runs it; what it returns hands the result over once the transaction is committed.
        let run: @Sendable (inout Connection) -> @Sendable () -> Void
        /// Tells that nothing of it stays.
        let fail: @Sendable (any Error) -> Void
    }

    /// The bodies that wait for the next transaction.
    private struct Joining {
        var bodies: [Joined] = []

        /// Adds one; returns whether it is the first, whose coming asks for the transaction.
        mutating func add(_ body: Joined) -> Bool {
            bodies.append(body)
            return bodies.count == 1
        }
    }

    private func commitTogether() {
        let joined = joining.withLock { waiting in
            defer { waiting.bodies = [] }
            return waiting.bodies
        }
        var endings: [@Sendable () -> Void] = []
        do {
            try connection.transaction { connection in
                for body in joined {
                    endings.append(body.run(&connection))
                    // A full disk takes the whole transaction back by itself; what came next would stand outside of any.
                    guard connection.isInTransaction else {
                        throw SQLiteError(kind: .full, operation: "writing together", message: "the transaction was taken back")
                    }
                }
            }
        } catch {
            for body in joined { body.fail(error) }
            return
        }
        for ending in endings { ending() }
    }
}

/// A dispatch queue as an actor's executor.
final class SerialQueue: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        queue.async { unowned.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }

    /// Runs work in its turn, while the caller waits.
    func wait<T>(_ work: () throws -> T) rethrows -> T { try queue.sync(execute: work) }

    /// Runs work in its turn, without a task around it.
    func run(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }
}
