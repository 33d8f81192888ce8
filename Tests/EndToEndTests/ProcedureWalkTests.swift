import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    @Suite("All procedures in Chromium")
    struct ProcedureWalkTests {
        @Test(
            "Each of the 22 procedures is filled in from its tile to the receipt, and the portal takes them all",
            Browser.requirement)
        func procedures() async throws {
            let house = try await House()
            let codes = try await house.json(["procedure", "list"]).arrayValue?.compactMap { $0["code"]?.stringValue } ?? []
            #expect(codes.count == 22)
            let (program, address) = try await house.serve()
            var filed: [String: JSONValue] = [:]
            try await Browser.run { browser in
                try await browser.setScreen(width: 1280, height: 800)
                let screen = Screen(browser: browser, address: address)
                try await screen.unlock()
                for code in codes {
                    let sample = try await house.sampleFile(code)
                    filed[code] = sample["answers"]
                    try await screen.fillIn(code, sample["answers"] ?? .null)
                    let papers = sample["components"]?.arrayValue?.compactMap(\.stringValue) ?? []
                    try await screen.attach(house.papers(papers))
                    try await screen.goOn()
                    #expect(try await screen.seal().hasPrefix("TCS-"), "\(code)")
                }
                #expect(try await browser.console().isEmpty)
            }
            let report = try await house.json(["sync"])
            #expect(report["delivered"]?.int == 22, "\(report)")
            #expect(report["rejected"]?.int == 0)
            let held = try await house.portal.state().dossiers
            #expect(held.count == 22)
            for dossier in held {
                #expect(dossier.fields.withoutMemberIDs == filed[dossier.procedure]?.withoutMemberIDs, "\(dossier.procedure)")
            }
            program.send(.interrupt)
            #expect(try await program.wait().status == 0)
        }
    }
}

extension JSONValue {
    /// The answers without the ids of members, which each kiosk makes for itself.
    fileprivate var withoutMemberIDs: JSONValue {
        guard case .object(let fields) = self else { return self }
        return .object(
            fields.mapValues { value in
                guard let members = value.arrayValue else { return value }
                return .array(members.map { .object(($0.objectValue ?? [:]).filter { $0.key != "id" }) })
            })
    }
}
