import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndWaiting {
    /// Against `scanimage` and the scanner that SANE keeps for testing programs (`man sane-test`).
    @Suite("Scanning through SANE")
    struct ScannerTests {
        private static let component = "GIAY_TO_KHACH"

        /// The environment in which SANE knows its test scanner only.
        private func sane(_ house: House, devices: Bool = true, _ settings: String = "") throws -> [String: String] {
            let folder = house.folder.file("sane")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data((devices ? "test\n" : "").utf8).write(to: URL(filePath: folder + "/dll.conf"))
            try Data("number_of_devices 2\nmode Gray\nresolution 50\ntest-picture \"Grid\"\n\(settings)\n".utf8)
                .write(to: URL(filePath: folder + "/test.conf"))
            return ["SANE_CONFIG_DIR": folder]
        }

        /// No plain scan may stay in the memory file system.
        private func leftovers() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: "/dev/shm").filter { $0.hasPrefix("kiosk-scan-") }
        }

        @Test("A page and a feeder full of pages go from the scanner to the portal")
        func toThePortal() async throws {
            let house = try await House()
            let environment = try sane(house)
            let listed = try await house.run(["scanner", "list", "--json"], environment: environment)
            let devices = try JSONText.decode(JSONValue.self, from: Data(listed.output))
            #expect(devices.arrayValue?.compactMap { $0["name"]?.stringValue } == ["test:0", "test:1"])

            let id = try await house.draft("LUU_TRU")
            let scan = ["dossier", "scan", id, "--component", Self.component, "--json"]
            let single = try await house.run(scan + ["--dpi", "300", "--grey", "--size", "card"], environment: environment)
            #expect(single.status == 0, "\(single.stderr)")
            let feeder = try await house.run(scan + ["--feeder", "--device", "test:1"], environment: environment)
            #expect(feeder.status == 0, "\(feeder.stderr)")
            let scanned = try JSONText.decode(JSONValue.self, from: Data(feeder.output))
            // The test scanner's feeder holds ten pages, each like the other: the same file is there once.
            #expect(scanned["pages"]?.int == 10)
            let papers = try #require(scanned["papers"]?.arrayValue)
            #expect(papers.count == 2 && papers.allSatisfy { $0["mediaType"] == "image/jpeg" })
            #expect(try leftovers() == [])

            _ = try await house.json(["dossier", "seal", id])
            let report = try await house.json(["sync"])
            #expect(report["delivered"]?.int == 1)
            let held = try #require(try await house.portal.state().dossiers.first?.attachments)
            let digests = Set(papers.compactMap { $0["sha256"]?.stringValue })
            #expect(Set(held.compactMap(\.sha256OnDisk)) == digests)
            #expect(Set(held.map(\.fileName)).count == 2 && held.allSatisfy { $0.fileName.hasPrefix("GIAY_TO_KHACH_") })
        }

        @Test("What goes wrong at the scanner is said in words and leaves nothing")
        func faults() async throws {
            let house = try await House()
            let id = try await house.draft("LUU_TRU")
            func refuses(_ words: String, _ environment: [String: String], _ more: [String] = []) async throws {
                let scan = try await house.run(
                    ["dossier", "scan", id, "--component", Self.component] + more, environment: environment)
                #expect(scan.status == 1 && scan.stderr.contains(words), "\(words): \(scan.stderr)")
            }
            for (status, words) in [
                ("JAMMED", "kẹt giấy"), ("NO_DOCS", "không có giấy"), ("COVER_OPEN", "Nắp máy quét"), ("DEVICE_BUSY", "đang bận"),
                ("ACCESS_DENIED", "không có quyền"), ("IO_ERROR", "gặp lỗi"), ("CANCELLED", "Đã dừng quét"),
            ] {
                let environment = try sane(house, "read-status-code \"SANE_STATUS_\(status)\"")
                try await refuses(words, environment)
                if ["JAMMED", "IO_ERROR"].contains(status) { try await refuses(words, environment, ["--feeder"]) }
            }
            try await refuses("Không thấy máy quét", try sane(house), ["--device", "test:7"])
            try await refuses("Không thấy máy quét", try sane(house, devices: false))
            try await refuses("chưa cài chương trình quét", ["PATH": "/nowhere"])
            #expect(try await house.json(["dossier", "show", id])["attachments"]?.arrayValue == [])
            #expect(try leftovers() == [])
        }

        @Test("A scanimage that dies or hangs while it ends after a fault: its words tell, and nothing of it stays")
        func brokenEnd() async throws {
            let folder = try TemporaryFolder()
            let real = try #require(Program.installed("scanimage"))
            // As scanimage does it now and then: its handler of SIGPIPE ends it with 0, or it hangs there.
            let dies = "echo 'scanimage: aborting' >&2; exit 0"
            let jammed = ("Document feeder jammed", "kẹt giấy")
            let broken = ("Error during device I/O", "gặp lỗi")
            for (name, end, (fault, words), order) in [
                ("dies", dies, jammed, ["--feeder"]), ("hangs", "trap '' TERM; sleep 600 & wait; wait", jammed, ["--feeder"]),
                ("dies-with-many", dies, broken, ["--feeder"]), ("dies-with-one", dies, broken, []),
            ] {
                let text = """
                    #!/bin/sh
                    case "$*" in *--format=jpeg*) ;; *) exec '\(real)' "$@" ;; esac
                    echo 'scanimage: sane_read: \(fault)' >&2
                    echo 'Batch terminated, 1 page scanned' >&2
                    \(end)

                    """
                let program = try folder.write(name, Array(text.utf8))
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
                let house = try await House(
                    settings: #"{"pin": {"logN": 14, "r": 8, "p": 1}, "scanner": {"program": "\#(program)"}}"#)
                let id = try await house.draft("LUU_TRU")
                let scan = try await house.run(
                    ["dossier", "scan", id, "--component", Self.component] + order, environment: try sane(house))
                #expect(scan.status == 1 && scan.stderr.contains(words), "\(name): \(scan.stderr)")
                let left = try await Program.run("/usr/bin/pgrep", ["-f", program])
                #expect(left.stdout.isEmpty, "\(name) is still there")
            }
            #expect(try leftovers() == [])
        }

        @Test("The pages scan, with a script and without, say how the scanner is, and stop a slow scan")
        func throughThePages() async throws {
            let house = try await House()
            let pages = try await house.pages(environment: try sane(house))
            let id = try await pages.begin("LUU_TRU")
            let state = try JSONText.decode(JSONValue.self, from: Data(try await pages.get("/scanner").body))
            #expect(state["state"] == "ready" && state["devices"]?.arrayValue?.count == 2)
            let form = try await pages.get("/dossiers/\(id)/scan").text
            #expect(form.contains("value=\"test:1\"") && form.contains("frontend-tester"))
            #expect(try await pages.get("/dossiers/\(id)/papers").text.contains("/dossiers/\(id)/scan\""))

            let order = ["component": Self.component, "device": "test:0", "dpi": "200", "size": "a4", "colour": "colour"]
            let scanned = try await pages.call("/dossiers/\(id)/papers/scan", order)
            #expect(scanned.status == 200 && scanned.json["pages"]?.int == 1)
            #expect(scanned.json["files"]?.stringValue?.contains("quet-1.jpg") == true)
            let plain = try await pages.post("/dossiers/\(id)/papers/scan", order.merging(["colour": "grey"]) { $1 })
            #expect(plain.status == 303 && plain.headers["location"]?.contains("/papers#c-\(Self.component)") == true)
            #expect(try await pages.call("/dossiers/\(id)/papers/scan", order.merging(["dpi": "75"]) { $1 }).status == 400)
            #expect(try await pages.call("/dossiers/\(id)/papers/scan", order.merging(["device": "-x"]) { $1 }).status == 400)
            let count = try await house.json(["dossier", "show", id])["attachments"]?.arrayValue?.count
            #expect(count == 2)

            // A fifth of a second before each piece: this scan would take minutes.
            _ = try sane(house, "read-delay true\nread-delay-duration 200000\nread-limit true\nread-limit-size 64")
            async let slow = pages.call("/dossiers/\(id)/papers/scan", order.merging(["feeder": "yes"]) { $1 })
            try await eventually("a scan begins") { try await pages.get("/scanner").text.contains("\"scanning\"") }
            let second = try await pages.call("/dossiers/\(id)/papers/scan", order)
            #expect(second.status == 409 && second.json["message"]?.stringValue?.contains("đang bận") == true)
            #expect(try await pages.get("/dossiers/\(id)/scan").text.contains("/scanner/cancel"))
            #expect(
                try await pages.post("/scanner/cancel", ["back": "/dossiers/\(id)/scan"]).headers["location"]
                    == "/dossiers/\(id)/scan")
            let stopped = try await slow
            #expect(stopped.status == 409 && stopped.json["message"]?.stringValue?.contains("Đã dừng quét") == true)
            #expect(try await house.json(["dossier", "show", id])["attachments"]?.arrayValue?.count == count)
            #expect(try leftovers() == [])

            // And the scanner serves again.
            _ = try sane(house, "read-status-code \"SANE_STATUS_JAMMED\"")
            let jammed = try await pages.post("/dossiers/\(id)/papers/scan", order)
            #expect(jammed.status == 409 && jammed.text.contains("kẹt giấy") && jammed.text.contains("<select"))
            #expect(try await pages.stop().status == 0)
        }
    }
}
