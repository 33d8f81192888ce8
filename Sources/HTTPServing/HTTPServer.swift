internal import FoundationEssentials
internal import Synchronization

/// A small strict HTTP/1.1 server on the loopback interface.
///
/// It knows nothing of kiosks.
public final class HTTPServer: Sendable {
    private let listener: Socket
    private let limits: HTTPLimits
    private let handler: Router.Handler
    private let report: @Sendable (any Error) -> Void
    private let open = Atomic<Int>(0)

    /// The port it listens on.
    public let port: UInt16

    /// A server bound to 127.0.0.1.
    ///
    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - report: is told of errors that became a bare 500.
    /// - Throws: ``SocketError`` where the port cannot be had.
    public init(
        port: UInt16, limits: HTTPLimits = HTTPLimits(), report: @escaping @Sendable (any Error) -> Void = { _ in },
        handler: @escaping Router.Handler
    ) throws(SocketError) {
        listener = try Socket.listening(port: port)
        self.port = listener.port
        self.limits = limits
        self.report = report
        self.handler = handler
    }

    /// Serves until the task is cancelled; then takes no new connection, lets the requests under way end, and returns.
    ///
    /// - Throws: ``SocketError`` where no connection can be accepted any more.
    public func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            do {
                while true {
                    let socket = try await listener.accept()
                    group.addTask { await self.serve(socket) }
                }
            } catch is CancellationError {
                return
            }
        }
    }

    private func serve(_ socket: Socket) async {
        let count = open.add(1, ordering: .relaxed).newValue
        defer { open.subtract(1, ordering: .relaxed) }
        do {
            if count > limits.connections {
                let refusal = HTTPFault(429, "too many connections at once").response.with("Retry-After", "1")
                try await send(refusal, to: socket, keepAlive: false, includeBody: true)
                await drain(socket)
                return
            }
            var buffer: [UInt8] = []
            while try await serveRequest(on: socket, buffer: &buffer) {}
        } catch {
            // The line or the other side ended the connection: there is nobody left to tell.
        }
    }

    /// Serves one request; returns whether the connection goes on.
    private func serveRequest(on socket: Socket, buffer: inout [UInt8]) async throws -> Bool {
        let head: RequestHead
        do {
            guard let received = try await receiveHead(on: socket, buffer: &buffer) else { return false }
            head = received
        } catch let fault as HTTPFault {
            try await send(fault.response, to: socket, keepAlive: false, includeBody: true)
            await drain(socket)
            return false
        }
        let stream = BodyStream(socket: socket, head: head, buffer: buffer, patience: limits.patience)
        if case .length(let count) = head.framing, count > limits.body { stream.isOversize = true }
        let request = HTTPRequest(head: head, body: HTTPBody(limit: limits.body) { try await stream.next() })
        var response: HTTPResponse
        do {
            response = try await handler(request)
        } catch let error as any HTTPResponseError {
            response = error.response
        } catch is CancellationError {
            response = HTTPFault(503, "the server is stopping").response
        } catch {
            report(error)
            response = HTTPFault(500, "something went wrong inside").response
        }
        let finished = await stream.discardRest(limit: 256 * 1024)
        let keepAlive = head.keepAlive && finished && !Task.isCancelled
        if case .cut(let count, let bytes) = response.body {
            try await cut(response, bytes, after: count, on: socket)
            return false
        }
        try await send(response, to: socket, keepAlive: keepAlive, includeBody: head.method != "HEAD")
        if !keepAlive {
            await drain(socket)
            return false
        }
        buffer = stream.rest
        return true
    }

    private func receiveHead(on socket: Socket, buffer: inout [UInt8]) async throws -> RequestHead? {
        var started: ContinuousClock.Instant?
        while true {
            buffer.removeFirst(buffer.prefix { $0 == 0x0D || $0 == 0x0A }.count)
            if !buffer.isEmpty, started == nil { started = .now }
            if let end = try RequestHead.end(in: buffer, limits: limits) {
                let head = try RequestHead(parsing: buffer[..<end], limits: limits)
                buffer.removeFirst(end)
                return head
            }
            var patience = limits.idle
            if let started {
                let spent = Double((ContinuousClock.now - started).components.seconds)
                patience = limits.patience - spent
                guard patience > 0 else { throw HTTPFault(408, "the request took too long") }
            }
            do {
                let bytes = try await socket.receive(upTo: 16 * 1024, patience: patience)
                guard !bytes.isEmpty else {
                    guard buffer.isEmpty else { throw HTTPFault(400, "the request ended early") }
                    return nil
                }
                buffer += bytes
            } catch is Poller.TimedOut {
                guard started != nil else { return nil }
                throw HTTPFault(408, "the request took too long")
            }
        }
    }

    private func head(of response: HTTPResponse, length: Int, keepAlive: Bool) -> [UInt8] {
        var text = "HTTP/1.1 \(response.status) \(HTTPResponse.phrase(response.status))\r\n"
        for (name, value) in response.headers.fields {
            // A line break in a value would begin another header: it is taken out, whoever wrote it.
            text += "\(name): \(value.filter { !$0.isNewline })\r\n"
        }
        text += "Date: \(HTTPDate.text(Date()))\r\n"
        if response.status != 204, response.status != 304 { text += "Content-Length: \(length)\r\n" }
        text += keepAlive ? "\r\n" : "Connection: close\r\n\r\n"
        return Array(text.utf8)
    }

    private func send(_ response: HTTPResponse, to socket: Socket, keepAlive: Bool, includeBody: Bool) async throws {
        switch response.body {
        case .bytes(let bytes):
            let head = head(of: response, length: bytes.count, keepAlive: keepAlive)
            try await socket.send(includeBody ? head + bytes : head, patience: limits.patience)
        case .stream(let length, let next):
            try await socket.send(head(of: response, length: length, keepAlive: keepAlive), patience: limits.patience)
            guard includeBody else { return }
            var sent = 0
            while let piece = try await next() {
                sent += piece.count
                guard sent <= length else { throw HTTPFault(500, "a body longer than it said") }
                try await socket.send(piece, patience: limits.patience)
            }
            guard sent == length else { throw HTTPFault(500, "a body shorter than it said") }
        case .cut:
            break
        }
    }

    private func cut(_ response: HTTPResponse, _ bytes: [UInt8], after count: Int, on socket: Socket) async throws {
        let whole = head(of: response, length: bytes.count, keepAlive: true) + bytes
        if count > 0 { try await socket.send(Array(whole.prefix(count)), patience: limits.patience) }
        socket.reset()
    }

    /// Lets the other side read a refusal before the connection goes: closing with unread bytes would reset it.
    private func drain(_ socket: Socket) async {
        socket.finishSending()
        for _ in 0..<64 {
            guard let bytes = try? await socket.receive(upTo: 64 * 1024, patience: 1), !bytes.isEmpty else { return }
        }
    }
}

/// The dates of HTTP headers (RFC 9110, section 5.6.7).
enum HTTPDate {
    static func text(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let days = Int((Double(seconds) / 86400).rounded(.down))
        let rest = seconds - days * 86400
        // Civil date from a day number: H. Hinnant, "chrono-compatible low-level date algorithms".
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(weekdays[((days % 7) + 7) % 7]), \(two(day)) \(names[month - 1]) \(year) "
            + "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60)) GMT"
    }
}
