internal import FoundationEssentials
internal import KioskDomain
internal import KioskSimulation
internal import KioskStore
internal import KioskSync
internal import KioskTransport

/// One run of the engine in a process of its own, which may die in it.
enum NightProcess {
    /// Where the process dies.
    enum Place: String, CaseIterable {
        /// Before a call to the portal.
        case beforeCall = "before-call"
        /// After the portal acted and answered.
        case afterCall = "after-call"
        /// Before a transaction.
        case beforeCommit = "before-commit"
        /// After a transaction.
        case afterCommit = "after-commit"
        /// In the middle of a write of SQLite's.
        case inWrite = "in-write"
    }

    /// What a run that lived made.
    struct Count {
        var calls = 0
        var commits = 0
        var writes = 0
    }

    /// The run, and what it made.
    static func run(folder: String, portal: String, place: Place?, number: Int, catalogue: Catalogue) async throws -> Count {
        let unlocked = try await KioskStore.open(folder: folder)
            .unlock(operatorName: nil, pin: Bench.pin, catalogue: catalogue, now: Date())
        let store = CrashingStore(unlocked) { Death.come() }
        let connection = PortalConnection(
            address: try PortalAddress(portal), kioskID: "kiosk-lab", secret: "lab", now: { Date() })
        let client: DivertedClient =
            switch place {
            case .beforeCall: DivertedClient(connection, at: number, .deathBefore)
            case .afterCall: DivertedClient(connection, at: number, .deathAfter)
            default: DivertedClient(connection)
            }
        if place == .beforeCommit || place == .afterCommit { store.die(in: number, after: place == .afterCommit) }
        try Death.watchWrites(dyingAt: place == .inWrite ? number : nil)
        let report = try await SyncEngine(outbox: store, replica: store, portal: client, clock: SystemClock()).run()
        guard !report.workIsLeft else { throw LabError("the run left work: \(report.standing)") }
        return Count(calls: client.calls, commits: store.transactions, writes: Death.writes)
    }

    /// The words of the command that starts it.
    static func words(folder: String, portal: String, place: Place, number: Int) -> [String] {
        [
            "/proc/self/exe", "night", "--data", folder, "--portal", portal, "--die", place.rawValue, "--at", String(number + 1),
        ]
    }
}
