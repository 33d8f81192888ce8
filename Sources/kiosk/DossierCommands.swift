internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskStore

extension Command {
    static let dossierNew = Command(
        words: ["dossier", "new"], summary: "makes a dossier of a file of answers and of papers, and seals it if asked",
        details: """
            The answers are a JSON object as kiosk procedure show names its fields, or the whole output of kiosk procedure sample.
            Dossier and seal are one transaction: after a failure there is nothing half-done.
            Sealing needs the resident's consent to filing and keep-scans, with the signed page, a signature, or the reason why there is neither.
            """,
        flags: [
            Flag(name: "procedure", value: "CODE", help: "the procedure, such as TT_NHAP_SINH"),
            Flag(name: "answers", value: "FILE", help: "the answers; - reads standard input"),
            Flag(name: "attach", value: "COMPONENT=PATH", help: "a paper", repeats: true),
            Flag(name: "seal", value: nil, help: "seal it: the resident consented (--consent) and it may be sent"),
        ] + ConsentFlags.all + unlockFlags
    ) { invocation in
        let code = try invocation.needed("procedure")
        let answers = try answers(in: try Files.read(try invocation.needed("answers"), what: "--answers"), procedure: code)
        let papers = try invocation.all("attach").map(paper)
        let given = try ConsentFlags.given(invocation)
        let (opening, store) = try await Opening.unlock(invocation)
        guard let procedure = store.catalogue.procedure(code) else {
            throw UsageError("no procedure \(code); known: \(store.catalogue.procedures.map(\.code).joined(separator: ", "))")
        }
        for (component, _) in papers where procedure.component(component) == nil {
            throw UsageError(
                "--attach \(component)=…: \(code) has no component \(component); known: \(procedure.components.map(\.id).joined(separator: ", "))"
            )
        }
        var files: [PlacedFile] = []
        var page: (file: UnlockedStore.StoredFile, mediaType: String)?
        let made: (id: String, receipt: String?)
        do {
            for (component, path) in papers {
                files.append(try await store.takeIn(path, component: component))
            }
            page = try await ConsentFlags.page(invocation, store: store)
            made = try await store.fileDossier(
                procedure: code, answers: answers, files: files, sealing: invocation.isSet("seal") ? given : nil, page: page,
                now: Date())
        } catch {
            // What was taken in for a dossier that is not made goes at once; a process killed here leaves it to the next sync.
            try await store.forget(files.map(\.file.attachment) + [page?.file.attachment].compactMap(\.self))
            throw error
        }
        struct Made: Encodable {
            let id: String
            let receipt: String?
            let state: DossierState
        }
        let state: DossierState = made.receipt == nil ? .draft : .sealed
        try Terminal.print(Made(id: made.id, receipt: made.receipt, state: state), invocation) {
            "\(state.name.vi): \(made.receipt ?? "")\n\(made.id)"
        }
        return ExitStatus.done
    }

    static let dossierSeal = Command(
        words: ["dossier", "seal"], operands: ["ID"], summary: "seals a dossier that is being filled in",
        details: """
            It needs the resident's consent to filing and keep-scans, with the signed page, a signature, or the reason why there is neither.
            """,
        flags: ConsentFlags.all + unlockFlags
    ) { invocation in
        let given = try ConsentFlags.given(invocation)
        let (_, store) = try await Opening.unlock(invocation)
        let id = try await store.dossier(invocation.operands[0]).summary.id
        if let page = try await ConsentFlags.page(invocation, store: store) {
            try await store.setConsentPage(page.file, mediaType: page.mediaType, of: id, now: Date())
        }
        let sealed = try await store.seal(id, consent: given, acceptsWarnings: true, now: Date())
        try Terminal.print(sealed, invocation) { "\(sealed.state.name.vi): \(sealed.receipt)" }
        // An officer changed the same while the form was open.
        return sealed.state == .conflict ? ExitStatus.needsPerson : ExitStatus.done
    }

    static let dossierList = Command(
        words: ["dossier", "list"], summary: "lists the dossiers, the newest first",
        flags: [
            Flag(
                name: "state", value: "STATE",
                help: "only those in a state: \(DossierState.allCases.map(\.rawValue).joined(separator: ", "))")
        ]
            + unlockFlags
    ) { invocation in
        var filter = DossierFilter.all
        if let text = invocation["state"] {
            guard let state = DossierState(rawValue: text) else {
                throw UsageError("--state is one of: \(DossierState.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            filter = .state(state)
        }
        let (_, store) = try await Opening.unlock(invocation)
        var rows: [DossierView] = []
        var page = try await store.dossiers(filter, limit: 500)
        while let last = page.last {
            rows += page.map { DossierView($0) }
            page = try await store.dossiers(filter, after: ListPosition(after: last), limit: 500)
        }
        try Terminal.print(rows, invocation) { lines(of: rows) }
        return ExitStatus.done
    }

    static let dossierShow = Command(
        words: ["dossier", "show"], operands: ["ID"], summary: "shows a dossier: where it is, its answers, papers and history",
        details: "ID is the dossier's id, the number on its receipt, or the portal's code.", flags: unlockFlags
    ) { invocation in
        let (opening, store) = try await Opening.unlock(invocation)
        let detail = try await store.dossier(invocation.operands[0])
        let ways = try await DossierWays(detail, in: store, opening.settings.sendPlan, now: Date())
        let view = DossierView(detail.summary, detail, ways: ways)
        try Terminal.print(view, invocation) { view.words }
        return ExitStatus.done
    }

    // MARK: Parts

    private static func paper(_ text: String) throws -> (component: String, path: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw UsageError("--attach \(text): it looks like GIAY_KHAI_SINH=scan.jpg") }
        return (parts[0], parts[1])
    }

    static func answers(in json: Data, procedure: String) throws -> JSONValue {
        let document: JSONValue
        do {
            document = try JSONText.decode(JSONValue.self, from: json)
        } catch {
            throw CommandFailure(spoken: "Tệp câu trả lời không phải JSON.", detail: "--answers: \(error)")
        }
        guard document.objectValue != nil else {
            throw CommandFailure(spoken: "Tệp câu trả lời không đúng dạng.", detail: "--answers: the top level is no object")
        }
        guard let answers = document["answers"], answers.objectValue != nil else { return document }
        if let named = document["procedure"]?.stringValue, named != procedure {
            throw UsageError("--answers is of the procedure \(named), not \(procedure)")
        }
        return answers
    }
}
