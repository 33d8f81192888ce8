internal import FoundationEssentials
internal import KioskStore
internal import KioskVault

extension Command {
    static let accountList = Command(
        words: ["account", "list"], summary: "lists the residents whose account is not verified yet", flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        let rows = try await store.unverifiedAccounts()
        try Terminal.print(rows, invocation) {
            rows.map { "\($0.id)  \($0.fullName)  \($0.phone)  \($0.state)" }.joined(separator: "\n")
        }
        return ExitStatus.done
    }

    static let accountCode = Command(
        words: ["account", "code"], operands: ["ACCOUNT"], summary: "queues the six digits that a resident got by SMS",
        flags: [Flag(name: "code-file", value: "FILE", help: "a file with the digits (else they are asked for)")] + unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        let code = try invocation["code-file"].map { try Files.secret($0, what: "--code-file") } ?? Terminal.ask("Mã 6 số: ")
        try await store.enterCode(code, forAccount: invocation.operands[0], now: Date())
        return ExitStatus.done
    }

    static let operatorList = Command(words: ["operator", "list"], summary: "lists who may unlock the kiosk") { invocation in
        let rows = try await Opening(invocation).store.operators()
        try Terminal.print(rows, invocation) { rows.map(\.name).joined(separator: "\n") }
        return ExitStatus.done
    }

    static let operatorReset = Command(
        words: ["operator", "reset"], summary: "sets a new PIN with the printed recovery key",
        flags: [
            Flag(name: "operator", value: "NAME", help: "whose PIN"),
            Flag(name: "recovery-key-file", value: "FILE", help: "a file with the recovery key (else it is asked for)"),
            Flag(name: "pin-file", value: "FILE", help: "a file with the new PIN (else $KIOSK_PIN_FILE, else it is asked for)"),
        ]
    ) { invocation in
        let opening = try Opening(invocation)
        let name = try invocation.needed("operator")
        let key =
            try invocation["recovery-key-file"].map { try Files.secret($0, what: "--recovery-key-file") }
            ?? Terminal.ask("Khóa khôi phục: ")
        let pin = try Opening.pin(invocation, asking: "Mã PIN mới: ")
        try await opening.store.resetPIN(
            operatorName: name, recoveryKey: key, newPIN: pin, cost: opening.settings.pin ?? .standard, now: Date())
        return ExitStatus.done
    }
}
