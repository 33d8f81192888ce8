internal import CCurl
internal import Dispatch
internal import KioskSync
internal import Synchronization

/// One request for libcurl.
struct CurlRequest: Sendable {
    var method: String
    var url: String
    var headers: [(name: String, value: String)] = []
    var body: OutgoingBytes?
    /// Whether the body is a piece of a file.
    var carriesFile = false
    /// Whether the answer may come compressed (gzip): only where its ETag is none that a change names, for a proxy that compresses weakens it.
    var acceptsCompression = false
    /// The most bytes that an answer may have, unpacked.
    var answerLimit = 16 * 1024 * 1024
    /// Seconds after which it is given up where nothing moves, if fewer than the setting's.
    var stallSeconds: Int?
    /// Whether the head of an answer over the limit is wanted; else it is a fault.
    var keepsHeadOverLimit = false
}

/// An answer.
struct CurlAnswer: Sendable {
    var status: Int
    /// By lower-case name; of several of one name the last.
    var headers: [String: String]
    var body: [UInt8]
    /// Whether it was longer than the request's limit; its body is empty then.
    var isOverLimit = false
}

/// How libcurl is set up for every request of a connection pool.
struct CurlSetting: Sendable {
    /// Seconds to connect.
    var connectSeconds = 15
    /// A transfer that moves less than one byte a second for so long is given up: a black hole is noticed in half a minute.
    var stallSeconds = 30
    /// The longest a request may take, beside a second for each kB of its body: a server that trickles cannot hold a run.
    var longestSeconds = 180
    /// A bundle of certificate authorities that is trusted in the system's place; the system's where nil.
    var authorities: String?
    /// The keys that the portal may have, as libcurl wants them; any that a trusted certificate names where nil.
    var pinnedPublicKey: String?
    /// The proxy that everything goes through but plain http, which is for this machine alone; none where nil.
    var proxy: Proxy?
    /// The most connections.
    var connections = 8
    /// The most bytes of bodies a second, of all transfers together.
    var bytesPerSecond: Int?

    /// The longest a request with so many bytes may take; under a limit all connections share it.
    func longestSeconds(for bytes: Int) -> Int {
        longestSeconds + bytes / 1000 + (bytesPerSecond.map { bytes * connections / max(1, $0) } ?? 0)
    }
}

/// libcurl's multi interface on a queue of its own: requests are handed over and awaited; one connection pool for all.
final class CurlLoop: Sendable {
    private let multi: CurlMulti
    private let handles: EasyHandles
    private let setting: CurlSetting
    private let incoming = Mutex<Incoming>(Incoming())
    private let counts = Mutex(Traffic())

    private struct Incoming {
        var transfers: [Transfer] = []
        var isStopped = false
    }

    init(setting: CurlSetting = CurlSetting()) {
        self.setting = setting
        multi = CurlMulti(connections: setting.connections)
        handles = EasyHandles(most: setting.connections)
        // The queue holds only what it needs, so that the loop ends when its owner goes.
        let (multi, hand) = (multi, Hand { [weak self] in self?.take() })
        let rate = setting.bytesPerSecond
        DispatchQueue(label: "kiosk.curl").async { Self.run(multi, hand, rate.map { SendMeter(bytesPerSecond: $0) }) }
    }

    deinit { multi.wake() }

    /// Breaks every transfer off, those too that are asked for from now on.
    func stop() {
        incoming.withLock { $0.isStopped = true }
        multi.wake()
    }

    /// What went over the line so far.
    var traffic: Traffic { counts.withLock { $0 } }

    /// Sends a request and waits for its answer.
    func perform(_ request: CurlRequest) async throws(CurlFault) -> CurlAnswer {
        let result = await withCheckedContinuation { continuation in
            let transfer = Transfer(request, setting: setting, handles: handles) { [self] result, sent, received in
                counts.withLock { counts in
                    counts.sent += sent
                    counts.received += received
                    if request.carriesFile { counts.fileBytes += sent }
                }
                continuation.resume(returning: result)
            }
            incoming.withLock { $0.transfers.append(transfer) }
            multi.wake()
        }
        return try result.get()
    }

    private func take() -> Incoming {
        incoming.withLock { state in
            defer { state.transfers = [] }
            return state
        }
    }

    /// Asks for new transfers; nil once the owner is gone.
    private struct Hand: Sendable {
        let take: @Sendable () -> Incoming?
        init(_ take: @escaping @Sendable () -> Incoming?) { self.take = take }
    }

    private static func run(_ multi: CurlMulti, _ hand: Hand, _ meter: SendMeter?) {
        var underWay: [UnsafeMutableRawPointer: Transfer] = [:]
        var brokeAt: ContinuousClock.Instant?
        while true {
            // The owner cannot go while a transfer is under way: whoever awaits it holds the owner.
            guard let new = hand.take() else { return }
            for transfer in new.transfers {
                underWay[transfer.handle] = transfer
                transfer.meter = meter
                // What was connected before the line broke may be as dead, and say nothing for half a minute.
                if let brokeAt { transfer.avoidConnections(olderThan: Int((ContinuousClock.now - brokeAt).components.seconds)) }
                multi.add(transfer.handle)
            }
            if new.isStopped {
                for (handle, transfer) in underWay {
                    multi.remove(handle)
                    transfer.end(CURLE_ABORTED_BY_CALLBACK, isStopped: true)
                }
                underWay = [:]
            }
            for (handle, code) in multi.turn(atMost: meter?.resume(underWay.values) ?? 1000) {
                if code != CURLE_OK { brokeAt = .now }
                underWay.removeValue(forKey: handle)?.end(code)
            }
        }
    }
}

/// The multi handle.
///
/// libcurl allows one thread at a time on it, which the loop's queue is, and `wake` from any.
final class CurlMulti: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer

    init(connections: Int) {
        _ = Self.globalInit
        guard let handle = curl_multi_init() else { preconditionFailure("libcurl has no memory for a multi handle") }
        self.handle = handle
        ccurl_multi_set_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections)
        ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, connections)
    }

    deinit { curl_multi_cleanup(handle) }

    private static let globalInit: Bool = ccurl_global_init() == CURLE_OK

    func wake() { curl_multi_wakeup(handle) }

    func add(_ easy: UnsafeMutableRawPointer) { curl_multi_add_handle(handle, easy) }

    func remove(_ easy: UnsafeMutableRawPointer) { curl_multi_remove_handle(handle, easy) }

    /// Lets the transfers go on, waits for something to happen, and returns those that ended.
    ///
    /// - Parameter milliseconds: the longest wait.
    func turn(atMost milliseconds: Int32) -> [(UnsafeMutableRawPointer, CURLcode)] {
        var running: Int32 = 0
        curl_multi_perform(handle, &running)
        let ended = messages()
        if ended.isEmpty { curl_multi_poll(handle, nil, 0, milliseconds, nil) }
        return ended
    }

    private func messages() -> [(UnsafeMutableRawPointer, CURLcode)] {
        var ended: [(UnsafeMutableRawPointer, CURLcode)] = []
        var left: Int32 = 0
        while let message = curl_multi_info_read(handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = ccurl_message_result(message)
            curl_multi_remove_handle(handle, easy)
            ended.append((easy, code))
        }
        return ended
    }
}
