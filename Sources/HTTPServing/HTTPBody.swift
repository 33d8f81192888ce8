internal import Synchronization

/// The body of a request, read in pieces as a handler asks for them, so that memory does not grow with it.
public final class HTTPBody: Sendable {
    private let limit: Mutex<Int>
    private let seen = Mutex(0)
    private let source: @Sendable () async throws -> [UInt8]?

    /// A body whose pieces come from `source`; nil ends it.
    init(limit: Int, source: @escaping @Sendable () async throws -> [UInt8]?) {
        self.limit = Mutex(limit)
        self.source = source
    }

    /// A body at hand.
    public convenience init(bytes: [UInt8]) {
        let rest = Mutex<[UInt8]?>(bytes.isEmpty ? nil : bytes)
        self.init(limit: Int.max) { rest.withLock { $0.take() } }
    }

    /// This body broken off after some of its bytes, as a dying line does, for scripted faults.
    ///
    /// What would come after them is ``HTTPFault`` 400.
    public func breaking(after count: Int) -> HTTPBody {
        allow(bytes: Int.max)
        let left = Mutex(count)
        return HTTPBody(limit: Int.max) {
            let allowed = left.withLock { $0 }
            guard allowed > 0, let piece = try await self.next() else { throw HTTPFault(400, "the body ended early") }
            left.withLock { $0 = max(0, allowed - piece.count) }
            return Array(piece.prefix(allowed))
        }
    }

    /// Allows a body of more bytes than the server's usual limit.
    ///
    /// Called by a handler that streams.
    public func allow(bytes: Int) { limit.withLock { $0 = bytes } }

    /// The next piece; nil after the last.
    ///
    /// - Throws: ``HTTPFault`` 413 over the limit, 408 where the sender stalls, 400 where the framing is malformed or the
    ///   connection ends early.
    public func next() async throws -> [UInt8]? {
        guard let piece = try await source() else { return nil }
        let total = seen.withLock { count in
            count += piece.count
            return count
        }
        guard total <= limit.withLock({ $0 }) else { throw HTTPFault(413, "the body is too large") }
        return piece
    }

    /// The whole body.
    ///
    /// - Throws: as ``next()``; 413 over `limit`.
    public func collect(limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await next() {
            guard bytes.count + piece.count <= limit else { throw HTTPFault(413, "the body is too large") }
            bytes += piece
        }
        return bytes
    }
}

/// The framing of a body on the wire (RFC 9112, sections 6 and 7), as a machine that is fed bytes.
struct BodyDecoder {
    private enum State {
        case counted(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailer
        case done
    }

    private var state: State
    private var line: [UInt8] = []
    private var trailerCount = 0

    init(_ framing: RequestHead.Framing) {
        state =
            switch framing {
            case .none: .done
            case .length(let count): .counted(left: count)
            case .chunked: .chunkSize
            }
    }

    var isDone: Bool { if case .done = state { true } else { false } }

    /// Takes bytes from the front of `buffer` and returns the content among them.
    mutating func take(from buffer: inout [UInt8]) throws(HTTPFault) -> [UInt8] {
        if case .counted(let left) = state, buffer.count <= left {
            // All of it is content: handed on, not copied.
            if buffer.count == left { state = .done } else { state = .counted(left: left - buffer.count) }
            defer { buffer = [] }
            return buffer
        }
        var content: [UInt8] = []
        var index = 0
        defer { buffer.removeFirst(index) }
        while index < buffer.count {
            switch state {
            case .done:
                return content
            case .counted(let left):
                let count = min(left, buffer.count - index)
                content += buffer[index..<index + count]
                index += count
                state = left == count ? .done : .counted(left: left - count)
            case .chunk(let left):
                let count = min(left, buffer.count - index)
                content += buffer[index..<index + count]
                index += count
                state = left == count ? .chunkEnd : .chunk(left: left - count)
            case .chunkSize, .chunkEnd, .trailer:
                let byte = buffer[index]
                index += 1
                guard byte == 0x0A else {
                    line.append(byte)
                    guard line.count <= 1024 else { throw HTTPFault(400, "a chunk line that is too long") }
                    if case .trailer = state { trailerCount += 1 }
                    guard trailerCount <= 8 * 1024 else { throw HTTPFault(431, "the trailer is too large") }
                    continue
                }
                guard line.popLast() == 0x0D, !line.contains(0x0D) else {
                    throw HTTPFault(400, "a chunk line that does not end in CR LF")
                }
                try finishLine()
                line = []
            }
        }
        return content
    }

    private mutating func finishLine() throws(HTTPFault) {
        switch state {
        case .chunkSize:
            let digits = line.prefix { $0 != UInt8(ascii: ";") }
            // `Int` alone would take a sign.
            guard digits.count <= 15, digits.allSatisfy(Self.isHexDigit),
                let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw HTTPFault(400, "a malformed chunk size") }
            state = size == 0 ? .trailer : .chunk(left: size)
        case .chunkEnd:
            guard line.isEmpty else { throw HTTPFault(400, "a chunk that does not end where it said") }
            state = .chunkSize
        case .trailer:
            if line.isEmpty { state = .done }
        case .counted, .chunk, .done:
            break
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
