internal import Dispatch
internal import Glibc
internal import Synchronization

/// Suspends tasks until a socket is ready: one thread of the process sleeps in poll (2) for all of them.
///
/// A server of at most a few dozen connections needs no more, and poll, unlike epoll, is in the C library's own module.
final class Poller: Sendable {
    enum Interest { case read, write }

    /// The wait ended because its time ran out.
    struct TimedOut: Error {}

    private struct Waiter {
        let continuation: CheckedContinuation<Void, any Error>
        let interest: Interest
        let deadline: ContinuousClock.Instant
    }

    static let shared = Poller()

    private let waiters = Mutex<[Int32: Waiter]>([:])
    /// A pipe that wakes the thread when there is something new to wait for.
    private let wakeReader: Int32
    private let wakeWriter: Int32

    private init() {
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0, "the system has no descriptors left")
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (wakeReader, wakeWriter) = (ends[0], ends[1])
        DispatchQueue(label: "http-poller", qos: .userInitiated).async { [self] in loop() }
    }

    /// Waits until `descriptor` is ready.
    ///
    /// One task at a time waits on a descriptor.
    ///
    /// - Throws: ``TimedOut`` or `CancellationError`.
    func wait(_ descriptor: Int32, for interest: Interest, until deadline: ContinuousClock.Instant) async throws {
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                waiters.withLock {
                    $0[descriptor] = Waiter(continuation: continuation, interest: interest, deadline: deadline)
                }
                if Task.isCancelled { resume(descriptor, with: .failure(CancellationError())) }
                wake()
            }
        } onCancel: {
            resume(descriptor, with: .failure(CancellationError()))
        }
    }

    private func wake() {
        var byte: UInt8 = 1
        _ = write(wakeWriter, &byte, 1)
    }

    private func resume(_ descriptor: Int32, with result: Result<Void, any Error>) {
        waiters.withLock { $0.removeValue(forKey: descriptor) }?.continuation.resume(with: result)
    }

    private func loop() -> Never {
        var drained = [UInt8](repeating: 0, count: 256)
        while true {
            let (entries, nearest) = waiters.withLock { table in
                (
                    table.map { pollfd(fd: $0.key, events: Int16($0.value.interest == .read ? POLLIN : POLLOUT), revents: 0) },
                    table.values.map(\.deadline).min()
                )
            }
            var watched = [pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0)] + entries
            let left = nearest.map { ContinuousClock.now.duration(to: $0) } ?? .seconds(60)
            let milliseconds = min(
                60_000, max(0, left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1))
            _ = poll(&watched, nfds_t(watched.count), Int32(milliseconds))
            while read(wakeReader, &drained, drained.count) > 0 {}
            for entry in watched.dropFirst() where entry.revents != 0 { resume(entry.fd, with: .success(())) }
            let now = ContinuousClock.now
            let late = waiters.withLock { table in table.filter { $0.value.deadline <= now }.map(\.key) }
            for descriptor in late { resume(descriptor, with: .failure(TimedOut())) }
        }
    }
}
