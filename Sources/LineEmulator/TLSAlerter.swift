internal import Dispatch
internal import Glibc
internal import Synchronization

/// A server that answers whatever it is told with TLS's fatal alert `handshake_failure` (RFC 8446, section 6) and hangs up.
public final class TLSAlerter: Sendable {
    /// Its address, without a slash at its end.
    public let address: String
    private let ended = Atomic<Bool>(false)

    /// One on a port that the system chooses.
    ///
    /// - Throws: ``LineFailure``.
    public init() throws(LineFailure) {
        let listener = try LoopbackSocket.listening()
        address = "https://127.0.0.1:\(listener.port)"
        DispatchQueue(label: "tls-alerter").async { [weak self] in
            while let self, !self.ended.load(ordering: .relaxed) { Self.serve(listener) }
        }
    }

    deinit { ended.store(true, ordering: .relaxed) }

    private static let alert: [UInt8] = [21, 3, 3, 0, 2, 2, 40]

    private static func serve(_ listener: LoopbackSocket) {
        var watched = pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, 20) > 0, let client = listener.accept() else { return }
        var hello = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&hello, 1, 1000)
        // Read what was said: a close with unread bytes would be a reset.
        _ = client.receive(upTo: 16_384)
        _ = client.send(alert[...])
        client.shut()
    }
}
