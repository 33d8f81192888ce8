import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskTestSupport
import KioskVault
import Testing

@testable import KioskWeb

/// Papers on their way into a dossier, in a real browser.
@Suite(Browser.requirement, .serialized) struct PaperBrowserTests {
    @Test func `a good scan is kept without a question, shrunk and without what the camera wrote into it`() async throws {
        try await PaperDesk.run { desk in
            var bytes = try PaperDesk.bytes(PaperDesk.scan("good-5"))
            // Where it was taken, in an EXIF segment.
            let exif = Array("Exif\0\0MM\0*\0\0\0\u{8}\0\0GPS 21.0278 105.8342".utf8)
            bytes.insert(contentsOf: [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif, at: 2)
            try await desk.choose(try desk.kiosk.folder.write("giấy.jpg", bytes))
            try await desk.listed(1)
            let paper = try #require(try await desk.papers().first)
            #expect(paper.mediaType == "image/jpeg" && paper.fileName == "giấy.jpg" && paper.size <= 900_000)
            #expect(paper.check?.flaws == [] && paper.check?.fingerprint?.count == 768)
            let kept = try await desk.content(paper.attachment, size: paper.size)
            let file = JPEGFile(kept)
            #expect(file.width == 1654 && file.height == 2339 && !file.hasMetadata)
            #expect(String(decoding: kept, as: UTF8.self).contains("GPS") == false)
            let original = try #require(paper.original)
            #expect(try await desk.content(original.attachment, size: original.size) == bytes)
            #expect(try await desk.browser.find("\(PaperDesk.birth) .files").text().contains("bản gốc"))
            let page = try await desk.kiosk.get("/dossiers/\(desk.id)/papers/\(paper.id)/original")
            #expect(page.bytes == bytes && page.response.headers["Content-Type"] == "image/jpeg")
        }
    }

    @Test func `a blurred page is told of, and used with a word that stays with it`() async throws {
        try await PaperDesk.run { desk in
            try await desk.choose(PaperDesk.scan("blur-3.5-1"))
            #expect(try await desk.verdict() == ["blurred"])
            #expect(try await desk.browser.find(".verdict").text().contains("Giữ yên máy"))
            #expect(try await desk.browser.execute("return paperEditor.save.disabled") == true)
            try await desk.browser.find("#paper-word").type("Giấy gốc đã phai")
            try await desk.press("Vẫn dùng")
            try await desk.listed(1)
            let paper = try #require(try await desk.papers().first)
            #expect(paper.check?.flaws == [.blurred] && paper.check?.word == "Giấy gốc đã phai")
            #expect(try await desk.browser.find(".paper-note").text() == "Ảnh mờ: Giấy gốc đã phai")

            // The next is left out, and the one after it is the same page again.
            try await desk.choose(PaperDesk.scan("dark-3"))
            #expect(try await desk.verdict() == ["dark"])
            try await desk.press("Bỏ ảnh này")
            try await desk.listed(1)
            try await desk.choose(PaperDesk.scan("blur-3.5-1"))
            #expect(try await desk.verdict() == ["blurred", "twice"])
            try await desk.press("Bỏ ảnh này")
            try await desk.listed(1)
        }
    }

    @Test func `a page on a table is found, set straight, turned, and its corners can be moved by mouse and keys`() async throws {
        try await PaperDesk.run { desk in
            try await desk.choose(PaperDesk.scan("camera"))
            #expect(try await desk.verdict() == [])
            let found = try await corners(desk)
            for (corner, there) in zip(found, [(150, 180), (1960, 150), (1950, 2700), (140, 2720)]) {
                #expect(abs(corner.x - Double(there.0)) < 12 && abs(corner.y - Double(there.1)) < 12, "\(found)")
            }
            let first = try await desk.browser.find(".corner")
            try await desk.browser.drag(first, right: 30, down: 20)
            let dragged = try await corners(desk)
            #expect(dragged[0].x > found[0].x + 40 && dragged[0].y > found[0].y + 20 && dragged[1...] == found[1...])
            try await desk.browser.press("\u{E012}\u{E013}")
            let nudged = try await corners(desk)
            #expect(nudged[0].x < dragged[0].x && nudged[0].y < dragged[0].y)

            _ = try await desk.verdict()
            try await desk.press("Lấy theo mép giấy")
            try await desk.press("Xoay phải")
            #expect(try await desk.verdict() == ["sideways"])
            try await desk.press("Xoay trái")
            #expect(try await desk.verdict() == [])
            try await desk.press("Lưu trang này")
            try await desk.listed(1)
            let paper = try #require(try await desk.papers().first)
            let file = JPEGFile(try await desk.content(paper.attachment, size: paper.size))
            #expect(file.height >= 2269 && abs(Double(file.width) / Double(file.height) - 210.0 / 297) < 0.01)

            // Edited anew, from the same original.
            try await desk.click("\(PaperDesk.birth) [data-edit]")
            #expect(try await desk.verdict() == [])
            try await desk.browser.execute(
                "paperEditor.contrast.value = '2'; paperEditor.contrast.dispatchEvent(new Event('change'))")
            _ = try await desk.verdict()
            try await desk.press("Lưu trang này")
            try await eventually("another page") { try await desk.papers().first?.id != paper.id }
            try await desk.listed(1)
            let edited = try #require(try await desk.papers().first)
            #expect(edited.original == paper.original && edited.sha256 != paper.sha256)
        }
    }

    private struct Corner: Equatable { var x: Double, y: Double }

    private func corners(_ desk: PaperDesk) async throws -> [Corner] {
        let text = try await desk.browser.execute("return JSON.stringify(paperEditor.corners)").stringValue ?? ""
        return try JSONDecoder().decode([[Double]].self, from: Data(text.utf8)).map { Corner(x: $0[0], y: $0[1]) }
    }

    @Test func `dropped and pasted pictures of other kinds become JPEG; what the browser cannot read is refused by its content`()
        async throws
    {
        let text =
            """
            const canvas = document.createElement("canvas"); canvas.width = 1654; canvas.height = 2339;
            const pen = canvas.getContext("2d"); pen.fillStyle = "#fff"; pen.fillRect(0, 0, 1654, 2339);
            pen.fillStyle = "#222"; pen.font = "40px DejaVu Sans";
            for (let y = 200; y < 2100; y += 70) pen.fillText(`${SEED} Thôn Cẩm Sơn dòng ${y * y} giấy tờ mẫu`, 150, y);
            return new Promise((resolve) => canvas.toBlob(resolve, TYPE, 0.9));
            """
        try await PaperDesk.run(allowing: ["415", "422"]) { desk in
            let webp = text.replacing("SEED", with: "12").replacing("TYPE", with: "'image/webp'")
            try await desk.give("drop", script: webp, name: "anh.webp", type: "image/webp")
            try await desk.listed(1)
            let paper = try #require(try await desk.papers().first)
            #expect(paper.mediaType == "image/jpeg" && paper.fileName == "anh.jpg")
            let original = try #require(paper.original)
            #expect(try await desk.content(original.attachment, size: original.size).starts(with: Array("RIFF".utf8)))

            let png = text.replacing("dòng", with: "khác hẳn là nhiều chữ hơn").replacing("SEED", with: "7")
                .replacing("70", with: "110").replacing("TYPE", with: "'image/png'")
            try await desk.give("paste", script: png, name: "dan.png", type: "image/png")
            try await desk.listed(2)

            try await desk.choose(try desk.kiosk.folder.write("IMG_1.HEIC", Picture.heic))
            #expect(try await desk.browser.find("\(PaperDesk.birth) .notice.bad").text().contains("iPhone"))
            try await desk.choose(try desk.kiosk.folder.write("to-khai.pdf", Array("%PDF-1.7\n% trang".utf8)))
            try await eventually("half a PDF is refused") {
                try await desk.browser.find("\(PaperDesk.birth) .progress").text().contains("to-khai.pdf")
            }
            try await desk.choose(try desk.kiosk.folder.write("ca-hai.pdf", SampleFile.pdf(bytes: 3000, seed: 4)))
            try await eventually("a whole one is kept as it is") {
                try await desk.papers().map(\.mediaType) == ["image/jpeg", "image/jpeg", "application/pdf"]
            }
        }
    }

    @Test func `pages are put in order by drag and by keys, and the order stays`() async throws {
        try await PaperDesk.run { desk in
            try await desk.browser.setWindow(width: 1280, height: 1800)
            for name in ["good-0", "good-5", "good-skew-3"] {
                let count = try await desk.papers().count
                try await desk.choose(PaperDesk.scan(name))
                try await desk.listed(count + 1)
            }
            func order() async throws -> [String] { try await desk.papers().map(\.fileName) }
            #expect(try await order() == ["good-0.jpg", "good-5.jpg", "good-skew-3.jpg"])
            let handle = try await desk.browser.find("\(PaperDesk.birth) li:last-child .handle")
            try await desk.browser.execute("arguments[0].scrollIntoView({block: 'center'})", [handle.reference])
            guard
                case .number(let height) = try await desk.browser.execute(
                    "return Math.round(document.querySelector('.files li').getBoundingClientRect().height)")
            else { return }
            try await desk.browser.drag(handle, right: 0, down: -2 * NSDecimalNumber(decimal: height).intValue - 120)
            try await eventually("dragged to the top") {
                try await order() == ["good-skew-3.jpg", "good-0.jpg", "good-5.jpg"]
            }
            try await eventually("shown so") {
                try await desk.browser.execute("return document.querySelector('.files li .file-name').textContent")
                    .stringValue?.contains("good-skew-3") == true
            }
            let down = try await desk.browser.find("\(PaperDesk.birth) li:first-child .mover button[value=down]")
            try await desk.browser.execute("arguments[0].focus()", [down.reference])
            try await desk.browser.press("\u{E007}")
            try await eventually("moved down") {
                try await order() == ["good-0.jpg", "good-skew-3.jpg", "good-5.jpg"]
            }
            try await eventually("the key keeps the focus") {
                try await desk.browser.execute(
                    "return document.activeElement.closest('li')?.querySelector('.file-name').textContent.trim() ?? ''"
                ).stringValue?.hasPrefix("good-skew-3") == true
            }
            try await desk.open()
            #expect(
                try await desk.browser.execute(
                    "return [...document.querySelectorAll('.files .file-name')].map((one) => one.firstChild.textContent.trim()).join()"
                ) == "good-0.jpg,good-skew-3.jpg,good-5.jpg")

            try await desk.click("\(PaperDesk.birth) .thumb")
            try await eventually("seen large") {
                try await desk.browser.execute("return document.querySelector('.viewer[open] img')?.naturalWidth === 1654")
                    == true
            }
            try await desk.press("+")
            #expect(try await desk.browser.execute("return document.querySelector('.viewer img').style.width") == "140%")
            try await desk.press("Đóng")
        }
    }

    @Test func `a card is photographed on both sides, by a camera that is asked for and freed`() async throws {
        let film = PaperDesk.scan("camera").replacing(".jpg", with: "")
        let folder = try TemporaryFolder()
        let frames = try folder.write("film.mjpeg", try PaperDesk.bytes(film + ".jpg"))
        try await PaperDesk.run("XN_SO", camera: frames) { desk in
            let card = "#c-ANH_CCCD"
            try await desk.click("\(card) [data-camera]")
            for side in ["Mặt trước", "Mặt sau"] {
                try await eventually("the camera is on for \(side)") {
                    try await desk.browser.execute(
                        """
                        return paperCamera.dialog.open && !paperCamera.shoot.disabled
                            && paperCamera.hint.textContent.startsWith(arguments[0])
                        """, [.string(side)]) == true
                }
                #expect(
                    try await desk.browser.execute("return getComputedStyle(paperCamera.video).transform") == "none", "no mirror")
                try await desk.press("Chụp")
                let flaws = try await desk.verdict()
                #expect(flaws.contains("twice") == (side == "Mặt sau"))
                #expect(try await desk.browser.execute("return paperCamera.stream === null") == true)
                if !flaws.isEmpty {
                    // The fake camera shows one picture; the same file would be there once.
                    try await desk.browser.execute(
                        "paperEditor.contrast.value = '2'; paperEditor.contrast.dispatchEvent(new Event('change'))")
                    _ = try await desk.verdict()
                    try await desk.browser.find("#paper-word").type("Thử máy ảnh")
                }
                try await desk.press(flaws.isEmpty ? "Lưu trang này" : "Vẫn dùng")
                try await eventually("kept") {
                    try await desk.papers(in: card).count == (side == "Mặt trước" ? 1 : 2)
                }
                if side == "Mặt trước" {
                    #expect(try await desk.browser.find("\(card) .state").text() == "Mới có 1 trên 2 mặt")
                }
            }
            try await desk.listed(2, in: card)
            #expect(try await desk.browser.find("\(card) .state").text() == "Đã có 2 tệp")
        }
    }

    @Test func `without a camera the page says so`() async throws {
        try await PaperDesk.run { desk in
            try await desk.click("\(PaperDesk.birth) [data-camera]")
            try await eventually("told") {
                try await desk.browser.find(".camera .notice.bad").text().contains("Không tìm thấy máy ảnh")
            }
            for (fault, words) in [("NotAllowedError", "chưa được phép"), ("NotReadableError", "chương trình khác")] {
                try await desk.browser.execute(
                    """
                    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", arguments[0]));
                    paperCamera.again.click();
                    """, [.string(fault)])
                try await eventually("\(fault) is told") {
                    try await desk.browser.find(".camera .notice.bad").text().contains(words)
                }
            }
        }
    }
}
