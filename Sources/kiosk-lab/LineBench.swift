internal import FoundationEssentials
internal import KioskStore
internal import KioskSync
internal import KioskTransport
internal import KioskVault
internal import LineEmulator

/// A night's sync over bad lines, in real time; beside it curl, sixteen at once, with as many bytes over the same line.
enum LineBench {
    /// A line and what goes over it.
    private struct Case {
        var name: String
        var shape: LineShape
        var load: SyncBench.Load
        /// Whether curl can do it at all: it begins anew where a line breaks.
        var hasRival = false
    }

    private static let cases: [Case] = {
        var fast = LineShape()
        fast.bytesPerSecond = 1_250_000
        fast.roundTrip = 0.1
        var (cut, hole, outage) = (LineShape.village, fast, LineShape.village)
        cut.resetsEvery = 2_000_000
        hole.vanishesAfter = 2_000_000
        outage.outage = (every: 40, seconds: 10)
        func load(_ dossiers: Int, _ papers: Int, _ bytes: Int) -> SyncBench.Load {
            SyncBench.Load(dossiers: dossiers, papers: papers, paperBytes: bytes)
        }
        return [
            Case(
                name: "1 Mbit/s, 300 ms: dossiers without papers", shape: .village, load: load(100, 0, 0), hasRival: true),
            Case(
                // A run's own round trips (token, changes before and after) are some seconds whatever its length.
                name: "1 Mbit/s, 300 ms: papers of 300 kB", shape: .village, load: load(12, 3, 300_000), hasRival: true),
            Case(name: "1 Mbit/s, 300 ms, cut every 2 MB: a paper of 9 MB", shape: cut, load: load(1, 1, 9_000_000)),
            Case(name: "10 Mbit/s, 100 ms, a black hole after 2 MB: a paper of 5 MB", shape: hole, load: load(1, 1, 5_000_000)),
            Case(name: "1 Mbit/s, 300 ms, down 10 s of 40: papers of 300 kB", shape: outage, load: load(6, 3, 300_000)),
        ]
    }()

    /// - Parameter only: one case alone, counted from 1.
    static func run(only: Int?) async throws {
        if let only, !(1...cases.count).contains(only) { throw LabError("--case takes a number from 1 to \(cases.count)") }
        for (number, one) in cases.enumerated() where only == nil || only == number + 1 {
            print("\(one.name), \(one.load.dossiers) dossiers, \(one.load.files) papers")
            try await Bench.inTemporaryFolder(in: Bench.memory) { try await play(one, $0) }
        }
    }

    private static func play(_ one: Case, _ folder: String) async throws {
        let portal = try PortalProcess()
        defer { portal.stop() }
        guard let port = portal.address.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw LabError("the portal's address has no port")
        }
        let evening = try Line(to: port, shape: one.shape)
        let store = try await Bench.kiosk(
            in: folder + "/kiosk", portal: evening.address, catalogue: try Bench.catalogue(),
            cost: Vault.PINCost(logN: 14, r: 8, p: 1))
        var options = SyncEngine.Options()
        options.patience = 600
        // The evening before: the kiosk knows the portal's catalogue.
        _ = try await engine(store, evening, options).run()
        try await SyncBench.fill(store, one.load, answerBytes: one.load.papers == 0 ? 1600 : 0)
        let line = try Line(to: port, shape: one.shape)
        let connection = try connection(to: line, options)
        let engine = SyncEngine(outbox: store, replica: store, portal: connection, clock: SystemClock(), options: options)
        var report = SyncReport()
        let seconds = try await Bench.seconds { report = try await engine.run() }
        guard report.delivered == one.load.dossiers, !report.workIsLeft else {
            throw LabError("the sync did not drain: \(report)")
        }
        let traffic = line.traffic
        tell("kiosk", payload: report.bytesSent, traffic, seconds, one)
        if let rate = report.bytesPerSecond, let most = one.shape.bytesPerSecond {
            print("  of it while it sends: bodies fill \(Bench.rounded(Double(rate) / most, 3)) of the line")
        }
        let payload = one.load.files * one.load.paperBytes
        print(
            "  \(traffic.connections) connections, \(traffic.broken) broken"
                + (payload > 0
                    ? "; beyond the papers, heads and forms with them, "
                        + "\(Bench.rounded(100 * (Double(traffic.up) / Double(payload) - 1), 2)) % of their bytes went over the line"
                    : ""))
        guard one.hasRival else { return }
        // As many bodies of as many bytes.
        var load = one.load
        if load.files == 0 {
            load = SyncBench.Load(dossiers: load.dossiers, papers: 1, paperBytes: report.bytesSent / load.dossiers)
        }
        let second = try Line(to: port, shape: one.shape)
        let curl = try await SyncRival.curlAlone(load, folder, portal: portal.address, way: second.address)
        tell("curl, 16 at once", payload: load.files * load.paperBytes, second.traffic, curl.seconds, one)
    }

    private static func connection(to line: Line, _ options: SyncEngine.Options) throws -> PortalConnection {
        PortalConnection(
            address: try PortalAddress(line.address), kioskID: "kiosk-lab", secret: "lab", connections: options.parallel,
            now: { Date() })
    }

    private static func engine(_ store: UnlockedStore, _ line: Line, _ options: SyncEngine.Options) throws -> SyncEngine {
        SyncEngine(
            outbox: store, replica: store, portal: try connection(to: line, options), clock: SystemClock(), options: options)
    }

    private static func tell(_ name: String, payload: Int, _ traffic: Line.Traffic, _ seconds: Double, _ one: Case) {
        let rate = one.shape.bytesPerSecond ?? 0
        func share(_ bytes: Int, _ seconds: Double) -> String { "\(Bench.rounded(Double(bytes) / (rate * seconds), 3))" }
        print(
            "  \(name): \(Bench.rounded(seconds, 1)) s; bodies fill \(share(payload, seconds)) of the line, "
                + "all bytes \(share(traffic.up, seconds))")
        if let bodies = traffic.bodies {
            let seconds = bodies.upperBound - bodies.lowerBound
            print(
                "  from the first body's first byte to the last one's last: bodies fill \(share(payload, seconds)) of the line, "
                    + "with their heads \(share(traffic.up, seconds))")
        }
    }
}
