internal import KioskDomain
internal import KioskStore

/// All commands, and the way from a command line to one of them.
struct CommandTable: Sendable {
    let commands: [Command]

    static let kiosk = CommandTable(
        commands: [
            .demo, .initKiosk, .serve, .sync, .syncRuns, .syncMetered, .syncProxyLogin, .status, .worklist, .queueList,
            .procedureList,
            .procedureShow,
            .procedureSample,
            .procedureCheck,
            .procedureSchema, .dossierNew, .dossierCheck, .dossierList, .dossierFind, .dossierShow, .dossierSeal, .dossierAttach,
            .dossierScan, .scannerList, .reconcileList, .reconcileShow, .reconcileResolve, .reconcileUndo, .reconcileExplain,
            .reconcileSendAgain, .reconcileTold, .reconcileFileAnew, .dossierWithdraw, .lookUp,
            .accountList,
            .accountCode, .accountNewCode, .accountCorrect,
            .operatorList, .operatorReset, .portal, .report,
        ])

    /// Runs a command line.
    ///
    /// - Returns: the exit status.
    func run(_ arguments: [String]) async -> Int32 {
        let words = Array(arguments.prefix { !$0.hasPrefix("-") })
        guard let first = words.first, first != "help" else {
            if arguments.isEmpty {
                Terminal.complain(overview)
                return ExitStatus.wrongUsage
            }
            guard first(arguments: arguments) else {
                Terminal.complain("unknown flag \(arguments[0]); see kiosk --help")
                return ExitStatus.wrongUsage
            }
            Terminal.say(overview)
            return ExitStatus.done
        }
        let found = commands.filter { words.starts(with: $0.words) }.max { $0.words.count < $1.words.count }
        guard let command = found else { return explain(first, arguments) }
        do {
            let invocation = try Invocation(Array(arguments.dropFirst(command.words.count)), of: command)
            guard !invocation.isSet("help") else {
                Terminal.say(command.help)
                return ExitStatus.done
            }
            return try await command.run(invocation)
        } catch let error as UsageError {
            Terminal.complain(
                "kiosk \(command.words.joined(separator: " ")): \(error.message)\nsee kiosk \(command.words.joined(separator: " ")) --help"
            )
            return ExitStatus.wrongUsage
        } catch {
            Terminal.complain(error)
            return ExitStatus.failed
        }
    }

    private func first(arguments: [String]) -> Bool {
        ["help", "--help", "-h"].contains(arguments.first ?? "")
    }

    /// A group without its second word, or a word that is none.
    private func explain(_ first: String, _ arguments: [String]) -> Int32 {
        let group = commands.filter { $0.words.first == first }
        guard !group.isEmpty else {
            Terminal.complain("no command «\(first)»; see kiosk --help")
            return ExitStatus.wrongUsage
        }
        let text = group.map { "  \($0.usage)\n      \($0.summary)" }.joined(separator: "\n")
        if arguments.contains("--help") {
            Terminal.say("usage:\n\(text)")
            return ExitStatus.done
        }
        Terminal.complain("usage:\n\(text)")
        return ExitStatus.wrongUsage
    }

    private var overview: String {
        let rows = commands.map { ($0.words + $0.operands).joined(separator: " ") }
        let width = (rows.map(\.count).max() ?? 0) + 2
        let list = zip(commands, rows).map { "  \($1)\(String(repeating: " ", count: width - $1.count))\($0.summary)" }
        return """
            The village kiosk: captures dossiers without a network and takes them to the portal when the line is there.

            usage: kiosk COMMAND [flags]

            commands:
            \(list.joined(separator: "\n"))

            kiosk COMMAND --help tells more of each.
            """
    }
}
