/// Checks a TIFF's directories and that all they point at lies inside the file (TIFF 6.0, sections 2 to 8 and 15).
struct TIFFCheck {
    private static let type = "image/tiff"
    /// More pages, or strips in a page, than any scanner writes.
    private static let maximumPages = 1000
    private static let maximumPieces = 100_000
    private static let bytesOfType = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]

    let size: Int
    let read: (_ offset: Int, _ count: Int) throws -> [UInt8]

    private struct Entry {
        var tag: Int
        var type: Int
        var count: Int
        /// Where its values stand.
        var place: Int
    }

    /// What the file is.
    ///
    /// - Throws: ``FileFault``, or what reading throws.
    func facts() throws -> FileFacts {
        let head = try bytes(at: 0, count: 8)
        let isLittle = head[0] == UInt8(ascii: "I")
        var next = number(head[4...], isLittle)
        var seen: Set<Int> = []
        var first: FileFacts.Pixels?
        guard next != 0 else { throw damage("no page") }
        while next != 0 {
            guard seen.insert(next).inserted, seen.count <= Self.maximumPages else { throw damage("its pages run in a circle") }
            let count = number(try bytes(at: next, count: 2)[...], isLittle)
            guard (1...4096).contains(count) else { throw damage("a page without a description") }
            let table = try bytes(at: next + 2, count: count * 12 + 4)
            var entries: [Int: Entry] = [:]
            for index in 0..<count {
                let entry = try entry(table[(index * 12)..<(index * 12 + 12)], at: next + 2 + index * 12, isLittle)
                entries[entry.tag] = entry
            }
            let pixels = try page(entries, isLittle)
            try FileInspector.check(pixels)
            first = first ?? pixels
            next = number(table[(count * 12)...], isLittle)
        }
        return FileFacts(mediaType: Self.type, pixels: first, layout: nil)
    }

    private func entry(_ bytes: ArraySlice<UInt8>, at place: Int, _ isLittle: Bool) throws -> Entry {
        let from = bytes.startIndex
        let type = number(bytes[(from + 2)..<(from + 4)], isLittle)
        let count = number(bytes[(from + 4)..<(from + 8)], isLittle)
        // Types of later writers are to be skipped (section 2).
        guard Self.bytesOfType.indices.contains(type), type > 0 else {
            return Entry(tag: -1, type: 0, count: 0, place: 0)
        }
        let length = count * Self.bytesOfType[type]
        let start = length <= 4 ? place + 8 : number(bytes[(from + 8)...], isLittle)
        guard start >= 8, start + length <= size else { throw FileFault.truncated(mediaType: Self.type) }
        return Entry(tag: number(bytes[from..<(from + 2)], isLittle), type: type, count: count, place: start)
    }

    private func page(_ entries: [Int: Entry], _ isLittle: Bool) throws -> FileFacts.Pixels {
        guard let width = try value(entries[256], isLittle), let height = try value(entries[257], isLittle) else {
            throw damage("a page without a size")
        }
        // Strips, or else tiles.
        guard let offsets = entries[273] ?? entries[324], let counts = entries[279] ?? entries[325], offsets.count > 0,
            offsets.count == counts.count, offsets.count <= Self.maximumPieces
        else { throw damage("a page without an image") }
        let starts = try values(offsets, isLittle)
        let lengths = try values(counts, isLittle)
        var held = 0
        for (start, length) in zip(starts, lengths) {
            guard start >= 8, start + length <= size else { throw FileFault.truncated(mediaType: Self.type) }
            held += length
        }
        guard held > 0 else { throw damage("a page without an image") }
        return FileFacts.Pixels(width: width, height: height)
    }

    private func value(_ entry: Entry?, _ isLittle: Bool) throws -> Int? {
        guard let entry, entry.count == 1 else { return nil }
        return try values(entry, isLittle).first
    }

    private func values(_ entry: Entry, _ isLittle: Bool) throws -> [Int] {
        guard [3, 4].contains(entry.type) else { throw damage("an offset that is no number") }
        let width = Self.bytesOfType[entry.type]
        let bytes = try bytes(at: entry.place, count: entry.count * width)
        return stride(from: 0, to: bytes.count, by: width).map { number(bytes[$0..<($0 + width)], isLittle) }
    }

    private func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        guard offset >= 0, offset + count <= size else { throw FileFault.truncated(mediaType: Self.type) }
        let bytes = try read(offset, count)
        guard bytes.count == count else { throw FileFault.truncated(mediaType: Self.type) }
        return bytes
    }

    private func number(_ bytes: ArraySlice<UInt8>, _ isLittle: Bool) -> Int {
        (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
    }

    private func damage(_ detail: String) -> FileFault { .damaged(mediaType: Self.type, detail: detail) }
}
