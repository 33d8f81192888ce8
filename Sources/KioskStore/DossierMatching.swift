internal import FoundationEssentials
internal import Glibc
internal import KioskDomain

extension DossierIndex {
    /// The best answers to a query: whole words before beginnings, those with the diacritics typed before those without, the
    /// newest first among equals.
    ///
    /// - Returns: their ids, and how many there are in all.
    func find(_ query: SearchQuery, limit: Int) -> (ids: [UUID], total: Int) {
        guard !query.isEmpty, limit > 0 else { return ([], 0) }
        let width = vocabulary.forms.count
        var table = [UInt8](repeating: 0, count: width * query.words.count)
        for (term, typed) in query.words.enumerated() {
            for (number, forms) in vocabulary.forms.enumerated() {
                table[term * width + number] = forms.compactMap { $0.match(typed) }.max()?.rawValue ?? 0
            }
        }
        var best = BestOf(limit: limit)
        let needles = query.numbers.map { $0.map { Array($0.utf8) } }
        words.withUnsafeBufferPointer { words in
            table.withUnsafeBufferPointer { table in
                numbers.withUnsafeBytes { numbers in
                    for index in slots.indices where !slots[index].isFree {
                        let scorer = Scorer(
                            slot: slots[index], words: words, table: table, width: width, terms: query.words.count)
                        guard let names = scorer.score, let digits = scorer.score(of: needles, in: numbers) else { continue }
                        best.take(score: names + digits, updatedAt: slots[index].updatedAt, slot: index)
                    }
                }
            }
        }
        return (best.slots.map { slots[$0].id }, best.total)
    }

    /// How well one dossier answers.
    private struct Scorer {
        let slot: Slot
        let words: UnsafeBufferPointer<UInt32>
        let table: UnsafeBufferPointer<UInt8>
        let width: Int
        let terms: Int

        /// Nil where a word finds nothing; names that answer alone rank above those that do only together.
        var score: Int? {
            guard terms > 0 else { return 0 }
            let start = Int(slot.wordStart)
            let middle = start + Int(slot.subjectCount)
            let end = middle + Int(slot.applicantCount)
            let alone = max(sum(start..<middle) ?? 0, sum(middle..<end) ?? 0)
            if alone > 0 { return alone * 2 }
            return sum(start..<end)
        }

        private func sum(_ range: Range<Int>) -> Int? {
            var total = 0
            for term in 0..<terms {
                var best: UInt8 = 0
                for place in range { best = max(best, table[term * width + Int(words[place])]) }
                guard best > 0 else { return nil }
                total += Int(best)
            }
            return total
        }

        /// Nil where a number is not there; a whole one counts more than a piece.
        func score(of needles: [[[UInt8]]], in numbers: UnsafeRawBufferPointer) -> Int? {
            var total = 0
            for spellings in needles {
                guard let found = spellings.compactMap({ score(of: $0, in: numbers) }).max() else { return nil }
                total += found
            }
            return total
        }

        private func score(of needle: [UInt8], in numbers: UnsafeRawBufferPointer) -> Int? {
            let begin = Int(slot.numberStart)
            let end = begin + Int(slot.numberCount)
            guard let first = needle.first, let base = numbers.baseAddress, end - begin > needle.count else { return nil }
            var best: Int?
            for place in begin..<(end - needle.count) where numbers[place] == first {
                guard memcmp(base + place, needle, needle.count) == 0 else { continue }
                let begins = place == begin || numbers[place - 1] == UInt8(ascii: "\n")
                // What is kept ends with a line break, so there is always a byte behind.
                if begins, numbers[place + needle.count] == UInt8(ascii: "\n") { return 2 }
                best = 1
            }
            return best
        }
    }

    /// The best so many of what is offered.
    private struct BestOf {
        let limit: Int
        private(set) var total = 0
        private var kept: [(score: Int, updatedAt: Int, slot: Int)] = []

        var slots: [Int] { kept.map(\.slot) }

        init(limit: Int) { self.limit = limit }

        mutating func take(score: Int, updatedAt: Int, slot: Int) {
            total += 1
            if kept.count == limit, let worst = kept.last, (worst.score, worst.updatedAt) >= (score, updatedAt) { return }
            let place = kept.firstIndex { ($0.score, $0.updatedAt) < (score, updatedAt) } ?? kept.count
            kept.insert((score, updatedAt, slot), at: place)
            if kept.count > limit { kept.removeLast() }
        }
    }
}
