internal import JSONTree

/// What differs between a procedure as a draft was begun with it and as it is now.
public struct ProcedureChange: Equatable, Sendable {
    /// Questions that are new.
    public var newFields: [LocalText]
    /// Questions that are no longer asked.
    public var goneFields: [LocalText]
    /// Papers that are new.
    public var newPapers: [LocalText]
    /// Papers that are no longer asked for.
    public var gonePapers: [LocalText]

    /// Nil where nothing differs that a dossier is judged by: questions, rules, papers, the law; other help texts are no change.
    public init?(from old: Procedure, to new: Procedure) {
        guard Judged(old) != Judged(new) else { return nil }
        newFields = Self.fields(of: new, besides: old)
        goneFields = Self.fields(of: old, besides: new)
        newPapers = Self.papers(of: new, besides: old)
        gonePapers = Self.papers(of: old, besides: new)
    }

    /// What a dossier is judged by.
    private struct Judged: Equatable {
        var applicant: JSONPointer
        var sections: [FormSection]
        var rules: [FormRule]
        var components: [Component]
        var editions: [Procedure.Edition]

        init(_ procedure: Procedure) {
            (applicant, rules, editions) = (procedure.applicant, procedure.rules, procedure.editions)
            sections = procedure.sections.map { section in
                var bare = section
                bare.title = LocalText(vi: "", en: "")
                bare.intro = nil
                for index in bare.fields.indices { bare.fields[index].help = nil }
                return bare
            }
            components = procedure.components.map { component in
                var bare = component
                bare.help = nil
                return bare
            }
        }
    }

    private static func fields(of procedure: Procedure, besides other: Procedure) -> [LocalText] {
        func all(_ procedure: Procedure) -> [(place: String, label: LocalText)] {
            procedure.sections.flatMap { section in
                section.fields.map { ((section.repeats?.pointer.description ?? "") + "|\($0.pointer)", $0.label) }
            }
        }
        let known = Set(all(other).map(\.place))
        return all(procedure).filter { !known.contains($0.place) }.map(\.label)
    }

    private static func papers(of procedure: Procedure, besides other: Procedure) -> [LocalText] {
        let known = Set(other.components.map(\.id))
        return procedure.components.filter { !known.contains($0.id) }.map(\.name)
    }
}
