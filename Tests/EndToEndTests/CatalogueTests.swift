import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndCommands {
    @Suite("A newer catalogue comes by sync")
    struct CatalogueTests {
        private func status(_ house: House, _ allowed: [Int32] = [0]) async throws -> JSONValue? {
            try await house.json(["status"], status: allowed)["catalogue"]
        }

        private func stay(_ house: House, _ answers: String, seal: Bool = true) async throws -> String {
            let made = try await house.json(
                ["dossier", "new", "--procedure", "LUU_TRU", "--answers", answers] + (seal ? ["--seal"] : []))
            return try #require(made["id"]?.stringValue)
        }

        @Test("New drafts of a kiosk that is serving have its new question; an old draft files under the old version")
        func newer() async throws {
            let house = try await House()
            let builtIn = try #require(try await status(house))
            let before = try #require(builtIn["version"]?.stringValue)
            #expect(builtIn["origin"] == "built-in")
            let answers = try await house.sample("LUU_TRU")
            let old = try await stay(house, answers, seal: false)
            let serving = try house.start(["serve", "--port", "0"])
            let address = try await serving.line { $0.contains("http://") }.split(separator: " ").last ?? ""
            let client = try WebClient(base: String(address))
            let unlocked = try await client.post("/unlock", form: ["pin": House.pin, "next": "/"])
            let cookie = ["Cookie": String(try #require(unlocked.headers["set-cookie"]).prefix { $0 != ";" })]
            let session = try await client.get("/session", headers: cookie)
            let csrf = try #require(try JSONText.decode(JSONValue.self, from: Data(session.body))["csrf"]?.stringValue)
            #expect(try await client.get("/dossiers/new", headers: cookie).text.contains("TAM_TRU"))

            try await house.portal.publish(catalogue: [UInt8](try ShippedFiles.newerCatalogue("2099.1")))
            // The line breaks in the middle of it: the run goes on, the next one has it.
            try await house.portal.faults(kind: "cut-answer", pathPrefix: "/v1/catalogue", times: 5)
            let first = try await stay(house, answers)
            let broken = try await house.json(["sync"])
            #expect(broken["delivered"]?.int == 1 && broken["newCatalogue"] == nil)
            try await house.portal.clearFaults()
            let report = try await house.json(["sync", "--now"])
            let version = try #require(report["newCatalogue"]?.stringValue)
            #expect(version.hasPrefix("2099.1@"))
            let standing = try #require(try await status(house))
            #expect(standing["version"]?.stringValue == version && standing["origin"] == "portal" && standing["since"] != nil)
            let codes = try await house.json(["procedure", "list"]).arrayValue?.compactMap { $0["code"]?.stringValue }
            #expect(codes == ["TT_NHAP_SINH", "LUU_TRU"])
            #expect(try await house.json(["sync"])["newCatalogue"] == nil)

            // The serving kiosk, which did not sync itself and was not restarted.
            #expect(!(try await client.get("/dossiers/new", headers: cookie).text.contains("TAM_TRU")))
            let begun = try await client.post(
                "/dossiers/new", form: ["csrf": csrf, "procedure": "LUU_TRU"], headers: cookie)
            let form = try await client.get(try #require(begun.headers["location"]), headers: cookie)
            let page = try await client.get(try #require(form.headers["location"]), headers: cookie)
            #expect(page.status == 200 && page.text.contains("Số nhà"))
            #expect(try await client.get("/dossiers/\(old)", headers: cookie).text.contains("Thủ tục đã đổi: thêm mục «Số nhà»"))

            _ = try await house.json(["dossier", "seal", old])
            let new = try await stay(house, answers)
            #expect(try await house.json(["sync"])["delivered"]?.int == 2)
            let held = try await house.portal.state().dossiers
            let versions = Dictionary(held.map { ($0.id, $0.catalogueVersion) }) { first, _ in first }
            #expect(versions == [first: before, old: before, new: version])
        }

        @Test("A broken one is refused whole, told, and holds up no dossier; a procedure that is retired is returned")
        func broken() async throws {
            let house = try await House()
            let good = try ShippedFiles.newerCatalogue("2099.1")
            try await house.portal.publish(catalogue: [UInt8](good))
            #expect(try await house.json(["sync"])["newCatalogue"] != nil)
            let version = try await status(house)?["version"]
            let answers = try await house.sample("LUU_TRU")
            let noGroup = try ShippedFiles.newerCatalogue("2099.2") {
                $0.set("none", at: JSONPointer(tokens: ["procedures", "1", "group"]))
            }
            let cases: [(bytes: [UInt8], fault: String)] = [
                ([UInt8](good.prefix(good.count / 2)), "is not JSON"),
                ([UInt8](repeating: 32, count: 5 * 1_048_576), "larger than 4194304 bytes"),
                ([UInt8](noGroup), "/procedures/LUU_TRU/group is not in /groups"),
            ]
            for (bytes, fault) in cases {
                try await house.portal.publish(catalogue: bytes)
                _ = try await stay(house, answers)
                let report = try await house.json(["sync"], status: [3])
                #expect(report["delivered"]?.int == 1 && report["rejected"]?.int == 0 && report["stop"] == nil)
                #expect(report["refusedCatalogue"]?["fault"]?.stringValue?.contains(fault) == true, "\(fault)")
            }
            let standing = try #require(try await status(house, [3]))
            #expect(standing["version"] == version && standing["origin"] == "portal")
            #expect(standing["refused"]?["fault"]?.stringValue == cases.last?.fault)
            #expect(standing["refused"]?["version"] == "2099.2")
            // A dossier whose procedure the portal no longer has comes back to a person; the refusal ends with a whole catalogue.
            let late = try await stay(house, answers)
            let without = try ShippedFiles.newerCatalogue("2099.3") { catalogue in
                catalogue.set(
                    .array((catalogue["procedures"]?.arrayValue ?? []).dropLast()), at: JSONPointer(tokens: ["procedures"]))
            }
            try await house.portal.publish(catalogue: [UInt8](without))
            let report = try await house.json(["sync"], status: [3])
            #expect(report["refusedCatalogue"] == nil && report["rejected"]?.int == 1)
            #expect(try await house.json(["dossier", "show", late])["rejection"]?["code"] == "procedure-retired")
        }

        @Test("SIGKILL at any moment of taking a catalogue leaves the last one or the new one, whole")
        func killed() async throws {
            let house = try await House()
            let clock = ContinuousClock()
            try await house.portal.publish(catalogue: [UInt8](try ShippedFiles.newerCatalogue("2099.0")))
            let whole = try await clock.measure { _ = try await house.json(["sync"]) } * 1.2
            var last = "2099.0"
            for turn in 1...5 {
                try await house.portal.publish(catalogue: [UInt8](try ShippedFiles.newerCatalogue("2099.\(turn)")))
                let program = try house.start(["sync", "--now"])
                try await Task.sleep(for: whole * (Double(turn) / 5))
                program.send(.kill)
                _ = try await program.wait()
                let version = try await status(house)?["version"]?.stringValue ?? ""
                let base = String(version.prefix { $0 != "@" })
                #expect([last, "2099.\(turn)"].contains(base), "\(version) in turn \(turn)")
                last = base
            }
            _ = try await house.json(["sync"])
            let standing = try #require(try await status(house))
            #expect(standing["version"]?.stringValue?.hasPrefix("2099.5@") == true && standing["refused"] == nil)
        }
    }
}
