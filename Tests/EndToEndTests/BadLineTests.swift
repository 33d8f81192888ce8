import Foundation
import JSONTree
import KioskTestSupport
import LineEmulator
import Testing

extension EndToEndCommands {
    @Suite("Over a bad line, with the real programs")
    struct BadLineTests {
        /// A house whose portal is behind a line, with dossiers of one paper each.
        private func house(_ shape: LineShape, papers: [Int]) async throws -> (House, Line) {
            let house = try await House(
                settings: #"{"pin": {"logN": 14, "r": 8, "p": 1}, "sync": {"patienceSeconds": 120, "stallSeconds": 3}}"#,
                line: shape)
            let line = try #require(house.line)
            let sample = try await house.sample("LUU_TRU")
            for (number, size) in papers.enumerated() {
                let scan = try house.file("scan-\(number).jpg", bytes: size, seed: UInt64(number + 1))
                _ = try await house.json([
                    "dossier", "new", "--procedure", "LUU_TRU", "--answers", sample, "--attach", "GIAY_TO_KHACH=\(scan)",
                    "--seal",
                ])
            }
            return (house, line)
        }

        private func drained(_ house: House, _ count: Int) async throws {
            let state = try await house.portal.state()
            #expect(state.dossiers.count == count && state.dossiers.allSatisfy { $0.puts == 1 })
            #expect(state.dossiers.flatMap(\.attachments).allSatisfy { $0.sha256 == $0.sha256OnDisk })
        }

        @Test("A line that is cut every 300 kB carries a file of 2 MB, and little of it twice")
        func cut() async throws {
            var shape = LineShape()
            shape.bytesPerSecond = 2_000_000
            shape.roundTrip = 0.02
            shape.resetsEvery = 300_000
            let (house, line) = try await house(shape, papers: [2_000_000])
            _ = try await house.json(["sync"])
            try await drained(house, 1)
            #expect(line.traffic.broken >= 5)
            #expect(line.traffic.up < 2_600_000, "\(line.traffic)")
        }

        @Test("A connection in which everything vanishes is given up, and the file goes on where it was")
        func blackHole() async throws {
            var shape = LineShape()
            shape.vanishesAfter = 1_500_000
            let (house, line) = try await house(shape, papers: [3_000_000])
            _ = try await house.json(["sync"])
            try await drained(house, 1)
            #expect(line.traffic.broken >= 1 && line.traffic.up < 4_600_000, "\(line.traffic)")
        }

        @Test("Under outages of a second and a half in every six the queue drains by itself")
        func outages() async throws {
            var shape = LineShape()
            shape.bytesPerSecond = 400_000
            shape.roundTrip = 0.1
            shape.outage = (every: 6, seconds: 1.5)
            let (house, line) = try await house(shape, papers: [700_000, 700_000, 700_000])
            _ = try await house.json(["sync"])
            try await drained(house, 3)
            #expect(line.traffic.broken >= 1, "\(line.traffic)")
        }
    }
}
