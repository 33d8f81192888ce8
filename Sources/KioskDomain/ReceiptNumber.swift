/// The number on the receipt that a resident takes home: `<village>-<yyMMdd>-<nnn>-<check>`.
///
/// It cannot be taken for a portal code (`G01.…-yyMMdd-…`): it has no dots and ends in a check letter.
public struct ReceiptNumber: Hashable, Sendable, CustomStringConvertible {
    /// The number as printed.
    public let description: String
    private static let letters = Array("ABCDEFGHJKLMNPRSTUVWXYZ")

    /// The number of the day's n-th dossier of a village.
    ///
    /// - Parameters:
    ///   - village: two to eight capital letters or digits, as ``villageCode(of:)`` makes.
    ///   - counter: from 1.
    public init(village: String, day: CalendarDate, counter: Int) {
        let date = CalendarDate.padded(day.year % 100, 2) + CalendarDate.padded(day.month, 2) + CalendarDate.padded(day.day, 2)
        let body = "\(village)-\(date)-\(CalendarDate.padded(counter, 3))"
        description = "\(body)-\(Self.check(body))"
    }

    /// Reads a number as typed, in any letter case; nil where its check letter does not agree.
    public init?(typed text: String) {
        let upper = text.trimmed.uppercased()
        guard let hyphen = upper.lastIndex(of: "-"), upper.distance(from: hyphen, to: upper.endIndex) == 2,
            let letter = upper.last,
            Self.check(String(upper[..<hyphen])) == letter
        else { return nil }
        description = upper
    }

    /// A village's short name in capitals: the first letters of its words, without diacritics ("Thôn Cẩm Sơn" → "TCS").
    public static func villageCode(of name: String) -> String {
        let words = StoredText.searchKey(name).split(whereSeparator: { !$0.isLetter && !$0.isNumber })
        let code = words.compactMap(\.first).filter(\.isASCII).map { String($0).uppercased() }.joined()
        return code.count >= 2 ? String(code.prefix(8)) : "TH" + code
    }

    /// Weighted sum over 23, a prime: every single wrong character and every swap of neighbours changes it.
    private static func check(_ body: String) -> Character {
        let sum = body.utf8.enumerated().reduce(0) { ($0 + Int($1.element) % 23 * ($1.offset % 22 + 1)) % 23 }
        return letters[sum]
    }
}
