import Foundation
import KioskDomain
import KioskTestSupport
import Testing

@Suite struct FileInspectorTests {
    /// Inspects a file that comes in pieces of random length.
    static func inspect(_ file: [UInt8], seed: UInt64 = 1) throws -> FileFacts {
        var random = SeededGenerator(seed: seed)
        var inspector = FileInspector()
        var rest = file[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(random.oneIn(3) ? random.int(1...7) : random.int(1...5000)))
            rest = rest.dropFirst(piece.count)
            try inspector.take(piece)
        }
        return try inspector.finish { offset, count in Array(file.dropFirst(offset).prefix(count)) }
    }

    static func fault(_ file: [UInt8]) -> FileFault? {
        do {
            _ = try inspect(file)
            return nil
        } catch {
            return error as? FileFault
        }
    }

    static let makers: [(type: String, make: @Sendable (Int, UInt64) -> [UInt8])] = [
        ("image/png", { SampleFile.png(bytes: $0, seed: $1) }), ("image/jpeg", { SampleFile.jpeg(bytes: $0, seed: $1) }),
        ("image/tiff", { SampleFile.tiff(bytes: $0, seed: $1) }), ("application/pdf", { SampleFile.pdf(bytes: $0, seed: $1) }),
    ]

    @Test func `whole files are known, in pieces of any length`() throws {
        for seed in 1...10 as ClosedRange<UInt64> {
            for (type, make) in Self.makers {
                let file = make(9000, seed)
                #expect(file.count == 9000)
                let facts = try Self.inspect(file, seed: seed)
                #expect(facts.mediaType == type)
                #expect(facts.pixels == (type == "application/pdf" ? nil : FileFacts.Pixels(width: 64, height: 64)))
            }
        }
    }

    @Test func `a file that ends early is refused, wherever it ends`() async {
        for (type, make) in Self.makers {
            let file = make(5000, 7)
            for end in 1..<file.count - 1 {
                let fault = Self.fault(Array(file.prefix(end)))
                // The newline behind a PDF's last word is not missed.
                #expect(fault != nil, "\(type) of \(end) of \(file.count) bytes")
                if end % 500 == 0 { await Task.yield() }
            }
        }
    }

    @Test func `a PNG with any wrong bit is refused`() {
        var random = SeededGenerator(seed: 12)
        let file = SampleFile.png(bytes: 6000, seed: 3)
        for _ in 0..<300 {
            var damaged = file
            damaged[random.int(0...file.count - 1)] ^= 1 << UInt8(random.int(0...7))
            #expect(Self.fault(damaged) != nil)
        }
    }

    @Test func `measures that no page has are refused`() {
        for (width, height) in [(1, 100_000), (1, 60_000), (12_000, 12_000), (40_000, 40_000), (10, 300)] {
            #expect(
                Self.fault(SampleFile.png(bytes: 0, seed: 1, width: width, height: height))
                    == .absurdSize(width: width, height: height))
            #expect(
                Self.fault(SampleFile.tiff(bytes: 500, seed: 1, width: width, height: height))
                    == .absurdSize(width: width, height: height))
        }
        #expect(
            Self.fault(SampleFile.jpeg(bytes: 500, seed: 1, width: 3, height: 60_000)) == .absurdSize(width: 3, height: 60_000))
        #expect(Self.fault(SampleFile.png(bytes: 0, seed: 1, width: 7016, height: 9921)) == nil)
    }

    @Test func `a disguised file is refused`() {
        var random = SeededGenerator(seed: 5)
        #expect(Self.fault(Array("MZ".utf8) + random.bytes(3000)) == .unknown)
        #expect(Self.fault(Array("PK\u{3}\u{4}".utf8) + random.bytes(3000)) == .refused(.office))
        #expect(Self.fault(Array("RIFF\u{1}\u{0}\u{0}\u{0}WEBPVP8 ".utf8) + random.bytes(300)) == .refused(.webp))
        #expect(Self.fault([0, 0, 0, 24] + Array("ftypheic".utf8) + random.bytes(300)) == .refused(.heic))
        #expect(Self.fault([0, 0, 0, 24] + Array("ftypavif".utf8) + random.bytes(300)) == .refused(.avif))
        for head: [UInt8] in [
            [0xFF, 0xD8, 0xFF, 0xE0], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], Array("%PDF-1.7\n".utf8),
            [0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A],
        ] {
            for length in [0, 1, 20, 4000] { #expect(Self.fault(head + random.bytes(length)) != nil) }
        }
    }

    @Test func `a PDF with a password is refused as such, wherever its trailer stands`() {
        let file = String(decoding: SampleFile.pdf(bytes: 0, seed: 1), as: UTF8.self)
        #expect(
            Self.fault(Array(file.replacingOccurrences(of: "/Root 1 0 R", with: "/Root 1 0 R /Encrypt 9 0 R").utf8)) == .locked)
        #expect(Self.fault(Array(file.replacingOccurrences(of: "/Root 1 0 R", with: "/Boot 1 0 R").utf8)) != nil)
        #expect(
            Self.fault(Array(file.replacingOccurrences(of: "startxref", with: "startxxef").utf8))
                == .truncated(mediaType: "application/pdf"))
        #expect(Self.fault(Array(file.replacingOccurrences(of: "xref\n0 5", with: "xxxx\n0 5").utf8)) != nil)
        func stream(_ dictionary: String) -> [UInt8] {
            Array("%PDF-1.5\n7 0 obj\n<< /Type /XRef \(dictionary) >>\nstream\nxx\nendstream\nendobj\nstartxref\n9\n%%EOF".utf8)
        }
        #expect(Self.fault(stream("/Root 1 0 R")) == nil)
        #expect(Self.fault(stream("/Root 1 0 R /Encrypt 3 0 R")) == .locked)
        #expect(Self.fault(stream("")) != nil)
    }

    @Test func `a TIFF whose pages run in a circle ends`() {
        var file = SampleFile.tiff(bytes: 3000, seed: 4)
        let table = file.count - 102
        file.replaceSubrange(file.count - 4..<file.count, with: (0..<4).map { UInt8(table >> (8 * $0) & 0xFF) })
        #expect(Self.fault(file) == .damaged(mediaType: "image/tiff", detail: "its pages run in a circle"))
    }

    @Test func `random damage never crashes and never takes long`() async {
        var random = SeededGenerator(seed: 1000)
        for turn in 0..<2000 {
            let maker = random.pick(Self.makers)
            var file = maker.make(random.int(200...3000), UInt64(turn))
            for _ in 0..<random.int(1...8) {
                switch random.int(0...3) {
                case 0: file[random.int(0...file.count - 1)] = random.bytes(1)[0]
                case 1: file.removeLast(min(file.count - 20, random.int(0...200)))
                case 2: file.insert(contentsOf: random.bytes(random.int(1...30)), at: random.int(0...file.count))
                default:
                    let at = random.int(0...file.count - 8)
                    file.replaceSubrange(at..<at + 4, with: [0xFF, 0xFF, 0xFF, 0xFF])
                }
            }
            _ = Self.fault(file)
            if turn % 100 == 0 { await Task.yield() }
        }
    }

    @Test(arguments: [
        FileFault.unknown, .locked, .refused(.heic), .truncated(mediaType: "image/png"), .absurdSize(width: 1, height: 9),
    ])
    func `every fault says what to do`(fault: FileFault) {
        #expect(fault.advice.vi.contains("ãy") || fault.advice.vi.contains("Trên iPhone"))
        #expect(!fault.advice.en.isEmpty && fault.advice.vi != fault.advice.en)
    }
}
