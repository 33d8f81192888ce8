import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Synchronization
import Testing

@testable import KioskSync

@Suite struct PerformerTests {
    private let content = FakeOutbox.content("d", files: ["a", "b"])

    private func ours(base: PortalDossier? = nil, etag: String? = nil) -> OutgoingDossier {
        OutgoingDossier(
            id: "d", procedure: "P", catalogueVersion: "1", account: "a", kiosk: "k", village: "v", capturedAt: "", sealedAt: "",
            revision: 2,
            content: content, uploads: [:], etag: etag ?? base?.etag, base: base)
    }

    private func theirs(_ answers: JSONValue, version: Int, papers: [String] = ["a", "b"]) -> PortalDossier {
        var content = FakeOutbox.content("d", files: papers)
        content.answers = answers
        return FakePortal.dossier("d", content, version: version)
    }

    @Test func `what the portal already holds is delivered`() {
        let same = theirs(content.answers, version: 4)
        #expect(Performer.settle(ours: ours(), theirs: same) == .delivered(.dossier(same)))
        var turned = same
        turned.papers.reverse()
        #expect(
            Performer.settle(ours: ours(), theirs: turned) == .delivered(.dossier(turned)), "the order of papers says nothing")
    }

    @Test func `where only the status moved, our change goes on top of it`() {
        let base = theirs(["id": "old"], version: 1)
        let moved = theirs(["id": "old"], version: 2)
        #expect(Performer.settle(ours: ours(base: base), theirs: moved) == .rebased(moved))
        // The same version again would be sent for ever.
        #expect(Performer.settle(ours: ours(base: base), theirs: base) == .conflict(.edited(base)))
    }

    @Test func `where their content moved, a person decides`() {
        let base = theirs(["id": "old"], version: 1)
        let edited = theirs(["id": "theirs"], version: 2)
        #expect(Performer.settle(ours: ours(base: base), theirs: edited) == .conflict(.edited(edited)))
        let otherPapers = theirs(["id": "old"], version: 2, papers: ["a", "c"])
        #expect(Performer.settle(ours: ours(base: base), theirs: otherPapers) == .conflict(.edited(otherPapers)))
        #expect(Performer.settle(ours: ours(), theirs: edited) == .conflict(.edited(edited)), "nothing known of theirs")
    }

    private func perform(_ outbox: FakeOutbox, _ portal: FakePortal, _ id: Int) async throws -> Performer.Performed {
        let row = try #require(outbox.state.withLock { $0.rows[id] })
        let operation = Operation(id: id, kind: row.kind, subject: row.subject, state: row.state, attempts: row.attempts)
        return try await Performer(outbox: outbox, portal: portal, clock: FakeClock(), judgement: Judgement(), gauge: LineGauge())
            .perform(
                operation)
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

    @Test func `an upload that holds more than the file is left alone`() async throws {
        let outbox = FakeOutbox()
        outbox.add(dossier: "d", files: [[1, 2, 3]])
        outbox.state.withLock { $0.uploads["d-file0"] = "other" }
        let portal = FakePortal()
        portal.state.withLock { $0.uploads["other"] = ("x", 4, [9, 9, 9, 9]) }
        #expect(try await perform(outbox, portal, 1).outcome == .delivered(.uploaded(url: "upload1")))
        #expect(portal.state.withLock { $0.uploads["other"]?.bytes } == [9, 9, 9, 9])
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
