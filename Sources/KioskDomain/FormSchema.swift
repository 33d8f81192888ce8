internal import FoundationEssentials
public import JSONTree

/// A form as a JSON Schema (2020-12), for whoever prepares answers elsewhere.
///
/// It says what a schema can: names, kinds, choices, what is required and when. It never refuses what the kiosk takes (spaces that
/// cleaning drops, answers to questions that are not asked); ages, dates against each other and the rules between fields stay with
/// the kiosk.
public struct FormSchema {
    private let procedure: Procedure

    /// The schema of a procedure's form on the day for which its catalogue was made.
    public static func document(of procedure: Procedure) -> JSONValue { FormSchema(procedure: procedure).document }

    private var document: JSONValue {
        var root = Node()
        var clauses: [JSONValue] = []
        for section in procedure.sections {
            let shown = section.visibleWhen.map { sure($0, .whole) } ?? true
            if let repeats = section.repeats {
                var list = member(section)
                list["maxItems"] = .number(Decimal(repeats.maximum))
                list["title"] = .string(section.title.vi)
                root.place(shown == true ? .object(list) : true, at: repeats.pointer.tokens, required: false)
                if repeats.minimum > 0, shown != false {
                    let enough: JSONValue = ["type": "array", "minItems": .number(Decimal(repeats.minimum))]
                    clauses.append(clause(shown, Self.present(repeats.pointer, enough)))
                }
                if shown != true, shown != false {
                    clauses.append(clause(shown, Self.anywhere(repeats.pointer, .object(list))))
                }
            } else {
                place(section.fields, when: shown, scope: .whole, in: &root, &clauses)
            }
        }
        var result = root.members
        if !clauses.isEmpty { result["allOf"] = .array(clauses) }
        result["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        result["title"] = .string("\(procedure.code): \(procedure.name.vi)")
        result["$defs"] = Self.definitions
        return .object(result)
    }

    /// A list of members, each with the fields of its section.
    private func member(_ section: FormSection) -> [String: JSONValue] {
        var node = Node()
        var clauses: [JSONValue] = []
        node.place(true, at: ["id"], required: false)
        place(section.fields, when: true, scope: .member(section), in: &node, &clauses)
        var item = node.members
        if !clauses.isEmpty { item["allOf"] = .array(clauses) }
        return ["type": ["array", "null"], "items": .object(item)]
    }

    private func place(
        _ fields: [FormField], when shown: JSONValue, scope: Scope, in node: inout Node, _ clauses: inout [JSONValue]
    ) {
        for field in fields {
            let asked = Self.all([shown, field.visibleWhen.map { sure($0, scope) } ?? true])
            let needed =
                field.required == true ? asked : Self.all([asked, field.requiredWhen.map { sure($0, scope) } ?? false])
            node.place(asked == true ? Self.answer(field) : true, at: field.pointer.tokens, required: needed == true)
            if asked != true, asked != false { clauses.append(clause(asked, Self.anywhere(field.pointer, Self.answer(field)))) }
            if needed != false {
                clauses.append(clause(needed, Self.present(field.pointer, ["not": ["$ref": "#/$defs/blank"]])))
            }
        }
    }

    private func clause(_ condition: JSONValue, _ then: JSONValue) -> JSONValue {
        condition == true ? then : ["if": condition, "then": then]
    }

    // MARK: Conditions

    /// Where a condition's fields are.
    private enum Scope {
        case whole
        case member(FormSection)
    }

    /// A schema that only answers fit for which the condition holds.
    private func sure(_ condition: Condition, _ scope: Scope) -> JSONValue { schema(condition, scope, sure: true, depth: 0) }

    private func schema(_ condition: Condition, _ scope: Scope, sure: Bool, depth: Int) -> JSONValue {
        guard depth < 12 else { return .bool(!sure) }
        switch condition {
        case .oneOf(let pointer, let values):
            return Self.all([shown(pointer, scope, sure, depth), Self.present(pointer, Self.match(values))])
        case .present(let pointer, let wanted):
            let there = Self.all([
                shown(pointer, scope, wanted == sure, depth), Self.present(pointer, ["not": ["$ref": "#/$defs/blank"]]),
            ])
            return wanted ? there : Self.not(there)
        case .ageBelow, .ageAtLeast: return .bool(!sure)
        case .anyMember(let list, let condition):
            guard let section = procedure.sections.first(where: { $0.repeats?.pointer == list }) else { return .bool(!sure) }
            let member = schema(condition, .member(section), sure: sure, depth: depth + 1)
            if member == false { return false }
            return Self.all([shown(list, .whole, sure, depth), Self.present(list, ["type": "array", "contains": member])])
        case .all(let conditions): return Self.all(conditions.map { schema($0, scope, sure: sure, depth: depth + 1) })
        case .any(let conditions):
            let parts = conditions.map { schema($0, scope, sure: sure, depth: depth + 1) }.filter { $0 != false }
            if parts.contains(true) { return true }
            return parts.isEmpty ? false : parts.count == 1 ? parts[0] : ["anyOf": .array(parts)]
        case .not(let condition): return Self.not(schema(condition, scope, sure: !sure, depth: depth + 1))
        }
    }

    /// Whether the question at a place is asked: an answer to one that is not asked counts for nothing.
    private func shown(_ pointer: JSONPointer, _ scope: Scope, _ sure: Bool, _ depth: Int) -> JSONValue {
        let sections: [FormSection]
        if case .member(let section) = scope { sections = [section] } else { sections = procedure.sections }
        for section in sections {
            let field = section.fields.first { $0.pointer == pointer }
            guard field != nil || section.repeats?.pointer == pointer else { continue }
            let conditions = [field?.visibleWhen].compactMap(\.self).map { schema($0, scope, sure: sure, depth: depth + 1) }
            let outer = section.visibleWhen.map { [schema($0, .whole, sure: sure, depth: depth + 1)] } ?? []
            if case .member = scope { return Self.all(conditions) }
            return Self.all(conditions + outer)
        }
        return true
    }

    private static func all(_ parts: [JSONValue]) -> JSONValue {
        if parts.contains(false) { return false }
        let rest = parts.filter { $0 != true }
        return rest.isEmpty ? true : rest.count == 1 ? rest[0] : ["allOf": .array(rest)]
    }

    private static func not(_ part: JSONValue) -> JSONValue {
        if case .bool(let value) = part { return .bool(!value) }
        return ["not": part]
    }

    private static func match(_ values: [JSONValue]) -> JSONValue {
        let texts = values.compactMap(\.stringValue)
        let others = values.filter { $0.stringValue == nil }
        var parts: [JSONValue] = []
        if !texts.isEmpty { parts.append(["type": "string", "pattern": .string(choice(texts))]) }
        if !others.isEmpty { parts.append(["enum": .array(others)]) }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? false : ["anyOf": .array(parts)]
    }

    // MARK: Places

    /// There is something at a place, and it fits.
    private static func present(_ pointer: JSONPointer, _ schema: JSONValue) -> JSONValue {
        pointer.tokens.reversed().reduce(schema) { inner, token in
            ["type": "object", "required": [.string(token)], "properties": .object([token: inner])]
        }
    }

    /// What is at a place, if anything, fits.
    private static func anywhere(_ pointer: JSONPointer, _ schema: JSONValue) -> JSONValue {
        pointer.tokens.reversed().reduce(schema) { inner, token in ["properties": .object([token: inner])] }
    }

    /// An object of the document with its members.
    private struct Node {
        var children: [String: Node] = [:]
        var leaf: JSONValue?
        var required: Set<String> = []

        mutating func place(_ leaf: JSONValue, at tokens: [String], required isRequired: Bool) {
            guard let token = tokens.first else {
                self.leaf = leaf
                return
            }
            children[token, default: Node()].place(leaf, at: Array(tokens.dropFirst()), required: isRequired)
            if isRequired { required.insert(token) }
        }

        var members: [String: JSONValue] {
            var result: [String: JSONValue] = [
                "type": required.isEmpty ? ["object", "null"] : "object", "additionalProperties": false,
                "properties": .object(children.mapValues { $0.leaf ?? .object($0.members) }),
            ]
            if !required.isEmpty { result["required"] = .array(required.sorted().map { .string($0) }) }
            return result
        }
    }
}

// MARK: Answers

extension FormSchema {
    /// What cleaning drops at an answer's ends: white space, control and zero-width characters.
    private static let dropped = #"\s\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"#

    private static func choice(_ values: [String]) -> String {
        let plain = values.map { $0.map { $0.isLetter || $0.isNumber || "-_".contains($0) ? "\($0)" : "\\\($0)" }.joined() }
        return "^[\(dropped)]*(?:\(plain.joined(separator: "|")))[\(dropped)]*$"
    }

    fileprivate static func answer(_ field: FormField) -> JSONValue {
        ["title": .string(field.label.vi), "anyOf": [["$ref": "#/$defs/blank"], kind(field)]]
    }

    private static func kind(_ field: FormField) -> JSONValue {
        switch field.type {
        case .choice:
            let values = (field.options ?? []).map(\.value)
            return [
                "anyOf": [["enum": .array(values.map { .string($0) })], ["type": "string", "pattern": .string(choice(values))]]
            ]
        case .citizenId where field.allowsNineDigits == true:
            return ["anyOf": [["$ref": "#/$defs/citizenId"], ["$ref": "#/$defs/identityCard"]]]
        case .number, .money:
            var number: [String: JSONValue] = ["type": "number"]
            if let minimum = field.minimum { number["minimum"] = .number(minimum) }
            if let maximum = field.maximum { number["maximum"] = .number(maximum) }
            return ["anyOf": [.object(number), ["type": "string", "pattern": .string("[0-9]")]]]
        default: return ["$ref": .string("#/$defs/\(field.type.rawValue)")]
        }
    }

    fileprivate static var definitions: JSONValue {
        let z = dropped
        func text(_ pattern: String) -> JSONValue { ["type": "string", "pattern": .string(pattern)] }
        func digits(_ count: Int) -> JSONValue { text("^[.\(z)]*(?:[0-9][.\(z)]*){\(count)}$") }
        let date = text("^[\(z)]*(?:[0-9][\(z)]*){1,4}(?:[/.-]?[\(z)]*(?:[0-9][\(z)]*){1,4}){0,2}$")
        let time = "[0-9]{1,2}(?::[0-9]{2}|[hgHG](?:[0-9]{2})?)"
        let day = "[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}"
        return [
            "blank": [
                "anyOf": [
                    ["type": "null"], text("^[\(z)]*$"), ["type": "array", "maxItems": 0],
                    ["type": "object", "additionalProperties": ["type": "null"]],
                ]
            ],
            "personName": text("^[^0-9]*$"), "birthDate": date, "date": date,
            "dateTime": text(
                "^[\(z)]*(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}|\(time)[\(z)]+\(day)|\(day)[\(z)]+\(time))[\(z)]*$"),
            "citizenId": digits(12), "identityCard": digits(9),
            "phone": text("^[+.()\(z)-]*(?:[0-9][+.()\(z)-]*){9,14}$"),
            "email": text("^[^@]+@[^@]*\\.[^@]*$"), "yesNo": ["type": "boolean"], "text": ["type": "string"],
            "longText": ["type": "string"],
        ]
    }
}
