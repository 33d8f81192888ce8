import Foundation
import JSONTree
import KioskTestSupport
import LineEmulator
import Testing

extension EndToEndCommands {
    /// What a service manager does to the kiosk in the middle of a file.
    @Suite("SIGTERM in the middle of a file")
    struct StopTests {
        private static let size = 6_000_000

        /// A house behind a line of 400 kB a second, with one dossier whose paper takes fifteen seconds.
        private func house(stopSeconds: Int, vanishesAfter: Int? = nil) async throws -> (House, Line) {
            var shape = LineShape()
            shape.bytesPerSecond = 400_000
            shape.roundTrip = 0.05
            shape.vanishesAfter = vanishesAfter
            let house = try await House(
                settings: """
                    {"pin": {"logN": 14, "r": 8, "p": 1}, "sync": {"patienceSeconds": 60, "stallSeconds": 300, "stopSeconds": \(stopSeconds)},
                     "limits": {"dossierMegabytes": 64, "fileMegabytes": 64}}
                    """, line: shape)
            let scan = try house.file("scan.jpg", bytes: Self.size, seed: 3)
            _ = try await house.json([
                "dossier", "new", "--procedure", "LUU_TRU", "--answers", try await house.sample("LUU_TRU"), "--attach",
                "GIAY_TO_KHACH=\(scan)", "--seal",
            ])
            return (house, try #require(house.line))
        }

        /// Waits until the file is on its way.
        private func isUnderWay(_ line: Line, _ program: Program, bytes: Int = 1_800_000) async throws {
            try await eventually("\(bytes) bytes are up", every: .milliseconds(5)) {
                line.traffic.up >= bytes || program.isOver
            }
            #expect(!program.isOver, "it was over before it could be stopped")
        }

        /// What the portal holds of the file.
        private func held(_ house: House) async throws -> Int { try await house.portal.state().uploads?.first?.offset ?? 0 }

        /// The next run goes on at the byte: of the file at most `twice` bytes more than its size went over the line in all.
        private func goesOn(_ house: House, _ line: Line, twice: Int) async throws {
            let last = try #require(try await house.json(["sync", "runs"]).arrayValue?.first)
            #expect(last["stop"] == "cancelled" && last["delivered"] == 0, "\(last)")
            #expect(last["bytesSent"]?.int ?? 0 > 0)
            let queue = try await house.json(["queue", "list"])
            #expect(queue["operations"]?.arrayValue?.allSatisfy { $0["state"] == "waiting" || $0["state"] == "done" } == true)
            let before = try await held(house)
            #expect(before > 0 && before < Self.size, "\(before)")
            let report = try await house.json(["sync", "--now"])
            #expect(report["delivered"] == 1 && report["uploaded"] == 1)
            #expect(report["bytesSent"]?.int ?? .max < Self.size - before + twice + 50_000, "it went on at the byte")
            #expect(line.traffic.up < Self.size + twice + 100_000, "\(line.traffic)")
            let dossier = try #require(try await house.portal.state().dossiers.first)
            #expect(dossier.puts == 1 && dossier.attachments.allSatisfy { $0.sha256 == $0.sha256OnDisk })
        }

        @Test("kiosk sync ends the piece it is at, and nothing goes twice")
        func gracefully() async throws {
            let (house, line) = try await house(stopSeconds: 60)
            let run = try house.start(["sync", "--json"])
            try await isUnderWay(line, run)
            run.send(.terminate)
            let outcome = try await run.wait()
            #expect(outcome.status == 1 && outcome.stderr.contains("Đã dừng theo yêu cầu"), "\(outcome)")
            #expect(try JSONText.decode(JSONValue.self, from: Data(outcome.output))["stop"] == "cancelled")
            try await goesOn(house, line, twice: 0)
        }

        @Test("After sync.stopSeconds the piece is broken off; what came of it counts")
        func brokenOff() async throws {
            // The connection has died without a word: the piece would not end for five minutes.
            let (house, line) = try await house(stopSeconds: 1, vanishesAfter: 1_500_000)
            let run = try house.start(["sync", "--json"])
            try await isUnderWay(line, run, bytes: 1_500_000)
            run.send(.interrupt)
            #expect(try await run.wait(patience: 60).status == 1)
            // What was on its way on the line when the connection went.
            try await goesOn(house, line, twice: 1 << 20)
        }

        @Test("kiosk serve ends as cleanly, with status 0")
        func serving() async throws {
            let (house, line) = try await house(stopSeconds: 60)
            let pages = try await house.pages()
            _ = try await pages.post("/sync")
            try await isUnderWay(line, pages.program)
            pages.program.send(.terminate)
            let outcome = try await pages.program.wait()
            #expect(outcome.status == 0, "\(outcome.stderr)")
            try await goesOn(house, line, twice: 0)
        }

        @Test("A second signal ends it on the spot, and that too loses nothing")
        func atOnce() async throws {
            let (house, line) = try await house(stopSeconds: 60)
            let run = try house.start(["sync", "--json"])
            try await isUnderWay(line, run, bytes: 1_300_000)
            run.send(.terminate)
            // Signals of one kind that wait are one.
            try await Task.sleep(for: .milliseconds(200))
            run.send(.terminate)
            #expect(try await run.wait().status == 128 + 15)
            #expect(try await house.json(["sync", "runs"]).arrayValue?.first?["stop"] == "broken-off")
            let report = try await house.json(["sync", "--now"])
            #expect(report["delivered"] == 1 && line.traffic.up < Self.size + (1 << 20) + 100_000, "\(line.traffic)")
        }
    }
}
