internal import FoundationEssentials
internal import Glibc
internal import KioskStore
internal import KioskVault

/// Capturing a large file, beside a plain copy of it with fsync and its encryption.
enum CaptureBench {
    private static let piece = 512 * 1024
    private static let size = 200 * 1_048_576

    static func run(rounds: Int) async throws {
        try await Bench.inTemporaryFolder { folder in
            let store = try await Bench.kiosk(
                in: folder + "/kiosk", portal: "http://127.0.0.1:1", catalogue: try Bench.catalogue(),
                cost: Vault.PINCost(logN: 14, r: 8, p: 1))
            let vault = try Vault()
            let source = folder + "/source.jpg"
            var captures: [Double] = []
            var rivals: [Double] = []
            for round in 0..<rounds {
                // Another file every time: one that the store holds already is dropped at the end.
                try make(source, seed: UInt64(round + 1))
                let copied = try await Bench.seconds { () throws(LabError) in try copy(source, to: folder + "/copy.jpg") }
                let sealed = try await Bench.seconds { try seal(source, vault) }
                let captured = try await Bench.seconds { try await capture(source, store) }
                rivals.append(copied + sealed)
                captures.append(captured)
                print(
                    "round \(round + 1): captured in \(Bench.rounded(captured, 3)) s; copy with fsync \(Bench.rounded(copied, 3)) s"
                        + " + encryption \(Bench.rounded(sealed, 3)) s")
                unlink(folder + "/copy.jpg")
            }
            let taken = captures.sorted()[captures.count / 2]
            let rival = rivals.sorted()[rivals.count / 2]
            print("200 MB captured, inspected, hashed, sealed, on the disk: \(Bench.rounded(200 / taken, 0)) MB/s")
            print("a plain copy with fsync, and its encryption:             \(Bench.rounded(200 / rival, 0)) MB/s")
            print("throughput to that of the rival: \(Bench.rounded(rival / taken, 2)) (wanted: 0.7 at least)")
        }
    }

    /// A JPEG of noise.
    private static func make(_ path: String, seed: UInt64) throws(LabError) {
        let head: [UInt8] =
            [0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0] + [UInt8](repeating: 16, count: 64)
            + [0xFF, 0xC0, 0, 11, 8, 0x20, 0, 0x20, 0, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]
        let file = try open(path, O_WRONLY | O_CREAT | O_TRUNC)
        defer { close(file) }
        try put(head, file)
        var state = seed
        var left = size - head.count - 2
        while left > 0 {
            let count = min(left, piece)
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                for index in 0..<count {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    let byte = UInt8(truncatingIfNeeded: state >> 56)
                    buffer[index] = byte == 0xFF ? 0 : byte
                }
                filled = count
            }
            try put(bytes, file)
            left -= count
        }
        try put([0xFF, 0xD9], file)
        fsync(file)
    }

    private static func copy(_ source: String, to path: String) throws(LabError) {
        let input = try open(source, O_RDONLY)
        defer { close(input) }
        let output = try open(path, O_WRONLY | O_CREAT | O_TRUNC)
        defer { close(output) }
        while let bytes = next(input) { try put(bytes, output) }
        guard fsync(output) == 0 else { throw LabError("fsync: \(String(cString: strerror(errno)))") }
    }

    private static func seal(_ source: String, _ vault: Vault) throws {
        let input = try open(source, O_RDONLY)
        defer { close(input) }
        var number = 0
        while let bytes = next(input) {
            // In chunks as the store seals them.
            for half in [bytes[..<min(bytes.count, piece / 2)], bytes[min(bytes.count, piece / 2)...]] where !half.isEmpty {
                _ = try vault.attachments.seal(half, as: "chunk/bench/\(number)")
                number += 1
            }
        }
    }

    private static func capture(_ source: String, _ store: UnlockedStore) async throws {
        let input = try open(source, O_RDONLY)
        defer { close(input) }
        _ = try await store.takePaper(component: "GIAY_TO_KHACH", fileName: "scan.jpg", limit: size, now: { Date() }) {
            next(input)
        }
    }

    private static func open(_ path: String, _ flags: Int32) throws(LabError) -> Int32 {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LabError("\(path): \(String(cString: strerror(errno)))") }
        return descriptor
    }

    private static func next(_ input: Int32) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: piece) { buffer, filled in
            filled = max(0, read(input, buffer.baseAddress, piece))
        }
        return bytes.isEmpty ? nil : bytes
    }

    private static func put(_ bytes: [UInt8], _ output: Int32) throws(LabError) {
        guard write(output, bytes, bytes.count) == bytes.count else { throw LabError("cannot write the benchmark's file") }
    }
}
