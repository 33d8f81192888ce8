import Foundation
import KioskDomain
import KioskTestSupport
import Testing

@testable import KioskSync

/// The schedule asked as a serving kiosk asks it, again and again, while its clock jumps: true time goes on by itself.
@Suite struct ScheduleClockTests {
    /// How a run of the played kiosk ends.
    private enum Weather: CaseIterable { case good, noLine, busy, workLeft }

    /// A kiosk with a clock that is set now and then; it asks every ten seconds.
    private struct Played {
        let schedule: Schedule
        let weather: Weather
        /// Seconds of true time, and how far the kiosk's clock is ahead of it.
        var (time, error) = (0.0, 0.0)
        var facts: Schedule.Facts
        /// When runs and probes were, in true time.
        var (runs, probes): ([Double], [Double]) = ([], [])

        init(_ schedule: Schedule, _ weather: Weather, error: Double) {
            (self.schedule, self.weather, self.error) = (schedule, weather, error)
            facts = Schedule.Facts(unlockedAt: Self.start.addingTimeInterval(error))
        }

        /// A morning, far from the windows' edges.
        static let start = VietnamTime.instant(rfc3339: "2022-04-08T09:00:00+07:00") ?? .distantPast

        var now: Date { Self.start.addingTimeInterval(time + error) }

        mutating func play(seconds: Double) {
            let end = time + seconds
            while time < end {
                let step = schedule.next(facts, now: now)
                if let at = step.at, at <= now { take(step) }
                time += 10
            }
        }

        private mutating func take(_ step: Schedule.Step) {
            switch step {
            case .nothing: return
            case .probe:
                probes.append(time)
                facts.probes += 1
                facts.probedAt = now
            case .run:
                runs.append(time)
                let began = now
                time += 10
                let stop: SyncReport.Stop? =
                    switch weather {
                    case .good, .workLeft: nil
                    case .noLine: .line
                    case .busy: .portalBusy
                    }
                facts.lastRun = PastRun(beganAt: began, endedAt: now, stop: stop)
                facts.failures = stop == nil ? 0 : facts.failures + 1
                (facts.probes, facts.probedAt) = (0, nil)
                if weather == .good { facts.urgentSealedAt = nil }
            }
        }
    }

    @Test func `a clock set back or forward neither stalls a kiosk that syncs by itself nor makes it flood`() {
        var random = SeededGenerator(seed: 20_261_126)
        let hour = 3600.0
        for turn in 0..<120 {
            let weather = Weather.allCases[turn % 4]
            let windows = random.oneIn(2) ? [] : [SyncWindow("00:00–24:00")].compactMap { $0 }
            let sizes = [0.5 * hour, 3 * hour, 40 * hour, 400 * 24 * hour, 9000 * 24 * hour]
            let first = sizes[random.int(0...4)] * (random.oneIn(2) ? 1 : -1)
            var kiosk = Played(Schedule(windows: windows, kioskID: "kiosk-\(turn)"), weather, error: first)
            // Somebody sealed what the law wants today, by that clock.
            if random.oneIn(2) { kiosk.facts.urgentSealedAt = kiosk.now }
            kiosk.play(seconds: hour)
            for _ in 0..<3 {
                kiosk.error = random.oneIn(3) ? 0 : sizes[random.int(0...4)] * (random.oneIn(2) ? 1 : -1)
                let (runs, probes) = (kiosk.runs.count, kiosk.probes.count)
                kiosk.play(seconds: 2 * hour)
                let what = "turn \(turn), \(weather), windows \(windows.count), clock off by \(first), then \(kiosk.error)"
                let asked = kiosk.runs.count - runs + kiosk.probes.count - probes
                // By the interval of 15 to 18 minutes it is six to eight in two hours, by the longest back-off of half an hour four; a
                // jump costs one more at once, and probes begin anew with half a minute.
                #expect(asked >= 3, "stalled: \(asked), \(what)")
                #expect(asked <= 16, "flooded: \(asked), \(what)")
            }
        }
    }
}
