/// The order of catalogue versions such as `2022-04-08.2` and `2022-04-08.10`: their numbers, one after the other.
///
/// What stands between the numbers does not count, nor does the day behind `@` for which an edition was made: the same catalogue on
/// another day is no newer catalogue.
public struct CatalogueVersion: Comparable, Sendable {
    private let numbers: [String]

    /// A version's place in the order.
    public init(_ text: String) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        numbers = text.utf8.prefix { $0 != UInt8(ascii: "@") }.split { !digits.contains($0) }.map { number in
            String(decoding: number.drop { $0 == UInt8(ascii: "0") }, as: UTF8.self)
        }
    }

    /// Whether the first is older.
    public static func < (first: CatalogueVersion, second: CatalogueVersion) -> Bool {
        // Of two numbers without zeros in front the longer is the greater, however long they are.
        first.numbers.lexicographicallyPrecedes(second.numbers) { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }
}
