import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import KioskWeb
import Testing

/// The pages with their script in a real browser.
@Suite(Browser.requirement, .serialized) struct BrowserTests {
    /// Serves a kiosk while `body` runs.
    private func serve<T: Sendable>(
        _ kiosk: Kiosk, port: UInt16 = 0, _ body: (_ base: String, _ port: UInt16) async throws -> T
    ) async throws -> T {
        let server = try HTTPServer(port: port) { try await kiosk.web.respond(to: $0) }
        let task = Task { try await server.run() }
        defer { task.cancel() }
        return try await body("http://127.0.0.1:\(server.port)", server.port)
    }

    private func unlock(_ browser: Browser, at base: String) async throws {
        try await browser.open(base + "/")
        try await browser.find("#pin").type(Kiosk.pin)
        try await browser.button("Mở khóa").click()
        _ = try await browser.find(".tiles")
    }

    private func leave(_ browser: Browser) async throws { try await browser.execute("document.activeElement.blur()") }

    @Test func `a dossier from the first page to the receipt`() async throws {
        let kiosk = try await Kiosk()
        try await serve(kiosk) { base, _ in
            try await Browser.run { browser in
                try await unlock(browser, at: base)
                try await browser.button("Làm hồ sơ mới").click()
                try await browser.button("Đăng ký nhập sinh").click()
                try await browser.find("[name='a:/applicant/fullName']").type("Lò Thị Mai")
                try await browser.find("[name='a:/applicant/birthDate']").type("1-3-1994")
                try await leave(browser)
                _ = try await browser.find("#save-state .ok")
                try await eventually("cleaned") {
                    try await browser.find("[name='a:/applicant/birthDate']").property("value") == "01/03/1994"
                }
                #expect(try await browser.find("#f-applicant-fullName .mark").text().contains("Đã lưu"))
                #expect(try await browser.count(".error:not([hidden])") == 0, "nothing is told missing before someone came to it")

                let id = try #require(URL(string: try await browser.url())?.pathComponents[2])
                #expect(try await kiosk.open().draft(of: id).answers["applicant"]?["birthDate"] == "1994-03-01")

                try await browser.find("[name='a:/applicant/phone']").type("123")
                try await leave(browser)
                try await eventually("an error beside its field") {
                    try await browser.find("#f-applicant-phone .error").text().contains("10 chữ số")
                }
                try await browser.find("[name='a:/applicant/fullName']").type(" B")
                try await leave(browser)
                try await eventually("saved again") {
                    try await browser.find("#f-applicant-fullName .mark").text().contains("Đã lưu")
                }
                #expect(try await browser.find("#f-applicant-phone .error").isDisplayed())

                try await browser.button("Tiếp tục").click()
                _ = try await browser.find("#summary")
                #expect(try await browser.url().hasSuffix("check=1"))

                let sample = try Kiosk.catalogue().procedure("TT_NHAP_SINH")?.sample ?? .null
                try await kiosk.open().changeDraft(of: id, now: kiosk.clock.now) { $0.answers = sample }
                try await browser.open("\(base)/dossiers/\(id)/papers")
                for (component, scan) in [
                    ("TO_KHAI_CT01", "to-khai-ct01"), ("GIAY_KHAI_SINH", "giay-khai-sinh"), ("DONG_Y_CHU_HO", "dong-y-chu-ho"),
                ] {
                    let file = ShippedFiles.path(of: "sync-fixtures/scans/\(scan).png")
                    try await browser.find("#c-\(component) input[type=file]").setFile(file)
                    try await eventually("uploaded") { try await browser.count("#c-\(component) .files li") == 1 }
                }
                try await browser.find("#c-GIAY_TO_KHAC input[type=file]").setFile(try kiosk.folder.write("a.webp", Picture.webp))
                #expect(try await browser.find("#c-GIAY_TO_KHAC .notice.bad").text().contains("WebP"))

                try await browser.button("Tiếp tục").click()
                for box in ["r:/applicant/citizenId", "r:/household/head/citizenId"] {
                    try await browser.find("[name='\(box)']").type("Đúng như trên thẻ")
                }
                for id in ["filing", "keep-scans"] { try await browser.find("[name='consent.\(id)']").click() }
                try await browser.find("[name='consent.by'][value=applicant]").click()
                try await browser.find("[name='consent.evidence'][value=witnessed]").click()
                try await browser.find("[name='consent.reason']").type("Không có bút")
                try await browser.button("Ghi nhận và in phiếu").click()
                let number = try await browser.find(".receipt-number").text()
                #expect(try await kiosk.open().dossier(id).summary.receipt == number)
                // The refused file is an answer of 415, which the console notes; nothing else may be there.
                #expect(try await browser.console().filter { $0.hasPrefix("SEVERE") && !$0.contains("415") } == [])
            }
        }
    }

    @Test func `questions appear as they are called for`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        try await serve(kiosk) { base, _ in
            try await Browser.run { browser in
                try await unlock(browser, at: base)
                try await browser.open("\(base)/dossiers/\(id)/form/chu-ho")
                let head = try await browser.find("[name='a:/household/head/fullName']")
                #expect(try await !head.isDisplayed())
                try await browser.find("[name='a:/household/applicantIsHead'][value=false]").click()
                try await eventually("shown") { try await head.isDisplayed() }
                try await browser.find("[name='a:/household/applicantIsHead'][value=true]").click()
                try await eventually("hidden") { try await !head.isDisplayed() }
            }
        }
    }

    @Test func `what is not on the disk is never called saved, and is saved when it can be`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        try await Browser.run { browser in
            let port = try await serve(kiosk) { base, port in
                try await unlock(browser, at: base)
                try await browser.open("\(base)/dossiers/\(id)/form/nguoi-khai")
                return port
            }
            try await Task.sleep(for: .milliseconds(500))
            try await browser.find("[name='a:/applicant/fullName']").type("Lò Thị Mai")
            try await leave(browser)
            try await eventually("the page says that it is not saved") {
                try await browser.find("#save-state .failed").text().contains("CHƯA LƯU")
            }
            #expect(try await browser.count("#save-state .ok") == 0)
            try await serve(kiosk, port: port) { _, _ in
                _ = try await browser.find("#save-state .ok")
                #expect(try await kiosk.open().draft(of: id).answers["applicant"]?["fullName"] == "Lò Thị Mai")
            }
        }
    }

    @Test func `an answer given to a locked kiosk is saved once it is unlocked again`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        try await serve(kiosk) { base, _ in
            try await Browser.run { browser in
                try await unlock(browser, at: base)
                try await browser.open("\(base)/dossiers/\(id)/form/nguoi-khai")
                kiosk.clock.advance(3600)
                try await browser.find("[name='a:/applicant/fullName']").type("Lò Thị Mai")
                try await leave(browser)
                #expect(try await browser.find("#save-state .failed").text().contains("MÁY ĐÃ KHÓA"))
                // Another tab unlocks: the cookie is the browser's, not the tab's.
                try await browser.execute(
                    """
                    return fetch("/unlock", {method: "POST", body: new URLSearchParams({pin: arguments[0]})}).then(() => true)
                    """, [.string(Kiosk.pin)])
                _ = try await browser.find("#save-state .ok")
                #expect(try await kiosk.open().draft(of: id).answers["applicant"]?["fullName"] == "Lò Thị Mai")
                try await browser.button("Tiếp tục").click()
                #expect(try await browser.find("#summary").isDisplayed())
            }
        }
    }

    @Test func `the sync page follows a run to its end`() async throws {
        let kiosk = try await Kiosk()
        try await serve(kiosk) { base, _ in
            try await Browser.run { browser in
                try await unlock(browser, at: base)
                try await browser.open("\(base)/sync")
                try await browser.button("Gửi ngay").click()
                try await eventually("started") { kiosk.sync.starts == 1 }
                let progress = SyncProgress(phase: .sending, delivered: 2, uploaded: 5, bytesSent: 3_145_728)
                kiosk.sync.set(SyncStatus(isRunning: true, progress: progress))
                try await eventually("running") { try await browser.find("[data-title]").text() == "Đang gửi…" }
                #expect(try await browser.find("[data-lines]").text().contains("Đã gửi 2 hồ sơ, 5 tệp"))
                kiosk.sync.set(SyncStatus(isRunning: false, lastReport: SyncReport(), lastEndedAt: kiosk.clock.now))
                // Read in one call: the page loads itself again as the run ends, and an element found before is gone by then.
                try await eventually("ended") {
                    try await browser.execute("return document.querySelector('[data-title]')?.textContent ?? ''").stringValue?
                        .contains("đã xong") == true
                }
            }
        }
    }

    @Test func `a dossier is found by a name without diacritics, and its answers are offered again`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.sealSample()
        let sample = try Kiosk.catalogue().procedure("TT_NHAP_SINH")?.sample?["applicant"] ?? .null
        let other = try await kiosk.begin()
        try await serve(kiosk) { base, _ in
            try await Browser.run { browser in
                try await unlock(browser, at: base)
                try await browser.find("#find").type("minh lo")
                try await browser.find(".find button").click()
                // The page before may go while its heading is asked for.
                try await eventually("found") { (try? await browser.find("h1").text()) == "Tìm thấy 1 hồ sơ" }
                #expect(try await !browser.url().contains("minh"))
                try await browser.find(".row").click()
                try await eventually("opened") { try await browser.url().hasSuffix("/dossiers/\(id)") }

                try await browser.open("\(base)/dossiers/\(other)/form/nguoi-khai")
                let offer = try await browser.find("#reuse")
                #expect(try await !offer.isDisplayed())
                try await browser.find("[name='a:/applicant/citizenId']").type(sample["citizenId"]?.stringValue ?? "")
                try await leave(browser)
                try await eventually("offered") { try await offer.isDisplayed() }
                try await browser.button("Người dân đồng ý, dùng lại").click()
                try await eventually("filled in") {
                    // The old page's field may go while it is asked.
                    (try? await browser.find("[name='a:/applicant/fullName']").property("value")) == sample["fullName"]
                }
            }
        }
    }
}
