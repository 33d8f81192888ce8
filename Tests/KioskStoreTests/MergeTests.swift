import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import SQLiteAccess
import Testing

/// What becomes of a dossier that was changed here and at the portal.
@Suite struct MergeTests {
    // MARK: Sealed here

    @Test func `disjoint edits are merged into a revision of two parents and sent at once, under the new ETag`() async throws {
        let (kiosk, id, operation) = try await amending { $0.set("Khám bệnh", at: at("/stay/reason")) }
        let theirs = try edited(id) { $0.set("2022-04-11", at: at(until)) }
        try await kiosk.store.record(.moved(theirs), of: operation, now: later)
        #expect(try await kiosk.store.dossier(id).summary.state == .sealed)
        let sent = try await outgoing(kiosk)
        #expect(sent.etag == "\"2\"" && sent.revision == 3)
        var wanted = try Kiosk.sample("LUU_TRU")
        wanted.set("Khám bệnh", at: at(reason))
        wanted.set("2022-04-11", at: at(until))
        #expect(sent.content.answers == wanted)
        let rows = try kiosk.database { db in
            try db.all("SELECT author, number, parent, merged_with, operator_id IS NULL FROM revisions ORDER BY id") {
                ($0.text(0), $0.int(1), $0.intOrNil(2), $0.intOrNil(3), $0.bool(4))
            }
        }
        #expect(rows.map { "\($0.0) \($0.1)" } == ["kiosk 1", "portal 1", "kiosk 2", "portal 2", "kiosk 3"])
        #expect(rows[4].2 == 3 && rows[4].3 == 4 && rows[4].4, "nobody decided anything")
        let event = try #require(try await kiosk.store.dossier(id).events.last)
        #expect(event.kind == .merged && event.revision == 3)
        let consent = try await kiosk.store.consent(of: id, revision: 3).consent
        #expect(consent == (try await kiosk.store.consent(of: id, revision: 2).consent), "the resident agreed as it was sealed")
        #expect(
            event.changes == [MergedChange(pointer: at(reason), from: .ours), MergedChange(pointer: at(until), from: .theirs)])
    }

    @Test func `where only the status moved, the same content goes again on top of it`() async throws {
        let (kiosk, id, operation) = try await amending { $0.set("Khám bệnh", at: at("/stay/reason")) }
        let moved = Kiosk.portal(id, answers: try Kiosk.sample("LUU_TRU"), version: 2, status: "accepted")
        try await kiosk.store.record(.moved(moved), of: operation, now: later)
        let sent = try await outgoing(kiosk)
        #expect(sent.etag == "\"2\"" && sent.revision == 2 && sent.content.answers[at(reason)] == "Khám bệnh")
        #expect(try await kiosk.store.dossier(id).summary.status?.rawValue == "accepted")
        // A portal whose copy moves with every look is not chased.
        let second = try #require(try await kiosk.store.queue(now: morning).first { $0.subject == id })
        #expect(second.attempts == 1)
        let operation2 = KioskSync.Operation(id: second.id, kind: .dossier, subject: id, state: .sending, attempts: 1)
        let again = Kiosk.portal(id, answers: try Kiosk.sample("LUU_TRU"), version: 3, status: "processing")
        try await kiosk.store.record(.moved(again), of: operation2, now: later)
        #expect(try await kiosk.due(later).isEmpty)
    }

    @Test func `what the officer did alike is delivered without being sent`() async throws {
        let (kiosk, id, operation) = try await amending { $0.set("Khám bệnh", at: at("/stay/reason")) }
        let theirs = try edited(id) {
            $0.set("Khám bệnh", at: at(reason))
            $0.set("2022-04-11", at: at(until))
        }
        try await kiosk.store.record(.moved(theirs), of: operation, now: later)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .delivered && detail.answers == theirs.answers)
        #expect(try await kiosk.due(later).isEmpty)
        #expect(detail.events.suffix(2).map(\.kind) == [.merged, .delivered])
    }

    @Test func `a field of the national database follows the portal without asking`() async throws {
        let (kiosk, id, operation) = try await amending { $0.set("Vi Văn Pao", at: at("/guests/0/fullName")) }
        let theirs = try edited(id) { $0.set("Vi Văn Pạo", at: at("/guests/0/fullName")) }
        try await kiosk.store.record(.moved(theirs), of: operation, now: later)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .delivered && detail.answers[at("/guests/0/fullName")] == "Vi Văn Pạo")
        #expect(
            detail.events.first { $0.kind == .merged }?.changes
                == [MergedChange(pointer: at("/guests/@1/fullName"), from: .theirs, overruled: "Vi Văn Pao")])
    }

    @Test func `edits that are right alone and wrong together go to a person`() async throws {
        let (kiosk, id, operation) = try await amending {
            $0.set("2022-04-20T19:30", at: at("/stay/from")); $0.set("2022-04-25", at: at("/stay/until"))
        }
        // The officer shortens the stay; the resident had moved it.
        var answers = try Kiosk.sample("LUU_TRU")
        answers.set("khach-san", at: at("/place/kind"))
        let theirs = Kiosk.portal(id, answers: answers, version: 2, editedBy: "officer")
        try await kiosk.store.record(.moved(theirs), of: operation, now: later)
        // A guest house needs a name that neither side gave; the portal holds that fault already, so it is the portal's.
        #expect(try await kiosk.store.dossier(id).summary.state == .sealed)

        let (other, second, amendment) = try await amending { $0.set("2022-04-09T19:30", at: at("/stay/from")) }
        let shorter = try edited(second) { $0.set("2022-04-08", at: at(until)) }
        try await other.store.record(.moved(shorter), of: amendment, now: later)
        let found = try await divergence(other, second)
        #expect(found.clashes.isEmpty && found.broken.map(\.code) == ["stay-ends-before-it-begins"])
        _ = try await other.store.resolveConflict(of: second, choices: [at(until): .value("2022-04-12")], now: later)
        #expect(try await outgoing(other).content.answers[at(until)] == "2022-04-12")
    }

    @Test func `an edit that comes with the feed is merged before anything is sent`() async throws {
        let (kiosk, id) = try await mending { $0.set("Khám bệnh", at: at("/stay/reason")) }
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
        try await feed(kiosk, try edited(id) { $0.set("2022-04-11", at: at(until)) })
        let sent = try await outgoing(kiosk)
        #expect(sent.etag == "\"2\"" && sent.content.answers[at(until)] == "2022-04-11")
        #expect(sent.content.answers[at(reason)] == "Khám bệnh")
    }

    @Test func `nothing of either side is lost: every copy stays as a revision`() async throws {
        let (kiosk, id, operation) = try await amending { $0.set("Khám bệnh", at: at("/stay/reason")) }
        try await kiosk.store.record(.moved(try edited(id) { $0.set("Đi chợ", at: at(reason)) }), of: operation, now: later)
        _ = try await kiosk.store.resolveConflict(of: id, choices: [at(reason): .value("Khác")], now: later)
        let reasons = try await kiosk.store.revisions(of: id).map { "\($0.author) \($0.answers[at(reason)]?.stringValue ?? "")" }
        #expect(
            reasons == [
                "kiosk Thăm người thân", "portal Thăm người thân", "kiosk Khám bệnh", "portal Đi chợ", "merge Khác",
            ])
        #expect(throws: SQLiteError.self) { try kiosk.database { try $0.run("UPDATE revisions SET etag = ''") } }
    }

    // MARK: Nothing of ours under way

    @Test func `what an officer edits in a delivered dossier is taken over, and an amendment builds on it`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        let theirs = try edited(id) {
            $0.set("Đi chợ", at: at(reason))
            $0.set("Hà Thị Nụ Mới", at: at("/applicant/fullName"))
        }
        try await feed(kiosk, theirs)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.answers == theirs.answers && detail.summary.state == .delivered)
        #expect(try await kiosk.store.find("Nụ Mới").total == 1, "the list follows")
        try await kiosk.store.reopen(id, now: later)
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: later)
        // The account is told of the name too.
        try await kiosk.perform(.account, .delivered(.account(AccountProgress(status: "verified"))), now: later)
        let sent = try await outgoing(kiosk)
        #expect(sent.etag == "\"2\"" && sent.content.answers == theirs.answers)
    }

    @Test func `a status alone makes no revision, and a copy that leaves answers out deletes none`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        try await feed(kiosk, Kiosk.portal(id, version: 2, status: "accepted"))
        #expect(try await kiosk.store.dossier(id).answers == (try Kiosk.sample("LUU_TRU")))
        #expect(try kiosk.count("SELECT count(*) FROM revisions WHERE author = 'kiosk'") == 1)
    }

    @Test func `a repeat that tells of an officer's edit since brings it home`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.performAccounts()
        let (operation, _) = try await kiosk.begin(.dossier, id)
        let theirs = try edited(id) { $0.set("Đi chợ", at: at(reason)) }
        try await kiosk.store.record(.delivered(.dossier(theirs)), of: operation, now: later)
        #expect(try await kiosk.store.dossier(id).answers == theirs.answers)
    }

    @Test func `a dossier that the portal already holds and an officer edited: ours was taken before`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.performAccounts()
        let (operation, _) = try await kiosk.begin(.dossier, id)
        let theirs = try edited(id) { $0.set("Đi chợ", at: at(reason)) }
        try await kiosk.store.record(.moved(theirs), of: operation, now: later)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .delivered && detail.answers == theirs.answers)
    }

    @Test func `damage in one dossier holds up no other's edits`() async throws {
        let kiosk = try await Kiosk()
        let (damaged, sound) = (try await kiosk.stay(), try await kiosk.stay())
        for id in [damaged, sound] { try await kiosk.deliver(id) }
        try kiosk.database { db in
            try db.run("DROP TRIGGER revisions_stay")
            try db.run("UPDATE revisions SET sealed = zeroblob(60) WHERE dossier_id = \(damaged) AND author = 'kiosk'")
        }
        let changes = try [damaged, sound].map { Change.dossier(try edited($0) { $0.set("Đi chợ", at: at(reason)) }) }
        let batch = ChangeBatch(changes: changes, cursor: "c", more: false)
        #expect(try await kiosk.store.apply(batch, now: later) == 2)
        #expect(try await kiosk.store.dossier(sound).answers[at(reason)] == "Đi chợ")
        #expect(try await kiosk.store.cursor() == "c")
    }

    // MARK: Being filled in here

    @Test func `a form being mended is marked, not changed under anyone's hands, and merged when it is sealed`() async throws {
        let (kiosk, id) = try await mending {
            $0.set("Khám bệnh", at: at("/stay/reason"))
            $0.set("Nhà nghỉ Hoa", at: at("/place/name"))
        }
        let before = try await kiosk.store.draft(of: id)
        try await feed(kiosk, try edited(id) { $0.set("2022-04-11", at: at(until)) })
        #expect(try await kiosk.store.draft(of: id) == before)
        #expect(try await kiosk.store.dossier(id).events.last?.kind == .editedAtPortal)
        // A page that was opened before sends the old answer back.
        try await kiosk.store.changeDraft(of: id, now: later) { $0.answers.set("2022-04-10", at: at("/stay/until")) }
        let sealed = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: later)
        #expect(sealed.state == .sealed)
        let sent = try await outgoing(kiosk)
        #expect(sent.etag == "\"2\"" && sent.content.answers[at(until)] == "2022-04-11")
        #expect(sent.content.answers[at(reason)] == "Khám bệnh")
        let merged = try #require(try await kiosk.store.dossier(id).events.last { $0.kind == .merged }?.changes)
        #expect(
            merged == [MergedChange(pointer: at(reason), from: .ours), MergedChange(pointer: at(until), from: .theirs)])
    }

    @Test func `where only the status moved, the form goes on from the newer copy`() async throws {
        let (kiosk, id) = try await mending { $0.set("Khám bệnh", at: at("/stay/reason")) }
        try await feed(kiosk, Kiosk.portal(id, answers: try Kiosk.sample("LUU_TRU"), version: 2, status: "accepted"))
        let draft = try await kiosk.store.draft(of: id)
        #expect(draft.baseETag == "\"2\"" && draft.answers[at(reason)] == "Khám bệnh")
    }

    @Test func `a form whose field the officer edited too clashes as it is sealed, with the resident still there`() async throws {
        let (kiosk, id) = try await mending { $0.set("Khám bệnh", at: at("/stay/reason")) }
        try await feed(kiosk, try edited(id) { $0.set("Đi chợ", at: at(reason)) })
        #expect(try await kiosk.store.draft(of: id).answers[at(reason)] == "Khám bệnh")
        let sealed = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: later)
        #expect(sealed.state == .conflict && !sealed.receipt.isEmpty)
        #expect(try await divergence(kiosk, id).clashes.map(\.pointer) == [at(reason)])
        // A status that moves tells the person who decides nothing new.
        let told = try await divergence(kiosk, id)
        var accepted = try edited(id, version: 3) { $0.set("Đi chợ", at: at(reason)) }
        accepted.status = PortalStatus(rawValue: "accepted")
        try await feed(kiosk, accepted)
        #expect(try await divergence(kiosk, id) == told)
        #expect(try await kiosk.store.dossier(id).events.count { $0.kind == .conflict } == 1)
        _ = try await kiosk.store.resolveConflict(of: id, choices: [at(reason): .ours], now: later)
        #expect(try await outgoing(kiosk).etag == "\"3\"")
    }

    @Test func `a refused amendment taken up again starts from what it started from, merged with what came since`() async throws {
        let (kiosk, id, operation) = try await amending { $0.set("Khám bệnh", at: at("/stay/reason")) }
        try await kiosk.store.record(
            .rejected(Rejection(code: "dossier-rejected", status: 422, detail: nil, faults: [])), of: operation, now: morning)
        try await feed(kiosk, try edited(id) { $0.set("2022-04-11", at: at(until)) })
        #expect(try await kiosk.store.dossier(id).summary.state == .rejected)
        try await kiosk.store.reopen(id, now: later)
        let draft = try await kiosk.store.draft(of: id)
        #expect(draft.baseETag == "\"2\"" && draft.answers[at(until)] == "2022-04-11")
        #expect(draft.answers[at(reason)] == "Khám bệnh")
    }

}
