internal import Dispatch
internal import FoundationEssentials
internal import Glibc

/// A program that a benchmark runs.
enum Child {
    /// How one ended, and what it took.
    struct Ended {
        var status: Int32
        /// The signal that ended it; 0: none did.
        var signal: Int32
        /// Seconds of the clock.
        var seconds: Double
        /// Seconds of the processor, the kernel's for it among them.
        var processor: Double
    }

    /// Runs a program to its end, on a thread of its own; status 127 where it is not installed.
    ///
    /// - Parameter isQuiet: whether what it writes is thrown away.
    static func run(_ words: [String], isQuiet: Bool = true) async -> Ended {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "kiosk-lab.child").async {
                let clock = ContinuousClock()
                let begin = clock.now
                guard let pid = spawn(words, output: isQuiet ? nil : STDOUT_FILENO) else {
                    return continuation.resume(returning: Ended(status: 127, signal: 0, seconds: 0, processor: 0))
                }
                var status: Int32 = 0
                var usage = rusage()
                wait4(pid, &status, 0, &usage)
                let took = clock.now - begin
                continuation.resume(
                    returning: Ended(
                        status: (status >> 8) & 0xFF, signal: status & 0x7F,
                        seconds: Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18,
                        processor: processor(usage)))
            }
        }
    }

    /// Starts a program.
    ///
    /// - Parameter output: where its output goes; nil: nowhere.
    static func spawn(_ words: [String], output: Int32?) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        }
        var pid: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        return posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ) == 0 ? pid : nil
    }

    /// This process's time of the processor so far, in seconds.
    static func ownProcessor() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return processor(usage)
    }

    private static func processor(_ usage: rusage) -> Double {
        Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}
