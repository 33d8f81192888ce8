internal import Dispatch
internal import FoundationEssentials
internal import Glibc
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import Synchronization

/// What the pages' own `image-quality.js` finds of labelled pictures, in a headless Chromium: precision and recall of every flaw.
///
/// The set is made by `sync-fixtures/scan-quality/make_scans.py FOLDER`. There is one implementation of the measures, and it is a
/// script: so a browser runs it here too.
enum QualityBench {
    private struct Label: Codable {
        var file: String
        var kind: String
        var flaws: [String]
        var page: String
    }

    private struct Verdict: Codable {
        var file: String
        var flaws: [String]
        /// Which of the pictures before it look the same.
        var like: [String]
        var milliseconds: Double
    }

    static func run(folder: String) async throws {
        guard let data = FileManager.default.contents(atPath: folder + "/labels.json") else {
            throw LabError(
                "\(folder) holds no labels.json: make it with sync-fixtures/scan-quality/make_scans.py \(folder)", isUsage: true)
        }
        let labels = try JSONText.decode([Label].self, from: data)
        let verdicts = try await judge(folder, labels: labels, json: Array(data))
        guard verdicts.count == labels.count else {
            throw LabError("the browser judged \(verdicts.count) of \(labels.count) pictures")
        }
        print("\(labels.count) pictures, \(labels.count { $0.flaws.isEmpty }) of them good")
        for flaw in PaperFlaw.allCases where flaw != .twice {
            let pairs = zip(labels, verdicts).map { ($0.flaws.contains(flaw.rawValue), $1.flaws.contains(flaw.rawValue)) }
            print(line(flaw.rawValue, pairs))
        }
        print(line("twice (pairs)", twins(labels, verdicts)))
        let times = verdicts.map { $0.milliseconds / 1000 }
        print("measuring a picture, two at a time:  \(Bench.words(times))")
    }

    /// Precision and recall of pairs of (labelled, found).
    private static func line(_ name: String, _ pairs: [(labelled: Bool, found: Bool)]) -> String {
        let both = pairs.count { $0.labelled && $0.found }
        let (labelled, found) = (pairs.count { $0.labelled }, pairs.count { $0.found })
        func share(_ whole: Int) -> String { whole == 0 ? "–" : Bench.rounded(Double(both) / Double(whole), 3) }
        let padded = name + String(repeating: " ", count: max(1, 16 - name.count))
        return "\(padded)labelled \(labelled), found \(found): precision \(share(found)), recall \(share(labelled))"
    }

    /// Every two pictures of readable pages: whether they show the same page, and whether they look so.
    private static func twins(_ labels: [Label], _ verdicts: [Verdict]) -> [(labelled: Bool, found: Bool)] {
        let readable = labels.indices.filter { labels[$0].flaws.isEmpty }
        return readable.flatMap { later in
            readable.prefix { $0 < later }.map { earlier in
                (labels[earlier].page == labels[later].page, verdicts[later].like.contains(labels[earlier].file))
            }
        }
    }

    // MARK: The browser

    private static func judge(_ folder: String, labels: [Label], json: [UInt8]) async throws -> [Verdict] {
        let verdicts = Mutex<[Verdict]>([])
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let known = Set(labels.map(\.file))
        let thresholds = Array(try JSONText.encode(QualityThresholds()))
        let script = EmbeddedAssets.files["image-quality.js"] ?? ""
        let server = try HTTPServer(port: 0) { request in
            let name = request.path.first ?? ""
            switch (request.method, name) {
            case ("GET", ""): return .content(page, type: "text/html; charset=utf-8")
            case ("GET", "image-quality.js"): return .content(script, type: "text/javascript; charset=utf-8")
            case ("GET", "judge.js"): return .content(judgeScript, type: "text/javascript; charset=utf-8")
            case ("GET", "measure.js"): return .content(measureScript, type: "text/javascript; charset=utf-8")
            case ("GET", "labels.json"): return .json(json)
            case ("GET", "thresholds.json"): return .json(thresholds)
            case ("GET", _) where known.contains(name):
                let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)").map { Array($0) } ?? []
                return HTTPResponse(status: 200, headers: ["Content-Type": "image/jpeg"], body: .bytes(bytes))
            case ("POST", "verdict"):
                let body = try await request.body.collect(limit: 64 * 1024)
                let verdict = try JSONText.decode(Verdict.self, from: Data(body))
                let count = verdicts.withLock {
                    $0.append(verdict)
                    return $0.count
                }
                if count == labels.count { end.finish() }
                return .json(Array("{}".utf8))
            default: throw HTTPFault(404, "nothing is here")
            }
        }
        let serving = Task { try await server.run() }
        defer { serving.cancel() }
        try await Bench.inTemporaryFolder { profile in
            let browser = try start([
                "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
                "--user-data-dir=\(profile)", "http://127.0.0.1:\(server.port)/",
            ])
            let patience = Task {
                try? await Task.sleep(for: .seconds(1200))
                end.finish()
            }
            for await _ in ends {}
            patience.cancel()
            kill(browser, SIGTERM)
            var status: Int32 = 0
            waitpid(browser, &status, 0)
        }
        return verdicts.withLock { $0 }
    }

    private static func start(_ words: [String]) throws(LabError) -> pid_t {
        var pid: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Chromium complains of a missing bus and a missing display.
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        guard posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ) == 0 else {
            throw LabError("\(words[0]) does not start: is it installed?")
        }
        return pid
    }

    private static let page = """
        <!doctype html><title>quality</title><script src="/image-quality.js"></script><script src="/judge.js"></script>
        """

    /// Measures pictures one after another; a worker for each of two cores.
    private static let measureScript = """
        importScripts("/image-quality.js");
        onmessage = async ({ data: file }) => {
          const bitmap = await createImageBitmap(await (await fetch("/" + file)).blob());
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
          context.drawImage(bitmap, 0, 0);
          const image = context.getImageData(0, 0, bitmap.width, bitmap.height);
          const begin = performance.now();
          const measures = measurePage(image);
          postMessage({ measures, milliseconds: performance.now() - begin });
        };
        """

    private static let judgeScript = """
        (async () => {
          const read = async (name) => (await fetch(name)).json();
          const [labels, thresholds] = [await read("/labels.json"), await read("/thresholds.json")];
          const workers = [new Worker("/measure.js"), new Worker("/measure.js")];
          const idle = workers.map(() => Promise.resolve());
          const measured = labels.map(({ file }, index) => {
            const place = index % workers.length;
            const found = idle[place].then(
              () =>
                new Promise((done) => {
                  workers[place].onmessage = ({ data }) => done(data);
                  workers[place].postMessage(file);
                }),
            );
            idle[place] = found;
            return found;
          });
          const before = [];
          for (const [index, { file, kind }] of labels.entries()) {
            const { measures, milliseconds } = await measured[index];
            const like = before.filter((one) => likeness(one.print, measures.fingerprint) >= thresholds.twice).map((one) => one.file);
            before.push({ file, print: measures.fingerprint });
            const verdict = { file, flaws: judgePage(measures, thresholds, kind), like, milliseconds };
            await fetch("/verdict", { method: "POST", body: JSON.stringify(verdict) });
          }
        })();
        """
}
