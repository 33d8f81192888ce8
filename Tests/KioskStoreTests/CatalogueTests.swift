import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import SQLiteAccess
import Synchronization
import Testing

@Suite struct CatalogueTests {
    private let house = at("/applicant/houseNumber")

    private func asks(_ procedure: Procedure) -> Bool { procedure.sections.flatMap(\.fields).contains { $0.pointer == house } }

    @discardableResult
    private func take(
        _ text: Data, etag: String, into store: UnlockedStore, now: Date = morning
    ) async throws -> CatalogueNews? {
        try await store.takeCatalogue(.text(text, etag: etag), now: now)
    }

    private func question(_ store: UnlockedStore, _ now: Date = morning) async throws -> CatalogueQuestion? {
        try await store.catalogueQuestion(now: now, atOnce: false)
    }

    @Test func `new drafts follow a newer catalogue at once, old ones keep theirs`() async throws {
        let kiosk = try await Kiosk()
        let other = try await kiosk.again()
        let old = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        let sealed = try await kiosk.stay()
        let text = try ShippedFiles.newerCatalogue("2099.1")
        #expect(try await question(kiosk.store) == CatalogueQuestion(etag: nil))
        let news = try await take(text, etag: "\"n\"", into: kiosk.store)
        #expect(news?.fault == nil && news?.version?.hasPrefix("2099.1@") == true)
        let standing = try await kiosk.store.catalogueStanding()
        #expect(standing.version == news?.version && standing.origin == .portal && standing.since == morning)
        #expect(standing.refused == nil)

        let new = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        #expect(asks(try await kiosk.store.procedure(ofDossier: new)))
        #expect(!asks(try await kiosk.store.procedure(ofDossier: old)))
        #expect(try await kiosk.store.draftsOfOtherEditions().map(\.id) == [old])
        try await kiosk.performAccounts()
        guard case .dossier(let outgoing) = try await kiosk.begin(.dossier, sealed).content else { return }
        #expect(outgoing.catalogueVersion == catalogue.version)

        // A process that was unlocked before: nothing is lost on it, and it follows when it looks.
        #expect(asks(try await other.procedure(ofDossier: new)), "an edition that is not at hand is read")
        #expect(other.catalogue.version == catalogue.version)
        try await other.followCatalogue(now: morning)
        #expect(other.catalogue.version == news?.version)
        #expect(try await kiosk.again().catalogue.version == news?.version)
    }

    @Test func `editions that no dossier needs go when a newer catalogue comes, the others stay`() async throws {
        let kiosk = try await Kiosk()
        func kept() throws -> [String] {
            try kiosk.database { try $0.all("SELECT version FROM catalogues ORDER BY added_at, version") { $0.text(0) } }
        }
        let first = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        try await take(try ShippedFiles.newerCatalogue("2099.1"), etag: "1", into: kiosk.store)
        let second = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning.addingTimeInterval(1))
        let version = kiosk.store.catalogue.version
        #expect(try kept() == [catalogue.version, version])
        try await kiosk.store.discardDraft(of: second)
        try await take(try ShippedFiles.newerCatalogue("2099.2"), etag: "2", into: kiosk.store)
        #expect(try kept() == [catalogue.version])
        #expect(try await kiosk.again().procedure(ofDossier: first).code == "LUU_TRU")
        #expect(try !kiosk.database { try $0.first("SELECT json FROM catalogues") { $0.text(0) } ?? "" }.contains("\"sample\""))
    }

    @Test func `a broken catalogue changes nothing but the note, and is not asked for in full again that day`() async throws {
        let kiosk = try await Kiosk()
        try await take(try ShippedFiles.newerCatalogue("2099.1"), etag: "good", into: kiosk.store)
        let good = kiosk.store.catalogue
        let broken = try ShippedFiles.newerCatalogue("2099.2") { $0.set("none", at: at("/procedures/1/group")) }
        let fault = "/procedures/LUU_TRU/group is not in /groups"
        for (answer, version, told) in [
            (CatalogueAnswer.text(broken, etag: "bad"), "2099.2", fault),
            (.text(Data("{".utf8), etag: "bad"), nil, "is not JSON"),
            (.tooLarge(etag: "bad"), nil, "it is larger than 4194304 bytes"),
        ] {
            #expect(try await kiosk.store.takeCatalogue(answer, now: morning) == CatalogueNews(version: version, fault: told))
            let again = try await kiosk.again()
            for store in [kiosk.store, again] {
                try await store.followCatalogue(now: morning)
                #expect(store.catalogue == good)
                let refused = try await store.catalogueStanding().refused
                #expect(refused?.version == version && refused?.fault == told && refused?.at == morning)
            }
            #expect(try await question(again) == nil)
            #expect(try await question(again, morning.addingTimeInterval(7 * 3600)) == CatalogueQuestion(etag: "bad"))
            #expect(try await question(again, morning.addingTimeInterval(25 * 3600)) == CatalogueQuestion(etag: nil))
        }
        // The portal takes it back: what is in order ends the refusal, though it is no news.
        #expect(try await take(try ShippedFiles.newerCatalogue("2099.1"), etag: "good", into: kiosk.store) == nil)
        #expect(try await kiosk.store.catalogueStanding().refused == nil)
    }

    @Test func `an announced catalogue is asked for, the one at hand is not`() async throws {
        let kiosk = try await Kiosk()
        try await take(try ShippedFiles.newerCatalogue("2099.1"), etag: "\"1\"", into: kiosk.store)
        func announce(_ etag: String) async throws {
            let batch = ChangeBatch(changes: [.catalogue(etag: etag)], cursor: "c", more: true)
            _ = try await kiosk.store.apply(batch, now: morning)
        }
        try await announce("\"1\"")
        #expect(try await question(kiosk.store) == nil)
        try await announce("\"2\"")
        #expect(try await question(kiosk.store) == CatalogueQuestion(etag: "\"1\""))
        try await kiosk.store.postponeCatalogue(until: morning.addingTimeInterval(900))
        #expect(try await question(kiosk.store) == nil, "the line broke: not at once again")
        #expect(try await question(kiosk.store, morning.addingTimeInterval(900)) != nil)
        #expect(try await kiosk.store.takeCatalogue(.unchanged, now: morning) == nil)
        #expect(try await question(kiosk.store, morning.addingTimeInterval(900)) == nil)
        try await kiosk.locked.movePortal(to: "http://127.0.0.1:2")
        #expect(try await question(kiosk.store) == CatalogueQuestion(etag: nil), "another portal, another catalogue")
    }

    @Test func `a newer program's own wins over the portal's, a configured one over both`() async throws {
        let kiosk = try await Kiosk()
        try await take(try ShippedFiles.newerCatalogue("2099.1"), etag: "1", into: kiosk.store)
        func unlock(_ version: String, isConfigured: Bool = false) async throws -> CatalogueStanding {
            var own = catalogue
            own.version = version
            let store = try await kiosk.locked.unlock(
                operatorName: nil, pin: pin, catalogue: own, isConfigured: isConfigured, now: morning)
            return try await store.catalogueStanding()
        }
        #expect(try await unlock("2099.0").origin == .portal)
        let same = try await unlock("2099.1")
        #expect(same.origin == .builtIn && same.version == "2099.1" && same.since == nil)
        #expect(try await unlock("2100").version == "2100")
        let named = try await unlock("1", isConfigured: true)
        #expect(named.origin == .configured && named.version == "1")
        // The portal's last one is still there for the day on which the program or the setting changes again.
        #expect(try await unlock("1").origin == .portal)
    }

    @Test func `a kept catalogue that this program cannot read is told as refused, and the program's own serves`() async throws {
        let kiosk = try await Kiosk()
        try await take(try ShippedFiles.newerCatalogue("2099.1"), etag: "1", into: kiosk.store)
        let broken = try ShippedFiles.newerCatalogue("2099.1") { $0.set([], at: at("/procedures")) }
        try kiosk.database { try $0.run("UPDATE portal_catalogue SET kept_json = \([UInt8](broken))") }
        let again = try await kiosk.again()
        #expect(again.catalogue == catalogue)
        #expect(try await again.catalogueStanding().refused?.fault == "/procedures is empty")
        #expect(try await kiosk.again().catalogueStanding().origin == .builtIn)
    }

    @Test func `a disk that fails leaves the last catalogue whole`() async throws {
        let kiosk = try await Kiosk()
        try await take(try ShippedFiles.newerCatalogue("2099.1"), etag: "1", into: kiosk.store)
        _ = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        let unused = try await kiosk.again()
        try kiosk.database { db in
            try db.run("INSERT INTO catalogues VALUES ('unused', '{}', 0)")
            try db.run("CREATE TRIGGER broken BEFORE DELETE ON catalogues BEGIN SELECT RAISE(ABORT, 'a broken disk'); END")
        }
        guard
            case .database = await failure(of: {
                _ = try await take(try ShippedFiles.newerCatalogue("2099.2"), etag: "2", into: unused)
            })
        else {
            Issue.record("another error")
            return
        }
        #expect(unused.catalogue.version.hasPrefix("2099.1@"))
        #expect(try kiosk.count("SELECT count(*) FROM portal_catalogue WHERE etag = '1' AND kept_etag = '1'") == 1)
    }

    @Test func `a damaged edition holds up its own dossiers only`() async throws {
        let kiosk = try await Kiosk()
        let old = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        try await take(try ShippedFiles.newerCatalogue("2099.1"), etag: "1", into: kiosk.store)
        let new = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        try kiosk.database { try $0.run("UPDATE catalogues SET json = '{}' WHERE version = \(catalogue.version)") }
        var own = catalogue
        own.version = "2099.0"
        let again = try await kiosk.locked.unlock(operatorName: nil, pin: pin, catalogue: own, now: morning)
        #expect(asks(try await again.procedure(ofDossier: new)))
        await #expect(throws: JSONFault.self) { try await again.procedure(ofDossier: old) }
        #expect(try await again.dossiers().count == 2)
    }

    @Test func `a dossier is agreed to in the words of its own edition`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.store.beginDossier(procedure: "LUU_TRU", now: morning)
        try await kiosk.store.changeDraft(of: id, now: morning) { $0.answers = (try? Kiosk.sample("LUU_TRU")) ?? .null }
        let text = try ShippedFiles.newerCatalogue("2099.1") { $0.set("99", at: at("/consent/editions/0/version")) }
        try await take(text, etag: "1", into: kiosk.store)
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
        #expect(try await kiosk.store.dossier(id).consent?.version == catalogue.consentText.version)
        let new = try await kiosk.store.fileDossier(
            procedure: "LUU_TRU", answers: try Kiosk.sample("LUU_TRU"), files: [], sealing: .applicant, now: morning)
        #expect(try await kiosk.store.dossier(new.id).consent?.version == "99")
    }

    @Test func `the own catalogue turns with the day in a program that goes on, and one that cannot be made leaves the last`()
        async throws
    {
        let kiosk = try await Kiosk()
        let text = try ShippedFiles.newerCatalogue("0.1") { tree in
            tree.set("today", at: at("/asOf"))
            for (index, procedure) in (tree["procedures"]?.arrayValue ?? []).enumerated() {
                let last = (procedure["sections"]?.arrayValue?.first?["fields"]?.arrayValue?.count ?? 0) - 1
                tree.set("2022-04-09", at: at("/procedures/\(index)/sections/0/fields/\(last)/from"))
            }
        }
        let today = VietnamTime.day(of: morning)
        let own = try Catalogue(json: text, today: today)
        let asked = Mutex<[CalendarDate]>([])
        kiosk.locked.remakeOwnCatalogue { day in
            asked.withLock { $0.append(day) }
            return CalendarDate("2022-04-11") == day ? nil : try? Catalogue(json: text, today: day)
        }
        let store = try await kiosk.locked.unlock(operatorName: nil, pin: pin, catalogue: own, isConfigured: true, now: morning)
        let old = try await store.beginDossier(procedure: "LUU_TRU", now: morning)
        #expect(!asks(try await store.procedure(ofDossier: old)) && asked.withLock { $0 }.isEmpty)
        for days in 1...3 {
            let now = morning.addingTimeInterval(Double(days) * 86_400)
            try await store.followCatalogue(now: now)
            try await store.followCatalogue(now: now)
            let new = try await store.beginDossier(procedure: "LUU_TRU", now: now)
            #expect(asks(try await store.procedure(ofDossier: new)) && store.catalogue.version == "0.1@2022-04-09")
            #expect(!asks(try await store.procedure(ofDossier: old)))
            let standing = try await kiosk.locked.currentCatalogue(own: own, isConfigured: false, now: now)
            #expect(standing.origin == .builtIn && standing.catalogue.version == "0.1@2022-04-09")
        }
        #expect(asked.withLock { $0.count } == 3, "each day once")
        try await store.followCatalogue(now: morning)
        #expect(store.catalogue.version == own.version, "the clock was set back")
    }
}
