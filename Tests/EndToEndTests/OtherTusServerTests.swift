import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndCommands {
    /// `KIOSK_TUS_PYTHON` names a Python that has `tuspyserver` and `uvicorn` (the gate makes one).
    @Suite("An independent tus server takes the files (portal.filesURL)")
    struct OtherTusServerTests {
        private static let python = ProcessInfo.processInfo.environment["KIOSK_TUS_PYTHON"]

        @Test(
            "Files of every size come whole to tuspyserver, also after it lost what was begun", .enabled(if: python != nil))
        func filesGoThere() async throws {
            let uploads = try TemporaryFolder()
            let server = try Program(
                try #require(Self.python), [ShippedFiles.path(of: "sync-fixtures/tus_server.py"), uploads.path])
            let address = try await server.line { $0.hasPrefix("http://") }
            let house = try await House(
                settings: """
                    {"pin": {"logN": 14, "r": 8, "p": 1}, "sync": {"patienceSeconds": 10}, "portal": {"filesURL": "\(address)"},
                     "limits": {"pageMegabytes": 64, "fileMegabytes": 64, "dossierMegabytes": 64}}
                    """, portalWords: ["--files-folder", uploads.path])
            let sample = try await house.sample("TT_NHAP_SINH")
            var words = ["dossier", "new", "--procedure", "TT_NHAP_SINH", "--answers", sample, "--seal"]
            for (component, size) in [("TO_KHAI_CT01", 1), ("GIAY_KHAI_SINH", 30_000_001), ("DONG_Y_CHU_HO", 1 << 20)] {
                words += ["--attach", "\(component)=\(try house.file("\(component).jpg", bytes: size, seed: UInt64(size)))"]
            }
            let made = try await house.json(words)
            // The power goes in the middle, and what had arrived is lost.
            let run = try house.start(["sync"])
            try await eventually("two files are there", every: .milliseconds(5)) {
                try FileManager.default.contentsOfDirectory(atPath: uploads.path).count >= 2 || run.isOver
            }
            run.send(.kill)
            _ = try await run.wait()
            for name in try FileManager.default.contentsOfDirectory(atPath: uploads.path) {
                // The server may be taking a temporary file of its own away at the same moment.
                try? FileManager.default.removeItem(atPath: "\(uploads.path)/\(name)")
            }
            let report = try await house.json(["sync", "--now"])
            #expect(report["delivered"]?.int == 1 && report["pending"]?.int == 0)
            let shown = try await house.json(["dossier", "show", try #require(made["id"]?.stringValue)])
            #expect(shown["state"] == "delivered")
            // The portal compared sizes and SHA-256 of the files in that folder before it took the dossier.
            let held = try #require(try await house.portal.state().dossiers.first)
            #expect(held.attachments.count == 3)
        }
    }
}
