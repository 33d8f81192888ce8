/// Follows a PNG from chunk to chunk, checksums included (ISO/IEC 15948).
struct PNGWalk: Sendable {
    private static let type = "image/png"
    /// The signature first, then the head of a chunk, its data, its checksum.
    private enum State: Sendable {
        case signature, head, data, checksum, ended
    }

    private var state = State.signature
    private var kept: [UInt8] = []
    private var name: [UInt8] = []
    private var left = 0
    private var checksum = CRC32()
    private var header: (pixels: FileFacts.Pixels, depth: Int, colour: FileFacts.PNGColour, isInterlaced: Bool)?
    private var hasPalette = false
    private var hasTransparency = false
    private var data = 0
    private var isDataOver = false

    /// Looks at the next bytes.
    mutating func take(_ bytes: [UInt8]) throws(FileFault) {
        var index = 0
        while index < bytes.count {
            switch state {
            case .signature, .head, .checksum:
                let wanted = state == .checksum ? 4 : 8
                let count = min(wanted - kept.count, bytes.count - index)
                kept += bytes[index..<index + count]
                index += count
                if kept.count == wanted { try endPart() }
            case .data:
                let count = min(left, bytes.count - index)
                checksum.take(bytes, from: index, count: count)
                // The header is read, and of the image data only the first two bytes.
                if kept.count < 32 { kept += bytes[index..<index + min(count, 32 - kept.count)] }
                left -= count
                index += count
                if left == 0 { try endData() }
            case .ended: throw damage("bytes behind the end")
            }
        }
    }

    private mutating func endPart() throws(FileFault) {
        defer { kept = [] }
        switch state {
        case .signature: state = .head
        case .head:
            left = Self.number(kept, at: 0)
            name = Array(kept[4...])
            guard left <= 0x7FFF_FFFF, name.allSatisfy({ (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }) else {
                throw damage("no chunk where one has to be")
            }
            guard header != nil || name == Array("IHDR".utf8) else { throw damage("the header is not first") }
            checksum = CRC32()
            checksum.take(name, from: 0, count: 4)
            state = .data
            if left == 0 {
                kept = []
                try endData()
            }
        case .checksum:
            guard Self.number(kept, at: 0) == Int(checksum.value) else { throw damage("a chunk's checksum is wrong") }
            state = name == Array("IEND".utf8) ? .ended : .head
        case .data, .ended: break
        }
    }

    private mutating func endData() throws(FileFault) {
        defer { kept = [] }
        state = .checksum
        switch String(decoding: name, as: UTF8.self) {
        case "IHDR": try readHeader()
        case "PLTE": hasPalette = true
        case "tRNS": hasTransparency = true
        case "IDAT":
            guard !isDataOver else { throw damage("image data in two places") }
            // A zlib stream's head (RFC 1950); it may be split over chunks of one byte, which nobody writes.
            if data == 0, kept.count >= 2 {
                guard kept[0] & 0x0F == 8, kept[1] & 0x20 == 0, (Int(kept[0]) << 8 | Int(kept[1])) % 31 == 0 else {
                    throw damage("the image data is not compressed as it has to be")
                }
            }
            data += kept.count
            return
        case "IEND":
            guard data > 0 else { throw damage("no image data") }
        default:
            // A critical chunk that is not known makes the picture unreadable (5.4).
            guard name[0] & 0x20 != 0 else { throw damage("an unknown critical chunk") }
        }
        if data > 0 { isDataOver = true }
    }

    private mutating func readHeader() throws(FileFault) {
        guard header == nil, kept.count == 13, let colour = FileFacts.PNGColour(rawValue: Int(kept[9])) else {
            throw damage("a wrong header")
        }
        let depth = Int(kept[8])
        let depths: [Int] =
            switch colour {
            case .grey: [1, 2, 4, 8, 16]
            case .palette: [1, 2, 4, 8]
            case .trueColour, .greyAlpha, .trueColourAlpha: [8, 16]
            }
        let pixels = FileFacts.Pixels(width: Self.number(kept, at: 0), height: Self.number(kept, at: 4))
        guard depths.contains(depth), kept[10] == 0, kept[11] == 0, kept[12] <= 1, pixels.width > 0, pixels.height > 0 else {
            throw damage("a wrong header")
        }
        header = (pixels, depth, colour, kept[12] == 1)
    }

    /// Ends the walk.
    func finish() throws(FileFault) -> FileFacts {
        guard case .ended = state, let header else { throw .truncated(mediaType: Self.type) }
        guard header.colour != .palette || hasPalette else { throw damage("no palette") }
        return FileFacts(
            mediaType: Self.type, pixels: header.pixels,
            layout: .png(
                bitDepth: header.depth, colour: header.colour, isInterlaced: header.isInterlaced, hasTransparency: hasTransparency
            ))
    }

    static func number(_ bytes: [UInt8], at offset: Int) -> Int {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    private func damage(_ detail: String) -> FileFault { .damaged(mediaType: Self.type, detail: detail) }
}

/// The checksum of PNG chunks (ISO/IEC 15948, annex D), eight bytes at a time.
struct CRC32: Sendable {
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            tables[byte] = (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    private var state = UInt32.max

    /// The checksum of what was taken.
    var value: UInt32 { ~state }

    mutating func take(_ bytes: [UInt8], from: Int, count: Int) {
        let table = Self.tables
        let tables = table.span
        let span = bytes.span
        var state = state
        var index = from
        let end = from + count
        while end - index >= 8 {
            let low =
                state
                ^ (UInt32(span[index]) | UInt32(span[index + 1]) << 8 | UInt32(span[index + 2]) << 16 | UInt32(span[index + 3])
                    << 24)
            state =
                tables[1792 + Int(low & 0xFF)] ^ tables[1536 + Int(low >> 8 & 0xFF)] ^ tables[1280 + Int(low >> 16 & 0xFF)]
                ^ tables[1024 + Int(low >> 24)] ^ tables[768 + Int(span[index + 4])] ^ tables[512 + Int(span[index + 5])]
                ^ tables[256 + Int(span[index + 6])] ^ tables[Int(span[index + 7])]
            index += 8
        }
        while index < end {
            state = tables[Int((state ^ UInt32(span[index])) & 0xFF)] ^ state >> 8
            index += 1
        }
        self.state = state
    }
}
