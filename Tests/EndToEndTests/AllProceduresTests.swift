import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndCommands {
    @Suite("All procedures of the letter")
    struct AllProceduresTests {
        @Test("Each sample is refused without each of its papers, sealed with them, and taken by the portal")
        func samplesGoUp() async throws {
            let house = try await House()
            let scan = try house.file("scan.jpg", bytes: 2000, seed: 5)
            let codes = try await house.json(["procedure", "list"]).arrayValue?.compactMap { $0["code"]?.stringValue } ?? []
            #expect(codes.count == 22)
            for code in codes {
                let sample = try await house.sample(code)
                let file = try JSONText.decode(JSONValue.self, from: Data(contentsOf: URL(filePath: sample)))
                let papers = file["components"]?.arrayValue?.compactMap(\.stringValue) ?? []
                let words = ["dossier", "new", "--procedure", code, "--answers", sample, "--seal"]
                func attached(_ papers: [String]) -> [String] { papers.flatMap { ["--attach", "\($0)=\(scan)"] } }
                if let last = papers.last {
                    let refused = try await house.run(words + attached(papers.dropLast()))
                    #expect(refused.status != 0, "\(code)")
                    #expect(refused.stderr.contains(last), "\(code): \(refused.stderr)")
                }
                #expect(try await house.json(words + attached(papers))["state"] == "sealed", "\(code)")
            }
            let report = try await house.json(["sync"])
            #expect(report["delivered"]?.int == 22, "\(report)")
            #expect(report["rejected"]?.int == 0)
            #expect(Set(try await house.portal.state().dossiers.map(\.id)).count == 22)
        }
    }
}
