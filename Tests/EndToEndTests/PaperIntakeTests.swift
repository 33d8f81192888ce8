import Foundation
import Glibc
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    @Suite("Papers from files and folders")
    struct PaperIntakeTests {
        private static let component = "GIAY_TO_KHACH"

        @Test("Files are attached to a draft by name, and a damaged one is refused with what to do")
        func attach() async throws {
            let house = try await House()
            let id = try await house.draft("LUU_TRU")
            let good = try house.folder.write("a.png", SampleFile.png(bytes: 5000, seed: 1))
            let other = try house.file("b.jpg", bytes: 700_000, seed: 2)
            let added = try await house.json(["dossier", "attach", id, Self.component, good, other])
            #expect(added.arrayValue?.map { $0["fileName"] } == ["a.png", "b.jpg"])
            let cut = try house.folder.write("c.png", SampleFile.png(bytes: 5000, seed: 3).dropLast(20))
            let refused = try await house.run(["dossier", "attach", id, Self.component, cut])
            #expect(refused.status == 1 && refused.stderr.contains("bị cụt"))
            #expect(try await house.run(["dossier", "attach", id, "NOTHING", good]).status == 2)
            #expect(try await house.run(["dossier", "attach", id, Self.component]).status == 2)
            #expect(try await house.json(["dossier", "show", id])["attachments"]?.arrayValue?.count == 2)
        }

        @Test(
            "Files of the watched folder are chosen on a page, and stay there or go as the settings say",
            arguments: [false, true])
        func folder(deletes: Bool) async throws {
            let stick = try TemporaryFolder()
            let pin = #""pin": {"logN": 14, "r": 8, "p": 1}"#
            let house = try await House(
                settings: "{\(pin), \"watch\": {\"folder\": \"\(stick.path)\", \"deleteAfterStoring\": \(deletes)}}")
            let secret = try house.folder.write("secret.jpg", SampleFile.jpeg(bytes: 900, seed: 9))
            let files = [
                "Ảnh <khách>.jpg": SampleFile.jpeg(bytes: 90_000, seed: 1), "b.pdf": SampleFile.pdf(bytes: 5000, seed: 2),
            ]
            for (name, bytes) in files { _ = try stick.write(name, bytes) }
            _ = try stick.write("hong.jpg", SampleFile.jpeg(bytes: 900, seed: 3).dropLast(2))
            _ = try stick.write(".hidden.jpg", SampleFile.jpeg(bytes: 900, seed: 3))
            try FileManager.default.createSymbolicLink(atPath: stick.file("link.jpg"), withDestinationPath: secret)
            for name in try FileManager.default.contentsOfDirectory(atPath: stick.path) where name != "link.jpg" {
                let past = Date(timeIntervalSinceNow: -60)
                try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: stick.file(name))
            }

            let pages = try await house.pages(environment: ["PATH": "/nowhere"])
            let id = try await pages.begin("LUU_TRU")
            _ = try stick.write("dang-ghi.jpg", SampleFile.jpeg(bytes: 900, seed: 4))
            let shown = try await pages.get("/dossiers/\(id)/scan").text
            #expect(shown.contains("Ảnh &lt;khách&gt;.jpg") && shown.contains("b.pdf") && shown.contains("hong.jpg"))
            #expect(!shown.contains("hidden.jpg") && !shown.contains("link.jpg") && !shown.contains("dang-ghi.jpg"))
            let taken = try await pages.post(
                "/dossiers/\(id)/papers/folder", ["component": Self.component, "f0": "Ảnh <khách>.jpg", "f1": "b.pdf"])
            #expect(taken.status == 303)
            for name in ["link.jpg", "../kiosk.json", "gone.jpg", ".hidden.jpg"] {
                let refused = try await pages.post("/dossiers/\(id)/papers/folder", ["component": Self.component, "f0": name])
                #expect(refused.status == 409 && refused.text.contains("không còn trong thư mục"))
            }
            let damaged = try await pages.post("/dossiers/\(id)/papers/folder", ["component": Self.component, "f0": "hong.jpg"])
            #expect(damaged.status == 422 && damaged.text.contains("bị cụt"))
            let held = try await house.json(["dossier", "show", id])["attachments"]?.arrayValue ?? []
            #expect(Set(held.compactMap { $0["fileName"]?.stringValue }) == ["Ảnh khách.jpg", "b.pdf"] || held.count == 2)
            #expect(Set(held.compactMap { $0["size"]?.int }) == [90_000, 5000])
            for name in files.keys { #expect(FileManager.default.fileExists(atPath: stick.file(name)) != deletes) }
            #expect(FileManager.default.fileExists(atPath: stick.file("hong.jpg")))
            let again = try await pages.get("/dossiers/\(id)/scan").text
            #expect(again.contains("đã lấy") != deletes)
            _ = try await pages.stop()
        }

        @Test("A browser that breaks off in the middle of a file leaves nothing")
        func brokenOff() async throws {
            let house = try await House()
            let pages = try await house.pages()
            let id = try await pages.begin("LUU_TRU")
            let file = SampleFile.jpeg(bytes: 6_000_000, seed: 6)
            func rows() async throws -> String {
                let query = "SELECT count(*) FROM attachment_chunks"
                let read =
                    "import sqlite3; print(sqlite3.connect('file:\(house.data)/attachments.sqlite?mode=ro', uri=True).execute('\(query)').fetchone()[0])"
                return try await Program.run("/usr/bin/python3", ["-c", read]).stdout.trimmingCharacters(
                    in: .whitespacesAndNewlines)
            }
            do {
                let connection = try LoopbackConnection(port: pages.client.port)
                try await connection.send(
                    "POST /dossiers/\(id)/papers?component=\(Self.component) HTTP/1.1\r\nHost: 127.0.0.1:\(pages.client.port)\r\n"
                        + "Cookie: \(pages.cookie)\r\nX-CSRF-Token: \(pages.csrf)\r\nContent-Length: \(file.count)\r\n\r\n")
                try await connection.send(Array(file.prefix(4_500_000)))
                try await eventually("a piece is stored") { try await rows() != "0" }
            }
            try await eventually("nothing of it is left") { try await rows() == "0" }
            #expect(try await pages.upload(id, Self.component, file).status == 200)
            #expect(try await rows() == "23")
            _ = try await pages.stop()
        }

        @Test("1,000 damaged files are each refused or stored; nothing crashes or grows")
        func damagedFiles() async throws {
            let house = try await House(settings: #"{"limits": {"fileMegabytes": 256, "dossierMegabytes": 2048}}"#)
            let pages = try await house.pages()
            var id = ""
            var random = SeededGenerator(seed: 1000)
            var stored = 0
            // 100 MB of zeros, packed twice: a program that unpacked it would grow.
            let pack = "import sys, zlib; sys.stdout.buffer.write(zlib.compress(zlib.compress(bytes(10**8), 9), 9))"
            let bomb = try await Program.run("/usr/bin/python3", ["-c", pack]).output
            #expect((100...10_000).contains(bomb.count))
            for turn in 0..<1000 {
                let file = Self.damaged(turn, bomb, &random)
                // The list in every answer stays short.
                if turn % 50 == 0 { id = try await pages.begin("LUU_TRU") }
                let answer = try await pages.upload(id, Self.component, file)
                #expect([200, 415, 422].contains(answer.status), "turn \(turn): \(answer.status) \(answer.text.prefix(200))")
                if answer.status == 200 { stored += 1 }
            }
            // Bits that are flipped inside compressed data are nobody's to see; most damage is seen.
            #expect((50...500).contains(stored), "\(stored) of 1000 stored")
            try await Self.sendBig(pages, dossier: id, cutOff: true, expecting: 422)
            try await Self.sendBig(pages, dossier: id, cutOff: false, expecting: 200)
            let peak = try #require(EndToEndCommands.MemoryTests.peak(of: pages.program.pid))
            #expect(peak < 96 * 1024)
            #expect(try await pages.stop().status == 0)
        }

        private static func damaged(_ turn: Int, _ bomb: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
            let size = random.int(300...40_000)
            let seed = UInt64(turn)
            let whole: [UInt8] =
                switch random.int(0...3) {
                case 0: SampleFile.png(bytes: size, seed: seed)
                case 1: SampleFile.jpeg(bytes: size, seed: seed)
                case 2: SampleFile.tiff(bytes: size, seed: seed)
                default: SampleFile.pdf(bytes: size, seed: seed)
                }
            switch turn % 8 {
            case 0, 1: return Array(whole.prefix(random.int(1...whole.count - 2)))
            case 2, 3:
                var flipped = whole
                for _ in 0..<random.int(1...20) { flipped[random.int(0...whole.count - 1)] ^= 1 << UInt8(random.int(0...7)) }
                return flipped
            case 4: return random.bytes(random.int(1...8)) + whole.dropFirst(8)
            case 5:
                // The turn behind the end makes each a file of its own.
                return SampleFile.pdf(stream: bomb, filter: " /Filter [/FlateDecode /FlateDecode]") + Array("%\(turn)\n".utf8)
            case 6: return SampleFile.png(bytes: 0, seed: seed, width: 1, height: 100_000)
            default: return SampleFile.tiff(bytes: size, seed: seed, width: random.int(1...90_000), height: 100_000)
            }
        }

        /// A PDF of 200 MB, whole or without its end.
        private static func sendBig(_ pages: Pages, dossier id: String, cutOff: Bool, expecting status: Int) async throws {
            let size = 200 * 1_048_576
            let (head, tail) = SampleFile.pdfAround(size)
            let end = cutOff ? [UInt8](repeating: 32, count: tail.count) : tail
            let connection = try LoopbackConnection(port: pages.client.port)
            try await connection.send(
                "POST /dossiers/\(id)/papers?component=\(component) HTTP/1.1\r\nHost: 127.0.0.1:\(pages.client.port)\r\n"
                    + "Cookie: \(pages.cookie)\r\nX-CSRF-Token: \(pages.csrf)\r\nContent-Length: \(size)\r\nConnection: close\r\n\r\n"
            )
            var random = SeededGenerator(seed: 200)
            let piece = random.bytes(1_048_576)
            try await connection.send(head)
            for _ in 0..<199 { try await connection.send(piece) }
            try await connection.send(Array(piece.prefix(1_048_576 - head.count - tail.count)))
            try await connection.send(end)
            #expect(try await connection.text().hasPrefix("HTTP/1.1 \(status)"))
        }

        /// Whether this user may mount a small file system here; where not, the store's own test has to do.
        private static let canMount: Bool = {
            guard getuid() == 0, let folder = try? TemporaryFolder() else { return false }
            guard mount("tmpfs", folder.path, "tmpfs", 0, "size=1m") == 0 else { return false }
            return umount2(folder.path, Int32(MNT_DETACH)) == 0
        }()

        @Test("A disk that is nearly full takes no more papers, and still saves and sends", .enabled(if: canMount))
        func diskNearlyFull() async throws {
            let mount = try TemporaryFolder()
            let made = try await Program.run("/bin/mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", mount.path])
            try #require(made.status == 0, "\(made.stderr)")
            defer { _ = umount2(mount.path, Int32(MNT_DETACH)) }
            let pin = #""pin": {"logN": 14, "r": 8, "p": 1}"#
            let house = try await House(settings: "{\(pin), \"reserveMegabytes\": 12}")
            try FileManager.default.moveItem(atPath: house.data, toPath: mount.file("kiosk"))
            try FileManager.default.createSymbolicLink(atPath: house.data, withDestinationPath: mount.file("kiosk"))

            let pages = try await house.pages()
            let id = try await pages.begin("LUU_TRU")
            #expect(try FileManager.default.attributesOfItem(atPath: mount.file("kiosk/reserve"))[.size] as? Int == 6 * 1_048_576)
            #expect(try await pages.upload(id, Self.component, SampleFile.jpeg(bytes: 9000, seed: 1)).status == 200)
            // Something else fills the rest of the disk.
            _ = try await Program.run("/bin/sh", ["-c", "head -c 48000000 /dev/zero > '\(mount.file("other"))'; true"])
            #expect(try await pages.upload(id, Self.component, SampleFile.jpeg(bytes: 9000, seed: 99)).status == 507)
            let refused = try await pages.upload(id, Self.component, SampleFile.jpeg(bytes: 9000, seed: 98))
            #expect(refused.text.contains("chưa nhận thêm giấy tờ"))
            for turn in 0..<500 {
                let saved = try await pages.client.send(
                    "POST", "/dossiers/\(id)/answers",
                    headers: ["Cookie": pages.cookie, "X-CSRF-Token": pages.csrf, "Content-Type": "application/json"],
                    body: Array(
                        #"{"pointer": "/applicant/fullName", "value": "Lò Thị Mai \#(turn)", "section": "nguoi-khai"}"#.utf8))
                #expect(saved.status == 200, "\(saved.text)")
            }
            #expect(!FileManager.default.fileExists(atPath: mount.file("kiosk/reserve")), "the reserve was not needed")
            let stay = try await house.json(
                ["dossier", "new", "--procedure", "LUU_TRU", "--answers", try await house.sample("LUU_TRU"), "--seal"])
            // The serving kiosk may be sending it at this moment: a notice of stay waits for nobody.
            let sync = try await house.run(["sync"])
            try await eventually("the portal has it", every: .milliseconds(200)) {
                try await !house.portal.state().dossiers.isEmpty
            }
            #expect(try await house.portal.state().dossiers.count == 1, "\(stay) \(sync.stderr)")
            // With room again, papers are taken again and the reserve is set aside anew.
            try FileManager.default.removeItem(atPath: mount.file("other"))
            #expect(try await pages.upload(id, Self.component, SampleFile.jpeg(bytes: 9000, seed: 99)).status == 200)
            #expect(FileManager.default.fileExists(atPath: mount.file("kiosk/reserve")))
            _ = try await pages.stop()
        }
    }
}
