/// The header fields of a message, in order, found by name without regard to letter case (RFC 9110, section 5).
public struct HTTPHeaders: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    /// The fields in their order.
    public private(set) var fields: [(name: String, value: String)] = []

    /// No fields.
    public init() {}

    /// Fields in the order given.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { ($0.0, $0.1) }
    }

    /// The value of a field; where it stands more than once, the values joined by commas (RFC 9110, section 5.3).
    ///
    /// Setting it replaces all of that name; nil removes them.
    public subscript(name: String) -> String? {
        get {
            let found = values(of: name)
            return found.isEmpty ? nil : found.joined(separator: ", ")
        }
        set {
            fields.removeAll { Self.isSame($0.name, name) }
            if let newValue { fields.append((name, newValue)) }
        }
    }

    /// All values of a field, one for each line.
    public func values(of name: String) -> [String] {
        fields.lazy.filter { Self.isSame($0.name, name) }.map(\.value)
    }

    /// Names are ASCII; letter case does not count.
    private static func isSame(_ a: String, _ b: String) -> Bool {
        func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
        return a.utf8.elementsEqual(b.utf8) { lower($0) == lower($1) }
    }

    /// Adds a field, keeping others of its name.
    public mutating func add(_ name: String, _ value: String) {
        fields.append((name, value))
    }

    /// Whether the same fields stand in the same order.
    public static func == (a: HTTPHeaders, b: HTTPHeaders) -> Bool {
        a.fields.elementsEqual(b.fields) { $0.name == $1.name && $0.value == $1.value }
    }
}
