public import JSONTree

/// A form of the law as it stands on paper (biểu mẫu): its lines, its table, who signs, and where in the answers each comes from.
///
/// Its words are Vietnamese only: they are the law's own.
public struct PrintedForm: Codable, Equatable, Sendable, Dated {
    /// The form's sign, such as `CT01`.
    public var form: String
    /// Which print of the form, such as `2021`; of every print where nil.
    public var formVersion: String?
    /// The form in whose place it is filed while ``when`` holds: CT02 instead of CT01.
    public var insteadOf: String?
    /// When it is the one to file; always where nil.
    public var when: Condition?
    /// The first day on which it holds (`YYYY-MM-DD`); always held where nil.
    public var from: String?
    /// The last day on which it holds; still holds where nil.
    public var until: String?
    /// The mark in its corner: which circular made it law.
    public var mark: String
    /// What stands at its top left: the authority that issues it, line by line, where it is not the resident's own paper.
    public var agency: [[Source]]?
    /// Its number's line, such as `Số: …/TV`.
    public var serial: String?
    /// Its title.
    public var title: String
    /// What stands under the title.
    public var subtitle: String?
    /// To whom it is addressed (kính gửi); a form without addressee where nil.
    public var addressee: [Source]?
    /// Its lines, in order.
    public var lines: [Line]
    /// Its table of people.
    public var table: Table?
    /// Who signs by hand.
    public var signatures: [Signature]
    /// The form's own footnotes.
    public var notes: [String]?
    /// What the reader has to know before printing it.
    public var hint: LocalText?
    /// Which of these nobody has confirmed from the text of the law (`procedures.md`).
    public var unverified: [String]?

    /// Where a line's answer comes from: the first source that the procedure has, whose condition holds and that is answered.
    public struct Source: Codable, Equatable, Sendable {
        /// A field of the person whose residence changes: beside the procedure's subject.
        public var person: JSONPointer?
        /// A field of the form.
        public var field: JSONPointer?
        /// An address: an object with province, district, commune, village and detail, written from the house up.
        public var address: JSONPointer?
        /// A text of its own.
        public var text: String?
        /// What stands before the answer.
        public var before: String?
        /// When it applies; always where nil.
        public var when: Condition?
    }

    /// A numbered line.
    public struct Line: Codable, Equatable, Sendable {
        /// Its number; nil where it goes on from the line before.
        public var number: Int?
        /// The question, without its number.
        public var label: String
        /// Where its answer comes from; left to be written by hand where there are none.
        public var values: [Source]
        /// How many boxes it has for digits, one each.
        public var boxes: Int?
        /// Whether it stands in one row with the line before.
        ///
        /// Default no.
        public var beside: Bool?
    }

    /// A table of the members of a list.
    public struct Table: Codable, Equatable, Sendable {
        /// Its number.
        public var number: Int
        /// The question, without its number.
        public var label: String
        /// Where the list is; a table to be filled in by hand where the procedure has none.
        public var list: JSONPointer
        /// How many rows it has at least.
        public var rows: Int
        /// Its columns after the running number.
        public var columns: [Column]

        /// A column.
        public struct Column: Codable, Equatable, Sendable {
            /// Its heading.
            public var label: String
            /// The member's field.
            public var field: JSONPointer
        }
    }

    /// A place to sign.
    public struct Signature: Codable, Equatable, Sendable {
        /// Whose.
        public var title: String
        /// What to write there.
        public var hint: String
        /// What else is written by hand under the signature.
        public var lines: [String]?
    }

    /// Whether it is a form of an edition of the law.
    public func isForm(of edition: Procedure.Edition) -> Bool {
        (form == edition.form || (insteadOf != nil && insteadOf == edition.form))
            && (formVersion == nil || formVersion == edition.formVersion)
    }
}

extension Procedure {
    /// The form on which these answers are filed, of those of a catalogue; nil where none is laid out.
    public func printedForm(for answers: JSONValue, among forms: [PrintedForm], today: CalendarDate) -> PrintedForm? {
        guard let edition = editions.last else { return nil }
        let own = forms.filter { $0.isForm(of: edition) }
        return own.first { $0.when?.holds(for: answers, today: today) ?? false } ?? own.first { $0.when == nil }
    }

    /// Where a source's answer is in this procedure's document; nil where the procedure does not ask for it.
    ///
    /// An address is known by its commune.
    public func place(of source: PrintedForm.Source) -> JSONPointer? {
        let form = Form(self, today: CalendarDate(dayNumber: 0))
        if let person = source.person {
            let place = JSONPointer(tokens: subject.tokens.dropLast() + person.tokens)
            return form.field(at: place) == nil ? nil : place
        }
        if let field = source.field { return form.field(at: field) == nil ? nil : field }
        return source.address.flatMap { form.field(at: $0.appending("commune")) == nil ? nil : $0 }
    }
}

extension PrintedForm {
    /// Refuses what would print blank for ever: a source that no procedure of this form has, numbers with a gap.
    ///
    /// - Parameter procedures: those that are filed on it.
    func check(at path: String, procedures: [Procedure]) throws(JSONFault) {
        guard !procedures.isEmpty else { throw JSONFault("\(path) is the form of no procedure") }
        let numbers = lines.compactMap(\.number) + [table?.number].compactMap(\.self)
        guard !numbers.isEmpty, numbers == Array(1...numbers.count) else {
            throw JSONFault("\(path)/lines are not numbered from 1 without a gap")
        }
        guard !signatures.isEmpty else { throw JSONFault("\(path)/signatures is empty") }
        try check(when, "\(path)/when", procedures)
        for (index, source) in ((agency ?? []).flatMap(\.self) + (addressee ?? [])).enumerated() {
            try check(source, "\(path)/addressee or agency, source \(index)", procedures)
        }
        for (index, line) in lines.enumerated() {
            if let boxes = line.boxes, !(1...20).contains(boxes) {
                throw JSONFault("\(path)/lines/\(index)/boxes is not 1 to 20")
            }
            for (number, source) in line.values.enumerated() {
                try check(source, "\(path)/lines/\(index)/values/\(number)", procedures)
            }
        }
        guard let table else { return }
        guard (0...20).contains(table.rows) else { throw JSONFault("\(path)/table/rows is not 0 to 20") }
        for (index, column) in table.columns.enumerated() {
            let place = JSONPointer(tokens: table.list.tokens + ["0"] + column.field.tokens)
            guard procedures.contains(where: { $0.asks(place) }) else {
                throw JSONFault("\(path)/table/columns/\(index)/field is a field of no procedure of this form")
            }
        }
    }

    private func check(_ source: Source, _ spot: String, _ procedures: [Procedure]) throws(JSONFault) {
        let kinds = [source.person != nil, source.field != nil, source.address != nil, source.text != nil]
        guard kinds.filter(\.self).count == 1 else { throw JSONFault("\(spot) is not one of person, field, address and text") }
        guard source.text != nil || procedures.contains(where: { $0.place(of: source) != nil }) else {
            throw JSONFault("\(spot) is a field of no procedure of this form")
        }
        try check(source.when, "\(spot)/when", procedures)
    }

    private func check(_ condition: Condition?, _ spot: String, _ procedures: [Procedure]) throws(JSONFault) {
        for field in condition?.fields ?? [] where !procedures.contains(where: { $0.asks(field) }) {
            throw JSONFault("\(spot) looks at a field that no procedure of this form has")
        }
    }
}

extension Procedure {
    /// Whether it asks for the answer at a place.
    fileprivate func asks(_ place: JSONPointer) -> Bool { Form(self, today: CalendarDate(dayNumber: 0)).field(at: place) != nil }
}
