public import JSONTree

/// Why portals and officers send dossiers back, and what is to be done about it (`procedures.md` §3.4).
public struct RejectionReason: Codable, Equatable, Sendable, Identifiable {
    /// Who can mend it.
    public enum Mender: String, Codable, Sendable, CaseIterable {
        /// The village head, at the counter.
        case counter
        /// The resident, who has to come or to bring something.
        case resident
        /// The commune police alone.
        case police
    }

    /// Its code in the list: `R01` to `R15`.
    public var id: String
    /// The contract's problem codes and codes of faults that it stands behind.
    public var codes: [String]?
    /// Names on the way to the field at fault, one of which has to be there for `codes` to mean this reason.
    public var within: [String]?
    /// Words by which it is known where only an officer's words tell it; Vietnamese, lower case.
    public var words: [String]?
    /// What it is, in a few words.
    public var name: LocalText
    /// What to do.
    public var advice: LocalText
    /// Who can mend it.
    public var mender: Mender
    /// What the resident has to bring; empty where nothing.
    public var bring: [LocalText]
    /// Whether a new picture of the page mends it.
    public var isBadScan: Bool?

    /// Whether it is the one for dossiers that came back without a word of why.
    var isUntold: Bool { (codes ?? []).isEmpty && (words ?? []).isEmpty }

    func check(at path: String) throws(JSONFault) {
        for (text, name) in [(self.name, "name"), (advice, "advice")] + bring.map({ ($0, "bring") })
        where text.vi.allSatisfy(\.isWhitespace) || text.en.allSatisfy(\.isWhitespace) {
            throw JSONFault("\(path)/\(name) says nothing in one of the languages")
        }
        guard within == nil || codes?.isEmpty == false else { throw JSONFault("\(path)/within is nothing without codes") }
        guard (words ?? []).allSatisfy({ !$0.isEmpty && $0 == $0.lowercased() }) else {
            throw JSONFault("\(path)/words are to be lower case")
        }
        guard mender == .counter || !bring.isEmpty else { throw JSONFault("\(path)/bring is empty: who comes has to know") }
    }
}

extension Catalogue {
    /// Why something came back.
    ///
    /// - Parameters:
    ///   - code: the code of the fault, or the problem's where there are no faults; nil for an officer's remark.
    ///   - pointer: the place in the answers.
    ///   - words: what the portal or the officer says.
    /// - Returns: nil where the catalogue knows no such reason; the words have to do then.
    public func reason(code: String?, at pointer: JSONPointer? = nil, words: String = "") -> RejectionReason? {
        let coded = (reasons ?? []).filter { reason in code.map { reason.codes?.contains($0) == true } ?? false }
        let tokens = pointer?.tokens ?? []
        if let near = coded.first(where: { $0.within?.contains(where: tokens.contains) == true }) { return near }
        if let plain = coded.first(where: { $0.within == nil }) { return plain }
        let text = words.lowercased()
        guard !text.allSatisfy(\.isWhitespace) else { return reasons?.first(where: \.isUntold) }
        return reasons?.first { $0.words?.contains(where: text.contains) == true }
    }

    func checkReasons() throws(JSONFault) {
        guard let reasons else { return }
        for reason in reasons { try reason.check(at: "/reasons/\(reason.id)") }
        guard Set(reasons.map(\.id)).count == reasons.count else { throw JSONFault("/reasons has an id twice") }
        guard reasons.count(where: \.isUntold) == 1 else {
            throw JSONFault("/reasons needs one, and only one, without codes and words: for what comes back without a word")
        }
    }
}
