import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndCommands {
    /// The stories themselves, and their cases settled without a browser.
    @Suite("Stories at the terminal")
    struct StoryCommandTests {
        /// The stories that a test of ``StoryWalkTests`` walks; ``everyStory()`` compares.
        private static let walked: Set<String> = [
            "mistyped-name", "wrong-applicant", "unreadable-scan", "missing-paper", "several-faults", "supplement",
            "officer-edits",
            "duplicate", "new-account", "code-expired", "account-locked", "lost-answer", "overdue", "refused", "result",
            "withdrawn-too-late", "retired-procedure", "announcement", "lost-dossier", "first-dossier",
        ]

        @Test("Every story is walked by a test, and the program has them all")
        func everyStory() async throws {
            #expect(try Self.walked == Set(StoryHouse.names()))
            let listed = try await Program.run(House.kiosk, ["demo", "--story", "list"])
            #expect(listed.status == 0)
            for name in Self.walked { #expect(listed.stdout.contains("\(name)\n"), "\(name)") }
            let unknown = try await Program.run(House.kiosk, ["demo", "--story", "no-such"])
            #expect(unknown.status == 2 && unknown.stderr.contains("mistyped-name"))
        }

        @Test("Without a browser: a refusal is filed anew, a result told, a dossier looked up with a line and without")
        func byCommands() async throws {
            let refused = try await StoryHouse("refused")
            let id = try #require(refused.dossiers.first)
            #expect(try await refused.rows() == ["refused"])
            let new = try await refused.house.json(["reconcile", "file-anew", id])["id"]?.stringValue
            #expect(try await refused.house.json(["dossier", "show", try #require(new)])["state"] == "draft")
            #expect(try await refused.rows() == [])
            #expect(try await refused.house.run(["reconcile", "told", id]).status == 1, "told by filing it anew")

            let result = try await StoryHouse("result")
            let code = try #require(try await result.held()?.code)
            #expect(try await result.rows() == ["result"])
            #expect(try await result.house.run(["reconcile", "told", try #require(result.dossiers.first)]).status == 0)
            #expect(try await result.rows() == [])
            let lookUp = ["lookup", code, "--procedure", "TAM_VANG"]
            let there = try await result.house.json(lookUp)
            #expect(there["answer"] == "portal" && there["progress"]?["status"] == "resolved")
            let other = try await result.house.json(["lookup", code, "--procedure", "LUU_TRU"], status: [3])
            #expect(other["answer"] == "unknown")
            result.house.portalProgram.send(.kill)
            _ = try await result.house.portalProgram.wait()
            let last = try await result.house.json(lookUp)
            #expect(last["answer"] == "kiosk" && last["progress"]?["status"] == "resolved" && last["heardAt"] != nil)
        }

        @Test("A story with a mistake is refused with its place")
        func mistakes() async throws {
            let folder = try TemporaryFolder()
            for (text, words) in [
                ("{", "is not JSON"), ("{}", "/title is missing"),
                (#"{"title": {"vi": "A", "en": "A"}, "task": [{"vi": "A", "en": "A"}], "step": []}"#, "/step is not known"),
                (
                    #"{"title": {"vi": "A", "en": "A"}, "task": [{"vi": "A", "en": "A"}], "steps": [{"when": {"event": "arrived"}, "order": "acts", "with": {"dossier": "@LUU_TRU", "act": "accept"}}]}"#,
                    "/steps/0: /when/procedure is missing"
                ),
                (
                    #"{"title": {"vi": "A", "en": "A"}, "task": [{"vi": "A", "en": "A"}], "steps": [{"when": {"event": "start"}, "order": "acts", "with": {"dossier": "x", "act": "bribe"}}]}"#,
                    "/steps/0: /with: /act is none of"
                ),
            ] {
                let path = try folder.write("story.json", Array(text.utf8))
                let refused = try await Program.run(House.kiosk, ["demo", "--port", "0", "--story", path])
                #expect(refused.status == 1 && refused.stderr.contains(words), "\(words): \(refused.stderr)")
            }
        }
    }
}
