import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import SQLiteAccess
import Testing

@Suite struct OutcomeTests {
    private let later = morning.addingTimeInterval(60)

    /// A kiosk with a notice of stay that is being sent.
    private func sending() async throws -> (kiosk: Kiosk, id: String, operation: KioskSync.Operation) {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.perform(.account, .delivered(.account(AccountProgress(status: "verified"))))
        return (kiosk, id, try await kiosk.begin(.dossier).operation)
    }

    private func row(_ kiosk: Kiosk, _ id: String) async throws -> QueueRow? {
        try await kiosk.store.queue(now: morning).first { $0.subject == id }
    }

    @Test func `delivered`() async throws {
        let (kiosk, id, operation) = try await sending()
        try await kiosk.store.record(.delivered(.dossier(Kiosk.portal(id))), of: operation, now: morning)
        let detail = try await kiosk.store.dossier("G01.899.108.000-220408-0001")
        #expect(
            detail.summary.state == .delivered && detail.summary.status?.rawValue == "received" && detail.portal?.etag == "\"1\"")
        #expect(detail.events.map(\.kind) == [.begun, .sealed, .status, .delivered])
        #expect(try await row(kiosk, id) == nil)
        #expect(try await kiosk.store.standing() == OutboxStanding())
    }

    @Test func `retry charges an attempt, a refused token does not`() async throws {
        let (kiosk, id, operation) = try await sending()
        try await kiosk.store.record(.retry(.authentication, notBefore: morning), of: operation, now: morning)
        #expect(try await row(kiosk, id)?.attempts == 0)
        #expect(try await row(kiosk, id)?.state == "waiting")
        let (second, _) = try await kiosk.begin(.dossier)
        try await kiosk.store.record(.retry(.portalBusy, notBefore: later), of: second, now: morning)
        let waiting = try await row(kiosk, id)
        #expect(waiting?.attempts == 1 && waiting?.reason == "portal-busy" && waiting?.notBefore == later)
        #expect(try await kiosk.store.dossier(id).summary.state == .sealed)
    }

    @Test func `in doubt, told once`() async throws {
        let (kiosk, id, operation) = try await sending()
        try await kiosk.store.record(.inDoubt(.line(.broken), notBefore: morning), of: operation, now: morning)
        let (second, _) = try await kiosk.begin(.dossier)
        #expect(second.state == .inDoubt && second.attempts == 1)
        try await kiosk.store.record(.inDoubt(.line(.broken), notBefore: morning), of: second, now: morning)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .inDoubt && detail.events.map(\.kind) == [.begun, .sealed, .inDoubt])
        guard case .notReopenable(.inDoubt) = await failure(of: { try await kiosk.store.reopen(id, now: morning) }) else {
            Issue.record("another error")
            return
        }
    }

    @Test func `rejected`() async throws {
        let (kiosk, id, operation) = try await sending()
        let fault = Rejection.Fault(
            pointer: "/guests/0/birthDate", code: "population-mismatch", message: "Sai", expected: "1988-11-06")
        let rejection = Rejection(code: "dossier-rejected", status: 422, detail: "Không khớp", faults: [fault])
        try await kiosk.store.record(.rejected(rejection), of: operation, now: morning)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .rejected && detail.problem == .rejection(rejection))
        #expect(try await kiosk.due().isEmpty)
        #expect(try await kiosk.store.standing().rejected == 1)
        #expect(try await kiosk.store.dossiers(.needsPerson).map(\.id) == [id])
        try await kiosk.store.reopen(id, now: morning)
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
        #expect(try await kiosk.store.dossier(id).problem == nil)
        #expect(try await kiosk.due().map(\.subject) == [id])
    }

    @Test func `blocked until the account is verified or another run begins`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.performAccounts()
        let (operation, _) = try await kiosk.begin(.dossier)
        try await kiosk.store.record(.blocked(.accountUnverified, notBefore: morning), of: operation, now: morning)
        #expect(try await kiosk.store.dossier(id).summary.awaitsAccount)
        #expect(try await kiosk.store.standing().blocked == 1)
        #expect(try await kiosk.due().isEmpty)
        #expect(try await row(kiosk, id)?.attempts == 0)
        try await kiosk.store.beginRun(now: morning, ignoringBackOff: false)
        let (second, _) = try await kiosk.begin(.dossier)
        try await kiosk.store.record(.blocked(.accountUnverified, notBefore: morning), of: second, now: morning)
        #expect(try await kiosk.store.dossier(id).events.count { $0.kind == .blocked } == 1)
        let account = try #require(try await kiosk.store.dossier(id).account)
        let verified = ChangeBatch(
            changes: [.account(id: account, AccountProgress(status: "verified"))], cursor: "1", more: false)
        #expect(try await kiosk.store.apply(verified, now: morning) == 1)
        #expect(try await kiosk.due().map(\.subject) == [id])
        let late = ChangeBatch(changes: [.account(id: account, AccountProgress(status: "code-sent"))], cursor: "2", more: false)
        #expect(try await kiosk.store.apply(late, now: morning) == 0, "verified is final")
        #expect(try await kiosk.store.unverifiedAccounts().isEmpty, "verified is final")
    }

    @Test func `missing files are brought up again before the dossier`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.birth()
        try await kiosk.performAccounts()
        try await kiosk.perform(.upload, .delivered(.uploaded(url: "http://127.0.0.1:1/v1/files/x")))
        let papers = try await kiosk.store.papers(of: id)
        let (operation, _) = try await kiosk.begin(.dossier)
        try await kiosk.store.record(.filesMissing([papers[1].sha256], notBefore: morning), of: operation, now: morning)
        #expect(try await kiosk.due().map(\.subject) == [papers[1].attachment])
        guard case .upload(let task) = try await kiosk.begin(.upload).content else {
            Issue.record("no upload")
            return
        }
        #expect(task.url == nil && task.sha256 == papers[1].sha256)
        try await kiosk.store.beginRun(now: morning, ignoringBackOff: false)
        try await kiosk.perform(.upload, .delivered(.uploaded(url: "http://127.0.0.1:1/v1/files/y")))
        let (second, content) = try await kiosk.begin(.dossier)
        guard case .dossier(let dossier) = content else {
            Issue.record("no dossier")
            return
        }
        #expect(dossier.uploads[papers[1].sha256] == "http://127.0.0.1:1/v1/files/y")
        try await kiosk.store.record(.filesMissing([], notBefore: later), of: second, now: morning)
        #expect(try await kiosk.due().count { $0.kind == .upload } == 3, "none named: all")
    }

    @Test func `a refused account refuses the dossiers that wait for it`() async throws {
        let kiosk = try await Kiosk()
        let (first, second) = (try await kiosk.stay(), try await kiosk.stay())
        let fault = Rejection.Fault(pointer: "/birthDate", code: "population-mismatch", message: "Sai", expected: "1958")
        try await kiosk.perform(
            .account, .rejected(Rejection(code: "account-mismatch", status: 422, detail: nil, faults: [fault])))
        for id in [first, second] {
            let detail = try await kiosk.store.dossier(id)
            guard detail.summary.state == .rejected, case .rejection(let rejection) = detail.problem else {
                Issue.record("\(detail.summary.state)")
                continue
            }
            #expect(rejection.faults.map(\.pointer) == ["/applicant/birthDate"] && rejection.faults.first?.expected == "1958")
        }
        #expect(try await kiosk.due().isEmpty)
        #expect(try await kiosk.store.unverifiedAccounts().map(\.state) == ["rejected"])
        try await kiosk.store.reopen(first, now: morning)
        try await kiosk.store.changeDraft(of: first, now: morning) { $0.answers.set("1958", at: at("/applicant/birthDate")) }
        _ = try await kiosk.store.seal(first, consent: .applicant, acceptsWarnings: true, now: morning)
        #expect(try await kiosk.due().map(\.kind) == [.account])
        try await kiosk.performAccounts()
        #expect(try await kiosk.due().map(\.subject) == [first])
    }

    @Test func `a refused file refuses its dossier at that paper`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.birth()
        let largest = try #require(try await kiosk.store.papers(of: id).first { $0.size == 30 })
        let (operation, _) = try await kiosk.begin(.upload, largest.attachment)
        try await kiosk.store.record(
            .rejected(Rejection(code: "too-large", status: 413, detail: "Tệp quá lớn", faults: [])), of: operation, now: morning)
        guard case .rejection(let rejection) = try await kiosk.store.dossier(id).problem else {
            Issue.record("no refusal")
            return
        }
        #expect(
            rejection.faults.map(\.pointer) == ["/attachments/TO_KHAI_CT01"] && rejection.faults.first?.message == "Tệp quá lớn")
        #expect(try await kiosk.due().allSatisfy { $0.subject != largest.attachment })
    }

    @Test func `an answer that comes after its operation was set aside tells of the portal only`() async throws {
        let (kiosk, id, operation) = try await sending()
        try await kiosk.store.record(
            .rejected(Rejection(code: "dossier-rejected", status: 422, detail: nil, faults: [])), of: operation, now: morning)
        try await kiosk.store.reopen(id, now: morning)
        let events = try await kiosk.store.dossier(id).events.count
        for outcome: Outcome in [
            .retry(.line(.broken), notBefore: morning), .duplicate(code: "c", receivedAt: "r", kiosk: "k"),
            .filesMissing([], notBefore: morning),
        ] {
            try await kiosk.store.record(outcome, of: operation, now: morning)
            #expect(try await kiosk.store.dossier(id).summary.state == .draft)
            #expect(try await kiosk.store.dossier(id).events.count == events)
        }
        try await kiosk.store.record(.delivered(.dossier(Kiosk.portal(id))), of: operation, now: morning)
        let detail = try await kiosk.store.dossier(id)
        #expect(detail.summary.state == .draft && detail.portal?.version == 1 && detail.summary.code != nil)
        #expect(try await kiosk.due().isEmpty)
    }
}
