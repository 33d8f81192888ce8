import Foundation
import JSONTree
import KioskDomain
import KioskSync
import KioskTestSupport
import Synchronization
import Testing

@Suite struct SyncChaosTests {
    /// Each subject has its own chance, so that what happens to it does not hang on the order of tasks.
    private final class Chance: Sendable {
        private let state: Mutex<[String: SeededGenerator]> = Mutex([:])
        private let seed: UInt64

        init(seed: UInt64) { self.seed = seed }

        func draw<T>(_ key: String, _ body: (inout SeededGenerator) -> T) -> T {
            state.withLock { state in
                let hash = key.utf8.reduce(seed &* 0x9E37_79B9) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
                var random = state[key] ?? SeededGenerator(seed: hash)
                defer { state[key] = random }
                return body(&random)
            }
        }
    }

    private static func fault(_ call: String, _ chance: Chance, _ key: String) -> FakePortal.Fault? {
        chance.draw(key) { random in
            guard random.oneIn(4) else { return nil }
            var choices: [FakePortal.Fault] = [
                .before(.line(mayHaveActed: false)), .before(.line(mayHaveActed: true)), .after(.line(mayHaveActed: true)),
                .before(.busy(retryAfter: nil)), .before(.busy(retryAfter: Double(random.int(0...90)))),
                .after(.failing(retryAfter: nil, mayHaveActed: true)),
                .before(.failing(retryAfter: Double(random.int(0...90)), mayHaveActed: false)),
                .before(.unauthenticated), .before(.notThePortal), .after(.notThePortal),
            ]
            switch call {
            case "send": choices += [.spoil, .spoil, .before(.accountUnverified), .before(.filesMissing([]))]
            case "create": choices += [.before(.requestTooLarge), .before(.checksumFailed), .before(.uploadHeld(retryAfter: 2))]
            case "offset": choices += [.spoil, .before(.uploadHeld(retryAfter: 2)), .before(.gone)]
            case "append": choices += [.spoil, .before(.checksumFailed), .before(.wrongOffset), .before(.gone)]
            case "changes": choices += [.before(.gone)]
            default: break
            }
            return random.pick(choices)
        }
    }

    @Test func `whatever the line and the portal do, each dossier is there once in the end`() async throws {
        for seed: UInt64 in 0..<2000 {
            var random = SeededGenerator(seed: seed)
            let chance = Chance(seed: seed)
            let outbox = FakeOutbox()
            let count = random.int(1...5)
            for index in 0..<count {
                let files = (0..<random.int(0...2)).map { _ in random.bytes(random.int(1...40)) }
                outbox.add(dossier: "d\(index)", files: files, account: random.oneIn(2))
            }
            let portal = FakePortal { call, subject, _ in Self.fault(call, chance, "\(call) \(subject)") }
            let clock = FakeClock(seed: seed)
            var options = SyncEngine.Options()
            options.parallel = 1 + Int(seed % 4)
            var runs = 0
            while !outbox.isDrained, runs < 200 {
                runs += 1
                // Now and then the disk fails, as if the process had been killed before an outcome was committed.
                if random.oneIn(5) { outbox.state.withLock { $0.recordsUntilFault = random.int(0...6) } }
                let before = clock.slept
                options.ignoresBackOff = random.oneIn(5)
                let engine = SyncEngine(outbox: outbox, replica: outbox, portal: portal, clock: clock, options: options)
                do {
                    let report = try await engine.run()
                    #expect(clock.slept - before <= options.patience + 0.001, "seed \(seed)")
                    if report.stop == nil, report.standing.pending == 0 {
                        #expect(report.standing.inDoubt == 0 || report.workIsLeft)
                    }
                } catch is DiskFault {}
                outbox.state.withLock { $0.recordsUntilFault = nil }
                clock.pass(Double(random.int(1...7200)))
            }
            #expect(outbox.isDrained, "seed \(seed): not drained after \(runs) runs")
            let held = portal.state.withLock { $0.dossiers }
            #expect(held.count == count && held.values.allSatisfy { $0.creations == 1 }, "seed \(seed)")
            let files = outbox.state.withLock { $0.files }
            let whole = portal.state.withLock { state in state.uploads.values.filter { $0.bytes.count == $0.size } }
            for upload in whole { #expect(files[upload.file] == upload.bytes, "seed \(seed): \(upload.file)") }
            for row in outbox.rows(.account) {
                #expect(portal.state.withLock { $0.accounts.contains(row.subject) }, "seed \(seed)")
            }
        }
    }
}
