import Foundation
import JSONTree
import KioskDomain
import KioskSync
import KioskTestSupport
import SQLiteAccess
import Testing

@testable import KioskStore

@Suite struct IndexTests {
    @Test func `a label of before the search is still read`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        let old = try kiosk.store.seal(["subject": "Ksor Sương", "applicant": "Y Blôk Êban"], as: "dossier/\(id)")
        try kiosk.database { try $0.run("UPDATE dossiers SET sealed = \(old) WHERE id = \(id)") }
        #expect(try await kiosk.store.dossiers().map(\.subject) == ["Ksor Sương"])
        #expect(try await kiosk.store.find("suong").rows.map(\.id) == [id])
        #expect(try await kiosk.store.find("êban").rows.map(\.id) == [id])
        #expect(try await kiosk.store.find("0900000103").rows == [], "its numbers come with the next change")
    }

    @Test func `a file of before the search is searched whole`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try kiosk.database { db in
            try db.runScript(Kiosk.withoutRunRecords)
            try db.runScript(
                """
                DROP TRIGGER dossiers_added; DROP TRIGGER dossiers_changed; DROP TRIGGER dossiers_gone; DROP TABLE dossier_changes;
                DROP INDEX dossiers_by_account; DROP TABLE consents; DROP TABLE consent_pages; DROP TRIGGER events_stay;
                DROP TABLE portal_catalogue; DROP INDEX dossiers_by_edition;
                ALTER TABLE revisions DROP COLUMN merged_with;
                DROP INDEX papers_of_original; ALTER TABLE papers DROP COLUMN original_id; ALTER TABLE papers DROP COLUMN position;
                DROP INDEX attachments_released;
                CREATE TABLE attachment_chunks (id INTEGER PRIMARY KEY, attachment_id TEXT, number INTEGER, sealed BLOB);
                ALTER TABLE operators DROP COLUMN file_failures; ALTER TABLE operators DROP COLUMN file_failed_at;
                PRAGMA user_version = 1
                """)
        }
        let again = try await kiosk.again()
        #expect(try await again.find("0900000103").rows.map(\.id) == [id])
    }

    @Test func `the account's dossiers are found by an index`() async throws {
        let kiosk = try await Kiosk()
        let plan = try kiosk.database { db in
            try db.all("EXPLAIN QUERY PLAN SELECT id FROM dossiers WHERE account_id = \("a") ORDER BY sealed_at DESC") {
                $0.text(3)
            }
        }
        #expect(plan.joined().contains("dossiers_by_account") && !plan.joined().contains("SCAN"), "\(plan)")
    }

    @Test func `to seal, to send and to follow a dossier goes through no table that grows`() async throws {
        let kiosk = try await Kiosk()
        var random = SeededGenerator(seed: 12)
        var ids: [String] = []
        for _ in 0..<40 {
            var files: [PlacedFile] = []
            for name in ["một.jpg", "hai.jpg"] {
                let file = try await kiosk.file(random.bytes(20))
                files.append(PlacedFile(component: "GIAY_TO_KHACH", fileName: name, mediaType: "image/jpeg", file: file))
            }
            ids.append(
                try await kiosk.store.fileDossier(
                    procedure: "LUU_TRU", answers: try Kiosk.sample("LUU_TRU"), files: files, sealing: .applicant, now: morning
                ).id)
        }
        for id in ids.prefix(4) { try await kiosk.deliver(id) }
        let changes = ids.prefix(4).map { Change.dossier(Kiosk.portal($0, version: 2, status: "accepted")) }
        _ = try await kiosk.store.apply(ChangeBatch(changes: changes, cursor: "c", more: false), now: morning)
        // The schema does not grow, and a walk along an index ends at its limit.
        let scans = try await kiosk.store.store.read { $0.fullScans }
            .filter { $0.value >= 40 && !$0.key.contains("sqlite_schema") && !$0.key.contains("LIMIT") }
        #expect(scans.isEmpty, "\(scans)")
    }

    @Test func `an index with many changes stays small and right`() {
        var index = DossierIndex()
        var random = SeededGenerator(seed: 5)
        let names = ["Lò", "Vi", "Hà", "Thị", "Văn", "Nụ", "Mai", "Páo", "Hương", "Hường"]
        var expected: [UUID: (name: String, number: String)] = [:]
        let ids = (0..<200).map { _ in UUID() }
        for round in 0..<40_000 {
            let id = random.pick(ids)
            if random.oneIn(10) {
                index.remove(id)
                expected[id] = nil
                continue
            }
            let name = (0..<random.int(1...4)).map { _ in random.pick(names) }.joined(separator: " ")
            let number = String(random.int(100_000...999_999))
            index.put(
                DossierIndex.Entry(
                    id: id, state: .sealed, updatedAt: round,
                    label: DossierLabel(subject: name, applicant: "", numbers: [number], places: ["village": [name]])))
            expected[id] = (name, number)
        }
        #expect(index.count == expected.count && index.words.count < 150_000 && index.numbers.count < 150_000)
        for word in names {
            let wanted = Set(expected.filter { $0.value.name.split(separator: " ").contains(Substring(word)) }.keys)
            let top = index.find(SearchQuery(word), limit: 500).ids
            #expect(Set(top).isSuperset(of: wanted))
            if word.count > 2, word != "Hương", word != "Hường" { #expect(Set(top) == wanted, "\(word)") }
        }
        for (id, entry) in expected { #expect(index.find(SearchQuery(entry.number), limit: 500).ids.contains(id)) }
        let order = index.ordered(state: .sealed, after: nil, limit: 500).compactMap { expected[$0]?.name }
        #expect(order == order.map { VietnameseName($0) }.sorted().map(\.full) && order.count == expected.count)
        let counts = Dictionary(grouping: expected.values, by: \.name).mapValues(\.count)
        #expect(index.places(at: .village, limit: 1).first.map { counts[$0] } == counts.values.max())
    }
}
