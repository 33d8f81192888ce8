/// What someone typed to find a dossier: words of names and numbers, in any order.
public struct SearchQuery: Sendable {
    /// The words that names have to answer to.
    public let words: [SearchWord]
    /// The numbers that have to be found, each in the spellings it may be kept in.
    public let numbers: [[String]]
    /// Whether a number was left aside because it has fewer than ``shortestNumber`` digits.
    public let hasShortNumber: Bool

    /// The fewest digits that are looked for: any three stand in every other number.
    public static let shortestNumber = 4
    /// The most words and numbers that count.
    public static let longest = 10

    /// Whether there is nothing to look for.
    public var isEmpty: Bool { words.isEmpty && numbers.isEmpty }

    /// Reads what was typed.
    public init(_ text: String) {
        var reading = Reading()
        for token in StoredText.clean(String(text.prefix(200))).split(separator: " ").prefix(Self.longest) {
            reading.take(String(token))
        }
        reading.endNumber()
        words = reading.words
        numbers = reading.numbers
        hasShortNumber = reading.hasShortNumber
    }

    /// A number or code as it is kept and looked for: its ASCII letters and digits, capitals.
    public static func compact(_ text: String) -> String {
        text.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.uppercased()
    }

    private struct Reading {
        var words: [SearchWord] = []
        var numbers: [[String]] = []
        var hasShortNumber = false
        /// Groups of digits that may be one number: `099 157 000 789`.
        private var groups = ""

        mutating func take(_ token: String) {
            let compact = SearchQuery.compact(token)
            let digits = compact.count { $0.isASCIIDigit }
            let isNumber = digits > 0 && token.allSatisfy { $0.isASCIIDigit || ".-/+()".contains($0) }
            if isNumber {
                if compact.count >= 9 { endNumber() }
                groups += compact
                if compact.count >= 9 { endNumber() }
                return
            }
            endNumber()
            if digits >= SearchQuery.shortestNumber {
                numbers.append([compact])
            } else if let word = SearchWord(token) {
                words.append(word)
            }
        }

        mutating func endNumber() {
            guard !groups.isEmpty else { return }
            if groups.count < SearchQuery.shortestNumber {
                hasShortNumber = true
            } else {
                let phone = PhoneNumber(groups)?.description
                numbers.append([groups] + (phone == groups ? [] : [phone].compactMap(\.self)))
            }
            groups = ""
        }
    }
}
