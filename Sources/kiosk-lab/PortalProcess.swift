internal import FoundationEssentials
internal import Glibc
internal import JSONTree
internal import TrainingPortal

/// The training portal as a process of its own, so that its processor time is not the kiosk's.
///
/// Its data lies in memory where the system has such a folder: a real portal's disk is not the kiosk's.
struct PortalProcess {
    let address: String
    private let pid: pid_t
    private let folder: String

    /// - Parameter filesElsewhere: another server takes the files, and they count unseen.
    init(filesElsewhere: Bool = false) throws {
        folder = try Bench.makeTemporaryFolder(in: Bench.memory)
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw LabError("pipe: \(String(cString: strerror(errno)))") }
        defer { close(ends[0]) }
        let words = ["/proc/self/exe", "portal", "--data", folder] + (filesElsewhere ? ["--files", "elsewhere"] : [])
        // The child must not hold the end that is read from.
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        guard let pid = Child.spawn(words, output: ends[1]) else { throw LabError("cannot start the portal") }
        self.pid = pid
        close(ends[1])
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(ends[0], &byte, 1) == 1, byte != 0x0A { line.append(byte) }
        address = String(decoding: line, as: UTF8.self)
        guard address.hasPrefix("http://") else { throw LabError("the portal did not start") }
    }

    /// What the child does.
    static func run(folder: String, filesElsewhere: Bool) async throws {
        var options = TrainingPortalOptions(
            dataFolder: folder, port: 0, catalogue: Array(try JSONText.encode(try Bench.catalogue())))
        options.filesElsewhere = filesElsewhere ? .unseen : nil
        let portal = try TrainingPortal(options)
        let line = Array((portal.address + "\n").utf8)
        guard write(STDOUT_FILENO, line, line.count) == line.count else { throw LabError("nobody reads the portal's address") }
        try await portal.run()
    }

    func stop() {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        try? FileManager.default.removeItem(atPath: folder)
    }
}
