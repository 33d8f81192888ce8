import Foundation
import JSONTree
import KioskTestSupport
import Synchronization
import Testing

extension EndToEndWaiting {
    @Suite("SIGKILL at random moments of capture and sync")
    struct KillTests {
        /// How often a program is killed: 200, as the issue asks, in two houses at once.
        @Test(
            "Nothing that was confirmed is lost, nothing is doubled, and the next run drains without help",
            arguments: [20_261_125, 4711] as [UInt64])
        func killed(seed: UInt64) async throws {
            var random = SeededGenerator(seed: seed)
            let house = try await House()
            let answers = try await house.sample("LUU_TRU")
            // Moments over the whole of a capture and of a run, however long they take here.
            let clock = ContinuousClock()
            let words = ["dossier", "new", "--procedure", "LUU_TRU", "--answers", answers, "--seal"]
            let capture = try await clock.measure { _ = try await house.json(words) } * 1.3
            let sync = try await clock.measure { _ = try await house.json(["sync"]) } * 1.3
            var confirmed: [String: Set<String>] = [:]
            for turn in 0..<100 {
                let isCapture = turn % 2 == 0
                let path = try house.file("scan-\(turn).jpg", bytes: random.int(1...900_000), seed: seed &+ UInt64(turn))
                let words =
                    isCapture
                    ? [
                        "dossier", "new", "--procedure", "LUU_TRU", "--answers", answers, "--attach", "GIAY_TO_KHACH=\(path)",
                        "--seal",
                    ] : ["sync", "--now"]
                let program = try house.start(words)
                try await Task.sleep(for: (isCapture ? capture : sync) * (Double(random.int(0...1000)) / 1000))
                program.send(.kill)
                let outcome = try await program.wait()
                // A kill while a command unlocks uses up a guess, and from the third on commands wait: an unlocking that succeeds
                // between them keeps the kills where the work is.
                if turn % 3 == 2 { _ = try await house.json(["queue", "list"]) }
                // Whatever reached the terminal was promised.
                if isCapture, let made = try? JSONText.decode(JSONValue.self, from: Data(outcome.output)),
                    let id = made["id"]?.stringValue
                {
                    confirmed[id] = [try await sha256(path)]
                }
            }
            let report = try await house.json(["sync", "--now"])
            #expect(report["pending"]?.int == 0, "seed \(seed)")
            #expect(report["inDoubt"]?.int == 0, "seed \(seed)")

            let held = try await house.portal.state().dossiers
            let local = try await house.json(["dossier", "list"]).arrayValue ?? []
            #expect(!confirmed.isEmpty, "seed \(seed): no capture was quick enough to be confirmed")
            // A dossier that was committed when the kill came before its confirmation is sent too; none without a row here.
            #expect(Set(held.map(\.id)) == Set(local.compactMap { $0["id"]?.stringValue }), "seed \(seed)")
            #expect(Set(held.map(\.id)).count == held.count, "seed \(seed): doubled")
            for row in local { #expect(row["state"] == "delivered", "seed \(seed)") }
            for (id, digests) in confirmed {
                let dossier = try #require(held.first { $0.id == id }, "seed \(seed): \(id) is lost")
                #expect(Set(dossier.attachments.compactMap(\.sha256OnDisk)) == digests, "seed \(seed)")
            }
            #expect(
                Set(local.compactMap { $0["receipt"]?.stringValue }).count == local.count, "seed \(seed): a receipt number twice")
        }

        private func sha256(_ path: String) async throws -> String {
            String(try await Program.run("/usr/bin/sha256sum", [path]).stdout.prefix(64))
        }
    }
}
