import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    /// Figures, outreach and what the portal gets of them, in the browser and with the real programs.
    @Suite("Reports and outreach")
    struct ReportWalkTests {
        private func delivered() async throws -> House {
            let house = try await House()
            let sample = try await house.sample("LUU_TRU")
            _ = try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", sample, "--seal"])
            _ = try await house.json(["sync"])
            return house
        }

        private func period(_ house: House, of day: Date) throws -> String {
            // The cut-off is the 15th: from then on it is the next month's.
            let text = day.addingTimeInterval(7 * 3600).ISO8601Format()
            let parts = text.prefix(10).split(separator: "-").compactMap { Int($0) }
            let isNext = parts[2] >= 15
            let (year, month) = isNext && parts[1] == 12 ? (parts[0] + 1, 1) : (parts[0], parts[1] + (isNext ? 1 : 0))
            return "\(year)-\(month < 10 ? "0" : "")\(month)"
        }

        @Test("A meeting is logged with a photograph, counted in the month's report, and the report sent", Browser.requirement)
        func walked() async throws {
            let house = try await delivered()
            let month = try period(house, of: Date())
            let photo = try house.folder.write("hop-thon.jpg", SampleFile.jpeg(bytes: 5000, seed: 3))
            let (program, address) = try await house.serve()
            try await Browser.run { browser in
                try await browser.setWindow(width: 1280, height: 900)
                let screen = Screen(browser: browser, address: address)
                func shows(_ text: String) async throws {
                    try await screen.until("the page says «\(text)»") { try await browser.text().contains(text) }
                    let faults = try await screen.faults()
                    #expect(faults.isEmpty, "\(text): \(faults)")
                }
                try await screen.unlock()
                try await screen.click("a.tile[href='/outreach']")
                try await shows("Chưa ghi lần nào")
                try await screen.click("[name=channel][value=meeting]")
                try await browser.find("#people").type("45")
                try await browser.find("#topic").type("Đăng ký thường trú cho con mới sinh")
                try await screen.press("Ghi lại")
                try await shows("Họp thôn")
                try await browser.find("td.component input[type=file]").type(photo)
                try await screen.until("the photograph is there") {
                    try await browser.execute(
                        "const image = document.querySelector('td.component .files img'); return image !== null && image.naturalWidth > 0"
                    ) == true
                }
                // One logged by mistake goes.
                try await screen.click("[name=channel][value=visit]")
                try await browser.find("#people").type("3000")
                try await browser.find("#topic").type("Gõ nhầm")
                try await screen.press("Ghi lại")
                try await screen.until("two are logged") { try await browser.count("tr.entry") == 2 }
                _ = try await browser.execute(
                    "[...document.querySelectorAll('tr.entry')].find((row) => row.textContent.includes('Gõ nhầm')).nextElementSibling.querySelector('details').open = true"
                )
                try await screen.press("Xóa hẳn lần này")
                try await screen.until("one is left") { try await browser.count("tr.entry") == 1 }

                try await browser.open(address)
                try await screen.click("a.tile[href='/reports']")
                try await screen.click("a[href='/reports/\(month)']")
                try await shows("Kỳ này chưa kết thúc")
                #expect(try await browser.count(".chart svg[role=img]") == 2, "bars and a line, each with its text")
                let spoken = try await browser.execute(
                    "return [...document.querySelectorAll('.chart svg')].every((one) => one.querySelector('title') !== null || one.hasAttribute('aria-label'))"
                )
                #expect(spoken == true)
                try await shows("Họp thôn")
                try await screen.press("Gửi lên cổng")
                try await shows("Báo cáo chờ gửi lên cổng.")
                try await screen.sendNow()
                try await browser.open(address + "reports/\(month)/print")
                try await shows("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
                #expect(try await browser.pdf().count > 5000)
                let console = try await browser.console()
                #expect(console.isEmpty)
            }
            program.send(.interrupt)
            #expect(try await program.wait().status == 0)
            let reports = try #require(try await house.portal.state().reports)
            #expect(reports.map(\.period) == [month])
            let figures = try #require(reports.first?.figures)
            let meeting = figures["outreach"]?.arrayValue?.first { $0["channel"] == "meeting" }
            #expect(meeting?["people"]?.int == 45 && meeting?["times"]?.int == 1)
            #expect(figures["kiosk"]?["uploaded"]?.int == 1)
            // The photograph is nowhere in the clear, and nothing of it was sent.
            #expect(try await house.portal.state().uploads?.isEmpty == true)
            let plain = Data(try Data(contentsOf: URL(filePath: photo)).dropFirst(100).prefix(64))
            for name in try FileManager.default.contentsOfDirectory(atPath: house.data) where name.contains("sqlite") {
                let bytes = try Data(contentsOf: URL(filePath: house.data + "/" + name))
                #expect(bytes.range(of: plain) == nil, "\(name)")
            }
        }

        @Test("A month that has ended is reported by the next run, by itself and once; not by a clock that is wrong")
        func byItself() async throws {
            let house = try await delivered()
            // As if the dossier had gone its way forty days ago.
            let age = """
                import sqlite3, sys
                with sqlite3.connect(sys.argv[1]) as db:
                    for name in ('captured_at', 'sealed_at', 'uploaded_at', 'received_at'):
                        db.execute(f'UPDATE dossier_facts SET {name} = {name} - 40 * 86400000')
                    db.execute("DELETE FROM settings WHERE key = 'reports-looked-at'")
                """
            let aged = try await Program.run("/usr/bin/python3", ["-c", age, house.data + "/kiosk.sqlite"])
            #expect(aged.status == 0, "\(aged.stderr)")
            let month = try period(house, of: Date().addingTimeInterval(-40 * 86_400))
            if let faketime = Program.installed("faketime") {
                // The portal's Date has told this kiosk the time: a clock years ahead is known to be wrong.
                let wrong = try await Program.run(
                    faketime, ["-f", "+3y", House.kiosk] + house.arguments(["sync", "--json"]),
                    environment: house.environment.merging(["FAKETIME_DONT_FAKE_MONOTONIC": "1"]) { $1 })
                #expect([0, 1, 3].contains(wrong.status), "\(wrong.stderr)")
                #expect(try await house.portal.state().reports?.isEmpty == true)
            }
            _ = try await house.json(["sync"])
            let sent = try #require(try await house.portal.state().reports)
            #expect(sent.map(\.period).contains(month))
            #expect(sent.first { $0.period == month }?.figures["kiosk"]?["uploaded"]?.int == 1)
            _ = try await house.json(["sync"])
            #expect(try await house.portal.state().reports?.count == sent.count, "nothing changed, nothing more is sent")
        }
    }
}
