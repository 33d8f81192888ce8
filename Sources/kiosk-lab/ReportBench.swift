internal import FoundationEssentials
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
            let calendar = try Year.workingDays()
            guard let period = ReportPeriod("2026") else { throw LabError("no such period") }
            var times: [Double] = []
            for _ in 0..<5 {
                times.append(
                    try await Bench.seconds {
                        _ = try await store.report(period, cutOff: 15, calendar: calendar, now: .distantFuture)
                    })
            }
            print("a year's report over \(count) dossiers:  \(Bench.words(times))")
            let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
            let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? "VmHWM unknown"
            print("the process's most memory, its catalogue and making the dossiers with it:  \(peak)")
        }
    }
}
