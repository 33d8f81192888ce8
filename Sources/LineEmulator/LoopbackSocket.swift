internal import Glibc

/// A socket on this machine that never waits.
public final class LoopbackSocket: Sendable {
    /// What a look for bytes found.
    public enum Received {
        /// Nothing yet.
        case nothing
        /// Bytes.
        case bytes([UInt8])
        /// The other side is done, or the connection broke.
        case end
    }

    /// The system's number of it.
    public let descriptor: Int32
    /// The port it listens on; 0: it does not.
    public let port: UInt16

    private init(descriptor: Int32, port: UInt16 = 0) {
        self.descriptor = descriptor
        self.port = port
    }

    deinit { close(descriptor) }

    /// A listener on a port that the system chooses.
    public static func listening() throws(LineFailure) -> LoopbackSocket {
        let descriptor = new()
        var address = loopback(port: 0)
        guard bound(descriptor, &address), listen(descriptor, 128) == 0 else {
            close(descriptor)
            throw LineFailure(description: "listening on a free port: errno \(errno)")
        }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return LoopbackSocket(descriptor: descriptor, port: UInt16(bigEndian: address.sin_port))
    }

    /// A connection; nil where nobody listens.
    public static func connected(to port: UInt16) -> LoopbackSocket? {
        let socket = LoopbackSocket(descriptor: new())
        var address = loopback(port: port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket.descriptor, $0, size) }
        }
        return result == 0 || errno == EINPROGRESS ? socket : nil
    }

    private static func new() -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        sendAtOnce(descriptor)
        return descriptor
    }

    /// What came over the line goes on as it came: Nagle's algorithm would hold each request's last bytes back for an acknowledgement.
    private static func sendAtOnce(_ descriptor: Int32) {
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func bound(_ descriptor: Int32, _ address: inout sockaddr_in) -> Bool {
        // What a slow line has not taken yet must stay with whoever sends it.
        var buffer: Int32 = 16_384
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, socklen_t(MemoryLayout<Int32>.size))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) } == 0
        }
    }

    /// A connection that waits to be accepted; nil where there is none.
    public func accept() -> LoopbackSocket? {
        let taken = Glibc.accept(descriptor, nil, nil)
        guard taken >= 0 else { return nil }
        _ = fcntl(taken, F_SETFL, O_NONBLOCK)
        _ = fcntl(taken, F_SETFD, FD_CLOEXEC)
        Self.sendAtOnce(taken)
        return LoopbackSocket(descriptor: taken)
    }

    /// Bytes that are there.
    public func receive(upTo count: Int) -> Received {
        var received = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            received = recv(descriptor, buffer.baseAddress, count, 0)
            length = max(0, received)
        }
        if received > 0 { return .bytes(bytes) }
        return received < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN) ? .nothing : .end
    }

    /// Hands bytes over, as many as the system takes now.
    ///
    /// - Returns: how many bytes were taken.
    public func send(_ bytes: ArraySlice<UInt8>) -> Int {
        let sent = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        // To whom nobody listens any more everything can be sent.
        return sent >= 0 ? sent : errno == EAGAIN || errno == EINTR || errno == ENOTCONN ? 0 : bytes.count
    }

    /// Ends what is sent.
    public func shut() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends the connection with an RST.
    public func reset() {
        var hard = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
    }
}
