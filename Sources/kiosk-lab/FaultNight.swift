internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync
internal import KioskTransport
internal import KioskVault
internal import Synchronization
internal import TrainingPortal

/// One night's run of 20 dossiers and 30 files over real HTTP to the training portal, the same again and again, and what must hold
/// after it.
struct FaultNight: Sendable {
    static let dossiers = 20
    static let files = 30

    let catalogue: Catalogue
    private let parent: String
    /// What was sealed, by dossier: the digests of its papers.
    private let sealed: [String: [String]]
    private let answers: JSONValue

    /// A data folder with everything sealed, to be copied for every run.
    init(in parent: String) async throws {
        catalogue = try Bench.catalogue()
        self.parent = parent
        let store = try await Bench.kiosk(
            in: parent + "/prepared", portal: "http://127.0.0.1:1", catalogue: catalogue,
            cost: Vault.PINCost(logN: 14, r: 8, p: 1))
        answers = catalogue.procedure("LUU_TRU")?.sample ?? .emptyObject
        var sealed: [String: [String]] = [:]
        for number in 0..<Self.dossiers {
            var placed: [PlacedFile] = []
            for file in 0..<(number < Self.files - Self.dossiers ? 2 : 1) {
                let writer = try await store.newAttachment(limit: 1 << 20, now: Date())
                // Now and then one that takes more than one piece.
                try await writer.append(try Secret.random(count: number % 10 == 9 ? 90_000 : 3000 + file))
                placed.append(
                    PlacedFile(
                        component: "GIAY_TO_KHACH", fileName: "a.jpg", mediaType: "image/jpeg",
                        file: try await writer.finish(now: Date())))
            }
            let dossier = try await store.fileDossier(
                procedure: "LUU_TRU", answers: answers, files: placed, sealing: .rehearsed(catalogue.consentText), now: Date())
            sealed[dossier.id] = placed.map(\.file.sha256)
        }
        self.sealed = sealed
    }

    /// A kiosk with everything still to be sent, and its portal.
    struct Place: Sendable {
        let kiosk: String
        let portal: TrainingPortal
    }

    /// Lays out a fresh night, plays it and clears it away.
    func play<Result>(_ work: (Place) async throws -> Result) async throws -> Result {
        let folder = "\(parent)/\(Hex.encode(try Secret.random(count: 8)))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(atPath: parent + "/prepared", toPath: folder + "/kiosk")
        let portal = try TrainingPortal(
            TrainingPortalOptions(dataFolder: folder + "/portal", port: 0, catalogue: Array(try JSONText.encode(catalogue))))
        let serving = Task { try await portal.run() }
        defer { serving.cancel() }
        try await KioskStore.open(folder: folder + "/kiosk").movePortal(to: portal.address)
        return try await work(Place(kiosk: folder + "/kiosk", portal: portal))
    }

    /// The runs that a timer would start until nothing is left; then everything has to be there once, equal on both sides, and nobody
    /// asked.
    ///
    /// - Parameters:
    ///   - words: what went wrong before, for the complaint.
    ///   - divert: what the first run's client is made of the real one.
    func settle(
        _ place: Place, after words: String,
        divert: (any PortalClient) throws -> any PortalClient = { $0 }
    ) async throws {
        let store = try await KioskStore.open(folder: place.kiosk)
            .unlock(operatorName: nil, pin: Bench.pin, catalogue: catalogue, now: Date())
        let clock = FastClock()
        var report = SyncReport()
        var runs = 0
        repeat {
            let connection = try Self.connection(to: place.portal.address)
            let client = runs == 0 ? try divert(connection) : connection
            report = try await SyncEngine(outbox: store, replica: store, portal: client, clock: clock).run()
            await clock.sleep(seconds: 3600)
            runs += 1
        } while report.workIsLeft && runs < 4
        guard !report.workIsLeft, !report.standing.needsPerson else { throw LabError("\(words): \(report.standing)") }
        try await check(store, place.portal, words)
    }

    static func connection(to address: String) throws -> PortalConnection {
        PortalConnection(address: try PortalAddress(address), kioskID: "kiosk-lab", secret: "lab", now: { Date() })
    }

    private func check(_ store: UnlockedStore, _ portal: TrainingPortal, _ words: String) async throws {
        let held = try await portal.dossiers()
        guard held.count == Self.dossiers, held.allSatisfy({ $0.puts == 1 }) else {
            throw LabError("\(words): the portal has \(held.count) dossiers, written \(held.map(\.puts)) times")
        }
        let states = try await store.counts().filter { $0.value > 0 }
        guard states == [.delivered: Self.dossiers] else { throw LabError("\(words): \(states)") }
        // A run that a fault made shorter has not come to the next one.
        portal.clearFaults()
        let connection = try Self.connection(to: portal.address)
        for (id, digests) in sealed {
            guard let theirs = try await connection.dossier(id) else { throw LabError("\(words): a dossier cannot be read") }
            guard theirs.answers == answers, Set(theirs.papers.map(\.sha256)) == Set(digests) else {
                throw LabError("\(words): the portal's copy is not what was sealed")
            }
            let ours = try await store.dossier(id).portal
            guard ours?.answers == answers, ours?.etag == theirs.etag else {
                throw LabError("\(words): the kiosk's view of the portal is not the portal's")
            }
        }
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
