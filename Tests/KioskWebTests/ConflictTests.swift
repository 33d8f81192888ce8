import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import Testing

@testable import KioskWeb

/// What a village head sees of a dossier that an officer edited too.
@Suite struct ConflictTests {
    /// The portal takes the notice of stay that waits.
    private func deliver(_ id: String, in store: UnlockedStore, now: Date) async throws -> PortalDossier {
        var held: PortalDossier?
        for _ in 0..<2 {
            for operation in try await store.due(now: now, limit: 9) {
                switch try await store.begin(operation, now: now) {
                case .dossier(let dossier):
                    let theirs = PortalDossier(
                        id: id, code: "G01-1", version: 1, status: PortalStatus(rawValue: "received"),
                        statusAt: "2022-04-08T10:00:00+07:00", dueAt: nil, remarks: [], procedure: "LUU_TRU",
                        answers: dossier.content.answers, papers: [], details: [], editedBy: "kiosk", etag: "\"1\"")
                    try await store.record(.delivered(.dossier(theirs)), of: operation, now: now)
                    held = theirs
                default:
                    try await store.record(
                        .delivered(.account(AccountProgress(status: "verified"))), of: operation, now: now)
                }
            }
        }
        return try #require(held)
    }

    private func officer(
        _ base: PortalDossier, version: Int, papers: [KioskDomain.Paper] = [], in store: UnlockedStore, now: Date,
        _ change: (inout JSONValue) -> Void
    ) async throws {
        var theirs = base
        change(&theirs.answers)
        (theirs.version, theirs.etag, theirs.editedBy) = (version, "\"\(version)\"", "officer")
        theirs.details = papers
        theirs.papers = papers.map { PortalDossier.HeldPaper($0) }
        let batch = ChangeBatch(changes: [.dossier(theirs)], cursor: "\(version)", more: false)
        #expect(try await store.apply(batch, now: now) == 1)
    }

    @Test func `merged edits are told, papers of the portal are shown, a clash is shown as the form is sealed`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.sealSample("LUU_TRU")
        let (store, now) = (try await kiosk.open(), kiosk.clock.now)
        let base = try await deliver(id, in: store, now: now)
        let (reason, until) = (JSONPointer(tokens: ["stay", "reason"]), JSONPointer(tokens: ["stay", "until"]))
        let paper = KioskDomain.Paper(
            id: "o", component: "GIAY_TO_KHACH", fileName: "tại quầy.pdf", mediaType: "application/pdf", size: 5,
            sha256: String(repeating: "a", count: 64))
        try await officer(base, version: 2, papers: [paper], in: store, now: now) { $0.set("2022-04-11", at: until) }
        let page = try await kiosk.get("/dossiers/\(id)").text
        #expect(page.contains("máy đã gộp hai bản") && page.contains("Đã gộp từ cổng:") && page.contains("11/04/2022"))

        #expect(try await kiosk.post("/dossiers/\(id)/reopen").status == 303)
        let papers = try await kiosk.get("/dossiers/\(id)/papers").text
        #expect(papers.contains("tại quầy.pdf") && papers.contains("chỉ có trên cổng") && papers.contains("Đã có 1 tệp"))
        _ = try await kiosk.answer(id, "/stay/reason", "Khám bệnh", section: "thoi-gian")
        try await officer(base, version: 3, papers: [paper], in: store, now: now) { $0.set("Đi chợ", at: reason) }
        #expect(try await kiosk.get("/dossiers/\(id)").text.contains("Cán bộ đã sửa trên cổng trong lúc"))
        let sealed = try await kiosk.post("/dossiers/\(id)/review", Kiosk.consent)
        #expect(sealed.location == "/dossiers/\(id)", "not the receipt: the resident is asked")
        let clash = try await kiosk.get(sealed.location).text
        for words in ["Hai bản khác nhau", "Lúc đầu", "Thăm người thân", "Khám bệnh", "Đi chợ", "Cán bộ", "Bùi Văn An"] {
            #expect(clash.contains(words), "\(words)")
        }
    }

    @Test func `members are shown whole, pictures side by side, and what is only at the portal is said plainly`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample("LUU_TRU")
        let (store, now) = (try await kiosk.open(), kiosk.clock.now)
        let upload = try await kiosk.upload(id, "GIAY_TO_KHACH", name: "a1.jpg", SampleFile.jpeg(bytes: 900, seed: 1))
        #expect(upload.status == 200)
        _ = try await kiosk.post("/dossiers/\(id)/review", Kiosk.consent)
        let base = try await deliver(id, in: store, now: now)
        var first = base
        first.details = try await store.papers(of: id).map { paper in
            KioskDomain.Paper(
                id: paper.id, component: paper.component, fileName: paper.fileName, mediaType: paper.mediaType, size: paper.size,
                sha256: paper.sha256)
        }
        first.papers = (first.details ?? []).map { PortalDossier.HeldPaper($0) }
        (first.version, first.etag) = (2, "\"2\"")
        _ = try await store.apply(ChangeBatch(changes: [.dossier(first)], cursor: "2", more: false), now: now)

        #expect(try await kiosk.post("/dossiers/\(id)/reopen").status == 303)
        let old = try #require(try await store.papers(of: id).first)
        try await store.removePaper(old.id, from: id, now: now)
        #expect(try await kiosk.upload(id, "GIAY_TO_KHACH", name: "a2.jpg", SampleFile.jpeg(bytes: 800, seed: 2)).status == 200)
        _ = try await kiosk.answer(id, "/guests/@1/permanentAddress", "Bản Khác", section: "khach")
        let officers = KioskDomain.Paper(
            id: "o", component: "GIAY_TO_KHACH", fileName: "tại quầy.jpg", mediaType: "image/jpeg", size: 5,
            sha256: String(repeating: "a", count: 64))
        try await officer(base, version: 3, papers: [officers], in: store, now: now) {
            let other: JSONValue = [
                "id": "2", "fullName": "Hà Văn Khách", "birthDate": "1990", "sex": "male", "document": "khong",
                "permanentAddress": "Xã Mẫu",
            ]
            $0.set(.array([other]), at: JSONPointer(tokens: ["guests"]))
        }
        let sealed = try await kiosk.post("/dossiers/\(id)/review", Kiosk.consent)
        #expect(sealed.location == "/dossiers/\(id)")
        let page = try await kiosk.get("/dossiers/\(id)/conflict").text
        #expect(page.contains("Bản Khác") && page.contains("Vi Văn Páo"), "the member whole, not its name alone")
        #expect(page.contains("Bỏ đi, như trên cổng") && page.contains("Giữ cả hai"))
        #expect(page.contains("tại quầy.jpg") && page.contains("Ảnh này chỉ có trên cổng, chưa có ở máy này"))
        #expect(page.contains("/papers/\(old.id)/content"), "the picture that was taken out here is at hand")
        #expect(try await kiosk.get("/dossiers/\(id)/papers/\(old.id)/content").status == 200)

        let seen = try #require(page.range(of: "name=\"seen\" value=\"")).upperBound
        var choices = ["seen": String(page[seen...].prefix { $0 != "\"" })]
        for (number, part) in page.components(separatedBy: "name=\"p.").dropFirst().enumerated() {
            let place = try #require(part.range(of: "value=\"")).upperBound
            choices["p.\(number)"] = String(part[place...].prefix { $0 != "\"" })
            choices["c.\(number)"] = part.contains("Giữ cả hai") ? "both" : "ours"
        }
        let stale = try await kiosk.post("/dossiers/\(id)/conflict", choices.merging(["seen": "old", "do": "decide"]) { $1 })
        #expect(
            stale.status == 409 && stale.text.contains("Bản trên cổng vừa thay đổi"), "nobody decides for what they did not see")
        #expect(try await store.dossier(id).summary.state == .conflict)
        let preview = try await kiosk.post("/dossiers/\(id)/conflict", choices.merging(["do": "preview"]) { $1 })
        #expect(preview.status == 200 && preview.text.contains("Kết quả đúng mẫu"), "\(preview.text)")
        #expect(try await kiosk.post("/dossiers/\(id)/conflict", choices.merging(["do": "decide"]) { $1 }).status == 303)
        let after = try await kiosk.get("/dossiers/\(id)").text
        #expect(after.contains("Đã chọn xong chỗ khác nhau") && after.contains("Lấy lại để chọn lại"))
    }
}
