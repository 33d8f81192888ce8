import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Synchronization
import Testing

@testable import KioskSync

@Suite struct PerformerTests {
    private let content = FakeOutbox.content("d", files: ["a", "b"])

    private func theirs(_ answers: JSONValue, version: Int, papers: [String] = ["a", "b"]) -> PortalDossier {
        var content = FakeOutbox.content("d", files: papers)
        content.answers = answers
        return FakePortal.dossier("d", content, version: version)
    }

    /// What follows when the portal refuses our precondition and then shows this copy.
    private func refused(_ theirs: PortalDossier, etag: String? = nil) async throws -> Outcome? {
        let outbox = FakeOutbox()
        outbox.add(dossier: "d", etag: etag)
        outbox.state.withLock { $0.papers["d"] = ["a", "b"] }
        let portal = FakePortal { call, _, _ in call == "send" ? .before(.preconditionFailed) : nil }
        portal.state.withLock { $0.dossiers["d"] = FakePortal.Held(dossier: theirs, content: content) }
        return try await perform(outbox, portal, 1).outcome
    }

    @Test func `what the portal already holds is delivered`() async throws {
        let same = theirs(content.answers, version: 4)
        #expect(try await refused(same) == .delivered(.dossier(same)))
        var turned = same
        turned.papers.reverse()
        #expect(try await refused(turned) == .delivered(.dossier(turned)), "the order of papers says nothing")
    }

    @Test func `a copy that moved on is merged as it is recorded`() async throws {
        let edited = theirs(["id": "theirs"], version: 2)
        #expect(try await refused(edited, etag: "\"1\"") == .moved(edited))
        let otherPapers = theirs(content.answers, version: 2, papers: ["a", "c"])
        #expect(try await refused(otherPapers) == .moved(otherPapers))
    }

    @Test func `a copy under the very ETag that was refused is an old one: asked again later`() async throws {
        let old = theirs(["id": "old"], version: 1)
        guard case .retry(.portalBusy, _) = try await refused(old, etag: old.etag) else {
            Issue.record("another outcome")
            return
        }
    }

    private func perform(_ outbox: FakeOutbox, _ portal: FakePortal, _ id: Int) async throws -> Performer.Performed {
        let row = try #require(outbox.state.withLock { $0.rows[id] })
        let operation = Operation(id: id, kind: row.kind, subject: row.subject, state: row.state, attempts: row.attempts)
        let clock = FakeClock()
        let performer = Performer(
            outbox: outbox, portal: portal, clock: clock, judgement: Judgement(), gauge: LineGauge(), tally: RunTally(),
            gate: RunGate(SendLimits(), sentToday: 0, before: 0, now: clock.now))
        return try await performer.perform(operation, isHeld: false)
    }

    @Test func `an operation that is no longer to be sent is not sent`() async throws {
        let outbox = FakeOutbox()
        outbox.add(dossier: "d")
        outbox.state.withLock { $0.rows[1]?.state = .superseded }
        let portal = FakePortal()
        let performed = try await perform(outbox, portal, 1)
        #expect(performed.outcome == nil && performed.halt == nil && portal.calls("send") == 0)
    }

    @Test func `an upload settles its own mishaps a few times`() async throws {
        let outbox = FakeOutbox()
        outbox.add(dossier: "d", files: [[1, 2, 3]])
        outbox.state.withLock { $0.uploads["d-file0"] = "forgotten" }
        let portal = FakePortal()
        let performed = try await perform(outbox, portal, 1)
        #expect(performed.outcome == .delivered(.uploaded(url: "upload1")))
        // What is gone is forgotten at once; the new address is committed with the outcome.
        #expect(outbox.state.withLock { $0.uploads["d-file0"] } == nil)
        #expect(portal.calls("offset") == 1 && portal.calls("create") == 1)
    }

    @Test func `a portal that loses every upload is not asked for ever`() async throws {
        let outbox = FakeOutbox()
        outbox.add(dossier: "d", files: [[1, 2, 3]])
        outbox.state.withLock { $0.uploads["d-file0"] = "forgotten" }
        let portal = FakePortal { call, _, _ in call == "create" || call == "offset" ? .before(.gone) : nil }
        let performed = try await perform(outbox, portal, 1)
        guard case .retry(.uploadRestart, _) = performed.outcome else {
            Issue.record("\(String(describing: performed.outcome))")
            return
        }
        #expect(portal.calls("create") + portal.calls("offset") <= 6)
    }

    @Test
    func `a file that cannot be read is not the line's fault: what is damaged is refused, a fault of the disk ends the run`()
        async throws
    {
        let outbox = FakeOutbox()
        outbox.add(dossier: "d", files: [[1, 2, 3]])
        outbox.state.withLock { $0.unreadable["d-file0"] = DamagedHere() }
        let portal = FakePortal()
        guard case .rejected(let rejection) = try await perform(outbox, portal, 1).outcome else {
            Issue.record("another outcome")
            return
        }
        #expect(rejection.code == Rejection.damagedHere && portal.calls("health") == 0)
        outbox.state.withLock { state in
            state.rows[1]?.state = .waiting
            state.unreadable["d-file0"] = DiskFault()
        }
        await #expect(throws: DiskFault.self) { try await perform(outbox, portal, 1) }
    }

    @Test func `an upload that holds more than the file is left alone`() async throws {
        let outbox = FakeOutbox()
        outbox.add(dossier: "d", files: [[1, 2, 3]])
        outbox.state.withLock { $0.uploads["d-file0"] = "other" }
        let portal = FakePortal()
        portal.state.withLock { $0.uploads["other"] = ("x", 4, [9, 9, 9, 9]) }
        #expect(try await perform(outbox, portal, 1).outcome == .delivered(.uploaded(url: "upload1")))
        #expect(portal.state.withLock { $0.uploads["other"]?.bytes } == [9, 9, 9, 9])
    }

    @Test func `what is to be amended and is not there is gone, whichever way the portal says it`() async throws {
        for (call, failure) in [("send", PortalFailure.preconditionFailed), ("send", .absent)] {
            for etag in ["\"1\"", nil] {
                let outbox = FakeOutbox()
                outbox.add(dossier: "d", etag: etag)
                let portal = FakePortal { asked, _, _ in asked == call ? .before(failure) : nil }
                let outcome = try await perform(outbox, portal, 1).outcome
                switch outcome {
                case .absent: #expect(etag != nil)
                case .retry(.portalBusy, _): #expect(etag == nil, "an old view of what is created")
                default: Issue.record("\(String(describing: outcome))")
                }
            }
        }
    }

    @Test func `a portal that lost a dossier gets it again in one run, once`() async throws {
        let outbox = FakeOutbox()
        outbox.add(dossier: "d", etag: "\"7\"")
        let portal = FakePortal { call, _, count in call == "send" && count == 1 ? .before(.preconditionFailed) : nil }
        let report = try await SyncEngine(outbox: outbox, replica: outbox, portal: portal, clock: FakeClock()).run()
        #expect(report.delivered == 1 && portal.state.withLock { $0.dossiers["d"]?.creations } == 1)
    }

    @Test func `a check finds what is there and what is not`() async throws {
        let outbox = FakeOutbox()
        outbox.state.withLock { $0.rows[1] = FakeOutbox.Row(kind: .check, subject: "d") }
        let portal = FakePortal()
        guard case .absent = try await perform(outbox, portal, 1).outcome else {
            Issue.record("found")
            return
        }
        let held = theirs(content.answers, version: 1)
        portal.state.withLock { $0.dossiers["d"] = FakePortal.Held(dossier: held, content: content) }
        outbox.state.withLock { $0.rows[1]?.state = .waiting }
        #expect(try await perform(outbox, portal, 1).outcome == .delivered(.dossier(held)))
    }

    @Test func `a refused precondition without a dossier is tried again`() async throws {
        let outbox = FakeOutbox()
        outbox.add(dossier: "d")
        let portal = FakePortal { call, _, _ in call == "send" ? .before(.preconditionFailed) : nil }
        let performed = try await perform(outbox, portal, 1)
        guard case .retry(.portalBusy, _) = performed.outcome else {
            Issue.record("\(String(describing: performed.outcome))")
            return
        }
        #expect(portal.calls("read") == 1)
    }
}
