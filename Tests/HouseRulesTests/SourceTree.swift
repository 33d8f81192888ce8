import Foundation

/// A Swift file of the repository.
struct SourceFile: Sendable, CustomStringConvertible {
    /// The path below the repository's root, such as `Sources/KioskDomain/Dossier.swift`.
    let path: String
    let text: String

    var description: String { path }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    /// The module or target folder that it lies in.
    var module: String { String(path.split(separator: "/")[1]) }

    /// The modules that it imports, whatever the access level or kind of import.
    var imports: [String] {
        code.matches(
            of:
                /(?m)^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|func|protocol|typealias|var|let)\s+)?(\w+)/
        )
        .map { String($0.1) }
    }

    /// The text without comments, its line breaks and string literals kept.
    var code: String { Lexer(text).code }

    /// The texts of its string literals, each with its line, from the first quote to the last.
    var literals: [(line: Int, text: String)] { Lexer(text).literals }
}

/// Tells comments, string literals and code apart: no more of Swift's grammar than the house's rules need.
struct Lexer {
    private(set) var code = ""
    private(set) var literals: [(line: Int, text: String)] = []

    init(_ text: String) {
        let scalars = Array(text.unicodeScalars)
        var index = 0
        var line = 1
        func starts(_ word: String) -> Bool { scalars[index...].starts(with: word.unicodeScalars) }
        while index < scalars.count {
            if starts("//") {
                while index < scalars.count, scalars[index] != "\n" { index += 1 }
            } else if starts("/*") {
                while index < scalars.count, !starts("*/") {
                    if scalars[index] == "\n" { code += "\n"; line += 1 }
                    index += 1
                }
                index = min(index + 2, scalars.count)
            } else if scalars[index] == "\"" || Self.isRawQuote(scalars, index) {
                let start = index
                let end = Self.endOfLiteral(scalars, index)
                let literal = String(String.UnicodeScalarView(scalars[start..<end]))
                literals.append((line, literal))
                code += literal
                line += literal.unicodeScalars.count { $0 == "\n" }
                index = end
            } else {
                if scalars[index] == "\n" { line += 1 }
                code.unicodeScalars.append(scalars[index])
                index += 1
            }
        }
    }

    private static func isRawQuote(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        guard scalars[index] == "#" else { return false }
        let quote = scalars[index...].drop { $0 == "#" }
        return quote.first == "\""
    }

    /// The index after a literal; interpolations with strings inside are followed to their closing bracket.
    private static func endOfLiteral(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
        let hashes = scalars[start...].prefix { $0 == "#" }.count
        var index = start + hashes
        let isMultiline = scalars[index...].starts(with: "\"\"\"".unicodeScalars)
        let pounds = String(repeating: "#", count: hashes)
        let close = Array(((isMultiline ? "\"\"\"" : "\"") + pounds).unicodeScalars)
        let escape = Array(("\\" + pounds).unicodeScalars)
        index += isMultiline ? 3 : 1
        while index < scalars.count {
            if scalars[index...].starts(with: close) { return index + close.count }
            // A quote that opened no literal (in a regular expression, say) does no harm beyond its line.
            if !isMultiline, scalars[index] == "\n" { return index }
            guard scalars[index...].starts(with: escape) else {
                index += 1
                continue
            }
            index += escape.count
            guard index < scalars.count, scalars[index] == "(" else {
                index += 1
                continue
            }
            var depth = 0
            repeat {
                if scalars[index] == "\"" || isRawQuote(scalars, index) {
                    index = endOfLiteral(scalars, index)
                    continue
                }
                if scalars[index] == "(" { depth += 1 }
                if scalars[index] == ")" { depth -= 1 }
                index += 1
            } while depth > 0 && index < scalars.count
        }
        return scalars.count
    }
}

/// The repository that this file lies in.
enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All Swift files below a folder of the root, in order.
    static func swiftFiles(_ folder: String) throws -> [SourceFile] {
        let top = root.appending(path: folder)
        guard let found = FileManager.default.enumerator(at: top, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
        else { return [] }
        let prefix = root.standardizedFileURL.path(percentEncoded: false)
        return try found.compactMap { $0 as? URL }
            .filter { $0.pathExtension == "swift" }
            .map { url in
                let path = url.standardizedFileURL.path(percentEncoded: false).dropFirst(prefix.count)
                return SourceFile(path: String(path.drop { $0 == "/" }), text: try String(contentsOf: url, encoding: .utf8))
            }
            .sorted { $0.path < $1.path }
    }

    /// What `Package.swift` says of a target.
    struct Target: Sendable {
        let name: String
        let dependencies: Set<String>
        /// `module` or `program`.
        let kind: String
    }

    /// The `module(…)` and `program(…)` entries of `Package.swift`.
    static func targets() throws -> [Target] {
        let text = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
        return Lexer(text).code.matches(of: /\b(module|program)\(\s*"([\w-]+)"(?:\s*,\s*\[([^\]]*)\])?/).map { match in
            let names = match.3.map { $0.matches(of: /"([\w-]+)"/).map { String($0.1) } } ?? []
            return Target(name: String(match.2), dependencies: Set(names), kind: String(match.1))
        }
    }
}
