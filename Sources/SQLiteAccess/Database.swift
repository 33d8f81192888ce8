internal import Dispatch

/// A connection behind one serial queue.
///
/// Work on it is a synchronous closure that is lent the connection, so a transaction can be neither interleaved nor leaked.
public actor Database {
    private let queue: SerialQueue
    private var connection: Connection

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

    /// Runs `body` in one transaction: all of it is on the disk when this returns, or none of it.
    ///
    /// - Throws: ``SQLiteError``, or what `body` throws.
    public func write<T: Sendable>(_ body: @Sendable (inout Connection) throws -> T) throws -> T {
        try connection.transaction(body)
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
}
