public import JSONTree
public import KioskDomain

/// The three-way merge of two documents that were changed apart, field by field, against what both started from.
///
/// A pure function of its inputs, with these rules, each of which the tests hold as a law:
/// - A field that one side changed gets that side's value; one that both changed alike gets it too.
/// - A field that both changed to different values is a ``Clash``; until a person decides, the merged value holds ours.
///   Deleting against editing is a clash like any other.
/// - A field that the national database owns (``MergePolicy``) follows the portal where both sides have a value and mean the
///   same person: the same citizen number, or, for the number itself, the same name. Ours is kept in
///   ``MergedChange/overruled``. Where one side put another person there it is a clash: no name goes with another's number.
/// - An array whose elements are objects that each have an `id` of their own is a list of members: they are merged by that
///   `id`, not by position. A member that one side removed and the other changed is a clash as a whole. Any other array is one
///   value.
/// - Order is three-way too: the side that moved members gives the order, and what one side added stays behind the member that it
///   stood behind there. Two runs of new members at one place stand by their ids, so that both sides come to the same
///   list. Where both sides moved members differently the portal's order stands: an order says nothing about a resident.
///
/// Pointers name a member by `@id` in the place of its number, as the form's pages do.
public enum Merge {
    /// Merges two documents.
    ///
    /// - Parameters:
    ///   - base: what both started from; nil where nothing is known of it, so that every difference is a clash.
    ///   - ours: what this side made of it; nil where it removed it whole.
    ///   - theirs: what the other side made of it.
    public static func merge(base: JSONValue?, ours: JSONValue?, theirs: JSONValue?, policy: MergePolicy) -> MergeResult {
        var merger = Merger(policy: policy)
        let value = merger.merge(base, ours, theirs, at: JSONPointer(tokens: []))
        return MergeResult(value: value, changes: merger.changes, clashes: merger.clashes)
    }
}

/// Which fields the national database owns.
public struct MergePolicy: Sendable {
    private let owned: Set<JSONPointer>

    /// No field: every difference goes to a person.
    public static let resident = MergePolicy(owned: [])

    /// These fields; `@` stands for any member of a list.
    public init(owned: Set<JSONPointer>) { self.owned = owned }

    /// The fields of a procedure's form that have `"authority": "portal"`.
    public init(_ procedure: Procedure) {
        owned = Set(
            procedure.sections.flatMap { section in
                let list = section.repeats.map { $0.pointer.tokens + ["@"] } ?? []
                return section.fields.filter { $0.authority == .portal }.map { JSONPointer(tokens: list + $0.pointer.tokens) }
            })
    }

    func portalOwns(_ pointer: JSONPointer) -> Bool {
        owned.contains(JSONPointer(tokens: pointer.tokens.map { $0.hasPrefix("@") ? "@" : $0 }))
    }
}

/// What a merge gives.
public struct MergeResult: Equatable, Sendable {
    /// The merged document, ours where a clash is not decided yet; nil where nothing is left.
    public var value: JSONValue?
    /// What differs from the base in it, and which side it came from.
    public var changes: [MergedChange]
    /// What a person has to decide.
    public var clashes: [Clash]
}

/// A change that a merge took by itself.
public struct MergedChange: Codable, Equatable, Sendable {
    /// Which side made a change.
    public enum Side: String, Codable, Sendable {
        /// This kiosk.
        case ours
        /// The portal.
        case theirs
        /// Both, alike.
        case both
        /// Neither: the person who settled a clash gave another value.
        case person
    }
    /// The field, a whole member that was added or removed, or a list whose order changed; `/attachments/<component>` for papers.
    public var pointer: JSONPointer
    /// Which side made it.
    public var from: Side
    /// What this kiosk had there, where the portal's authority or its order stood over it.
    public var overruled: JSONValue?

    /// A change.
    public init(pointer: JSONPointer, from: Side, overruled: JSONValue? = nil) {
        self.pointer = pointer
        self.from = from
        self.overruled = overruled
    }
}

/// A field that both sides changed, each in its own way.
public struct Clash: Codable, Equatable, Sendable {
    /// The field, or a whole member (`/members/@id`), or `/attachments/<component>` with the digests of its papers.
    public var pointer: JSONPointer
    /// What both started from; nil where it was not there.
    public var base: JSONValue?
    /// What stands here; nil where it was removed.
    public var ours: JSONValue?
    /// What the portal has; nil where it was removed there.
    public var theirs: JSONValue?

    /// A clash.
    public init(pointer: JSONPointer, base: JSONValue?, ours: JSONValue?, theirs: JSONValue?) {
        self.pointer = pointer
        self.base = base
        self.ours = ours
        self.theirs = theirs
    }
}

private struct Merger {
    let policy: MergePolicy
    var changes: [MergedChange] = []
    var clashes: [Clash] = []

    /// - Parameter isOnePerson: whether the object around this field means the same person on both sides.
    mutating func merge(
        _ base: JSONValue?, _ ours: JSONValue?, _ theirs: JSONValue?, at pointer: JSONPointer, isOnePerson: Bool = true
    ) -> JSONValue? {
        if ours == theirs {
            note(base, ours, from: .both, at: pointer)
            return ours
        }
        if ours == base {
            note(base, theirs, from: .theirs, at: pointer)
            return theirs
        }
        if theirs == base {
            note(base, ours, from: .ours, at: pointer)
            return ours
        }
        let isWholeOnBothSides = ours != nil && theirs != nil
        if let mine = ours.fields(besides: base), let other = theirs.fields(besides: base) {
            let merged = mergeFields(base?.objectValue ?? [:], mine, other, at: pointer)
            return merged.isEmpty && !isWholeOnBothSides ? nil : .object(merged)
        }
        if let mine = ours.members(besides: base), let other = theirs.members(besides: base), let before = base.formerMembers {
            let merged = mergeMembers(before, mine, other, at: pointer)
            return merged.isEmpty && !isWholeOnBothSides ? nil : .array(merged)
        }
        if isWholeOnBothSides, isOnePerson, policy.portalOwns(pointer) {
            changes.append(MergedChange(pointer: pointer, from: .theirs, overruled: ours))
            return theirs
        }
        clashes.append(Clash(pointer: pointer, base: base, ours: ours, theirs: theirs))
        return ours
    }

    private mutating func mergeFields(
        _ base: [String: JSONValue], _ ours: [String: JSONValue], _ theirs: [String: JSONValue], at pointer: JSONPointer
    ) -> [String: JSONValue] {
        var merged: [String: JSONValue] = [:]
        for name in Set(base.keys).union(ours.keys).union(theirs.keys).sorted() {
            let witness = name == "citizenId" ? "fullName" : "citizenId"
            merged[name] = merge(
                base[name], ours[name], theirs[name], at: pointer.appending(name), isOnePerson: ours[witness] == theirs[witness])
        }
        return merged
    }

    private mutating func mergeMembers(_ base: MemberList, _ ours: MemberList, _ theirs: MemberList, at pointer: JSONPointer)
        -> [JSONValue]
    {
        var merged: [String: JSONValue] = [:]
        for id in Set(base.ids).union(ours.ids).union(theirs.ids).sorted() {
            let place = pointer.appending("@" + id)
            let (before, mine, other) = (base[id], ours[id], theirs[id])
            if mine != nil, other != nil {
                merged[id] = merge(before, mine, other, at: place)
            } else if mine == other {
                changes.append(MergedChange(pointer: place, from: .both))
            } else if mine == before || other == before {
                // Added by one side, or removed by one and left alone by the other.
                let isOurs = other == before
                changes.append(MergedChange(pointer: place, from: isOurs ? .ours : .theirs))
                merged[id] = isOurs ? mine : other
            } else {
                clashes.append(Clash(pointer: place, base: before, ours: mine, theirs: other))
                merged[id] = mine
            }
        }
        return order(base, ours, theirs, of: Set(merged.keys), at: pointer).compactMap { merged[$0] }
    }

    /// The order of the members that are left.
    private mutating func order(
        _ base: MemberList, _ ours: MemberList, _ theirs: MemberList, of left: Set<String>, at pointer: JSONPointer
    ) -> [String] {
        let common = left.intersection(ours.ids).intersection(theirs.ids)
        let (mine, other) = (ours.ids.filter(common.contains), theirs.ids.filter(common.contains))
        let before = base.ids.filter(common.contains)
        let old = Set(before)
        let weMoved = mine.filter(old.contains) != before
        let theyMoved = other.filter(old.contains) != before
        let skeleton = weMoved && !theyMoved ? mine : other
        if weMoved != theyMoved {
            changes.append(MergedChange(pointer: pointer, from: weMoved ? .ours : .theirs))
        } else if mine != other {
            changes.append(MergedChange(pointer: pointer, from: .theirs, overruled: .array(mine.map { .string($0) })))
        } else if weMoved {
            changes.append(MergedChange(pointer: pointer, from: .both))
        }
        let runs = [ours.ids, theirs.ids].map { ids in
            var runs: [String: [String]] = [:]
            var last = ""
            for id in ids where left.contains(id) {
                if common.contains(id) { last = id } else { runs[last, default: []].append(id) }
            }
            return runs
        }
        return ([""] + skeleton).flatMap { id in
            let added = runs.compactMap { $0[id] }.sorted { ($0.first ?? "") < ($1.first ?? "") }
            return (id.isEmpty ? [] : [id]) + added.flatMap(\.self)
        }
    }

    /// Notes each field in which one side's value differs from the base.
    private mutating func note(_ base: JSONValue?, _ value: JSONValue?, from side: MergedChange.Side, at pointer: JSONPointer) {
        guard base != value else { return }
        if let before = base.fields(besides: value), let after = value.fields(besides: base) {
            for name in Set(before.keys).union(after.keys).sorted() {
                note(before[name], after[name], from: side, at: pointer.appending(name))
            }
        } else if let before = base.members(besides: value), let after = value.members(besides: base) {
            for id in Set(before.ids).union(after.ids).sorted() {
                let place = pointer.appending("@" + id)
                if before[id] != nil, after[id] != nil {
                    note(before[id], after[id], from: side, at: place)
                } else {
                    changes.append(MergedChange(pointer: place, from: side))
                }
            }
            let stayed = Set(before.ids).intersection(after.ids)
            if before.ids.filter(stayed.contains) != after.ids.filter(stayed.contains) {
                changes.append(MergedChange(pointer: pointer, from: side))
            }
        } else {
            changes.append(MergedChange(pointer: pointer, from: side))
        }
    }
}

/// The members of a list by their ids, in its order.
private struct MemberList {
    let ids: [String]
    private let members: [String: JSONValue]

    static let empty = MemberList(pairs: [])

    private init(pairs: [(String, JSONValue)]) {
        ids = pairs.map(\.0)
        members = Dictionary(pairs) { first, _ in first }
    }

    /// Nil where an element has no id, or two have the same.
    init?(_ elements: [JSONValue]) {
        let pairs = elements.compactMap { element in element["id"]?.stringValue.map { ($0, element) } }
        self.init(pairs: pairs)
        guard pairs.count == elements.count, members.count == elements.count, members[""] == nil else { return nil }
    }

    subscript(id: String) -> JSONValue? { members[id] }
}

extension JSONValue? {
    /// The fields of an object; none of one that is not there while the other side's is an object.
    fileprivate func fields(besides other: JSONValue?) -> [String: JSONValue]? {
        self == nil && other?.objectValue != nil ? [:] : self?.objectValue
    }

    /// The members of a list; none of one that is not there while the other side's is a list.
    fileprivate func members(besides other: JSONValue?) -> MemberList? {
        guard let value = self else { return other?.arrayValue == nil ? nil : MemberList.empty }
        return value.arrayValue.flatMap { MemberList($0) }
    }

    /// The members that a list had before; none where there was none.
    fileprivate var formerMembers: MemberList? {
        guard let elements = self?.arrayValue else { return MemberList.empty }
        return MemberList(elements)
    }
}
