import Foundation
import HTTPServing
import JSONTree
import KioskTestSupport
import Testing

/// The browser helper itself, tried on a page served by this module: what other browser tests rely on.
@Suite struct BrowserTests {
    @Test(Browser.requirement, .timeLimit(.minutes(3))) func `the browser helper drives a page`() async throws {
        let page: HTML = """
            <!doctype html><html lang="vi"><title>Nhà văn hóa thôn</title><form>
            <input id="name" value="x"><input type="file" id="scan"><button type="button" id="go">Nộp hồ sơ</button></form>
            <p id="out"></p><script>document.getElementById("go").onclick = () => setTimeout(() => {
              const out = document.getElementById("out")
              out.innerHTML = "<b class='done'></b>"
              out.firstChild.textContent = document.getElementById("name").value + "|" + document.getElementById("scan").files[0].size
            }, 20)</script></html>
            """
        try await withServer({ _ in page.response() }) { port in
            let folder = try TemporaryFolder()
            let scan = try folder.write("scan.jpg", [1, 2, 3])
            try await Browser.run { browser in
                try await browser.setWindow(width: 1000, height: 700)
                try await browser.open("http://127.0.0.1:\(port)/page?x=1")
                #expect(try await browser.title() == "Nhà văn hóa thôn")
                #expect(try await browser.url() == "http://127.0.0.1:\(port)/page?x=1")
                let name = try await browser.find("#name")
                try await name.clear()
                try await name.type("Hà Thị Mẫu")
                #expect(try await name.property("value") == "Hà Thị Mẫu")
                #expect(try await name.attribute("value") == "x")
                #expect(try await browser.find("#scan").attribute("value") == nil)
                try await browser.find("#scan").setFile(scan)
                try await browser.button("Nộp hồ sơ").click()
                let done = try await browser.find(".done")
                #expect(try await done.text() == "Hà Thị Mẫu|3")
                #expect(try await done.isDisplayed())
                #expect(try await browser.count("input") == 2)
                let facts = try await browser.execute("return [navigator.language, window.outerWidth, arguments[0]]", [7])
                #expect(facts == ["vi", 1000, 7])
                #expect(try await browser.execute("return arguments[0].id", [name.reference]) == "name")
                let picture = folder.file("page.png")
                try await browser.screenshot(to: picture)
                #expect(try Data(contentsOf: URL(filePath: picture)).starts(with: [0x89, 0x50, 0x4E, 0x47]))
            }
        }
    }
}
