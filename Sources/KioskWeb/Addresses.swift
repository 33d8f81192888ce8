internal import JSONTree
internal import KioskDomain

/// The name under which a page knows an answer: its JSON Pointer, with `@id` in the place of a member's number.
///
/// Two pages may be open on one dossier: when one removes a member, the numbers of the others change, their ids do not.
struct Addresses {
    let procedure: Procedure
    let answers: JSONValue

    func text(of pointer: JSONPointer) -> String {
        for list in procedure.sections.compactMap(\.repeats) {
            let depth = list.pointer.tokens.count
            guard pointer.isInside(list.pointer), pointer.tokens.count > depth,
                let id = answers[JSONPointer(tokens: Array(pointer.tokens.prefix(depth + 1)) + ["id"])]?.stringValue
            else { continue }
            var tokens = pointer.tokens
            tokens[depth] = "@" + id
            return JSONPointer(tokens: tokens).description
        }
        return pointer.description
    }

    /// Where in the document an address leads now; nil where the member is gone or the text is no pointer.
    func pointer(of text: String) -> JSONPointer? {
        guard var pointer = JSONPointer(text) else { return nil }
        for list in procedure.sections.compactMap(\.repeats) {
            let depth = list.pointer.tokens.count
            guard pointer.isInside(list.pointer), pointer.tokens.count > depth, pointer.tokens[depth].hasPrefix("@") else {
                continue
            }
            let id = String(pointer.tokens[depth].dropFirst())
            guard let index = answers[list.pointer]?.arrayValue?.firstIndex(where: { $0["id"]?.stringValue == id }) else {
                return nil
            }
            pointer.tokens[depth] = String(index)
        }
        return pointer
    }

    /// The place of an address's field on its page.
    func anchor(of pointer: JSONPointer) -> String { Self.anchor(text(of: pointer)) }

    static func anchor(_ text: String) -> String {
        "f" + text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "-" }.joined()
    }

    /// The section of the form in which an answer is asked.
    func section(of pointer: JSONPointer) -> FormSection? {
        procedure.sections.first { section in
            if let list = section.repeats { return pointer.isInside(list.pointer) }
            return section.fields.contains { pointer.isInside($0.pointer) || $0.pointer.isInside(pointer) }
        }
    }
}
