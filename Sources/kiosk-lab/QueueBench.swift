internal import FoundationEssentials
internal import Glibc
internal import KioskDomain
internal import KioskStore
internal import KioskSync
internal import KioskTransport
internal import KioskVault

/// A run over a long queue: the time to choose the next operations while it goes on, and the memory of its process.
enum QueueBench {
    static func run(count: Int, papers: Int) async throws {
        try await Bench.inTemporaryFolder(in: Bench.memory) { folder in
            let portal = try PortalProcess()
            defer { portal.stop() }
            let filled = try await Bench.seconds {
                let store = try await Bench.kiosk(
                    in: folder + "/kiosk", portal: portal.address, catalogue: try Bench.catalogue(),
                    cost: Vault.PINCost(logN: 14, r: 8, p: 1))
                try await SyncBench.fill(store, SyncBench.Load(dossiers: count, papers: papers, paperBytes: 1000))
            }
            print("\(count) dossiers with \(papers) papers each sealed in \(Bench.rounded(filled, 0)) s, all of them queued")
            // In a process of its own, as a run by the timer is: this one's memory is that of the sealing.
            let words = ["/proc/self/exe", "queue", "--data", folder + "/kiosk", "--portal", portal.address]
            let ended = await Child.run(words, isQuiet: false)
            guard ended.status == 0, ended.signal == 0 else { throw LabError("the run ended with \(ended.status)") }
        }
    }

    /// What the child does: a run of twenty seconds, and beside it the question for the next operations, again and again.
    static func child(folder: String, portal: String) async throws {
        let store = try await KioskStore.open(folder: folder)
            .unlock(operatorName: nil, pin: Bench.pin, catalogue: try Bench.catalogue(), now: Date())
        let connection = PortalConnection(
            address: try PortalAddress(portal), kioskID: "kiosk-lab", secret: "lab", connections: 16, now: { Date() })
        let run = Task { try await SyncEngine(outbox: store, replica: store, portal: connection, clock: SystemClock()).run() }
        var times: [Double] = []
        for _ in 0..<200 {
            try await Task.sleep(for: .milliseconds(100))
            let took = try await Bench.seconds { _ = try await store.due(now: Date(), limit: 16) }
            times.append(took)
        }
        run.cancel()
        let report = try await run.value
        // After the run nothing else wants the store.
        var alone: [Double] = []
        for _ in 0..<200 { alone.append(try await Bench.seconds { _ = try await store.due(now: Date(), limit: 1) }) }
        print("the next operation, with \(try await store.standing().pending) queued:  \(Bench.words(alone))")
        print("the next sixteen, waiting for the run's own transactions with it:  \(Bench.words(times))")
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        print(
            "\(report.delivered) dossiers and \(report.uploaded) papers delivered in 20 s; the run's memory at its most: \(usage.ru_maxrss / 1024) MB"
        )
    }
}
