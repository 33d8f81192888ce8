import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import Testing

@Suite struct PrivacyTests {
    /// A text in every form in which it could lie on a disk.
    private func forms(_ text: String) -> [Data] {
        var found: [Data] = [Data(StoredText.searchKey(text).utf8), Data(Data(text.utf8).base64EncodedString().utf8)]
        for form in [text.precomposedStringWithCanonicalMapping, text.decomposedStringWithCanonicalMapping] {
            found += [form, form.lowercased(), form.uppercased()].map { Data($0.utf8) }
            found += [.utf16LittleEndian, .utf16BigEndian].compactMap { form.data(using: $0) }
        }
        return found
    }

    private func isFound(_ text: String, in files: [String: Data]) -> [String] {
        let wanted = forms(text).filter { !$0.isEmpty }
        return files.filter { _, bytes in wanted.contains { bytes.range(of: $0) != nil } }.map(\.key).sorted()
    }

    @Test func `nothing personal lies in the clear, whatever was done`() async throws {
        let kiosk = try await Kiosk()
        let store = kiosk.store
        // Drafts, reasons, papers, seals, refusals, conflicts, remarks, codes, withdrawn files.
        let draft = try await store.beginDossier(procedure: "LUU_TRU", now: morning)
        try await store.changeDraft(of: draft, now: morning) { draft in
            draft.answers = ["applicant": ["fullName": "H'Hen Niê", "citizenId": "099190000654"], "stray": "chữ gõ dở"]
            draft.reasons = ["/applicant/citizenId": "lý do riêng tư"]
        }
        try await store.addPaper(
            PlacedFile(
                component: "GIAY_TO_KHACH", fileName: "CCCD Niê.jpg", mediaType: "image/jpeg",
                file: try await kiosk.file(Array("nội dung giấy tờ".utf8))),
            to: draft, now: morning)
        let birth = try await kiosk.birth()
        let stay = try await kiosk.stay()
        let refused = try await kiosk.stay { $0.set("Lý do bí ẩn", at: at("/stay/reason")) }
        try await kiosk.performAccounts()
        let account = try #require(try await store.unverifiedAccounts().first { $0.phone == "0900000103" })
        try await store.enterCode("778899", forAccount: account.id, now: morning)
        try await kiosk.deliver(birth)
        let (operation, _) = try await kiosk.begin(.dossier, refused)
        let fault = Rejection.Fault(
            pointer: "/applicant/fullName", code: "population-mismatch", message: "Tên đúng là Hà Thị Nù", expected: "Hà Thị Nù")
        try await store.record(
            .rejected(Rejection(code: "dossier-rejected", status: 422, detail: "Từ chối Nụ", faults: [fault])), of: operation,
            now: morning)
        let (second, _) = try await kiosk.begin(.dossier, stay)
        let theirs = Kiosk.portal(
            stay, answers: ["applicant": ["fullName": "Hà Thị Núi"]], version: 3, remark: "Gặp ông Thắng ở thôn")
        try await store.record(.moved(theirs), of: second, now: morning)
        try await store.reopen(refused, now: morning)
        _ = try await store.apply(
            ChangeBatch(
                changes: [
                    .dossier(Kiosk.portal(birth, version: 2, status: "supplement-required", remark: "Chụp lại giấy của bé An"))
                ], cursor: "c", more: false),
            now: morning)

        // Consents with all that a person says in one.
        var mother = ConsentGiven.applicant
        mother.by = .guardian
        mother.guardian = "Bùi Thị Bí"
        mother.relation = .mother
        mother.cannotWrite = true
        mother.witness = "Quách Văn Chứng"
        mother.reason = "Tay đau không ký"
        try await store.withdrawConsent(to: "contact", of: try await kiosk.stay(consent: mother), now: morning)
        var signed = ConsentGiven.applicant
        signed.evidence = .signature
        signed.signature = "M77 78L379 280"
        _ = try await kiosk.stay(consent: signed)
        try await store.setConsentPage(
            try await kiosk.file(Array("trang đã ký của Bí".utf8)), mediaType: "image/png", of: draft, now: morning)

        // Searching, suggesting and using earlier answers leave nothing behind.
        #expect(try await store.find("Hà Thị Nụ 099157000789").total > 0)
        #expect(try await store.knownPlaces()[.village]?.isEmpty == false)
        _ = try await store.dossiersByName(state: nil)
        let again = try await store.beginDossier(procedure: "LUU_TRU", now: morning)
        try await store.changeDraft(of: again, now: morning) { $0.answers.set("099194000123", at: at("/applicant/citizenId")) }
        #expect(try await store.reuseAnswers(in: again, now: morning))

        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: kiosk.folder.path) {
            files[name] = try Data(contentsOf: URL(filePath: kiosk.folder.file(name)))
        }
        #expect(Set(files.keys).isSuperset(of: ["kiosk.sqlite", "kiosk.sqlite-wal", "kiosk.sqlite-shm", "attachments.sqlite"]))
        #expect(files["kiosk.sqlite-wal"]?.isEmpty == false)
        // The village and the operator stand in the clear, so the search does find what is there.
        #expect(!isFound("Trưởng thôn", in: files).isEmpty && !isFound(birth, in: files).isEmpty)

        let secrets = [
            "Hà Thị Nụ", "Vi Văn Páo", "Lò Thị Mai", "Lò Minh An", "Bùi Văn Thắng", "H'Hen Niê", "099157000789",
            "099088000321", "099194000123",
            "099065000456", "099190000654", "0900000103", "0900000101", "1994-03-12", "1988-11-05", "Lý do bí ẩn", "Bản Mẫu",
            "15/2022",
            "lý do riêng tư", "chữ gõ dở", "CCCD Niê.jpg", "giấy 0.jpg", "nội dung giấy tờ", "778899", "Hà Thị Nù", "Từ chối Nụ",
            "Hà Thị Núi",
            "Gặp ông Thắng", "Bùi Thị Bí", "Quách Văn Chứng", "Tay đau", "M77 78L379 280", "trang đã ký của Bí", "Chụp lại giấy",
            pin, "bí mật của cổng", kiosk.recoveryKey, "Đã xem",
        ]
        for secret in secrets { #expect(isFound(secret, in: files) == [], "«\(secret)»") }
        let sha256 = try await store.papers(of: birth).map(\.sha256)
        for digest in sha256 { #expect(isFound(digest, in: files) == [], "a digest would tell whether a known paper is here") }
    }

    @Test func `no error tells a person's data`() async throws {
        let kiosk = try await Kiosk()
        var answers = try Kiosk.sample("LUU_TRU")
        answers.set("09915700078X", at: at("/applicant/citizenId"))
        answers.set("Hà Thị Nụ 2", at: at("/applicant/fullName"))
        let broken = answers
        let error = try #require(
            await failure(of: {
                _ = try await kiosk.store.fileDossier(
                    procedure: "LUU_TRU", answers: broken, files: [], sealing: .applicant, now: morning)
            }))
        for words in [error.description, error.spoken, "\(error)"] {
            #expect(!words.contains("Nụ") && !words.contains("09915700078") && !words.contains("0900000103"))
        }
        #expect(error.description.contains("/applicant/fullName: name-has-digits"))
    }
}
