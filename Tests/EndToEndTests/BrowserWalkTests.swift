import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    @Suite("Chromium at the kiosk")
    struct BrowserWalkTests {
        @Test("Capture, a pulled plug in mid-form, papers, review, receipt, sync, and the code comes home", Browser.requirement)
        func newborn() async throws {
            let house = try await House()
            let answers = try await house.sampleFile("TT_NHAP_SINH")["answers"] ?? .null
            var (program, address) = try await house.serve()
            try await Browser.run { browser in
                try await browser.setWindow(width: 1280, height: 800)
                var screen = Screen(browser: browser, address: address)
                try await screen.unlock()
                try await expectSound(screen)
                try await screen.press("Làm hồ sơ mới")
                try await expectSound(screen)
                try await screen.press("Đăng ký nhập sinh")
                try await screen.until("the form") { try await browser.count("[data-address]") > 0 }
                try await screen.fill(answers)
                try await expectSound(screen)
                try await screen.goOn()
                try await screen.until("the child's section") { try await browser.count("[data-address='/child/fullName']") == 1 }
                try await screen.give("Lò Minh An", to: "/child/fullName")

                // The plug is pulled: the page had said that the name is saved.
                program.send(.kill)
                _ = try await program.wait()
                (program, address) = try await house.serve()
                screen = Screen(browser: browser, address: address)
                try await screen.unlock()
                try await screen.press("Tiếp tục hồ sơ đang soạn")
                try await screen.click(".rows a")
                try await screen.until("the form is open where it was, with the name") {
                    try await browser.execute("return document.querySelector(\"[data-address='/child/fullName'] input\").value")
                        == "Lò Minh An"
                }

                try await screen.fill(answers)
                for _ in 0..<4 {
                    try await expectSound(screen)
                    try await screen.goOn()
                    if try await browser.url().hasSuffix("/papers") { break }
                    try await screen.fill(answers)
                }
                for (component, file) in [
                    ("TO_KHAI_CT01", "to-khai-ct01"), ("GIAY_KHAI_SINH", "giay-khai-sinh"), ("DONG_Y_CHU_HO", "dong-y-chu-ho"),
                ] {
                    try await browser.find("#c-\(component) input[type=file]").setFile(House.scan(file))
                    try await screen.until("\(file) is listed") { try await browser.count("#c-\(component) .files img") == 1 }
                }
                try await expectSound(screen)
                try await screen.goOn()
                try await screen.until("the review") { try await browser.count("#consent") == 1 }
                try await expectSound(screen)
                try await screen.consent()
                try await screen.until("the receipt") { try await browser.count(".receipt-number") == 1 }
                let number =
                    try await browser.execute("return document.querySelector('.receipt-number').innerText").stringValue ?? ""
                #expect(number.hasPrefix("TCS-"))
                #expect(try await browser.text().contains("PHIẾU GHI NHẬN HỖ TRỢ"))
                try await expectSound(screen)

                try await browser.open(address + "sync")
                try await screen.press("Gửi ngay")
                try await screen.until("the run is done") { try await browser.text().contains("Đã gửi 1 hồ sơ, 3 tệp") }
                try await expectSound(screen)
                let held = try await house.portal.state().dossiers
                let code = try #require(held.first?.code)
                #expect(held.count == 1)
                #expect(held.first?.attachments.count == 3)
                #expect(held.first?.attachments.allSatisfy { $0.sha256OnDisk == $0.sha256 } == true)
                try await browser.open(address + "dossiers")
                try await screen.until("the code is in the list") { try await browser.text().contains(code) }
                try await expectSound(screen)
                try await screen.click(".rows a")
                try await screen.until("the dossier's page") { try await browser.text().contains(number) }
                try await expectSound(screen)
                #expect(try await browser.console().isEmpty)
                try expectNothingInTheClear(house, program)
            }
            program.send(.interrupt)
            #expect(try await program.wait().status == 0)
            try expectNothingInTheClear(house, program)
        }

        @Test(
            "A stay with two guests; what the officer asks for reaches the morning's list and is sent again", Browser.requirement)
        func stayAndSupplement() async throws {
            let house = try await House()
            let answers = try await house.sampleFile("LUU_TRU")["answers"] ?? .null
            let (program, address) = try await house.serve()
            try await Browser.run { browser in
                try await browser.setWindow(width: 1920, height: 1080)
                let screen = Screen(browser: browser, address: address)
                try await screen.unlock()
                try await screen.press("Làm hồ sơ mới")
                try await screen.press("Thông báo lưu trú")
                try await screen.until("the form") { try await browser.count("[data-address]") > 0 }
                for _ in 0..<4 {
                    try await screen.fill(answers)
                    try await expectSound(screen)
                    try await screen.goOn()
                }
                try await screen.goOn()
                try await screen.until("the review") { try await browser.count("#consent") == 1 }
                try await screen.consent()
                try await screen.until("the receipt") { try await browser.count(".receipt-number") == 1 }
                #expect(try await browser.text().contains("Hạn thông báo lưu trú"))
                try await browser.open(address + "sync")
                try await screen.press("Gửi ngay")
                try await screen.until("the run is done") { try await browser.text().contains("Đã gửi 1 hồ sơ") }
                let id = try #require(try await house.portal.state().dossiers.first?.id)
                try await house.portal.act(dossier: id, act: "request-supplement", remark: "Ghi rõ số nhà.")
                try await screen.press("Gửi ngay")
                try await screen.until("the request is home") { try await browser.text().contains("hồ sơ cần bổ sung") }
                try await browser.open(address + "attention")
                try await expectSound(screen)
                try await screen.click(".work-row .primary")
                try await screen.until("the remark is shown") { try await browser.text().contains("Ghi rõ số nhà.") }
                try await expectSound(screen)
                #expect(try await browser.console().isEmpty)
            }
            program.send(.interrupt)
            #expect(try await program.wait().status == 0)
        }

        /// A page fits both screens and is Vietnamese in whole letters.
        private func expectSound(_ screen: Screen, sourceLocation: SourceLocation = #_sourceLocation) async throws {
            for (width, height) in [(1280, 800), (1920, 1080)] {
                try await screen.browser.setWindow(width: width, height: height)
                let faults = try await screen.faults()
                let place = try await screen.browser.url()
                #expect(faults.isEmpty, "\(place) at \(width)×\(height)", sourceLocation: sourceLocation)
            }
        }

        /// Neither a file of the data folder (journals too) nor what the kiosk said holds anything of the resident's.
        private func expectNothingInTheClear(_ house: House, _ program: Program) throws {
            let secrets = [
                "Lò Thị Mai", "099194000123", "0900000101", "Lò Minh An", "Bùi Văn Thắng", "099065000456", "to-khai-ct01",
                "1994-03-12",
            ]
            let said = Data((program.stdoutSoFar + program.stderrSoFar).utf8)
            var files = 0
            let walker = FileManager.default.enumerator(atPath: house.data)
            for case let name as String in walker ?? .init() {
                guard let data = FileManager.default.contents(atPath: house.data + "/" + name) else { continue }
                files += 1
                for secret in secrets {
                    for text in [secret, secret.decomposedStringWithCanonicalMapping] {
                        #expect(data.range(of: Data(text.utf8)) == nil, "\(name)")
                    }
                    #expect(data.range(of: Data(secret.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })) == nil, "\(name)")
                }
            }
            for secret in secrets { #expect(said.range(of: Data(secret.utf8)) == nil) }
            #expect(files >= 2)
        }
    }
}
