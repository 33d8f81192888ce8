/// The exit status of a command (design.md, "Commands").
enum ExitStatus {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    static let wrongUsage: Int32 = 2
    static let needsPerson: Int32 = 3
}

/// A flag of a command.
struct Flag: Sendable {
    let name: String
    /// What its value is called in the help; nil where it has none.
    let value: String?
    let help: String
    var repeats = false
}

/// A command with its words, its flags and what it does.
struct Command: Sendable {
    let words: [String]
    /// What stands after the words, such as `ID`.
    var operands: [String] = []
    /// Whether the last of them may stand several times.
    var lastRepeats = false
    let summary: String
    var details = ""
    var flags: [Flag] = []
    let run: @Sendable (Invocation) async throws -> Int32

    static let commonFlags = [
        Flag(
            name: "data", value: "DIR", help: "the kiosk's data folder (default: $KIOSK_DATA, else ~/.local/share/village-kiosk)"),
        Flag(name: "config", value: "FILE", help: "settings (default: DATA/kiosk.json where it exists, else the built-in ones)"),
        Flag(name: "json", value: nil, help: "print data as JSON on a terminal too; into a pipe or file it is JSON always"),
        Flag(name: "help", value: nil, help: "print this help"),
    ]

    static let unlockFlags = [
        Flag(name: "pin-file", value: "FILE", help: "read the PIN from a file (else $KIOSK_PIN_FILE, else it is asked for)"),
        Flag(name: "operator", value: "NAME", help: "who unlocks (needed where the kiosk has several operators)"),
    ]

    var usage: String {
        (["kiosk"] + words + operands.dropLast(lastRepeats ? 1 : 0) + (lastRepeats ? ["\(operands.last ?? "")…"] : []) + [
            "[flags]"
        ]).joined(separator: " ")
    }

    var help: String {
        let all = flags + Self.commonFlags
        let names = all.map { "--\($0.name)" + ($0.value.map { " \($0)" } ?? "") }
        let width = (names.map(\.count).max() ?? 0) + 2
        let rows = zip(all, names).map { flag, name in
            "  " + name + String(repeating: " ", count: width - name.count) + flag.help
                + (flag.repeats ? "; may be repeated" : "")
        }
        return """
            \(summary)

            usage: \(usage)
            \(details.isEmpty ? "" : "\n\(details)\n")
            flags:
            \(rows.joined(separator: "\n"))

            exit status: 0 done, 1 failed, 2 wrong usage, 3 done but something needs a person
            """
    }
}

/// Wrong usage: what is wrong and what to do.
struct UsageError: Error {
    let message: String
    init(_ message: String) { self.message = message }
}

/// A failure that was put into words already.
struct CommandFailure: Error {
    /// For a village head.
    let spoken: String
    /// For whoever reads the terminal.
    let detail: String
    init(spoken: String, detail: String) {
        self.spoken = spoken
        self.detail = detail
    }
}

/// A command's flags and operands as typed.
struct Invocation: Sendable {
    let command: Command
    private(set) var operands: [String] = []
    private var values: [String: [String]] = [:]

    /// Reads what was typed after the command's words.
    init(_ arguments: [String], of command: Command) throws(UsageError) {
        self.command = command
        let known = command.flags + Command.commonFlags
        var rest = arguments[...]
        var onlyOperands = false
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--"), !onlyOperands else {
                operands.append(argument)
                continue
            }
            if argument == "--" {
                onlyOperands = true
                continue
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            guard let flag = known.first(where: { $0.name == parts[0] }) else {
                throw UsageError("unknown flag --\(parts[0]) of kiosk \(command.words.joined(separator: " "))")
            }
            var value = ""
            if flag.value != nil {
                guard let given = parts.count > 1 ? parts[1] : rest.popFirst() else {
                    throw UsageError("--\(flag.name) needs a value")
                }
                value = given
            } else if parts.count > 1 {
                throw UsageError("--\(flag.name) takes no value")
            }
            guard values[flag.name] == nil || flag.repeats else { throw UsageError("--\(flag.name) stands twice") }
            values[flag.name, default: []].append(value)
        }
        guard self["help"] == nil else { return }
        guard operands.count <= command.operands.count || command.lastRepeats else {
            throw UsageError("«\(operands[command.operands.count])» is one word too many; usage: \(command.usage)")
        }
        guard operands.count >= command.operands.count else {
            throw UsageError("\(command.operands[operands.count]) is missing; usage: \(command.usage)")
        }
    }

    subscript(_ flag: String) -> String? { values[flag]?.last }

    func all(_ flag: String) -> [String] { values[flag] ?? [] }

    func isSet(_ flag: String) -> Bool { values[flag] != nil }

    /// A flag that the command cannot do without.
    func needed(_ flag: String) throws(UsageError) -> String {
        guard let value = self[flag], !value.isEmpty else { throw UsageError("--\(flag) is missing; usage: \(command.usage)") }
        return value
    }

    /// A port number.
    func port(_ flag: String) throws(UsageError) -> UInt16? {
        guard let text = self[flag] else { return nil }
        guard let port = UInt16(text) else { throw UsageError("--\(flag) is a number from 0 to 65535 (0: any free port)") }
        return port
    }
}
