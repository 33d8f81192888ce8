internal import FoundationEssentials
internal import KioskDomain

/// What the kiosk's dossiers are found by, in memory only and only while it is unlocked.
///
/// Built for a hundred thousand dossiers in some twenty megabytes: each distinct word and place is kept once, a dossier is a row of
/// numbers of them, and what has digits lies in one stretch of bytes.
struct DossierIndex {
    /// What is to be found of a dossier.
    struct Entry {
        var id: UUID
        var state: DossierState
        /// Milliseconds since 1970.
        var updatedAt: Int
        var label: DossierLabel
        var receipt: String?
        var code: String?
    }

    /// A part of an address and what it was answered.
    struct Place: Hashable {
        let level: PlaceLevel
        let text: String
    }

    struct Slot {
        var id: UUID
        var updatedAt: Int
        var wordStart: UInt32
        var numberStart: UInt32
        var numberCount: UInt16
        var subjectCount: UInt8
        var applicantCount: UInt8
        var placeCount: UInt8
        /// The state's place among all; ``free`` where the dossier is gone.
        var state: UInt8

        var isFree: Bool { state == Self.free }
        var nameCount: Int { Int(subjectCount) + Int(applicantCount) }
        var wordCount: Int { nameCount + Int(placeCount) }
        static let free = UInt8.max
    }

    /// The last change of the table of changes that is in here.
    var position = 0
    private(set) var slots: [Slot] = []
    private var slotOfID: [UUID: UInt32] = [:]
    /// The words of each slot: of the subject's name, of the applicant's, then its places.
    private(set) var words: [UInt32] = []
    /// The numbers of each slot, each ended by a line break.
    private(set) var numbers: [UInt8] = []
    private(set) var vocabulary = Vocabulary()
    private var places: [Place: UInt32] = [:]
    private var placeCounts: [(place: Place, count: Int)] = []
    private var spoilt = (words: 0, numbers: 0)

    var count: Int { slotOfID.count }

    static func number(of state: DossierState) -> UInt8 { UInt8(DossierState.allCases.firstIndex(of: state) ?? 0) }

    func slot(of id: UUID) -> Int? { slotOfID[id].map { Int($0) } }

    // MARK: Keeping it up to date

    /// Makes room for so many at once: arrays that grow leave holes behind.
    mutating func reserve(_ count: Int) {
        slots.reserveCapacity(count)
        slotOfID.reserveCapacity(count)
        words.reserveCapacity(count * 12)
        numbers.reserveCapacity(count * 96)
    }

    mutating func put(_ entry: Entry) {
        let subject = vocabulary.numbers(of: entry.label.subject)
        let applicant = vocabulary.numbers(of: entry.label.applicant)
        // What is half typed is nobody's place yet.
        let places = entry.state == .draft ? [] : entry.label.placeList.map { number(of: $0) }
        let digits = Self.text(of: entry)
        let old = slotOfID[entry.id].map { Int($0) }
        if let old { release(old) }
        let index = old ?? slots.count
        let slot = Slot(
            id: entry.id, updatedAt: entry.updatedAt, wordStart: UInt32(words.count), numberStart: UInt32(numbers.count),
            numberCount: UInt16(digits.count), subjectCount: UInt8(subject.count), applicantCount: UInt8(applicant.count),
            placeCount: UInt8(places.count), state: Self.number(of: entry.state))
        words += subject + applicant + places
        numbers += digits
        for place in places { placeCounts[Int(place)].count += 1 }
        if old == nil { slots.append(slot) } else { slots[index] = slot }
        slotOfID[entry.id] = UInt32(index)
        tidy()
    }

    mutating func remove(_ id: UUID) {
        guard let slot = slotOfID.removeValue(forKey: id).map({ Int($0) }) else { return }
        release(slot)
        slots[slot].state = Slot.free
    }

    private mutating func release(_ index: Int) {
        let slot = slots[index]
        for place in words[(Int(slot.wordStart) + slot.nameCount)..<(Int(slot.wordStart) + slot.wordCount)] {
            placeCounts[Int(place)].count -= 1
        }
        spoilt.words += slot.wordCount
        spoilt.numbers += Int(slot.numberCount)
    }

    /// Drops what no slot points at any more, once it is more than what they do.
    private mutating func tidy() {
        guard spoilt.words + spoilt.numbers > 65_536, spoilt.words * 2 > words.count || spoilt.numbers * 2 > numbers.count else {
            return
        }
        let (oldWords, oldNumbers) = (words, numbers)
        words = []
        numbers = []
        slots.removeAll { $0.isFree }
        for index in slots.indices {
            let slot = slots[index]
            slots[index].wordStart = UInt32(words.count)
            slots[index].numberStart = UInt32(numbers.count)
            words += oldWords[Int(slot.wordStart)..<(Int(slot.wordStart) + slot.wordCount)]
            numbers += oldNumbers[Int(slot.numberStart)..<(Int(slot.numberStart) + Int(slot.numberCount))]
            slotOfID[slot.id] = UInt32(index)
        }
        spoilt = (0, 0)
    }

    private static func text(of entry: Entry) -> [UInt8] {
        let kept = [entry.receipt, entry.code].compactMap(\.self).map(SearchQuery.compact) + (entry.label.numbers ?? [])
        return Array(kept.flatMap { Array($0.utf8.prefix(64)) + [UInt8(ascii: "\n")] }.prefix(4096))
    }

    // MARK: Places

    private mutating func number(of place: Place) -> UInt32 {
        if let known = places[place] { return known }
        let number = UInt32(placeCounts.count)
        places[place] = number
        placeCounts.append((place, 0))
        return number
    }

    /// The answers of a level of address, the most frequent first.
    func places(at level: PlaceLevel, limit: Int) -> [String] {
        placeCounts.filter { $0.place.level == level && $0.count > 0 }
            .sorted { ($1.count, $0.place.text) < ($0.count, $1.place.text) }.prefix(limit).map(\.place.text)
    }

    // MARK: Order of names

    /// The dossiers of a state by the name that a list shows, in Vietnamese order; those without a name last.
    ///
    /// One pass that keeps a page's worth: sorting them all would take ten times as long.
    ///
    /// - Parameter id: the last one of the page before.
    mutating func ordered(state: DossierState?, after id: UUID?, limit: Int) -> [UUID] {
        let wanted = state.map(Self.number)
        let ranks = vocabulary.ranks()
        func named(_ index: Int) -> Named { Named(key: key(of: slots[index], ranks: ranks), index: index) }
        let pivot = id.flatMap { slot(of: $0) }.map(named)
        var page: [Named] = []
        for index in slots.indices where !slots[index].isFree && (wanted == nil || slots[index].state == wanted) {
            let candidate = named(index)
            if let pivot, !precedes(pivot, candidate, ranks: ranks) { continue }
            if page.count == limit, let last = page.last, !precedes(candidate, last, ranks: ranks) { continue }
            page.insert(candidate, at: page.firstIndex { precedes(candidate, $0, ranks: ranks) } ?? page.count)
            if page.count > limit { page.removeLast() }
        }
        return page.map { slots[$0.index].id }
    }

    /// A slot with the ranks of given name, family name and the first word between, in one number.
    private struct Named {
        let key: UInt64
        let index: Int
    }

    private func name(of slot: Slot) -> Range<Int> {
        let start = Int(slot.wordStart)
        let subject = start + Int(slot.subjectCount)
        return slot.subjectCount > 0 ? start..<subject : subject..<(subject + Int(slot.applicantCount))
    }

    private func key(of slot: Slot, ranks: [UInt32]) -> UInt64 {
        let name = name(of: slot)
        guard !name.isEmpty else { return .max }
        func rank(_ place: Int) -> UInt64 { UInt64(min(ranks[Int(words[place])] + 1, 0x1F_FFFF)) }
        var key = rank(name.upperBound - 1) << 42
        if name.count > 1 { key |= rank(name.lowerBound) << 21 }
        if name.count > 2 { key |= rank(name.lowerBound + 1) }
        return key
    }

    /// By the key, then by the further words between, then the newer dossier first.
    private func precedes(_ a: Named, _ b: Named, ranks: [UInt32]) -> Bool {
        if a.key != b.key { return a.key < b.key }
        guard a.index != b.index else { return false }
        let (first, second) = (slots[a.index], slots[b.index])
        let further = (name(of: first).dropFirst(2).dropLast(), name(of: second).dropFirst(2).dropLast())
        for (one, other) in zip(further.0, further.1) where ranks[Int(words[one])] != ranks[Int(words[other])] {
            return ranks[Int(words[one])] < ranks[Int(words[other])]
        }
        if further.0.count != further.1.count { return further.0.count < further.1.count }
        if first.updatedAt != second.updatedAt { return first.updatedAt > second.updatedAt }
        return a.index > b.index
    }
}

/// The distinct words of names, each with a number.
struct Vocabulary {
    private var numbers: [String: UInt32] = [:]
    private(set) var forms: [[SearchWord]] = []
    private var keys: [[UInt8]] = []
    private var sorted: [UInt32] = []

    /// The longest name that counts, in words.
    private static let longest = 20

    mutating func numbers(of name: String) -> [UInt32] {
        name.lowercased().split(separator: " ").prefix(Self.longest).map { word in
            let word = String(word)
            if let known = numbers[word] { return known }
            let number = UInt32(forms.count)
            numbers[word] = number
            forms.append(SearchWord.forms(of: word))
            keys.append(VietnameseOrder.key(of: word))
            return number
        }
    }

    /// The place of each word in Vietnamese order; equal for words that differ by signs only.
    mutating func ranks() -> [UInt32] {
        guard sorted.count != keys.count else { return sorted }
        let order = keys.indices.sorted { keys[$0].lexicographicallyPrecedes(keys[$1]) }
        sorted = [UInt32](repeating: 0, count: keys.count)
        var rank: UInt32 = 0
        for (place, number) in order.enumerated() {
            if place > 0, keys[order[place - 1]] != keys[number] { rank += 1 }
            sorted[number] = rank
        }
        return sorted
    }
}
