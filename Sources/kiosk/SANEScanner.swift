internal import FoundationEssentials
internal import Glibc
internal import KioskWeb
internal import Synchronization

/// Scanners through SANE's `scanimage`, a program of its own that may be missing.
///
/// One page comes through a pipe. Pages of a feeder are files in a private folder of memory (`/dev/shm`), each read and removed as
/// soon as it is whole: plain scans never reach the disk.
final class SANEScanner: Scanner {
    private struct State {
        var running: Subprocess?
        var isTaken = false
        var wasCancelled = false
        var known: [ScannerDevice] = []
    }

    /// After so many quarters of a second without a word from a program that has said that it is over, it is over.
    private static let patienceWithEnd = 12
    private let program: String
    /// How long the scanner may be silent.
    private let patience: Double
    private let state = Mutex(State())

    init(program: String = "scanimage", patience: Double = 120) {
        self.program = program
        self.patience = patience
    }

    var isScanning: Bool { state.withLock { $0.isTaken } }
    private var wasCancelled: Bool { state.withLock { $0.wasCancelled } }

    func cancel() async {
        state.withLock { state in
            state.wasCancelled = state.isTaken
            state.running?.stop()
        }
    }

    func devices(refreshing: Bool) async throws -> [ScannerDevice] {
        let known = state.withLock { $0.known }
        guard refreshing || known.isEmpty else { return known }
        return try await taken { try await look() }
    }

    private func look() async throws -> [ScannerDevice] {
        let devices = SANEText.devices(in: try await text(of: ["--formatted-device-list", "%d\t%v %m%n"]))
        state.withLock { $0.known = devices }
        guard !devices.isEmpty else { throw ScannerFault.noDevice }
        return devices
    }

    func scan(
        _ order: ScanOrder, page: (_ next: () async throws -> [UInt8]?) async throws -> Void
    ) async throws -> Int {
        try await taken {
            var device = order.device ?? state.withLock { $0.known.first?.name }
            if device == nil { device = try await look().first?.name }
            guard let device else { throw ScannerFault.noDevice }
            let options = SANEText.options(in: try await text(of: ["--device-name=\(device)", "--all-options"]))
            var arguments = ["--device-name=\(device)", "--format=jpeg"]
            arguments += try SANEText.arguments(for: order, options: options)
            return order.usesFeeder ? try await feed(arguments, page) : try await single(arguments, page)
        }
    }

    /// Holds the scanner while work is done with it.
    private func taken<Result>(_ work: () async throws -> Result) async throws -> Result {
        let isFree = state.withLock { state in
            guard !state.isTaken else { return false }
            state.isTaken = true
            state.wasCancelled = false
            return true
        }
        guard isFree else { throw ScannerFault.busy }
        defer {
            state.withLock { state in
                state.isTaken = false
                state.running = nil
            }
        }
        return try await work()
    }

    // MARK: One page

    private func single(
        _ arguments: [String], _ page: (_ next: () async throws -> [UInt8]?) async throws -> Void
    ) async throws -> Int {
        let process = try start(arguments)
        do {
            try await page {
                if let bytes = try await self.output(of: process) { return bytes }
                try self.check(await process.end())
                return nil
            }
        } catch {
            process.stop()
            _ = await process.end()
            throw error
        }
        return 1
    }

    // MARK: A feeder

    private func feed(
        _ arguments: [String], _ page: (_ next: () async throws -> [UInt8]?) async throws -> Void
    ) async throws -> Int {
        let folder = try MemoryFolder()
        defer { folder.remove() }
        let process = try start(
            arguments + ["--batch=\(folder.path)/%d.jpg", "--batch-count=\(ScanOrder.maximumPages)", "--batch-print"])
        var lines: [UInt8] = []
        var pages = 0
        do {
            while let bytes = try await output(of: process) {
                lines += bytes
                while let end = lines.firstIndex(of: UInt8(ascii: "\n")) {
                    let name = String(decoding: lines[..<end], as: UTF8.self)
                    lines.removeSubrange(...end)
                    // The names are of our own giving.
                    guard name.hasPrefix(folder.path + "/"), !name.dropFirst(folder.path.count + 1).contains("/") else {
                        continue
                    }
                    defer { unlink(name) }
                    // A page that failed may leave an empty file: the exit status says why.
                    var facts = stat()
                    guard stat(name, &facts) == 0, facts.st_size > 0 else { continue }
                    let file = try Files.reader(of: name, what: "page")
                    try await page { try file.next() }
                    pages += 1
                }
            }
            let end = await process.end()
            // An empty feeder ends every batch.
            if pages == 0 || SANEText.fault(status: end.status, errors: end.errors) != .noPages { try check(end) }
        } catch {
            process.stop()
            _ = await process.end()
            throw error
        }
        guard pages > 0 else { throw ScannerFault.noPages }
        return pages
    }

    // MARK: The program

    private func start(_ arguments: [String]) throws -> Subprocess {
        guard let path = Subprocess.find(program) else { throw ScannerFault.missingProgram }
        return try state.withLock { state in
            guard !state.wasCancelled else { throw ScannerFault.cancelled }
            let process = try Subprocess(path, arguments, environment: ["LC_ALL": "C"])
            state.running = process
            return process
        }
    }

    /// What comes next of its output; nil at the end.
    private func output(of process: Subprocess) async throws -> [UInt8]? {
        let deadline = ContinuousClock.now + .seconds(patience)
        var silent = 0
        while true {
            if Task.isCancelled || wasCancelled { throw ScannerFault.cancelled }
            switch await process.read() {
            case .bytes(let bytes): return bytes
            case .end: return nil
            case .nothing:
                silent += 1
                // It can hang while it ends: scanimage's handler of SIGPIPE is not safe. It is made to end then.
                if silent >= Self.patienceWithEnd, SANEText.isOver(errors: process.errorsSoFar) { return nil }
                if ContinuousClock.now > deadline { throw ScannerFault.tooSlow }
            }
        }
    }

    /// All of a short output.
    private func text(of arguments: [String]) async throws -> String {
        let process = try start(arguments)
        var all: [UInt8] = []
        do {
            while let bytes = try await output(of: process) {
                all += bytes.prefix(256 * 1024 - all.count)
            }
            try check(await process.end())
        } catch {
            process.stop()
            _ = await process.end()
            throw error
        }
        return String(decoding: all, as: UTF8.self)
    }

    private func check(_ end: (status: Int32, errors: String)) throws {
        if wasCancelled { throw ScannerFault.cancelled }
        if let fault = SANEText.fault(status: end.status, errors: end.errors) { throw fault }
    }
}

/// A folder of memory that only this user can enter.
private struct MemoryFolder {
    let path: String

    init() throws {
        let roots = ["/dev/shm", Settings.environment("XDG_RUNTIME_DIR")].compactMap(\.self)
        for root in roots where access(root, W_OK) == 0 {
            var template = Array("\(root)/kiosk-scan-XXXXXX".utf8CString)
            if let made = template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) {
                path = String(cString: made)
                return
            }
        }
        throw CommandFailure(
            spoken: "Máy không có chỗ tạm an toàn để quét nhiều trang. Hãy quét từng trang.",
            detail: "neither /dev/shm nor $XDG_RUNTIME_DIR can be written to")
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
