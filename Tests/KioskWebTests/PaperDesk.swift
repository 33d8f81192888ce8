import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskTestSupport
import Testing

@testable import KioskWeb

/// The papers page of a new dossier, open in a browser.
struct PaperDesk {
    static let birth = "#c-GIAY_KHAI_SINH"
    let kiosk: Kiosk
    let browser: Browser
    let base: String
    let id: String

    static func run(
        _ procedure: String = "TT_NHAP_SINH", camera: String? = nil, options: KioskWebOptions = KioskWebOptions(),
        allowing noise: [String] = [], _ body: (PaperDesk) async throws -> Void
    ) async throws {
        let kiosk = try await Kiosk(options: options)
        try await kiosk.unlock()
        let id = try await kiosk.begin(procedure)
        let sample = try Kiosk.catalogue().procedure(procedure)?.sample ?? .null
        try await kiosk.open().changeDraft(of: id, now: kiosk.clock.now) { $0.answers = sample }
        let server = try HTTPServer(port: 0) { try await kiosk.web.respond(to: $0) }
        let task = Task { try await server.run() }
        defer { task.cancel() }
        try await Browser.run(camera: camera) { browser in
            let base = "http://127.0.0.1:\(server.port)"
            try await browser.open(base + "/")
            try await browser.find("#pin").type(Kiosk.pin)
            try await browser.button("Mở khóa").click()
            _ = try await browser.find(".tiles")
            let desk = PaperDesk(kiosk: kiosk, browser: browser, base: base, id: id)
            try await desk.open()
            try await body(desk)
            let console = try await browser.console()
            #expect(console.filter { line in line.hasPrefix("SEVERE") && !noise.contains { line.contains($0) } } == [])
        }
    }

    func open() async throws {
        try await browser.open("\(base)/dossiers/\(id)/papers")
        _ = try await browser.find("#papers")
    }

    static func scan(_ name: String) -> String { ShippedFiles.path(of: "sync-fixtures/scan-quality/kept/\(name).jpg") }

    static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    func choose(_ path: String, in component: String = birth) async throws {
        try await browser.find("\(component) input[type=file]").setFile(path)
    }

    /// Waits until a component has so many papers, and nothing is on its way.
    func listed(_ count: Int, in component: String = birth) async throws {
        try await eventually("\(count) papers in \(component)") {
            try await browser.execute(
                """
                const [selector, count] = arguments;
                return document.querySelectorAll(selector + " .files li").length === count
                    && document.querySelector(selector + " .progress > div") === null;
                """, [.string(component), .number(Decimal(count))]) == true
        }
    }

    /// Waits for the editor and what it says; gives the codes of what is wrong.
    func verdict() async throws -> [String] {
        try await eventually("a verdict") {
            try await browser.execute(
                """
                return paperEditor.dialog.open && !paperEditor.isLooking && !paperEditor.isStale
                    && document.querySelector(".verdict p") !== null
                """) == true
        }
        let codes = try await browser.execute(
            "return [...document.querySelectorAll('.verdict [data-flaw]')].map((one) => one.dataset.flaw)")
        return codes.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// Clicks an element in the middle of the window, where no bar covers it.
    func click(_ selector: String) async throws {
        try await browser.execute(
            "document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", [.string(selector)])
        try await browser.find(selector).click()
    }

    func press(_ text: String) async throws {
        try await browser.execute(
            """
            const button = [...document.querySelectorAll("dialog[open] button")].find((one) => one.textContent.includes(arguments[0]));
            button.scrollIntoView({block: "center"}); button.click();
            """, [.string(text)])
    }

    func papers(in component: String = birth) async throws -> [PaperRow] {
        try await kiosk.open().papers(of: id).filter { component == "#c-\($0.component)" }
    }

    func content(_ attachment: String, size: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        let store = try await kiosk.open()
        while bytes.count < size { bytes += try await store.bytes(of: attachment, from: bytes.count, count: 1 << 18) }
        return bytes
    }

    /// Puts a file made by a script into a component as if it were dropped there or pasted.
    func give(_ how: String, script: String, name: String, type: String, to component: String = birth) async throws {
        try await browser.execute(
            """
            const [how, selector, name, type] = arguments;
            const make = async () => { \(script) };
            return (async () => {
              const blob = await make();
              const transfer = new DataTransfer();
              transfer.items.add(new File([blob], name, {type}));
              const section = document.querySelector(selector);
              if (how === "drop") {
                section.querySelector(".drop").dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: transfer}));
              } else {
                section.dispatchEvent(new PointerEvent("pointerover", {bubbles: true}));
                section.dispatchEvent(new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData: transfer}));
              }
            })();
            """, [.string(how), .string(component), .string(name), .string(type)])
    }
}

/// What stands in a JPEG file.
struct JPEGFile {
    var width = 0
    var height = 0
    var hasMetadata = false

    init(_ bytes: [UInt8]) {
        var at = 2
        while at + 9 < bytes.count, bytes[at] == 0xFF {
            let marker = bytes[at + 1]
            let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
            if marker == 0xE1 { hasMetadata = true }
            if (0xC0...0xC2).contains(marker) {
                height = Int(bytes[at + 5]) << 8 | Int(bytes[at + 6])
                width = Int(bytes[at + 7]) << 8 | Int(bytes[at + 8])
            }
            if marker == 0xDA { return }
            at += 2 + length
        }
    }
}
