import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import SQLiteAccess
import Testing

@Suite struct OutboxTests {
    @Test func `an urgent notice goes before all else, small files before large`() async throws {
        let kiosk = try await Kiosk()
        let birth = try await kiosk.birth()
        let late = try await kiosk.stay { $0.set("2022-04-08T23:30", at: at("/stay/from")) }
        let today = try await kiosk.stay()
        let first = try await kiosk.due()
        #expect(
            first.map(\.kind) == [.account, .account, .upload, .upload, .upload], "the three dossiers wait for accounts and files"
        )
        try await kiosk.performAccounts()
        let second = try await kiosk.due()
        #expect(
            second.prefix(2).map(\.subject) == [today, late] && second.dropFirst(2).map(\.kind) == [.upload, .upload, .upload])
        let sizes = try await kiosk.store.papers(of: birth)
        #expect(second.dropFirst(2).map { upload in sizes.first { $0.attachment == upload.subject }?.size } == [10, 20, 30])
        #expect(try await kiosk.store.due(now: morning, limit: 1).map(\.subject) == [today])
        #expect(try await kiosk.store.dossier(today).summary.sendBy == morning.addingTimeInterval(13 * 3600))
    }

    @Test func `an account is as urgent as the most urgent dossier that waits for it`() async throws {
        let kiosk = try await Kiosk()
        let behind: SQL = """
            SELECT count(*) FROM outbox_needs n JOIN outbox a ON a.id = n.needed JOIN outbox d ON d.id = n.operation
            WHERE a.urgency > d.urgency
            """
        // A stay that should have been notified the evening before, of residents without an account, then an older one still.
        for from in ["2022-04-07T20:00", "2022-04-06T10:00"] {
            _ = try await kiosk.stay { $0.set(.string(from), at: at("/stay/from")) }
            #expect(try kiosk.count(behind) == 0, "nothing that a dossier waits for comes after it")
        }
        #expect(try kiosk.count("SELECT count(*) FROM outbox WHERE kind = 'account'") == 1)
    }

    @Test func `a dossier waits for all that it needs and for nothing else`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.birth()
        try await kiosk.performAccounts()
        for left in [2, 1, 0] {
            let (operation, _) = try await kiosk.begin(.upload)
            try await kiosk.store.record(
                .delivered(.uploaded(url: "http://127.0.0.1:1/v1/files/\(left)")), of: operation, now: morning)
            #expect(try await kiosk.store.queue(now: morning).first { $0.subject == id }?.needs == left)
            #expect(try await kiosk.due().contains { $0.subject == id } == (left == 0))
        }
    }

    @Test func `a file in two dossiers is sent once, and as early as the more urgent wants it`() async throws {
        let kiosk = try await Kiosk()
        _ = try await kiosk.birth()
        let shared = try await kiosk.file([UInt8](repeating: 1, count: 30))
        let placed = PlacedFile(component: "GIAY_TO_KHACH", fileName: "b.jpg", mediaType: "image/jpeg", file: shared)
        let stay = try await kiosk.store.fileDossier(
            procedure: "LUU_TRU", answers: try Kiosk.sample("LUU_TRU"), files: [placed], sealing: .applicant, now: morning)
        try await kiosk.performAccounts()
        let due = try await kiosk.due()
        #expect(due.count { $0.kind == .upload } == 3 && due.first?.subject == shared.attachment)
        try await kiosk.perform(.upload, .delivered(.uploaded(url: "http://127.0.0.1:1/v1/files/x")))
        let again = try await kiosk.stay()
        #expect(try await kiosk.due().first?.subject == stay.id)
        #expect(try await kiosk.due().contains { $0.subject == again }, "a file that is up is not sent again")
    }

    @Test func `an operation is begun by one run only, and not before its time`() async throws {
        let kiosk = try await Kiosk()
        _ = try await kiosk.stay()
        let (operation, content) = try await kiosk.begin(.account)
        guard case .account(let application) = content else {
            Issue.record("no account")
            return
        }
        #expect(application.citizenId == "099157000789" && application.birthDate == "1957" && application.phone == "0900000103")
        #expect(try await kiosk.again().begin(operation, now: morning) == nil)
        let later = morning.addingTimeInterval(60)
        try await kiosk.store.record(.retry(.portalBusy, notBefore: later), of: operation, now: morning)
        #expect(try await kiosk.due().isEmpty)
        #expect(try await kiosk.store.nextDue() == later)
        let due = try await kiosk.due(later)
        #expect(due.map(\.attempts) == [1])
        try await kiosk.store.beginRun(now: morning, ignoringBackOff: true)
        #expect(try await kiosk.due().count == 1)
    }

    @Test func `a run that broke off leaves its dossiers in doubt and its files waiting`() async throws {
        let kiosk = try await Kiosk()
        let birth = try await kiosk.birth()
        let stay = try await kiosk.stay()
        try await kiosk.performAccounts()
        try await kiosk.begin(.upload)
        try await kiosk.begin(.dossier, stay)
        #expect(try await kiosk.store.standing().inDoubt == 2)
        let next = try await kiosk.again()
        try await next.beginRun(now: morning, ignoringBackOff: false)
        let due = try await next.due(now: morning, limit: 100)
        #expect(due.first { $0.subject == stay }?.state == .inDoubt)
        #expect(due.filter { $0.kind == .upload }.map(\.state) == [.waiting, .waiting, .waiting])
        #expect(try await next.dossier(stay).summary.state == .inDoubt)
        #expect(try await next.dossier(birth).summary.state == .sealed)
        #expect(try await next.standing().inDoubt == 1)
    }

    @Test func `an account is known by its number and registered once`() async throws {
        let kiosk = try await Kiosk()
        _ = try await kiosk.stay()
        _ = try await kiosk.stay()
        #expect(try await kiosk.due().map(\.kind) == [.account])
        try await kiosk.performAccounts()
        _ = try await kiosk.stay()
        #expect(try await kiosk.due().map(\.kind) == [.dossier, .dossier, .dossier])
        let account = try #require(try await kiosk.store.unverifiedAccounts().first)
        #expect(account.state == "code-sent" && account.attemptsLeft == 5 && account.phone == "0900000103")
        for bad in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            guard
                case .noAccount = await failure(of: { try await kiosk.store.enterCode(bad, forAccount: account.id, now: morning) }
                )
            else {
                Issue.record("\(bad)")
                return
            }
        }
        try await kiosk.store.enterCode("111 111", forAccount: account.id, now: morning)
        try await kiosk.store.enterCode("123 456", forAccount: account.id, now: morning)
        let (operation, content) = try await kiosk.begin(.verification)
        guard case .verification(account.id, code: "123456") = content else {
            Issue.record("another code")
            return
        }
        try await kiosk.store.record(.delivered(.account(AccountProgress(status: "verified"))), of: operation, now: morning)
        #expect(try await kiosk.store.unverifiedAccounts().isEmpty)
        #expect(try kiosk.count("SELECT count(*) FROM outbox WHERE kind = 'verification' AND sealed IS NOT NULL") == 0)
    }

    @Test func `a dossier that does not open any more stops alone, with its damage noted`() async throws {
        let kiosk = try await Kiosk()
        let damaged = try await kiosk.stay()
        let sound = try await kiosk.stay { _ = $0.set("2022-04-11", at: at("/stay/until")) }
        try await kiosk.performAccounts()
        try kiosk.database { db in
            // Revisions are append-only for the program; a disk knows no triggers.
            try db.runScript("DROP TRIGGER revisions_stay")
            try db.run("UPDATE revisions SET sealed = zeroblob(80) WHERE dossier_id = \(damaged)")
        }
        for operation in try await kiosk.due() where operation.kind == .dossier {
            guard operation.subject == damaged else {
                #expect(operation.subject == sound)
                #expect(try await kiosk.store.begin(operation, now: morning) != nil)
                continue
            }
            await #expect(throws: DamagedHere.self) { try await kiosk.store.begin(operation, now: morning) }
            let rejection = Rejection(code: Rejection.damagedHere, status: 0, detail: nil, faults: [])
            try await kiosk.store.record(.rejected(rejection), of: operation, now: morning)
        }
        #expect(try await kiosk.store.standing().rejected == 1)
        #expect(try await kiosk.due().isEmpty)
    }
}
