internal import Foundation
internal import Glibc
internal import Synchronization

/// A program run by a test: once to its end (``run(_:_:environment:input:folder:patience:)``), or started and talked to.
///
/// It is killed, and everything that it started in its process group with it, when the last reference goes.
public final class Program: Sendable {
    /// How a program ended and what it wrote.
    public struct Outcome: Sendable {
        /// The exit status; a signal's number, negative, where a signal ended it.
        public let status: Int32
        /// What it wrote to its standard output, as UTF-8 text.
        public let stdout: String
        /// What it wrote to its standard error, as UTF-8 text.
        public let stderr: String
        /// What it wrote to its standard output, as it is.
        public let output: [UInt8]
    }

    /// A signal that a test sends.
    public enum Signal: Int32, Sendable {
        /// Ctrl-C.
        case interrupt = 2
        /// Ends at once, whatever the program does.
        case kill = 9
        /// What a service manager sends.
        case terminate = 15
    }

    /// Why a wait for a program failed.
    public struct Failure: Error, CustomStringConvertible {
        /// What was waited for, and what the program had written by then.
        public let description: String
    }

    /// The process's id.
    public let pid: Int32
    private let record = ProgramRecord()

    /// The path of a program of this package, such as `kiosk`: beside the test runner, where `swift build` puts it.
    public static func product(_ name: String) -> String { buildFolder + "/" + name }

    /// The folder of the build products that the running tests belong to.
    public static var buildFolder: String {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: runner).deletingLastPathComponent().path(percentEncoded: false)
            .replacing(/\/$/, with: "")
    }

    /// The path of an installed program, searched for in `PATH`.
    public static func installed(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { $0 + "/" + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - executable: a path.
    ///   - environment: set over the test's own environment; nil takes a variable away.
    ///   - input: all of its standard input.
    ///   - folder: its working folder; the test's own where nil.
    /// - Throws: ``Failure`` where it cannot be started.
    public init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String?] = [:], input: [UInt8] = [],
        folder: String? = nil
    ) throws {
        let words = folder.map { ["/usr/bin/env", "-C", $0, executable] + arguments } ?? [executable] + arguments
        var variables = ProcessInfo.processInfo.environment
        for (name, value) in environment { variables[name] = value }
        let child = try Spawned(words, environment: variables.map { "\($0)=\($1)" })
        pid = child.pid
        record.follow(child, input: input)
    }

    deinit { record.send(.kill, to: -pid) }

    /// Runs a program to its end.
    ///
    /// - Throws: ``Failure`` where it cannot be started, or has not ended after `patience` seconds (it is killed then).
    public static func run(
        _ executable: String, _ arguments: [String] = [], environment: [String: String?] = [:], input: [UInt8] = [],
        folder: String? = nil, patience: Double = 120
    ) async throws -> Outcome {
        try await Program(executable, arguments, environment: environment, input: input, folder: folder).wait(patience: patience)
    }

    /// The next line of the standard output that fulfils a condition; lines before it are passed over for good.
    ///
    /// - Throws: ``Failure`` where the program ends without it, or it has not come after `patience` seconds.
    public func line(patience: Double = 60, where matches: @escaping @Sendable (String) -> Bool) async throws -> String {
        try await record.wait("a line of pid \(pid)", patience: patience) { state in
            while let line = state.takeLine() {
                if matches(line) { return line }
            }
            if state.isOver { throw Failure(description: "pid \(self.pid) ended without the line. \(state.summary)") }
            return nil
        }
    }

    /// Waits for the end.
    ///
    /// - Throws: ``Failure`` where it has not ended after `patience` seconds (it is killed then).
    public func wait(patience: Double = 120) async throws -> Outcome {
        do {
            return try await record.wait("the end of pid \(pid)", patience: patience) { $0.isOver ? $0.outcome : nil }
        } catch {
            send(.kill)
            throw error
        }
    }

    /// Whether it has ended.
    public var isOver: Bool { record.state.withLock { $0.isOver } }

    /// Sends a signal to the program; nothing happens where it has ended.
    public func send(_ signal: Signal) { record.send(signal, to: pid) }

    /// Sends a signal to what the program has started, such as the program that `faketime` runs.
    public func sendToChildren(_ signal: Signal) {
        let children = (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)) ?? ""
        for child in children.split(separator: " ").compactMap({ Int32($0) }) { _ = Glibc.kill(child, signal.rawValue) }
    }

    /// Kills a process that a program of a test started.
    static func kill(_ pid: Int32) { _ = Glibc.kill(pid, SIGKILL) }

    /// What the program has written to its standard output so far.
    public var stdoutSoFar: String { record.state.withLock { String(decoding: $0.output, as: UTF8.self) } }

    /// What the program has written to its standard error so far.
    public var stderrSoFar: String { record.state.withLock { String(decoding: $0.errors, as: UTF8.self) } }
}

/// A process just started, with the test's ends of its pipes.
struct Spawned: Sendable {
    let pid: Int32
    let input: Int32
    let output: Int32
    let errors: Int32

    /// Without `pipe2` in Swift's Glibc a descriptor is open to other children for a moment: one start at a time.
    private static let turn = Mutex(())

    init(_ words: [String], environment: [String]) throws {
        self = try Self.turn.withLock { _ in try Self.start(words, environment: environment) }
    }

    private init(pid: Int32, input: Int32, output: Int32, errors: Int32) {
        (self.pid, self.input, self.output, self.errors) = (pid, input, output, errors)
    }

    private static func start(_ words: [String], environment: [String]) throws -> Spawned {
        let pipes = try (0..<3).map { _ in
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw Program.Failure(description: "pipe: errno \(errno)") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return (reader: ends[0], writer: ends[1])
        }
        let theirs = [pipes[0].reader, pipes[1].writer, pipes[2].writer]
        let ours = [pipes[0].writer, pipes[1].reader, pipes[2].reader]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
            for end in theirs { close(end) }
        }
        for (number, end) in theirs.enumerated() { posix_spawn_file_actions_adddup2(&actions, end, Int32(number)) }
        // A runner in the background may ignore SIGINT, and Foundation SIGPIPE: the child begins with the usual handling.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGQUIT, SIGTERM, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, words[0], &actions, &attributes, &arguments, &variables)
        guard result == 0 else {
            for end in ours { close(end) }
            throw Program.Failure(description: "\(words[0]) cannot be started: \(String(cString: strerror(result)))")
        }
        return Spawned(pid: pid, input: ours[0], output: ours[1], errors: ours[2])
    }
}
