public import KioskSync
internal import KioskVault
internal import SQLiteAccess
internal import Synchronization

extension UnlockedStore {
    /// A piece of a file, opened as it is sent (``Outbox/piece(of:from:count:)``).
    ///
    /// Whoever reads it waits for the disk.
    public func piece(of attachment: String, from offset: Int, count: Int) -> OutgoingBytes {
        let reader = PieceReader(attachment: attachment, chunks: store.chunks, vault: vault)
        return OutgoingBytes(count: count) { done, space in try reader.read(from: offset + done, into: space) }
    }
}

/// Opens the chunks of a file one after another.
private final class PieceReader: Sendable {
    private let attachment: String
    private let chunks: ChunkFile
    private let vault: Vault
    /// The chunk that was read in part.
    private let last = Mutex<(number: Int, plain: [UInt8])?>(nil)

    init(attachment: String, chunks: ChunkFile, vault: Vault) {
        self.attachment = attachment
        self.chunks = chunks
        self.vault = vault
    }

    /// Bytes from an offset on.
    ///
    /// - Throws: `DamagedHere`, ``StoreError``.
    func read(from offset: Int, into space: UnsafeMutableRawBufferPointer) throws -> Int {
        let (number, begin) = offset.quotientAndRemainder(dividingBy: UnlockedStore.chunkSize)
        return try last.withLock { last in
            if begin == 0 {
                // Whole chunks are opened where they go.
                let count = try open(from: number, into: space)
                if count > 0 { return count }
            }
            if last?.number != number { last = (number, try open(number)) }
            guard let plain = last?.plain, begin < plain.count else { return 0 }
            let count = min(space.count, plain.count - begin)
            space.copyBytes(from: plain[begin..<(begin + count)])
            return count
        }
    }

    private func open(from number: Int, into space: UnsafeMutableRawBufferPointer) throws -> Int {
        // A raw pointer is not `Sendable`; who lends the space waits until it is filled, so it is nobody else's meanwhile.
        struct Lent: @unchecked Sendable { let space: UnsafeMutableRawBufferPointer }
        let lent = Lent(space: space)
        return try chunks.readAtOnce { db in
            try db.openChunks(from: number, of: attachment, vault: vault, into: lent.space)
        }
    }

    private func open(_ number: Int) throws -> [UInt8] {
        try chunks.readAtOnce { db in
            var plain: [UInt8] = []
            guard try db.openChunk(number, of: attachment, vault: vault, appendingTo: &plain) else { throw DamagedHere() }
            return plain
        }
    }
}
