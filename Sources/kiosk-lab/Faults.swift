internal import FoundationEssentials
internal import KioskSimulation
internal import KioskSync
internal import LineEmulator
internal import TrainingPortal

/// `kiosk-lab faults`: one night's run, again and again: each time with one fault of one kind at one request, then with pairs of
/// faults, then with the process killed at one place of it.
///
/// After each, the portal has every dossier once, from one request that changed something, both sides are equal and nobody is asked
/// anything.
enum Faults {
    /// A fault of a kind at one of the run's requests.
    private enum Hit: Sendable, CustomStringConvertible {
        case portal(ScriptedFault)
        case way(BadWay.Kind, at: Int)

        var description: String {
            switch self {
            case .portal(let fault):
                "\(fault.kind.rawValue)\(fault.status.map { " \($0)" } ?? "")\(fault.percent.map { " \($0) %" } ?? "") at request "
                    + String((fault.skip ?? 0) + 1)
            case .way(let kind, let call): "\(kind.rawValue) at call \(call + 1)"
            }
        }
    }

    /// What the portal does amiss.
    private static let kinds: [ScriptedFault] = {
        let plain: [ScriptedFault.Kind] = [.before, .after, .cutAnswer, .html, .garbage, .wrongETag]
        return plain.map { ScriptedFault(kind: $0) } + [0, 1, 50, 97].map { ScriptedFault(kind: .cutBody, percent: $0) }
            + [ScriptedFault(kind: .slow, delayMs: 30)]
            + [302, 408, 429, 500, 502, 503, 504].map { ScriptedFault(kind: .status, status: $0) }
            + [500, 502, 503, 504].map { ScriptedFault(kind: .afterStatus, status: $0) }
    }()

    /// - Parameters:
    ///   - every: of the single faults and of the kills each so-manieth; 1: all.
    ///   - pairs: how many pairs of faults, drawn by the seed.
    static func run(every: Int, pairs: Int, seed: UInt64) async throws {
        try await Bench.inTemporaryFolder(in: Bench.memory) { folder in
            let night = try await FaultNight(in: folder)
            let ways = try BadWay()
            let (requests, calls) = try await night.play { place in
                let client = DivertedClient(try FaultNight.connection(to: place.portal.address))
                try await night.settle(place, after: "nothing") { _ in client }
                return (place.portal.requests - FaultNight.dossiers, client.calls)
            }
            func hits(of kind: Int) -> [Hit] {
                guard kind < kinds.count else {
                    return (0..<calls).map { .way(BadWay.Kind.allCases[kind - kinds.count], at: $0) }
                }
                return (0..<requests).map {
                    var fault = kinds[kind]
                    fault.skip = $0
                    return .portal(fault)
                }
            }
            let all = (0..<kinds.count + BadWay.Kind.allCases.count).flatMap { hits(of: $0) }
            let singles = all.enumerated().filter { $0.offset % every == Int(seed % UInt64(every)) }.map { [$0.element] }
            var chance = Chance(seed: seed)
            let doubles = (0..<pairs).map { _ in [chance.pick(all), chance.pick(all)] }
            let seconds = try await Bench.seconds {
                try await twoAtATime(singles + doubles) { try await play($0, night, ways) }
            }
            print(
                "\(requests) requests, \(kinds.count + BadWay.Kind.allCases.count) kinds of faults: \(singles.count) of \(all.count) "
                    + "single faults and \(pairs) pairs (seed \(seed)), \(FaultNight.dossiers) dossiers and \(FaultNight.files) files each: "
                    + "everything there once and equal, nobody asked; \(Bench.rounded(seconds, 0)) s")
            try await Kills.run(night, every: every, seed: seed)
        }
    }

    static func twoAtATime<Case: Sendable>(_ cases: [Case], _ play: @escaping @Sendable (Case) async throws -> Void) async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var left = cases[...]
            func begin() {
                guard let next = left.popFirst() else { return }
                group.addTask { try await play(next) }
            }
            for _ in 0..<2 { begin() }
            while try await group.next() != nil { begin() }
        }
    }

    private static func play(_ hits: [Hit], _ night: FaultNight, _ ways: BadWay) async throws {
        try await night.play { place in
            for case .portal(let fault) in hits { place.portal.failNext(fault) }
            try await night.settle(place, after: hits.map(\.description).joined(separator: ", then ")) { real in
                try hits.reduce(real) { client, hit in
                    guard case .way(let kind, let call) = hit else { return client }
                    return DivertedClient(client, at: call, .by(try ways.client(kind)))
                }
            }
        }
    }
}

/// Ways that do not lead to the portal.
private struct BadWay: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// The portal's name is not found.
        case noName = "dns-failure"
        /// The handshake is refused with an alert.
        case tlsAlert = "tls-alert"
        /// Nobody listens.
        case refused = "connection-refused"
    }

    private let alerter: TLSAlerter

    init() throws { alerter = try TLSAlerter() }

    func client(_ kind: Kind) throws -> any PortalClient {
        switch kind {
        // A name that no resolver is asked for (RFC 6761, 6.4).
        case .noName: try FaultNight.connection(to: "https://cong.invalid")
        case .tlsAlert: try FaultNight.connection(to: alerter.address)
        case .refused: try FaultNight.connection(to: "http://127.0.0.1:1")
        }
    }
}
