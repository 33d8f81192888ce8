internal import Synchronization

/// The body of a request, read as it is sent: a long piece of a file needs no memory.
public final class OutgoingBytes: Sendable {
    /// Writes bytes from an offset on into a space, as many as are at hand; returns how many, none where the end is missing.
    public typealias Source = @Sendable (_ offset: Int, _ space: UnsafeMutableRawBufferPointer) throws -> Int

    /// How many bytes there are.
    public let count: Int
    private let source: Source
    private let failed = Mutex<(any Error)?>(nil)

    /// So many bytes of a source, which is asked by one reader at a time, but by more than one in turn: a request may be made again.
    public init(count: Int, source: @escaping Source) {
        self.count = count
        self.source = source
    }

    /// Bytes that are in memory.
    public convenience init(_ bytes: [UInt8]) {
        self.init(count: bytes.count) { offset, space in
            let count = min(space.count, bytes.count - offset)
            space.copyBytes(from: bytes[offset..<(offset + count)])
            return count
        }
    }

    /// Why they could not be read, in whichever request that was.
    public var fault: (any Error)? { failed.withLock { $0 } }

    /// Reads on from an offset.
    ///
    /// - Returns: how many bytes are in the space now; none only at the end. Nil where they cannot be read, which ``fault`` tells of.
    public func read(from offset: Int, into space: UnsafeMutableRawBufferPointer) -> Int? {
        let left = UnsafeMutableRawBufferPointer(rebasing: space.prefix(count - offset))
        guard !left.isEmpty else { return 0 }
        do {
            let count = try source(offset, left)
            // A body whose end is missing would be sent short for ever.
            guard count > 0 else { throw DamagedHere() }
            return count
        } catch {
            failed.withLock { $0 = error }
            return nil
        }
    }

    /// All of them at once; nil as of ``read(from:into:)``.
    public func all() -> [UInt8]? {
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { space, filled in
            while isWhole, filled < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(space)[filled..<count])
                let more = read(from: filled, into: rest) ?? 0
                isWhole = more > 0
                filled += more
            }
        }
        return isWhole ? bytes : nil
    }
}
