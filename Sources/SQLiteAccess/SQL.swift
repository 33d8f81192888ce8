/// A statement in which every interpolated value is bound, never spliced into the text: injection does not compile.
///
/// ```swift
/// let query: SQL = "SELECT state FROM dossiers WHERE id = \(id)"
/// ```
public struct SQL: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, Sendable {
    /// The text, with `?` where values go.
    public private(set) var text: String
    /// The values, in order.
    public private(set) var values: [SQLValue]

    /// A statement without values.
    public init(stringLiteral value: String) {
        text = value
        values = []
    }

    /// A statement of literal parts and values.
    public init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
        values = stringInterpolation.values
    }

    /// Collects the parts of a literal.
    public struct Interpolation: StringInterpolationProtocol {
        var text = ""
        var values: [SQLValue] = []

        /// Called by the compiler.
        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount)
        }

        /// Literal text.
        public mutating func appendLiteral(_ literal: String) { text += literal }

        /// A value to be bound.
        public mutating func appendInterpolation(_ value: some SQLConvertible) {
            text += "?"
            values.append(value.sqlValue)
        }

        /// A value to be bound; NULL where there is none.
        public mutating func appendInterpolation<Value: SQLConvertible>(_ value: Value?) {
            text += "?"
            values.append(value?.sqlValue ?? .null)
        }

        /// A part of a statement, its values with it.
        public mutating func appendInterpolation(part: SQL) {
            text += part.text
            values += part.values
        }
    }
}

/// A value as SQLite stores it.
public enum SQLValue: Equatable, Sendable {
    /// NULL.
    case null
    /// INTEGER.
    case integer(Int64)
    /// REAL.
    case real(Double)
    /// TEXT.
    case text(String)
    /// BLOB.
    case blob([UInt8])
}

/// A type that can be bound to a statement.
public protocol SQLConvertible {
    /// The value to bind.
    var sqlValue: SQLValue { get }
}

extension String: SQLConvertible {
    /// TEXT.
    public var sqlValue: SQLValue { .text(self) }
}
extension Int: SQLConvertible {
    /// INTEGER.
    public var sqlValue: SQLValue { .integer(Int64(self)) }
}
extension Int64: SQLConvertible {
    /// INTEGER.
    public var sqlValue: SQLValue { .integer(self) }
}
extension Double: SQLConvertible {
    /// REAL.
    public var sqlValue: SQLValue { .real(self) }
}
extension Bool: SQLConvertible {
    /// INTEGER 0 or 1.
    public var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}
extension [UInt8]: SQLConvertible {
    /// BLOB.
    public var sqlValue: SQLValue { .blob(self) }
}
