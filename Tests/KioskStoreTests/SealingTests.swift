import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import SQLiteAccess
import Testing

@Suite struct SealingTests {
    private func draft(_ kiosk: Kiosk, _ answers: JSONValue) async throws -> String {
        let id = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        try await kiosk.store.changeDraft(of: id, now: morning) { $0.answers = answers }
        return id
    }

    private func seal(_ kiosk: Kiosk, _ id: String, acceptsWarnings: Bool = true, now: Date = morning) async throws
        -> UnlockedStore.Sealed
    {
        try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: acceptsWarnings, now: now)
    }

    private func issues(_ kiosk: Kiosk, _ id: String, acceptsWarnings: Bool) async -> [String] {
        let error = await failure(of: { _ = try await seal(kiosk, id, acceptsWarnings: acceptsWarnings) })
        guard case .notReady(let issues) = error else { return [] }
        return issues.map { "\($0.pointer) \($0.code)" }
    }

    @Test func `one seal, one receipt, and nothing to be sealed twice`() async throws {
        let kiosk = try await Kiosk()
        let id = try await draft(kiosk, try Kiosk.sample("LUU_TRU"))
        let sealed = try await seal(kiosk, id)
        #expect(sealed.state == .sealed && ReceiptNumber(typed: sealed.receipt)?.description.hasPrefix("TCS-220408-001-") == true)
        guard case .notADraft = await failure(of: { _ = try await seal(kiosk, id) }),
            case .noDossier = await failure(of: { _ = try await seal(kiosk, "no-such") })
        else {
            Issue.record("another error")
            return
        }
        #expect(try kiosk.count("SELECT counter FROM receipt_counters") == 1)
        let detail = try await kiosk.again().dossier(sealed.receipt.lowercased())
        #expect(detail.summary.id == id && detail.summary.revision == 1 && detail.consent?.by == .applicant)
        #expect(detail.consent?.at == "2022-04-08T10:00:00+07:00" && detail.events.map(\.kind) == [.begun, .sealed])
    }

    @Test func `receipts are counted day by day, by Viet Nam's midnight`() async throws {
        let kiosk = try await Kiosk()
        var receipts: [String] = []
        // 23:59:59 on the 8th, then 00:00 on the 9th.
        for (second, _) in [(0.0, 1), (50_399, 2), (50_400, 1), (60_000, 2)] {
            let id = try await kiosk.stay(now: morning.addingTimeInterval(second))
            receipts.append(String(try #require(try await kiosk.store.dossier(id).summary.receipt).dropLast(3)))
        }
        #expect(receipts == ["TCS-220408-001", "TCS-220408-002", "TCS-220409-001", "TCS-220409-002"])
    }

    @Test func `what is missing is listed, and nothing is used up`() async throws {
        let kiosk = try await Kiosk()
        var answers = try Kiosk.sample("LUU_TRU")
        answers.set(nil, at: at("/applicant/phone"))
        answers.set("2022-05-30", at: at("/stay/until"))
        let id = try await draft(kiosk, answers)
        #expect(
            await issues(kiosk, id, acceptsWarnings: true) == ["/applicant/phone required", "/stay/until stay-of-thirty-days"])
        #expect(
            try kiosk.count("SELECT count(*) FROM receipt_counters") == 0 && (try kiosk.count("SELECT count(*) FROM outbox")) == 0
        )
        #expect(try kiosk.count("SELECT count(*) FROM revisions") == 0 && (try kiosk.count("SELECT count(*) FROM accounts")) == 0)
        #expect(try await kiosk.store.draft(of: id).answers == answers)
    }

    @Test func `a missing paper blocks, also where all is filed at once`() async throws {
        let kiosk = try await Kiosk()
        let sample = try Kiosk.sample("TT_NHAP_SINH")
        let error = await failure(of: {
            _ = try await kiosk.store.fileDossier(
                procedure: "TT_NHAP_SINH", answers: sample, files: [], sealing: .applicant, now: morning)
        })
        guard case .notReady(let issues) = error else {
            Issue.record("another error")
            return
        }
        #expect(
            issues.filter { $0.severity == .error }.map(\.code) == [
                "missing-component", "missing-component", "missing-component",
            ])
        #expect(try kiosk.count("SELECT count(*) FROM dossiers") == 0, "all or nothing")
    }

    @Test func `warnings ask for a reason unless nobody is there to be asked`() async throws {
        let kiosk = try await Kiosk()
        let id = try await draft(kiosk, try Kiosk.sample("LUU_TRU"))
        let applicant = "/applicant/citizenId"
        #expect(
            await issues(kiosk, id, acceptsWarnings: false) == [
                "\(applicant) unknown-province-code", "/guests/0/citizenId unknown-province-code",
            ])
        try await kiosk.store.changeDraft(of: id, now: morning) {
            $0.reasons = [applicant: "Đã xem thẻ.", "/guests/0/citizenId": " \u{200B} "]
        }
        #expect(await issues(kiosk, id, acceptsWarnings: false) == ["/guests/0/citizenId unknown-province-code"])
        try await kiosk.store.changeDraft(of: id, now: morning) { $0.reasons["/guests/0/citizenId"] = "Đúng như thẻ." }
        _ = try await seal(kiosk, id, acceptsWarnings: false)
        let (_, content) = try await { () in
            try await kiosk.performAccounts()
            return try await kiosk.begin(.dossier)
        }()
        guard case .dossier(let dossier) = content else {
            Issue.record("no dossier")
            return
        }
        #expect(dossier.content.reasons == [applicant: "Đã xem thẻ.", "/guests/0/citizenId": "Đúng như thẻ."])
    }

    @Test func `what is sent was frozen when it was sealed`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.birth()
        try await kiosk.performAccounts()
        try await kiosk.perform(.upload, .delivered(.uploaded(url: "http://127.0.0.1:1/v1/files/x")))
        let (operation, first) = try await kiosk.begin(.dossier)
        try await kiosk.store.record(.inDoubt(.line(.broken), notBefore: morning), of: operation, now: morning)
        let second = try await kiosk.again().begin(operation, now: morning.addingTimeInterval(90_000))
        guard case .dossier(let before) = first, case .dossier(let after) = second else {
            Issue.record("no dossier")
            return
        }
        #expect(before == after && before.id == id && before.etag == nil && before.revision == 1 && before.uploads.count == 3)
        #expect(before.content.papers.map(\.component) == ["DONG_Y_CHU_HO", "GIAY_KHAI_SINH", "TO_KHAI_CT01"])
        #expect(before.sealedAt == "2022-04-08T10:00:00+07:00" && before.kiosk == "kiosk-1" && before.village == village)
    }

    @Test func `taking a dossier up again makes a linked revision, and none is ever changed`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        guard case .notReopenable(.sealed) = await failure(of: { try await kiosk.store.reopen(id, now: morning) }) else {
            Issue.record("another error")
            return
        }
        try await kiosk.deliver(id)
        let receipt = try await kiosk.store.dossier(id).summary.receipt
        try await kiosk.store.reopen(id, now: morning)
        #expect(try await kiosk.store.draft(of: id).answers == (try Kiosk.sample("LUU_TRU")))
        try await kiosk.store.changeDraft(of: id, now: morning) { $0.answers.set("Khám bệnh", at: at("/stay/reason")) }
        #expect(try await seal(kiosk, id).receipt == receipt, "a resident keeps one number")
        #expect(try kiosk.count("SELECT counter FROM receipt_counters") == 1)
        let rows = try kiosk.database { db in
            try db.all("SELECT id, number, parent, etag FROM revisions WHERE author = 'kiosk' ORDER BY number") {
                ($0.int(0), $0.int(1), $0.intOrNil(2), $0.textOrNil(3))
            }
        }
        #expect(rows.map(\.1) == [1, 2] && rows.map(\.3) == [nil, "\"1\""] && rows[1].2 == rows[0].0 && rows[0].2 == nil)
        let (_, content) = try await kiosk.begin(.dossier)
        guard case .dossier(let dossier) = content else {
            Issue.record("no dossier")
            return
        }
        #expect(dossier.etag == "\"1\"" && dossier.revision == 2)
        #expect(throws: SQLiteError.self) { try kiosk.database { try $0.run("UPDATE revisions SET number = 9") } }
        #expect(try kiosk.count("SELECT count(*) FROM revisions WHERE number = 9") == 0)
    }

    @Test func `what is over stays closed`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        let over = Kiosk.portal(id, version: 2, status: "resolved")
        #expect(try await kiosk.store.apply(ChangeBatch(changes: [.dossier(over)], cursor: "1", more: false), now: morning) == 1)
        guard case .notReopenable = await failure(of: { try await kiosk.store.reopen(id, now: morning) }) else {
            Issue.record("another error")
            return
        }
    }
}
