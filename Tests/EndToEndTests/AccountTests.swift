import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndCommands {
    @Suite("Residents' accounts at the real training portal")
    struct AccountTests {
        /// A notice of stay that a resident without an account files, sent as far as it goes.
        private func waiting(_ house: House) async throws -> (dossier: String, account: String) {
            var file = try await house.sampleFile("LUU_TRU")
            for (name, value) in [
                "fullName": "H'Hen Niê", "citizenId": "099190000654", "birthDate": "1990-02", "phone": "0900000105",
            ] {
                file.set(.string(value), at: JSONPointer(tokens: ["answers", "applicant", name]))
            }
            let path = try house.folder.write("hen.json", [UInt8](try JSONText.encode(file)))
            let made = try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", path, "--seal"])
            #expect(try await house.json(["sync"], status: [3])["blocked"]?.int == 1)
            let accounts = try await house.json(["account", "list"])
            return (
                try #require(made["id"]?.stringValue), try #require(accounts.arrayValue?.first?["id"]?.stringValue)
            )
        }

        private func enter(_ code: String, _ account: String, _ house: House) async throws {
            let file = try house.folder.write("code", Array(code.utf8))
            #expect(try await house.run(["account", "code", account, "--code-file", file]).status == 0)
        }

        private func account(_ house: House) async throws -> JSONValue {
            try #require(try await house.json(["account", "list"]).arrayValue?.first)
        }

        @Test("A wrong code leaves fewer guesses, an old one is told, and a new one comes and verifies")
        func newCode() async throws {
            let house = try await House(settings: Self.impatient)
            let (dossier, id) = try await waiting(house)
            let first = try #require(try await house.portal.code(for: id))

            // Too soon for another code: it waits by itself, and the other resident's dossier goes all the same.
            _ = try await house.json(["account", "new-code", id])
            let sample = try await house.sample("LUU_TRU")
            _ = try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", sample, "--seal"])
            let early = try await house.json(["sync"], status: [1])
            #expect(early["delivered"]?.int == 1 && early["stop"] == nil)
            let queued = try await house.json(["queue", "list"])["operations"]?.arrayValue?.first { $0["kind"] == "new-code" }
            #expect(queued?["reason"] == "code-too-soon" && queued?["state"] == "waiting")
            #expect(try await house.portal.sms().count == 1)

            try await enter(first == "000000" ? "000001" : "000000", id, house)
            _ = try await house.json(["sync"], status: [3])
            let wrong = try await account(house)
            #expect(wrong["state"] == "code-wrong" && wrong["attemptsLeft"]?.int == 4)
            try await house.portal.ageCode(of: id, seconds: 601)
            try await enter(first, id, house)
            _ = try await house.json(["sync"], status: [3])
            #expect(try await account(house)["state"] == "code-expired")

            // The answer to the wish is lost: its repeat comes too soon, which says that the first one was heard.
            try await house.portal.faults(kind: "after", method: "POST", pathPrefix: "/v1/accounts/", times: 2)
            _ = try await house.json(["account", "new-code", id])
            _ = try await house.json(["sync"], status: [1])
            try await house.portal.clearFaults()
            _ = try await house.json(["sync", "--now"], status: [3])
            #expect(try await account(house)["state"] == "code-sent")
            #expect(try await house.portal.sms().count == 2)
            try await enter(try #require(try await house.portal.code(for: id)), id, house)
            #expect(try await house.json(["sync"])["delivered"]?.int == 1)
            #expect(try await house.json(["dossier", "show", dossier])["state"] == "delivered")
        }

        @Test(
            "A portal that was restored from a backup of before gets its dossier, files and account again, once a person wants it"
        )
        func restored() async throws {
            let house = try await House()
            let sample = try await house.sample("LUU_TRU")
            let scan = try house.file("scan.jpg", bytes: 2000, seed: 4)
            let id = try #require(
                try await house.json([
                    "dossier", "new", "--procedure", "LUU_TRU", "--answers", sample, "--attach", "GIAY_TO_KHACH=\(scan)",
                    "--seal",
                ])["id"]?.stringValue)
            #expect(try await house.json(["sync"])["delivered"]?.int == 1)
            let accounts = try await house.portal.state().accounts?.map(\.id) ?? []
            try await house.portal.forget(dossiers: [id], accounts: accounts, files: true, feed: true)

            let report = try await house.json(["sync"], status: [3])
            #expect(report["conflicts"]?.int == 1 && report["delivered"]?.int == 0)
            #expect(try await house.portal.state().dossiers.isEmpty, "nothing goes without a person")
            let listed = try await house.json(["reconcile", "list"], status: [3]).arrayValue?.first
            #expect(listed?["kind"] == "absent" && listed?["id"] == .string(id))
            #expect(try await house.run(["reconcile", "send-again", id]).status == 0)
            let again = try await house.json(["sync"])
            #expect(again["delivered"]?.int == 1 && again["uploaded"]?.int == 1)
            let held = try #require(try await house.portal.state().dossier(id))
            #expect(held.puts == 1 && held.attachments.map(\.present) == [true])
            let shown = try await house.json(["dossier", "show", id])
            #expect(shown["state"] == "delivered" && shown["code"]?.stringValue == held.code)
            let history = shown["history"]?.arrayValue?.compactMap { $0["event"]?.stringValue } ?? []
            #expect(history.contains("not-at-portal") && history.contains("sent-again"))
        }

        private static let impatient = #"{"pin": {"logN": 14, "r": 8, "p": 1}, "sync": {"patienceSeconds": 0}}"#
    }
}
