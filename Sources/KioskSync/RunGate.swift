public import FoundationEssentials
internal import KioskDomain
internal import Synchronization

/// What a run may send, and until when.
public struct SendLimits: Equatable, Sendable {
    /// Bytes of bodies in a day of Viet Nam, after which large files wait until the next; nil: any number.
    public var bytesPerDay: Int?
    /// Whether large files wait: the line is paid by the byte, or it is not this kiosk's hour.
    public var holdsLargeFiles = false
    /// When the run ends what it is at and begins nothing new; nil: when all is done.
    public var until: Date?

    /// A file of more bytes is large; what dossiers themselves take (3 kB) never is.
    public static let largeFile = 64 << 10

    /// No limits.
    public init() {}
}

/// Which files wait although they are due: the large ones, unless the law wants their dossier today.
public struct FileHold: Equatable, Sendable {
    /// Files of more bytes wait.
    public var over: Int
    /// A dossier that the law wants by this instant has its files sent all the same.
    public var unlessSentBy: Date

    /// A hold.
    public init(over: Int = SendLimits.largeFile, unlessSentBy: Date) {
        self.over = over
        self.unlessSentBy = unlessSentBy
    }

    /// The hold of a day: what the law wants on it goes.
    public static func on(_ now: Date) -> FileHold {
        FileHold(unlessSentBy: VietnamTime.instant(VietnamTime.day(of: now).adding(days: 1), minute: 0))
    }
}

/// Keeps a run within its limits.
///
/// The day's bytes are reserved before a piece leaves, so that many at once stay within them together.
final class RunGate: Sendable {
    /// After so many bytes they are counted in their day.
    static let countedEvery = 1 << 20

    private struct State {
        var day: CalendarDate
        var left: Int
        var counted: Int
    }

    private let limits: SendLimits
    private let state: Mutex<State>

    /// A gate.
    ///
    /// - Parameters:
    ///   - sentToday: bytes that earlier runs sent today.
    ///   - before: bytes that the portal's client had sent before this run.
    init(_ limits: SendLimits, sentToday: Int, before: Int, now: Date) {
        self.limits = limits
        state = Mutex(
            State(day: VietnamTime.day(of: now), left: (limits.bytesPerDay ?? 0) - sentToday, counted: before))
    }

    /// Whether something new may begin.
    func isOpen(now: Date) -> Bool { limits.until.map { now < $0 } ?? true }

    /// Which files wait now.
    func hold(now: Date) -> FileHold? {
        guard !limits.holdsLargeFiles else { return FileHold.on(now) }
        guard limits.bytesPerDay != nil else { return nil }
        return left(now: now) <= 0 ? FileHold.on(now) : nil
    }

    /// How long a piece may be: where the day's limit holds, little longer than what is left of it, and what a run that is killed in it
    /// has not counted is little.
    ///
    /// - Parameter isHeld: whether the day's limit holds for it.
    func piece(atMost bytes: Int, isHeld: Bool, now: Date) -> Int {
        guard isHeld, limits.bytesPerDay != nil else { return bytes }
        return min(bytes, Self.countedEvery, max(SendLimits.largeFile, left(now: now)))
    }

    /// Whether a piece of a file may leave; reserves its bytes.
    ///
    /// - Parameter isHeld: whether the day's limit holds for it.
    func lets(bytes: Int, isHeld: Bool, now: Date) -> Bool {
        guard isOpen(now: now) else { return false }
        guard limits.bytesPerDay != nil else { return true }
        let left = left(now: now)
        guard left > 0 || !isHeld else { return false }
        state.withLock { $0.left -= bytes }
        return true
    }

    /// Bytes not yet counted in their day; nil where there is nothing to count, or less than `least`.
    func uncounted(of sent: Int, atLeast least: Int) -> Int? {
        guard limits.bytesPerDay != nil else { return nil }
        return state.withLock { state in
            let bytes = sent - state.counted
            guard bytes > 0, bytes >= least else { return nil }
            state.counted = sent
            return bytes
        }
    }

    private func left(now: Date) -> Int {
        let today = VietnamTime.day(of: now)
        return state.withLock { state in
            if state.day != today { (state.day, state.left) = (today, limits.bytesPerDay ?? 0) }
            return state.left
        }
    }
}
