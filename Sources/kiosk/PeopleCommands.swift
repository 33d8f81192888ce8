internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore
internal import KioskVault

extension Command {
    static let accountList = Command(
        words: ["account", "list"], summary: "lists the residents whose account is not verified yet", flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        let rows = try await store.unverifiedAccounts()
        try Terminal.print(rows, invocation) {
            let now = Date()
            return rows.map { row in
                "\(row.id)  \(row.fullName)  \(row.phone)  \(row.words(at: now).map(\.vi).joined(separator: " "))"
            }.joined(separator: "\n")
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

    static let accountNewCode = Command(
        words: ["account", "new-code"], operands: ["ACCOUNT"],
        summary: "queues the wish for a new code by SMS; a code that waits to be handed in is given up",
        details: """
            The portal may send a code only so often; the next run that is late enough asks again, and kiosk account list tells when.
            An account that is still to be registered gets its first code by itself.
            """, flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        let id = invocation.operands[0]
        try await store.askNewCode(forAccount: id, now: Date())
        guard let row = try await store.account(id) else { throw StoreError.noAccount }
        try Terminal.print(row, invocation) { row.words(at: Date()).map(\.vi).joined(separator: "\n") }
        return ExitStatus.done
    }

    static let accountCorrect = Command(
        words: ["account", "correct"], operands: ["DOSSIER"],
        summary: "registers a resident's account anew with what a dossier says, where the account was made with something else",
        details: "An account that is verified stays as it is. The portal sends a new code to the dossier's telephone.",
        flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        let id = try await store.dossier(invocation.operands[0]).summary.id
        try await store.correctAccount(with: id, now: Date())
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
