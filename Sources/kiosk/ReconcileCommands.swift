internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Command {
    static let reconcileList = Command(
        words: ["reconcile", "list"], summary: "lists the dossiers of which this kiosk's copy and the portal's clash",
        details:
            "Also those that the resident has at the portal already, and those that the portal does not hold any more. Exit status 3 where there is one.",
        flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        let rows = try await conflicts(in: store)
        try Terminal.print(rows, invocation) {
            rows.map { "\($0.receipt ?? "")  \($0.subject)  \($0.kind)  \($0.clashes)  \($0.id)" }.joined(separator: "\n")
        }
        return rows.isEmpty ? ExitStatus.done : ExitStatus.needsPerson
    }

    static let reconcileShow = Command(
        words: ["reconcile", "show"], operands: ["ID"],
        summary: "shows what clashes in a dossier: what both started from, this kiosk's value, the portal's, who and when",
        details: """
            A member of a list stands by its id, as /members/@2/fullName; papers stand as /attachments/COMPONENT with their SHA-256.
            Under "broken" is what the form does not take of both sides' edits together. Exit status 3 where there is anything to decide.
            """, flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        let detail = try await store.dossier(invocation.operands[0])
        guard case .conflict(.edited(let divergence)) = detail.problem else { throw StoreError.noConflict }
        let view = ConflictView(detail.summary, divergence)
        try Terminal.print(view, invocation) { view.words }
        return ExitStatus.needsPerson
    }

    static let reconcileResolve = Command(
        words: ["reconcile", "resolve"], operands: ["ID"],
        summary: "settles a dossier's clashes; the result is checked by the form and queued",
        details: """
            Each clash that kiosk reconcile show lists needs a choice: --take SIDE=POINTER for one, --take SIDE for all that have no choice
            of their own; SIDE is ours or theirs. Other values come from a file, never from the command line, which every process of
            the machine can read: --from FILE is a JSON object such as {"/stay/reason": {"take": "theirs"}, "/stay/until": {"value":
            "2022-04-11"}}; a value may be given for any field. Exit status 3: some clash has no choice, and nothing was changed.
            """,
        flags: [
            Flag(name: "take", value: "SIDE[=POINTER]", help: "whose value stands: ours or theirs", repeats: true),
            Flag(name: "from", value: "FILE", help: "choices as JSON; - reads standard input"),
            Flag(
                name: "preview", value: nil, help: "print what the choices make and what the form finds wrong; nothing is stored"),
        ] + unlockFlags
    ) { invocation in
        var (choices, rest) = try taken(invocation.all("take"))
        if let path = invocation["from"] {
            choices.merge(try choicesIn(try Files.read(path, what: "--from"))) { $1 }
        }
        let (_, store) = try await Opening.unlock(invocation)
        let detail = try await store.dossier(invocation.operands[0])
        guard case .conflict(.edited(let divergence)) = detail.problem else { throw StoreError.noConflict }
        if let rest {
            for clash in divergence.clashes where choices[clash.pointer] == nil { choices[clash.pointer] = rest }
        }
        do {
            if invocation.isSet("preview") {
                let made = try await store.previewResolution(of: detail.summary.id, choices: choices, now: Date())
                try Terminal.print(PreviewView(made), invocation) { PreviewView(made).words }
                return made.faults.isEmpty ? ExitStatus.done : ExitStatus.needsPerson
            }
            let sealed = try await store.resolveConflict(of: detail.summary.id, choices: choices, now: Date())
            try Terminal.print(sealed, invocation) { "\(sealed.state.name.vi): \(sealed.receipt)" }
            return ExitStatus.done
        } catch StoreError.choices(.undecided(let pointers)) {
            Terminal.complain(StoreError.choices(.undecided(pointers)))
            return ExitStatus.needsPerson
        }
    }

    static let reconcileSendAgain = Command(
        words: ["reconcile", "send-again"], operands: ["ID"],
        summary: "sends a dossier again, as it was sealed, that the portal does not hold any more",
        details: """
            For dossiers of the kind «absent» in kiosk reconcile list, as after the portal was restored from a backup. Ask the commune
            police first: they may have taken the dossier in again. The id stays, so a portal that has it after all takes no second one.
            """, flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        let id = try await store.dossier(invocation.operands[0]).summary.id
        try await store.sendAgain(id, now: Date())
        return ExitStatus.done
    }

    static let reconcileTold = Command(
        words: ["reconcile", "told"], operands: ["ID"],
        summary: "notes that the resident was told what the portal decided: a refusal or a result",
        details: "For rows of the kinds refused and result in kiosk worklist; they go from it.", flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        try await store.noteTold(try await store.dossier(invocation.operands[0]).summary.id, now: Date())
        return ExitStatus.done
    }

    static let reconcileFileAnew = Command(
        words: ["reconcile", "file-anew"], operands: ["ID"],
        summary: "begins a new dossier from one that an officer refused, with its answers and papers",
        details: """
            A refused dossier is closed; what can be mended is filed as a new one, of the procedure as it is today, under a consent of
            its own. Prints the new dossier's id.
            """, flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        let new = try await store.fileAnew(try await store.dossier(invocation.operands[0]).summary.id, now: Date())
        try Terminal.print(["id": new], invocation) { new }
        return ExitStatus.done
    }

    // MARK: Choices

    /// What `--take` says: choices by place, and the one for all the others.
    private static func taken(_ words: [String]) throws(UsageError) -> (
        choices: [JSONPointer: Reconciliation.Choice], rest: Reconciliation.Choice?
    ) {
        var choices: [JSONPointer: Reconciliation.Choice] = [:]
        var rest: Reconciliation.Choice?
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard let choice = side(parts.first ?? "") else { throw UsageError("--take \(word): SIDE is ours or theirs") }
            guard parts.count > 1 else {
                rest = choice
                continue
            }
            guard let pointer = JSONPointer(parts[1]), !pointer.tokens.isEmpty else {
                throw UsageError("--take \(word): a pointer starts with /")
            }
            choices[pointer] = choice
        }
        return (choices, rest)
    }

    private static func side(_ name: String) -> Reconciliation.Choice? {
        switch name {
        case "ours": .ours
        case "theirs": .theirs
        default: nil
        }
    }

    private static func choicesIn(_ json: Data) throws -> [JSONPointer: Reconciliation.Choice] {
        func failure(_ detail: String) -> CommandFailure {
            CommandFailure(spoken: "Tệp lựa chọn không đúng dạng.", detail: "--from: \(detail)")
        }
        let document: JSONValue
        do {
            document = try JSONText.decode(JSONValue.self, from: json)
        } catch {
            throw failure("\(error)")
        }
        guard let members = document.objectValue else { throw failure("the top level is no object") }
        var choices: [JSONPointer: Reconciliation.Choice] = [:]
        for (name, member) in members {
            guard let pointer = JSONPointer(name), !pointer.tokens.isEmpty else {
                throw failure("a member's name is no pointer: it starts with /")
            }
            guard let fields = member.objectValue, fields.count == 1 else {
                throw failure("\(name) wants {\"take\": \"ours\"}, {\"take\": \"theirs\"} or {\"value\": …}")
            }
            if let value = fields["value"] {
                choices[pointer] = .value(value)
            } else if let choice = side(fields["take"]?.stringValue ?? "") {
                choices[pointer] = choice
            } else {
                throw failure("\(name)/take is ours or theirs")
            }
        }
        return choices
    }

    // MARK: What is printed

    private struct ConflictRow: Encodable {
        let id: String
        let receipt: String?
        let procedure: String
        let subject: String
        /// `edited`, `duplicate` or `absent`.
        let kind: String
        let clashes: Int
    }

    private static func conflicts(in store: UnlockedStore) async throws -> [ConflictRow] {
        var rows: [ConflictRow] = []
        var page = try await store.dossiers(.state(.conflict), limit: 500)
        while let last = page.last {
            for summary in page {
                let problem = try await store.dossier(summary.id).problem
                let (kind, clashes) =
                    switch problem {
                    case .conflict(.edited(let divergence)): ("edited", divergence.clashes.count + divergence.broken.count)
                    case .conflict(.absent): ("absent", 0)
                    default: ("duplicate", 0)
                    }
                rows.append(
                    ConflictRow(
                        id: summary.id, receipt: summary.receipt, procedure: summary.procedure, subject: summary.subject,
                        kind: kind, clashes: clashes))
            }
            page = try await store.dossiers(.state(.conflict), after: ListPosition(after: last), limit: 500)
        }
        return rows
    }
}

/// What choices make of a conflict, as `reconcile resolve --preview` prints it.
private struct PreviewView: Encodable {
    let answers: JSONValue
    let papers: [PortalDossier.HeldPaper]
    let faults: [FormIssue]

    init(_ preview: ResolutionPreview) {
        answers = preview.answers
        papers = preview.papers.sorted { ($0.component, $0.sha256) < ($1.component, $1.sha256) }
        faults = preview.faults
    }

    var words: String {
        let text = (try? JSONText.encode(answers)).map { String(decoding: $0, as: UTF8.self) } ?? "?"
        return ([text] + faults.map { "\($0.pointer): \($0.message.vi)" }).joined(separator: "\n")
    }
}

/// What clashes in a dossier, as `reconcile show` prints it.
private struct ConflictView: Encodable {
    let id: String
    let receipt: String?
    let procedure: String
    let subject: String
    let clashes: [Clash]
    let broken: [FormIssue]
    let merged: [MergedChange]
    let ours: Divergence.Hand
    let theirs: Divergence.Hand

    init(_ summary: DossierSummary, _ divergence: Divergence) {
        id = summary.id
        receipt = summary.receipt
        procedure = summary.procedure
        subject = summary.subject
        clashes = divergence.clashes
        broken = divergence.broken
        merged = divergence.merged
        ours = divergence.ours
        theirs = divergence.theirs
    }

    var words: String {
        var lines = ["\(subject) — \(procedure)  \(receipt ?? "")"]
        lines.append("Máy này: \(ours.by ?? "") \(ours.at); cổng: \(theirs.by ?? "") \(theirs.at)")
        for clash in clashes {
            lines.append(
                "\(clash.pointer)\n  lúc đầu: \(text(clash.base))\n  máy này: \(text(clash.ours))\n  cổng:    \(text(clash.theirs))"
            )
        }
        for issue in broken { lines.append("\(issue.pointer): \(issue.message.vi)") }
        for change in merged { lines.append("đã gộp: \(change.pointer) (\(change.from.rawValue))") }
        return lines.joined(separator: "\n")
    }

    private func text(_ value: JSONValue?) -> String {
        guard let value else { return "—" }
        return value.stringValue ?? (try? JSONText.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "?"
    }
}
