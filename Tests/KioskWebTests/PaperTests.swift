import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskTestSupport
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

    @Test func `every kind that the portal takes is known by its content`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let kinds = [
            ("image/jpeg", SampleFile.jpeg(bytes: 900, seed: 1)), ("application/pdf", SampleFile.pdf(bytes: 900, seed: 1)),
            ("image/tiff", SampleFile.tiff(bytes: 900, seed: 1)), ("image/png", SampleFile.png(bytes: 900, seed: 1)),
        ]
        for (type, file) in kinds {
            #expect(try await kiosk.upload(id, "GIAY_TO_KHAC", name: "a", file).status == 200)
            #expect(try await kiosk.open().papers(of: id).contains { $0.mediaType == type })
        }
    }

    @Test func `a file that is cut off, damaged or locked is refused with what to do, and nothing of it stays`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let locked = String(decoding: SampleFile.pdf(bytes: 0, seed: 1), as: UTF8.self)
            .replacingOccurrences(of: "/Root 1", with: "/Encrypt 4 0 R /Root 1")
        let files: [(bytes: [UInt8], status: Int, word: String)] = [
            (Array(Picture.png.dropLast(9)), 422, "bị cụt"), (Array("MZ".utf8) + Picture.png, 415, "không phải ảnh"),
            (Array(Picture.png.prefix(200)) + [1] + Picture.png.dropFirst(200), 422, "bị hỏng"),
            (Array(locked.utf8), 422, "mật khẩu"),
            (SampleFile.png(bytes: 0, seed: 1, width: 1, height: 100_000), 422, "1 × 100000"),
        ]
        for file in files {
            let page = try await kiosk.upload(id, "GIAY_KHAI_SINH", name: "a.png", file.bytes)
            #expect(page.status == file.status)
            #expect(page.json?["message"]?.stringValue?.contains(file.word) == true, "\(page.text)")
        }
        #expect(try await kiosk.open().papers(of: id).isEmpty)
        #expect(try kiosk.chunks() == 0)
    }

    @Test func `papers above the limit of the portal keep the dossier here and the review says so`() async throws {
        var configuration = KioskStore.Configuration()
        configuration.limits = PaperLimits(file: 1, dossier: 2)
        let kiosk = try await Kiosk(configuration: configuration)
        try await kiosk.unlock()
        let id = try await kiosk.beginSample()
        #expect(!(try await kiosk.get("/dossiers/\(id)/review?check=1").text.contains("cổng chỉ nhận 2 MB")))
        _ = try await kiosk.upload(id, "GIAY_TO_KHAC", name: "b.jpg", SampleFile.jpeg(bytes: 900_000, seed: 2))
        #expect(try await kiosk.get("/dossiers/\(id)/review?check=1").text.contains("cổng chỉ nhận 2 MB"))
        _ = try await kiosk.post("/dossiers/\(id)/review", Kiosk.consent)
        #expect(try await kiosk.open().dossier(id).summary.state == .draft)
        let large = try await kiosk.upload(id, "GIAY_TO_KHAC", name: "c.jpg", SampleFile.jpeg(bytes: 1_100_000, seed: 3))
        #expect(large.status == 413 && large.text.contains("nhiều nhất 1 MB"))
        #expect(try await kiosk.open().papers(of: id).count == 4)
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

    private static let fingerprint = String(repeating: "0a", count: 384)

    /// Uploads with what the page's script says of the picture.
    private func upload(
        _ kiosk: Kiosk, _ id: String, _ headers: [String: String], query: String = "", bytes: [UInt8] = Picture.png
    ) async throws -> Kiosk.Page {
        var all = ["X-CSRF-Token": kiosk.csrf, "X-File-Name": "a.png"]
        for (name, value) in headers { all[name] = value }
        return try await kiosk.send(
            "POST", "/dossiers/\(id)/papers?component=GIAY_TO_KHAC\(query)", headers: all, body: bytes)
    }

    @Test func `a check of a picture is kept whole or refused`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let word = "Gi%E1%BA%A5y%20m%E1%BB%9D"
        for bad in [
            ["X-Paper-Fingerprint": "0a"], ["X-Paper-Fingerprint": String(repeating: "z", count: 768)],
            ["X-Paper-Fingerprint": Self.fingerprint, "X-Paper-Flaws": "blurred"],
            ["X-Paper-Fingerprint": Self.fingerprint, "X-Paper-Flaws": "ugly", "X-Paper-Word": word],
            [
                "X-Paper-Fingerprint": Self.fingerprint, "X-Paper-Flaws": "dark",
                "X-Paper-Word": String(repeating: "a", count: 301),
            ],
        ] {
            #expect(try await upload(kiosk, id, bad).status == 400, "\(bad)")
        }
        #expect(try await kiosk.open().papers(of: id).isEmpty)
        let good = ["X-Paper-Fingerprint": Self.fingerprint, "X-Paper-Flaws": "blurred,twice", "X-Paper-Word": word]
        #expect(
            try await upload(kiosk, id, good).json?["files"]?.stringValue?.contains("Ảnh mờ, Giống trang đã có: Giấy mờ") == true)
        let check = PaperCheck(flaws: [.blurred, .twice], word: "Giấy mờ", fingerprint: Self.fingerprint)
        #expect(try await kiosk.open().papers(of: id).first?.check == check)
    }

    @Test func `pages are moved without a script, and a replaced page keeps its place`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        for number in 1...3 {
            _ = try await upload(
                kiosk, id, ["X-File-Name": "\(number).png"], bytes: SampleFile.png(bytes: 4000, seed: UInt64(number)))
        }
        func names() async throws -> [String] { try await kiosk.open().papers(of: id).map(\.fileName) }
        let papers = try await kiosk.open().papers(of: id).map(\.id)
        let moved = try await kiosk.post("/dossiers/\(id)/papers/\(papers[2])/move", ["to": "up"])
        #expect(moved.location == "/dossiers/\(id)/papers#c-GIAY_TO_KHAC")
        #expect(try await names() == ["1.png", "3.png", "2.png"])
        _ = try await kiosk.post("/dossiers/\(id)/papers/\(papers[0])/move", ["to": "up"])
        #expect(try await names() == ["1.png", "3.png", "2.png"], "the first stays first")
        let page = try await upload(
            kiosk, id, ["X-File-Name": "new.png"], query: "&replaces=\(papers[2])", bytes: SampleFile.png(bytes: 4000, seed: 9))
        #expect(page.status == 200)
        #expect(try await names() == ["1.png", "new.png", "2.png"])
        #expect(try await upload(kiosk, id, [:], query: "&original=018007f8-fd80-7257-ba1f-760539980e70").status == 404)
        #expect(try await kiosk.post("/dossiers/\(id)/papers/nothing/move", ["to": "up"]).status == 404)
        let order = try await kiosk.send(
            "POST", "/dossiers/\(id)/papers-order", headers: ["X-CSRF-Token": kiosk.csrf], body: Array("{}".utf8))
        #expect(order.status == 400)
    }

    @Test func `earlier papers are offered by a date, shown after consent and used again`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let first = try await kiosk.sealSample()
        let paper = try #require(try await kiosk.open().papers(of: first).first)
        let id = try await kiosk.begin()
        let sample = try Kiosk.catalogue().procedure("TT_NHAP_SINH")?.sample ?? .null
        #expect(try await !kiosk.get("/dossiers/\(id)/papers").text.contains("earlier-papers"))
        try await kiosk.open().changeDraft(of: id, now: kiosk.clock.now) { $0.answers = sample }
        let offer = try await kiosk.get("/dossiers/\(id)/papers").text
        #expect(offer.contains("Dùng lại giấy tờ đã quét ngày 08/04/2022?") && !offer.contains(paper.id))
        let use = ["paper": paper.id, "component": paper.component]
        #expect(try await kiosk.post("/dossiers/\(id)/papers-reuse", use).status == 404, "not before the consent")
        #expect(try await kiosk.post("/dossiers/\(id)/papers-earlier").status == 303)
        #expect(try await kiosk.get("/dossiers/\(id)/papers").text.contains(paper.id))
        #expect(try await kiosk.post("/dossiers/\(id)/papers-reuse", use).location.hasSuffix("#c-\(paper.component)"))
        let again = try #require(try await kiosk.open().papers(of: id).first)
        #expect(again.sha256 == paper.sha256 && again.attachment == paper.attachment && again.component == paper.component)
    }
}
