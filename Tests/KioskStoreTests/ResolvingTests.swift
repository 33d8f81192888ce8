import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import Testing

/// A person decides what clashes.
@Suite struct ResolvingTests {
    @Test func `a decision is previewed, and taken back until it is sent; the clash stands as it was`() async throws {
        let (kiosk, id, operation) = try await amending { $0.set("Khám bệnh", at: at(reason)) }
        let theirs = try edited(id) { $0.set("Đi chợ", at: at(reason)) }
        try await kiosk.store.record(.moved(theirs), of: operation, now: later)
        let before = try await divergence(kiosk, id)
        let preview = try await kiosk.store.previewResolution(of: id, choices: [at(reason): .theirs], now: later)
        #expect(preview.isThere && preview.faults.isEmpty && preview.answers[at(reason)] == "Đi chợ")
        let wrong = try await kiosk.store.previewResolution(
            of: id, choices: [at(reason): .ours, at(until): .value("2021-01-01")], now: later)
        #expect(wrong.faults.map(\.code) == ["stay-ends-before-it-begins"] && !wrong.isThere)
        #expect(try await divergence(kiosk, id) == before, "nothing was stored")
        #expect(try await !kiosk.store.canUndoResolution(of: id))

        for choice in [Reconciliation.Choice.theirs, .value("Chữa bệnh")] {
            _ = try await kiosk.store.resolveConflict(of: id, choices: [at(reason): choice], now: later)
            #expect(try await kiosk.store.canUndoResolution(of: id))
            try await kiosk.store.undoResolution(of: id, now: later)
            #expect(try await divergence(kiosk, id).clashes == before.clashes)
            #expect(try await kiosk.store.dossier(id).summary.state == .conflict)
            #expect(try await kiosk.due(later).isEmpty)
        }
        #expect(
            try await kiosk.store.revisions(of: id).contains { $0.answers[at(reason)] == "Chữa bệnh" }, "it stays in the history")

        _ = try await kiosk.store.resolveConflict(of: id, choices: [at(reason): .ours], now: later)
        #expect(try await outgoing(kiosk).content.answers[at(reason)] == "Khám bệnh")
        guard case .notUndoable = await failure(of: { try await kiosk.store.undoResolution(of: id, now: later) }) else {
            return #expect(Bool(false), "it is being sent")
        }
    }

    @Test func `a same-field clash waits for a person with base, ours, theirs, who and when, and is settled by a choice`()
        async throws
    {
        let (kiosk, id, operation) = try await amending {
            $0.set("Khám bệnh", at: at("/stay/reason"))
            $0.set("Chủ mới", at: at("/place/name"))
        }
        let theirs = try edited(id) {
            $0.set("Đi chợ", at: at(reason))
            $0.set("2022-04-11", at: at(until))
        }
        try await kiosk.store.record(.moved(theirs), of: operation, now: later)
        #expect(try await kiosk.store.dossier(id).summary.state == .conflict)
        #expect(try await kiosk.store.standing().conflicts == 1)
        let found = try await divergence(kiosk, id)
        #expect(found.clashes == [Clash(pointer: at(reason), base: "Thăm người thân", ours: "Khám bệnh", theirs: "Đi chợ")])
        #expect(found.ours == Divergence.Hand(by: "Trưởng thôn", at: VietnamTime.rfc3339(morning)))
        #expect(found.theirs == Divergence.Hand(by: "officer", at: VietnamTime.rfc3339(later)))
        #expect(try await kiosk.due(later).isEmpty)

        guard
            case .choices(.undecided([at(reason)])) = await failure(of: {
                _ = try await kiosk.store.resolveConflict(of: id, choices: [:], now: later)
            })
        else {
            Issue.record("another error")
            return
        }
        guard
            case .notReady(let issues) = await failure(of: {
                _ = try await kiosk.store.resolveConflict(
                    of: id, choices: [at(reason): .ours, at(until): .value("2021-01-01")], now: later)
            })
        else {
            Issue.record("another error")
            return
        }
        #expect(issues.map(\.code) == ["stay-ends-before-it-begins"])
        #expect(try await kiosk.store.dossier(id).summary.state == .conflict, "nothing changed")

        let sealed = try await kiosk.store.resolveConflict(of: id, choices: [at(reason): .value("Chữa bệnh")], now: later)
        #expect(sealed.state == .sealed)
        let sent = try await outgoing(kiosk)
        #expect(sent.etag == "\"2\"" && sent.revision == 3)
        #expect(sent.content.answers[at(reason)] == "Chữa bệnh" && sent.content.answers[at(until)] == "2022-04-11")
        #expect(sent.content.answers[at("/place/name")] == nil, "not asked of a family's house")
        let event = try #require(try await kiosk.store.dossier(id).events.last)
        #expect(event.kind == .resolved && event.operatorName == "Trưởng thôn")
        guard
            case .noConflict = await failure(of: {
                _ = try await kiosk.store.resolveConflict(of: id, choices: [:], now: later)
            })
        else {
            Issue.record("another error")
            return
        }
    }

    @Test func `taking theirs everywhere is delivered at once`() async throws {
        let (kiosk, id, operation) = try await amending { $0.set("Khám bệnh", at: at("/stay/reason")) }
        let theirs = try edited(id) { $0.set("Đi chợ", at: at(reason)) }
        try await kiosk.store.record(.moved(theirs), of: operation, now: later)
        let sealed = try await kiosk.store.resolveConflict(of: id, choices: [at(reason): .theirs], now: later)
        #expect(sealed.state == .delivered)
        #expect(try await kiosk.store.dossier(id).answers == theirs.answers)
        #expect(
            try await kiosk.due(later).map(\.kind) == [.check], "nothing is sent; the portal is asked whether it still holds it")
    }

    @Test func `a guest removed there and edited here is a clash`() async throws {
        let second: JSONValue = [
            "id": "2", "fullName": "Lò Thị Mai", "birthDate": "1994-03-12", "sex": "female", "document": "cccd",
            "citizenId": "099194000123", "permanentAddress": "Thôn Cẩm Sơn",
        ]
        let (kiosk, id) = try await mending()
        try await kiosk.store.changeDraft(of: id, now: morning) { $0.answers.set(second, at: at("/guests/1")) }
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
        try await kiosk.deliver(id, version: 2)
        try await kiosk.store.reopen(id, now: morning)
        try await kiosk.store.changeDraft(of: id, now: morning) {
            $0.answers.set("Bản khác", at: at("/guests/1/permanentAddress"))
        }
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
        let theirs = try edited(id, version: 3) { _ in }
        let (operation, _) = try await kiosk.begin(.dossier, id)
        try await kiosk.store.record(.moved(theirs), of: operation, now: later)
        let clash = try #require(try await divergence(kiosk, id).clashes.first)
        #expect(clash.pointer == at("/guests/@2") && clash.theirs == nil && clash.ours?["permanentAddress"] == "Bản khác")
        _ = try await kiosk.store.resolveConflict(of: id, choices: [at("/guests/@2"): .ours], now: later)
        #expect(try await outgoing(kiosk).content.answers["guests"]?.arrayValue?.count == 2)
    }

    @Test func `a newer copy while a person has not decided yet is merged again, and can end the conflict`() async throws {
        let (kiosk, id, operation) = try await amending { $0.set("Khám bệnh", at: at("/stay/reason")) }
        try await kiosk.store.record(.moved(try edited(id) { $0.set("Đi chợ", at: at(reason)) }), of: operation, now: later)
        try await feed(kiosk, try edited(id, version: 3) { $0.set("Thăm mẹ", at: at(reason)) })
        #expect(try await divergence(kiosk, id).clashes.map(\.theirs) == ["Thăm mẹ"])
        try await feed(kiosk, try edited(id, version: 4) { $0.set("2022-04-11", at: at(until)) })
        #expect(try await kiosk.store.dossier(id).summary.state == .sealed)
        let sent = try await outgoing(kiosk)
        #expect(sent.etag == "\"4\"" && sent.content.answers[at(reason)] == "Khám bệnh")
        #expect(sent.content.answers[at(until)] == "2022-04-11")
    }

    @Test func `a conflict taken up again is the merge with ours where a person decides`() async throws {
        let (kiosk, id, operation) = try await amending { $0.set("Khám bệnh", at: at("/stay/reason")) }
        let theirs = try edited(id) {
            $0.set("Đi chợ", at: at(reason))
            $0.set("2022-04-11", at: at(until))
        }
        try await kiosk.store.record(.moved(theirs), of: operation, now: later)
        try await kiosk.store.reopen(id, now: later)
        let draft = try await kiosk.store.draft(of: id)
        #expect(draft.answers[at(reason)] == "Khám bệnh" && draft.answers[at(until)] == "2022-04-11")
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: later)
        let sent = try await outgoing(kiosk)
        #expect(sent.etag == "\"2\"", "the decision goes on top of what they hold")
    }

    // MARK: Papers

    private func foreign(_ component: String, _ digit: String) -> Paper {
        Paper(
            id: "officer-\(digit)", component: component, fileName: "tại quầy.pdf", mediaType: "application/pdf", size: 9,
            sha256: String(repeating: digit, count: 64))
    }

    /// A newborn's registration at the portal, and its papers.
    private func birth() async throws -> (Kiosk, String, [Paper]) {
        let kiosk = try await Kiosk()
        let id = try await kiosk.birth()
        try await kiosk.deliver(id)
        return (
            kiosk, id,
            try await kiosk.store.papers(of: id).map {
                Paper(
                    id: $0.id, component: $0.component, fileName: $0.fileName, mediaType: $0.mediaType, size: $0.size,
                    sha256: $0.sha256)
            }
        )
    }

    private func held(_ id: String, version: Int, _ papers: [Paper]) throws -> PortalDossier {
        Kiosk.portal(
            id, answers: try Kiosk.sample("TT_NHAP_SINH"), version: version, papers: papers, editedBy: "officer")
    }

    @Test func `a paper that an officer added is carried along in what we send, one that was taken out is gone`() async throws {
        let (kiosk, id, papers) = try await birth()
        let added = foreign("GIAY_TO_KHAC", "a")
        try await feed(kiosk, try held(id, version: 2, papers + [added]))
        try await kiosk.store.reopen(id, now: later)
        #expect(try await kiosk.store.papersAtPortal(of: id) == [added])
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: later)
        let sent = try await outgoing(kiosk)
        #expect(Set(sent.content.papers.map(\.sha256)) == Set((papers + [added]).map(\.sha256)))
        #expect(sent.content.papers.contains(added) && sent.uploads[added.sha256] == nil)
        #expect(try await kiosk.due(later).allSatisfy { $0.kind != .upload }, "the portal has it")

        let operation = try #require(try await kiosk.store.queue(now: morning).first { $0.subject == id })
        let sending = KioskSync.Operation(id: operation.id, kind: .dossier, subject: id, state: .sending, attempts: 0)
        try await kiosk.store.record(.moved(try held(id, version: 3, papers)), of: sending, now: later)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .delivered && detail.papers.count == papers.count)
    }

    @Test func `a paper replaced on both sides is a clash of its component, settled by either or by both`() async throws {
        for (choice, wanted) in [
            (Reconciliation.Choice.ours, ["ours"]), (.theirs, ["theirs"]),
            (.value([]), ["ours", "theirs"]),
        ] {
            let (kiosk, id, papers) = try await birth()
            let old = try #require(papers.first { $0.component == "TO_KHAI_CT01" })
            try await kiosk.store.reopen(id, now: later)
            try await kiosk.store.removePaper(old.id, from: id, now: later)
            let file = try await kiosk.file([9, 9, 9], now: later)
            try await kiosk.store.addPaper(
                PlacedFile(component: "TO_KHAI_CT01", fileName: "mới.jpg", mediaType: "image/jpeg", file: file), to: id,
                now: later)
            _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: later)
            let theirs = foreign("TO_KHAI_CT01", "b")
            try await feed(kiosk, try held(id, version: 2, papers.filter { $0 != old } + [theirs]))
            let clash = try #require(try await divergence(kiosk, id).clashes.first)
            let place = at("/attachments/TO_KHAI_CT01")
            #expect(
                clash
                    == Clash(
                        pointer: place, base: [.string(old.sha256)], ours: [.string(file.sha256)],
                        theirs: [.string(theirs.sha256)]))
            var chosen = choice
            if case .value = choice { chosen = .value([.string(theirs.sha256), .string(file.sha256)]) }
            let sealed = try await kiosk.store.resolveConflict(of: id, choices: [place: chosen], now: later)
            let digests = ["ours": file.sha256, "theirs": theirs.sha256]
            let detail = try await kiosk.store.revisions(of: id)
            #expect(detail.last?.author == .merge)
            guard sealed.state == .sealed else {
                #expect(wanted == ["theirs"])
                #expect(!(try await kiosk.store.papers(of: id).contains { $0.component == "TO_KHAI_CT01" }))
                continue
            }
            try await kiosk.perform(.upload, .delivered(.uploaded(url: "http://127.0.0.1:1/v1/files/y")), now: later)
            let sent = try await outgoing(kiosk).content.papers.filter { $0.component == "TO_KHAI_CT01" }
            #expect(Set(sent.map(\.sha256)) == Set(wanted.compactMap { digests[$0] }))
        }
    }
}
