import Foundation
import JSONTree
import KioskTestSupport
import Testing

/// A village head at the pages of a kiosk with a story.
struct StoryWalk {
    let story: StoryHouse
    let screen: Screen
    var browser: Browser { screen.browser }
    var first: String { story.dossiers.first ?? "" }

    /// Tells a story, opens the kiosk in a browser, and takes the steps; in the end the story's officers have done all that was theirs.
    ///
    /// - Parameters:
    ///   - portalWords: further words for the portal's command.
    ///   - isTold: whether all of the story comes about.
    ///   - clock: how wrong the kiosk's clock is.
    static func tell(
        _ name: String, portalWords: [String] = [], usesCamera: Bool = false, isTold: Bool = true, clock: String? = nil,
        _ steps: (StoryWalk) async throws -> Void
    ) async throws {
        let story = try await StoryHouse(name, portalWords: portalWords)
        let picture = URL(filePath: ShippedFiles.path(of: "sync-fixtures/scan-quality/kept/camera.jpg"))
        let camera =
            usesCamera ? try story.house.folder.write("film.mjpeg", Array(try Data(contentsOf: picture))) : nil
        let (program, address) = try await story.house.serve(clock: clock)
        try await Browser.run(camera: camera) { browser in
            try await browser.setWindow(width: 1280, height: 1000)
            let walk = StoryWalk(story: story, screen: Screen(browser: browser, address: address))
            try await walk.screen.unlock()
            try await steps(walk)
            // A form that was sent incomplete is answered with 422, which the browser notes.
            let console = try await browser.console().filter { !$0.contains("422") }
            #expect(console.isEmpty)
        }
        if clock == nil { program.send(.interrupt) } else { program.sendToChildren(.interrupt) }
        #expect(try await program.wait().status == 0)
        let states = try await story.house.portal.storySteps()
        #expect(!isTold || Set(states).isSubset(of: ["done", "later"]), "the officers' steps: \(states)")
    }

    func shows(_ text: String) async throws {
        try await screen.until("the page says «\(text)»") { try await browser.text().contains(text) }
        let faults = try await screen.faults()
        #expect(faults.isEmpty, "\(text): \(faults)")
    }

    /// From the home page to the only row of the worklist, which has to be of a kind, and to what it leads to.
    func openRow(_ kind: String) async throws {
        try await browser.open(screen.address)
        try await screen.click("a.tile[href='/attention']")
        try await screen.until("a row «\(kind)»") {
            try await browser.execute(
                "return [...document.querySelectorAll('.work-row .badge')].map((one) => one.textContent).includes(arguments[0])",
                [.string(kind)]) == true
        }
        #expect(try await browser.count(".work-row") == 1)
        let faults = try await screen.faults()
        #expect(faults.isEmpty, "\(kind): \(faults)")
        try await screen.click(".work-row .primary")
    }

    /// Types into the field that was returned, which has the cursor.
    func correct(_ text: String) async throws {
        try await screen.until("the field at fault is open") { try await browser.count(".field.returned") > 0 }
        let control = try await browser.find(".field.returned .control input, .field.returned .control textarea")
        try await control.clear()
        try await control.type(text)
        _ = try await browser.execute("document.activeElement.blur()")
        try await screen.saved()
    }

    /// Consents again and sends at once.
    func sealAgain(_ goesOn: String = "Xong, kiểm tra lại") async throws {
        try await screen.press(goesOn)
        try await screen.until("the review") { try await browser.count("[name='consent.again']") == 1 }
        try await screen.click("[name='consent.again']")
        try await screen.press("Ghi nhận và gửi lại ngay")
    }

    /// The worklist is empty, and the dossier at the portal.
    func ends(status: String = "received", revision: Int = 2) async throws {
        try await screen.until("the portal has revision \(revision) as \(status)") {
            let held = try await story.held()
            return held?.status == status && held?.revision == revision
        }
        try await screen.until("nothing needs anybody") {
            try await browser.open(screen.address + "attention")
            return try await browser.text().contains("Không có việc nào cần xử lý")
        }
    }

    /// Sends until the answer is heard: which of the story's lost answers libcurl's own repeat uses up is the line's to say.
    func sendUntilSettled() async throws {
        for _ in 0..<3 {
            try await screen.sendNow()
            if try await story.house.json(["dossier", "show", first])["state"] == "delivered" { return }
        }
    }

    /// Takes the page that was returned again with the camera.
    func takeAgain() async throws {
        try await shows("Chụp lại trang này")
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
    }

    /// Opens the form's section that has a field.
    func openField(_ pointer: String) async throws {
        let path = try await screen.place()
        let parts = path.split(separator: "/")
        let links = try await browser.execute(
            "return [...document.querySelectorAll('a[href*=\"/form/\"]')].map((one) => one.getAttribute('href'))")
        let found = "[data-address='\(pointer)']"
        if try await browser.count(found) == 1 { return }
        for link in Set(links.arrayValue?.compactMap(\.stringValue) ?? []) where parts.count > 1 && link.contains(parts[1]) {
            try await browser.open(screen.address + link.dropFirst())
            try await screen.until("\(link) is open") { try await !screen.place().isEmpty }
            if try await browser.count(found) == 1 { return }
        }
        throw House.Failure("no section has \(pointer)")
    }

    /// Presses six digits on the large keys and saves them.
    func enter(_ code: String) async throws {
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
    }
}
