/// A piece of HTML.
///
/// A `String` interpolated into it is escaped, an `HTML` is not, and any other type does not compile: a page cannot be made
/// that shows a resident's answer as markup.
///
/// ```swift
/// let row: HTML = "<td>\(name)</td>"
/// ```
public struct HTML: ExpressibleByStringInterpolation, Sendable {
    /// The markup.
    public private(set) var markup: String

    /// Literal markup of the program's own.
    public init(stringLiteral value: String) { markup = value }

    /// Markup with interpolated values.
    public init(stringInterpolation: Interpolation) { markup = stringInterpolation.markup }

    private init(trusted markup: String) { self.markup = markup }

    /// Nothing.
    public static let empty: HTML = ""

    /// Pieces one after another.
    public static func join(_ pieces: some Sequence<HTML>, separator: HTML = "") -> HTML {
        HTML(trusted: pieces.map(\.markup).joined(separator: separator.markup))
    }

    /// A text as a paragraph for each of its lines, escaped.
    public static func lines(_ text: String) -> HTML {
        join(text.split(whereSeparator: \.isNewline).map { "<p>\(String($0))</p>" })
    }

    /// A whole document of the media type `text/html`.
    public func response(status: Int = 200) -> HTTPResponse {
        .content(markup, type: "text/html; charset=utf-8", status: status)
    }

    /// Text with the five characters that mean something in HTML written as references.
    static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Collects the parts of a literal.
    public struct Interpolation: StringInterpolationProtocol {
        var markup = ""

        /// Called by the compiler.
        public init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        /// The program's own markup.
        public mutating func appendLiteral(_ literal: String) { markup += literal }

        /// Text, escaped.
        public mutating func appendInterpolation(_ text: String) { markup += HTML.escape(text) }

        /// Text or nothing, escaped.
        public mutating func appendInterpolation(_ text: String?) { markup += HTML.escape(text ?? "") }

        /// A whole number.
        public mutating func appendInterpolation(_ number: Int) { markup += String(number) }

        /// Markup as it is.
        public mutating func appendInterpolation(_ html: HTML) { markup += html.markup }

        /// Pieces of markup as they are.
        public mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { markup += piece.markup } }

        /// Markup where a condition holds, such as an attribute.
        public mutating func appendInterpolation(_ html: HTML, when condition: Bool) {
            if condition { markup += html.markup }
        }
    }
}
