internal import FoundationEssentials
internal import Glibc
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync
internal import KioskVault

/// Sealing dossiers without papers, finding the next operation, reading a list page.
enum StoreBench {
    static func run(count: Int) async throws {
        try await Bench.inTemporaryFolder { folder in
            let catalogue = try Bench.catalogue()
            let store = try await Bench.kiosk(
                in: folder + "/kiosk", portal: "http://127.0.0.1:1", catalogue: catalogue,
                cost: Vault.PINCost(logN: 14, r: 8, p: 1))
            let answers = catalogue.procedure("LUU_TRU")?.sample ?? .emptyObject
            let bytes = Array(try JSONText.encode(answers))
            var rival: [Double] = []
            for number in 0..<min(count, 1000) {
                rival.append(
                    try await Bench.seconds { () throws(LabError) in try durable(bytes, path: "\(folder)/\(number).json") })
            }
            print("a file of \(bytes.count) B, fsync + rename + fsync of the folder:  \(Bench.words(rival))")
            var seals: [Double] = []
            for _ in 0..<count {
                seals.append(
                    try await Bench.seconds {
                        _ = try await store.fileDossier(
                            procedure: "LUU_TRU", answers: answers, files: [], sealing: .rehearsed(store.catalogue.consentText),
                            now: Date())
                    })
            }
            print("a dossier made and sealed, with receipt and outbox:        \(Bench.words(seals))")
            let ratio = seals.sorted()[seals.count / 2] / rival.sorted()[rival.count / 2]
            print("ratio to the bare file: \(Bench.rounded(ratio, 2))")
            var next: [Double] = []
            for _ in 0..<200 { next.append(try await Bench.seconds { _ = try await store.due(now: Date(), limit: 4) }) }
            print("the next operations of \(count) dossiers queued:  \(Bench.words(next))")
            var pages: [Double] = []
            for _ in 0..<100 { pages.append(try await Bench.seconds { _ = try await store.dossiers(limit: 50) }) }
            print("a page of 50 of \(count), names opened:  \(Bench.words(pages))")
        }
    }

    /// What a program does that keeps a dossier in a file and means it.
    private static func durable(_ bytes: [UInt8], path: String) throws(LabError) {
        let descriptor = open(path + ".new", O_WRONLY | O_CREAT, 0o600)
        guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw LabError("cannot write \(path)")
        }
        close(descriptor)
        rename(path + ".new", path)
        let folder = open(path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }, O_RDONLY)
        fsync(folder)
        close(folder)
    }
}
