import Foundation
import JSONTree
import KioskDomain
import KioskSimulation
import KioskTestSupport
import Testing

@Suite(.heavy) struct SimulationTests {
    private static let catalogue = Result {
        try Catalogue(json: try ShippedFiles.catalogue(), today: VietnamTime.day(of: Date()))
    }

    private func play(_ scenario: Scenario) async throws -> Simulation.Result {
        try await Simulation(scenario, catalogue: try Self.catalogue.get()).run()
    }

    @Test func `worlds of every kind of fault settle`() async throws {
        for seed: UInt64 in 1...4 {
            let scenario = Scenario(seed: seed, nights: 10, kiosks: 2)
            let result = try await play(scenario)
            #expect(result.violation == nil, "\(scenario.command) --tell")
            #expect(result.dossiers > 5 && result.kioskNights > 20)
        }
    }

    @Test(arguments: FaultKind.allCases)
    func `a world with one kind of fault settles`(kind: FaultKind) async throws {
        let scenario = Scenario(seed: 7, nights: 6, kiosks: 1, faults: [kind, .officers])
        #expect(try await play(scenario).violation == nil, "\(scenario.command) --tell")
    }

    @Test func `a seed is a world, bit for bit`() async throws {
        let first = try await play(Scenario(seed: 11, nights: 8, kiosks: 2))
        let second = try await play(Scenario(seed: 11, nights: 8, kiosks: 2))
        let other = try await play(Scenario(seed: 12, nights: 8, kiosks: 2))
        #expect(first.history == second.history && first.sentBytes == second.sentBytes && first.history.count > 30)
        #expect(first.history != other.history)
    }

    @Test(arguments: Sabotage.allCases)
    func `what is broken on purpose is noticed, and shrunk`(sabotage: Sabotage) async throws {
        var found: (Scenario, Simulation.Result)?
        for seed: UInt64 in 1...30 where found == nil {
            let scenario = Scenario(seed: seed, nights: 10, kiosks: 2, sabotage: sabotage)
            let result = try await play(scenario)
            if result.violation != nil { found = (scenario, result) }
        }
        let (scenario, result) = try #require(found)
        guard sabotage == .boldInDoubt else { return }
        let small = try await Simulation.shrink(scenario, result, catalogue: try Self.catalogue.get())
        #expect(small.result.violation != nil)
        #expect(
            small.scenario.kiosks == 1 || small.scenario.nights < 10 || small.scenario.faults.count < FaultKind.allCases.count)
        #expect(try await play(small.scenario).violation == small.result.violation)
    }
}
