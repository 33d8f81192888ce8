/// The number on the receipt that a resident takes home: `<village>-<yyMMdd>-<nnn>-<check>`.
///
/// It cannot be taken for a portal code (`G01.…-yyMMdd-…`): it has no dots and ends in two check letters.
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

    /// Reads a number as typed, in any letter case; nil where its check letters do not agree.
    public init?(typed text: String) {
        let upper = text.trimmed.uppercased()
        let parts = upper.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, (2...8).contains(parts[0].count), parts[1].count == 6, parts[2].count >= 3,
            Self.check(parts.dropLast().joined(separator: "-")) == parts[3]
        else { return nil }
        description = upper
    }

    /// A village's short name in capitals: the first letters of its words, without diacritics ("Thôn Cẩm Sơn" → "TCS").
    public static func villageCode(of name: String) -> String {
        let words = StoredText.searchKey(name).split(whereSeparator: { !$0.isLetter && !$0.isNumber })
        let code = words.compactMap(\.first).filter(\.isASCII).map { String($0).uppercased() }.joined()
        return code.count >= 2 ? String(code.prefix(8)) : "TH" + code
    }

    /// Two letters of a weighted sum over 23², whose weights 23 does not divide: every single wrong character and every swap of
    /// neighbours changes it. (One letter could not: a village has 36 characters to choose from.)
    private static func check(_ body: String) -> String {
        let sum = body.utf8.enumerated().reduce(0) { ($0 + Int($1.element) * ($1.offset % 22 + 1)) % 529 }
        return String([letters[sum / 23], letters[sum % 23]])
    }
}
