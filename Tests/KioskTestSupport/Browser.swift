public import Foundation
public import JSONTree
public import Testing

/// A headless Chromium driven over the W3C WebDriver protocol (https://www.w3.org/TR/webdriver2/), for tests of the pages.
///
/// ```swift
/// @Test(Browser.requirement) func page() async throws {
///     try await Browser.run { browser in
///         try await browser.open("http://127.0.0.1:8080/")
///         try await browser.find("#name").type("Hà Thị Mẫu")
///         try await browser.button("Lưu").click()
///     }
/// }
/// ```
public final class Browser: Sendable {
    /// Whether Chromium and its driver are installed.
    public static var isAvailable: Bool { chromium != nil && Program.installed("chromedriver") != nil }

    /// Skips a test where there is no browser; with `KIOSK_REQUIRE_BROWSER=1` in the environment it runs, and fails, instead.
    public static let requirement: ConditionTrait = .enabled(
        if: isAvailable || ProcessInfo.processInfo.environment["KIOSK_REQUIRE_BROWSER"] == "1",
        "chromium and chromedriver are not on PATH (KIOSK_REQUIRE_BROWSER=1 makes this a failure)")

    private static var chromium: String? {
        ["chromium", "chromium-browser", "google-chrome"].lazy.compactMap { Program.installed($0) }.first
    }

    private let folder: TemporaryFolder
    let driver: Program
    private let client: WebClient
    private let session: String

    private init(folder: TemporaryFolder, driver: Program, client: WebClient, session: String) {
        (self.folder, self.driver, self.client, self.session) = (folder, driver, client, session)
    }

    /// Starts a browser, lends it to `body`, and ends it however that went.
    ///
    /// - Parameter camera: an MJPEG or Y4M file that the browser's only camera shows, allowed without asking; nil for no camera.
    /// - Throws: ``WebClient/Failure`` or ``Program/Failure`` where it does not start, or what `body` throws.
    public static func run<T>(camera: String? = nil, _ body: (Browser) async throws -> T) async throws -> T {
        let browser = try await start(camera: camera)
        do {
            let value = try await body(browser)
            await browser.quit()
            return value
        } catch {
            await browser.quit()
            throw error
        }
    }

    /// Starts the driver.
    ///
    /// It takes a free IPv6 port and then wants the same one for IPv4, which another program may have by then: a few more tries.
    private static func driver(_ path: String, home: String) async throws -> (Program, line: String) {
        var tries = 5
        while true {
            let driver = try Program(
                path, ["--port=0"],
                environment: ["HOME": home, "TMPDIR": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home, "LANGUAGE": "vi"])
            do {
                return (driver, try await driver.line { $0.contains("started successfully on port") })
            } catch {
                tries -= 1
                guard tries > 0, driver.stdoutSoFar.contains("port not available") else { throw error }
            }
        }
    }

    private static func start(camera: String?) async throws -> Browser {
        guard let chromium, let chromedriver = Program.installed("chromedriver") else {
            throw WebClient.Failure(description: "chromium and chromedriver are not on PATH")
        }
        let folder = try TemporaryFolder()
        let home = folder.path
        let (driver, line) = try await driver(chromedriver, home: home)
        let client = try WebClient(base: "http://127.0.0.1:\(line.filter(\.isNumber))")
        let film = camera.map { file in
            [
                "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                "--use-file-for-fake-video-capture=\(file)",
            ]
        }
        let arguments =
            (film ?? []) + [
                "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run", "--lang=vi",
                "--accept-lang=vi", "--user-data-dir=\(folder.file("profile"))", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--window-size=1280,900",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
            ]
        let capabilities: JSONValue = [
            "capabilities": [
                "alwaysMatch": [
                    "goog:chromeOptions": [
                        "binary": .string(chromium), "args": .array(arguments.map { .string($0) }),
                        "prefs": ["intl.accept_languages": "vi"],
                    ],
                    "goog:loggingPrefs": ["browser": "ALL"],
                    "timeouts": ["implicit": 10000, "pageLoad": 60000, "script": 60000],
                ]
            ]
        ]
        let answer = try await command(client, "POST", "/session", capabilities)
        guard let session = answer["sessionId"]?.stringValue else {
            throw WebClient.Failure(description: "chromedriver began no session")
        }
        return Browser(folder: folder, driver: driver, client: client, session: session)
    }

    /// The driver ends the browser: killed without being asked to, it would leave it behind.
    private func quit() async {
        _ = try? await call("DELETE", "")
        driver.send(.terminate)
        _ = try? await driver.wait(patience: 20)
    }

    // MARK: Pages

    /// Goes to an address and waits for it to be loaded.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func open(_ url: String) async throws { _ = try await call("POST", "/url", ["url": .string(url)]) }

    /// The address of the page.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func url() async throws -> String { try await call("GET", "/url").stringValue ?? "" }

    /// The title of the page.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func title() async throws -> String { try await call("GET", "/title").stringValue ?? "" }

    /// The visible text of the whole page.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func text() async throws -> String {
        // One call: an element found first could belong to the page before by the time it is read.
        try await execute("return document.body === null ? '' : document.body.innerText").stringValue ?? ""
    }

    /// Runs the body of a JavaScript function and gives what it returns.
    ///
    /// - Throws: ``WebClient/Failure`` where the script throws.
    @discardableResult
    public func execute(_ script: String, _ arguments: [JSONValue] = []) async throws -> JSONValue {
        try await call("POST", "/execute/sync", ["script": .string(script), "args": .array(arguments)])
    }

    /// Writes what is seen as a PNG file.
    ///
    /// - Throws: ``WebClient/Failure``, or the error of writing.
    public func screenshot(to path: String) async throws {
        let text = try await call("GET", "/screenshot").stringValue ?? ""
        try (Data(base64Encoded: text) ?? Data()).write(to: URL(filePath: path))
    }

    /// Prints the page on A4 as its style sheets have it, and gives the PDF (WebDriver, 17).
    ///
    /// - Throws: ``WebClient/Failure``.
    public func pdf() async throws -> Data {
        let page: JSONValue = [
            "page": ["width": .number(21), "height": .number(Decimal(string: "29.7") ?? 29)], "background": true,
            "shrinkToFit": false,
        ]
        return Data(base64Encoded: try await call("POST", "/print", page).stringValue ?? "") ?? Data()
    }

    /// Sets the size of the window in CSS pixels.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func setWindow(width: Int, height: Int) async throws {
        let size: JSONValue = ["width": .number(Decimal(width)), "height": .number(Decimal(height))]
        _ = try await call("POST", "/window/rect", size)
    }

    /// What the page wrote to the console since this was last asked, faults of scripts and policies included.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func console() async throws -> [String] {
        let entries = try await call("POST", "/se/log", ["type": "browser"]).arrayValue ?? []
        return entries.map { "\($0["level"]?.stringValue ?? ""): \($0["message"]?.stringValue ?? "")" }
    }

    // MARK: Elements

    /// The first element of a CSS selector; waits for it up to ten seconds.
    ///
    /// - Throws: ``WebClient/Failure`` where there is none.
    public func find(_ selector: String) async throws -> Element { try await locate("css selector", selector) }

    /// Presses keys in whatever has the focus, one after another, where its caret is.
    ///
    /// A modifier (`\u{E008}` shift, `\u{E009}` control) stays down until `\u{E000}`.
    /// - Throws: ``WebClient/Failure``.
    public func press(_ keys: String) async throws {
        guard !keys.isEmpty else { return }
        var held: [String] = []
        var actions: [JSONValue] = []
        for key in keys.map(String.init) {
            if key == "\u{E000}" {
                actions += held.map { ["type": "keyUp", "value": .string($0)] }
                held = []
            } else {
                actions.append(["type": "keyDown", "value": .string(key)])
                if "\u{E008}\u{E009}\u{E00A}".contains(key) {
                    held.append(key)
                } else {
                    actions.append(["type": "keyUp", "value": .string(key)])
                }
            }
        }
        _ = try await call("POST", "/actions", ["actions": [["type": "key", "id": "keyboard", "actions": .array(actions)]]])
    }

    /// Drags with the mouse from the middle of an element by so many CSS pixels.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func drag(_ element: Element, right: Int, down: Int) async throws {
        func move(_ x: Int, _ y: Int, from origin: JSONValue) -> JSONValue {
            [
                "type": "pointerMove", "duration": 50, "origin": origin, "x": .number(Decimal(x)), "y": .number(Decimal(y)),
            ]
        }
        let actions: JSONValue = [
            move(0, 0, from: element.reference), ["type": "pointerDown", "button": 0],
            move(right / 2, down / 2, from: "pointer"), move(right - right / 2, down - down / 2, from: "pointer"),
            ["type": "pointerUp", "button": 0],
        ]
        _ = try await call("POST", "/actions", ["actions": [["type": "pointer", "id": "mouse", "actions": actions]]])
    }

    /// Draws a line on an element with a finger, a pen or the mouse.
    ///
    /// - Parameters:
    ///   - pointer: `touch`, `pen` or `mouse`.
    ///   - points: places in CSS pixels from the element's middle.
    /// - Throws: ``WebClient/Failure`` where a point lies outside the window.
    public func draw(on element: Element, with pointer: String, _ points: [(x: Int, y: Int)]) async throws {
        var actions: [JSONValue] = []
        for (index, point) in points.enumerated() {
            actions.append([
                "type": "pointerMove", "duration": 20, "origin": element.reference, "x": .number(Decimal(point.x)),
                "y": .number(Decimal(point.y)),
            ])
            if index == 0 { actions.append(["type": "pointerDown", "button": 0]) }
        }
        actions.append(["type": "pointerUp", "button": 0])
        let source: JSONValue = [
            "type": "pointer", "id": .string(pointer), "parameters": ["pointerType": .string(pointer)],
            "actions": .array(actions),
        ]
        _ = try await call("POST", "/actions", ["actions": [source]])
    }

    /// How many elements of a CSS selector there are now.
    ///
    /// - Throws: ``WebClient/Failure``.
    public func count(_ selector: String) async throws -> Int {
        guard
            case .number(let count) = try await execute(
                "return document.querySelectorAll(arguments[0]).length", [.string(selector)])
        else { return 0 }
        return NSDecimalNumber(decimal: count).intValue
    }

    /// The first button, link, summary or label that shows a text; waits for it up to ten seconds.
    ///
    /// - Throws: ``WebClient/Failure`` where there is none.
    public func button(_ text: String) async throws -> Element {
        let quoted = Self.quote(text)
        let shown = ["button", "a", "summary", "label"].map { "//\($0)[contains(normalize-space(.), \(quoted))]" }
        let inputs = "//input[(@type='submit' or @type='button') and contains(@value, \(quoted))]"
        return try await locate("xpath", (shown + [inputs]).joined(separator: " | "))
    }

    private func locate(_ strategy: String, _ value: String) async throws -> Element {
        let found = try await call("POST", "/element", ["using": .string(strategy), "value": .string(value)])
        guard let id = found[Element.key]?.stringValue else { throw WebClient.Failure(description: "no element \(value)") }
        return Element(browser: self, id: id)
    }

    /// A text as an XPath 1.0 literal, which has no escapes.
    static func quote(_ text: String) -> String {
        guard text.contains("'") else { return "'\(text)'" }
        let parts = text.split(separator: "'", omittingEmptySubsequences: false).map { "'\($0)'" }
        return "concat(" + parts.joined(separator: ", \"'\", ") + ")"
    }

    // MARK: The wire

    func call(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        try await Self.command(client, method, "/session/\(session)" + path, body)
    }

    private static func command(_ client: WebClient, _ method: String, _ path: String, _ body: JSONValue?) async throws
        -> JSONValue
    {
        let bytes = try body.map { [UInt8](try JSONText.encode($0)) }
        let headers = bytes == nil ? [:] : ["Content-Type": "application/json; charset=utf-8"]
        let answer = try await client.send(method, path, headers: headers, body: bytes)
        let value = try JSONText.decode(JSONValue.self, from: Data(answer.body))["value"] ?? nil
        guard answer.status == 200 else {
            let message = value["message"]?.stringValue ?? answer.text
            throw WebClient.Failure(description: "\(method) \(path): \(answer.status) \(message.prefix(1000))")
        }
        return value
    }

    /// An element of a page.
    public struct Element: Sendable {
        static let key = "element-6066-11e4-a52e-4f735466cecf"
        private let browser: Browser
        private let id: String

        init(browser: Browser, id: String) { (self.browser, self.id) = (browser, id) }

        /// The element as an argument of ``Browser/execute(_:_:)``.
        public var reference: JSONValue { [Self.key: .string(id)] }

        /// The text that is seen.
        ///
        /// - Throws: ``WebClient/Failure``.
        public func text() async throws -> String { try await call("GET", "/text").stringValue ?? "" }

        /// An attribute as it stands in the markup; nil where there is none.
        ///
        /// - Throws: ``WebClient/Failure``.
        public func attribute(_ name: String) async throws -> String? { try await call("GET", "/attribute/\(name)").stringValue }

        /// A property such as `value` or `checked`, as the page has it now.
        ///
        /// - Throws: ``WebClient/Failure``.
        public func property(_ name: String) async throws -> JSONValue { try await call("GET", "/property/\(name)") }

        /// Whether a person sees it.
        ///
        /// - Throws: ``WebClient/Failure``.
        public func isDisplayed() async throws -> Bool { try await call("GET", "/displayed").boolValue ?? false }

        /// Clicks its middle.
        ///
        /// - Throws: ``WebClient/Failure`` where something covers it.
        public func click() async throws { _ = try await call("POST", "/click", .emptyObject) }

        /// Types a text, key by key.
        ///
        /// - Throws: ``WebClient/Failure``.
        public func type(_ text: String) async throws { _ = try await call("POST", "/value", ["text": .string(text)]) }

        /// Empties a field.
        ///
        /// - Throws: ``WebClient/Failure``.
        public func clear() async throws { _ = try await call("POST", "/clear", .emptyObject) }

        /// Chooses a file for a file input.
        ///
        /// - Throws: ``WebClient/Failure``.
        public func setFile(_ path: String) async throws { try await type(path) }

        private func call(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
            try await browser.call(method, "/element/\(id)" + path, body)
        }
    }
}
