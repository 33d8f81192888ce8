import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    /// A case that nobody takes up, with the real program under other clocks (Debian's faketime) and on a restored copy of its data.
    @Suite("A case that is left lying")
    struct IgnoredCaseTests {
        /// Debian's program of this name; nil where it is not installed.
        ///
        /// The gate must have it.
        private static let faketime = Program.installed("faketime")
        private static let requirement = ConditionTrait.enabled(
            if: faketime != nil || ProcessInfo.processInfo.environment["KIOSK_REQUIRE_BROWSER"] != nil, "needs faketime")

        /// The worklist as it is with a clock that is so wrong, `+31d` or `-2y`.
        private func rows(_ house: House, clock: String?) async throws -> [JSONValue] {
            let words = house.arguments(["worklist", "--json"])
            let outcome =
                if let clock {
                    try await Program.run(
                        try #require(Self.faketime), ["-f", clock, House.kiosk] + words,
                        environment: house.environment.merging(["FAKETIME_DONT_FAKE_MONOTONIC": "1"]) { $1 })
                } else {
                    try await Program.run(House.kiosk, words, environment: house.environment)
                }
            #expect([0, 3].contains(outcome.status), "\(outcome.stderr)")
            return try JSONText.decode(JSONValue.self, from: Data(outcome.output)).arrayValue ?? []
        }

        @Test(
            "A month later, with a clock that is wrong by years, and on a restored backup it is still there, once",
            requirement, arguments: ["mistyped-name", "supplement", "refused", "new-account"])
        func stillThere(story name: String) async throws {
            let story = try await StoryHouse(name)
            let house = story.house
            let before = try await rows(house, clock: nil)
            #expect(before.count == 1)
            let case0 = try #require(before.first)
            // That an open code has expired later (below) tells that the clock is another one at all.
            for clock in ["+31d", "+5y", "-2y"] {
                let then = try await rows(house, clock: clock)
                #expect(then.count == 1 && then.first?["id"] == case0["id"], "\(clock)")
                // A code that was out a month ago has expired; every other case is what it was.
                let kind = name == "new-account" && clock.hasPrefix("+") ? "account-unverified" : case0["kind"]?.stringValue
                #expect(then.first?["kind"]?.stringValue == kind, "\(clock)")
            }
            // A backup of the morning is restored over what the day made of it.
            let backup = house.folder.file("backup")
            try FileManager.default.copyItem(atPath: house.data, toPath: backup)
            _ = try await house.json(["sync"], status: [0, 1, 3])
            #expect(try await rows(house, clock: nil).count == 1)
            try FileManager.default.removeItem(atPath: house.data)
            try FileManager.default.copyItem(atPath: backup, toPath: house.data)
            #expect(try await rows(house, clock: nil) == before)
            // And with news from the portal, which tells what the restored data do not know.
            _ = try await house.json(["sync"], status: [0, 1, 3])
            #expect(try await rows(house, clock: nil).map { $0["id"] } == [case0["id"]])
        }
    }
}
