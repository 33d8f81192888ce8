import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndCommands {
    @Suite("From the table to the portal and back, with the real programs")
    struct TableToPortalTests {
        @Test("A sample with its papers is sealed, sent once, and its code comes home")
        func sampleGoesUp() async throws {
            let house = try await House()
            let sample = try await house.sample("TT_NHAP_SINH")
            let components =
                try JSONText.decode(JSONValue.self, from: Data(contentsOf: URL(filePath: sample)))["components"]?.arrayValue ?? []
            #expect(components == ["TO_KHAI_CT01", "GIAY_KHAI_SINH", "DONG_Y_CHU_HO"])
            var words = ["dossier", "new", "--procedure", "TT_NHAP_SINH", "--answers", sample, "--seal"]
            var digests: Set<String> = []
            for (index, component) in components.compactMap(\.stringValue).enumerated() {
                // One smaller than a chunk, one of several chunks and requests, one that ends at a chunk's end.
                let size = [1, 5_000_001, 262_144][index]
                let path = try house.file("scan-\(index).jpg", bytes: size, seed: UInt64(index + 1))
                words += ["--attach", "\(component)=\(path)"]
                digests.insert(try await sha256(path))
            }
            let made = try await house.json(words)
            let id = try #require(made["id"]?.stringValue)
            #expect(made["state"] == "sealed")
            #expect(made["receipt"]?.stringValue?.hasPrefix("TCS-") == true)

            let report = try await house.json(["sync"])
            #expect(report["delivered"]?.int == 1)
            #expect(report["uploaded"]?.int == 3)
            for name in ["rejected", "conflicts", "blocked", "inDoubt", "pending"] { #expect(report[name]?.int == 0, "\(name)") }

            let state = try await house.portal.state()
            #expect(state.dossiers.map(\.id) == [id])
            let held = try #require(state.dossiers.first)
            #expect(Set(held.attachments.map(\.sha256)) == digests)
            #expect(Set(held.attachments.compactMap(\.sha256OnDisk)) == digests)
            let shown = try await house.json(["dossier", "show", id])
            #expect(shown["code"]?.stringValue == held.code)
            #expect(shown["status"] == "received")
            #expect(shown["state"] == "delivered")
            #expect(Set(shown["attachments"]?.arrayValue?.compactMap { $0["sha256"]?.stringValue } ?? []) == digests)
            let again = try await house.json(["sync"])
            #expect(again["delivered"]?.int == 0)
            // The token's own request is all that is sent.
            #expect(try #require(again["bytesSent"]?.int) < 100)
        }

        @Test("What the officer does comes home, and a supplement asks for a person")
        func officerActs() async throws {
            let house = try await House()
            let sample = try await house.sample("LUU_TRU")
            let id = try #require(
                try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", sample, "--seal"])["id"]?
                    .stringValue)
            _ = try await house.json(["sync"])
            try await house.portal.act(dossier: id, act: "accept")
            #expect(try await house.json(["sync"])["changesApplied"]?.int == 1)
            #expect(try await house.json(["dossier", "show", id])["status"] == "accepted")
            try await house.portal.act(dossier: id, act: "request-supplement", remark: "Ghi rõ số nhà.")
            let report = try await house.json(["sync"], status: [3])
            #expect(report["supplements"]?.int == 1)
            let shown = try await house.json(["dossier", "show", id])
            #expect(shown["remarks"]?.arrayValue?.first?["text"] == "Ghi rõ số nhà.")
        }

        @Test("A dossier without a required paper is refused by name, and nothing half-done stays")
        func missingPaper() async throws {
            let house = try await House()
            let sample = try await house.sample("TT_NHAP_SINH")
            let scan = try house.file("scan.jpg", bytes: 100, seed: 9)
            let outcome = try await house.run([
                "dossier", "new", "--procedure", "TT_NHAP_SINH", "--answers", sample, "--attach", "TO_KHAI_CT01=\(scan)",
                "--seal",
            ])
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("/attachments/GIAY_KHAI_SINH"))
            #expect(outcome.stderr.contains("Giấy khai sinh"))
            #expect(try await house.json(["dossier", "list"]) == [])
        }

        @Test("A portal that refuses the resident's name sends the dossier back with the field")
        func mismatch() async throws {
            let house = try await House()
            let sample = try await house.sample("LUU_TRU")
            var answers = try JSONText.decode(JSONValue.self, from: Data(contentsOf: URL(filePath: sample)))
            answers.set("Hà Thị Nụ Hoa", at: JSONPointer(tokens: ["answers", "applicant", "fullName"]))
            let path = try house.folder.write("wrong.json", [UInt8](try JSONText.encode(answers)))
            let id = try #require(
                try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", path, "--seal"])["id"]?.stringValue
            )
            let report = try await house.json(["sync"], status: [3])
            #expect(report["rejected"]?.int == 1)
            let shown = try await house.json(["dossier", "show", id])
            #expect(shown["state"] == "rejected")
            #expect(shown["rejection"]?["faults"]?.arrayValue?.first?["pointer"] == "/applicant/fullName")
        }

        @Test("A resident without an account: the files go up, the dossier waits for the code, then goes")
        func accountCode() async throws {
            let house = try await House()
            let sample = try await house.sample("LUU_TRU")
            var answers = try JSONText.decode(JSONValue.self, from: Data(contentsOf: URL(filePath: sample)))
            for (name, value) in [
                "fullName": "H'Hen Niê", "citizenId": "099190000654", "birthDate": "1990-02", "phone": "0900000105",
            ] {
                answers.set(.string(value), at: JSONPointer(tokens: ["answers", "applicant", name]))
            }
            let path = try house.folder.write("hen.json", [UInt8](try JSONText.encode(answers)))
            let scan = try house.file("scan.jpg", bytes: 1000, seed: 4)
            let made = try await house.json([
                "dossier", "new", "--procedure", "LUU_TRU", "--answers", path, "--attach", "GIAY_TO_KHACH=\(scan)", "--seal",
            ])
            let id = try #require(made["id"]?.stringValue)
            let report = try await house.json(["sync"], status: [3])
            #expect(report["blocked"]?.int == 1)
            #expect(report["uploaded"]?.int == 1)
            let accounts = try await house.json(["account", "list"])
            let account = try #require(accounts.arrayValue?.first?["id"]?.stringValue)
            let code = try #require(try await house.portal.code(for: account))
            let codeFile = try house.folder.write("code", Array(code.utf8))
            #expect(try await house.run(["account", "code", account, "--code-file", codeFile]).status == 0)
            #expect(try await house.json(["sync"])["delivered"]?.int == 1)
            #expect(try await house.json(["dossier", "show", id])["state"] == "delivered")
        }

        @Test("Without a portal the run fails in words, and what is sealed stays queued")
        func portalGone() async throws {
            let house = try await House()
            let sample = try await house.sample("LUU_TRU")
            _ = try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", sample, "--seal"])
            house.portalProgram.send(.kill)
            _ = try await house.portalProgram.wait()
            let outcome = try await house.run(["sync"])
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("Không tới được cổng"))
            let report = try JSONText.decode(JSONValue.self, from: Data(outcome.output))
            #expect(report["pending"]?.int == 2)
            #expect(report["stop"] == "line")
        }

        private func sha256(_ path: String) async throws -> String {
            let outcome = try await Program.run("/usr/bin/sha256sum", [path])
            return String(outcome.stdout.prefix(64))
        }
    }
}
