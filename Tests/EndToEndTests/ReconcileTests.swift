import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndCommands {
    /// One dossier changed here and at the officer's desk, with the real programs.
    @Suite("Changed here and at the portal")
    struct ReconcileTests {
        /// A kiosk whose notice of stay is at the portal, with the notice's id.
        private func delivered(papers: Int = 0) async throws -> (House, String) {
            let house = try await House()
            let sample = try await house.sample("LUU_TRU")
            var words = ["dossier", "new", "--procedure", "LUU_TRU", "--answers", sample, "--seal"]
            for index in 0..<papers {
                words += ["--attach", "GIAY_TO_KHACH=\(try house.file("\(index).png", bytes: 900, seed: UInt64(index)))"]
            }
            let id = try #require(try await house.json(words)["id"]?.stringValue)
            #expect(try await house.json(["sync"])["delivered"]?.int == 1)
            return (house, id)
        }

        /// Takes the dossier up on the kiosk's pages, mends fields, adds a paper, and seals it.
        private func amend(_ id: String, _ house: House, _ fields: [String: JSONValue], paper: String? = nil) async throws {
            let served = try await ServedKiosk(house)
            try await served.post("/dossiers/\(id)/reopen")
            for (pointer, value) in fields.sorted(by: { $0.key < $1.key }) { try await served.answer(id, pointer, value) }
            if let paper { try await served.attach(id, "GIAY_TO_KHACH", paper) }
            try await served.stop()
            #expect(try await house.json(["dossier", "seal", id])["state"] == "sealed")
        }

        private func edit(_ house: House, _ id: String, _ pointer: String, _ value: JSONValue) async throws {
            try await house.portal.act(dossier: id, act: "edit-field", pointer: "/fields" + pointer, value: value)
        }

        /// What the portal holds at a place.
        private func held(_ house: House, _ id: String, _ pointer: String) async throws -> JSONValue? {
            try await house.portal.state().dossier(id)?.fields[JSONPointer(pointer) ?? JSONPointer(tokens: [])]
        }

        @Test("Disjoint edits are merged and sent in one run; a database's own field follows the portal")
        func disjoint() async throws {
            let (house, id) = try await delivered()
            try await amend(
                id, house, ["/stay/reason": "Khám bệnh", "/guests/@1/birthDate": "1988-11", "/stay/until": "2022-04-12"])
            try await edit(house, id, "/guests/0/permanentAddress", "Bản Mới, xã Mẫu, tỉnh Mẫu")
            // The officer writes the birth date down to its year; here it was cut to its month.
            try await edit(house, id, "/guests/0/birthDate", "1988")
            let report = try await house.json(["sync"])
            #expect(report["delivered"]?.int == 1 && report["conflicts"]?.int == 0)
            #expect(try await held(house, id, "/stay/reason") == "Khám bệnh")
            #expect(try await held(house, id, "/stay/until") == "2022-04-12")
            #expect(try await held(house, id, "/guests/0/permanentAddress") == "Bản Mới, xã Mẫu, tỉnh Mẫu")
            #expect(try await held(house, id, "/guests/0/birthDate") == "1988")
            let shown = try await house.json(["dossier", "show", id])
            #expect(shown["answers"] == (try await house.portal.state().dossier(id)?.fields), "both sides hold the same")
            let merged = shown["history"]?.arrayValue?.first { $0["event"] == "merged" }?["changes"]?.arrayValue ?? []
            #expect(
                Set(merged.compactMap { "\($0["pointer"]?.stringValue ?? "") \($0["from"]?.stringValue ?? "")" }) == [
                    "/stay/reason ours", "/stay/until ours", "/guests/@1/permanentAddress theirs", "/guests/@1/birthDate theirs",
                ])
            #expect(merged.first { $0["pointer"] == "/guests/@1/birthDate" }?["overruled"] == "1988-11", "nothing is lost")
        }

        @Test("A same-field clash waits for a person, is settled on the command line, and is accepted")
        func clash() async throws {
            let (house, id) = try await delivered()
            try await amend(id, house, ["/stay/reason": "Khám bệnh", "/stay/until": "2022-04-12"])
            try await edit(house, id, "/stay/reason", "Đi chợ")
            try await edit(house, id, "/stay/until", "2022-04-11")
            #expect(try await house.json(["sync"], status: [3])["conflicts"]?.int == 1)
            #expect(try await held(house, id, "/stay/reason") == "Đi chợ", "nothing is written over")

            let list = try await house.json(["reconcile", "list"], status: [3])
            #expect(list.arrayValue?.map { $0["id"] } == [.string(id)] && list.arrayValue?.first?["clashes"]?.int == 2)
            let shown = try await house.json(["reconcile", "show", id], status: [3])
            let clash = try #require(shown["clashes"]?.arrayValue?.first { $0["pointer"] == "/stay/reason" })
            #expect(clash["base"] == "Thăm người thân" && clash["ours"] == "Khám bệnh" && clash["theirs"] == "Đi chợ")
            #expect(shown["theirs"]?["by"] == "officer" && shown["ours"]?["by"] == .string(House.operatorName))
            let served = try await ServedKiosk(house)
            let page = try await served.page("/dossiers/\(id)")
            try await served.stop()
            for word in ["Thăm người thân", "Khám bệnh", "Đi chợ", "Cán bộ", "12/04/2022", "11/04/2022"] {
                #expect(page.contains(word), "\(word)")
            }

            let undecided = try await house.run(["reconcile", "resolve", id, "--take", "theirs=/stay/until"])
            #expect(undecided.status == 3 && undecided.stderr.contains("/stay/reason"))
            #expect(try await house.run(["reconcile", "resolve", id, "--take", "hers"]).status == 2)
            let strange = try await house.run(
                ["reconcile", "resolve", id, "--from", "-"], input: Array(#"{"/stay/reason": "Đi chợ"}"#.utf8))
            #expect(strange.status == 1 && strange.stderr.contains("/stay/reason wants"))
            let broken = try await house.run(
                ["reconcile", "resolve", id, "--from", "-"],
                input: Array(#"{"/stay/reason": {"take": "ours"}, "/stay/until": {"value": "2022-01-01"}}"#.utf8))
            #expect(broken.status == 1 && broken.stderr.contains("stay-ends-before-it-begins"))
            let preview = try await house.json(
                ["reconcile", "resolve", id, "--take", "ours", "--take", "theirs=/stay/until", "--preview"])
            #expect(preview["answers"]?["stay"]?["until"] == "2022-04-11" && preview["faults"] == [])
            #expect(try await house.run(["reconcile", "show", id]).status == 3, "nothing was stored")
            let resolved = try await house.run(
                ["reconcile", "resolve", id, "--take", "theirs", "--from", "-"],
                input: Array(#"{"/stay/reason": {"value": "Khám bệnh rồi đi chợ"}}"#.utf8))
            #expect(resolved.status == 0, "\(resolved.stderr)")
            #expect(try await house.json(["reconcile", "list"]) == [])
            #expect(try await house.run(["reconcile", "show", id]).status == 1)

            #expect(try await house.json(["sync"])["delivered"]?.int == 1)
            #expect(try await held(house, id, "/stay/reason") == "Khám bệnh rồi đi chợ")
            #expect(try await held(house, id, "/stay/until") == "2022-04-11")
            #expect(try await house.json(["dossier", "show", id])["state"] == "delivered")
        }

        @Test("A guest removed at the desk and edited here is a clash; the person keeps the guest")
        func removedMember() async throws {
            let (house, id) = try await delivered()
            let guest = try #require(try await held(house, id, "/guests/0"))
            let other: JSONValue = [
                "id": "2", "fullName": "Hà Văn Khách", "birthDate": "1990", "sex": "male", "document": "khong",
                "permanentAddress": "Xã Mẫu",
            ]
            try await amend(id, house, ["/guests/@1/permanentAddress": "Bản khác, xã Mẫu"])
            try await edit(house, id, "/guests", [other])
            #expect(try await house.json(["sync"], status: [3])["conflicts"]?.int == 1)
            let shown = try await house.json(["reconcile", "show", id], status: [3])
            let clash = try #require(shown["clashes"]?.arrayValue?.first)
            #expect(clash["pointer"] == "/guests/@1" && clash["base"] == guest && clash["theirs"] == nil)
            _ = try await house.json(["reconcile", "resolve", id, "--take", "ours=/guests/@1"])
            #expect(try await house.json(["sync"])["delivered"]?.int == 1)
            let guests = try await held(house, id, "/guests")?.arrayValue ?? []
            #expect(Set(guests.compactMap { $0["id"]?.stringValue }) == ["1", "2"])
            #expect(guests.first { $0["id"] == "1" }?["permanentAddress"] == "Bản khác, xã Mẫu")
            #expect(guests.first { $0["id"] == "2" } == other, "the officer's guest stays")
        }

        @Test("A paper taken out at the desk stays out, one added here goes up")
        func papers() async throws {
            let (house, id) = try await delivered(papers: 2)
            let before = try #require(try await house.portal.state().dossier(id)).attachments
            try await amend(id, house, [:], paper: ShippedFiles.path(of: "sync-fixtures/scans/giay-khai-sinh.png"))
            try await house.portal.act(dossier: id, act: "remove-paper", pointer: "/attachments/0")
            let report = try await house.json(["sync"])
            #expect(report["delivered"]?.int == 1 && report["uploaded"]?.int == 1)
            let after = try #require(try await house.portal.state().dossier(id)).attachments
            #expect(after.count == 2 && !after.contains { $0.sha256 == before[0].sha256 })
            #expect(after.contains { $0.sha256 == before[1].sha256 } && after.allSatisfy(\.present))
            let shown = try await house.json(["dossier", "show", id])["attachments"]?.arrayValue ?? []
            #expect(Set(shown.compactMap { $0["sha256"]?.stringValue }) == Set(after.map(\.sha256)))
        }

        @Test("An edit that comes while the form is open is merged when it is sealed, and what was typed stays")
        func openForm() async throws {
            let (house, id) = try await delivered()
            let served = try await ServedKiosk(house)
            try await served.post("/dossiers/\(id)/reopen")
            try await served.answer(id, "/stay/reason", "Khám bệnh")
            try await edit(house, id, "/guests/0/permanentAddress", "Bản Mới")
            #expect(try await house.json(["sync"])["changesApplied"]?.int == 1)
            // A field of the page that was open all the time.
            try await served.answer(id, "/stay/until", "2022-04-12")
            let page = try await served.page("/dossiers/\(id)")
            #expect(page.contains("Cán bộ đã sửa trên cổng trong lúc"))
            try await served.stop()
            _ = try await house.json(["dossier", "seal", id])
            #expect(try await house.json(["sync"])["delivered"]?.int == 1)
            #expect(try await held(house, id, "/guests/0/permanentAddress") == "Bản Mới")
            #expect(try await held(house, id, "/stay/reason") == "Khám bệnh")
            #expect(try await held(house, id, "/stay/until") == "2022-04-12")
        }
    }
}
