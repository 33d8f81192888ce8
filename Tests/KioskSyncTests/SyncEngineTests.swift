import Foundation
import JSONTree
import KioskDomain
import KioskSync
import KioskTestSupport
import Synchronization
import Testing

@Suite struct SyncEngineTests {
    private func run(
        _ outbox: FakeOutbox, _ portal: FakePortal, _ clock: FakeClock = FakeClock(), patience: Double = 45, parallel: Int = 4,
        ignoresBackOff: Bool = false
    ) async throws -> SyncReport {
        var options = SyncEngine.Options()
        options.patience = patience
        options.parallel = parallel
        options.ignoresBackOff = ignoresBackOff
        return try await SyncEngine(outbox: outbox, replica: outbox, portal: portal, clock: clock, options: options).run()
    }

    private func filled(_ count: Int, files: Int = 0) -> FakeOutbox {
        let outbox = FakeOutbox()
        for index in 0..<count {
            outbox.add(dossier: "d\(index)", files: (0..<files).map { [UInt8](repeating: UInt8($0), count: 100) })
        }
        return outbox
    }

    @Test func `a good line takes all there in one run`() async throws {
        let outbox = filled(20, files: 2)
        let portal = FakePortal()
        let clock = FakeClock()
        let report = try await run(outbox, portal, clock)
        #expect(outbox.isDrained && report.stop == nil && report.delivered == 20 && report.uploaded == 40)
        #expect(report.bytesSent == 4000 && !report.workIsLeft && clock.slept == 0)
        #expect(portal.calls("send") == 20 && portal.calls("create") == 40 && portal.calls("changes") == 2)
    }

    @Test func `what is due is looked up for many at once`() async throws {
        let outbox = filled(200, files: 1)
        #expect(try await run(outbox, FakePortal(), parallel: 16).delivered == 200)
        let asked = outbox.state.withLock { $0.asked }
        #expect(outbox.isDrained && asked < 100, "\(asked) look-ups for 400 operations")
    }

    @Test func `what failed while others of the same choice were under way waits for its time`() async throws {
        let outbox = filled(200, files: 1)
        let portal = FakePortal { call, subject, count in
            call == "send" && count <= 300 && (subject.last == "3" || subject.last == "7")
                ? .before(.failing(retryAfter: 9, mayHaveActed: false)) : nil
        }
        #expect(try await run(outbox, portal, patience: 1e6, parallel: 16).delivered == 200)
        #expect(outbox.isDrained && outbox.state.withLock { $0.early }.isEmpty)
    }

    @Test func `a line that is dead from the start is probed for as long as the run has patience`() async throws {
        let outbox = filled(50)
        let portal = FakePortal { _, _, _ in .before(.line(mayHaveActed: false)) }
        let clock = FakeClock()
        let report = try await run(outbox, portal, clock)
        #expect(report.stop == .line && report.workIsLeft && report.standing.pending == 50)
        #expect(portal.calls("changes") == 1 && portal.calls("send") == 0 && clock.slept <= 45)
        #expect(outbox.rows(.dossier).allSatisfy { $0.attempts == 0 })
        let back = FakePortal { call, _, count in count <= 3 ? .before(.line(mayHaveActed: false)) : nil }
        #expect(try await run(outbox, back).delivered == 50, "a line that comes back is used")
    }

    @Test(arguments: [PortalFailure.line(mayHaveActed: false), .line(mayHaveActed: true), .notThePortal])
    func `a line that dies on the way is noticed once, not once for each dossier`(failure: PortalFailure) async throws {
        let outbox = filled(50)
        let portal = FakePortal { call, _, _ in call == "changes" ? nil : .before(failure) }
        let clock = FakeClock()
        let report = try await run(outbox, portal, clock)
        #expect(report.stop == .line)
        #expect(portal.calls("send") <= 4 && portal.calls("changes") == 1)
        #expect(clock.slept <= 45 && portal.calls("health") <= 20)
        #expect(outbox.rows(.dossier).count { $0.attempts > 0 } <= 4)
    }

    @Test func `a line that breaks when all is sent is waited for, so that the codes come home the same night`() async throws {
        let outbox = filled(5)
        let portal = FakePortal { call, _, count in
            switch call {
            case "changes" where count == 2, "health" where count <= 2: .before(.line(mayHaveActed: false))
            default: nil
            }
        }
        let clock = FakeClock()
        let report = try await run(outbox, portal, clock)
        #expect(report.stop == nil && report.delivered == 5 && clock.slept > 0 && clock.slept <= 45)
        #expect(portal.calls("changes") == 3)
    }

    @Test func `refused credentials stop the run and charge nobody`() async throws {
        let outbox = filled(50)
        let portal = FakePortal { call, _, _ in call == "send" ? .before(.unauthenticated) : nil }
        let clock = FakeClock()
        let report = try await run(outbox, portal, clock)
        #expect(report.stop == .authentication && clock.slept == 0)
        #expect(portal.calls("send") <= 4 && portal.calls("changes") == 1)
        #expect(outbox.rows(.dossier).allSatisfy { $0.attempts == 0 && $0.state == .waiting })
    }

    @Test func `the portal's wish for patience is met within the run's own`() async throws {
        let portal = FakePortal { call, _, count in call == "send" && count == 1 ? .before(.busy(retryAfter: 30)) : nil }
        let outbox = filled(1)
        let clock = FakeClock()
        let report = try await run(outbox, portal, clock)
        #expect(report.stop == nil && outbox.isDrained && clock.slept >= 30 && clock.slept <= 45)

        let impatient = filled(1)
        let other = FakeClock()
        let second = FakePortal { call, _, count in call == "send" && count == 1 ? .before(.busy(retryAfter: 30)) : nil }
        let cut = try await run(impatient, second, other, patience: 10)
        #expect(cut.stop == .portalBusy && other.slept == 0 && !impatient.isDrained && cut.workIsLeft)
        #expect(second.calls("changes") == 2, "a busy portal still tells its changes")
    }

    @Test func `one dossier's trouble holds up no other`() async throws {
        let outbox = filled(30)
        let rejection = Rejection(code: "dossier-rejected", status: 422, detail: nil, faults: [])
        let portal = FakePortal { call, subject, _ in
            guard call == "send" else { return nil }
            return switch subject {
            case "d0": .before(.rejected(rejection))
            case "d1": .before(.failing(retryAfter: nil, mayHaveActed: true))
            case "d2": .before(.accountUnverified)
            case "d3": .before(.duplicate(code: "c", receivedAt: "r", kiosk: "k"))
            default: nil
            }
        }
        let report = try await run(outbox, portal)
        #expect(report.delivered == 26 && report.stop == nil)
        #expect(report.standing.rejected == 1 && report.standing.blocked == 1 && report.standing.conflicts == 1)
        #expect(report.standing.needsPerson)
        #expect(
            portal.calls("send d0") == 1 && portal.calls("send d2") == 1 && portal.calls("send d3") == 1,
            "refusals are not retried")
        #expect(portal.calls("send d1") > 1)
    }

    @Test func `a portal that fails every time is left in peace, and noticed once`() async throws {
        let portal = FakePortal { call, _, _ in
            call == "send" ? .before(.failing(retryAfter: nil, mayHaveActed: true)) : nil
        }
        let outbox = filled(200)
        let report = try await run(outbox, portal)
        #expect(report.stop == .portalBusy && portal.calls("send") < 60, "\(portal.calls("send"))")
        #expect(outbox.rows(.dossier).count { $0.attempts > 0 } < 60)
    }

    @Test func `a portal that is busy without saying how long is left in peace a little longer each time`() async throws {
        let portal = FakePortal { call, _, count in call == "send" ? .before(.busy(retryAfter: nil)) : nil }
        let report = try await run(filled(200), portal)
        #expect(report.stop == .portalBusy && portal.calls("send") < 60, "\(portal.calls("send"))")
        let passing = FakePortal { call, subject, count in
            call == "send" && subject.hasSuffix("0") && count == 1 ? .before(.busy(retryAfter: nil)) : nil
        }
        #expect(try await run(filled(20), passing).delivered == 20)
    }

    @Test func `a feed that is ill holds up no dossier`() async throws {
        for failure: PortalFailure in [
            .failing(retryAfter: nil, mayHaveActed: true), .notThePortal, .line(mayHaveActed: true),
            .rejected(Rejection(code: "x", status: 404, detail: nil, faults: [])),
        ] {
            let portal = FakePortal { call, _, _ in call == "changes" ? .before(failure) : nil }
            let outbox = filled(5, files: 1)
            let report = try await run(outbox, portal)
            #expect(outbox.isDrained && report.delivered == 5 && report.isFeedBroken && report.workIsLeft && report.stop == nil)
        }
        // A page that stands in the portal's place is no ill feed.
        let captive = FakePortal { call, _, _ in call == "changes" || call == "health" ? .before(.notThePortal) : nil }
        let report = try await run(filled(5), captive)
        #expect(report.stop == .line && !report.isFeedBroken && captive.calls("send") == 0)
    }

    @Test func `what is damaged here stops for a person, and nothing else does`() async throws {
        let outbox = filled(6, files: 1)
        outbox.state.withLock { state in
            state.files["d2-file0"] = nil
            state.damaged.insert("d4")
        }
        let report = try await run(outbox, FakePortal())
        #expect(report.delivered == 4 && report.stop == nil)
        let refused = outbox.rows().filter { $0.state == .rejected }
        #expect(Set(refused.map(\.subject)) == ["d2-file0", "d4"])
        for row in refused {
            guard case .rejected(let rejection) = row.outcomes.last else {
                Issue.record("\(row)")
                continue
            }
            #expect(rejection.code == Rejection.damagedHere)
        }
    }

    @Test func `back-off is waited out unless a person asks for it now`() async throws {
        let outbox = filled(1)
        outbox.state.withLock { $0.rows[1]?.notBefore = Date(timeIntervalSince1970: 1_795_395_600 + 600) }
        #expect(try await run(outbox, FakePortal()).delivered == 0)
        #expect(try await run(outbox, FakePortal(), ignoresBackOff: true).delivered == 1)
    }

    @Test func `a run that is stopped begins nothing new`() async throws {
        let outbox = filled(50)
        let task = Mutex<Task<SyncReport, any Error>?>(nil)
        let portal = FakePortal { call, _, _ in
            if call == "send" { task.withLock { $0?.cancel() } }
            return nil
        }
        let (gate, open) = AsyncStream<Void>.makeStream()
        let started = Task {
            for await _ in gate { break }
            return try await run(outbox, portal)
        }
        task.withLock { $0 = started }
        open.yield()
        let report = try await started.value
        #expect(report.stop == .cancelled && portal.calls("send") <= 4)
        #expect(outbox.rows(.dossier).allSatisfy { $0.state != .sending }, "what was under way is recorded")
    }

    @Test func `a run that is stopped keeps a file that is up whole`() async throws {
        let outbox = FakeOutbox()
        outbox.add(dossier: "d", files: [[1, 2, 3]])
        let task = Mutex<Task<SyncReport, any Error>?>(nil)
        let portal = FakePortal { call, _, _ in
            if call == "create" { task.withLock { $0?.cancel() } }
            return nil
        }
        let (gate, open) = AsyncStream<Void>.makeStream()
        let started = Task {
            for await _ in gate { break }
            return try await run(outbox, portal)
        }
        task.withLock { $0 = started }
        open.yield()
        #expect(try await started.value.stop == .cancelled && portal.calls("create") == 1)
        #expect(outbox.rows(.upload).allSatisfy { $0.state == .done })
        #expect(try await run(outbox, portal).delivered == 1 && portal.calls("create") == 1, "its bytes go once")
    }

    // MARK: Changes

    @Test func `a feed is read to its end, and begun anew where its place is gone`() async throws {
        let pages: @Sendable (String?) throws(PortalFailure) -> ChangeBatch = { (cursor) throws(PortalFailure) in
            switch cursor {
            case nil: ChangeBatch(changes: [.unknown("a")], cursor: "1", more: true)
            case "1": ChangeBatch(changes: [.unknown("b"), .unknown("c")], cursor: "2", more: false)
            case "2": ChangeBatch(changes: [], cursor: "2", more: false)
            default: throw .gone
            }
        }
        let outbox = FakeOutbox()
        outbox.state.withLock { $0.cursor = "of another year" }
        let report = try await run(outbox, FakePortal(pages: pages))
        #expect(report.changesApplied == 3 && report.stop == nil)
        #expect(outbox.state.withLock { $0.forgotten } == 1 && outbox.state.withLock { $0.cursor } == "2")
    }

    @Test func `a feed that says there is more but does not move ends`() async throws {
        let portal = FakePortal(pages: { _ in ChangeBatch(changes: [], cursor: "x", more: true) })
        _ = try await run(FakeOutbox(), portal)
        #expect(portal.calls("changes") <= 4)
    }

    @Test func `a feed that forgets every place it gives is not begun anew for ever`() async throws {
        let portal = FakePortal(pages: { (cursor) throws(PortalFailure) in
            guard cursor == nil else { throw .gone }
            return ChangeBatch(changes: [], cursor: "x", more: true)
        })
        let report = try await run(FakeOutbox(), portal)
        #expect(portal.calls("changes") <= 8 && report.stop == nil && report.isFeedBroken)
    }

    // MARK: The catalogue

    @Test func `the catalogue is asked for once where it is time, and not at all where it is not`() async throws {
        let outbox = filled(2)
        let portal = FakePortal()
        #expect(try await run(outbox, portal).catalogue == nil)
        #expect(portal.calls("catalogue") == 0)
        outbox.state.withLock { $0.question = CatalogueQuestion(etag: "\"c1\"") }
        let report = try await run(outbox, portal)
        #expect(report.catalogue == CatalogueNews(version: "9", fault: nil) && portal.calls("catalogue \"c1\"") == 1)
        #expect(outbox.state.withLock { $0.answers } == [.text(Data("{}".utf8), etag: "\"c2\"")])
        outbox.state.withLock { $0.question = CatalogueQuestion(etag: "\"c2\"") }
        #expect(try await run(outbox, portal).catalogue == nil, "304")
        #expect(outbox.state.withLock { $0.answers.last } == .unchanged)
    }

    @Test(arguments: [
        (PortalFailure.line(mayHaveActed: true), 900.0), (.notThePortal, 900), (.busy(retryAfter: 7200), 7200),
        (.busy(retryAfter: 3), 900), (.failing(retryAfter: 1000, mayHaveActed: true), 1000), (.unauthenticated, 900),
        (.rejected(Rejection(code: "not-found", status: 404, detail: nil, faults: [])), 900),
    ])
    func `no fault of the catalogue stops or marks a dossier`(failure: PortalFailure, wait: Double) async throws {
        let outbox = filled(5, files: 1)
        outbox.state.withLock { $0.question = CatalogueQuestion(etag: nil) }
        let portal = FakePortal { call, _, _ in call == "catalogue" ? .before(failure) : nil }
        let clock = FakeClock()
        let report = try await run(outbox, portal, clock)
        #expect(report.delivered == 5 && report.stop == nil && report.catalogue == nil && clock.slept == 0)
        #expect(portal.calls("catalogue") == 1 && portal.calls("health") == 0)
        #expect(outbox.rows(.dossier).allSatisfy { $0.attempts == 0 && $0.outcomes.count == 1 })
        #expect(outbox.state.withLock { $0.askAt } == clock.now.addingTimeInterval(wait))
    }

    @Test func `a busy portal is waited for before anything is sent`() async throws {
        let portal = FakePortal { call, _, count in call == "changes" && count <= 2 ? .before(.busy(retryAfter: 5)) : nil }
        let clock = FakeClock()
        let outbox = filled(3)
        #expect(try await run(outbox, portal, clock).delivered == 3)
        #expect(clock.slept >= 10)
        let never = FakePortal { call, _, _ in call == "changes" ? .before(.busy(retryAfter: 20)) : nil }
        let other = FakeClock()
        let report = try await run(filled(3), never, other)
        #expect(report.stop == .portalBusy && other.slept <= 45 && never.calls("send") == 0)
    }
}
