/// Where two texts differ, letter by letter, for people who compare them.
///
/// A pure function. A letter is what a reader takes for one, its marks included, so that `ă` and `â` differ as a whole. It is the longest
/// common subsequence between what both begin and end with; a middle above ``mostCells`` is one difference, so that the work is bounded
/// whatever anybody typed.
public enum TextDifference {
    /// A piece of a text.
    public struct Piece: Equatable, Sendable {
        /// The letters.
        public var text: String
        /// Whether the other text has it in the same order.
        public var isCommon: Bool

        /// A piece.
        public init(_ text: String, isCommon: Bool) {
            self.text = text
            self.isCommon = isCommon
        }
    }

    /// The product of both middles' lengths up to which they are compared letter by letter: two texts of a thousand letters.
    public static let mostCells = 1_000_000

    /// The pieces of both texts; put together they are the texts.
    public static func between(_ first: String, _ second: String) -> (first: [Piece], second: [Piece]) {
        let (one, other) = (Array(first), Array(second))
        var start = 0
        while start < min(one.count, other.count), one[start] == other[start] { start += 1 }
        var end = 0
        while end < min(one.count, other.count) - start, one[one.count - 1 - end] == other[other.count - 1 - end] { end += 1 }
        let (middle, counterpart) = (one[start..<one.count - end], other[start..<other.count - end])
        let (kept, keptThere) = common(Array(middle), Array(counterpart))
        let head = [Bool](repeating: true, count: start)
        let tail = [Bool](repeating: true, count: end)
        return (pieces(one, head + kept + tail), pieces(other, head + keptThere + tail))
    }

    /// Which letters of each belong to a longest common subsequence.
    private static func common(_ one: [Character], _ other: [Character]) -> ([Bool], [Bool]) {
        var (kept, keptThere) = ([Bool](repeating: false, count: one.count), [Bool](repeating: false, count: other.count))
        guard !one.isEmpty, !other.isEmpty, one.count * other.count <= mostCells else { return (kept, keptThere) }
        let width = other.count + 1
        // Lengths of the longest common subsequences of what is left from each place on.
        var lengths = [Int32](repeating: 0, count: (one.count + 1) * width)
        for row in stride(from: one.count - 1, through: 0, by: -1) {
            for column in stride(from: other.count - 1, through: 0, by: -1) {
                lengths[row * width + column] =
                    one[row] == other[column]
                    ? lengths[(row + 1) * width + column + 1] + 1
                    : max(lengths[(row + 1) * width + column], lengths[row * width + column + 1])
            }
        }
        var (row, column) = (0, 0)
        while row < one.count, column < other.count {
            if one[row] == other[column] {
                (kept[row], keptThere[column]) = (true, true)
                (row, column) = (row + 1, column + 1)
            } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
                row += 1
            } else {
                column += 1
            }
        }
        return (kept, keptThere)
    }

    private static func pieces(_ text: [Character], _ isCommon: [Bool]) -> [Piece] {
        var pieces: [Piece] = []
        for (letter, isCommon) in zip(text, isCommon) {
            if let last = pieces.indices.last, pieces[last].isCommon == isCommon {
                pieces[last].text.append(letter)
            } else {
                pieces.append(Piece(String(letter), isCommon: isCommon))
            }
        }
        return pieces
    }
}
