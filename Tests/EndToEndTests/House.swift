import Foundation
import JSONTree
import KioskTestSupport
import LineEmulator

/// A kiosk's data folder and a training portal in a process of its own, for one test.
final class House: Sendable {
    static let kiosk = Program.product("kiosk")
    static let operatorName = "Trưởng thôn"
    static let pin = "482915"

    let folder: TemporaryFolder
    let data: String
    let portalProgram: Program
    let portalAddress: String
    let portal: PortalControl
    /// The line between kiosk and portal, where it is a bad one.
    let line: Line?
    /// What speaks TLS in front of the portal, where the kiosk reaches it so; it does not serve yet.
    let front: TLSFront?

    /// Starts a portal and founds a kiosk for it.
    ///
    /// Unless other settings are given, scrypt is as cheap as the vault allows, so that many starts take little time.
    ///
    /// - Parameters:
    ///   - portalWords: further words for the portal's command.
    ///   - shape: how the line between them behaves; a perfect one where nil.
    ///   - hasFront: whether nginx stands between them (``front``).
    init(
        settings: String = #"{"pin": {"logN": 14, "r": 8, "p": 1}, "sync": {"patienceSeconds": 10, "everyMinutes": 0}}"#,
        portalWords: [String] = [],
        line shape: LineShape? = nil, front hasFront: Bool = false
    ) async throws {
        folder = try TemporaryFolder()
        data = folder.file("kiosk")
        try Data("\(Self.pin)\n".utf8).write(to: URL(filePath: folder.file("pin")))
        try Data("bí-mật-của-cổng\n".utf8).write(to: URL(filePath: folder.file("secret")))
        try Data(settings.utf8)
            .write(to: URL(filePath: folder.file("kiosk.json")))
        portalProgram = try Program(Self.kiosk, ["portal", "--data", folder.file("portal"), "--port", "0"] + portalWords)
        let greeting = try await portalProgram.line { $0.contains("http://") }
        portalAddress = String(
            greeting[(greeting.range(of: "http://")?.lowerBound ?? greeting.startIndex)...].prefix { $0 != " " }
        )
        .trimmingCharacters(in: ["/"])
        portal = try PortalControl(base: portalAddress)
        let port = UInt16(portalAddress.split(separator: ":").last ?? "") ?? 0
        line = try shape.map { try Line(to: port, shape: $0) }
        front = hasFront ? try await TLSFront(to: port) : nil
        let made = try await run([
            "init", "--portal", front?.address ?? line?.address ?? portalAddress, "--kiosk-id", "kiosk-thu", "--secret-file",
            folder.file("secret"),
            "--village",
            "Thôn Cẩm Sơn", "--operator", Self.operatorName,
        ])
        guard made.status == 0 else { throw Failure("kiosk init: \(made.stderr)") }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    var environment: [String: String?] { ["KIOSK_PIN_FILE": folder.file("pin"), "KIOSK_DATA": nil] }

    /// What a resident agrees to who agrees to everything.
    static let consent = [
        "--consent", "filing", "--consent", "keep-scans", "--consent", "contact", "--consent", "reuse", "--consent-reason",
        "Không có bút",
    ]

    /// The words of a command with the house's folder, and with a whole consent where something is sealed without a word about it.
    func arguments(_ words: [String]) -> [String] {
        let seals = words.contains("--seal") || words.starts(with: ["dossier", "seal"])
        let consent = seals && !words.contains("--consent") ? Self.consent : []
        return words + consent + ["--data", data, "--config", folder.file("kiosk.json")]
    }

    /// Runs a command of the kiosk to its end.
    func run(_ words: [String], input: [UInt8] = [], environment more: [String: String] = [:]) async throws -> Program.Outcome {
        try await Program.run(Self.kiosk, arguments(words), environment: environment.merging(more) { $1 }, input: input)
    }

    /// Begins a dossier that is being filled in.
    func draft(_ procedure: String) async throws -> String {
        let made = try await json(["dossier", "new", "--procedure", procedure, "--answers", try await sample(procedure)])
        guard let id = made["id"]?.stringValue else { throw Failure("no id") }
        return id
    }

    /// Starts a command of the kiosk.
    ///
    /// - Parameter more: variables beside the usual ones.
    func start(_ words: [String], environment more: [String: String] = [:]) throws -> Program {
        try Program(Self.kiosk, arguments(words), environment: environment.merging(more) { $1 })
    }

    /// Starts the pages and unlocks them.
    func pages(environment more: [String: String] = [:]) async throws -> Pages {
        try await Pages(try start(["serve", "--port", "0"], environment: more))
    }

    /// Runs a command that prints JSON and has to end with one of these statuses.
    func json(_ words: [String], status allowed: [Int32] = [0]) async throws -> JSONValue {
        let outcome = try await run(words + ["--json"])
        guard allowed.contains(outcome.status) else {
            throw Failure("kiosk \(words.joined(separator: " ")) ended with \(outcome.status): \(outcome.stderr)")
        }
        return try JSONText.decode(JSONValue.self, from: Data(outcome.output))
    }

    /// A JPEG of noise, of about so many bytes.
    func file(_ name: String, bytes count: Int, seed: UInt64) throws -> String {
        try folder.write(name, SampleFile.jpeg(bytes: count, seed: seed))
    }

    /// A PDF of any length, written piece by piece.
    func bigFile(_ name: String, bytes count: Int, seed: UInt64) async throws -> String {
        let path = folder.file(name)
        let (head, tail) = SampleFile.pdfAround(count)
        try Data(head).write(to: URL(filePath: path))
        let filler = count - head.count - tail.count
        let made = try await Program.run("/bin/sh", ["-c", "head -c \(filler) /dev/urandom >> '\(path)'"])
        guard made.status == 0 else { throw Failure("head: \(made.stderr)") }
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(tail))
        try handle.close()
        return path
    }

    /// Starts the kiosk's pages.
    ///
    /// - Parameter clock: how wrong its clock is, `+4d` (Debian's faketime).
    func serve(clock: String? = nil) async throws -> (program: Program, address: String) {
        let program: Program
        if let clock {
            guard let faketime = Program.installed("faketime") else { throw Failure("faketime is not installed") }
            program = try Program(
                faketime, ["-f", clock, Self.kiosk] + arguments(["serve", "--port", "0"]),
                environment: environment.merging(["FAKETIME_DONT_FAKE_MONOTONIC": "1"]) { $1 })
        } else {
            program = try start(["serve", "--port", "0"])
        }
        let line = try await program.line { $0.contains("http://") }
        return (program, String(line.split(separator: " ").last ?? ""))
    }

    /// A scan of the fixtures.
    static func scan(_ name: String) -> String { ShippedFiles.path(of: "sync-fixtures/scans/\(name).png") }

    /// A file for each component, no two alike: the page asks about the same page twice.
    func papers(_ components: [String]) throws -> [(component: String, path: String)] {
        try components.enumerated().map { index, component in
            guard index > 0 else { return (component, Self.scan("to-khai-ct01")) }
            return (component, try folder.write("\(component).pdf", SampleFile.pdf(bytes: 3000, seed: UInt64(index))))
        }
    }

    /// What `kiosk procedure sample` prints.
    func sampleFile(_ procedure: String) async throws -> JSONValue {
        let outcome = try await run(["procedure", "sample", procedure])
        return try JSONText.decode(JSONValue.self, from: Data(outcome.output))
    }

    /// The sample of a procedure as a file for `--answers`.
    func sample(_ procedure: String) async throws -> String {
        let outcome = try await run(["procedure", "sample", procedure])
        return try folder.write("\(procedure).json", outcome.output)
    }
}

extension JSONValue {
    /// A whole number.
    var int: Int? {
        if case .number(let number) = self { NSDecimalNumber(decimal: number).intValue } else { nil }
    }
}
