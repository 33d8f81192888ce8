internal import JSONTree

/// The name of an administrative unit as people write it: `Tỉnh Thanh Hóa`, `thanh hoá`, `TP. Huế`.
///
/// The same name may stand for two units of different kinds (huyện Kỳ Anh, thị xã Kỳ Anh), and the kind may be left out: two
/// names can surely be the same, surely be others, or neither.
struct PlaceName: Equatable {
    /// `tinh`, `huyen`, …; nil where it is left out.
    let kind: String?
    /// The name without its kind, folded for comparison.
    let name: String

    init(_ text: String) {
        let words = StoredText.searchKey(text).split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let kind = Self.kinds.first { words.count > $0.words.count && words.starts(with: $0.words) }
        self.kind = kind?.kind
        name = words.dropFirst(kind?.words.count ?? 0).joined(separator: " ")
    }

    /// Whether both are one unit beyond doubt.
    func isSurely(_ other: PlaceName) -> Bool { name == other.name && (kind == nil || other.kind == nil || kind == other.kind) }

    /// Whether they are two units beyond doubt.
    func isSurelyNot(_ other: PlaceName) -> Bool { name != other.name }

    private static let kinds: [(words: [String], kind: String)] = [
        (["thanh", "pho"], "thanh pho"), (["tp"], "thanh pho"), (["tinh"], "tinh"), (["huyen"], "huyen"), (["quan"], "quan"),
        (["thi", "xa"], "thi xa"), (["tx"], "thi xa"), (["thi", "tran"], "thi tran"), (["tt"], "thi tran"), (["xa"], "xa"),
        (["phuong"], "phuong"), (["dac", "khu"], "dac khu"), (["thon"], "thon"), (["xom"], "xom"), (["ban"], "ban"),
        (["lang"], "lang"), (["ap"], "ap"), (["buon"], "buon"), (["to", "dan", "pho"], "to dan pho"),
    ]
}

extension FormRule {
    /// The parts of an address, the widest first.
    static let levels = ["province", "district", "commune", "village", "detail"]

    /// The pairs of names that two addresses have from the widest level down to that of `field`; nil for an answer that is missing.
    private func places(in scope: JSONValue) -> [(PlaceName?, PlaceName?)] {
        guard let other, let last = field.tokens.last, let depth = Self.levels.firstIndex(of: last) else { return [] }
        return Self.levels[...depth].map { level in
            func name(_ pointer: JSONPointer) -> PlaceName? {
                let place = JSONPointer(tokens: pointer.tokens.dropLast() + [level])
                return scope[place]?.stringValue.flatMap { StoredText.clean($0).isEmpty ? nil : PlaceName($0) }
            }
            return (name(field), name(other))
        }
    }

    /// `samePlace`: some level is surely another.
    func isElsewhere(in scope: JSONValue) -> Bool {
        places(in: scope).contains { first, second in
            guard let first, let second else { return false }
            return first.isSurelyNot(second)
        }
    }

    /// `otherPlace`: every level is surely the same.
    func isThere(in scope: JSONValue) -> Bool {
        let pairs = places(in: scope)
        return !pairs.isEmpty
            && pairs.allSatisfy { first, second in
                guard let first, let second else { return first == nil && second == nil }
                return first.isSurely(second)
            }
    }
}
