internal import FoundationEssentials
internal import Glibc
internal import KioskDomain
internal import KioskStore

extension Command {
    static let dossierFind = Command(
        words: ["dossier", "find"], summary: "finds dossiers by names and numbers, the best first",
        details: """
            What to look for is read from standard input or a file, never from the command line, which every process of the machine
            can read: words of names in any order, with or without diacritics, beginnings too; four or more digits of a citizen
            number, phone, receipt number or portal code.
            """,
        flags: [
            Flag(name: "query-file", value: "FILE", help: "read what to look for from a file (default: standard input)"),
            Flag(name: "limit", value: "N", help: "the most dossiers to print (default: 50)"),
        ] + unlockFlags
    ) { invocation in
        guard let limit = Int(invocation["limit"] ?? "50"), (1...1000).contains(limit) else {
            throw UsageError("--limit is a number from 1 to 1000")
        }
        let path = invocation["query-file"] ?? "-"
        if path == "-", isatty(STDIN_FILENO) == 1 { Terminal.complain("Tìm gì? (xong thì nhấn Enter, rồi Ctrl-D)") }
        let text = String(decoding: try Files.read(path, what: "--query-file", limit: 4096), as: UTF8.self)
        let query = SearchQuery(text)
        guard !query.isEmpty else {
            throw UsageError("there is nothing to look for: a word, or at least \(SearchQuery.shortestNumber) digits")
        }
        let (_, store) = try await Opening.unlock(invocation)
        let found = try await store.find(text, limit: limit)
        try Terminal.print(found.rows.map { DossierView($0) }, invocation) { lines(of: found.rows.map { DossierView($0) }) }
        return ExitStatus.done
    }

    /// Dossiers as a terminal lists them.
    static func lines(of rows: [DossierView]) -> String {
        rows.map { "\($0.id)  \($0.receipt ?? "—")  \($0.stateName)  \($0.code ?? "")  \($0.procedure)  \($0.subject)" }
            .joined(separator: "\n")
    }
}
