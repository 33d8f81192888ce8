import Foundation
import KioskTestSupport
import Testing

/// The checks of pages find what they are there to find.
@Suite struct PageCheckTests {
    private func open(_ body: String, in browser: Browser) async throws {
        let page = "<!doctype html><html lang=vi><title>Trang</title><body><main><h1>Trang</h1>\(body)</main>"
        try await browser.open("data:text/html;base64," + Data(page.utf8).base64EncodedString())
    }

    @Test("axe-core finds a field without a label and pale text, and nothing where nothing is", Axe.requirement)
    func axe() async throws {
        let source = try Axe.source()
        try await Browser.run { browser in
            try await open("<label>Tên <input></label>", in: browser)
            #expect(try await browser.seriousFindings(source) == [])
            try await open("<input><p style='color:#aaa;background:#fff'>Chữ nhạt</p>", in: browser)
            let findings = try await browser.seriousFindings(source)
            #expect(findings.count == 2)
            #expect(findings.contains { $0.hasPrefix("label (critical)") })
            #expect(findings.contains { $0.hasPrefix("color-contrast (serious)") })
        }
    }

    @Test("What does not fit a window is found", Browser.requirement) func misfits() async throws {
        try await Browser.run { browser in
            try await browser.setScreen(width: 640, height: 400, scale: 2)
            try await open("<p>Vừa</p>", in: browser)
            #expect(try await browser.misfits() == [])
            for (page, words) in [
                ("<p style='width:700px'>Rộng</p>", "wide in a window"), ("<p style='width:700px'>Rộng</p>", "reaches from"),
                ("<p style='width:90px;overflow:hidden;white-space:nowrap'>Một dòng quá dài để vừa</p>", "cut off at its side"),
                ("<p style='height:9px;overflow:hidden'>Cao</p>", "cut off below"),
                ("<p style='position:fixed;bottom:0;height:300px'>Che</p>", "hides most"),
            ] {
                try await open(page, in: browser)
                #expect(try await browser.misfits().contains { $0.contains(words) }, "\(page)")
            }
        }
    }
}
