/// A person's name as offices here take it apart: họ (family name), chữ đệm (middle), tên (given name, the last word).
///
/// Names compare by given name, then family name, then middle, in the order of ``VietnameseOrder``; two names are equal only when
/// they are written with the same letters. For some peoples of the Central Highlands the last word is the clan's name (H'Hen Niê):
/// it is sorted by all the same, as offices do.
public struct VietnameseName: Hashable, Comparable, Sendable {
    /// The whole name as it is stored: NFC, single spaces, its own capitals.
    public let full: String
    /// The first of several words; empty where the name is one word.
    public let family: String
    /// The words between the first and the last.
    public let middle: String
    /// The last word.
    public let given: String
    /// The name as bytes that compare in the order of names.
    public let collationKey: [UInt8]

    /// Takes a name apart.
    public init(_ text: String) {
        full = StoredText.clean(text)
        let words = full.split(separator: " ").map(String.init)
        given = words.last ?? ""
        family = words.count > 1 ? words[0] : ""
        middle = words.dropFirst().dropLast().joined(separator: " ")
        // The letters themselves come last: they tell names apart that differ by a capital or an apostrophe.
        collationKey = Self.sorted(words).flatMap { VietnameseOrder.key(of: $0) } + [0] + Array(full.utf8)
    }

    /// A name's words in the order in which they count for sorting: the last, the first, then those between.
    public static func sorted<Word>(_ words: [Word]) -> [Word] {
        guard let last = words.last else { return [] }
        return [last] + words.dropLast()
    }

    /// The name in capitals, for rendering only: stored names keep the letters that were typed.
    public var inCapitals: String { StoredText.normalised(full.uppercased()) }

    /// Whether a name is called up before another.
    public static func < (a: VietnameseName, b: VietnameseName) -> Bool {
        a.collationKey.lexicographicallyPrecedes(b.collationKey)
    }

    /// Whether two names are written with the same letters.
    public static func == (a: VietnameseName, b: VietnameseName) -> Bool { a.collationKey == b.collationKey }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(collationKey) }
}
