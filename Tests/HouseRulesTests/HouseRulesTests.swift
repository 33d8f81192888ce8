import Foundation
import KioskTestSupport
import Testing

/// The rules that the compiler does not keep, checked on the source tree as it lies there.
@Suite(.heavy) struct HouseRulesTests {
    private let sources: [SourceFile]
    private let tests: [SourceFile]
    private let targets: [String: SourceTree.Target]

    init() throws {
        sources = try SourceTree.swiftFiles("Sources")
        tests = try SourceTree.swiftFiles("Tests")
        targets = Dictionary(uniqueKeysWithValues: try SourceTree.targets().map { ($0.name, $0) })
    }

    /// The files of a kind of target, with what they may import.
    private func files(_ kinds: Set<String>) -> [(file: SourceFile, target: SourceTree.Target)] {
        sources.compactMap { file in targets[file.module].map { (file, $0) } }.filter { kinds.contains($0.1.kind) }
    }

    @Test func `the tree and the table are there to be checked`() {
        #expect(sources.count > 20)
        #expect(tests.contains { $0.path == "Tests/HouseRulesTests/HouseRulesTests.swift" })
        #expect(targets["KioskStore"]?.dependencies.contains("SQLiteAccess") == true)
        #expect(targets["JSONTree"]?.dependencies == [])
        #expect(targets["kiosk"]?.kind == "program")
        // Every folder under Sources is a target of the table, a shim of C, or a build tool.
        let others: Set<String> = ["EmbedAssets", "asset-embedder"]
        #expect(Set(sources.map(\.module)).subtracting(targets.keys).subtracting(others) == [])
    }

    @Test func `a file imports only what its module may`() {
        for (file, target) in files(["module", "program"]) {
            #expect(HouseRules.forbiddenImports(file, allowed: target.dependencies) == [], "\(file)")
        }
    }

    @Test func `arrows only go down`() {
        let levels: [Set<String>] = [
            ["KioskDomain", "PortalWire", "HTTPServing", "JSONTree", "LineEmulator", "CSQLite", "CCurl", "CCrypto"],
            ["KioskSync", "KioskVault", "SQLiteAccess"], ["KioskStore", "KioskTransport"],
            ["KioskWeb", "TrainingPortal", "KioskSimulation"],
            ["kiosk", "kiosk-lab"],
        ]
        for target in targets.values {
            guard let level = levels.firstIndex(where: { $0.contains(target.name) }) else {
                Issue.record("\(target.name) stands on no level of the design")
                continue
            }
            // JSONTree is the floor: its neighbours on level 0 may stand on it.
            let below = levels[..<level].reduce(into: ["JSONTree"] as Set<String>) { $0.formUnion($1) }
            #expect(target.dependencies.subtracting(below) == [], "\(target.name)")
        }
        let kiosk: Set<String> = ["KioskDomain", "KioskSync", "KioskStore", "KioskTransport", "KioskWeb"]
        #expect(targets["TrainingPortal"]?.dependencies.intersection(kiosk) == [])
        #expect(targets["HTTPServing"]?.dependencies == [])
    }

    @Test func `a file with an exception still needs it`() {
        for (path, reason) in HouseRules.foundationFiles {
            #expect(!reason.isEmpty)
            guard let file = sources.first(where: { $0.path == path }) else { continue }
            #expect(file.imports.contains { $0.hasPrefix("Foundation") && $0 != "FoundationEssentials" }, "\(path)")
        }
        for path in HouseRules.longFiles.keys {
            let file = (sources + tests).first { $0.path == path }
            #expect(file.map { $0.lines.count > HouseRules.maximumLines } == true, "\(path)")
        }
    }

    @Test func `SQL is not made by joining strings`() {
        for (file, _) in files(["module", "program"]) { #expect(HouseRules.joinedSQL(file) == [], "\(file)") }
    }

    @Test func `HTML is not made from texts by the back door`() {
        for (file, _) in files(["module", "program"]) where file.module != "SQLiteAccess" {
            #expect(HouseRules.spliced(file, into: "HTML") == [], "\(file)")
        }
    }

    @Test func `values stand in markup only where escaping protects them`() {
        for (file, _) in files(["module", "program"]) { #expect(HouseRules.unsafeMarkup(file) == [], "\(file)") }
    }

    @Test func `every table says what it holds`() {
        for (file, _) in files(["module", "program"]) { #expect(HouseRules.undocumentedTables(file) == [], "\(file)") }
    }

    @Test func `a file fits into one reading`() {
        for file in sources + tests where HouseRules.longFiles[file.path] == nil {
            #expect(file.lines.count <= HouseRules.maximumLines, "\(file)")
        }
    }

    @Test func `nothing is left unfinished, and libraries do not print`() {
        for (file, target) in files(["module", "program"]) {
            #expect(HouseRules.leftovers(file, isLibrary: target.kind == "module") == [], "\(file)")
        }
    }

    @Test func `everything under Tests runs`() throws {
        // A folder of tests that Package.swift does not name would never fail.
        let package = try String(contentsOf: SourceTree.root.appending(path: "Package.swift"), encoding: .utf8)
            .filter { !$0.isWhitespace }
        for module in Set(tests.map(\.module)) where module.hasSuffix("Tests") {
            #expect(package.contains("tests(\"\(module.dropLast(5))\""), "\(module)")
        }
    }
}

/// Each rule tried on a text that breaks it, and on one that does not: a rule that cannot fail keeps nothing.
@Suite struct RuleTests {
    private func file(_ text: String) -> SourceFile { SourceFile(path: "Sources/KioskStore/X.swift", text: text) }

    @Test func `imports are found in every form`() {
        let text = """
            // import Comment
            /* import Block
            import Block2 */
            import A
            internal import B
            @testable import C
            @preconcurrency public import struct D.E
            let text = "import F"
            """
        #expect(file(text).imports == ["A", "B", "C", "D"])
        #expect(
            HouseRules.forbiddenImports(
                file("import Foundation\nimport FoundationNetworking\nimport KioskWeb\nimport Glibc"), allowed: ["A"])
                == ["Foundation", "FoundationNetworking", "KioskWeb"])
        let excepted = SourceFile(path: "Sources/KioskDomain/UnicodeNormalisation.swift", text: "import Foundation\nimport CCurl")
        #expect(HouseRules.forbiddenImports(excepted, allowed: []) == ["CCurl"])
    }

    @Test(arguments: [
        "let q = SQL(text)", "let q: SQL = .init(stringLiteral: text)", "let q = SQL(stringLiteral: text)",
        "let q = SQL( stringLiteral: \"SELECT \\(name) FROM t\")",
        "let q = \"SELECT * FROM t WHERE id = \" + id", "let q: String = \"DELETE FROM t\"", "q += \"SELECT 1 \"",
        "sqlite3_exec(handle, \"CREATE TABLE t (a)\", nil)", "let q = table + \"INSERT INTO t VALUES\"",
    ]) func `joined SQL is found`(text: String) { #expect(HouseRules.joinedSQL(file(text)).count >= 1) }

    @Test(arguments: [
        "let q: SQL = \"SELECT * FROM t WHERE id = \\(id)\"", "try db.run(\"INSERT INTO t VALUES (\\(a + b))\")",
        "SQL(pragma: name, value: 1)",
        "// SQL(text) and \"SELECT \" + id", "SQL(stringLiteral: \"SELECT 1\")", "let words = \"Select a paper\" + name",
        "struct SQL {}",
    ]) func `bound SQL is not`(text: String) { #expect(HouseRules.joinedSQL(file(text)) == []) }

    @Test func `HTML from a text is found`() {
        #expect(
            HouseRules.spliced(file("HTML(stringLiteral: name)\nHTML(stringLiteral: \"<b>\\(name)\")"), into: "HTML").count == 2)
        #expect(HouseRules.spliced(file("HTML(stringLiteral: \"<b>\")\nSQL(stringLiteral: x)"), into: "HTML") == [])
    }

    @Test(arguments: [
        #""<p title=\(x)>""#, #""<a class=\"b\" href=\(x)>""#, #""<script>let a = \(x)</script>""#,
        #""<style>p { color: \(x) }""#,
        #""<button onclick=\"go('\(x)')\">""#,
    ]) func `a value that escaping does not protect is found`(text: String) {
        #expect(HouseRules.unsafeMarkup(file(text)).count == 1)
    }

    @Test(arguments: [
        #""<p title=\"\(x)\" class='\(y)'>\(z)</p>""#, #""<script src=\"\(x)\"></script><p>\(y)</p>""#,
        #""<a href=\"/x?a=\(x)\">""#,
        #""a=\(x)""#,
    ]) func `a value that it protects is not`(text: String) { #expect(HouseRules.unsafeMarkup(file(text)) == []) }

    @Test func `a table without a comment is found`() {
        let good =
            #"let s: StaticString = """\#n    CREATE TABLE a ( -- one row for each paper\#n    id TEXT) STRICT;\#n    CREATE INDEX i ON a (id);\#n    """"#
        #expect(HouseRules.undocumentedTables(file(good)) == [])
        let bad =
            #"let s: StaticString = """\#n    CREATE TABLE a ( -- documented\#n id TEXT);\#n    CREATE TABLE IF NOT EXISTS b (id TEXT);\#n    """"#
        #expect(HouseRules.undocumentedTables(file(bad)) == ["b (line 1)"])
    }

    @Test func `leftovers are found`() {
        #expect(
            HouseRules.leftovers(
                file("a // TODO: b\nprint(x)\n  debugPrint(x)\n// print(x)\nblueprint(x)\nx.print(y)"), isLibrary: true
            ).count == 3)
        #expect(HouseRules.leftovers(file("print(x)"), isLibrary: false) == [])
    }

    @Test func `literals with literals inside are read whole`() {
        let text = ##"""
            let a = "x \(f("y", g(")"))) z" // "c"
            let b = """
              "q" \(h("""
                r
                """))
              """; let c = #"raw " \(no) "#; d("e")
            """##
        let literals = file(text).literals.map(\.text)
        #expect(literals.first == #""x \(f("y", g(")"))) z""#)
        #expect(file(text).literals.map(\.line) == [1, 2, 6, 6])
        #expect(literals.count == 4 && literals.last == "\"e\"", "\(literals)")
    }
}
