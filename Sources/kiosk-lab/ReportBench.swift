internal import FoundationEssentials
internal import Glibc
internal import KioskDomain
internal import KioskStore

/// A report over many dossiers: its time, and the process's memory.
enum ReportBench {
    static func run(count: Int) async throws {
        try await Bench.inTemporaryFolder { folder in
            let store = try await Year.kiosk(in: folder)
            let codes = store.catalogue.procedures.map(\.code)
            var chance = YearChance(state: 1)
            for begin in stride(from: 0, to: count, by: 2000) {
                let facts = (begin..<min(begin + 2000, count)).map { number in
                    let captured = Date(timeIntervalSince1970: Double(1_761_930_000 + chance.below(409 * 86_400)))
                    let received = captured.addingTimeInterval(Double(chance.below(86_400)))
                    return DossierFact(
                        id: "d\(number)", procedure: codes[chance.below(codes.count)], capturedAt: captured,
                        sealedAt: captured.addingTimeInterval(60), uploadedAt: received, receivedAt: received,
                        settledAt: received.addingTimeInterval(Double(chance.below(12 * 86_400))),
                        settledAs: PortalStatus(rawValue: "resolved"))
                }
                try await store.takeFacts(facts, returns: [])
            }
            print("a year's report over \(count) dossiers:")
            // In a process of its own: this one's memory is that of making the dossiers.
            let ended = await Child.run(["/proc/self/exe", "report", "--data", folder + "/kiosk"], isQuiet: false)
            guard ended.status == 0, ended.signal == 0 else { throw LabError("the report ended with \(ended.status)") }
        }
    }

    /// What the child does.
    static func child(folder: String) async throws {
        // The kiosk's commands give back, too, between reading the catalogue, unlocking and their work.
        let catalogue = try Bench.catalogue()
        ProcessMemory.giveBack()
        let store = try await KioskStore.open(folder: folder)
            .unlock(operatorName: nil, pin: Bench.pin, catalogue: catalogue, now: Date())
        let calendar = try Year.workingDays()
        ProcessMemory.giveBack()
        guard let period = ReportPeriod("2026") else { throw LabError("no such period") }
        var times: [Double] = []
        for _ in 0..<5 {
            times.append(
                try await Bench.seconds {
                    _ = try await store.report(period, cutOff: 15, calendar: calendar, now: .distantFuture)
                }
            )
        }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        print(
            "  \(Bench.words(times)); the process's memory at its most, unlocking and the catalogue with it: \(usage.ru_maxrss / 1024) MB"
        )
    }
}
