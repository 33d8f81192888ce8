import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
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
}
