public import JSONTree
public import KioskDomain

/// What becomes of a dossier whose copy here and copy at the portal both moved on: the merge of both, and what a person has
/// to decide.
public struct Reconciliation: Equatable, Sendable {
    /// The answers, ours where a clash is not decided yet.
    public var answers: JSONValue
    /// The papers by component and digest, ours where a clash is not decided yet.
    public var papers: Set<PortalDossier.HeldPaper>
    /// What was merged, and from which side it came.
    public var changes: [MergedChange]
    /// What a person has to decide.
    public var clashes: [Clash]

    /// Merges what stands here with the portal's copy.
    ///
    /// - Parameter base: the portal's copy that ours started from; nil where it is not known, so that every difference is a clash.
    public init(base: Side?, ours: Side, theirs: Side, policy: MergePolicy) {
        let fields = Merge.merge(base: base?.answers, ours: ours.answers, theirs: theirs.answers, policy: policy)
        let papers = Merge.papers(base: base?.papers ?? [], ours: ours.papers, theirs: theirs.papers)
        answers = fields.value ?? .emptyObject
        self.papers = papers.papers
        changes = fields.changes + papers.changes
        clashes = fields.clashes + papers.clashes
    }

    /// One side of a merge: answers, and papers by component and digest.
    public struct Side: Equatable, Sendable {
        /// The answers.
        public var answers: JSONValue
        /// The papers.
        public var papers: Set<PortalDossier.HeldPaper>

        /// A side.
        public init(answers: JSONValue, papers: Set<PortalDossier.HeldPaper>) {
            self.answers = answers
            self.papers = papers
        }

        /// What the portal holds.
        public init(_ dossier: PortalDossier) { self.init(answers: dossier.answers, papers: Set(dossier.papers)) }

        /// What a revision holds.
        public init(_ content: RevisionContent) {
            self.init(answers: content.answers, papers: Set(content.papers.map(PortalDossier.HeldPaper.init)))
        }
    }

    /// What was merged, as a side.
    public var merged: Side { Side(answers: answers, papers: papers) }

    /// What of a merged document the form does not take although it took, or the portal held, both sides: each side's edits are
    /// right alone and wrong together, and a person has to look.
    ///
    /// An answer to a question that only the other side's edits hide is among it, by the code `not-asked`: filing would drop it.
    public static func broken(_ merged: JSONValue, ours: JSONValue, theirs: JSONValue, form: Form) -> [FormIssue] {
        func known(_ answers: JSONValue) -> Set<[String]> {
            Set(faults(of: answers, form: form).map { [$0.pointer.addressed(in: answers).description, $0.code] })
        }
        let before = known(ours).union(known(theirs))
        return faults(of: merged, form: form).filter {
            !before.contains([$0.pointer.addressed(in: merged).description, $0.code])
        }
    }

    private static func faults(of answers: JSONValue, form: Form) -> [FormIssue] {
        form.issues(in: answers).filter { $0.severity == .error } + form.unasked(in: answers)
    }

    /// A person's decision of one clash.
    public enum Choice: Equatable, Sendable {
        /// What stands here.
        case ours
        /// What the portal has.
        case theirs
        /// Another value.
        case value(JSONValue)
    }

    /// Why choices do not settle a dossier.
    public enum ChoiceFault: Error, Equatable, Sendable {
        /// These clashes are not decided.
        case undecided([JSONPointer])
        /// Nothing of this dossier can be put at this place.
        case noPlace(JSONPointer)
    }

    /// The merged side with a person's choices put in.
    ///
    /// A value may be given for any field, also for one that does not clash: what ``broken(_:ours:theirs:form:)`` finds is mended so.
    ///
    /// - Throws: ``ChoiceFault``.
    public func settled(by choices: [JSONPointer: Choice]) throws(ChoiceFault) -> Side {
        let undecided = clashes.map(\.pointer).filter { choices[$0] == nil }
        guard undecided.isEmpty else { throw .undecided(undecided) }
        var side = merged
        for (pointer, choice) in choices.sorted(by: { $0.key.description < $1.key.description }) {
            let clash = clashes.first { $0.pointer == pointer }
            let value: JSONValue?
            switch choice {
            case .ours, .theirs:
                guard let clash else { throw .noPlace(pointer) }
                value = choice == .ours ? clash.ours : clash.theirs
            case .value(let other): value = other.isBlank ? nil : other
            }
            if pointer.tokens.first == "attachments" {
                guard let clash, let component = pointer.tokens.last else { throw .noPlace(pointer) }
                let known = Set([clash.base, clash.ours, clash.theirs].flatMap { $0?.arrayValue ?? [] })
                let chosen = value?.arrayValue ?? []
                guard chosen.allSatisfy(known.contains) else { throw .noPlace(pointer) }
                side.papers = side.papers.filter { $0.component != component }
                side.papers.formUnion(chosen.compactMap(\.stringValue).map { .init(component: component, sha256: $0) })
            } else {
                guard side.answers.place(value, at: pointer) else { throw .noPlace(pointer) }
            }
        }
        return side
    }
}

/// What a person has to decide of a dossier, and who did what when.
public struct Divergence: Codable, Equatable, Sendable {
    /// Who made a side, and when.
    public struct Hand: Codable, Equatable, Sendable {
        /// The operator's name, or `officer` or `kiosk` at the portal; nil where it is not known.
        public var by: String?
        /// When it was sealed here, or heard of from the portal (RFC 3339).
        public var at: String

        /// A hand.
        public init(by: String?, at: String) {
            self.by = by
            self.at = at
        }
    }

    /// What to decide.
    public var clashes: [Clash]
    /// What the form does not take of both sides' edits together.
    public var broken: [FormIssue]
    /// What was merged by itself.
    public var merged: [MergedChange]
    /// Who made ours.
    public var ours: Hand
    /// Who made theirs.
    public var theirs: Hand

    /// A divergence.
    public init(clashes: [Clash], broken: [FormIssue], merged: [MergedChange], ours: Hand, theirs: Hand) {
        self.clashes = clashes
        self.broken = broken
        self.merged = merged
        self.ours = ours
        self.theirs = theirs
    }
}

extension PortalDossier.HeldPaper {
    /// A paper of a dossier as the portal names it.
    public init(_ paper: Paper) { self.init(component: paper.component, sha256: paper.sha256) }
}
