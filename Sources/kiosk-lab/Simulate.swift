internal import FoundationEssentials
internal import Glibc
internal import KioskDomain
internal import KioskSimulation

/// `kiosk-lab simulate`: worlds of kiosks, nights and faults, each from one seed.
enum Simulate {
    /// Plays worlds of following seeds, two at a time, until one is broken.
    static func run(_ first: Scenario, worlds: Int, isTold: Bool) async throws {
        let catalogue = try Bench.catalogue()
        var (nights, dossiers, sent, bytes) = (0, 0, 0, 0)
        var broken: (Scenario, Simulation.Result)?
        let seconds = try await Bench.seconds {
            try await withThrowingTaskGroup(of: (Scenario, Simulation.Result).self) { group in
                var next = 0
                func begin() {
                    guard next < worlds, broken == nil else { return }
                    var scenario = first
                    scenario.seed &+= UInt64(next)
                    next += 1
                    group.addTask { [scenario] in (scenario, try await Simulation(scenario, catalogue: catalogue).run()) }
                }
                for _ in 0..<2 { begin() }
                while let (scenario, result) = try await group.next() {
                    nights += result.kioskNights
                    dossiers += result.dossiers
                    sent += result.sentBytes
                    bytes += result.fileBytes
                    if isTold { for line in result.history { print(line) } }
                    if result.violation != nil, broken == nil { broken = (scenario, result) }
                    begin()
                }
            }
        }
        if let (scenario, result) = broken { return try await tell(scenario, result, catalogue) }
        print(
            "\(worlds) worlds from seed \(first.seed): \(nights) kiosk-nights, \(dossiers) dossiers, no invariant broken; "
                + "\(Bench.rounded(Double(sent) / Double(max(1, bytes)), 2)) bytes sent for each byte of a file; "
                + "\(Bench.rounded(Double(nights) / seconds, 0)) kiosk-nights a second")
    }

    private static func tell(_ scenario: Scenario, _ result: Simulation.Result, _ catalogue: Catalogue) async throws {
        print("broken in seed \(scenario.seed): \(result.violation ?? "")")
        print("looking for a smaller world…")
        let (small, found) = try await Simulation.shrink(scenario, result, catalogue: catalogue)
        for line in found.history { print("  \(line)") }
        print("broken: \(found.violation ?? "")\nto see it again: \(small.command) --tell")
        fflush(nil)
        throw LabError("an invariant is broken")
    }
}
