internal import FoundationEssentials
internal import Glibc
internal import JSONTree
internal import KioskDomain
internal import KioskSimulation
internal import KioskStore
internal import KioskSync
internal import KioskTransport
internal import KioskVault
internal import Synchronization
internal import TrainingPortal

/// `kiosk-lab faults`: one night's run of 20 dossiers and 30 files, over real HTTP to the training portal, again and again: each time
/// with one fault of one kind at one request; then with pairs of faults.
///
/// After each, the portal has every dossier once, from one request that changed something, and nobody is asked anything.
enum Faults {
    static let dossiers = 20
    static let files = 30

    /// A fault of a kind at one of the run's requests.
    struct Hit: Sendable, CustomStringConvertible {
        var fault: ScriptedFault
        var description: String {
            "\(fault.kind.rawValue)\(fault.status.map { " \($0)" } ?? "") at request \((fault.skip ?? 0) + 1)"
        }
    }

    private static let kinds: [ScriptedFault] = {
        let plain: [ScriptedFault.Kind] = [.before, .after, .cutAnswer, .html, .garbage, .cutBody]
        return plain.map { ScriptedFault(kind: $0) } + [ScriptedFault(kind: .slow, delayMs: 30)]
            + [302, 408, 429, 500, 502, 503, 504].map { ScriptedFault(kind: .status, status: $0) }
            + [500, 502, 503, 504].map { ScriptedFault(kind: .afterStatus, status: $0) }
    }()

    /// - Parameters:
    ///   - every: of the single faults each so-manieth; 1: all.
    ///   - pairs: how many pairs of faults, drawn by the seed.
    static func run(every: Int, pairs: Int, seed: UInt64) async throws {
        try await Bench.inTemporaryFolder(in: Bench.memory) { folder in
            let catalogue = try Bench.catalogue()
            try await prepare(folder + "/prepared", catalogue)
            let requests = try await play([], folder, catalogue)
            var cases: [[Hit]] = []
            for place in 0..<requests {
                for kind in kinds {
                    var fault = kind
                    fault.skip = place
                    cases.append([Hit(fault: fault)])
                }
            }
            let all = cases.count
            if every > 1 { cases = cases.enumerated().filter { $0.offset % every == Int(seed) % every }.map(\.element) }
            let singles = cases.count
            var chance = Chance(seed: seed)
            for _ in 0..<pairs {
                cases.append(
                    (0..<2).map { _ in
                        var fault = chance.pick(kinds)
                        fault.skip = chance.int(0...requests - 1)
                        return Hit(fault: fault)
                    })
            }
            let seconds = try await Bench.seconds { try await playAll(cases, folder, catalogue) }
            print(
                "\(requests) requests × \(kinds.count) kinds of faults: \(singles) of \(all) single faults and \(pairs) pairs (seed \(seed)), "
                    + "\(dossiers) dossiers and \(files) files each: everything there once, nobody asked; \(Bench.rounded(seconds, 0)) s"
            )
        }
    }

    /// Two at a time.
    private static func playAll(_ cases: [[Hit]], _ folder: String, _ catalogue: Catalogue) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var next = 0
            func begin() {
                guard next < cases.count else { return }
                let hits = cases[next]
                next += 1
                group.addTask { _ = try await play(hits, folder, catalogue) }
            }
            for _ in 0..<2 { begin() }
            while try await group.next() != nil { begin() }
        }
    }

    /// A data folder with everything sealed, to be copied for every run.
    private static func prepare(_ folder: String, _ catalogue: Catalogue) async throws {
        let store = try await Bench.kiosk(
            in: folder, portal: "http://127.0.0.1:1", catalogue: catalogue, cost: Vault.PINCost(logN: 14, r: 8, p: 1))
        let answers = catalogue.procedure("LUU_TRU")?.sample ?? .emptyObject
        for number in 0..<dossiers {
            var placed: [PlacedFile] = []
            for file in 0..<(number < files - dossiers ? 2 : 1) {
                let writer = try await store.newAttachment(limit: 1 << 20, now: Date())
                // Now and then one that takes more than one piece.
                try await writer.append(try Secret.random(count: number % 10 == 9 ? 90_000 : 3000 + file))
                placed.append(
                    PlacedFile(
                        component: "GIAY_TO_KHACH", fileName: "a.jpg", mediaType: "image/jpeg",
                        file: try await writer.finish(now: Date())))
            }
            _ = try await store.fileDossier(
                procedure: "LUU_TRU", answers: answers, files: placed, sealing: .rehearsed(catalogue.consentText), now: Date())
        }
    }

    /// One run with its faults, and the runs that a timer would start after it.
    ///
    /// - Returns: how many requests it made.
    private static func play(_ hits: [Hit], _ parent: String, _ catalogue: Catalogue) async throws -> Int {
        let folder = "\(parent)/\(Hex.encode(try Secret.random(count: 8)))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(atPath: parent + "/prepared", toPath: folder + "/kiosk")
        let portal = try TrainingPortal(
            TrainingPortalOptions(dataFolder: folder + "/portal", port: 0, catalogue: Array(try JSONText.encode(catalogue))))
        let serving = Task { try await portal.run() }
        defer { serving.cancel() }
        let locked = try KioskStore.open(folder: folder + "/kiosk")
        try await locked.movePortal(to: portal.address)
        let store = try await locked.unlock(operatorName: nil, pin: Bench.pin, catalogue: catalogue, now: Date())
        for hit in hits { portal.failNext(hit.fault) }
        let clock = FastClock()
        var report = SyncReport()
        var runs = 0
        repeat {
            let connection = PortalConnection(
                address: try PortalAddress(portal.address), kioskID: "kiosk-lab", secret: "lab", now: { Date() })
            report = try await SyncEngine(outbox: store, replica: store, portal: connection, clock: clock).run()
            await clock.sleep(seconds: 3600)
            runs += 1
        } while report.workIsLeft && runs < 4
        let words = hits.map(\.description).joined(separator: ", then ")
        guard !report.workIsLeft, !report.standing.needsPerson else { throw LabError("\(words): \(report.standing)") }
        let held = try await portal.dossiers()
        guard held.count == dossiers, held.allSatisfy({ $0.puts == 1 }) else {
            throw LabError("\(words): the portal has \(held.count) dossiers, written \(held.map(\.puts)) times")
        }
        let states = try await store.counts().filter { $0.value > 0 }
        guard states == [.delivered: dossiers] else { throw LabError("\(words): \(states)") }
        return portal.requests
    }
}

/// A clock on which waiting takes no time.
final class FastClock: SyncClock {
    private let waited = Mutex(0.0)
    private let began = ContinuousClock().now

    var now: Date { Date().addingTimeInterval(waited.withLock { $0 }) }
    var uptime: Double {
        let real = (ContinuousClock().now - began).components
        return Double(real.seconds) + Double(real.attoseconds) / 1e18 + waited.withLock { $0 }
    }

    func sleep(seconds: Double) async {
        waited.withLock { $0 += seconds }
        // A moment for what the portal is still at.
        try? await Task.sleep(for: .milliseconds(2))
    }

    func random() -> Double { Double.random(in: 0..<1) }
}
