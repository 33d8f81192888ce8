internal import FoundationEssentials
internal import Glibc
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync
internal import KioskTransport
internal import KioskVault

/// A night's sync to the training portal; beside it, in the same run, other uploaders with as many bytes.
///
/// The kiosk sends its dossiers, too, and writes down every step; the rivals send bare files, small ones in the dossiers' place.
enum SyncBench {
    /// What is sent.
    struct Load {
        var dossiers: Int
        var papers: Int
        var paperBytes: Int

        var files: Int { dossiers * papers }
        var megabytes: Double { Double(files * paperBytes) / 1e6 }
    }

    /// - Parameter python: a Python that has tuspy; nil: not beside it.
    static func run(_ load: Load, rounds: Int, python: String?) async throws {
        print(
            "\(load.files) files of \(load.paperBytes / 1000) kB, \(Bench.rounded(load.megabytes, 0)) MB in \(load.dossiers) dossiers"
        )
        // The kiosk's papers, the rivals' files, what a server keeps of each and what curl reads beforehand.
        Bench.warmMemory(bytes: 8 * load.files * load.paperBytes)
        let aes = try await encryption(load)
        for way in [Way.portal, .nginx] {
            var runs: [[SyncRival.Figures]] = []
            for _ in 0..<rounds {
                let figures = try await Bench.inTemporaryFolder {
                    try await one(load, way, $0, python: python)
                }
                guard let figures else { break }
                runs.append(figures)
            }
            guard runs.count == rounds else { continue }
            try tell(runs, load, aes: aes, "\(way.rawValue), median of \(rounds):")
        }
    }

    /// Where the files go.
    private enum Way: String {
        case portal = "to the training portal, which digests and checks them on the same processor"
        case nginx = "the files to an nginx that writes them down"
    }

    /// - Parameter aes: seconds that encryption takes of the kiosk's processor time.
    private static func tell(_ runs: [[SyncRival.Figures]], _ load: Load, aes: Double, _ heading: String) throws {
        let figures = runs[0].map(\.name).compactMap { name -> SyncRival.Figures? in
            let all = runs.compactMap { $0.first { $0.name == name } }.sorted { $0.seconds < $1.seconds }
            return all.isEmpty ? nil : all[all.count / 2]
        }
        guard let curl = figures.first(where: { $0.name == SyncRival.curl }) else { throw LabError("curl is not installed") }
        print(heading)
        for one in figures {
            let share = (one.processor - aes) * 1000 / load.megabytes
            print(
                "  \(one.name.padding(28)) \(Bench.rounded(one.seconds, 2)) s, \(Bench.rounded(load.megabytes / one.seconds, 0)) MB/s, "
                    + "processor \(Bench.rounded(one.processor * 1000 / load.megabytes, 2)) ms/MB; "
                    + "to curl: speed \(Bench.rounded(curl.seconds / one.seconds, 2)), processor \(Bench.rounded(one.processor / curl.processor, 2))"
                    + (one.name == kiosk ? "; without AES \(Bench.rounded(share, 2)) ms/MB" : "")
            )
        }
    }

    /// - Returns: nil where nginx would be needed and is not installed, or the files need more requests than it understands.
    private static func one(
        _ load: Load, _ way: Way, _ folder: String, python: String?
    ) async throws -> [SyncRival.Figures]? {
        let files = way == .nginx && load.paperBytes <= 1 << 20 ? try await FilesServer() : nil
        if way == .nginx, files == nil { return nil }
        defer { files?.stop() }
        let portal = try PortalProcess(filesElsewhere: files != nil)
        defer { portal.stop() }
        let catalogue = try Bench.catalogue()
        let store = try await Bench.kiosk(
            in: folder + "/kiosk", portal: portal.address, catalogue: catalogue, cost: Vault.PINCost(logN: 14, r: 8, p: 1))
        try await fill(store, load)
        Bench.settleDisk()
        let connection = PortalConnection(
            address: try PortalAddress(portal.address), files: try files.map { try PortalAddress($0.address) },
            kioskID: "kiosk-lab",
            secret: "lab", connections: SyncEngine.Options().parallel, now: { Date() })
        let engine = SyncEngine(outbox: store, replica: store, portal: connection, clock: SystemClock())
        var report = SyncReport()
        let before = Child.ownProcessor()
        let seconds = try await Bench.seconds { report = try await engine.run() }
        let figures = SyncRival.Figures(name: Self.kiosk, seconds: seconds, processor: Child.ownProcessor() - before)
        guard report.delivered == load.dossiers, !report.workIsLeft else { throw LabError("the sync did not drain: \(report)") }
        guard let files else {
            return [figures] + (try await SyncRival.all(load, folder, portal: portal.address, python: python))
        }
        return [figures] + (try await SyncRival.beside(files, load, folder, portal: portal.address))
    }

    private static let kiosk = "kiosk"

    /// Seconds that encryption takes of the kiosk's processor time; the digests were computed on the way in.
    private static func encryption(_ load: Load) async throws -> Double {
        let vault = try Vault()
        let bytes = try Secret.random(count: 256 * 1024)
        let sealed = try vault.attachments.seal(bytes, as: "bench")
        let count = max(1, load.files * load.paperBytes / bytes.count)
        let aes = try await Bench.seconds { for _ in 0..<count { _ = try vault.attachments.open(sealed, as: "bench") } }
        let sha = try await Bench.seconds { for _ in 0..<count { _ = try SHA256Digest.of(bytes) } }
        print(
            "of these bytes AES-256-GCM takes \(Bench.rounded(aes * 1000 / load.megabytes, 2)) ms/MB, "
                + "SHA-256 \(Bench.rounded(sha * 1000 / load.megabytes, 2)) ms/MB")
        return aes
    }

    /// Seals what is to be sent.
    ///
    /// - Parameter answerBytes: with so many guests in each form that its answers have at least so many bytes.
    static func fill(_ store: UnlockedStore, _ load: Load, answerBytes: Int = 0) async throws {
        var answers = store.catalogue.procedure("LUU_TRU")?.sample ?? .emptyObject
        let guests = JSONPointer(tokens: ["guests"])
        while case .array(let all)? = answers[guests], let first = all.first, try JSONText.encode(answers).count < answerBytes {
            answers.set(.array(all + [first]), at: guests)
        }
        for _ in 0..<load.dossiers {
            var files: [PlacedFile] = []
            for number in 0..<load.papers {
                let writer = try await store.newAttachment(limit: load.paperBytes, now: Date())
                var left = load.paperBytes
                while left > 0 {
                    let count = min(left, 512 * 1024)
                    try await writer.append(try Secret.random(count: count))
                    left -= count
                }
                files.append(
                    PlacedFile(
                        component: "GIAY_TO_KHACH", fileName: "scan-\(number).jpg", mediaType: "image/jpeg",
                        file: try await writer.finish(now: Date())))
            }
            _ = try await store.fileDossier(
                procedure: "LUU_TRU", answers: answers, files: files, sealing: .rehearsed(store.catalogue.consentText),
                now: Date())
        }
    }
}

extension String {
    fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
