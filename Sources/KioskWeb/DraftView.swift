internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

/// A form being filled in, with all that its pages show of it.
struct DraftView: Sendable {
    let id: String
    let draft: Draft
    let form: Form
    let sections: [FormSection]
    let issues: [FormIssue]
    let papers: [PaperRow]
    /// Papers that only the portal has.
    let papersAtPortal: [Paper]
    let paperIssues: [FormIssue]

    var procedure: Procedure { form.procedure }
    var addresses: Addresses { Addresses(procedure: procedure, answers: draft.answers) }

    init(
        id: String, draft: Draft, procedure: Procedure, papers: [PaperRow], atPortal: [Paper] = [],
        limits: PaperLimits = PaperLimits(), today: CalendarDate
    ) {
        self.id = id
        self.draft = draft
        self.papers = papers
        papersAtPortal = atPortal
        form = Form(procedure, today: today)
        sections = form.sections(for: draft.answers)
        issues = form.issues(in: draft.answers)
        paperIssues =
            form.paperIssues(
                for: form.filed(draft.answers), papers: papers.map(\.attached), elsewhere: atPortal.map(\.component),
                limits: limits)
            + form.sideIssues(for: form.filed(draft.answers), pictures: papers.pictures)
    }

    /// What is wrong in a section.
    func issues(in section: FormSection) -> [FormIssue] {
        issues.filter { addresses.section(of: $0.pointer)?.id == section.id }
    }

    /// Whether an issue still keeps the dossier from being sealed.
    func blocks(_ issue: FormIssue) -> Bool {
        issue.severity == .error || reason(for: issue.pointer).allSatisfy(\.isWhitespace)
    }

    func reason(for pointer: JSONPointer) -> String { draft.reasons[pointer.description] ?? "" }

    /// The page on which something can be mended.
    func place(of pointer: JSONPointer) -> String {
        if pointer.tokens.first == "attachments" {
            return "/dossiers/\(id)/papers#c-\(pointer.tokens.dropFirst().first ?? "")"
        }
        guard let section = addresses.section(of: pointer) else { return "/dossiers/\(id)/review" }
        return "/dossiers/\(id)/form/\(section.id)?check=1#\(addresses.anchor(of: pointer))"
    }
}

extension FormIssue {
    /// Whether it only says that something is not there yet: nobody is told so before having come to it.
    var isAbsence: Bool { code == "required" || code == "too-few" || code == "missing-component" }
}

extension Visit {
    /// The form that this address names.
    ///
    /// - Throws: ``StoreError``.
    func draftView() async throws -> DraftView {
        let id = parameter("id")
        return try await DraftView(
            id: id, draft: store.draft(of: id), procedure: store.procedure(ofDossier: id), papers: store.papers(of: id),
            atPortal: store.papersAtPortal(of: id), limits: store.paperLimits, today: today)
    }

    /// Keeps the place where the form was left.
    ///
    /// It is only a bookmark: a page that moves it twice does no harm.
    func bookmark(_ place: String, in view: DraftView) async throws {
        guard view.draft.section != place else { return }
        try await store.changeDraft(of: view.id, now: now) { $0.section = place }
    }

    /// Opens a form where it was left.
    func resume() async throws -> HTTPResponse {
        let view: DraftView
        do {
            view = try await draftView()
        } catch StoreError.notADraft {
            return .redirect(to: "/dossiers/\(parameter("id"))")
        }
        switch view.draft.section {
        case "@papers": return .redirect(to: "/dossiers/\(view.id)/papers")
        case "@review": return .redirect(to: "/dossiers/\(view.id)/review")
        default:
            let section = view.sections.first { $0.id == view.draft.section } ?? view.sections.first
            return .redirect(to: "/dossiers/\(view.id)/form/\(section?.id ?? "")")
        }
    }
}
