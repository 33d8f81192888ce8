import Foundation
import HTTPServing
import JSONTree
import KioskStore
import KioskWeb
import Testing

@Suite struct PaperTests {
    @Test func `a picture comes out as it went in`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let added = try await kiosk.upload(id, "GIAY_KHAI_SINH", name: "giấy khai sinh.PNG", Picture.png)
        #expect(added.status == 200 && added.json?["saved"] == true)
        #expect(added.json?["files"]?.stringValue?.contains("giấy khai sinh.png") == true)
        let paper = try #require(try await kiosk.open().papers(of: id).first)
        #expect(paper.mediaType == "image/png" && paper.size == Picture.png.count)
        let path = "/dossiers/\(id)/papers/\(paper.id)"
        let page = try await kiosk.get("\(path)/content")
        let content = page.response
        #expect(page.bytes == Picture.png)
        #expect(content.headers["Content-Type"] == "image/png")
        #expect(content.headers["X-Content-Type-Options"] == "nosniff")
        #expect(content.headers["Content-Disposition"] == "inline")
        #expect(content.headers["Cache-Control"] == "no-store")
        #expect(try await kiosk.get("/dossiers/\(id)/papers").text.contains("\(path)/content"))
        #expect(try await kiosk.post("\(path)/remove").location == "/dossiers/\(id)/papers#c-GIAY_KHAI_SINH")
        #expect(try await kiosk.open().papers(of: id).isEmpty)
        #expect(try await kiosk.get("\(path)/content").status == 404)
    }

    @Test(arguments: [
        (Picture.webp, "WebP"), (Picture.heic, "HEIC"), (Array("PK\u{3}\u{4}xxxxxxxxxxxxxxxxx".utf8), "Word"),
        (Array("hello".utf8), "PDF"),
    ])
    func `a kind that the portal does not take is refused with what to do`(bytes: [UInt8], word: String) async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let page = try await kiosk.upload(id, "GIAY_KHAI_SINH", name: "anh.png", bytes)
        #expect(page.status == 415)
        #expect(page.json?["message"]?.stringValue?.contains(word) == true)
        #expect(try await kiosk.open().papers(of: id).isEmpty)
    }

    @Test func `every kind that the portal takes is known by its first bytes`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let kinds: [(String, [UInt8])] = [
            ("image/jpeg", [0xFF, 0xD8, 0xFF, 0xE0]), ("application/pdf", Array("%PDF-1.7\n".utf8)),
            ("image/tiff", [0x49, 0x49, 0x2A, 0x00]),
            ("image/tiff", [0x4D, 0x4D, 0x00, 0x2A]),
        ]
        for (index, (type, head)) in kinds.enumerated() {
            let page = try await kiosk.upload(id, "GIAY_TO_KHAC", name: "a", head + [UInt8](repeating: UInt8(index), count: 50))
            #expect(page.status == 200)
            #expect(try await kiosk.open().papers(of: id).contains { $0.mediaType == type })
        }
    }

    @Test func `a file that is too large is refused and nothing of it stays`() async throws {
        var options = KioskWebOptions()
        options.maximumFileBytes = 100_000
        let kiosk = try await Kiosk(options: options)
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let page = try await kiosk.upload(id, "GIAY_KHAI_SINH", name: "a.png", Picture.png)
        #expect(page.status == 413)
        #expect(page.json?["message"]?.stringValue?.contains("lớn") == true)
        let declared = try await kiosk.send(
            "POST", "/dossiers/\(id)/papers?component=GIAY_KHAI_SINH",
            headers: ["X-CSRF-Token": kiosk.csrf, "Content-Length": "100001"], body: [])
        #expect(declared.status == 413)
        #expect(try await kiosk.upload(id, "GIAY_KHAI_SINH", name: "a.png", []).status == 422)
        #expect(try await kiosk.upload(id, "NOTHING", name: "a.png", Picture.png).status == 404)
        #expect(try await kiosk.open().papers(of: id).isEmpty)
    }

    @Test func `an upload without the token is refused`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let page = try await kiosk.send("POST", "/dossiers/\(id)/papers?component=GIAY_KHAI_SINH", body: Picture.png)
        #expect(page.status == 403)
        #expect(try await kiosk.open().papers(of: id).isEmpty)
    }

    @Test func `heavy papers are warned of`() async throws {
        var options = KioskWebOptions()
        options.adviceDossierBytes = 100_000
        let kiosk = try await Kiosk(options: options)
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        #expect(
            try await kiosk.upload(id, "GIAY_KHAI_SINH", name: "a.png", Picture.png).json?["total"]?.stringValue?.contains(
                "390 KB") == true)
        #expect(try await kiosk.get("/dossiers/\(id)/papers").text.contains("Cổng có thể không nhận"))
    }

    @Test(arguments: [
        ("../../etc/passwd", "passwd.png"), ("C:\\Users\\An\\a b.PNG", "a b.png"), ("", "giay-to.png"), ("a.jpg", "a.png"),
        (".png", ".png.png"),
        ("a\u{0}\u{202E}gnp.exe", "agnp.png"),
    ])
    func `a file's name keeps no folder and gets the ending of what it is`(given: String, kept: String) async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        _ = try await kiosk.upload(id, "GIAY_TO_KHAC", name: given, Picture.png)
        #expect(try await kiosk.open().papers(of: id).map(\.fileName) == [kept])
    }
}
