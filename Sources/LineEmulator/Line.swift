internal import Dispatch
internal import Glibc
internal import Synchronization

/// How a line behaves.
///
/// The default is a perfect one.
public struct LineShape: Sendable {
    /// Bytes a second each way; as fast as the machine where nil.
    public var bytesPerSecond: Double?
    /// Seconds from a request's last byte to the first of its answer, beside the server's own time.
    public var roundTrip = 0.0
    /// After so many bytes upwards the connection that carried the last of them is reset, again and again.
    public var resetsEvery: Int?
    /// After so many bytes upwards packets vanish without a word on every connection there is then.
    ///
    /// New connections work.
    public var vanishesAfter: Int?
    /// Nothing moves for `seconds` at the end of each `every` seconds, and connections break at its beginning.
    public var outage: (every: Double, seconds: Double)?

    /// A perfect line.
    public init() {}

    /// What a village has on a good evening: 1 Mbit/s, 300 ms.
    public static let village: LineShape = {
        var shape = LineShape()
        shape.bytesPerSecond = 125_000
        shape.roundTrip = 0.3
        return shape
    }()
}

/// A bad line between a client and a server on this machine: a relay on a port of its own.
///
/// One queue each way is shared by all connections, as a modem's is; a connection is usable a round trip after it was made.
/// Slow start and lost packets are not played.
public final class Line: Sendable {
    /// What went through.
    public struct Traffic: Sendable {
        /// Bytes from clients to the server.
        public var up = 0
        /// Bytes from the server to clients.
        public var down = 0
        /// Connections made.
        public var connections = 0
        /// Connections that the line broke.
        public var broken = 0
        /// When bodies went upwards, in seconds of the system's uptime; nil: there were none.
        ///
        /// From the beginning of the first packet of over 1,000 bytes to the end of the last one: heads alone are shorter.
        public var bodies: ClosedRange<Double>?
    }

    /// The address to use in the server's place, without a slash at its end.
    public var address: String { "http://127.0.0.1:\(port)" }
    /// The relay's port.
    public let port: UInt16
    private let state: Mutex<Traffic>
    private let ended = Atomic<Bool>(false)

    /// What went through so far.
    public var traffic: Traffic { state.withLock { $0 } }

    /// A line to a server on this machine.
    ///
    /// - Throws: ``LineFailure`` where the port cannot be had.
    public init(to server: UInt16, shape: LineShape) throws {
        let listener = try LoopbackSocket.listening()
        port = listener.port
        state = Mutex(Traffic())
        DispatchQueue(label: "line").async { [weak self] in
            let relay = Relay(listener: listener, server: server, shape: shape)
            while let self, !self.ended.load(ordering: .relaxed) {
                relay.turn()
                self.state.withLock { $0 = relay.traffic }
            }
        }
    }

    deinit { ended.store(true, ordering: .relaxed) }
}

/// The relay's work, on one thread.
private final class Relay {
    private let listener: LoopbackSocket
    private let server: UInt16
    private let shape: LineShape
    private var pairs: [Pair] = []
    private var upFree = 0.0
    private var downFree = 0.0
    private var nextReset: Int?
    private var hasVanished = false
    private var isOut = false
    private(set) var traffic = Line.Traffic()
    private let began = Relay.uptime

    /// One client's connection and its counterpart to the server.
    private final class Pair {
        let client: LoopbackSocket
        let server: LoopbackSocket
        let usableAt: Double
        var up = Way()
        var down = Way()
        var isLost = false

        init(client: LoopbackSocket, server: LoopbackSocket, usableAt: Double) {
            (self.client, self.server, self.usableAt) = (client, server, usableAt)
        }
    }

    /// What is on the way in one direction.
    private struct Way {
        var packets: [(at: Double, bytes: ArraySlice<UInt8>)] = []
        var isOver = false
        var isShut = false
    }

    static var uptime: Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

    init(listener: LoopbackSocket, server: UInt16, shape: LineShape) {
        (self.listener, self.server, self.shape) = (listener, server, shape)
        nextReset = shape.resetsEvery
    }

    /// One look at every socket; waits a little where nothing is to be done.
    func turn() {
        let now = Self.uptime
        wait(now)
        accept(now)
        playOutage(now)
        var served: Pair?
        for pair in pairs where !isOut && !pair.isLost && now >= pair.usableAt {
            let up = take(from: pair.client, into: &pair.up, free: &upFree, now)
            if up > 0 {
                served = pair
                traffic.up += up
                if up > 1000 { traffic.bodies = min(traffic.bodies?.lowerBound ?? now, now)...max(upFree, now) }
                spoil(pair)
            }
            guard !pair.isLost else { continue }
            traffic.down += take(from: pair.server, into: &pair.down, free: &downFree, now)
            give(&pair.up, to: pair.server, now)
            give(&pair.down, to: pair.client, now)
        }
        // Turn by turn: whoever was served last comes last, as connections of equal right share a line.
        if let served, let index = pairs.firstIndex(where: { $0 === served }) {
            pairs = Array(pairs[(index + 1)...] + pairs[...index])
        }
        pairs.removeAll { $0.up.isShut && $0.down.isShut }
    }

    private func wait(_ now: Double) {
        let isBusy = pairs.contains { !$0.up.packets.isEmpty || !$0.down.packets.isEmpty || now < $0.usableAt }
        var watched = [pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)]
        if !isOut {
            for pair in pairs where !pair.isLost && now >= pair.usableAt {
                // What the line has no room for yet is ready all the time: to watch it would be to wait for nothing.
                for (socket, way, free) in [(pair.client, pair.up, upFree), (pair.server, pair.down, downFree)]
                where !way.isOver && hasRoom(way, free, now) {
                    watched.append(pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0))
                }
            }
        }
        _ = poll(&watched, nfds_t(watched.count), isBusy || shape.bytesPerSecond != nil ? 1 : 20)
    }

    private func accept(_ now: Double) {
        while let client = listener.accept() {
            guard !isOut, let upstream = LoopbackSocket.connected(to: server) else {
                client.reset()
                continue
            }
            traffic.connections += 1
            pairs.append(Pair(client: client, server: upstream, usableAt: now + shape.roundTrip))
        }
    }

    private func playOutage(_ now: Double) {
        guard let (every, seconds) = shape.outage else { return }
        let place = (now - began).truncatingRemainder(dividingBy: every)
        let wasOut = isOut
        isOut = place > every - seconds
        guard isOut, !wasOut else { return }
        for pair in pairs { breakUp(pair) }
    }

    /// What a connection sends in one go: ten segments (RFC 6928).
    ///
    /// Shorter turns would have sixteen small requests end at the same moment and the line idle for a round trip after them, which a
    /// real line does not do (curl, 16 at once, fills 0.94 of one: `measurements.md`).
    private static let burst = 14_600

    /// Takes what a socket has, as far as the line's queue has room, and puts it on the way.
    ///
    /// - Returns: how many bytes.
    private func take(from socket: LoopbackSocket, into way: inout Way, free: inout Double, _ now: Double) -> Int {
        guard !way.isOver else { return 0 }
        guard hasRoom(way, free, now) else { return 0 }
        switch socket.receive(upTo: shape.bytesPerSecond == nil ? 65_536 : Self.burst) {
        case .nothing: return 0
        case .end:
            way.isOver = true
            return 0
        case .bytes(let bytes):
            let cost = shape.bytesPerSecond.map { Double(bytes.count) / $0 } ?? 0
            free = max(free, now) + cost
            way.packets.append((free + shape.roundTrip / 2, bytes[...]))
            return bytes.count
        }
    }

    /// A part of a round trip waits at the line's entry, not more: who sends notices that it is slow.
    private func hasRoom(_ way: Way, _ free: Double, _ now: Double) -> Bool {
        shape.bytesPerSecond == nil ? way.packets.count < 64 : free < now + max(0.02, shape.roundTrip / 4)
    }

    private func give(_ way: inout Way, to socket: LoopbackSocket, _ now: Double) {
        while let first = way.packets.first, first.at <= now {
            let sent = socket.send(first.bytes)
            way.packets[0].bytes = first.bytes.dropFirst(sent)
            guard way.packets[0].bytes.isEmpty else { return }
            way.packets.removeFirst()
        }
        if way.isOver, way.packets.isEmpty, !way.isShut {
            socket.shut()
            way.isShut = true
        }
    }

    private func spoil(_ pair: Pair) {
        if let limit = nextReset, let every = shape.resetsEvery, traffic.up >= limit {
            nextReset = limit + every
            breakUp(pair)
        }
        if let limit = shape.vanishesAfter, traffic.up >= limit, !hasVanished {
            hasVanished = true
            for pair in pairs { pair.isLost = true }
            traffic.broken += pairs.count
        }
    }

    private func breakUp(_ pair: Pair) {
        pair.client.reset()
        // What had come through stays with the server.
        pair.server.shut()
        pair.up.isShut = true
        pair.down.isShut = true
        pair.isLost = true
        traffic.broken += 1
    }
}
