internal import FoundationEssentials
internal import Glibc
internal import JSONTree
internal import KioskDomain
internal import KioskSimulation
internal import KioskStore
internal import KioskSync
internal import KioskTransport
internal import KioskVault
internal import TrainingPortal

/// `kiosk-lab interleave`: two machines of one kiosk (one is a copy of the other's data, as after a restored backup) and an officer edit
/// the same dossiers in random order, over real HTTP against the training portal.
///
/// A dossier's history is random by the seed, and so are the moments at which each machine syncs. Every word typed is one of a kind, so
/// that after the last sync each is either in the document that all three hold, or was taken away by somebody who saw it; it stands in a
/// revision in any case; and no clash was shown to anyone again after it was settled.
enum Interleave {
    static let dossiersInAWorld = 25

    static func run(seed: UInt64, histories: Int) async throws {
        let catalogue = try Bench.catalogue()
        let worlds = (histories + dossiersInAWorld - 1) / dossiersInAWorld
        var tally = InterleavedWorld.Tally()
        let seconds = try await Bench.seconds {
            try await withThrowingTaskGroup(of: InterleavedWorld.Tally.self) { group in
                var next = 0
                func begin() {
                    guard next < worlds else { return }
                    let seed = seed &+ UInt64(next)
                    next += 1
                    group.addTask { try await play(seed, catalogue) }
                }
                for _ in 0..<2 { begin() }
                while let played = try await group.next() {
                    tally += played
                    begin()
                }
            }
        }
        guard tally.clashes > 0, tally.merges > 0, tally.closed > 0 else {
            throw LabError("the histories are too tame: \(tally)")
        }
        print(
            "\(worlds * dossiersInAWorld) histories of two kiosks and an officer from seed \(seed): \(tally.words) words typed, "
                + "\(tally.merges) merges, \(tally.clashes) clashes shown once each, \(tally.closed) settled meanwhile, none lost, all sides alike; "
                + "\(Bench.rounded(seconds, 0)) s")
    }

    private static func play(_ seed: UInt64, _ catalogue: Catalogue) async throws -> InterleavedWorld.Tally {
        try await Bench.inTemporaryFolder(in: Bench.memory) { folder in
            let portal = try TrainingPortal(
                TrainingPortalOptions(dataFolder: folder + "/portal", port: 0, catalogue: Array(try JSONText.encode(catalogue))))
            let serving = Task { try await portal.run() }
            defer { serving.cancel() }
            let world = try await InterleavedWorld(seed, portal: portal, catalogue: catalogue, in: folder)
            do {
                try await world.play()
                return world.tally
            } catch let broken as InterleavedWorld.Broken where !Task.isCancelled {
                print("broken in the world of seed \(seed): \(broken.what)")
                for line in world.history(of: broken.dossier) { print("  \(line)") }
                print("to see it again: kiosk-lab interleave --seed \(seed) --histories \(dossiersInAWorld)")
                fflush(nil)
                throw LabError("typing was lost, sides differ, or a clash was not shown just once")
            }
        }
    }
}
