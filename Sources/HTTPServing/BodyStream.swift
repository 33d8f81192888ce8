internal import Synchronization

/// Reads a request's body from its socket, piece by piece, and keeps what came after it for the next request.
final class BodyStream: Sendable {
    private struct State {
        var decoder: BodyDecoder
        var buffer: [UInt8]
        var continueIsDue: Bool
        var isOversize = false
    }

    private let socket: Socket
    private let patience: Double
    private let state: Mutex<State>

    init(socket: Socket, head: RequestHead, buffer: [UInt8], patience: Double) {
        self.socket = socket
        self.patience = patience
        state = Mutex(State(decoder: BodyDecoder(head.framing), buffer: buffer, continueIsDue: head.expectsContinue))
    }

    /// Bytes that belong to the next request.
    var rest: [UInt8] { state.withLock(\.buffer) }

    /// Whether the body is known to be over the server's usual limit: it is not worth reading to its end to be polite.
    var isOversize: Bool {
        get { state.withLock(\.isOversize) }
        set { state.withLock { $0.isOversize = newValue } }
    }

    func next() async throws -> [UInt8]? {
        while true {
            let (piece, done, greet) = try state.withLock { state -> ([UInt8], Bool, Bool) in
                let piece = try state.decoder.take(from: &state.buffer)
                let greet = state.continueIsDue && piece.isEmpty && !state.decoder.isDone
                if greet { state.continueIsDue = false }
                return (piece, state.decoder.isDone, greet)
            }
            if !piece.isEmpty { return piece }
            if done { return nil }
            if greet { try await socket.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), patience: patience) }
            do {
                let bytes = try await socket.receive(upTo: 64 * 1024, patience: patience)
                guard !bytes.isEmpty else { throw HTTPFault(400, "the body ended early") }
                state.withLock { if $0.buffer.isEmpty { $0.buffer = bytes } else { $0.buffer += bytes } }
            } catch is Poller.TimedOut {
                throw HTTPFault(408, "the body took too long")
            }
        }
    }

    /// Reads on to the end of the body, if it is near, so that the connection can go on; returns whether it was reached.
    func discardRest(limit: Int) async -> Bool {
        if state.withLock({ $0.decoder.isDone }) { return true }
        if state.withLock({ $0.continueIsDue || $0.isOversize }) { return false }
        var discarded = 0
        while discarded <= limit {
            guard let piece = try? await next() else { return state.withLock { $0.decoder.isDone } }
            discarded += piece.count
        }
        return false
    }
}
