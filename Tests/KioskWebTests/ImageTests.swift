import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskTestSupport
import Testing

@testable import KioskWeb

/// The measures and the making of pages, by the very scripts of the page in a real browser.
@Suite(Browser.requirement, .serialized) struct ImageTests {
    private struct Label: Decodable {
        var file: String
        var kind: String
        var flaws: [String]
        var page: String
    }

    @Test func `every picture of the kept set is judged as it is labelled`() async throws {
        let labels = try JSONDecoder().decode(
            [Label].self,
            from: Data(contentsOf: URL(filePath: ShippedFiles.path(of: "sync-fixtures/scan-quality/kept/labels.json"))))
        #expect(labels.count >= 14 && Set(labels.flatMap(\.flaws)).count == PaperFlaw.allCases.count - 1)
        try await PaperDesk.run { desk in
            var prints: [(page: String, print: String)] = []
            for label in labels {
                let bytes = try PaperDesk.bytes(ShippedFiles.path(of: "sync-fixtures/scan-quality/kept/\(label.file)"))
                let answer = try await desk.browser.execute(
                    """
                    const [text, kind] = arguments;
                    const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
                    return imageWorker.ask("measure", {blob: new Blob([bytes]), kind, thresholds: papers.thresholds})
                        .then((answer) => JSON.stringify(answer));
                    """, [.string(Data(bytes).base64EncodedString()), .string(label.kind)])
                let verdict = try JSONText.decode(JSONValue.self, from: Data((answer.stringValue ?? "").utf8))
                #expect(verdict["flaws"]?.arrayValue?.compactMap(\.stringValue) == label.flaws, "\(label.file) \(verdict)")
                prints.append((label.page, verdict["measures"]?["fingerprint"]?.stringValue ?? ""))
            }
            // Pages that are not the same are not taken for the same; a page is like itself, moved a little or not.
            for (index, one) in prints.enumerated() {
                for other in prints[(index + 1)...] where one.page != other.page {
                    let alike = try await likeness(desk, one.print, other.print)
                    #expect(alike < QualityThresholds().twice, "\(one.page) \(other.page)")
                }
                if !one.page.hasPrefix("blank") { #expect(try await likeness(desk, one.print, one.print) > 0.999) }
            }
        }
    }

    private func likeness(_ desk: PaperDesk, _ first: String, _ second: String) async throws -> Double {
        let value = try await desk.browser.execute(
            "return likeness(arguments[0], arguments[1])", [.string(first), .string(second)])
        guard case .number(let number) = value else { return 0 }
        return NSDecimalNumber(decimal: number).doubleValue
    }

    /// `make_scans.py --photo` needs Pillow, so the gate makes the photograph and names its folder.
    static let photograph = ProcessInfo.processInfo.environment["KIOSK_SCANS"].map { $0 + "/photo.jpg" }

    @Test(
        .enabled(if: photograph != nil && Program.installed("tesseract") != nil, "no KIOSK_SCANS or no tesseract"))
    func `a telephone's photograph of 12 megapixels becomes a page of 900 kB that is as readable as the paper`() async throws {
        let photograph = try #require(Self.photograph)
        let paper = try await words(photograph + ".page.png")
        #expect(paper.count > 200)
        try await PaperDesk.run { desk in
            try await desk.choose(photograph)
            #expect(try await desk.verdict() == [])
            try await desk.press("Lưu trang này")
            try await desk.listed(1)
            let row = try #require(try await desk.papers().first)
            #expect(row.size <= 900_000)
            let bytes = try await desk.content(row.attachment, size: row.size)
            let file = JPEGFile(bytes)
            #expect(min(file.width, file.height) >= 1604 && file.height > file.width && !file.hasMetadata)
            #expect(!String(decoding: bytes, as: UTF8.self).contains("Mau Phone"))
            let kept = try await words(try desk.kiosk.folder.write("page.jpg", bytes))
            var left = kept
            let read = paper.count { word in left.firstIndex(of: word).map { left.remove(at: $0) } != nil }
            #expect(Double(read) >= 0.98 * Double(paper.count), "\(read) of \(paper.count) words")
        }
    }

    private func words(_ path: String) async throws -> [String] {
        let tesseract = try #require(Program.installed("tesseract"))
        let outcome = try await Program.run(tesseract, [path, "-", "-l", "vie"])
        return String(decoding: outcome.output, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
