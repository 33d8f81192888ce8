internal import Synchronization

/// Measures the line while a run works on it, and says how much to have under way: what is in flight should be a little more
/// than the line holds, so that it is never idle and never flooded.
///
/// The line holds its rate times its round trip. The rate is the best that it carried during one of the last requests, the
/// round trip the shortest that any request took. While the line is not full, each round trip shows a higher rate, and so
/// doubles what is under way; once it is full neither changes any more (the idea of BBR, draft-ietf-ccwg-bbr). The time that an
/// operation is at this machine's disk counts as the round trip's: meanwhile it is under way and uses no line.
public final class LineGauge: Sendable {
    /// Bounds of what a gauge says.
    public struct Bounds: Sendable {
        /// So many requests are under way whatever was measured: while one waits for its answer the others use the line.
        public var fewest = 4
        /// The most requests under way; where the disk takes longer than the line, as many operations again may be at the disk.
        public var most = 16
        /// So many bytes of bodies may be under way whatever was measured: sixteen dossiers, less than half a second of a bad line.
        public var firstBytes = 48 << 10
        /// So many bytes of bodies under way are enough for the fastest line.
        public var mostBytes = 8 << 20
        /// The shortest piece of a file in one request.
        public var shortestPiece = 64 << 10
        /// The longest piece of a file in one request.
        ///
        /// It is read as it is sent and takes no memory; of a request's own cost nothing is seen any more at this length.
        public var longestPiece = 8 << 20
        /// The longest piece while nothing was measured: eight seconds of a bad line.
        public var firstPiece = 1 << 20
        /// How many seconds a piece should take: what a server that forgets broken requests can make us send twice.
        public var pieceSeconds = 10.0
        /// A file that takes longer than so many seconds does not go whole with its creation: what a line that breaks had carried of
        /// it would be lost.
        public var wholeSeconds = 2.0

        /// Four to sixteen requests, 8 MiB.
        public init() {}
    }

    /// A request under way.
    public struct Mark: Sendable {
        fileprivate let began: Double
    }

    /// About how many bytes the request of a dossier has.
    public static let message = 3000

    /// A request with a body that was answered.
    private struct Carried {
        let began: Double
        let ended: Double
        let bytes: Int

        /// Bytes a second that the line carried in this request's time, of all the requests given.
        ///
        /// The lesser of two counts that err upwards: each request's bytes spread evenly over its time are too many where requests
        /// queue, the bytes answered meanwhile are where a short request ends among long ones that began long before.
        func rate(among all: [Carried]) -> Double {
            var spread = 0.0
            var answered = 0
            for one in all {
                let common = min(ended, one.ended) - max(began, one.began)
                if common > 0 { spread += Double(one.bytes) * common / (one.ended - one.began) }
                if one.ended > began, one.ended <= ended { answered += one.bytes }
            }
            return min(spread, Double(answered)) / (ended - began)
        }
    }

    private struct State {
        var lately: [Carried] = []
        var rate: Double?
        var roundTrip: Double?
        /// About how long an operation is at this machine's disk, before its request and after it.
        var localSeconds = 0.0
        /// What a proxy on the way takes at most.
        var proxyLimit: Int
        /// What the line carries before it breaks.
        var breakLimit: Int
        var pieceLimit: Int { min(proxyLimit, breakLimit) }
    }

    private let bounds: Bounds
    private let state: Mutex<State>

    /// A gauge that has measured nothing.
    public init(bounds: Bounds = Bounds()) {
        self.bounds = bounds
        state = Mutex(State(proxyLimit: bounds.longestPiece, breakLimit: bounds.longestPiece))
    }

    /// A request begins.
    ///
    /// - Parameter uptime: seconds of a clock that never jumps.
    public func begin(uptime: Double) -> Mark {
        Mark(began: uptime)
    }

    /// A request was answered.
    ///
    /// - Parameter bytes: of its body.
    public func end(_ mark: Mark, bytes: Int, uptime: Double) {
        let seconds = max(uptime - mark.began, 1e-6)
        state.withLock { state in
            state.roundTrip = min(state.roundTrip ?? seconds, seconds)
            guard bytes > 0 else { return }
            if bytes >= state.breakLimit { state.breakLimit = min(bounds.longestPiece, 2 * state.breakLimit) }
            if state.lately.count >= 16 { state.lately.removeFirst() }
            state.lately.append(Carried(began: mark.began, ended: mark.began + seconds, bytes: bytes))
            let lately = state.lately
            state.rate = lately.lazy.map { $0.rate(among: lately) }.max()
        }
    }

    /// An operation ended that was so many seconds at work beside its requests.
    public func noteLocal(seconds: Double) {
        state.withLock { $0.localSeconds += (max(0, seconds) - $0.localSeconds) / 8 }
    }

    /// Bytes a second that the line carries; nil while nothing was measured.
    public var rate: Double? { state.withLock { $0.rate } }

    /// How long the piece of a file in one request should be.
    public var piece: Int {
        state.withLock { state in
            let wanted = state.rate.map { $0 * bounds.pieceSeconds } ?? Double(bounds.firstPiece)
            return min(state.pieceLimit, max(bounds.shortestPiece, Int(min(wanted, Double(bounds.longestPiece)))))
        }
    }

    /// The longest file that goes up whole in the request that creates its upload: one round trip for a small file.
    public var whole: Int {
        let rate = rate ?? 0
        return min(piece, max(bounds.shortestPiece, Int(min(rate * bounds.wholeSeconds, Double(bounds.longestPiece)))))
    }

    /// A proxy on the way refused a request of so many bytes: no longer one is made in this run.
    ///
    /// - Returns: whether a shorter piece is possible.
    public func refused(bytes: Int) -> Bool {
        state.withLock { state in
            guard bytes > bounds.shortestPiece else { return false }
            state.proxyLimit = min(state.proxyLimit, max(bounds.shortestPiece, bytes / 2))
            return true
        }
    }

    /// The line broke under a request of so many bytes: shorter pieces for a while, so that one of them comes through whole.
    public func broke(bytes: Int) {
        state.withLock { state in
            state.breakLimit = max(bounds.shortestPiece, min(state.breakLimit, bytes) / 2)
        }
    }

    /// Whether another request should begin.
    ///
    /// - Parameters:
    ///   - underWay: how many are.
    ///   - bytesUnderWay: bytes of their bodies.
    public func mayBegin(underWay: Int, bytesUnderWay: Int) -> Bool {
        guard underWay >= min(bounds.fewest, bounds.most) else { return true }
        return state.withLock { state in
            // Beside a fast line half of them are at the disk.
            let isDiskSlower = bounds.most > 1 && state.localSeconds > state.roundTrip ?? .infinity
            guard underWay < (isDiskSlower ? 2 * bounds.most : bounds.most) else { return false }
            let held = (state.rate ?? 0) * ((state.roundTrip ?? 0) + state.localSeconds)
            return Double(bytesUnderWay) < min(Double(bounds.mostBytes), max(Double(bounds.firstBytes), 2 * held))
        }
    }
}
