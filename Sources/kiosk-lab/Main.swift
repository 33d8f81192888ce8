internal import FoundationEssentials
internal import Glibc
internal import KioskSimulation
internal import KioskStore

/// The laboratory: benchmarks, never installed.
///
/// Figures drift between machines; the ratio to the rival of the same run stays.
@main
struct KioskLab {
    static let usage = """
        usage: kiosk-lab bench store [--count N]     sealing, the next operation, a list page; beside a bare fsync'ed file
               kiosk-lab bench sync [--dossiers N] [--papers N] [--kilobytes N] [--rounds N] [--python FILE]
                                                     a night's sync; beside curl --parallel with as many bytes to the same portal, and
                                                     rclone and tuspy (of that Python) where they are installed; small files
                                                     also to an nginx, where that is
               kiosk-lab bench queue [--count N] [--papers N]
                                                     a run over N queued dossiers, with papers of 1 kB: choosing the next operation,
                                                     what is delivered in 20 s, and the run's memory
               kiosk-lab bench line [--case N]       sync over bad lines, in real time: some minutes; beside curl, 16 at once
               kiosk-lab bench start [--count N]     from the process's start to its first answer, with N dossiers
               kiosk-lab bench capture [--rounds N]  taking in 200 MB; beside a plain copy with fsync and its encryption
               kiosk-lab bench search [--count N]    finding among N dossiers: the index's memory, the time of an answer
               kiosk-lab bench report [--count N]    a year's report over N dossiers: its time and the memory
               kiosk-lab year make [--seed N] [--count N]   a made year of dossiers (sync-fixtures/year/dossiers.csv)
               kiosk-lab year figures --file FILE    its figures by month, quarter and year, a JSON object a line, for count.py
               kiosk-lab merge-cases [--seed N] [--count N]   random records merged, a JSON object a line, for check_merge.py
               kiosk-lab bench quality --set FOLDER  precision and recall of the pages' checks of pictures, on a labelled set
               kiosk-lab simulate [--seed N] [--nights N] [--kiosks N] [--worlds N] [--faults KIND,…|none] [--sabotage KIND] [--tell]
                                                     the real engine and store in a simulated world, checked after every night
               kiosk-lab faults [--every N] [--pairs N] [--seed N]
                                                     a night's run with one fault at each of its requests, then with pairs
                                                     of them, then killed at each request, transaction and write
               kiosk-lab interleave [--seed N] [--histories N]
                                                     two machines of one kiosk and an officer edit the same dossiers in random order,
                                                     over real HTTP: no typing lost, all sides alike, each clash shown once

        exit status: 0 done, 1 failed, 2 wrong usage
        """

    static func main() async {
        // As the kiosk does: what is measured here is its work.
        ProcessMemory.shareOneHeap()
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.contains("--help") == false else { return print(usage) }
        do {
            if words.first == "merge-cases" {
                return try MergeCases.run(
                    seed: try number("--seed", in: words, default: 1), count: try number("--count", in: words, default: 1000))
            }
            if words.first == "faults" {
                return try await Faults.run(
                    every: try number("--every", in: words, default: 1), pairs: try number("--pairs", in: words, default: 200),
                    seed: UInt64(try number("--seed", in: words, default: 1)))
            }
            if words.first == "interleave" {
                return try await Interleave.run(
                    seed: UInt64(try number("--seed", in: words, default: 1)),
                    histories: try number("--histories", in: words, default: 2000))
            }
            if words.first == "simulate" { return try await simulate(words) }
            // What `bench sync` starts.
            if words.first == "portal" {
                return try await PortalProcess.run(
                    folder: try text("--data", in: words), filesElsewhere: words.contains("elsewhere"))
            }
            // What `bench report` starts.
            if words.first == "report" { return try await ReportBench.child(folder: try text("--data", in: words)) }
            // What `bench queue` starts.
            if words.first == "queue" {
                return try await QueueBench.child(folder: try text("--data", in: words), portal: try text("--portal", in: words))
            }
            // What `faults` starts to kill it.
            if words.first == "night" {
                _ = try await NightProcess.run(
                    folder: try text("--data", in: words), portal: try text("--portal", in: words),
                    place: try kind(try text("--die", in: words), "--die"), number: try number("--at", in: words, default: 1) - 1,
                    catalogue: try Bench.catalogue())
                return
            }
            if words.first == "year" { return try await year(words) }
            guard words.count >= 2, words[0] == "bench" else { return leave(2, usage) }
            switch words[1] {
            case "store": try await StoreBench.run(count: try number("--count", in: words, default: 1000))
            case "sync":
                try await SyncBench.run(
                    SyncBench.Load(
                        dossiers: try number("--dossiers", in: words, default: 60),
                        papers: try number("--papers", in: words, default: 3),
                        paperBytes: try number("--kilobytes", in: words, default: 300) * 1000),
                    rounds: try number("--rounds", in: words, default: 1),
                    python: words.contains("--python") ? try text("--python", in: words) : nil)
            case "queue":
                // No papers is what is meant where none are named.
                let papers = words.contains("--papers") ? try number("--papers", in: words, default: 1) : 0
                try await QueueBench.run(count: try number("--count", in: words, default: 20_000), papers: papers)
            case "line":
                try await LineBench.run(only: words.contains("--case") ? try number("--case", in: words, default: 1) : nil)
            case "start": try await StartBench.run(count: try number("--count", in: words, default: 2000))
            case "capture": try await CaptureBench.run(rounds: try number("--rounds", in: words, default: 5))
            case "search": try await SearchBench.run(count: try number("--count", in: words, default: 2000))
            case "report": try await ReportBench.run(count: try number("--count", in: words, default: 100_000))
            case "quality": try await QualityBench.run(folder: try text("--set", in: words))
            default: leave(2, usage)
            }
        } catch let error as LabError where error.isUsage {
            leave(2, error.description)
        } catch {
            leave(1, "kiosk-lab: \(error)")
        }
    }

    private static func year(_ words: [String]) async throws {
        switch words.dropFirst().first {
        case "make":
            try Year.make(
                seed: UInt64(try number("--seed", in: words, default: 1)), count: try number("--count", in: words, default: 2000))
        case "figures": try await Year.figures(of: try text("--file", in: words), year: 2026)
        default: leave(2, usage)
        }
    }

    private static func simulate(_ words: [String]) async throws {
        var scenario = Scenario(
            seed: UInt64(try number("--seed", in: words, default: 1)), nights: try number("--nights", in: words, default: 30),
            kiosks: try number("--kiosks", in: words, default: 2))
        if words.contains("--faults") {
            let names = try text("--faults", in: words)
            scenario.faults = try names == "none" ? [] : Set(names.split(separator: ",").map { try kind(String($0), "--faults") })
        }
        if words.contains("--sabotage") {
            scenario.sabotage = try kind(try text("--sabotage", in: words), "--sabotage") as Sabotage
        }
        try await Simulate.run(
            scenario, worlds: try number("--worlds", in: words, default: 1), isTold: words.contains("--tell"))
    }

    private static func kind<Kind: RawRepresentable<String> & CaseIterable>(_ name: String, _ flag: String) throws(LabError)
        -> Kind
    {
        guard let kind = Kind(rawValue: name) else {
            throw LabError("\(flag) knows: \(Kind.allCases.map(\.rawValue).joined(separator: ", "))", isUsage: true)
        }
        return kind
    }

    private static func leave(_ status: Int32, _ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
        exit(status)
    }

    private static func text(_ flag: String, in words: [String]) throws(LabError) -> String {
        guard let index = words.firstIndex(of: flag), words.indices.contains(index + 1) else {
            throw LabError("\(flag) is missing", isUsage: true)
        }
        return words[index + 1]
    }

    private static func number(_ flag: String, in words: [String], default value: Int) throws(LabError) -> Int {
        guard let index = words.firstIndex(of: flag) else { return value }
        guard words.indices.contains(index + 1), let number = Int(words[index + 1]), number > 0 else {
            throw LabError("\(flag) wants a whole number above 0", isUsage: true)
        }
        return number
    }
}

/// What the laboratory cannot do.
struct LabError: Error, CustomStringConvertible {
    let description: String
    let isUsage: Bool

    init(_ description: String, isUsage: Bool = false) {
        self.description = description
        self.isUsage = isUsage
    }
}
