/// Checks a PDF's head, its end and the table that the end points at (ISO 32000-1, 7.5), and whether it is encrypted.
///
/// Only the newest cross-reference section is read: its trailer has to name what an older one names (7.5.6).
struct PDFCheck {
    private static let type = "application/pdf"
    /// A dictionary, and the way from a table's beginning to its trailer, are looked for no further than this.
    private static let window = 16 * 1024
    private static let furthestTrailer = 16 * 1024 * 1024

    let size: Int
    let read: (_ offset: Int, _ count: Int) throws -> [UInt8]

    /// What the file is.
    ///
    /// - Throws: ``FileFault``, or what reading throws.
    func facts() throws -> FileFacts {
        let version = try read(0, 8)
        guard version.count == 8, (0x31...0x32).contains(version[5]), version[6] == 0x2E, (0x30...0x39).contains(version[7])
        else {
            throw damage("no version")
        }
        let tail = try read(max(0, size - 2048), min(2048, size))
        guard let end = Self.last("%%EOF", in: tail[...]), let mark = Self.last("startxref", in: tail[..<end]) else {
            throw FileFault.truncated(mediaType: Self.type)
        }
        let digits = tail[(mark + 9)..<end].filter { !Self.isSpace($0) }
        guard !digits.isEmpty, digits.count <= 12, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let offset = Int(String(decoding: digits, as: UTF8.self)), offset > 0, offset < size
        else { throw damage("its end points nowhere") }
        let section = try read(offset, Self.window)
        let trailer: ArraySlice<UInt8>
        if section.starts(with: Array("xref".utf8)) {
            trailer = try trailerDictionary(from: offset)
        } else {
            trailer = try streamDictionary(section)
        }
        guard Self.first("/Root", in: trailer) != nil else { throw damage("no root") }
        guard Self.first("/Encrypt", in: trailer) == nil else { throw FileFault.locked }
        return FileFacts(mediaType: Self.type, pixels: nil, layout: nil)
    }

    /// The dictionary behind the word `trailer`, which follows a table of 20 bytes an object.
    private func trailerDictionary(from offset: Int) throws -> ArraySlice<UInt8> {
        var from = offset
        while from < min(size, offset + Self.furthestTrailer) {
            let piece = try read(from, 64 * 1024)
            guard !piece.isEmpty else { break }
            if let found = Self.first("trailer", in: piece[...]) {
                let dictionary = try read(from + found, Self.window)[...]
                guard let end = Self.first("startxref", in: dictionary) else { throw damage("a trailer without an end") }
                return dictionary[..<end]
            }
            // The word may lie across two pieces.
            from += max(1, piece.count - 6)
            if piece.count < 64 * 1024 { break }
        }
        throw damage("no trailer")
    }

    /// The dictionary of a cross-reference stream, `12 0 obj << … >> stream`.
    private func streamDictionary(_ section: [UInt8]) throws -> ArraySlice<UInt8> {
        guard let begin = Self.first("obj", in: section.prefix(64)), let end = Self.first("stream", in: section[begin...]),
            section[..<begin].allSatisfy({ (0x30...0x39).contains($0) || Self.isSpace($0) }),
            Self.first("/XRef", in: section[begin..<end]) != nil
        else { throw damage("no cross-reference where its end points") }
        return section[begin..<end]
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x00, 0x09, 0x0A, 0x0C, 0x0D, 0x20].contains(byte) }

    private static func first(_ word: StaticString, in bytes: ArraySlice<UInt8>) -> Int? {
        let length = word.utf8CodeUnitCount
        guard bytes.count >= length else { return nil }
        return (bytes.startIndex...(bytes.endIndex - length)).first { stands(word, at: $0, in: bytes) }
    }

    private static func last(_ word: StaticString, in bytes: ArraySlice<UInt8>) -> Int? {
        let length = word.utf8CodeUnitCount
        guard bytes.count >= length else { return nil }
        return (bytes.startIndex...(bytes.endIndex - length)).last { stands(word, at: $0, in: bytes) }
    }

    private static func stands(_ word: StaticString, at index: Int, in bytes: ArraySlice<UInt8>) -> Bool {
        word.withUTF8Buffer { letters in letters.indices.allSatisfy { bytes[index + $0] == letters[$0] } }
    }

    private func damage(_ detail: String) -> FileFault { .damaged(mediaType: Self.type, detail: detail) }
}
