internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore

extension Command {
    static let dossierAttach = Command(
        words: ["dossier", "attach"], operands: ["DOSSIER", "COMPONENT", "FILE"], lastRepeats: true,
        summary: "adds papers to a dossier that is being filled in",
        details: """
            DOSSIER is its id, COMPONENT what kiosk procedure show lists under papers. Files are JPEG, PNG, TIFF or PDF, whole and
            without a password. A file that is refused leaves nothing; those before it stay. The files themselves are left alone.
            """,
        flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        let id = try await store.dossier(invocation.operands[0]).summary.id
        let procedure = try await store.procedure(ofDossier: id)
        guard let component = procedure.component(invocation.operands[1]) else {
            throw UsageError(
                "\(procedure.code) has no component \(invocation.operands[1]); known: \(procedure.components.map(\.id).joined(separator: ", "))"
            )
        }
        for path in invocation.operands.dropFirst(2) {
            let paper = try await store.takeIn(path, component: component.id)
            do {
                try await store.addPaper(paper, to: id, now: Date())
            } catch {
                try await store.forget([paper.file.attachment])
                throw error
            }
        }
        let papers = try await store.papers(of: id).filter { $0.component == component.id }
        try Terminal.print(papers, invocation) {
            papers.map { "\($0.component)  \($0.fileName)  \($0.size)" }.joined(separator: "\n")
        }
        return ExitStatus.done
    }
}

extension UnlockedStore {
    /// Takes a file of the disk in as a paper.
    func takeIn(_ path: String, component: String) async throws -> PlacedFile {
        let file = try Files.reader(of: path, what: component)
        return try await takePaper(component: component, fileName: Files.lastComponent(path), now: { Date() }) { try file.next() }
    }
}
