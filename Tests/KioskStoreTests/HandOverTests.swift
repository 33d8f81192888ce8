import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import KioskVault
import Testing

@testable import KioskStore

@Suite struct HandOverTests {
    /// The same kiosk in another operator's hands.
    private func second(_ kiosk: Kiosk) async throws -> UnlockedStore {
        let wrapped = try kiosk.store.vault.wrap(pin: pin, for: "second", cost: cheap)
        try await kiosk.locked.write { db in
            try db.insertOperator(id: "second", name: "Phó thôn", wrapped: wrapped, now: morning)
        }
        return try await kiosk.locked.unlock(operatorName: "Phó thôn", pin: pin, catalogue: catalogue, now: morning)
    }

    private func kinds(_ store: UnlockedStore, _ id: String) async throws -> [DossierEvent.Kind] {
        try await store.dossier(id).events.map(\.kind)
    }

    @Test func `a hand-over is noted once for each change of hands`() async throws {
        let kiosk = try await Kiosk()
        let other = try await second(kiosk)
        let id = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        try await kiosk.store.changeDraft(of: id, now: morning) { $0.answers.set("Nụ", at: at("/applicant/fullName")) }
        #expect(try await kinds(other, id) == [.begun])
        try await other.changeDraft(of: id, now: morning) { $0.section = "noi-luu-tru" }
        #expect(try await kinds(other, id) == [.begun], "looking at it is no hand-over")
        for name in ["Nụ A", "Nụ B"] {
            try await other.changeDraft(of: id, now: morning) { $0.answers.set(.string(name), at: at("/applicant/fullName")) }
        }
        #expect(try await kinds(other, id) == [.begun, .handedOver])
        #expect(try await other.dossier(id).events.last?.operatorName == "Phó thôn")
        let standing = try await kiosk.store.draftStanding(of: id)
        #expect(standing.begunBy == "Trưởng thôn" && standing.touchedBy == "Phó thôn")
        let file = try await kiosk.file([1, 2, 3])
        try await kiosk.store.addPaper(
            PlacedFile(component: "GIAY_TO_KHACH", fileName: "a.jpg", mediaType: "image/jpeg", file: file), to: id, now: morning)
        #expect(try await kinds(other, id) == [.begun, .handedOver, .handedOver])
        #expect(try await kiosk.store.draftStanding(of: id).touchedBy == "Trưởng thôn")
    }

    @Test func `earlier answers are offered by the number and filled in with consent`() async throws {
        let kiosk = try await Kiosk()
        _ = try await kiosk.stay()
        let later = morning.addingTimeInterval(86_400)
        _ = try await kiosk.stay({ $0.set("0900000999", at: at("/applicant/phone")) }, now: later)
        let id = try await kiosk.store.beginDossier(procedure: "TT_NHAP_SINH", now: later)
        let sample = try Kiosk.sample("LUU_TRU")
        let number = try #require(sample[at("/applicant/citizenId")]?.stringValue)
        try await kiosk.store.changeDraft(of: id, now: later) { $0.answers.set("099000000000", at: at("/applicant/citizenId")) }
        #expect(try await kiosk.store.earlierAnswers(for: id) == nil)
        #expect(try await !kiosk.store.reuseAnswers(in: id, now: later))
        try await kiosk.store.changeDraft(of: id, now: later) { draft in
            draft.answers.set(.string(number), at: at("/applicant/citizenId"))
            draft.answers.set("giữ lại", at: at("/request"))
        }
        #expect(try await kiosk.store.earlierAnswers(for: id) == later, "of the latest dossier")
        #expect(try await kiosk.store.draft(of: id).answers[at("/applicant/fullName")] == nil, "never by itself")
        #expect(try await kiosk.store.reuseAnswers(in: id, now: later))
        let answers = try await kiosk.store.draft(of: id).answers
        for name in ["fullName", "birthDate", "sex"] {
            #expect(answers["applicant"]?[name] == sample["applicant"]?[name], "\(name)")
        }
        #expect(answers["applicant"]?["phone"] == "0900000999" && answers["request"] == "giữ lại")
        #expect(answers["applicant"]?.objectValue?.count == 5 && answers["place"] == nil, "the applicant's block only")
        #expect(try await kinds(kiosk.store, id) == [.begun, .reused])
        #expect(try await kiosk.store.earlierAnswers(for: id) == nil, "nothing new to offer")
        #expect(try await !kiosk.store.reuseAnswers(in: id, now: later))
    }

    @Test func `a dossier does not offer itself`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        try await kiosk.store.reopen(id, now: morning)
        try await kiosk.store.changeDraft(of: id, now: morning) { $0.answers.set("Tên Khác", at: at("/applicant/fullName")) }
        #expect(try await kiosk.store.earlierAnswers(for: id) == nil)
    }
}
