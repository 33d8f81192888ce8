/// Writes a PDF of pictures only, one a page, without touching the pictures (ISO 32000-1): a JPEG's bytes are a DCTDecode stream as
/// they are, a PNG's image data a FlateDecode stream with predictor 15.
///
/// The same pictures always make the same bytes. It holds nothing of them: the caller writes each answer, then the picture's own
/// bytes, piece by piece.
public struct ImagePDF: Sendable {
    /// The long side of a page in points (A4).
    static let longSide = 842

    private var offset = 0
    /// Where each object begins, by its number less one; 1 is the catalogue, 2 the pages.
    private var objects: [Int] = [0, 0]
    private var pages: [Int] = []
    private var image: (number: Int, start: Int, pixels: FileFacts.Pixels)?

    /// A document of no page yet.
    public init() {}

    /// Whether a picture can be embedded as it is.
    public static func canEmbed(_ facts: FileFacts) -> Bool {
        guard facts.pixels != nil else { return false }
        switch facts.layout {
        case .jpeg: return true
        case .png(_, let colour, let isInterlaced, let hasTransparency):
            return !isInterlaced && !hasTransparency && [.grey, .trueColour, .palette].contains(colour)
        case nil: return false
        }
    }

    /// Begins a page: what stands before the picture's bytes.
    ///
    /// - Parameter palette: a PNG's palette, three bytes a colour.
    public mutating func beginPage(_ facts: FileFacts, palette: [UInt8] = []) -> [UInt8] {
        var text = ""
        if pages.isEmpty { text += "%PDF-1.5\n%\u{0}\u{0}\u{0}\u{0}\n" }
        let pixels = facts.pixels ?? FileFacts.Pixels(width: 1, height: 1)
        // A comment of bytes above 127 tells that the file is binary (7.5.2).
        var bytes = Array(text.utf8).map { $0 == 0 ? UInt8(0xE2) : $0 }
        objects.append(offset + bytes.count)
        let number = objects.count
        let layout: String
        switch facts.layout {
        case .jpeg(let components, let isInverted):
            let space = components == 1 ? "/DeviceGray" : components == 3 ? "/DeviceRGB" : "/DeviceCMYK"
            layout =
                "/ColorSpace \(space) /BitsPerComponent 8 /Filter /DCTDecode"
                + (isInverted ? " /Decode [1 0 1 0 1 0 1 0]" : "")
        case .png(let depth, let colour, _, _):
            let colours = colour == .trueColour ? 3 : 1
            let space: String =
                switch colour {
                case .palette: "[/Indexed /DeviceRGB \(max(0, palette.count / 3 - 1)) <\(Self.hex(palette))>]"
                case .trueColour: "/DeviceRGB"
                default: "/DeviceGray"
                }
            layout =
                "/ColorSpace \(space) /BitsPerComponent \(depth) /Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors \(colours) "
                + "/BitsPerComponent \(depth) /Columns \(pixels.width) >>"
        case nil: layout = ""
        }
        bytes += Array(
            """
            \(number) 0 obj
            << /Type /XObject /Subtype /Image /Width \(pixels.width) /Height \(pixels.height) \(layout) /Length \(number + 1) 0 R >>
            stream

            """.utf8)
        offset += bytes.count
        image = (number, offset, pixels)
        return bytes
    }

    /// Counts the picture's bytes, which the caller writes.
    public mutating func pass(_ count: Int) { offset += count }

    /// Ends a page: what stands behind the picture's bytes.
    public mutating func endPage() -> [UInt8] {
        guard let (number, start, pixels) = image else { return [] }
        image = nil
        let length = offset - start
        let long = max(pixels.width, pixels.height)
        let width = max(1, pixels.width * Self.longSide / long)
        let height = max(1, pixels.height * Self.longSide / long)
        let content = "q \(width) 0 0 \(height) 0 0 cm /I Do Q"
        var text = "\nendstream\nendobj\n"
        add("\(length)", to: &text)
        add("<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream", to: &text)
        add(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(width) \(height)] /Resources << /XObject << /I \(number) 0 R >> >> "
                + "/Contents \(number + 2) 0 R >>", to: &text)
        pages.append(number + 3)
        offset += text.utf8.count
        return Array(text.utf8)
    }

    private mutating func add(_ body: String, to text: inout String) {
        objects.append(offset + text.utf8.count)
        text += "\(objects.count) 0 obj\n\(body)\nendobj\n"
    }

    /// Ends the document.
    public mutating func end() -> [UInt8] {
        var text = ""
        objects[0] = offset
        text += "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        objects[1] = offset + text.utf8.count
        text +=
            "2 0 obj\n<< /Type /Pages /Count \(pages.count) /Kids [\(pages.map { "\($0) 0 R" }.joined(separator: " "))] >>\nendobj\n"
        let table = offset + text.utf8.count
        text += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for place in objects {
            let digits = String(place)
            text += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        text += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n"
        return Array(text.utf8)
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// Takes a PNG's palette and image data out of its chunks, piece by piece.
///
/// The file was inspected before: nothing is checked again.
public struct PNGContent: Sendable {
    /// The palette; it stands before the image data (ISO/IEC 15948, 5.6).
    public private(set) var palette: [UInt8] = []
    private var head: [UInt8] = []
    private var left = 0
    private var name: [UInt8] = []
    private var isSignatureOver = false

    /// A file of which nothing has come yet.
    public init() {}

    /// The image data among the next bytes.
    public mutating func imageData(in bytes: [UInt8]) -> [UInt8] {
        var data: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if left == 0 {
                let count = min(8 - head.count, bytes.count - index)
                head += bytes[index..<index + count]
                index += count
                guard head.count == 8 else { break }
                if isSignatureOver {
                    name = Array(head[4...])
                    // The checksum is passed with the data.
                    left = PNGWalk.number(head, at: 0) + 4
                }
                isSignatureOver = true
                head = []
                continue
            }
            let count = min(left, bytes.count - index)
            let own = bytes[index..<index + min(count, max(0, left - 4))]
            if name == Array("IDAT".utf8) { data += own }
            if name == Array("PLTE".utf8) { palette += own }
            left -= count
            index += count
        }
        return data
    }
}
