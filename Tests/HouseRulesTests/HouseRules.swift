/// The rules of the house as functions of a source file, so that the tests can try each of them on a text that breaks it.
enum HouseRules {
    /// Modules of the toolchain that any file may import.
    static let toolchain: Set<String> = ["FoundationEssentials", "Synchronization", "Dispatch", "Glibc"]

    /// Files that may import the whole of Foundation (44 MB more in a static binary), each with the reason.
    static let foundationFiles: [String: String] = [
        "Sources/KioskDomain/UnicodeNormalisation.swift": "Unicode NFC exists only in full Foundation"
    ]

    /// Files that may be longer than ``maximumLines``, each with the reason.
    static let longFiles: [String: String] = [:]
    static let maximumLines = 400

    /// Places that may make SQL from a text that is no literal, each with the reason.
    static let sqlExceptions: [String: String] = [
        "Sources/SQLiteAccess/Migrator.swift":
            "a pragma's value cannot be bound; it is a whole number and the name a StaticString"
    ]

    /// Imports that the table in `Package.swift` does not allow.
    static func forbiddenImports(_ file: SourceFile, allowed: Set<String>) -> [String] {
        file.imports.filter { name in
            if name.hasPrefix("Foundation"), name != "FoundationEssentials" { return foundationFiles[file.path] == nil }
            return !toolchain.contains(name) && !allowed.contains(name)
        }
    }

    /// SQL that is made by joining strings: ``SQL`` made from something that is no literal, a literal of SQL with a `+` beside
    /// it, and one bound to the type `String`.
    static func joinedSQL(_ file: SourceFile) -> [String] {
        var found: [String] = []
        if sqlExceptions[file.path] == nil {
            found += file.code.matches(of: /\bSQL\((?!\s*(?:["#)]|pragma:|stringLiteral:))[^\n]*/).map { String($0.0) }
            found += spliced(file, into: "SQL")
        }
        let literal = /"+\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|WITH|DROP|ALTER|REPLACE)\s/
        for (number, line) in file.code.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.contains(literal) else { continue }
            let isString =
                line.contains(/:\s*String\s*=\s*#*"/) || line.contains(/\bString\(\s*#*"/) || line.contains(/sqlite3_\w+\(/)
            if isString || line.contains(/"\s*\+|\+\s*"/) || line.contains(/"\s*\+=|\+=\s*"/) {
                found.append("line \(number + 1): \(line)")
            }
        }
        return found
    }

    /// Literal types (``SQL``, `HTML`) made by their compiler's initialiser from a text that is no literal, or one with values
    /// spliced in: what the type is there to prevent.
    static func spliced(_ file: SourceFile, into type: String) -> [String] {
        file.code.matches(of: /\b(\w+|\.init)\(\s*stringLiteral:([^\n]*)/).compactMap { match in
            guard match.1 == type || match.1.hasSuffix("init") else { return nil }
            let isPlain = match.2.contains(/^\s*#*"/) && !match.2.contains(/\\#*\(/)
            return isPlain ? nil : String(match.0)
        }
    }

    /// Values put into markup where escaping does not help: an attribute without quotes, a script or a style.
    static func unsafeMarkup(_ file: SourceFile) -> [String] {
        file.literals.flatMap { literal in
            let unquoted = literal.text.matches(of: /<[a-zA-Z][^<>]*\s[\w-]+=\\\(/).map { String($0.0) }
            let inScript = literal.text.matches(of: /<(script|style)\b[^>]*>[^<]*\\\(/).map { String($0.0) }
            let handler = literal.text.matches(of: /<[a-zA-Z][^<>]*\son\w+=\\?"[^"]*\\\(/).map { String($0.0) }
            return (unquoted + inScript + handler).map { "line \(literal.line): \($0)" }
        }
    }

    /// Tables without a comment in their `CREATE TABLE` that says what a row is.
    static func undocumentedTables(_ file: SourceFile) -> [String] {
        file.literals.flatMap { literal in
            literal.text.split(separator: /(?=\bCREATE\b)/).compactMap { statement -> String? in
                guard let head = statement.firstMatch(of: /^CREATE (?:TEMP(?:ORARY)? |VIRTUAL )?TABLE (?:IF NOT EXISTS )?"?(\w+)/)
                else { return nil }
                return statement.contains("--") ? nil : "\(head.1) (line \(literal.line))"
            }
        }
    }

    /// Marks of unfinished work, and printing from a library.
    static func leftovers(_ file: SourceFile, isLibrary: Bool) -> [String] {
        file.lines.enumerated().compactMap { number, line in
            let isUnfinished = line.contains(/\b(?:TODO|FIXME|XXX)\b/)
            let isPrint =
                isLibrary && line.contains(/(?:^|[^\w.`"])(?:print|debugPrint|dump|NSLog)\(/) && !line.contains(/^\s*\/\//)
            return isUnfinished || isPrint ? "line \(number + 1): \(line)" : nil
        }
    }
}
