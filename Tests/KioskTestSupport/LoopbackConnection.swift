internal import Foundation
internal import Glibc

/// A plain TCP connection to a server on this machine, for what no HTTP client would send.
///
/// Its calls run on threads of their own: the server under test may live in the same small cooperative pool.
public final class LoopbackConnection: Sendable {
    /// A failed call.
    public struct Failure: Error, CustomStringConvertible {
        /// The call and the system's words.
        public let description: String
    }

    private let descriptor: Int32

    /// Connects to 127.0.0.1.
    ///
    /// - Throws: ``Failure``.
    public init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "socket: errno \(errno)") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // A server that says nothing must fail the test, not hang it; one that waits for a full machine is no failure.
        var patience = timeval(tv_sec: 180, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw Failure(description: "connect to port \(port): \(String(cString: strerror(code)))")
        }
    }

    deinit { close(descriptor) }

    /// Sends bytes.
    ///
    /// - Throws: ``Failure``.
    public func send(_ bytes: [UInt8]) async throws {
        try await Self.aside { [descriptor] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { throw Failure(description: "send: \(String(cString: strerror(errno)))") }
                rest = rest.dropFirst(count)
            }
        }
        withExtendedLifetime(self) {}
    }

    /// Sends text.
    ///
    /// - Throws: ``Failure``.
    public func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Says that nothing more will be sent.
    public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What has come by the time that a condition on all of it holds, or the server has closed.
    ///
    /// - Throws: ``Failure`` where the connection was reset or nothing comes for a minute.
    public func receive(until enough: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }) async throws -> [UInt8] {
        let bytes = try await Self.aside { [descriptor] in
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while !enough(all) {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count >= 0 else {
                    let words = String(cString: strerror(errno))
                    throw Failure(description: "recv after \(all.count) bytes: \(words)")
                }
                if count == 0 { break }
                all += buffer[..<count]
            }
            return all
        }
        return withExtendedLifetime(self) { bytes }
    }

    /// All that comes until the server closes, as text.
    ///
    /// - Throws: as ``receive(until:)``.
    public func text() async throws -> String { String(decoding: try await receive(), as: UTF8.self) }

    /// Runs blocking work on a thread of its own.
    private static func aside<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
        }
    }
}
