import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    /// What the portal refused or an officer wants supplemented, mended in the browser and taken by the portal.
    @Suite("A refusal mended at the counter")
    struct RejectionWalkTests {
        /// A person's clicks, counted.
        private final class Clicks {
            let screen: Screen
            private(set) var count = 0
            init(_ screen: Screen) { self.screen = screen }

            func press(_ text: String) async throws {
                try await screen.press(text)
                count += 1
            }

            func click(_ selector: String) async throws {
                try await screen.click(selector)
                count += 1
            }
        }

        private func seal(_ house: House, guest: String? = nil, more: [String] = []) async throws -> String {
            var answers = try JSONText.decode(
                JSONValue.self, from: try Data(contentsOf: URL(filePath: try await house.sample("LUU_TRU"))))
            if let guest { answers.set(.string(guest), at: JSONPointer(tokens: ["answers", "guests", "0", "fullName"])) }
            let path = try house.folder.write("answers.json", Array(try JSONText.encode(answers)))
            let made = try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", path] + more)
            let id = try #require(made["id"]?.stringValue)
            // As at a counter: with a reason for each warning, which the command line does not ask for.
            let served = try await ServedKiosk(house)
            var review = [
                "consent.filing": "yes", "consent.keep-scans": "yes", "consent.by": "applicant", "consent.evidence": "witnessed",
                "consent.reason": "Không có bút",
            ]
            for place in ["/applicant/citizenId", "/guests/@1/citizenId"] { review["r:\(place)"] = "Số mẫu để tập huấn" }
            try await served.post("/dossiers/\(id)/review", review)
            try await served.stop()
            return id
        }

        private func walk(_ house: House, camera: String? = nil, _ steps: (Screen) async throws -> Void) async throws {
            let (program, address) = try await house.serve()
            try await Browser.run(camera: camera) { browser in
                try await browser.setWindow(width: 1280, height: 1000)
                let screen = Screen(browser: browser, address: address)
                try await screen.unlock()
                try await steps(screen)
                #expect(try await browser.console().isEmpty)
            }
            program.send(.interrupt)
            #expect(try await program.wait().status == 0)
        }

        private func shows(_ screen: Screen, _ text: String) async throws {
            try await screen.until("the page says «\(text)»") { try await screen.browser.text().contains(text) }
            let faults = try await screen.faults()
            #expect(faults.isEmpty, "\(text): \(faults)")
        }

        @Test(
            "From the home page to a refusal mended and sent again: six clicks besides typing, and the portal has it",
            Browser.requirement)
        func sixClicks() async throws {
            let house = try await House()
            let id = try await seal(house, guest: "Vi Văn Pao")
            #expect(try await house.json(["sync"], status: [3])["rejected"]?.int == 1)
            try await walk(house) { screen in
                let browser = screen.browser
                let hand = Clicks(screen)
                try await hand.click("a.tile[href='/attention']")
                try await hand.click(".work-row .primary")
                try await shows(screen, "Cơ sở dữ liệu dân cư ghi: Vi Văn Páo")
                try await hand.press("Sửa chỗ này")
                try await shows(screen, "Đã gửi: Vi Văn Pao")
                // The cursor stands in the field: typing goes there without a click.
                try await screen.until("the cursor is in the field") {
                    try await browser.execute("return document.activeElement.value") == "Vi Văn Pao"
                }
                let control = try await browser.find(".field.returned .control input")
                try await control.clear()
                try await control.type("Vi Văn Páo")
                try await hand.press("Xong, kiểm tra lại")
                try await shows(screen, "✓ đã sửa")
                #expect(try await browser.count("[name='consent.again']:checked") == 0, "nothing is ticked beforehand")
                try await hand.click("[name='consent.again']")
                try await hand.press("Ghi nhận và gửi lại ngay")
                try await screen.until("the portal has it") { try await house.portal.state().dossier(id) != nil }
                #expect(hand.count <= 6, "\(hand.count) clicks")
                try await browser.open(screen.address + "dossiers/\(id)")
                try await shows(screen, "Đã gửi lên cổng")
                try await browser.open(screen.address + "attention")
                try await shows(screen, "Không có việc nào cần xử lý")
            }
            let held = try #require(try await house.portal.state().dossier(id))
            #expect(held.revision == 2 && held.fields["guests"]?.arrayValue?.first?["fullName"] == "Vi Văn Páo")
        }

        @Test("What only the police can mend: a referral, the case parked, listed, and taken up again", Browser.requirement)
        func referral() async throws {
            let house = try await House()
            let id = try await seal(house, guest: "Vi Văn Pao")
            _ = try await house.json(["sync"], status: [3])
            try await walk(house) { screen in
                try await screen.browser.open(screen.address + "dossiers/\(id)")
                try await screen.press("In giấy giới thiệu")
                try await shows(screen, "GIẤY GIỚI THIỆU ĐẾN CÔNG AN XÃ")
                try await shows(screen, "khai là Vi Văn Pao; dữ liệu dân cư ghi Vi Văn Páo")
                try await shows(screen, "Mang theo")
                try await screen.press("Tạm gác, chờ người dân quay lại")
                try await shows(screen, "Đang tạm gác, chờ người dân quay lại")
                try await screen.browser.open(screen.address + "attention")
                try await shows(screen, "Tạm gác")
                try await screen.click(".work-row .primary")
                try await screen.press("Người dân đã quay lại")
                try await shows(screen, "Người dân đã quay lại, làm tiếp")
                #expect(try await screen.browser.count("form[action$='/unpark']") == 0)
            }
        }

        @Test(
            "A page that an officer cannot read: straight to the camera, the new picture takes its place, one amendment",
            Browser.requirement)
        func badScan() async throws {
            let house = try await House()
            let id = try await seal(house, more: ["--attach", "GIAY_TO_KHACH=\(House.scan("giay-khai-sinh"))"])
            _ = try await house.json(["sync"])
            // An officer says what is wrong place by place, and asks with the last of it.
            try await house.portal.act(dossier: id, act: "remark", remark: "Ghi rõ lý do", pointer: "/fields/stay/reason")
            try await house.portal.act(
                dossier: id, act: "request-supplement", remark: "Ảnh mờ, đề nghị chụp lại", pointer: "/attachments/0")
            _ = try await house.json(["sync"], status: [3])
            let film = try house.folder.write(
                "film.mjpeg",
                Array(try Data(contentsOf: URL(filePath: ShippedFiles.path(of: "sync-fixtures/scan-quality/kept/camera.jpg")))))
            let before = try #require(try await house.portal.state().dossier(id)?.attachments.first?.sha256)
            try await walk(house, camera: film) { screen in
                let browser = screen.browser
                try await browser.open(screen.address + "dossiers/\(id)")
                try await shows(screen, "Chụp lại trang này")
                try await screen.press("Chụp lại trang này")
                try await screen.until("the camera is on by itself") {
                    try await browser.execute("return paperCamera.dialog.open && !paperCamera.shoot.disabled") == true
                }
                try await screen.click(".camera[open] button.primary")
                try await screen.until("the page is judged") {
                    try await browser.execute("return paperEditor.dialog.open && !paperEditor.save.disabled") == true
                }
                try await screen.click(".editor[open] button.primary")
                try await screen.until("the new page took its place") {
                    try await browser.execute(
                        "return document.querySelector('#c-GIAY_TO_KHACH .files').textContent.includes('trang-')") == true
                }
                #expect(try await browser.count("#c-GIAY_TO_KHACH .files img") == 1)
                // The other remark is still to be answered; what is done so far is kept.
                try await browser.open(screen.address + "dossiers/\(id)/form")
                try await shows(screen, "✓ đã sửa")
                try await shows(screen, "chưa sửa")
                try await browser.open(screen.address + "dossiers/\(id)/form/thoi-gian")
                try await screen.give("Thăm con gái", to: "/stay/reason")
                try await screen.press("Xong, kiểm tra lại")
                try await screen.until("the review") { try await browser.count("[name='consent.again']") == 1 }
                #expect(try await !browser.text().contains("chưa sửa"))
                try await screen.click("[name='consent.again']")
                try await screen.press("Ghi nhận và gửi lại ngay")
                try await screen.until("the portal has it") { try await house.portal.state().dossier(id)?.revision == 2 }
            }
            let held = try #require(try await house.portal.state().dossier(id))
            #expect(held.attachments.count == 1 && held.attachments.first?.sha256 != before && held.status == "received")
            #expect(held.fields["stay"]?["reason"] == "Thăm con gái")
        }
    }
}
