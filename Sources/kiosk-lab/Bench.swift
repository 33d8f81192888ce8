internal import FoundationEssentials
internal import Glibc
internal import KioskDomain
internal import KioskStore
internal import KioskVault

/// What the benchmarks share: a clock, a folder, an open kiosk.
enum Bench {
    /// Seconds that work took.
    static func seconds<Failure: Error>(_ work: () async throws(Failure) -> Void) async throws(Failure) -> Double {
        let clock = ContinuousClock()
        let begin = clock.now
        try await work()
        let took = (clock.now - begin).components
        return Double(took.attoseconds) / 1e18 + Double(took.seconds)
    }

    /// The middle and the 99th of a hundred, in milliseconds.
    static func words(_ seconds: [Double]) -> String {
        let sorted = seconds.sorted()
        guard let last = sorted.last else { return "nothing measured" }
        let middle = sorted[sorted.count / 2]
        let high = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        return "p50 \(milliseconds(middle)) ms, p99 \(milliseconds(high)) ms, max \(milliseconds(last)) ms"
    }

    static func milliseconds(_ seconds: Double) -> String { rounded(seconds * 1000, 3) }

    static func rounded(_ value: Double, _ digits: Int) -> String {
        let scale = Double((0..<digits).reduce(1) { power, _ in power * 10 })
        return String((value * scale).rounded() / scale)
    }

    /// Where files lie in memory, if the system has such a folder; else on the disk.
    static let memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"

    /// A new folder; who makes it removes it.
    static func makeTemporaryFolder(in parent: String = "/tmp") throws(LabError) -> String {
        var template = Array("\(parent)/kiosk-lab-XXXXXX".utf8CString)
        guard let made = template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) else {
            throw LabError("no temporary folder: \(String(cString: strerror(errno)))")
        }
        return String(cString: made)
    }

    /// A folder that is gone afterwards.
    static func inTemporaryFolder<Result>(
        in parent: String = "/tmp", _ work: (String) async throws -> Result
    ) async throws -> Result {
        let folder = try makeTemporaryFolder(in: parent)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await work(folder)
    }

    /// Has what was just written written down, so that the disk does not work at it while something is timed.
    static func settleDisk() { sync() }

    /// Writes to so much memory once, 3 GB at most.
    ///
    /// A virtual machine gets a page from its host at the first use, which takes longer than sending what stands in it (measured: 2.8 s a
    /// GB, then 0.4); whoever comes first would pay for all.
    static func warmMemory(bytes: Int) {
        let (count, page) = (min(bytes, 3 << 30), 4096)
        guard let memory = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), memory != MAP_FAILED
        else {
            return
        }
        for offset in stride(from: 0, to: count, by: page) { memory.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self) }
        munmap(memory, count)
    }

    /// Waits for a server that was started.
    static func untilItAnswers(_ address: String) async throws(LabError) {
        for _ in 0..<200 {
            if await Child.run(["curl", "-s", "-o", "/dev/null", address]).status == 0 { return }
            usleep(25_000)
        }
        throw LabError("nothing answers at \(address)")
    }

    /// A port of this machine that nobody listens on.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw LabError("no free port: \(String(cString: strerror(errno)))") }
        return UInt16(bigEndian: address.sin_port)
    }

    static func catalogue() throws -> Catalogue {
        try Catalogue(
            json: Data((EmbeddedAssets.files["catalogue/catalogue.json"] ?? "").utf8), today: VietnamTime.day(of: Date()))
    }

    static let pin = "482915"

    /// A new kiosk, unlocked.
    static func kiosk(in folder: String, portal: String, catalogue: Catalogue, cost: Vault.PINCost) async throws -> UnlockedStore
    {
        let founding = KioskStore.Founding(
            kioskID: "kiosk-lab", portalSecret: "lab", portal: portal, village: "Thôn Thử", operatorName: "Thử", pin: pin,
            pinCost: cost)
        var configuration = KioskStore.Configuration()
        // Some benchmarks send more than a portal would take.
        (configuration.limits.fileMegabytes, configuration.limits.dossierMegabytes) = (256, 2048)
        let (store, _) = try await KioskStore.found(founding, in: folder, configuration: configuration, now: Date())
        return try await store.unlock(operatorName: nil, pin: pin, catalogue: catalogue, now: Date())
    }
}
