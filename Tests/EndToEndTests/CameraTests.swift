import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    @Suite("From the camera to the portal")
    struct CameraTests {
        @Test(
            "A page photographed and one chosen, sealed and sent: the portal has the very bytes, and the word of the blurred one",
            Browser.requirement)
        func photographed() async throws {
            let house = try await House()
            let program = try house.start(["serve", "--port", "0"])
            let line = try await program.line { $0.contains("http://") }
            let address = String(line.split(separator: " ").last ?? "")
            let film = try house.folder.write(
                "film.mjpeg",
                Array(try Data(contentsOf: URL(filePath: ShippedFiles.path(of: "sync-fixtures/scan-quality/kept/camera.jpg")))))
            let sample = try await house.sample("LUU_TRU")
            let made = try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", sample])
            let id = try #require(made["id"]?.stringValue)
            try await Browser.run(camera: film) { browser in
                try await browser.setWindow(width: 1280, height: 1000)
                let screen = Screen(browser: browser, address: address)
                try await screen.unlock()
                try await browser.open("\(address)dossiers/\(id)/papers")
                try await screen.click("[data-camera]")
                try await screen.until("the camera is on") {
                    try await browser.execute("return paperCamera.dialog.open && !paperCamera.shoot.disabled") == true
                }
                try await screen.click(".camera[open] button.primary")
                try await screen.until("the page is judged") {
                    try await browser.execute("return paperEditor.dialog.open && !paperEditor.save.disabled") == true
                }
                try await screen.click(".editor[open] button.primary")
                try await screen.until("the photograph is listed") { try await browser.count(".files img") == 1 }
                try await browser.find("input[type=file]").setFile(
                    ShippedFiles.path(of: "sync-fixtures/scan-quality/kept/motion-4.jpg"))
                try await screen.until("the blurred one is judged") {
                    try await browser.execute(
                        "return paperEditor.dialog.open && document.querySelector('[data-flaw=blurred]') !== null") == true
                }
                try await browser.find("#paper-word").type("Giấy gốc đã phai")
                try await screen.click(".editor[open] button.primary")
                try await screen.until("both are listed") { try await browser.count(".files img") == 2 }
                #expect(try await screen.faults() == [])
                try await screen.goOn()
                try await screen.until("the review") { try await browser.count("#consent") == 1 }
                try await screen.giveReviewReasons()
                try await screen.consent()
                try await screen.until("the receipt") { try await browser.count(".receipt-number") == 1 }
                #expect(try await browser.console().isEmpty)
            }
            let report = try await house.json(["sync"])
            #expect(report["delivered"]?.int == 1 && report["uploaded"]?.int == 2, "\(report)")
            let held = try #require(try await house.portal.state().dossiers.first?.attachments)
            #expect(held.count == 2 && held.allSatisfy { $0.sha256OnDisk == $0.sha256 && $0.fileName.hasSuffix(".jpg") })
            #expect(held.map(\.note) == [nil, "Ảnh mờ: Giấy gốc đã phai"])
            program.send(.interrupt)
            #expect(try await program.wait().status == 0)
        }
    }
}

extension Screen {
    /// Gives a reason for each warning that the review shows.
    func giveReviewReasons() async throws {
        _ = try await browser.execute(
            "for (const one of document.querySelectorAll(\"[name^='r:']\")) if (one.value === '') one.value = 'Số mẫu để tập huấn'"
        )
    }
}
