public import JSONTree

/// A procedure's form at work: which questions these answers lead to, what is wrong with them, what is stored of them.
///
/// The same code runs as a page's field is left, at the review, and when a dossier is sealed.
public struct Form: Sendable {
    /// The procedure.
    public let procedure: Procedure
    /// The day of filing: ages and the future are counted from it.
    public let today: CalendarDate

    /// The form of a procedure on a day.
    public init(_ procedure: Procedure, today: CalendarDate) {
        self.procedure = procedure
        self.today = today
    }

    /// A question that these answers lead to, at its place in the document.
    public struct Question: Sendable {
        /// The question.
        public let field: FormField
        /// Where its answer is in the whole document.
        public let pointer: JSONPointer
        /// Whether it has to be answered.
        public let isRequired: Bool
    }

    /// The sections that these answers lead to.
    public func sections(for answers: JSONValue) -> [FormSection] {
        procedure.sections.filter { $0.visibleWhen?.holds(for: answers, today: today) ?? true }
    }

    /// The questions of a section that these answers lead to, member by member.
    public func questions(of section: FormSection, for answers: JSONValue) -> [Question] {
        guard let repeats = section.repeats else {
            return questions(section.fields, scope: answers, prefix: JSONPointer(tokens: []))
        }
        let members = answers[repeats.pointer]?.arrayValue ?? []
        return members.enumerated().flatMap { index, member in
            questions(section.fields, scope: member, prefix: repeats.pointer.appending(String(index)))
        }
    }

    private func questions(_ fields: [FormField], scope: JSONValue, prefix: JSONPointer) -> [Question] {
        fields.filter { $0.visibleWhen?.holds(for: scope, today: today) ?? true }.map { field in
            Question(
                field: field, pointer: JSONPointer(tokens: prefix.tokens + field.pointer.tokens),
                isRequired: field.required == true || (field.requiredWhen?.holds(for: scope, today: today) ?? false))
        }
    }

    /// The field at a place of the document, asked or not; a member may be named by its number or by `@id`.
    public func field(at pointer: JSONPointer) -> FormField? {
        for section in procedure.sections {
            var rest = pointer
            if let repeats = section.repeats {
                guard pointer.isInside(repeats.pointer), pointer.tokens.count > repeats.pointer.tokens.count + 1,
                    case let member = pointer.tokens[repeats.pointer.tokens.count], Int(member) != nil || member.hasPrefix("@")
                else { continue }
                rest = JSONPointer(tokens: Array(pointer.tokens.dropFirst(repeats.pointer.tokens.count + 1)))
            }
            if let field = section.fields.first(where: { $0.pointer == rest }) { return field }
        }
        return nil
    }

    /// The papers that these answers ask for or allow.
    public func components(for answers: JSONValue) -> [(component: Component, isRequired: Bool)] {
        procedure.components.filter { $0.isOffered(for: answers, today: today) }
            .map { ($0, $0.isRequired(by: answers, today: today)) }
    }

    /// The answers that are filed: those to questions that are asked, cleaned, without blanks.
    ///
    /// Drafts keep the others too. Filing what is filed changes nothing.
    public func filed(_ answers: JSONValue) -> JSONValue {
        // Cleaned first, so that a stray space hides no question; again, where what was dropped hides another question.
        var filed = cleaned(answers)
        while true {
            let asked = asked(in: filed)
            if asked == filed { return asked }
            filed = asked
        }
    }

    private func cleaned(_ answers: JSONValue) -> JSONValue {
        var result = answers
        for section in procedure.sections {
            let scopes: [JSONPointer]
            if let repeats = section.repeats {
                scopes = (answers[repeats.pointer]?.arrayValue ?? []).indices.map { repeats.pointer.appending(String($0)) }
            } else {
                scopes = [JSONPointer(tokens: [])]
            }
            for scope in scopes {
                for field in section.fields {
                    let pointer = JSONPointer(tokens: scope.tokens + field.pointer.tokens)
                    if let answer = answers[pointer], answer.stringValue != nil { result.set(field.cleaned(answer), at: pointer) }
                }
            }
        }
        return result
    }

    private func asked(in answers: JSONValue) -> JSONValue {
        var result = JSONValue.emptyObject
        for section in sections(for: answers) {
            if let repeats = section.repeats, let members = answers[repeats.pointer]?.arrayValue {
                let shells = members.map { member in JSONValue.object(["id": member["id"] ?? .null].filter { $0.value != .null })
                }
                result.set(.array(shells), at: repeats.pointer)
            }
            for question in questions(of: section, for: answers) {
                guard let answer = answers[question.pointer], !answer.isBlank else { continue }
                result.set(answer, at: question.pointer)
            }
        }
        return result
    }

    /// What is wrong with what would be filed of these answers, in the form's order, and which answers no question asks
    /// for.
    public func issues(in draft: JSONValue) -> [FormIssue] {
        let answers = filed(draft)
        var issues: [FormIssue] = []
        for section in sections(for: answers) {
            if let repeats = section.repeats {
                let count = answers[repeats.pointer]?.arrayValue?.count ?? 0
                if count < repeats.minimum {
                    issues.append(
                        FormIssue(pointer: repeats.pointer, code: "too-few", severity: .error, message: Messages.tooFew(repeats)))
                } else if count > repeats.maximum {
                    issues.append(
                        FormIssue(
                            pointer: repeats.pointer, code: "too-many", severity: .error, message: Messages.tooMany(repeats)))
                }
            }
            for question in questions(of: section, for: answers) {
                issues += question.issues(in: answers, today: today)
            }
        }
        let known = issues.filter { $0.severity == .error }.map(\.pointer)
        for rule in procedure.rules {
            issues += rule.breaches(in: answers, today: today).filter { !known.contains($0) }.map {
                FormIssue(pointer: $0, code: rule.code, severity: rule.severity, message: rule.message, slip: rule.slip)
            }
        }
        return issues + unknownFields(in: draft)
    }

    /// Answers to questions of the form that these answers do not lead to: filing leaves them out.
    public func unasked(in answers: JSONValue) -> [FormIssue] {
        let filed = filed(answers)
        return leaves(of: answers, at: JSONPointer(tokens: [])).filter { pointer in
            filed[pointer] == nil && field(at: pointer) != nil && answers[pointer]?.isBlank == false
        }.map { FormIssue(pointer: $0, code: "not-asked", severity: .error, message: Messages.notAsked) }
    }

    /// What is missing of the papers.
    ///
    /// - Parameter attached: how many files each component has.
    public func paperIssues(for answers: JSONValue, attached: [String: Int]) -> [FormIssue] {
        var issues: [FormIssue] = []
        for (component, isRequired) in components(for: answers) where isRequired && (attached[component.id] ?? 0) == 0 {
            issues.append(
                FormIssue(
                    pointer: JSONPointer(tokens: ["attachments", component.id]), code: "missing-component", severity: .error,
                    message: Messages.missing(component)))
        }
        for id in attached.keys.sorted() where procedure.component(id) == nil {
            issues.append(
                FormIssue(
                    pointer: JSONPointer(tokens: ["attachments", id]), code: "unknown-component", severity: .error,
                    message: Messages.unknownComponent))
        }
        return issues
    }

    /// Cards of which a side is missing.
    ///
    /// - Parameter pictures: how many pictures each component has; a document of several pages may hold all sides in one file and is
    ///   not counted.
    public func sideIssues(for answers: JSONValue, pictures: [String: Int]) -> [FormIssue] {
        components(for: answers).map(\.component).compactMap { component in
            guard let sides = component.sides, let count = pictures[component.id], count < sides else { return nil }
            return FormIssue(
                pointer: JSONPointer(tokens: ["attachments", component.id]), code: "missing-side", severity: .warning,
                message: Messages.missingSide(component, there: count))
        }
    }

    /// Answers to questions that the form does not have: a file of another procedure or a mistyped name.
    private func unknownFields(in answers: JSONValue) -> [FormIssue] {
        leaves(of: answers, at: JSONPointer(tokens: [])).filter { pointer in
            field(at: pointer) == nil && !isMemberID(pointer)
        }.map { FormIssue(pointer: $0, code: "unknown-field", severity: .error, message: Messages.unknownField) }
    }

    private func isMemberID(_ pointer: JSONPointer) -> Bool {
        procedure.sections.compactMap(\.repeats).contains { repeats in
            pointer.tokens.count == repeats.pointer.tokens.count + 2 && pointer.isInside(repeats.pointer)
                && pointer.tokens.last == "id"
        }
    }

    private func leaves(of value: JSONValue, at pointer: JSONPointer) -> [JSONPointer] {
        switch value {
        case .object(let members):
            members.keys.sorted().flatMap { leaves(of: members[$0] ?? .null, at: pointer.appending($0)) }
        case .array(let elements):
            elements.enumerated().flatMap { leaves(of: $1, at: pointer.appending(String($0))) }
        case .null: []
        default: [pointer]
        }
    }
}
