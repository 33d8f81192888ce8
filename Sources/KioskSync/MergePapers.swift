internal import JSONTree

extension Merge {
    /// Merges the papers of two copies, by component and digest.
    ///
    /// What one side added is there, what one side took out is gone. Where both took the same paper out and each put another in
    /// its place, the component is a ``Clash``; until a person decides, it holds ours.
    public static func papers(
        base: Set<PortalDossier.HeldPaper>, ours: Set<PortalDossier.HeldPaper>, theirs: Set<PortalDossier.HeldPaper>
    ) -> (papers: Set<PortalDossier.HeldPaper>, changes: [MergedChange], clashes: [Clash]) {
        var merged: Set<PortalDossier.HeldPaper> = []
        var changes: [MergedChange] = []
        var clashes: [Clash] = []
        for component in Set(base.union(ours).union(theirs).map(\.component)).sorted() {
            let (before, mine, other) = (base.of(component), ours.of(component), theirs.of(component))
            let pointer = JSONPointer(tokens: ["attachments", component])
            let bothTookOut = before.subtracting(mine).subtracting(other)
            if mine != other, !bothTookOut.isEmpty, !mine.subtracting(before).isEmpty, !other.subtracting(before).isEmpty {
                clashes.append(Clash(pointer: pointer, base: before.digests, ours: mine.digests, theirs: other.digests))
                merged.formUnion(mine)
                continue
            }
            merged.formUnion(mine.intersection(other).union(mine.subtracting(before)).union(other.subtracting(before)))
            if mine != before || other != before {
                let side: MergedChange.Side = mine == before ? .theirs : other == before ? .ours : .both
                changes.append(MergedChange(pointer: pointer, from: side))
            }
        }
        return (merged, changes, clashes)
    }
}

extension Set<PortalDossier.HeldPaper> {
    fileprivate func of(_ component: String) -> Self { filter { $0.component == component } }

    /// Their digests, sorted.
    fileprivate var digests: JSONValue { .array(map(\.sha256).sorted().map { .string($0) }) }
}
