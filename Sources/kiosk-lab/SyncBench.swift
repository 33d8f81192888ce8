internal import Dispatch
internal import FoundationEssentials
internal import Glibc
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync
internal import KioskTransport
internal import KioskVault
internal import TrainingPortal

/// A night's sync of dossiers with three papers of 300 kB each to a training portal in this process; then `curl --parallel` of
/// the same bytes to the same portal by tus creation-with-upload.
///
/// The portal is the same for both and works in this process, so the ratio is to its disadvantage for neither.
enum SyncBench {
    private static let papers = 3
    private static let paperSize = 300_000

    static func run(dossiers: Int) async throws {
        try await Bench.inTemporaryFolder { folder in
            let catalogue = try Bench.catalogue()
            let json = Array(try JSONText.encode(catalogue))
            let portal = try TrainingPortal(TrainingPortalOptions(dataFolder: folder + "/portal", port: 0, catalogue: json))
            let serving = Task { try await portal.run() }
            defer { serving.cancel() }
            let store = try await Bench.kiosk(
                in: folder + "/kiosk", portal: portal.address, catalogue: catalogue, cost: Vault.PINCost(logN: 14, r: 8, p: 1))
            try await fill(store, dossiers: dossiers)
            let connection = PortalConnection(
                address: try PortalAddress(portal.address), kioskID: "kiosk-lab", secret: "lab", now: { Date() })
            let engine = SyncEngine(outbox: store, replica: store, portal: connection, clock: SystemClock())
            var report = SyncReport()
            let kiosk = try await Bench.seconds { report = try await engine.run() }
            guard report.delivered == dossiers, !report.workIsLeft else { throw LabError("the sync did not drain: \(report)") }
            let megabytes = Double(dossiers * papers * paperSize) / 1e6
            print(
                "kiosk sync: \(dossiers) dossiers, \(report.uploaded) files, \(Bench.rounded(megabytes, 1)) MB in \(Bench.rounded(kiosk, 2)) s"
            )
            let curl = try await rival(folder, files: dossiers * papers, portal: portal.address)
            print("curl --parallel, the files alone:      \(Bench.rounded(curl, 2)) s")
            print("speed relative to curl: \(Bench.rounded(curl / kiosk, 2))")
        }
    }

    private static func fill(_ store: UnlockedStore, dossiers: Int) async throws {
        let answers = store.catalogue.procedure("LUU_TRU")?.sample ?? .emptyObject
        for _ in 0..<dossiers {
            var files: [PlacedFile] = []
            for number in 0..<papers {
                let writer = try await store.newAttachment(limit: paperSize, now: Date())
                try await writer.append(try Secret.random(count: paperSize))
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

    private static func rival(_ folder: String, files: Int, portal: String) async throws -> Double {
        let token = try await bearer(portal)
        var config = "parallel\nparallel-max = 4\nsilent\nfail\n"
        for number in 0..<files {
            let bytes = try Secret.random(count: paperSize)
            let path = "\(folder)/rival-\(number)"
            guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
                throw LabError("cannot write \(path)")
            }
            let sha256 = Data(Hex.encode(try SHA256Digest.of(bytes)).utf8).base64EncodedString()
            config += """
                \(number == 0 ? "" : "next\nsilent\nfail\n")url = "\(portal)/v1/files/"
                request = "POST"
                data-binary = "@\(path)"
                output = "/dev/null"
                header = "Authorization: Bearer \(token)"
                header = "Tus-Resumable: 1.0.0"
                header = "Upload-Length: \(paperSize)"
                header = "Upload-Metadata: filename YQ==,sha256 \(sha256)"
                header = "Content-Type: application/offset+octet-stream"
                header = "Expect:"

                """
        }
        let path = "\(folder)/curl.conf"
        guard FileManager.default.createFile(atPath: path, contents: Data(config.utf8)) else {
            throw LabError("cannot write \(path)")
        }
        var status: Int32 = 0
        let seconds = await Bench.seconds { () async in status = await command(["curl", "-K", path]) }
        guard status == 0 else { throw LabError("curl ended with \(status)") }
        return seconds
    }

    private static func bearer(_ portal: String) async throws -> String {
        let path = "/tmp/kiosk-lab-token-\(getpid())"
        defer { unlink(path) }
        let status = await command([
            "curl", "-s", "-u", "kiosk-lab:lab", "-d", "grant_type=client_credentials", "-o", path, "\(portal)/oauth2/token",
        ])
        guard status == 0, let data = FileManager.default.contents(atPath: path),
            let token = (try? JSONText.decode(JSONValue.self, from: data))?["access_token"]?.stringValue
        else { throw LabError("curl got no token: is it installed?") }
        return token
    }

    /// Runs a program and waits on a thread of its own: the portal in this process needs the others.
    static func command(_ words: [String]) async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "kiosk-lab.command").async {
                var pid: pid_t = 0
                var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
                defer { for argument in arguments { free(argument) } }
                guard posix_spawnp(&pid, words[0], nil, nil, &arguments, environ) == 0 else {
                    return continuation.resume(returning: -1)
                }
                var status: Int32 = 0
                waitpid(pid, &status, 0)
                continuation.resume(returning: (status >> 8) & 0xFF)
            }
        }
    }
}
