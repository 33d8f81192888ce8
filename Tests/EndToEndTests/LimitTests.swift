import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Testing

extension EndToEndCommands {
    @Suite("Limits, records, and words on what waits, with the real programs")
    struct LimitTests {
        private func settings(_ sync: String) -> String {
            #"{"pin": {"logN": 14, "r": 8, "p": 1}, "sync": {"patienceSeconds": 0, "everyMinutes": 0, \#(sync)}}"#
        }

        /// A registration with a paper of so many bytes in each of its places.
        private func dossier(_ house: House, bytes: Int, seed: UInt64) async throws -> String {
            let answers = try await house.sample("TT_NHAP_SINH")
            var words = ["dossier", "new", "--procedure", "TT_NHAP_SINH", "--answers", answers, "--seal"]
            for (index, component) in ["TO_KHAI_CT01", "GIAY_KHAI_SINH", "DONG_Y_CHU_HO"].enumerated() {
                let path = try house.file("scan-\(seed)-\(index).jpg", bytes: bytes, seed: seed + UInt64(index))
                words += ["--attach", "\(component)=\(path)"]
            }
            let made = try await house.json(words)
            return try #require(made["id"]?.stringValue)
        }

        private func operations(_ house: House) async throws -> [JSONValue] {
            try await house.json(["queue", "list"])["operations"]?.arrayValue ?? []
        }

        @Test(
            "A metered line takes the dossier's account and leaves its papers; each says why; switched off all goes; the run has a record"
        )
        func metered() async throws {
            let house = try await House(settings: settings(#""kilobytesPerSecond": 800"#))
            #expect(try await house.json(["sync", "metered", "on"])["metered"]?.boolValue == true)
            let id = try await dossier(house, bytes: 300_000, seed: 1)
            let held = try await house.json(["sync"], status: [1])
            #expect(
                held["uploaded"]?.int == 0 && held["pending"]?.int == 4 && held["forecast"]?["when"]?.stringValue == "nothing")
            #expect(held["forecast"]?["heldBytes"]?.int ?? 0 > 890_000)
            let moves = try await operations(house).compactMap { $0["move"]?.stringValue }
            #expect(moves.count(where: { $0 == "village-head" }) >= 3)
            var shown = try await house.json(["dossier", "show", id])
            #expect(shown["situation"]?["sentence"]?.stringValue?.contains("Mạng tính tiền nên giấy tờ lớn chưa gửi.") == true)
            #expect(shown["attachments"]?.arrayValue?.count == 3)
            for file in shown["attachments"]?.arrayValue ?? [] {
                #expect(file["situation"]?["move"]?.stringValue == "village-head")
            }
            #expect(try await house.json(["sync", "metered", "off"])["metered"]?.boolValue == false)
            #expect(try await house.json(["sync", "--now"])["delivered"]?.int == 1)
            shown = try await house.json(["dossier", "show", id])
            #expect(shown["situation"]?["move"]?.stringValue == "police")
            let runs = try await house.json(["sync", "runs"]).arrayValue ?? []
            #expect(
                runs.count == 2
                    && runs.allSatisfy { $0["occasion"]?.stringValue == "timer" && $0["stop"] == .null || $0["stop"] == nil })
            // All transfers together kept to the limit; a busy machine is only slower.
            let rate = try #require(runs.first?["bytesPerSecond"]?.int)
            #expect(rate > 0 && rate <= 1_000_000, "\(rate)")
            #expect(runs.first?["outcomes"]?["delivered"]?.int ?? 0 >= 4 && runs.first?["bytesReceived"]?.int ?? 0 > 500)
        }

        @Test("The day's limit used up, papers wait until tomorrow and say so; a dossier without papers goes")
        func budget() async throws {
            let house = try await House(settings: settings(#""megabytesPerDay": 1"#))
            _ = try await dossier(house, bytes: 600_000, seed: 40)
            let first = try await house.json(["sync"], status: [1])
            // At most a piece over.
            #expect((1_000_000...2_100_000).contains(first["bytesSent"]?.int ?? 0))
            let answers = try await house.sample("TAM_VANG")
            _ = try await house.json(["dossier", "new", "--procedure", "TAM_VANG", "--answers", answers, "--seal"])
            let second = try await house.json(["sync", "--now"], status: [1])
            #expect(second["delivered"]?.int == 1 && second["bytesSent"]?.int ?? .max < 20_000)
            let waiting = try await operations(house).filter { $0["kind"]?.stringValue == "upload" }
            #expect(!waiting.isEmpty)
            for row in waiting {
                #expect(row["move"]?.stringValue == "time")
                #expect(row["sentence"]?.stringValue?.contains("Sang ngày mai máy gửi tiếp.") == true)
            }
        }

        @Test("A serving kiosk outside its window sends what the law wants today at once, and nothing else by itself")
        func deadline() async throws {
            // A window that opens in two hours, whatever the time is.
            let minute = VietnamTime.minute(of: Date())
            func clock(_ minutes: Int) -> String {
                VietnamTime.clock(VietnamTime.instant(VietnamTime.day(of: Date()), minute: minutes % 1440))
            }
            let window = "\(clock(minute + 120))–\(clock(minute + 180))"
            let house = try await House(
                settings:
                    #"{"pin": {"logN": 14, "r": 8, "p": 1}, "sync": {"patienceSeconds": 5, "windows": ["\#(window)"]}}"#)
            let paper = try await dossier(house, bytes: 100_000, seed: 80)
            let kiosk = try await ServedKiosk(house)
            #expect(try await kiosk.page("/sync").contains("Máy tự gửi trong giờ \(window)."))
            let answers = try await house.sample("LUU_TRU")
            let made = try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", answers, "--seal"])
            let stay = try #require(made["id"]?.stringValue)
            var runs: [JSONValue] = []
            for _ in 0..<100 {
                runs = try await house.json(["sync", "runs"]).arrayValue ?? []
                if let run = runs.first, run["stop"]?.stringValue != "broken-off" { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await house.portal.state().dossiers.map(\.id) == [stay])
            #expect(runs.map { $0["occasion"]?.stringValue } == ["deadline"])
            #expect(try await house.json(["dossier", "show", paper])["situation"]?["move"]?.stringValue == "time")
            try await kiosk.stop()
        }

        @Test(
            "A setting that is wrong is refused with its place and what would be right",
            arguments: [
                (#""windows": ["22h-5h"]"#, "/sync/windows/0 is «22h-5h»"),
                (#""kilobytesPerSecond": 0"#, "/sync/kilobytesPerSecond is 0"),
                (#""megabytesPerDay": 0"#, "/sync/megabytesPerDay is 0"),
                (#""everyMinutes": 5000"#, "/sync/everyMinutes is 5000"),
            ])
        func wrongSettings(setting: String, words: String) async throws {
            let folder = try TemporaryFolder()
            let path = try folder.write("kiosk.json", Array(#"{"sync": {\#(setting)}}"#.utf8))
            let outcome = try await Program.run(
                House.kiosk, ["status", "--data", folder.file("none"), "--config", path], environment: [:])
            #expect(
                outcome.status == 1 && outcome.stderr.contains(words) && outcome.stderr.contains("Tệp cấu hình"),
                "\(outcome.stderr)")
        }
    }
}
