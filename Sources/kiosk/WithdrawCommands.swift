internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskStore

extension Command {
    static let dossierWithdraw = Command(
        words: ["dossier", "withdraw"], operands: ["ID"], summary: "withdraws a dossier with the resident's consent",
        details: """
            What the resident says comes from a file, never from the command line: --from FILE is a JSON object such as
            {"reason": "Đã làm ở nơi khác", "consentedBy": "Vi Văn Páo", "by": "applicant"}; by is applicant or guardian. What the portal has is
            withdrawn there by the next sync; what it never had is withdrawn at once. --cancel takes back one that was not sent yet.
            """,
        flags: [
            Flag(name: "from", value: "FILE", help: "reason and consent as JSON; - reads standard input"),
            Flag(name: "cancel", value: nil, help: "take back a withdrawal that waits"),
        ] + unlockFlags
    ) { invocation in
        if invocation.isSet("cancel") {
            let (_, store) = try await Opening.unlock(invocation)
            try await store.cancelWithdrawal(of: try await store.dossier(invocation.operands[0]).summary.id, now: Date())
            return ExitStatus.done
        }
        let json = try Files.read(try invocation.needed("from"), what: "--from")
        let given: Withdrawal
        do {
            given = try JSONText.decode(Withdrawal.self, from: json)
        } catch {
            throw CommandFailure(
                spoken: "Tệp không đúng dạng.",
                detail: "--from wants an object with reason, consentedBy and by (applicant or guardian)")
        }
        let (_, store) = try await Opening.unlock(invocation)
        let id = try await store.dossier(invocation.operands[0]).summary.id
        let isDone = try await store.withdraw(id, given, now: Date())
        struct Made: Encodable {
            let id: String
            let done: Bool
        }
        try Terminal.print(Made(id: id, done: isDone), invocation) { isDone ? "Đã rút." : "Chờ gửi yêu cầu rút lên cổng." }
        return ExitStatus.done
    }

    static let reconcileExplain = Command(
        words: ["reconcile", "explain"], operands: ["ID"],
        summary: "sends a dossier again that the portal took for a duplicate, with why it is none",
        details:
            "For dossiers of the kind «duplicate» in kiosk reconcile list. The explanation comes from a file: --from FILE is plain text of at most 500 letters.",
        flags: [Flag(name: "from", value: "FILE", help: "the explanation; - reads standard input")] + unlockFlags
    ) { invocation in
        let text = String(decoding: try Files.read(try invocation.needed("from"), what: "--from"), as: UTF8.self)
        let (_, store) = try await Opening.unlock(invocation)
        try await store.explainDuplicate(
            try await store.dossier(invocation.operands[0]).summary.id, explanation: text, now: Date())
        return ExitStatus.done
    }

    static let reconcileUndo = Command(
        words: ["reconcile", "undo"], operands: ["ID"],
        summary: "takes the last decision of a conflict back, while nothing of it was sent", flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        try await store.undoResolution(of: try await store.dossier(invocation.operands[0]).summary.id, now: Date())
        return ExitStatus.needsPerson
    }
}
