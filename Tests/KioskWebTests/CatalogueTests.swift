import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import Synchronization
import Testing

@testable import KioskWeb

@Suite struct CatalogueTests {
    /// Does what a sync in another process would do.
    private func sync(_ text: Data, _ etag: String, _ kiosk: Kiosk) async throws {
        let other = try await KioskStore.open(folder: kiosk.store.folder).unlock(
            operatorName: nil, pin: Kiosk.pin, catalogue: try Kiosk.catalogue(), now: kiosk.clock.now)
        _ = try await other.takeCatalogue(.text(text, etag: etag), now: kiosk.clock.now)
    }

    @Test func `pages follow a catalogue that came while the kiosk serves; drafts keep theirs and say so`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let stay = try await kiosk.begin("LUU_TRU")
        let gone = try await kiosk.begin("TAM_TRU")
        let form = try await kiosk.get("/dossiers/\(stay)/form/nguoi-thong-bao")
        #expect(!form.text.contains("Số nhà") && !form.text.contains("theo danh mục"))
        try await sync(try ShippedFiles.newerCatalogue("2099.1"), "\"1\"", kiosk)

        let list = try await kiosk.get("/dossiers/new")
        #expect(list.text.contains("LUU_TRU") && !list.text.contains("TAM_TRU"))
        let new = try await kiosk.begin("LUU_TRU")
        #expect(try await kiosk.get("/dossiers/\(new)/form").location.hasPrefix("/dossiers/\(new)/form/"))
        let fresh = try await kiosk.get(try await kiosk.get("/dossiers/\(new)/form").location)
        #expect(fresh.text.contains("Số nhà") && !fresh.text.contains("Thủ tục đã đổi"))
        #expect(try await kiosk.post("/dossiers/new", ["procedure": "TAM_TRU"]).status == 404)

        let old = try await kiosk.get("/dossiers/\(stay)/form/nguoi-thong-bao")
        #expect(old.text.contains("Thủ tục đã đổi: thêm mục «Số nhà»") && old.text.components(separatedBy: "Số nhà").count == 2)
        let retired = try await kiosk.get("/dossiers/\(gone)")
        #expect(retired.text.contains("danh mục mới không còn thủ tục này"))
        let attention = try await kiosk.get("/attention")
        #expect(attention.text.contains("Thủ tục của hồ sơ đang soạn đã đổi"))
        #expect(attention.text.contains("/dossiers/\(stay)/form") && attention.text.contains("/dossiers/\(gone)/form"))
        #expect(!attention.text.contains("/dossiers/\(new)/form"))
        let home = try await kiosk.get("/")
        #expect(home.text.contains("<span class=\"count\">2</span>"))
        kiosk.cookies.withLock { $0["kiosk_lang"] = "en" }
        #expect(try await kiosk.get("/attention").text.contains("new questions: «House number»"))
    }

    @Test func `a draft whose procedure stayed the same says which edition it follows and no more`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin("LUU_TRU")
        let text = String(decoding: try ShippedFiles.catalogue(), as: UTF8.self)
        let version = try #require(text.firstMatch(of: /"version": "([^"]+)"/)).1
        try await sync(Data(text.replacing("\"version\": \"\(version)\"", with: "\"version\": \"2099.1\"").utf8), "\"1\"", kiosk)
        let page = try await kiosk.get("/dossiers/\(id)")
        #expect(page.text.contains("không đổi gì ở thủ tục này") && page.text.contains("2099.1"))
        #expect(try await kiosk.get("/attention").text.contains("Không có việc nào cần xử lý"))
    }

    @Test func `a refused catalogue is told in plain words, with the fault for who can mend it`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let broken = try ShippedFiles.newerCatalogue("2099.1") {
            $0.set("<b>", at: JSONPointer(tokens: ["procedures", "1", "group"]))
        }
        try await sync(broken, "\"1\"", kiosk)
        for path in ["/attention", "/sync"] {
            let page = try await kiosk.get(path)
            #expect(page.text.contains("Danh mục thủ tục mới từ cổng có lỗi, máy không dùng"), "\(path)")
            #expect(page.text.contains("2099.1: /procedures/LUU_TRU/group is not in /groups"), "\(path)")
        }
        #expect(try await kiosk.get("/").text.contains("<span class=\"count\">1</span>"))
        #expect(try await kiosk.get("/dossiers/new").text.contains("TAM_TRU"))
        kiosk.sync.set(
            SyncStatus(
                isRunning: false, lastReport: SyncReport(catalogue: CatalogueNews(version: "7", fault: nil)),
                lastEndedAt: kiosk.clock.now))
        #expect(try await kiosk.get("/sync").text.contains("Đã nhận danh mục thủ tục mới (bản 7)"))
    }
}

extension SyncReport {
    fileprivate init(catalogue: CatalogueNews) {
        self.init()
        self.catalogue = catalogue
    }
}
