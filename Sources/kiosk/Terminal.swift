internal import FoundationEssentials
internal import Glibc
internal import JSONTree
internal import KioskStore

/// What the program says: data to standard output, trouble to standard error.
enum Terminal {
    static let isTerminal = isatty(STDOUT_FILENO) == 1

    /// - Returns: whether all of it is written.
    @discardableResult
    static func say(_ text: String) -> Bool {
        write(text + "\n", to: STDOUT_FILENO)
    }

    static func complain(_ text: String) {
        write(text + "\n", to: STDERR_FILENO)
    }

    /// An error in Vietnamese for the village head, then in English for whoever helps.
    static func complain(_ error: any Error) {
        switch error {
        case let error as StoreError:
            complain("\(error.spoken)\n  \(error.description)")
        case let error as CommandFailure:
            complain("\(error.spoken)\n  \(error.detail)")
        default:
            complain("Chương trình gặp lỗi. Dữ liệu đã lưu vẫn còn; hãy báo người hỗ trợ.\n  \(error)")
        }
    }

    /// Data: as JSON where it is asked for or goes into a pipe, else in words.
    static func print(_ value: some Encodable, _ invocation: Invocation, words: () -> String) throws {
        let isJSON = invocation.isSet("json") || !isTerminal
        guard say(isJSON ? String(decoding: try JSONText.encode(value, pretty: true), as: UTF8.self) : words()) else {
            throw CommandFailure(
                spoken: "Không ghi được kết quả ra màn hình hoặc tệp.", detail: "standard output cannot be written to")
        }
    }

    @discardableResult
    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        let bytes = Array(text.utf8)
        var from = 0
        while from < bytes.count {
            let count = bytes[from...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return false }
            from += max(0, count)
        }
        return true
    }

    /// Asks for a secret without showing it.
    static func ask(_ question: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            throw UsageError("there is no terminal to ask for the PIN: give --pin-file FILE or set KIOSK_PIN_FILE")
        }
        write(question, to: STDERR_FILENO)
        var before = termios()
        tcgetattr(STDIN_FILENO, &before)
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            write("\n", to: STDERR_FILENO)
        }
        guard let line = readLine() else { throw UsageError("no PIN was given") }
        return line
    }
}

extension Terminal {
    /// A line that the next one takes the place of; for progress on a terminal.
    static func overwrite(_ text: String) {
        write("\r\u{1B}[K" + text, to: STDERR_FILENO)
    }
}
