import JSONTree
import KioskTestSupport
import PortalWire
import Testing
import TrainingPortal

@Suite struct ChangeFeedTests {
    @Test func `the feed pages through all that concerns the kiosk, oldest first`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let other = try await harness.kiosk("other")
            _ = try await other.file()
            let first = try await kiosk.file()
            let second = try await kiosk.file()
            try await harness.portal.announce(
                title: "Lịch", body: "Thứ Bảy", validFrom: "2026-11-25T00:00:00+07:00", validUntil: "2026-11-28T00:00:00+07:00")
            var seen: [ChangeMessage] = []
            var page = try await kiosk.get("/v1/changes?limit=2").message(ChangePage.self)
            seen += page.changes
            while page.more {
                page = try await kiosk.get("/v1/changes?limit=2&after=\(page.cursor)").message(ChangePage.self)
                #expect(page.changes.count <= 2)
                seen += page.changes
            }
            let kinds = seen.map { change in
                switch change {
                case .dossier(let dossier, let etag): dossier.id + etag.prefix(3)
                case .account: "account"
                case .announcement(let one): one.title
                case .catalogue, .unknown: "other"
                }
            }
            #expect(kinds == ["account", first + "\"1-", "account", second + "\"1-", "Lịch"])
            // Nothing new: the same cursor, an empty page.
            let last = try await kiosk.get("/v1/changes?after=\(page.cursor)").message(ChangePage.self)
            #expect(last == ChangePage(changes: [], cursor: page.cursor, more: false))
            try await harness.portal.perform(.accept, on: first)
            let news = try await kiosk.get("/v1/changes?after=\(page.cursor)").message(ChangePage.self)
            let answer = try await kiosk.get("/v1/dossiers/\(first)")
            let dossier = try answer.message(DossierRepresentation.self)
            #expect(news.changes == [.dossier(dossier, etag: try #require(answer.headers["etag"]))])
            #expect(dossier.editedBy == "officer")
        }
    }

    @Test(arguments: ["nonsense", "000000000000.1", "", "a.b.c"])
    func `an unknown cursor is gone`(cursor: String) async throws {
        try await withPortal { harness in
            let answer = try await harness.kiosk().get("/v1/changes?after=\(cursor)")
            #expect(answer.status == 410)
            #expect(answer.problem != nil)
        }
    }

    @Test func `a cursor of another portal, or from its future, is gone`() async throws {
        let folder = try TemporaryFolder()
        var cursor = ""
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            _ = try await kiosk.file()
            cursor = try await kiosk.get("/v1/changes").message(ChangePage.self).cursor
            let epoch = cursor.prefix { $0 != "." }
            #expect(try await kiosk.get("/v1/changes?after=\(epoch).999").status == 410)
        }
        try await withPortal(in: folder) { harness async throws in
            #expect(try await harness.kiosk().get("/v1/changes?after=\(cursor)").status == 410)
        }
    }

    @Test func `a new catalogue is told`() async throws {
        let folder = try TemporaryFolder()
        try await withPortal(in: folder) { harness async throws in
            #expect(try await harness.kiosk().get("/v1/changes").message(ChangePage.self).changes == [])
        }
        let newer = testCatalogue.replacing("test-1", with: "test-2")
        try await withPortal(in: folder, catalogue: newer) { harness in
            let kiosk = try await harness.kiosk()
            let etag = try #require(try await kiosk.get("/v1/catalogue").headers["etag"])
            #expect(try await kiosk.get("/v1/changes").message(ChangePage.self).changes == [.catalogue(etag: etag)])
        }
    }
}
