import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndCommands {
    @Suite("The queue drains by itself once the portal is up")
    struct DrainTests {
        struct Case: Sendable, CustomTestStringConvertible {
            let kind: String
            let method: String
            let path: String
            var status: Int?
            var testDescription: String { "\(kind)\(status.map { " \($0)" } ?? "") at \(method) \(path)" }
        }

        static let cases: [Case] = {
            let calls = [
                ("POST", "/oauth2/token"), ("GET", "/v1/changes"), ("PUT", "/v1/accounts/"), ("POST", "/v1/files/"),
                ("PATCH", "/v1/files/"),
                ("PUT", "/v1/dossiers/"),
            ]
            return calls.flatMap { method, path in
                ["before", "after", "cut-answer", "html", "garbage", "cut-body"].map {
                    Case(kind: $0, method: method, path: path)
                }
                    + [429, 500, 503].flatMap {
                        [
                            Case(kind: "status", method: method, path: path, status: $0),
                            Case(kind: "after-status", method: method, path: path, status: $0),
                        ]
                    }
            }
        }()

        /// Four houses at a time: most of it is waiting.
        @Test(
            "One fault of every kind at every call: exactly once, all files equal, nobody asked",
            arguments: stride(from: 0, to: cases.count, by: 4).map { Array(cases[$0..<min($0 + 4, cases.count)]) })
        func singleFaults(_ faults: [Case]) async throws {
            try await withThrowingTaskGroup { group in
                for fault in faults { group.addTask { try await singleFault(fault) } }
                try await group.waitForAll()
            }
        }

        private func singleFault(_ fault: Case) async throws {
            let house = try await House()
            let answers = try await house.sample("LUU_TRU")
            let scan = try house.file("scan.jpg", bytes: 3_000_000, seed: 77)
            let made = try await house.json([
                "dossier", "new", "--procedure", "LUU_TRU", "--answers", answers, "--attach", "GIAY_TO_KHACH=\(scan)", "--seal",
            ])
            let id = try #require(made["id"]?.stringValue)
            try await house.portal.faults(
                kind: fault.kind, method: fault.method, pathPrefix: fault.path, times: 1, status: fault.status)
            var report = try await house.json(["sync"], status: [0, 1])
            // Some faults end a run (the portal was not reached); the next one, by the timer, needs no help.
            for _ in 0..<3 where report["pending"]?.int != 0 || report["inDoubt"]?.int != 0 {
                report = try await house.json(["sync", "--now"], status: [0, 1])
            }
            #expect(report["pending"]?.int == 0, "\(fault.testDescription)")
            #expect(report["inDoubt"]?.int == 0, "\(fault.testDescription)")
            #expect(report["rejected"]?.int == 0, "\(fault.testDescription)")
            #expect(report["conflicts"]?.int == 0, "\(fault.testDescription)")
            let held = try await house.portal.state().dossiers
            #expect(held.map(\.id) == [id], "\(fault.testDescription)")
            let digest = String(try await Program.run("/usr/bin/sha256sum", [scan]).stdout.prefix(64))
            #expect(held.first?.attachments.map(\.sha256OnDisk) == [digest], "\(fault.testDescription)")
            #expect(try await house.json(["dossier", "show", id])["state"] == "delivered")
        }

        @Test("Days without a portal, then one run")
        func portalComesBack() async throws {
            let house = try await House()
            let answers = try await house.sample("LUU_TRU")
            try await house.portal.faults(kind: "status", times: 1000, status: 500)
            for _ in 0..<3 {
                _ = try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", answers, "--seal"])
                _ = try await house.json(["sync", "--now"], status: [1])
            }
            try await house.portal.clearFaults()
            #expect(try await house.json(["sync", "--now"])["delivered"]?.int == 3)
            #expect(try await house.portal.state().dossiers.count == 3)
        }

        @Test("Two runs at once on one folder: one syncs, the other says so")
        func oneRunAtATime() async throws {
            let house = try await House()
            let answers = try await house.sample("LUU_TRU")
            _ = try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", answers, "--seal"])
            async let first = house.run(["sync"])
            async let second = house.run(["sync"])
            let outcomes = try await [first, second]
            #expect(outcomes.contains { $0.status == 0 })
            for outcome in outcomes where outcome.status != 0 { #expect(outcome.stderr.contains("another process syncs")) }
            #expect(try await house.portal.state().dossiers.map(\.puts) == [1])
        }
    }
}
