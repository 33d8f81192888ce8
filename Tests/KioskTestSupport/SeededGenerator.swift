/// SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same numbers on every machine, so that a failure of a property
/// test can be repeated.
///
/// Print ``seed`` with the failure.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// What the sequence started from.
    public let seed: UInt64
    private var state: UInt64

    /// A generator that starts from a seed.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number of a range.
    public mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// Whether something with a chance of one in `count` happens.
    public mutating func oneIn(_ count: Int) -> Bool { int(1...count) == 1 }

    /// Bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) } }

    /// One of the elements; they must not be empty.
    public mutating func pick<T>(_ elements: [T]) -> T { elements[int(0...elements.count - 1)] }

    /// A copy of bytes with one to four random changes: a bit turned over, a byte set, put in, taken out, or a piece repeated.
    ///
    /// Half of the bytes that it writes are ones that mean something to a parser of text.
    public mutating func mutate(_ original: [UInt8]) -> [UInt8] {
        let meaningful = Array("\r\n\0 :;,/?#%.\"\\{}[]()0fF-+~\u{301}".utf8)
        var bytes = original
        for _ in 0..<int(1...4) {
            let byte = oneIn(2) ? pick(meaningful) : UInt8(truncatingIfNeeded: next())
            guard !bytes.isEmpty else {
                bytes = [byte]
                continue
            }
            let index = int(0...bytes.count - 1)
            switch int(0...4) {
            case 0: bytes[index] ^= 1 << UInt8(int(0...7))
            case 1: bytes[index] = byte
            case 2: bytes.insert(byte, at: index)
            case 3: bytes.removeSubrange(index..<min(bytes.count, index + int(1...8)))
            default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + int(1...16))], at: index)
            }
        }
        return bytes
    }
}
