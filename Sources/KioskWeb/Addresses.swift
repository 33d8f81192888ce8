internal import JSONTree
internal import KioskDomain

/// The name under which a page knows an answer: its JSON Pointer, with `@id` in the place of a member's number.
///
/// Two pages may be open on one dossier: when one removes a member, the numbers of the others change, their ids do not.
struct Addresses {
    let procedure: Procedure
    let answers: JSONValue

    func text(of pointer: JSONPointer) -> String { pointer.addressed(in: answers).description }

    /// Where in the document an address leads now; nil where the member is gone or the text is no pointer.
    func pointer(of text: String) -> JSONPointer? { JSONPointer(text)?.located(in: answers) }

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
