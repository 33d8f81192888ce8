// Unicode normalisation exists only in the full Foundation: its tables are better than any of ours.
internal import Foundation

/// Text as the kiosk stores it.
public enum StoredText {
    /// NFC, without control and zero-width characters, each run of white space one space, none at the ends.
    ///
    /// Letters are never rewritten. Line breaks stay where `multiline`.
    public static func clean(_ text: String, multiline: Bool = false) -> String {
        var result = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in text.unicodeScalars {
            if multiline, scalar == "\n" {
                pendingSpace = false
                if !result.isEmpty { result.append("\n") }
            } else if scalar.properties.isWhitespace {
                pendingSpace = true
            } else if scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format {
                continue
            } else {
                if pendingSpace, let last = result.last, last != "\n" { result.append(" ") }
                pendingSpace = false
                result.append(scalar)
            }
        }
        while result.last == "\n" { result.removeLast() }
        // Last, because what was dropped can have parted a letter from its mark.
        return String(result).precomposedStringWithCanonicalMapping
    }

    /// NFC and nothing else: for secrets, in which every character counts.
    public static func normalised(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping
    }

    /// NFD: letters parted from their marks.
    static func decomposed(_ text: String) -> String {
        text.decomposedStringWithCanonicalMapping
    }

    /// The key by which names are searched: without diacritics, đ as d, lower case.
    public static func searchKey(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in clean(text).lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "\u{0300}"..."\u{036F}": continue
            case "đ", "ð", "ɖ": result.append("d")
            case "’", "‘", "ʼ": result.append("'")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
