import Foundation
import KioskTestSupport
import Testing

extension EndToEnd {
    @Suite("Memory")
    struct MemoryTests {
        @Test("A file of 200 MB is added and sent in less than 64 MB of memory")
        func bigFile() async throws {
            let house = try await House()
            let answers = try await house.sample("LUU_TRU")
            let path = house.folder.file("big.pdf")
            let made = try await Program.run("/bin/sh", ["-c", "head -c 209715200 /dev/urandom > '\(path)'"])
            #expect(made.status == 0)
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

        /// The highest resident memory of a program until its end, from the kernel's own mark (`VmHWM`).
        private func peak(of program: Program) async throws -> (outcome: Program.Outcome, kilobytes: Int) {
            async let end = program.wait(patience: 300)
            var highest = 0
            while let status = try? String(contentsOfFile: "/proc/\(program.pid)/status", encoding: .utf8),
                let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
                let value = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) })
            {
                highest = max(highest, value)
                try await Task.sleep(for: .milliseconds(5))
            }
            return (try await end, highest)
        }
    }
}
