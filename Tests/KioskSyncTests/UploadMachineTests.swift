import Foundation
import KioskSync
import KioskTestSupport
import Testing

/// A server that keeps uploads and drops the line at any byte.
private struct DroppingServer {
    var random: SeededGenerator
    let file: Data
    var uploads: [String: Data] = [:]
    var made = 0
    var mishaps: Int

    enum Answer { case ok(url: String, offset: Int), lost, gone, wrongOffset }

    /// How many of the bytes arrive, and whether the answer does.
    private mutating func arrival(_ count: Int) -> (bytes: Int, isHeard: Bool) {
        guard mishaps > 0, random.oneIn(2) else { return (count, true) }
        mishaps -= 1
        return (random.oneIn(3) ? count : random.int(0...count), false)
    }

    mutating func create(_ bytes: Data) -> Answer {
        let (count, isHeard) = arrival(bytes.count)
        made += 1
        let url = "u\(made)"
        // A server without creation-with-upload passes the body over.
        uploads[url] = random.oneIn(4) ? Data() : bytes.prefix(count)
        return isHeard ? .ok(url: url, offset: uploads[url]?.count ?? 0) : .lost
    }

    mutating func ask(_ url: String) -> Answer {
        if mishaps > 0, random.oneIn(8) {
            mishaps -= 1
            if random.oneIn(2) { uploads[url] = nil }
            return .lost
        }
        guard let held = uploads[url] else { return .gone }
        return .ok(url: url, offset: held.count)
    }

    mutating func append(_ bytes: Data, at offset: Int, to url: String) -> Answer {
        guard let held = uploads[url] else { return .gone }
        guard held.count == offset else { return .wrongOffset }
        if mishaps > 0, random.oneIn(6) {
            // Another connection of ours that was thought dead brings some bytes after all.
            mishaps -= 1
            uploads[url] = held + bytes.prefix(random.int(0...bytes.count))
            return .wrongOffset
        }
        let (count, isHeard) = arrival(bytes.count)
        uploads[url] = held + bytes.prefix(count)
        return isHeard ? .ok(url: url, offset: offset + count) : .lost
    }
}

@Suite struct UploadMachineTests {
    private static let piece = 64 << 10
    private static let pattern = Data((0..<(3 * piece)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) })

    @Test func `whatever happens on the way, the portal ends with exactly the file`() {
        for seed: UInt64 in 0..<400 {
            var random = SeededGenerator(seed: seed)
            let chunk = Self.piece
            let size = random.pick([1, 1000, chunk - 1, chunk, chunk + 1, 2 * chunk, 2 * chunk + random.int(1...chunk - 1)])
            let file = Self.pattern.prefix(size)
            var server = DroppingServer(random: random, file: file, mishaps: random.int(0...12))
            var kept: String?
            var machine = UploadMachine(size: size, url: nil, piece: chunk, whole: chunk)
            var steps = 0
            var finished: String?
            while finished == nil, steps < 200 {
                steps += 1
                // What the line carries changes how much goes into one request.
                machine.piece = server.random.int(1...4) * chunk / 4
                // Now and then the power goes: only the address is left.
                if server.random.oneIn(10) { machine = UploadMachine(size: size, url: kept, piece: chunk, whole: chunk) }
                let answer: DroppingServer.Answer
                let step = machine.step
                switch step {
                case .finished(let url):
                    finished = url
                    continue
                case .create(let count):
                    #expect(count <= chunk && count <= size)
                    answer = server.create(file.prefix(count))
                case .askOffset(let url): answer = server.ask(url)
                case .append(let url, let offset, let count):
                    #expect(count > 0 && count <= chunk && offset + count <= size, "seed \(seed)")
                    answer = server.append(file[offset..<(offset + count)], at: offset, to: url)
                }
                switch answer {
                case .ok(let url, let offset):
                    if case .create = step { machine.created(url: url, offset: offset) } else { machine.holds(offset) }
                    kept = url
                case .lost, .wrongOffset: machine.uncertain()
                case .gone:
                    machine.lost()
                    kept = nil
                }
            }
            let whole = finished.flatMap { server.uploads[$0] }
            #expect(whole == file, "seed \(seed): \(whole?.count ?? -1) of \(size) bytes after \(steps) steps")
        }
    }

    @Test func `a piece is as long as it is told`() {
        var machine = UploadMachine(size: 100, url: nil, piece: 40, whole: 40)
        #expect(machine.step == .create(count: 40))
        machine.piece = 20
        #expect(machine.step == .create(count: 20))
        machine.created(url: "u", offset: 20)
        machine.piece = 90
        #expect(machine.step == .append(url: "u", offset: 20, count: 80))
    }

    @Test func `pieces meet where sealed chunks do, so that none is opened twice`() {
        let chunk = UploadMachine.alignment
        var machine = UploadMachine(size: 5 * chunk + 7, url: nil, piece: 2 * chunk, whole: chunk)
        machine.created(url: "u", offset: 1000)
        #expect(machine.step == .append(url: "u", offset: 1000, count: 2 * chunk - 1000))
        machine.holds(2 * chunk)
        #expect(machine.step == .append(url: "u", offset: 2 * chunk, count: 2 * chunk))
        machine.holds(4 * chunk)
        #expect(machine.step == .append(url: "u", offset: 4 * chunk, count: chunk + 7), "the end is where it is")
        machine.holds(chunk + 5)
        machine.piece = 100
        #expect(machine.step == .append(url: "u", offset: chunk + 5, count: 100), "a short piece goes as it is")
    }

    @Test func `a file that would take long begins with little`() {
        var machine = UploadMachine(size: 300_000, url: nil, piece: 1 << 20, whole: 250_000)
        #expect(machine.step == .create(count: UploadMachine.beginning))
        machine.whole = 300_000
        #expect(machine.step == .create(count: 300_000))
        #expect(UploadMachine(size: 500, url: nil, piece: 1 << 20, whole: 400).step == .create(count: 500))
    }

    @Test func `what was begun earlier is asked for before anything is sent`() {
        var machine = UploadMachine(size: 10, url: "u", piece: 64, whole: 64)
        #expect(machine.step == .askOffset(url: "u"))
        machine.holds(4)
        #expect(machine.step == .append(url: "u", offset: 4, count: 6))
        machine.holds(10)
        #expect(machine.step == .finished(url: "u"))
    }

    @Test func `an offset beyond the file is another file's`() {
        var machine = UploadMachine(size: 10, url: "u", piece: 64, whole: 64)
        machine.holds(11)
        #expect(machine.step == .create(count: 10))
        machine.created(url: "v", offset: 11)
        #expect(machine.step != .finished(url: "v"), "a file of another length is not ours")
    }
}
