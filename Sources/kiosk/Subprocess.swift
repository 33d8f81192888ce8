internal import Dispatch
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// Another program that is run beside the kiosk: its output is read as it comes, no faster than it is used up.
final class Subprocess: Sendable {
    /// What a read gave.
    enum Read {
        case bytes([UInt8])
        /// Nothing for a quarter of a second.
        case nothing
        case end
    }

    private static let errorLimit = 16 * 1024
    private let pid: pid_t
    private let output: Int32
    private let errors: Int32
    private let queue = DispatchQueue(label: "kiosk.subprocess")
    /// What it said on its error output, the beginning of it, and whether that has ended.
    private let said = Mutex((text: [UInt8](), isOver: false))
    /// How it ended, as `waitpid` says; nil while it runs.
    private let ending = Mutex<Int32?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: the program's file.
    ///   - environment: variables beside this process's own.
    /// - Throws: ``CommandFailure``.
    init(_ path: String, _ arguments: [String], environment: [String: String]) throws {
        var outPipe: [Int32] = [-1, -1]
        var errorPipe: [Int32] = [-1, -1]
        guard pipe(&outPipe) == 0, pipe(&errorPipe) == 0 else { throw Self.failure(path, errno) }
        for end in outPipe + errorPipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, outPipe[1], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errorPipe[1], STDERR_FILENO)
        // A group of its own, so that Ctrl-C reaches it by us only; signals that we ignore it does not.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGINT, SIGTERM, SIGPIPE, SIGHUP] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var variables = ProcessInfo.processInfo.environment
        for (name, value) in environment { variables[name] = value }
        var pid: pid_t = 0
        let result = Self.withCStrings([path] + arguments) { argv in
            Self.withCStrings(variables.map { "\($0)=\($1)" }) { envp in
                posix_spawn(&pid, path, &actions, &attributes, argv, envp)
            }
        }
        close(outPipe[1])
        close(errorPipe[1])
        guard result == 0 else {
            close(outPipe[0])
            close(errorPipe[0])
            throw Self.failure(path, result)
        }
        self.pid = pid
        output = outPipe[0]
        errors = errorPipe[0]
    }

    deinit {
        close(output)
        close(errors)
    }

    private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
        CommandFailure(
            spoken: "Không chạy được chương trình \(path).", detail: "\(path): \(String(cString: strerror(code)))")
    }

    private static func withCStrings<Result>(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers)
    }

    /// Reads what comes next of its output, and puts aside what it says on its error output meanwhile.
    func read() async -> Read {
        await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: self.readNow()) } }
    }

    private func readNow() -> Read {
        var waiting = [pollfd(fd: output, events: Int16(POLLIN), revents: 0)]
        if !said.withLock({ $0.isOver }) { waiting.append(pollfd(fd: errors, events: Int16(POLLIN), revents: 0)) }
        guard poll(&waiting, nfds_t(waiting.count), 250) > 0 else { return .nothing }
        if waiting.count > 1, waiting[1].revents != 0 { hear() }
        guard waiting[0].revents != 0 else { return .nothing }
        let bytes = Self.read(output, count: 256 * 1024)
        return bytes.isEmpty ? .end : .bytes(bytes)
    }

    private static func read(_ descriptor: Int32, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var got = Glibc.read(descriptor, buffer.baseAddress, count)
            while got < 0, errno == EINTR { got = Glibc.read(descriptor, buffer.baseAddress, count) }
            filled = max(0, got)
        }
    }

    /// Asks it to stop; where it does not within five seconds it is made to.
    func stop() { signal(SIGTERM) }

    /// Its group of processes is meant: what it has started itself ends with it.
    private func signal(_ number: Int32) {
        ending.withLock { status in
            guard status == nil else { return }
            kill(-pid, number)
        }
    }

    /// Waits for its end.
    ///
    /// - Parameter patience: after so many seconds it is made to end.
    /// - Returns: its exit status, 128 and the signal's number where a signal ended it; and what it said on its error output.
    func end(patience: Double = 5) async -> (status: Int32, errors: String) {
        let deadline = ContinuousClock.now + .seconds(patience)
        var ended: Int32?
        while ended == nil {
            ended = ending.withLock { status in
                var now: Int32 = 0
                if status == nil, waitpid(pid, &now, WNOHANG) == pid { status = now }
                return status
            }
            guard ended == nil else { break }
            if ContinuousClock.now > deadline { signal(SIGKILL) }
            // A cancelled task still has to see the program end.
            await withCheckedContinuation { continuation in
                queue.asyncAfter(deadline: .now() + .milliseconds(20)) { continuation.resume() }
            }
        }
        // A process of its own that outlives it may keep the error output open: what it said itself is there by now.
        while !said.withLock({ $0.isOver }) {
            var waiting = pollfd(fd: errors, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 100) > 0 else { break }
            hear()
        }
        let status = ended ?? 0
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        return (code, said.withLock { String(decoding: $0.text, as: UTF8.self) })
    }

    /// What it has said on its error output so far.
    var errorsSoFar: String { said.withLock { String(decoding: $0.text, as: UTF8.self) } }

    /// Puts aside what it said on its error output.
    private func hear() {
        let bytes = Self.read(errors, count: 4096)
        said.withLock { said in
            said.isOver = bytes.isEmpty
            said.text += bytes.prefix(max(0, Self.errorLimit - said.text.count))
        }
    }

    /// The file of a program in the folders of PATH; nil where there is none.
    static func find(_ program: String) -> String? {
        if program.contains("/") { return access(program, X_OK) == 0 ? program : nil }
        let folders = (Settings.environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }
}
