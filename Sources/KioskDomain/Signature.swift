/// A signature drawn on the screen: strokes in a box of 1000 by 400, as an SVG path of absolute moves and lines.
///
/// The path is written in one form only, `M12 30L14 33L…M…`, in whole numbers; whatever else stands there is refused, so that it can be
/// put into a page as it is.
public struct Signature: Codable, Equatable, Sendable {
    /// The width of the box.
    public static let width = 1000
    /// The height of the box.
    public static let height = 400
    /// The most points of all strokes together.
    public static let maximumPoints = 4000
    /// The least length of all strokes together: a slip of the finger is no signature.
    public static let minimumInk = 100

    /// The path.
    public let path: String

    /// Reads a path; nil where it is none, leaves the box, has too many points or too little ink.
    public init?(path: String) {
        // A point takes at most nine bytes: `L1000 400`.
        guard path.utf8.count <= Self.maximumPoints * 9 else { return nil }
        var bytes = Array(path.utf8)[...]
        var last: (x: Int, y: Int)?
        var (points, ink) = (0, 0)
        while let letter = bytes.popFirst() {
            guard letter == UInt8(ascii: "M") || letter == UInt8(ascii: "L"),
                let x = Self.number(&bytes, upTo: Self.width), bytes.popFirst() == UInt8(ascii: " "),
                let y = Self.number(&bytes, upTo: Self.height)
            else { return nil }
            points += 1
            if letter == UInt8(ascii: "L") {
                guard let last else { return nil }
                ink += max(abs(x - last.x), abs(y - last.y))
            }
            last = (x, y)
        }
        guard points <= Self.maximumPoints, ink >= Self.minimumInk else { return nil }
        self.path = path
    }

    /// Reads a sealed one, checked as any other.
    public init(from decoder: any Decoder) throws {
        let path = try decoder.singleValueContainer().decode(String.self)
        guard let signature = Signature(path: path) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a signature's path"))
        }
        self = signature
    }

    /// Writes the path.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(path)
    }

    private static func number(_ bytes: inout ArraySlice<UInt8>, upTo limit: Int) -> Int? {
        var value: Int?
        while let byte = bytes.first, (48...57).contains(byte) {
            // No leading zero: a number is written in one way.
            guard value != 0 else { return nil }
            let next = (value ?? 0) * 10 + Int(byte - 48)
            guard next <= limit else { return nil }
            value = next
            bytes.removeFirst()
        }
        return value
    }
}
