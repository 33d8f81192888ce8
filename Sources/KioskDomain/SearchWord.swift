/// A word of a name as it is looked for: with its diacritics where they were typed, without them, and by its beginning.
///
/// Where the tone is written does not count (hòa, hoà), nor whether i or y is (Lí, Lý), nor case and apostrophes.
public struct SearchWord: Hashable, Sendable {
    /// How well a word answers to a typed one, the best last.
    public enum Match: UInt8, Comparable, Sendable {
        /// It begins so, leaving diacritics aside.
        case beginning = 1
        /// It is the same, leaving diacritics aside.
        case whole
        /// It begins so, diacritics and all; only for a word typed with diacritics.
        case exactBeginning
        /// It is the same, diacritics and all; only for a word typed with diacritics.
        case exactWhole

        /// Whether a match is worse than another.
        public static func < (a: Match, b: Match) -> Bool { a.rawValue < b.rawValue }
    }

    private let folded: [UInt8]
    private let exact: VietnameseOrder.Word

    /// A word without spaces; nil where it has neither letter nor digit.
    public init?(_ word: String) {
        var exact = VietnameseOrder.parts(of: StoredText.clean(word))
        let plain = VietnameseOrder.parts(of: StoredText.searchKey(word))
        guard !plain.letters.isEmpty else { return nil }
        folded = VietnameseOrder.respelled(plain.letters)
        exact.letters = VietnameseOrder.respelled(exact.letters)
        self.exact = exact
    }

    /// Whether it was written with diacritics, and so means exactly these.
    public var hasDiacritics: Bool { exact.tone != 0 || exact.letters != folded }

    /// How this word answers to a typed one; nil where it does not.
    public func match(_ typed: SearchWord) -> Match? {
        guard folded.starts(with: typed.folded) else { return nil }
        if typed.hasDiacritics, exact.tone == typed.exact.tone, exact.letters.starts(with: typed.exact.letters) {
            return exact.letters.count == typed.exact.letters.count ? .exactWhole : .exactBeginning
        }
        return folded.count == typed.folded.count ? .whole : .beginning
    }

    /// The ways in which a word of a name can be looked for: as a whole, and what follows an apostrophe or hyphen (`Hen` of
    /// `H'Hen`).
    public static func forms(of word: String) -> [SearchWord] {
        let parts = word.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return ([word] + (parts.count > 1 ? Array(parts.dropFirst()) : [])).compactMap { SearchWord($0) }
    }
}
