public import KioskDomain

extension Simulation {
    /// Looks for a smaller world that breaks as well: fewer nights, one kiosk, fewer kinds of faults.
    ///
    /// - Returns: the smallest found, with its result.
    /// - Throws: as ``run()``.
    public static func shrink(
        _ scenario: Scenario, _ result: Result, catalogue: Catalogue
    ) async throws -> (scenario: Scenario, result: Result) {
        var best = (scenario: scenario, result: result)
        func isBroken(_ candidate: Scenario) async throws -> Bool {
            let result = try await Simulation(candidate, catalogue: catalogue).run()
            guard result.violation != nil else { return false }
            best = (candidate, result)
            return true
        }
        var candidate = best.scenario
        candidate.kiosks = 1
        if best.scenario.kiosks > 1 { _ = try await isBroken(candidate) }
        // The first nights are the same whatever their number, so the shortest that breaks is found by halving.
        var (good, bad) = (0, best.scenario.nights)
        while bad - good > 1 {
            candidate = best.scenario
            candidate.nights = (good + bad) / 2
            if try await isBroken(candidate) { bad = candidate.nights } else { good = candidate.nights }
        }
        for kind in FaultKind.allCases where best.scenario.faults.contains(kind) {
            candidate = best.scenario
            candidate.faults.remove(kind)
            _ = try await isBroken(candidate)
        }
        return best
    }
}
