public import JSONTree

/// When a field is shown, asked for, or a paper needed: a small language in the catalogue.
///
/// `{"field": "/applicant/isHead", "equals": "no"}`, `{"field": …, "in": [...]}`, `{"field": …, "present": true}`,
/// `{"field": …, "ageBelow": 18}`, `{"field": …, "ageAtLeast": 60}`, `{"anyMember": "/members", "where": {...}}`,
/// `{"all": [...]}`, `{"any": [...]}`, `{"not": {...}}`.
public indirect enum Condition: Equatable, Sendable {
    /// The answer is one of these.
    case oneOf(JSONPointer, [JSONValue])
    /// There is an answer, or there is none.
    case present(JSONPointer, Bool)
    /// The person born then is younger than so many years on the day of filing; false where the date cannot be read.
    case ageBelow(JSONPointer, Int)
    /// The person born then is at least so many years old; false where the date cannot be read.
    case ageAtLeast(JSONPointer, Int)
    /// It holds for one member of a list; its fields are the member's.
    case anyMember(JSONPointer, Condition)
    /// All hold.
    case all([Condition])
    /// One holds.
    case any([Condition])
    /// It does not hold.
    case not(Condition)

    /// Whether it holds for these answers on a day.
    public func holds(for answers: JSONValue, today: CalendarDate) -> Bool {
        switch self {
        case .oneOf(let pointer, let values): answers[pointer].map(values.contains) ?? false
        case .present(let pointer, let wanted): (answers[pointer].map { !$0.isBlank } ?? false) == wanted
        case .ageBelow(let pointer, let years): Self.age(answers[pointer], today).map { $0 < years } ?? false
        case .ageAtLeast(let pointer, let years): Self.age(answers[pointer], today).map { $0 >= years } ?? false
        case .anyMember(let list, let condition):
            (answers[list]?.arrayValue ?? []).contains { condition.holds(for: $0, today: today) }
        case .all(let conditions): conditions.allSatisfy { $0.holds(for: answers, today: today) }
        case .any(let conditions): conditions.contains { $0.holds(for: answers, today: today) }
        case .not(let condition): !condition.holds(for: answers, today: today)
        }
    }

    private static func age(_ answer: JSONValue?, _ today: CalendarDate) -> Int? {
        answer?.stringValue.flatMap { PartialDate($0) }.map { $0.earliest.years(on: today) }
    }

    /// The fields it looks at; those of a list's members by its first.
    public var fields: [JSONPointer] {
        switch self {
        case .oneOf(let pointer, _), .present(let pointer, _), .ageBelow(let pointer, _), .ageAtLeast(let pointer, _): [pointer]
        case .anyMember(let list, let condition):
            [list] + condition.fields.map { JSONPointer(tokens: list.tokens + ["0"] + $0.tokens) }
        case .all(let conditions), .any(let conditions): conditions.flatMap(\.fields)
        case .not(let condition): condition.fields
        }
    }
}

extension Condition: Codable {
    private enum CodingKeys: String, CodingKey {
        case field, equals, `in`, present, ageBelow, ageAtLeast, anyMember, `where`, all, any, not
    }

    /// Reads a condition.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let conditions = try container.decodeIfPresent([Condition].self, forKey: .all) {
            self = .all(conditions)
        } else if let conditions = try container.decodeIfPresent([Condition].self, forKey: .any) {
            self = .any(conditions)
        } else if let condition = try container.decodeIfPresent(Condition.self, forKey: .not) {
            self = .not(condition)
        } else if let list = try container.decodeIfPresent(JSONPointer.self, forKey: .anyMember) {
            self = .anyMember(list, try container.decode(Condition.self, forKey: .where))
        } else {
            let pointer = try container.decode(JSONPointer.self, forKey: .field)
            if let value = try container.decodeIfPresent(JSONValue.self, forKey: .equals) {
                self = .oneOf(pointer, [value])
            } else if let values = try container.decodeIfPresent([JSONValue].self, forKey: .in) {
                self = .oneOf(pointer, values)
            } else if let years = try container.decodeIfPresent(Int.self, forKey: .ageBelow) {
                self = .ageBelow(pointer, years)
            } else if let years = try container.decodeIfPresent(Int.self, forKey: .ageAtLeast) {
                self = .ageAtLeast(pointer, years)
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
        case .ageBelow(let pointer, let years):
            try container.encode(pointer, forKey: .field)
            try container.encode(years, forKey: .ageBelow)
        case .ageAtLeast(let pointer, let years):
            try container.encode(pointer, forKey: .field)
            try container.encode(years, forKey: .ageAtLeast)
        case .anyMember(let list, let condition):
            try container.encode(list, forKey: .anyMember)
            try container.encode(condition, forKey: .where)
        case .all(let conditions): try container.encode(conditions, forKey: .all)
        case .any(let conditions): try container.encode(conditions, forKey: .any)
        case .not(let condition): try container.encode(condition, forKey: .not)
        }
    }
}
