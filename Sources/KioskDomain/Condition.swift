public import JSONTree

/// When a field is shown, asked for, or a paper needed: a small language in the catalogue.
///
/// `{"field": "/applicant/isHead", "equals": "no"}`, `{"field": …, "in": [...]}`, `{"field": …, "present": true}`,
/// `{"all": [...]}`, `{"any": [...]}`, `{"not": {...}}`.
public indirect enum Condition: Equatable, Sendable {
    /// The answer is one of these.
    case oneOf(JSONPointer, [JSONValue])
    /// There is an answer, or there is none.
    case present(JSONPointer, Bool)
    /// All hold.
    case all([Condition])
    /// One holds.
    case any([Condition])
    /// It does not hold.
    case not(Condition)

    /// Whether it holds for these answers.
    public func holds(for answers: JSONValue) -> Bool {
        switch self {
        case .oneOf(let pointer, let values): answers[pointer].map(values.contains) ?? false
        case .present(let pointer, let wanted): (answers[pointer].map { !$0.isBlank } ?? false) == wanted
        case .all(let conditions): conditions.allSatisfy { $0.holds(for: answers) }
        case .any(let conditions): conditions.contains { $0.holds(for: answers) }
        case .not(let condition): !condition.holds(for: answers)
        }
    }

    /// The fields it looks at.
    public var fields: [JSONPointer] {
        switch self {
        case .oneOf(let pointer, _), .present(let pointer, _): [pointer]
        case .all(let conditions), .any(let conditions): conditions.flatMap(\.fields)
        case .not(let condition): condition.fields
        }
    }
}

extension Condition: Codable {
    private enum CodingKeys: String, CodingKey { case field, equals, `in`, present, all, any, not }

    /// Reads a condition.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let conditions = try container.decodeIfPresent([Condition].self, forKey: .all) {
            self = .all(conditions)
        } else if let conditions = try container.decodeIfPresent([Condition].self, forKey: .any) {
            self = .any(conditions)
        } else if let condition = try container.decodeIfPresent(Condition.self, forKey: .not) {
            self = .not(condition)
        } else {
            let pointer = try container.decode(JSONPointer.self, forKey: .field)
            if let value = try container.decodeIfPresent(JSONValue.self, forKey: .equals) {
                self = .oneOf(pointer, [value])
            } else if let values = try container.decodeIfPresent([JSONValue].self, forKey: .in) {
                self = .oneOf(pointer, values)
            } else {
                self = .present(pointer, try container.decode(Bool.self, forKey: .present))
            }
        }
    }

    /// Writes a condition.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .oneOf(let pointer, let values):
            try container.encode(pointer, forKey: .field)
            try container.encode(values, forKey: .in)
        case .present(let pointer, let wanted):
            try container.encode(pointer, forKey: .field)
            try container.encode(wanted, forKey: .present)
        case .all(let conditions): try container.encode(conditions, forKey: .all)
        case .any(let conditions): try container.encode(conditions, forKey: .any)
        case .not(let condition): try container.encode(condition, forKey: .not)
        }
    }
}
