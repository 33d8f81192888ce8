import Foundation
import JSONTree
import PortalWire

/// A plain TCP connection to 127.0.0.1 whose blocking calls run on threads of their own.
///
/// The portal under test lives in the same process and needs the few threads of the dispatch pool, which blocked calls would hold.
final class RawConnection: Sendable {
    struct Failure: Error { let operation: String }

    private let descriptor: Int32

    init(port: UInt16) async throws {
        descriptor = try await Self.blocking {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard descriptor >= 0 else { throw Failure(operation: "socket") }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard result == 0 else {
                close(descriptor)
                throw Failure(operation: "connect")
            }
            return descriptor
        }
    }

    deinit { close(descriptor) }

    /// Sends as much as the other side takes; a broken connection ends it.
    func send(_ bytes: [UInt8]) async throws {
        let descriptor = descriptor
        try await Self.blocking {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    /// Says that nothing more will come, as a line that dies in the middle of a body does.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Reads until `text` has arrived or the connection ends.
    func receive(until text: String? = nil) async throws -> [UInt8] {
        let descriptor = descriptor
        return try await Self.blocking {
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { return received }
                received += buffer[..<count]
                if let text, String(decoding: received, as: UTF8.self).contains(text) { return received }
            }
        }
    }

    private static func blocking<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
        }
    }
}

/// An answer read from the wire; a half one is none.
struct Answer: Sendable {
    let status: Int
    /// By lower-case name.
    let headers: [String: String]
    let body: [UInt8]

    /// Reads the bytes of one answer whose connection has ended; nil where they are not a whole one.
    init?(_ bytes: [UInt8], hasBody: Bool = true) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        let headLength = text[..<end.upperBound].utf8.count
        let body = Array(bytes.dropFirst(headLength))
        if hasBody, let length = headers["content-length"].flatMap({ Int($0) }), length != body.count { return nil }
        self.status = status
        self.headers = headers
        self.body = body
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> JSONValue { try JSONText.decode(JSONValue.self, from: Data(body)) }

    func message<T: Decodable>(_ type: T.Type = T.self) throws -> T { try JSONText.decode(type, from: Data(body)) }

    var problem: Problem? {
        guard headers["content-type"] == "application/problem+json" else { return nil }
        return try? message(Problem.self)
    }
}
