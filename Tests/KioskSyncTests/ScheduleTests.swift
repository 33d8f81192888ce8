import Foundation
import KioskDomain
import KioskTestSupport
import Testing

@testable import KioskSync

@Suite struct ScheduleTests {
    private func at(_ text: String) -> Date { VietnamTime.instant(rfc3339: text + "+07:00") ?? .distantPast }

    private func nightly(_ windows: [String] = ["22:00–05:00"], every: Int = 15, kiosk: String = "kiosk-1") -> Schedule {
        Schedule(windows: windows.compactMap { SyncWindow($0) }, everyMinutes: every, kioskID: kiosk)
    }

    private func facts(
        unlocked: String = "2022-04-01T08:00:00", last: (began: String, ended: String, stop: SyncReport.Stop?)? = nil,
        failures: Int = 0, urgent: String? = nil
    ) -> Schedule.Facts {
        var facts = Schedule.Facts(
            unlockedAt: at(unlocked), lastRun: last.map { PastRun(beganAt: at($0.began), endedAt: at($0.ended), stop: $0.stop) })
        facts.failures = failures
        facts.urgentSealedAt = urgent.map(at)
        return facts
    }

    @Test(
        "A window is read as people write it",
        arguments: [
            ("22:00–05:00", 1320, 420), ("22:00-05:00", 1320, 420), (" 9:30 - 11:45 ", 570, 135), ("00:00–24:00", 0, 1440),
            ("23:59–00:00", 1439, 1), ("20:00–24:00", 1200, 240),
        ])
    func windows(text: String, from: Int, minutes: Int) {
        #expect(SyncWindow(text).map { [$0.from, $0.minutes] } == [from, minutes])
    }

    @Test(
        "What is no window is refused",
        arguments: [
            "", "22:00", "22:00–22:00", "24:00–05:00", "25:00–05:00", "22:60–05:00", "22–05", "22:00–05:00–06:00", "a:b–c:d",
            "22:0–05:00", "-1:00–05:00", "٢٢:٠٠–٠٥:٠٠",
        ])
    func noWindows(text: String) { #expect(SyncWindow(text) == nil) }

    @Test func `a night's first run starts at this kiosk's own time, the same whenever it is asked, another each night`() {
        let schedule = nightly()
        let first = schedule.next(
            facts(last: ("2022-04-08T03:00:00", "2022-04-08T03:01:00", nil)), now: at("2022-04-08T12:00:00"))
        guard case .run(.window, let start, let until) = first else {
            Issue.record("\(first)")
            return
        }
        #expect(at("2022-04-08T22:00:00") <= start && start < at("2022-04-08T23:00:00") && until == at("2022-04-09T05:00:00"))
        let again = schedule.next(
            facts(last: ("2022-04-08T03:00:00", "2022-04-08T03:01:00", nil)), now: at("2022-04-08T22:01:00"))
        #expect(again == first)
        let tomorrow = schedule.next(
            facts(last: ("2022-04-09T04:59:00", "2022-04-09T04:59:30", nil)), now: at("2022-04-09T12:00:00"))
        #expect(tomorrow.at != start.addingTimeInterval(86_400))
    }

    @Test func `a commune's kiosks are spread over the hour`() {
        let starts = (0..<60).compactMap { number in
            nightly(kiosk: "kiosk-\(number)")
                .next(facts(last: ("2022-04-08T03:00:00", "2022-04-08T03:01:00", nil)), now: at("2022-04-08T12:00:00")).at
        }
        let minutes = starts.map { Int($0.timeIntervalSince(at("2022-04-08T22:00:00")) / 60) }
        #expect(starts.count == 60 && minutes.allSatisfy { (0..<60).contains($0) })
        // Six times ten minutes: none is empty, none has a third of all.
        let tens = Dictionary(grouping: minutes) { $0 / 10 }
        #expect(tens.count == 6 && tens.values.allSatisfy { $0.count < 20 })
    }

    @Test func `inside a window runs follow each other by the interval, and the last ends with it`() {
        let schedule = nightly()
        let done = facts(last: ("2022-04-08T23:30:00", "2022-04-08T23:40:00", nil))
        let next = schedule.next(done, now: at("2022-04-08T23:41:00"))
        guard case .run(.window, let start, let until) = next else {
            Issue.record("\(next)")
            return
        }
        let minutes = start.timeIntervalSince(at("2022-04-08T23:40:00")) / 60
        #expect((15...18).contains(minutes) && until == at("2022-04-09T05:00:00"))
        // A quarter of an hour before it closes the next one is tomorrow's.
        let late = schedule.next(
            facts(last: ("2022-04-09T04:50:00", "2022-04-09T04:51:00", nil)), now: at("2022-04-09T04:52:00"))
        #expect(at("2022-04-09T22:00:00") <= late.at ?? .distantPast)
    }

    @Test func `a run that failed is repeated after a back-off that grows to half an hour, inside the window only`() {
        let schedule = nightly()
        var before = 0.0
        for failures in 1...12 {
            let failed = facts(
                last: ("2022-04-08T23:00:00", "2022-04-08T23:00:00", .portalBusy), failures: failures)
            let wait = schedule.next(failed, now: at("2022-04-08T23:00:01")).at?.timeIntervalSince(at("2022-04-08T23:00:00")) ?? 0
            #expect((30...1800).contains(wait) && wait >= before)
            before = wait
        }
        #expect(before >= 900)
        let atDawn = facts(last: ("2022-04-09T04:55:00", "2022-04-09T04:55:00", .portalBusy), failures: 9)
        #expect(at("2022-04-09T22:00:00") <= schedule.next(atDawn, now: at("2022-04-09T04:56:00")).at ?? .distantPast)
    }

    @Test func `a line that was lost is asked for at growing intervals at any hour, and a run follows`() {
        let schedule = nightly()
        var lost = facts(last: ("2022-04-08T13:00:00", "2022-04-08T13:00:00", .line), failures: 1)
        var now = at("2022-04-08T13:00:00")
        var waits: [Double] = []
        for _ in 0..<12 {
            guard case .probe(let next) = schedule.next(lost, now: now) else {
                Issue.record("no probe")
                return
            }
            waits.append(next.timeIntervalSince(now))
            now = next
            lost.probes += 1
            lost.probedAt = now
        }
        #expect(waits.allSatisfy { (15...900).contains($0) } && (waits.last ?? 0) >= 450 && waits[0] <= 30)
        #expect(schedule.whenLineReturns(now: now) == .run(.line, at: now, until: nil))
        let night = at("2022-04-08T23:00:00")
        #expect(schedule.whenLineReturns(now: night) == .run(.line, at: night, until: at("2022-04-09T05:00:00")))
        // A dossier that the law wants today does not wait for the next question.
        lost.urgentSealedAt = now.addingTimeInterval(1)
        #expect(schedule.next(lost, now: now.addingTimeInterval(2)) == .probe(at: now.addingTimeInterval(2)))
        // A line that answers probes and loses every run is no reason for a run each half minute.
        lost = facts(last: ("2022-04-08T13:00:00", "2022-04-08T13:00:00", .line), failures: 8)
        let flapping = schedule.next(lost, now: at("2022-04-08T13:00:01")).at ?? .distantPast
        #expect(flapping.timeIntervalSince(at("2022-04-08T13:00:00")) >= 450)
    }

    @Test func `a dossier that the law wants today goes outside the window at once, and again by the interval`() {
        let schedule = nightly()
        let earlier = ("2022-04-08T03:00:00", "2022-04-08T03:01:00", SyncReport.Stop?.none)
        let now = at("2022-04-08T14:00:05")
        let urgent = facts(last: earlier, urgent: "2022-04-08T14:00:00")
        #expect(schedule.next(urgent, now: now) == .run(.deadline, at: now, until: nil))
        #expect(schedule.next(facts(urgent: "2022-04-08T14:00:00"), now: now).at ?? .distantFuture <= now)
        let tried = facts(last: ("2022-04-08T14:00:06", "2022-04-08T14:00:09", nil), urgent: "2022-04-08T14:00:00")
        guard case .run(.deadline, let again, nil) = schedule.next(tried, now: at("2022-04-08T14:01:00")) else {
            Issue.record("no second run")
            return
        }
        #expect((15...18.2).contains(again.timeIntervalSince(at("2022-04-08T14:00:09")) / 60))
        // Where its own hour comes first, that is what the run is for.
        let evening = schedule.next(
            facts(last: ("2022-04-08T21:58:00", "2022-04-08T21:59:00", nil), urgent: "2022-04-08T21:00:00"),
            now: at("2022-04-08T22:59:59"))
        #expect(evening.at ?? .distantFuture <= at("2022-04-08T23:00:00"))
    }

    @Test func `a night that passed while the machine was off is made up for some minutes after unlocking`() {
        let schedule = nightly()
        for last in [("2022-04-07T23:00:00", "2022-04-07T23:10:00", SyncReport.Stop?.none), nil] {
            let missed = schedule.next(facts(unlocked: "2022-04-09T08:00:00", last: last), now: at("2022-04-09T08:00:10"))
            guard case .run(.missed, let start, nil) = missed else {
                Issue.record("\(missed)")
                return
            }
            #expect((60...300).contains(start.timeIntervalSince(at("2022-04-09T08:00:00"))))
        }
        let served = schedule.next(
            facts(unlocked: "2022-04-09T08:00:00", last: ("2022-04-08T23:00:00", "2022-04-09T05:00:00", .windowClosed)),
            now: at("2022-04-09T08:00:10"))
        #expect(at("2022-04-09T22:00:00") <= served.at ?? .distantPast)
        // A power cut in the night.
        let cut = schedule.next(
            facts(unlocked: "2022-04-09T08:00:00", last: ("2022-04-08T23:00:00", "2022-04-08T23:00:00", .brokenOff), failures: 1),
            now: at("2022-04-09T08:30:00"))
        #expect(cut.at ?? .distantFuture <= at("2022-04-09T08:30:00"))
    }

    @Test func `the edges: open at its first instant, closed at its last, over midnight, windows that touch are one`() {
        let schedule = nightly(["20:00–22:00", "22:00–05:00", "12:00-13:00"])
        #expect(!schedule.isOpen(at: at("2022-04-08T19:59:59")) && schedule.isOpen(at: at("2022-04-08T20:00:00")))
        #expect(schedule.isOpen(at: at("2022-04-08T23:59:59")) && schedule.isOpen(at: at("2022-04-09T00:00:00")))
        #expect(schedule.isOpen(at: at("2022-04-09T04:59:59")) && !schedule.isOpen(at: at("2022-04-09T05:00:00")))
        #expect(schedule.isOpen(at: at("2022-04-09T12:30:00")))
        let night = schedule.night(at: at("2022-04-08T23:00:00"))
        #expect(night == Schedule.Night(begins: at("2022-04-08T20:00:00"), ends: at("2022-04-09T05:00:00")))
        // Viet Nam has had no summer time since 1975: every night of a year is seven hours.
        for day in 0..<366 {
            let nights = nightly().nights(around: at("2022-01-01T12:00:00").addingTimeInterval(Double(day) * 86_400))
            #expect(nights.allSatisfy { $0.ends.timeIntervalSince($0.begins) == 7 * 3600 })
        }
    }

    @Test func `a clock set back by years asks for one run, one set forward for one that was missed; neither floods nor stalls`()
    {
        let schedule = nightly()
        // Back: the last run lies in the future.
        let future = facts(unlocked: "2022-04-08T08:00:00", last: ("2030-01-01T00:00:00", "2030-01-01T00:10:00", nil))
        let back = schedule.next(future, now: at("2022-04-08T09:00:00"))
        #expect(back.at ?? .distantFuture <= at("2022-04-08T09:05:00"))
        // That run is recorded with the clock of now, and the day is quiet again.
        let after = schedule.next(
            facts(last: ("2022-04-08T09:00:00", "2022-04-08T09:01:00", nil)), now: at("2022-04-08T09:02:00"))
        #expect(at("2022-04-08T22:00:00") <= after.at ?? .distantPast)
        // Forward.
        let past = facts(unlocked: "2030-01-01T08:00:00", last: ("2022-04-08T03:00:00", "2022-04-08T03:10:00", nil))
        guard case .run(.missed, _, _) = schedule.next(past, now: at("2030-01-01T09:00:00")) else {
            Issue.record("not made up for")
            return
        }
        // Whatever the clocks say, the wait for a lost line is bounded.
        var random = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            func instant() -> Date { Date(timeIntervalSince1970: Double.random(in: 0...4e9, using: &random)) }
            let now = instant()
            var facts = Schedule.Facts(
                unlockedAt: instant(), lastRun: PastRun(beganAt: instant(), endedAt: instant(), stop: .line))
            facts.failures = 3
            facts.probes = 4
            facts.probedAt = instant()
            let wait = (schedule.next(facts, now: now).at ?? .distantFuture).timeIntervalSince(now)
            #expect(wait <= 900)
            facts.lastRun?.stop = .portalBusy
            facts.urgentSealedAt = instant()
            let urgent = (schedule.next(facts, now: now).at ?? .distantFuture).timeIntervalSince(now)
            #expect(urgent <= 1800)
        }
    }

    @Test func `without windows runs follow the interval at any hour; with 0 the kiosk never begins by itself`() {
        let always = nightly([])
        let done = facts(last: ("2022-04-08T09:00:00", "2022-04-08T09:10:00", nil))
        guard case .run(.window, let start, nil) = always.next(done, now: at("2022-04-08T09:11:00")) else {
            Issue.record("no run")
            return
        }
        #expect((15...18).contains(start.timeIntervalSince(at("2022-04-08T09:10:00")) / 60))
        // A machine that was off does not begin the moment it is unlocked: a whole commune may be.
        let fresh = always.next(facts(unlocked: "2022-04-09T08:00:00"), now: at("2022-04-09T08:00:00")).at ?? .distantPast
        #expect((60...300).contains(fresh.timeIntervalSince(at("2022-04-09T08:00:00"))))
        let never = nightly(every: 0)
        #expect(never.next(facts(urgent: "2022-04-08T09:00:00"), now: at("2022-04-08T23:00:00")) == .nothing)
        #expect(never.opening(after: at("2022-04-08T23:00:00")) == nil)
    }
}
