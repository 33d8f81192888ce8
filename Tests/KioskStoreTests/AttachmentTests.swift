import Foundation
import KioskSync
import KioskTestSupport
import KioskVault
import SQLiteAccess
import Testing

@testable import KioskStore

@Suite struct AttachmentTests {
    @Test func `pieces of an upload end where chunks do`() {
        #expect(UnlockedStore.chunkSize == UploadMachine.alignment)
    }

    @Test func `any bytes of a file come back, from any offset`() async throws {
        let kiosk = try await Kiosk()
        var random = SeededGenerator(seed: 256)
        let chunk = 256 * 1024
        for size in [1, 1000, chunk - 1, chunk, chunk + 1, 2 * chunk, 2 * chunk + 77_777] {
            let bytes = random.bytes(size)
            let writer = try await kiosk.store.newAttachment(limit: size, now: morning)
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = random.int(1...200_000)
                try await writer.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            let file = try await writer.finish(now: morning)
            let sha256 = Hex.encode(try SHA256Digest.of(bytes))
            #expect(file.size == size && file.sha256 == sha256)
            for _ in 0..<30 {
                let offset =
                    random.oneIn(4) ? random.pick([0, chunk - 1, chunk, size - 1, size, size + 1]) : random.int(0...size)
                let count = random.oneIn(4) ? random.pick([0, 1, chunk, chunk + 1, 3 * chunk]) : random.int(0...size)
                let read = try await kiosk.store.bytes(of: file.attachment, from: offset, count: count)
                #expect(
                    read == Array(bytes.dropFirst(offset).prefix(count)), "\(offset)+\(count) of \(size), seed \(random.seed)")
            }
        }
    }

    @Test func `the same file is stored once`() async throws {
        let kiosk = try await Kiosk()
        let first = try await kiosk.file([1, 2, 3])
        let second = try await kiosk.file([1, 2, 3])
        let other = try await kiosk.file([1, 2, 4])
        #expect(first == second && first.attachment != other.attachment)
        #expect(try kiosk.count("SELECT count(*) FROM attachments") == 2)
        #expect(try kiosk.chunkCount() == 2)
    }

    @Test func `an empty and a too large file leave nothing`() async throws {
        let kiosk = try await Kiosk()
        guard case .emptyFile = await failure(of: { _ = try await kiosk.file([]) }),
            case .fileTooLarge(limit: 3) = await failure(of: { _ = try await kiosk.file([1, 2, 3, 4], limit: 3) })
        else {
            Issue.record("another error")
            return
        }
        #expect(try kiosk.count("SELECT count(*) FROM attachments") == 0)
        #expect(try await kiosk.file([1, 2, 3], limit: 3).size == 3)
    }

    @Test func `a half-written file goes later, not while it may still be written`() async throws {
        let kiosk = try await Kiosk()
        let writer = try await kiosk.store.newAttachment(limit: 1 << 24, now: morning)
        // The second piece is taken once the first is written.
        for _ in 0..<2 { try await writer.append([UInt8](repeating: 1, count: 3 << 20)) }
        try await kiosk.store.purgeOrphans(olderThan: morning)
        #expect(try kiosk.chunkCount() > 7, "begun at that very moment")
        try await kiosk.store.purgeOrphans(olderThan: morning.addingTimeInterval(1))
        #expect(try kiosk.count("SELECT count(*) FROM attachments") == 0)
        #expect(try kiosk.chunkCount() == 0)
    }

    @Test func `files of dossiers are never purged`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.birth()
        try await kiosk.store.purgeOrphans(olderThan: morning.addingTimeInterval(1e9))
        #expect(try await kiosk.store.papers(of: id).count == 3)
    }

    @Test func `a piece is what its file has there, into whatever space it is read`() async throws {
        let kiosk = try await Kiosk()
        var random = SeededGenerator(seed: 1024)
        let chunk = 256 * 1024
        for size in [1, 1000, chunk, chunk + 1, 3 * chunk, 4 * chunk + 77_777] {
            let bytes = random.bytes(size)
            let file = try await kiosk.file(bytes)
            for _ in 0..<20 {
                let offset = random.oneIn(2) ? random.int(0...(size / chunk)) * chunk : random.int(0...(size - 1))
                let count = random.oneIn(2) ? size - offset : random.int(0...(size - offset))
                let piece = kiosk.store.piece(of: file.attachment, from: min(offset, size), count: max(0, count))
                let spaces = [1 + random.int(0...size), chunk, 2 * chunk, 4 * chunk, 5 * chunk + 1]
                var read: [UInt8] = []
                while read.count < piece.count {
                    let space = UnsafeMutableRawBufferPointer.allocate(byteCount: random.pick(spaces), alignment: 16)
                    defer { space.deallocate() }
                    let more = try #require(piece.read(from: read.count, into: space))
                    try #require(more > 0)
                    read += space.prefix(more)
                }
                #expect(
                    read == Array(bytes.dropFirst(offset).prefix(count)) && piece.all() == read,
                    "\(offset)+\(count) of \(size), seed \(random.seed)")
            }
        }
    }

    private func isRefused(_ kiosk: Kiosk, _ file: UnlockedStore.StoredFile) async -> Bool {
        // As a page reads it, and as it is sent.
        let piece = kiosk.store.piece(of: file.attachment, from: 0, count: file.size)
        guard piece.all() == nil, piece.fault is DamagedHere else { return false }
        do {
            _ = try await kiosk.store.bytes(of: file.attachment, from: 0, count: 1 << 20)
            return false
        } catch {
            return error is DamagedHere
        }
    }

    @Test func `a changed, swapped or foreign chunk does not open`() async throws {
        let kiosk = try await Kiosk()
        var random = SeededGenerator(seed: 3)
        let file = try await kiosk.file(random.bytes(600_000))
        let other = try await kiosk.file(random.bytes(600_000))
        let sealed = try kiosk.chunks {
            try $0.all("SELECT sealed FROM attachment_chunks WHERE attachment_id = \(file.attachment) ORDER BY number") {
                $0.blob(0)
            }
        }
        #expect(sealed.count == 3)
        func set(_ number: Int, _ bytes: [UInt8]) throws {
            try kiosk.chunks { db in
                try db.run(
                    "UPDATE attachment_chunks SET sealed = \(bytes) WHERE attachment_id = \(file.attachment) AND number = \(number)"
                )
            }
        }
        var changed = sealed[0]
        changed[1000] ^= 1
        try set(0, changed)
        #expect(await isRefused(kiosk, file))
        try set(0, sealed[1])
        try set(1, sealed[0])
        #expect(await isRefused(kiosk, file), "two chunks of one file swapped")
        let foreign = try kiosk.chunks { db in
            try db.first("SELECT sealed FROM attachment_chunks WHERE attachment_id = \(other.attachment) AND number = 0") {
                $0.blob(0)
            }
        }
        try set(1, sealed[1])
        try set(0, try #require(foreign))
        #expect(await isRefused(kiosk, file), "a chunk of another file")
        try kiosk.chunks { try $0.run("DELETE FROM attachment_chunks WHERE attachment_id = \(file.attachment) AND number = 2") }
        try set(0, sealed[0])
        #expect(await isRefused(kiosk, file), "a chunk that is gone")
        try kiosk.chunks {
            try $0.run(
                "INSERT INTO attachment_chunks (attachment_id, number, sealed) VALUES (\(file.attachment), 2, \(sealed[2]))")
        }
        #expect(try await kiosk.store.bytes(of: file.attachment, from: 0, count: 1 << 20).count == 600_000)
    }

    @Test func `a file that is swept while it is written is not one of the store's`() async throws {
        let kiosk = try await Kiosk()
        let writer = try await kiosk.store.newAttachment(limit: 1 << 24, now: morning)
        try await writer.append([UInt8](repeating: 1, count: 3 << 20))
        try await kiosk.store.purgeOrphans(olderThan: morning.addingTimeInterval(1))
        #expect(await failure(of: { _ = try await writer.finish(now: morning) }) != nil)
        #expect(try kiosk.count("SELECT count(*) FROM attachments") == 0)
    }

    @Test func `a data folder whose file of papers is gone says so and makes no new one`() async throws {
        let kiosk = try await Kiosk()
        _ = try await kiosk.birth()
        let papers = kiosk.folder.file("attachments.sqlite")
        try FileManager.default.removeItem(atPath: papers)
        let error = await failure(of: { _ = try KioskStore.open(folder: kiosk.folder.path) })
        guard case .database(let error) = error else {
            Issue.record("another error")
            return
        }
        #expect(error.kind == .damaged && error.description.contains("attachments.sqlite"))
        #expect(!FileManager.default.fileExists(atPath: papers))
    }

    @Test func `chunks that an older program kept with the records are taken over`() async throws {
        let kiosk = try await Kiosk()
        var random = SeededGenerator(seed: 7)
        let bytes = random.bytes(9 * 256 * 1024 + 1)
        let file = try await kiosk.file(bytes)
        let rows = try kiosk.chunks { db in
            try db.all("SELECT attachment_id, number, sealed FROM attachment_chunks") { ($0.text(0), $0.int(1), $0.blob(2)) }
        }
        #expect(rows.count == 10)
        try kiosk.database { db in
            // As schema version 6 had it.
            try db.runScript(Kiosk.withoutRunRecords)
            try db.runScript(
                """
                CREATE TABLE attachment_chunks (id INTEGER PRIMARY KEY, attachment_id TEXT NOT NULL, number INTEGER NOT NULL,
                    sealed BLOB NOT NULL, UNIQUE (attachment_id, number)) STRICT;
                DROP INDEX attachments_released;
                ALTER TABLE operators DROP COLUMN file_failures; ALTER TABLE operators DROP COLUMN file_failed_at;
                PRAGMA user_version = 6;
                """)
            for row in rows {
                try db.run("INSERT INTO attachment_chunks (attachment_id, number, sealed) VALUES (\(row.0), \(row.1), \(row.2))")
            }
        }
        // A take-over that was cut short is gone on with.
        try kiosk.chunks { try $0.run("DELETE FROM attachment_chunks WHERE number > 3") }
        let again = try await kiosk.again()
        #expect(try await again.bytes(of: file.attachment, from: 0, count: bytes.count) == bytes)
        #expect(try kiosk.count("SELECT count(*) FROM sqlite_schema WHERE name = 'attachment_chunks'") == 0)
    }
}
