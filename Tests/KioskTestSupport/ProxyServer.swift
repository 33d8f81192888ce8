internal import Dispatch
internal import Foundation
internal import Glibc
internal import LineEmulator
internal import Synchronization

/// A small proxy on this machine: HTTP `CONNECT` (RFC 9110, 9.3.6) and SOCKS 5 (RFC 1928) on one port, to this machine only.
public final class ProxyServer: Sendable {
    /// Its port.
    public let port: UInt16
    private let state: Mutex<State>

    private struct State {
        var asked: [String] = []
        var login: String?
        var forbids = false
        var isOver = false
    }

    /// What it was asked to connect to, such as `http localhost:8443` and `socks localhost:8443`; refused askings too.
    public var asked: [String] { state.withLock { $0.asked } }

    /// Begins to listen.
    ///
    /// - Parameter login: the `name:password` without which nobody passes; anybody does where nil.
    /// - Throws: `LineFailure` where no port can be had.
    public init(login: String? = nil) throws {
        let listener = try LoopbackSocket.listening()
        port = listener.port
        state = Mutex(State(login: login))
        DispatchQueue(label: "proxy").async { [weak self] in
            var tunnels: [Tunnel] = []
            while let self, !self.state.withLock({ $0.isOver }) {
                while let client = listener.accept() { tunnels.append(Tunnel(client)) }
                for tunnel in tunnels { tunnel.turn(self.judge) }
                tunnels.removeAll(where: \.isOver)
                usleep(1000)
            }
        }
    }

    deinit { state.withLock { $0.isOver = true } }

    /// Lets nobody through any more, whatever the login.
    public func forbid() { state.withLock { $0.forbids = true } }

    /// - Parameter target: nil where only the login is known yet.
    private func judge(_ target: String?, login: String?) -> Tunnel.Judgement {
        state.withLock { state in
            if let target { state.asked.append(target) }
            if let wanted = state.login, wanted != login { return .loginWanted }
            return state.forbids ? .forbidden : .through
        }
    }
}

/// One client's connection through the proxy.
private final class Tunnel {
    enum Judgement {
        case through, loginWanted, forbidden
    }

    typealias Judge = (_ target: String?, _ login: String?) -> Judgement

    private enum Phase {
        case greeting, socksLogin, socksRequest, open
    }

    private let client: LoopbackSocket
    private var server: LoopbackSocket?
    private var phase = Phase.greeting
    private var head: [UInt8] = []
    private var up: [UInt8] = []
    private var down: [UInt8] = []
    private var login: String?
    private var isEnding = false
    private(set) var isOver = false

    init(_ client: LoopbackSocket) { self.client = client }

    func turn(_ judge: Judge) {
        if phase == .open { relay() } else { read(judge) }
        if !down.isEmpty { down.removeFirst(client.send(down[...])) }
        if isEnding, down.isEmpty {
            client.shut()
            isOver = true
        }
    }

    private func read(_ judge: Judge) {
        guard !isEnding else { return }
        switch client.receive(upTo: 4096) {
        case .nothing: return
        case .end: isOver = true
        case .bytes(let bytes):
            head += bytes
            while !isEnding, step(judge) {}
        }
    }

    /// - Returns: whether a step was taken.
    private func step(_ judge: Judge) -> Bool {
        switch phase {
        case .greeting where head.first == 5:
            guard head.count >= 2, head.count >= 2 + Int(head[1]) else { return false }
            let takesLogin = head[2..<(2 + Int(head[1]))].contains(2)
            head.removeFirst(2 + Int(head[1]))
            let isWanted = judge(nil, nil) == .loginWanted
            down += [5, isWanted ? (takesLogin ? 2 : 0xFF) : 0]
            isEnding = isWanted && !takesLogin
            phase = isWanted ? .socksLogin : .socksRequest
        case .greeting:
            guard let text = String(bytes: head, encoding: .utf8), let end = text.range(of: "\r\n\r\n") else { return false }
            connect(String(text[..<end.lowerBound]), judge)
            return false
        case .socksLogin:
            guard head.count >= 2, head.count >= 3 + Int(head[1]) else { return false }
            let name = Int(head[1])
            let password = Int(head[2 + name])
            guard head.count >= 3 + name + password else { return false }
            login = String(decoding: head[2..<(2 + name)], as: UTF8.self) + ":"
            login? += String(decoding: head[(3 + name)..<(3 + name + password)], as: UTF8.self)
            head.removeFirst(3 + name + password)
            isEnding = judge(nil, login) == .loginWanted
            down += [1, isEnding ? 1 : 0]
            phase = .socksRequest
        case .socksRequest:
            guard head.count >= 5, head.count >= 7 + Int(head[4]) else { return false }
            guard head[3] == 3 else {
                isEnding = true  // the name was looked up by the client
                return false
            }
            let length = Int(head[4])
            let name = String(decoding: head[5..<(5 + length)], as: UTF8.self)
            let port = UInt16(head[5 + length]) << 8 | UInt16(head[6 + length])
            head.removeFirst(7 + length)
            let isLet = judge("socks \(name):\(port)", login) == .through
            server = isLet ? LoopbackSocket.connected(to: port) : nil
            down += [5, server == nil ? 2 : 0, 0, 1, 0, 0, 0, 0, 0, 0]
            isEnding = server == nil
            phase = .open
        case .open: return false
        }
        return true
    }

    private func connect(_ request: String, _ judge: Judge) {
        let lines = request.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        let basic = lines.first { $0.lowercased().hasPrefix("proxy-authorization: basic ") }?.split(separator: " ").last
        let login = basic.flatMap { Data(base64Encoded: String($0)) }.map { String(decoding: $0, as: UTF8.self) }
        head = []
        guard words.count == 3, words[0] == "CONNECT", let port = UInt16(words[1].split(separator: ":").last ?? "") else {
            answer("405 Method Not Allowed")
            return
        }
        switch judge("http \(words[1])", login) {
        case .loginWanted: answer("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"test\"\r\n")
        case .forbidden: answer("403 Forbidden")
        case .through:
            server = LoopbackSocket.connected(to: port)
            down += Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)
            phase = .open
        }
    }

    private func answer(_ status: String, _ header: String = "") {
        down += Array("HTTP/1.1 \(status)\r\n\(header)Content-Length: 0\r\nConnection: close\r\n\r\n".utf8)
        isEnding = true
    }

    private func relay() {
        guard let server else { return }
        for _ in 0..<64 {
            guard up.isEmpty, case .bytes(let bytes) = client.receive(upTo: 65_536) else { break }
            up += bytes
            up.removeFirst(server.send(up[...]))
        }
        if !up.isEmpty { up.removeFirst(server.send(up[...])) }
        for _ in 0..<64 where down.isEmpty {
            switch server.receive(upTo: 65_536) {
            case .bytes(let bytes):
                down += bytes
                down.removeFirst(client.send(down[...]))
            case .end:
                isEnding = true
                return
            case .nothing: return
            }
        }
    }
}
