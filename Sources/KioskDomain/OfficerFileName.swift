/// The names under which an officer sees a dossier's papers: short, ASCII, telling what and whose, such as
/// `CT01_NGUYEN_VAN_A_1.jpg` (procedures.md, section 4).
public enum OfficerFileName {
    /// Longest part of a name that stands for the component, and for the person.
    static let longestPart = 40

    /// Names for the papers of a dossier, each once in it.
    ///
    /// - Parameters:
    ///   - papers: component and media type of each, in the dossier's order.
    ///   - subject: whom the dossier is about.
    public static func names(for papers: [(component: String, mediaType: String)], subject: String) -> [String] {
        let person = part(subject)
        var counts: [String: Int] = [:]
        return papers.map { paper in
            let code = part(paper.component.hasPrefix("TO_KHAI_") ? String(paper.component.dropFirst(8)) : paper.component)
            let stem = [code, person].filter { !$0.isEmpty }.joined(separator: "_")
            counts[stem, default: 0] += 1
            let number = counts[stem] ?? 1
            return "\(stem.isEmpty ? "GIAY_TO" : stem)_\(number).\(MediaType.ending(of: paper.mediaType) ?? "bin")"
        }
    }

    /// Capitals and digits, words joined by `_`, cut between words where it can be.
    static func part(_ text: String) -> String {
        let words = StoredText.searchKey(text).uppercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        var result = ""
        for word in words {
            let longer = result.isEmpty ? String(word) : "\(result)_\(word)"
            guard longer.count <= longestPart else { return result.isEmpty ? String(longer.prefix(longestPart)) : result }
            result = longer
        }
        return result
    }
}

/// The name under which a file came, as it is shown at the kiosk.
public enum FileName {
    /// A name without folders, control characters and excess, with the ending of what the file is.
    public static func checked(_ text: String?, ending: String) -> String {
        let last = (text ?? "").split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let clean = StoredText.clean(last)
        let endings: Set<String> = ending == "jpg" ? ["jpg", "jpeg"] : ending == "tif" ? ["tif", "tiff"] : [ending]
        guard let dot = clean.lastIndex(of: "."), dot != clean.startIndex else {
            return clean.isEmpty ? "giay-to.\(ending)" : "\(clean.prefix(100)).\(ending)"
        }
        let given = clean[clean.index(after: dot)...].lowercased()
        return "\(clean[..<dot].prefix(100)).\(endings.contains(given) ? given : ending)"
    }
}
