/// Follows a JPEG from marker to marker (ITU-T T.81, annex B).
///
/// What stands behind the end of the image is left alone: phones keep a second picture or a film there.
struct JPEGWalk: Sendable {
    private enum State: Sendable {
        case marker, code, length, segment, entropy, entropyMarker, ended
    }

    private static let type = "image/jpeg"
    private var state = State.marker
    private var code: UInt8 = 0
    private var left = 0
    /// The beginning of the segment under way, as far as it matters.
    private var kept: [UInt8] = []
    private var frame: (pixels: FileFacts.Pixels, components: Int)?
    private var hasScan = false
    private var hasTables = false
    private var scanned = 0
    private var isAdobe = false
    private var isStarted = false

    /// Looks at the next bytes.
    mutating func take(_ bytes: [UInt8]) throws(FileFault) {
        let span = bytes.span
        var index = 0
        while index < span.count {
            switch state {
            case .entropy:
                let from = index
                index = Self.marker(in: bytes, from: index)
                scanned += index - from
                if index < span.count {
                    state = .entropyMarker
                    index += 1
                }
            case .segment:
                let count = min(left, span.count - index)
                if kept.count < 32 {
                    for offset in index..<index + min(count, 32 - kept.count) { kept.append(span[offset]) }
                }
                left -= count
                index += count
                if left == 0 { try endSegment() }
            case .ended: return
            default:
                try step(span[index])
                index += 1
            }
        }
    }

    /// Where the next byte of a marker is; the end where there is none.
    private static func marker(in bytes: [UInt8], from: Int) -> Int {
        bytes.withUnsafeBytes { buffer in
            var index = from
            while index + 32 <= buffer.count, buffer.loadUnaligned(fromByteOffset: index, as: SIMD32<UInt8>.self).max() != 0xFF {
                index += 32
            }
            while index < buffer.count, buffer[index] != 0xFF { index += 1 }
            return index
        }
    }

    private mutating func step(_ byte: UInt8) throws(FileFault) {
        switch state {
        case .marker:
            guard byte == 0xFF else { throw damage("no marker where one has to be") }
            state = .code
        case .code: if byte != 0xFF { try begin(byte) }
        case .length:
            kept.append(byte)
            guard kept.count == 2 else { return }
            left = Int(kept[0]) << 8 | Int(kept[1])
            guard left >= 2 else { throw damage("a segment without a length") }
            left -= 2
            kept = []
            state = .segment
            if left == 0 { try endSegment() }
        case .entropyMarker:
            switch byte {
            case 0x00, 0xD0...0xD7:
                scanned += 1
                state = .entropy
            case 0xFF: break
            default: try begin(byte)
            }
        case .segment, .entropy, .ended: break
        }
    }

    private mutating func begin(_ marker: UInt8) throws(FileFault) {
        guard isStarted else {
            guard marker == 0xD8 else { throw damage("no start of image") }
            isStarted = true
            state = .marker
            return
        }
        switch marker {
        case 0xD9:
            guard hasScan, scanned > 0 else { throw damage("the image ends before it began") }
            state = .ended
        case 0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF: throw damage("a coding that no browser reads")
        case 0xC0...0xC2, 0xC4, 0xDA, 0xDB, 0xDC, 0xDD, 0xE0...0xEF, 0xFE:
            if [0xC0, 0xC1, 0xC2].contains(marker), frame != nil { throw damage("two frames") }
            code = marker
            kept = []
            state = .length
        default: throw damage("an unknown marker")
        }
    }

    private mutating func endSegment() throws(FileFault) {
        state = .marker
        switch code {
        case 0xC0...0xC2:
            guard kept.count >= 6, kept[0] == 8 else { throw damage("a frame that is not of 8 bits") }
            let height = Int(kept[1]) << 8 | Int(kept[2])
            let width = Int(kept[3]) << 8 | Int(kept[4])
            let components = Int(kept[5])
            guard [1, 3, 4].contains(components), kept.count >= 6 + 3 * components else {
                throw damage("a frame without colours")
            }
            guard width > 0, height > 0 else { throw damage("a frame without a size") }
            frame = (FileFacts.Pixels(width: width, height: height), components)
        case 0xDB: hasTables = true
        case 0xEE: isAdobe = isAdobe || kept.starts(with: Array("Adobe".utf8))
        case 0xDA:
            guard frame != nil, hasTables else { throw damage("a scan before its frame") }
            hasScan = true
            state = .entropy
        default: break
        }
        kept = []
    }

    /// Ends the walk.
    func finish() throws(FileFault) -> FileFacts {
        guard case .ended = state, let frame else { throw .truncated(mediaType: Self.type) }
        return FileFacts(
            mediaType: Self.type, pixels: frame.pixels,
            layout: .jpeg(components: frame.components, isInverted: frame.components == 4 && isAdobe))
    }

    private func damage(_ detail: String) -> FileFault { .damaged(mediaType: Self.type, detail: detail) }
}
