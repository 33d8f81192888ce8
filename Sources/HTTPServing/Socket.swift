internal import Glibc

/// A failed system call on a socket.
public struct SocketError: Error, CustomStringConvertible {
    /// The call.
    public let operation: String
    /// errno.
    public let code: Int32

    /// The call and the system's words.
    public var description: String { "\(operation): \(String(cString: strerror(code)))" }

    /// Whether the address is taken by another program.
    public var isAddressInUse: Bool { code == EADDRINUSE }
}

/// A non-blocking TCP socket that closes itself.
final class Socket: Sendable {
    let descriptor: Int32

    init(adopting descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// A socket that listens on 127.0.0.1; port 0 lets the system choose.
    static func listening(port: UInt16) throws(SocketError) -> Socket {
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError(operation: "socket", code: errno) }
        let listener = Socket(adopting: descriptor)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0 else { throw SocketError(operation: "bind to 127.0.0.1:\(port)", code: errno) }
        guard listen(descriptor, 128) == 0 else { throw SocketError(operation: "listen", code: errno) }
        return listener
    }

    /// The port this socket is bound to.
    var port: UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// The next connection; waits for it.
    func accept() async throws -> Socket {
        while true {
            let accepted = Glibc.accept(descriptor, nil, nil)
            if accepted >= 0 {
                _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                var yes: Int32 = 1
                setsockopt(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
                return Socket(adopting: accepted)
            }
            switch errno {
            case EAGAIN: try await wait(.read, seconds: 3600 * 24)
            case EINTR, ECONNABORTED: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: try await Task.sleep(for: .milliseconds(100))
            case let code: throw SocketError(operation: "accept", code: code)
            }
        }
    }

    /// Bytes that have arrived; empty where the other side has closed.
    func receive(upTo count: Int, patience: Double) async throws -> [UInt8] {
        var hasYielded = false
        while true {
            var received = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
                received = recv(descriptor, buffer.baseAddress, count, 0)
                length = max(0, received)
            }
            if received >= 0 { return bytes }
            switch errno {
            case EAGAIN where !hasYielded:
                // On a fast line the next piece is there once others had their turn: much cheaper than waking the poller's thread.
                hasYielded = true
                await Task.yield()
            case EAGAIN: try await wait(.read, seconds: patience)
            case EINTR: continue
            case let code: throw SocketError(operation: "recv", code: code)
            }
        }
    }

    /// Sends all bytes.
    func send(_ bytes: [UInt8], patience: Double) async throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
                continue
            }
            switch errno {
            case EAGAIN: try await wait(.write, seconds: patience)
            case EINTR: continue
            case let code: throw SocketError(operation: "send", code: code)
            }
        }
    }

    /// Ends the connection so that the other side sees a reset.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        shutdown(descriptor, Int32(SHUT_RD))
    }

    /// Says that nothing more will be sent.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    private func wait(_ interest: Poller.Interest, seconds: Double) async throws {
        try await Poller.shared.wait(descriptor, for: interest, until: .now + .seconds(seconds))
    }
}
