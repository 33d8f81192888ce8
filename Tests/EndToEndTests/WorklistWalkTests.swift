import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    /// The morning's list in the browser, from its rows to their end.
    @Suite("The worklist worked down")
    struct WorklistWalkTests {
        @Test(
            "A code is pressed on the large keys, an announcement is read out, a request is supplemented; each row goes and leaves a trace",
            Browser.requirement)
        func worked() async throws {
            let house = try await House()
            var file = try await house.sampleFile("LUU_TRU")
            for (name, value) in [
                "fullName": "H'Hen Niê", "citizenId": "099190000654", "birthDate": "1990-02", "phone": "0900000105",
            ] {
                file.set(.string(value), at: JSONPointer(tokens: ["answers", "applicant", name]))
            }
            let path = try house.folder.write("hen.json", [UInt8](try JSONText.encode(file)))
            let dossier = try #require(
                try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", path, "--seal"])["id"]?.stringValue
            )
            try await house.portal.announce(
                title: "Căn cước lưu động", body: "Sáng thứ hai ở nhà văn hóa thôn.", validFrom: "2000-01-01T00:00:00+07:00",
                validUntil: "2099-01-01T00:00:00+07:00")
            _ = try await house.json(["sync"], status: [3])
            let rows = try #require(try await house.json(["worklist"], status: [3]).arrayValue)
            #expect(Set(rows.compactMap { $0["kind"]?.stringValue }) == ["code-awaited", "announcement"] && rows.count == 2)
            let account = try #require(rows.first { $0["kind"] == "code-awaited" }?["id"]?.stringValue)
            let code = try #require(try await house.portal.code(for: account))

            let (program, address) = try await house.serve()
            try await Browser.run { browser in
                try await browser.setWindow(width: 1280, height: 900)
                let screen = Screen(browser: browser, address: address)
                func shows(_ text: String) async throws {
                    try await screen.until("the page says «\(text)»") { try await browser.text().contains(text) }
                    let faults = try await screen.faults()
                    #expect(faults.isEmpty, "\(text): \(faults)")
                }
                func send() async throws { try await screen.sendNow() }
                try await screen.unlock()
                #expect(try await browser.find(".tile.alarm .count").text() == "2")
                try await screen.click(".tile.alarm")
                try await shows("Nhập mã")
                try await browser.find("#find-work").type("hhen")
                try await screen.click("form[action='/attention'] button")
                try await screen.until("one row is left") { try await browser.count(".work-row") == 1 }
                #expect(try await !browser.url().contains("hen"), "a name stands in no address")
                try await screen.click(".work-row .primary")
                try await shows("Mã 6 số")
                for (index, digit) in code.enumerated() {
                    try await screen.click(".keypad [value='\(digit)']")
                    let typed = String(code.prefix(index + 1))
                    try await screen.until("\(index + 1) digits are there") {
                        (try? await browser.execute("return document.querySelector('.digits').value").stringValue) == typed
                    }
                }
                try await screen.press("Lưu mã")
                try await shows("Đã lưu mã 6 số")
                try await send()
                try await browser.open(address + "attention")
                try await shows("Đã xong trong 30 ngày qua")
                #expect(try await browser.count(".rows a[href='/dossiers/\(dossier)']") == 1, "what was settled leaves a trace")
                #expect(try await browser.count(".work-row") == 1)
                try await screen.click(".work-row .primary")
                try await shows("Sáng thứ hai ở nhà văn hóa thôn.")
                try await screen.press("Đã đọc cho bà con")
                try await shows("Không có việc nào cần xử lý")

                try await house.portal.act(dossier: dossier, act: "request-supplement", remark: "Ghi rõ số nhà.")
                try await send()
                try await browser.open(address + "attention")
                try await shows("Ghi rõ số nhà.")
                #expect(try await browser.count(".work-row") == 1)
                try await browser.open(address + "attention/calls")
                try await shows("0900000105")
                #expect(try await browser.console().isEmpty)
            }
            program.send(.interrupt)
            #expect(try await program.wait().status == 0)
            #expect(try await house.json(["worklist"], status: [3]).arrayValue?.first?["kind"] == "supplement")
        }
    }
}
