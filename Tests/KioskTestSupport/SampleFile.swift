/// Files that are whole and say what they are, of a length that a test wants.
///
/// What the length needs besides a small picture is random bytes in a place that the format leaves free.
public enum SampleFile {
    /// A grey PNG of 64 × 64 pixels that any program shows.
    public static func png(bytes length: Int, seed: UInt64, width: Int = 64, height: Int = 64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        file += chunk("IHDR", big(width) + big(height) + [8, 0, 0, 0, 0])
        var rows: [UInt8] = []
        for _ in 0..<min(height, 64) { rows += [0] + random.bytes(min(width, 64)) }
        let end = chunk("IEND", [])
        let data = chunk("IDAT", stored(rows))
        let filler = length - file.count - data.count - end.count - 12
        if filler >= 0 { file += chunk("fiLl", random.bytes(filler)) }
        return file + data + end
    }

    /// A JPEG with all its parts; its picture is noise that not every program shows.
    public static func jpeg(bytes length: Int, seed: UInt64, width: Int = 64, height: Int = 64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        let quantisation: [UInt8] = [0xFF, 0xDB, 0, 67, 0] + [UInt8](repeating: 16, count: 64)
        let frame: [UInt8] = [0xFF, 0xC0, 0, 11, 8] + Array(big(height)[2...]) + Array(big(width)[2...]) + [1, 1, 0x11, 0]
        let scan: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]
        let head = [0xFF, 0xD8] + quantisation + frame + scan
        var noise = random.bytes(max(1, length - head.count - 2))
        for index in noise.indices where noise[index] == 0xFF { noise[index] = 0xFE }
        return head + noise + [0xFF, 0xD9]
    }

    /// A PDF of one blank page with a stream that nothing uses.
    public static func pdf(bytes length: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        let (head, tail) = pdfAround(length)
        return head + random.bytes(max(0, length - head.count - tail.count)) + tail
    }

    /// A PDF of one blank page with a stream of these bytes that nothing uses.
    ///
    /// - Parameter filter: what stands in the stream's dictionary beside its length.
    public static func pdf(stream: [UInt8], filter: String) -> [UInt8] {
        let bare = pdfAround(0, filter: filter)
        let (head, tail) = pdfAround(bare.head.count + stream.count + bare.tail.count, filter: filter)
        return head + stream + tail
    }

    /// What stands before and behind the random bytes of such a PDF, for whoever writes a large one piece by piece.
    public static func pdfAround(_ length: Int, filter: String = "") -> (head: [UInt8], tail: [UInt8]) {
        let objects = [
            "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
            "2 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n",
            "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n",
        ]
        var head = "%PDF-1.4\n%éé\n"
        var places: [Int] = []
        for object in objects {
            places.append(head.utf8.count)
            head += object
        }
        places.append(head.utf8.count)
        // A fixed width, so that the length of everything else is known before.
        func tail(_ table: Int) -> String {
            let rows = places.map { padded($0) + " 00000 n \n" }.joined()
            return
                "\nendstream\nendobj\nxref\n0 5\n0000000000 65535 f \n\(rows)trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n\(padded(table))\n%%EOF\n"
        }
        let begin = "4 0 obj\n<< /Length "
        let room = length - head.utf8.count - begin.utf8.count - 10 - "\(filter) >>\nstream\n".utf8.count - tail(0).utf8.count
        head += begin + padded(max(0, room)) + "\(filter) >>\nstream\n"
        let table = head.utf8.count + max(0, room) + "\nendstream\nendobj\n".utf8.count
        return (Array(head.utf8), Array(tail(table).utf8))
    }

    /// A grey TIFF of one strip.
    public static func tiff(bytes length: Int, seed: UInt64, width: Int = 64, height: Int = 64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        let entries = [
            (256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (278, height), (279, max(1, length - 8 - 102)),
        ]
        let strip = random.bytes(max(1, length - 8 - 102))
        var file = Array("II*\u{0}".utf8) + little(8 + strip.count) + strip
        file += [UInt8(entries.count), 0]
        for (tag, value) in entries { file += Array(little(tag)[..<2]) + [4, 0] + little(1) + little(value) }
        return file + little(0)
    }

    /// A PNG chunk with its checksum.
    public static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        var sum = UInt32.max
        for byte in body { sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ sum >> 8 }
        return big(data.count) + body + big(Int(~sum))
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    /// A zlib stream without compression (RFC 1950, RFC 1951).
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var rest = bytes[...]
        repeat {
            let part = rest.prefix(65_535)
            rest = rest.dropFirst(part.count)
            let (low, high) = (UInt8(part.count & 0xFF), UInt8(part.count >> 8))
            stream += [rest.isEmpty ? 1 : 0, low, high, ~low, ~high] + part
        } while !rest.isEmpty
        var (a, b) = (1, 0)
        for byte in bytes {
            a = (a + Int(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return stream + big(b << 16 | a)
    }

    private static func padded(_ number: Int) -> String { String(String(10_000_000_000 + number).dropFirst()) }

    private static func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } }

    private static func little(_ value: Int) -> [UInt8] { big(value).reversed() }
}
