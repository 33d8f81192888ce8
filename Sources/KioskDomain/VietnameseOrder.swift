/// The order of the Vietnamese alphabet: a ă â b c d đ e ê … o ô ơ … u ư … y, then within equal letters the tones ngang, huyền,
/// hỏi, ngã, sắc, nặng.
///
/// A word has one tone, wherever it is written: `hòa` and `hoà` are in the same place.
public enum VietnameseOrder {
    /// A word taken apart: its letters as places in the alphabet, and its tone.
    struct Word: Hashable {
        var letters: [UInt8] = []
        var tone: UInt8 = 0
    }

    /// A word as bytes that compare in the order of the alphabet; signs that are neither letter nor digit, and case, do not count.
    public static func key(of word: String) -> [UInt8] {
        let parts = parts(of: word)
        return parts.letters + [end, parts.tone]
    }

    /// Ends a word's letters; lower than any of them, so that `An` comes before `Anh`.
    static let end: UInt8 = 1

    static func parts(of word: String) -> Word {
        var result = Word()
        for scalar in StoredText.decomposed(word.lowercased()).unicodeScalars {
            switch scalar {
            case "\u{0300}": result.tone = 1
            case "\u{0309}": result.tone = 2
            case "\u{0303}": result.tone = 3
            case "\u{0301}": result.tone = 4
            case "\u{0323}": result.tone = 5
            case "\u{0306}", "\u{0302}", "\u{031B}":
                if let last = result.letters.last, let marked = marked[Mark(letter: last, mark: scalar)] {
                    result.letters[result.letters.count - 1] = marked
                }
            default: result.letters += place(of: scalar)
            }
        }
        return result
    }

    private static func place(of scalar: Unicode.Scalar) -> [UInt8] {
        if let known = places[scalar] { return [known] }
        guard scalar.properties.isAlphabetic || scalar.properties.numericType != nil else { return [] }
        // Letters of other alphabets come after all, by their number.
        return [0xF0, UInt8(scalar.value >> 16), UInt8(scalar.value >> 8 & 0xFF), UInt8(scalar.value & 0xFF)]
    }

    // MARK: The alphabet

    private struct Mark: Hashable {
        let letter: UInt8
        let mark: Unicode.Scalar
    }

    /// f, j, w and z stand where other alphabets have them; ð and ɖ are often typed for đ.
    private static let alphabet = Array("0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz".unicodeScalars)
    private static let places: [Unicode.Scalar: UInt8] = {
        var found = Dictionary(uniqueKeysWithValues: alphabet.enumerated().map { ($1, UInt8($0 + 2)) })
        for twin in ["ð", "ɖ"] as [Unicode.Scalar] { found[twin] = found["đ"] }
        return found
    }()
    private static let marked: [Mark: UInt8] = {
        let pairs: [(Unicode.Scalar, Unicode.Scalar, Unicode.Scalar)] = [
            ("a", "\u{0306}", "ă"), ("a", "\u{0302}", "â"), ("e", "\u{0302}", "ê"), ("o", "\u{0302}", "ô"),
            ("o", "\u{031B}", "ơ"),
            ("u", "\u{031B}", "ư"),
        ]
        var found: [Mark: UInt8] = [:]
        for (letter, mark, whole) in pairs {
            if let from = places[letter], let to = places[whole] { found[Mark(letter: from, mark: mark)] = to }
        }
        return found
    }()

    /// `i` for `y`: Lí and Lý, Mĩ and Mỹ are one name in two spellings.
    static func respelled(_ letters: [UInt8]) -> [UInt8] {
        guard let y = places["y"], let i = places["i"] else { return letters }
        return letters.map { $0 == y ? i : $0 }
    }
}
