import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndCommands {
    @Suite("Consent on the command line")
    struct ConsentCommandTests {
        private func new(_ house: House, _ words: [String]) async throws -> [String] {
            ["dossier", "new", "--procedure", "LUU_TRU", "--answers", try await house.sample("LUU_TRU")] + words
        }

        private let needed = ["--consent", "filing", "--consent", "keep-scans"]

        @Test("What is not agreed to is named, in both languages, and nothing is sealed")
        func refused() async throws {
            let house = try await House()
            for (words, names) in [
                (
                    ["--consent", "contact"],
                    ["consent.filing: required", "consent.keep-scans: required", "consent.reason: required"]
                ),
                (needed + ["--consent", "adverts", "--consent-reason", "x"], ["consent.adverts: unknown-purpose"]),
                (needed + ["--consent-by", "guardian", "--consent-reason", "x"], ["consent.guardian", "consent.relation"]),
            ] {
                let outcome = try await house.run(try await new(house, ["--seal"] + words))
                #expect(outcome.status == 1)
                for name in names { #expect(outcome.stderr.contains(name), "\(outcome.stderr)") }
            }
            let outcome = try await house.run(try await new(house, ["--seal", "--consent", "contact"]))
            #expect(outcome.stderr.contains("Chưa đồng ý: Nộp hồ sơ thay") && outcome.stderr.contains("Not agreed to: Filing"))
            let broken = try house.folder.write("broken.json", Array(#"{"relation": "neighbour"}"#.utf8))
            let wrong = try await house.run(try await new(house, ["--seal", "--consent-details", broken] + needed))
            #expect(wrong.status == 1 && wrong.stderr.contains("/relation"), "\(wrong.stderr)")
            #expect(try await house.run(try await new(house, ["--seal", "--consent-by", "me"] + needed)).status == 2)
            #expect(try await house.json(["dossier", "list"]).arrayValue == [])
        }

        @Test("A guardian's signed page and a signature are sealed; the portal hears what was agreed to, and no name")
        func sealed() async throws {
            let house = try await House()
            let page = try house.file("page.jpg", bytes: 3000, seed: 3)
            let mother = try house.folder.write(
                "mother.json", Array(#"{"guardian": "Bùi Thị Bí", "relation": "mother", "witness": "Quách Văn Chứng"}"#.utf8))
            let made = try await house.json(
                try await new(
                    house, ["--seal", "--consent-by", "guardian", "--consent-page", page, "--consent-details", mother] + needed))
            let shown = try await house.json(["dossier", "show", try #require(made["id"]?.stringValue)])["consent"]
            #expect(
                shown?["purposes"] == ["filing", "keep-scans"] && shown?["evidence"] == "photo" && shown?["by"] == "guardian")

            let drawn = try house.folder.write("drawn.json", Array(#"{"signature": "M10 10L300 200"}"#.utf8))
            let draft = try #require(try await house.json(try await new(house, []))["id"]?.stringValue)
            _ = try await house.json(
                ["dossier", "seal", draft, "--consent-details", drawn, "--consent", "contact"] + needed)
            #expect(try await house.json(["dossier", "show", draft])["consent"]?["evidence"] == "signature")

            #expect(try await house.json(["sync"])["delivered"]?.int == 2)
            var held = Data()
            for name in try FileManager.default.contentsOfDirectory(atPath: house.folder.file("portal")).sorted() {
                held += (try? Data(contentsOf: URL(filePath: house.folder.file("portal/\(name)")))) ?? Data()
            }
            func isHeld(_ text: String) -> Bool { held.range(of: Data(text.utf8)) != nil }
            #expect(isHeld("[filing] ") && isHeld("[contact] ") && isHeld("phiên bản 2") && !isHeld("[reuse] "))
            for name in ["Bùi Thị Bí", "Quách Văn Chứng", "M10 10L300 200"] { #expect(!isHeld(name), "\(name)") }
        }
    }
}
