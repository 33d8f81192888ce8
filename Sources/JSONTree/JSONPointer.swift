/// A JSON Pointer (RFC 6901): the address of a value inside a document, such as `/applicant/fullName`.
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    /// The unescaped reference tokens, outermost first; none address the whole document.
    public var tokens: [String]

    /// A pointer of these unescaped tokens.
    public init(tokens: [String]) {
        self.tokens = tokens
    }

    /// Reads the string form.
    ///
    /// - Returns: nil where the text is no pointer: it neither is empty nor starts with `/`, or has a `~` that escapes nothing.
    public init?(_ text: String) {
        guard !text.isEmpty else {
            tokens = []
            return
        }
        // Scalars, not characters: a combining mark after a "/" or "~" would make one character with it.
        let scalars = text.unicodeScalars
        guard scalars.first == "/" else { return nil }
        var tokens: [String] = []
        for part in scalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            var token = String.UnicodeScalarView()
            var rest = part.makeIterator()
            while let scalar = rest.next() {
                guard scalar == "~" else {
                    token.append(scalar)
                    continue
                }
                switch rest.next() {
                case "0": token.append("~")
                case "1": token.append("/")
                default: return nil
                }
            }
            tokens.append(String(token))
        }
        self.tokens = tokens
    }

    /// The string form, escaped.
    public var description: String {
        tokens.map { token in
            "/" + token.unicodeScalars.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
        }.joined()
    }

    /// This pointer with one more token at its end.
    public func appending(_ token: String) -> JSONPointer {
        JSONPointer(tokens: tokens + [token])
    }

    /// An array index as RFC 6901, section 4, writes it: no sign and no leading zero, which `Int` alone would take.
    static func index(_ token: String) -> Int? {
        guard token == "0" || token.utf8.first.map({ (0x31...0x39).contains($0) }) == true else { return nil }
        return Int(token)
    }

    /// Whether this pointer addresses the same value as `other` or one inside it.
    public func isInside(_ other: JSONPointer) -> Bool {
        tokens.starts(with: other.tokens)
    }
}

extension JSONValue {
    /// The value at a pointer; nil where there is none.
    public subscript(pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            switch value {
            case .object(let members):
                guard let member = members[token] else { return nil }
                value = member
            case .array(let elements):
                guard let index = JSONPointer.index(token), elements.indices.contains(index) else { return nil }
                value = elements[index]
            default:
                return nil
            }
        }
        return value
    }

    /// Puts a value at a pointer, making the objects on the way; nil removes what is there.
    ///
    /// An array takes an index of its own, or one past its last to append.
    /// - Returns: whether the place could be reached; nothing changed where it could not.
    @discardableResult
    public mutating func set(_ value: JSONValue?, at pointer: JSONPointer) -> Bool {
        set(value, at: pointer.tokens[...])
    }

    private mutating func set(_ value: JSONValue?, at tokens: ArraySlice<String>) -> Bool {
        guard let token = tokens.first else {
            self = value ?? .null
            return true
        }
        switch self {
        case .array(var elements):
            guard let index = JSONPointer.index(token), index <= elements.count else { return false }
            if value == nil, index == elements.count { return false }
            if tokens.count == 1, value == nil {
                elements.remove(at: index)
            } else {
                var element = index < elements.count ? elements[index] : .null
                guard element.set(value, at: tokens.dropFirst()) else { return false }
                if index < elements.count { elements[index] = element } else { elements.append(element) }
            }
            self = .array(elements)
            return true
        case .object(var members):
            if tokens.count == 1 {
                members[token] = value
            } else {
                if value == nil, members[token] == nil { return true }
                var member = members[token] ?? .null
                guard member.set(value, at: tokens.dropFirst()) else { return false }
                members[token] = member
            }
            self = .object(members)
            return true
        case .null:
            guard value != nil else { return true }
            self = .emptyObject
            return set(value, at: tokens)
        default:
            return false
        }
    }
}

extension JSONPointer: Codable {
    /// Reads the string form.
    ///
    /// - Throws: `DecodingError.dataCorrupted` where it is no pointer.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let pointer = JSONPointer(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a JSON Pointer (it starts with /)")
        }
        self = pointer
    }

    /// Writes the string form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
