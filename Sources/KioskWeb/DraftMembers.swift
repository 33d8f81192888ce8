internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

/// What a button beside a member of a list does.
///
/// The member is named by its address, which stays its own whatever another page does to the list in the meantime.
struct MemberChange {
    enum Kind: String {
        case remove
        /// One place towards the first.
        case up
        /// One place towards the last.
        case down
    }
    let kind: Kind
    let address: String

    init(_ kind: Kind, _ address: String) { (self.kind, self.address) = (kind, address) }

    /// A button's value, such as `up:/members/@m1`; nil where the button does something else.
    init?(_ action: String) {
        let parts = action.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])) else { return nil }
        self.init(kind, String(parts[1]))
    }

    /// The button's value.
    var action: String { "\(kind.rawValue):\(address)" }
    /// The button's place on its page.
    var anchor: String { "\(kind.rawValue)-\(Addresses.anchor(address))" }
}

extension Draft {
    mutating func addMember(_ id: String, to list: FormSection.Repetition) {
        var members = answers[list.pointer]?.arrayValue ?? []
        guard members.count < list.maximum else { return }
        members.append(["id": .string(id)])
        answers.set(.array(members), at: list.pointer)
    }

    /// Removes or moves a member; the reasons of all members stay with them.
    ///
    /// Nothing happens where the member is gone or has no place to move to. The order of the list is the order that is filed.
    mutating func change(_ change: MemberChange, in list: FormSection.Repetition, of procedure: Procedure) {
        let depth = list.pointer.tokens.count
        var members = answers[list.pointer]?.arrayValue ?? []
        guard let pointer = Addresses(procedure: procedure, answers: answers).pointer(of: change.address),
            pointer.isInside(list.pointer), pointer.tokens.count == depth + 1, let index = Int(pointer.tokens[depth]),
            members.indices.contains(index)
        else { return }
        switch change.kind {
        case .remove:
            members.remove(at: index)
            renumberReasons(in: list) { $0 == index ? nil : $0 > index ? $0 - 1 : $0 }
        case .up, .down:
            let other = change.kind == .up ? index - 1 : index + 1
            guard members.indices.contains(other) else { return }
            members.swapAt(index, other)
            renumberReasons(in: list) { $0 == index ? other : $0 == other ? index : $0 }
        }
        answers.set(.array(members), at: list.pointer)
    }

    /// Puts the reasons of a list's members where the members went; those of a member that is gone go too.
    private mutating func renumberReasons(in list: FormSection.Repetition, _ place: (Int) -> Int?) {
        let depth = list.pointer.tokens.count
        var kept: [String: String] = [:]
        for (key, reason) in reasons {
            guard var pointer = JSONPointer(key), pointer.isInside(list.pointer), pointer.tokens.count > depth,
                let index = Int(pointer.tokens[depth])
            else {
                kept[key] = reason
                continue
            }
            guard let moved = place(index) else { continue }
            pointer.tokens[depth] = String(moved)
            kept[pointer.description] = reason
        }
        reasons = kept
    }
}

extension Visit {
    /// A member's heading with the buttons that move and remove it.
    func memberHead(_ list: FormSection.Repetition, index: Int, count: Int, address: String) -> HTML {
        let name = "\(say(list.member)) \(index + 1)"
        func button(_ kind: MemberChange.Kind, _ sign: HTML, _ words: String) -> HTML {
            let change = MemberChange(kind, address)
            return """
                <button class="button small\(" danger", when: kind == .remove)" id="\(change.anchor)" name="do" value="\(change.action)">\(
                    sign)\(words)<span class="unseen"> \(name)</span></button>
                """
        }
        let up: HTML = index == 0 ? "" : button(.up, arrow("↑"), say("Lên", "Up"))
        let down: HTML = index == count - 1 ? "" : button(.down, arrow("↓"), say("Xuống", "Down"))
        let remove: HTML = count <= list.minimum ? "" : button(.remove, "", say("Xóa người này", "Remove"))
        return """
            <div class="member-head"><h2>\(name)</h2><div class="member-tools">\(up)\(down)\(remove)</div></div>
            """
    }

    private func arrow(_ sign: String) -> HTML { "<span aria-hidden=\"true\">\(sign)</span>" }

    /// Where a page opens after a member was moved or removed, as the end of its address.
    ///
    /// It is the button that was pressed, so that a browser puts the focus there and a member goes several places up by pressing on.
    func place(after change: MemberChange, in view: DraftView) -> String {
        guard change.kind != .remove, let pointer = view.addresses.pointer(of: change.address), let last = pointer.tokens.last,
            let count = view.draft.answers[JSONPointer(tokens: pointer.tokens.dropLast())]?.arrayValue?.count
        else { return "" }
        let isAtEnd = change.kind == .up ? last == "0" : last == String(count - 1)
        let button = isAtEnd ? MemberChange(change.kind == .up ? .down : .up, change.address) : change
        return "#\(button.anchor)"
    }
}
