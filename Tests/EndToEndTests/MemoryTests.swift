import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndCommands {
    @Suite("Memory")
    struct MemoryTests {
        private static let settings = #"{"limits": {"fileMegabytes": 256, "dossierMegabytes": 512}}"#

        @Test("A file of 200 MB is added and sent in less than 64 MB of memory")
        func bigFile() async throws {
            // With the PIN's usual cost: unlocking is part of the peak.
            let house = try await House(settings: Self.settings)
            let answers = try await house.sample("LUU_TRU")
            let path = try await house.bigFile("big.pdf", bytes: 209_715_200, seed: 1)
            let capture = try house.start([
                "dossier", "new", "--procedure", "LUU_TRU", "--answers", answers, "--attach", "GIAY_TO_KHACH=\(path)", "--seal",
            ])
            let captured = try await peak(of: capture)
            #expect(captured.outcome.status == 0, "\(captured.outcome.stderr)")
            #expect(captured.kilobytes < 64 * 1024)
            let sync = try house.start(["sync"])
            let sent = try await peak(of: sync)
            #expect(sent.outcome.status == 0, "\(sent.outcome.stderr)")
            #expect(sent.kilobytes < 64 * 1024)
            // A peak of nothing would mean that nothing was measured.
            #expect(captured.kilobytes > 4096 && sent.kilobytes > 4096)
            let held = try await house.portal.state().dossiers.first?.attachments.first
            let digest = String(try await Program.run("/usr/bin/sha256sum", [path]).stdout.prefix(64))
            #expect(held?.sha256OnDisk == digest)
        }

        @Test("The serving kiosk takes in 200 MB through its page and sends another process's 200 MB in less than 64 MB")
        func bigFileThroughThePages() async throws {
            let house = try await House(settings: Self.settings)
            let pages = try await house.pages()
            let (program, cookie, csrf, port) = (pages.program, pages.cookie, pages.csrf, pages.client.port)
            let id = try await pages.begin("LUU_TRU")

            let size = 200 * 1_048_576
            let connection = try LoopbackConnection(port: port)
            try await connection.send(
                "POST /dossiers/\(id)/papers?component=GIAY_TO_KHACH HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: \(cookie)\r\n"
                    + "X-CSRF-Token: \(csrf)\r\nX-File-Name: big.pdf\r\nContent-Type: application/octet-stream\r\n"
                    + "Content-Length: \(size)\r\nConnection: close\r\n\r\n")
            var random = SeededGenerator(seed: 200)
            let piece = random.bytes(1_048_576)
            let (head, tail) = SampleFile.pdfAround(size)
            try await connection.send(head)
            for _ in 0..<199 { try await connection.send(piece) }
            try await connection.send(Array(piece.prefix(1_048_576 - head.count - tail.count)))
            try await connection.send(tail)
            #expect(try await connection.text().hasPrefix("HTTP/1.1 200"))

            let answers = try await house.sample("LUU_TRU")
            let path = try await house.bigFile("big.pdf", bytes: size, seed: 2)
            _ = try await house.json([
                "dossier", "new", "--procedure", "LUU_TRU", "--answers", answers, "--attach", "GIAY_TO_KHACH=\(path)", "--seal",
            ])
            _ = try await pages.post("/sync")
            try await eventually("the dossier is delivered", within: .seconds(180), every: .milliseconds(100)) {
                try await house.json(["dossier", "list", "--state", "delivered"]) != []
            }
            #expect(try #require(Self.peak(of: program.pid)) < 64 * 1024)
            #expect(try await house.portal.state().dossiers.first?.attachments.first?.size == size)
            #expect(try await pages.stop().status == 0)
        }

        /// A process's highest resident memory so far in kB, from the kernel's own mark; nil once it has ended.
        static func peak(of pid: Int32) -> Int? {
            guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
                let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
            else { return nil }
            return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
        }

        /// The highest resident memory of a program until its end.
        private func peak(of program: Program) async throws -> (outcome: Program.Outcome, kilobytes: Int) {
            async let end = program.wait(patience: 300)
            var highest = 0
            while let value = Self.peak(of: program.pid) {
                highest = max(highest, value)
                try await Task.sleep(for: .milliseconds(5))
            }
            return (try await end, highest)
        }
    }
}
