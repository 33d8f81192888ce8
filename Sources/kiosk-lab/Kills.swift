internal import FoundationEssentials
internal import Glibc
internal import TrainingPortal

/// A night's run in a process that is killed (SIGKILL) at one place of it, and the runs after that.
enum Kills {
    private struct Case: Sendable {
        let place: NightProcess.Place
        let number: Int
    }

    /// SQLite writes some thousand times: of these each so-manieth of what `every` leaves.
    private static let writesBeside = 8

    static func run(_ night: FaultNight, every: Int, seed: UInt64) async throws {
        let count = try await night.play {
            try await NightProcess.run(
                folder: $0.kiosk, portal: $0.portal.address, place: nil, number: 0, catalogue: night.catalogue)
        }
        var all: [Case] = []
        for place in NightProcess.Place.allCases {
            let (places, step) =
                switch place {
                case .beforeCall, .afterCall: (count.calls, 1)
                case .beforeCommit, .afterCommit: (count.commits, 1)
                case .inWrite: (count.writes, writesBeside)
                }
            all += stride(from: Int(seed) % step, to: places, by: step).map { Case(place: place, number: $0) }
        }
        let cases = all.enumerated().filter { $0.offset % every == Int(seed % UInt64(every)) }.map(\.element)
        let seconds = try await Bench.seconds {
            try await Faults.twoAtATime(cases) { try await play($0, night) }
        }
        print(
            "\(count.calls) calls, \(count.commits) transactions, \(count.writes) writes of SQLite's: killed at \(cases.count) of \(all.count) "
                + "places, in the middle of writes among them: everything there once and equal, nobody asked; \(Bench.rounded(seconds, 0)) s"
        )
    }

    private static func play(_ one: Case, _ night: FaultNight) async throws {
        try await night.play { place in
            let words = "killed \(one.place.rawValue) \(one.number + 1)"
            let ended = await Child.run(
                NightProcess.words(
                    folder: place.kiosk, portal: place.portal.address, place: one.place, number: one.number))
            // Requests race, so that one run has a call or a write less than another.
            guard ended.signal == SIGKILL || ended.status == 0 && ended.signal == 0 else {
                throw LabError("\(words): the process ended with \(ended.status)")
            }
            try await night.settle(place, after: words)
        }
    }
}
