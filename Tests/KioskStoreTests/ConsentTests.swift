import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import SQLiteAccess
import Testing

@testable import KioskStore

@Suite struct ConsentTests {
    private static let path = "M10 10L300 200L310 30"

    private func draft(_ kiosk: Kiosk, now: Date = morning) async throws -> String {
        let id = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: now)
        try await kiosk.store.changeDraft(of: id, now: now) { [answers = try Kiosk.sample("LUU_TRU")] in $0.answers = answers }
        return id
    }

    private func given(_ change: (inout ConsentGiven) -> Void) -> ConsentGiven {
        var given = ConsentGiven.applicant
        change(&given)
        return given
    }

    private func lacking(_ body: () async throws -> Void) async -> [String] {
        guard case .noConsent(let issues) = await failure(of: body) else { return ["another error"] }
        return issues.map(\.field)
    }

    private func files(_ kiosk: Kiosk) throws -> Int { try kiosk.count("SELECT count(*) FROM attachments") }

    @Test func `without what is needed nothing is sealed`() async throws {
        let kiosk = try await Kiosk()
        let id = try await draft(kiosk)
        #expect(
            await lacking { _ = try await kiosk.store.seal(id, consent: ConsentGiven(), acceptsWarnings: true, now: morning) }
                == ["consent.filing", "consent.keep-scans", "consent.by", "consent.evidence"])
        for purpose in ["filing", "keep-scans"] {
            let partial = given { $0.purposes.remove(purpose) }
            #expect(
                await lacking { _ = try await kiosk.store.seal(id, consent: partial, acceptsWarnings: true, now: morning) }
                    == ["consent.\(purpose)"])
        }
        let photo = given { $0.evidence = .photo }
        #expect(
            await lacking { _ = try await kiosk.store.seal(id, consent: photo, acceptsWarnings: true, now: morning) }
                == ["consent.photo"])
        #expect(
            try await kiosk.store.dossier(id).summary.state == .draft && kiosk.count("SELECT count(*) FROM outbox") == 0
                && kiosk.count("SELECT count(*) FROM consents") == 0)
        let answers = try Kiosk.sample("LUU_TRU")
        let named = given {
            $0.by = .guardian
            $0.guardian = "Bùi Thị Bí 2"
            $0.relation = .mother
        }
        let error = await failure(of: {
            _ = try await kiosk.store.fileDossier(
                procedure: "LUU_TRU", answers: answers, files: [], sealing: named, now: morning)
        })
        #expect(error?.description.contains("consent.guardian: name-has-digits") == true)
        #expect(error.map { !"\($0.description) \($0.spoken)".contains("Bí") } == true)
    }

    @Test func `a child's guardian consents`() async throws {
        let kiosk = try await Kiosk()
        var answers = try Kiosk.sample("LUU_TRU")
        answers.set("2006-05-01", at: at("/applicant/birthDate"))
        let young = answers
        #expect(
            await lacking {
                _ = try await kiosk.store.fileDossier(
                    procedure: "LUU_TRU", answers: young, files: [], sealing: .applicant, now: morning)
            } == ["consent.by"])
        let mother = given {
            $0.by = .guardian
            $0.guardian = "Bùi Thị Bí"
            $0.relation = .mother
        }
        let id = try await kiosk.store.fileDossier(
            procedure: "LUU_TRU", answers: young, files: [], sealing: mother, now: morning
        ).id
        let consent = try #require(try await kiosk.store.dossier(id).consent)
        #expect(consent.by == .guardian && consent.guardian?.name == "Bùi Thị Bí")
    }

    @Test func `a signature is sealed with its revision, and stays`() async throws {
        let kiosk = try await Kiosk()
        let id = try await draft(kiosk)
        let signed = given {
            $0.evidence = .signature
            $0.signature = Self.path
        }
        _ = try await kiosk.store.seal(id, consent: signed, acceptsWarnings: true, now: morning)
        let other = try await kiosk.stay()
        let record = try await kiosk.again().consent(of: id, revision: 1)
        #expect(record.signature?.path == Self.path && record.page == nil)
        #expect(record.consent.evidence == .signature && record.consent.operatorName == "Trưởng thôn")
        #expect(record.consent.version == catalogue.consentText.version && record.consent.at == "2022-04-08T10:00:00+07:00")
        #expect(try await kiosk.store.consent(of: other, revision: 1).signature == nil)
        guard case .noDossier = await failure(of: { _ = try await kiosk.store.consent(of: id, revision: 2) }) else {
            Issue.record("another error")
            return
        }
        for change: SQL in [
            "UPDATE consents SET made_at = 0", "UPDATE events SET at = 0", "UPDATE revisions SET made_at = 0",
        ] {
            #expect(throws: SQLiteError.self) { try kiosk.database { try $0.run(change) } }
        }
        // Moved to another dossier's revision it does not open.
        try kiosk.database { db in
            try db.run("DELETE FROM consents WHERE dossier_id = \(other)")
            try db.run(
                """
                INSERT INTO consents (dossier_id, revision, operator_id, made_at, sealed)
                SELECT \(other), revision, operator_id, made_at, sealed FROM consents WHERE dossier_id = \(id)
                """)
        }
        guard case .vault = await failure(of: { _ = try await kiosk.store.consent(of: other, revision: 1) }) else {
            Issue.record("another error")
            return
        }
    }

    @Test func `a signed page waits for the seal, and its file lives as long as it is wanted`() async throws {
        let kiosk = try await Kiosk()
        let photo = given { $0.evidence = .photo }
        let id = try await draft(kiosk)
        let first = try await kiosk.file([1, 2, 3])
        try await kiosk.store.setConsentPage(first, mediaType: "image/png", of: id, now: morning)
        let second = try await kiosk.file([4, 5, 6, 7])
        try await kiosk.store.setConsentPage(second, mediaType: "image/jpeg", of: id, now: morning)
        #expect(try files(kiosk) == 1, "the first one is gone")
        try await kiosk.store.setConsentPage(second, mediaType: "image/jpeg", of: id, now: morning)
        try await kiosk.store.purgeOrphans(olderThan: morning.addingTimeInterval(9))
        let waiting = try #require(try await kiosk.store.consentPage(of: id))
        #expect(waiting.attachment == second.attachment && waiting.mediaType == "image/jpeg" && waiting.size == 4)
        _ = try await kiosk.store.seal(id, consent: photo, acceptsWarnings: true, now: morning)
        #expect(try await kiosk.store.consentPage(of: id) == nil)
        try await kiosk.store.purgeOrphans(olderThan: morning.addingTimeInterval(9))
        try await kiosk.store.forget([second.attachment])
        #expect(try await kiosk.store.consent(of: id, revision: 1).page == waiting)
        #expect(try await kiosk.store.bytes(of: second.attachment, from: 0, count: 9) == [4, 5, 6, 7])
        #expect(try await kiosk.store.papers(of: id).isEmpty, "it is no paper of the dossier")
        #expect(try kiosk.count("SELECT count(*) FROM outbox WHERE kind = 'upload'") == 0, "and is not sent")

        // A page that was not the evidence in the end goes, as does that of a draft thrown away.
        for isSealed in [true, false] {
            let other = try await draft(kiosk)
            let file = try await kiosk.file([9, 9])
            try await kiosk.store.setConsentPage(file, mediaType: "image/png", of: other, now: morning)
            if isSealed {
                _ = try await kiosk.store.seal(other, consent: .applicant, acceptsWarnings: true, now: morning)
            } else {
                try await kiosk.store.discardDraft(of: other)
            }
            try await kiosk.store.purgeOrphans(olderThan: morning)
            #expect(try files(kiosk) == 1)
        }
        guard
            case .notADraft = await failure(of: {
                _ = try await kiosk.store.setConsentPage(second, mediaType: "image/png", of: id, now: morning)
            })
        else {
            Issue.record("another error")
            return
        }
    }

    @Test func `an optional purpose can be taken back, once, and is asked anew at the next seal`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        func withdraw(_ purpose: String) async -> Bool {
            do {
                try await kiosk.store.withdrawConsent(to: purpose, of: id, now: morning)
                return true
            } catch StoreError.notWithdrawable {
                return false
            } catch {
                Issue.record(error)
                return false
            }
        }
        for purpose in ["filing", "keep-scans", "advertising", ""] { #expect(await !withdraw(purpose), "\(purpose)") }
        #expect(try await kiosk.store.dossier(id).agrees(to: "contact") == true)
        #expect(await withdraw("contact"))
        #expect(await !withdraw("contact"), "it is taken back already")
        let detail = try await kiosk.store.dossier(id)
        #expect(
            detail.agrees(to: "contact") == false && detail.agrees(to: "reuse") == true && detail.agrees(to: "filing") == true)
        #expect(detail.consent?.purposes?.contains("contact") == true, "what was sealed stays")
        let event = try #require(detail.events.last)
        #expect(event.kind == .consentWithdrawn && event.purpose == "contact" && event.operatorName == "Trưởng thôn")
        let account = try #require(detail.account)
        #expect(try await kiosk.store.account(account)?.agreesToContact == false)

        try await kiosk.deliver(id)
        try await kiosk.store.reopen(id, now: morning)
        #expect(try await kiosk.store.dossier(id).agrees(to: "contact") == false)
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
        #expect(try await kiosk.store.dossier(id).agrees(to: "contact") == true)
        #expect(try await kiosk.store.account(account)?.agreesToContact == true)
        _ = try await kiosk.stay(consent: given { $0.purposes.remove("contact") }, now: morning.addingTimeInterval(60))
        #expect(try await kiosk.store.account(account)?.agreesToContact == false, "the last word counts")
    }

    @Test func `earlier answers are offered only from dossiers whose resident agreed to it`() async throws {
        let kiosk = try await Kiosk()
        let later = morning.addingTimeInterval(3600)
        let silent = given { $0.purposes.remove("reuse") }
        let agreed = try await kiosk.stay()
        _ = try await kiosk.stay({ $0.set("0900000999", at: at("/applicant/phone")) }, consent: silent, now: later)
        let id = try await kiosk.store.beginDossier(procedure: "TT_NHAP_SINH", now: later)
        let number = try #require(try Kiosk.sample("LUU_TRU")[at("/applicant/citizenId")])
        try await kiosk.store.changeDraft(of: id, now: later) { $0.answers.set(number, at: at("/applicant/citizenId")) }
        #expect(try await kiosk.store.earlierAnswers(for: id) == morning, "the last one that was agreed to")
        try await kiosk.store.withdrawConsent(to: "reuse", of: agreed, now: later)
        #expect(try await kiosk.store.earlierAnswers(for: id) == nil)
        #expect(try await !kiosk.store.reuseAnswers(in: id, now: later))
        #expect(try await kiosk.store.draft(of: id).answers[at("/applicant/fullName")] == nil)
    }
}
