internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskVault

/// From a process's start to its first answer, with many dossiers in the store: opening, schema check, unlocking, one page.
enum StartBench {
    static func run(count: Int) async throws {
        try await Bench.inTemporaryFolder { folder in
            let catalogue = try Bench.catalogue()
            let cost = Vault.PINCost(logN: 14, r: 8, p: 1)
            let answers = catalogue.procedure("LUU_TRU")?.sample ?? .emptyObject
            do {
                let store = try await Bench.kiosk(
                    in: folder + "/kiosk", portal: "http://127.0.0.1:1", catalogue: catalogue, cost: cost)
                for _ in 0..<count {
                    _ = try await store.fileDossier(
                        procedure: "LUU_TRU", answers: answers, files: [], sealing: .rehearsed(store.catalogue.consentText),
                        now: Date())
                }
            }
            var opens: [Double] = []
            var unlocks: [Double] = []
            var pages: [Double] = []
            for _ in 0..<10 {
                var store: KioskStore?
                opens.append(try await Bench.seconds { store = try KioskStore.open(folder: folder + "/kiosk") })
                guard let store else { continue }
                var open: UnlockedStore?
                unlocks.append(
                    try await Bench.seconds {
                        open = try await store.unlock(operatorName: nil, pin: Bench.pin, catalogue: catalogue, now: Date())
                    })
                pages.append(try await Bench.seconds { _ = try await open?.dossiers(limit: 50) })
            }
            print("opening with \(count) dossiers:  \(Bench.words(opens))")
            print("unlocking (the cheapest scrypt):  \(Bench.words(unlocks))")
            print("the first page of 50:  \(Bench.words(pages))")
        }
    }
}
