import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import SQLiteAccess
import Testing

/// With what an account is made, and what waits for it.
@Suite struct AccountTests {
    private let phone = at("/applicant/phone")
    private let other: JSONValue = "0900000199"
    private let verified = Outcome.delivered(.account(AccountProgress(status: "verified")))

    private func declared(_ kiosk: Kiosk) async throws -> (operation: KioskSync.Operation, application: AccountApplication) {
        let (operation, content) = try await kiosk.begin(.account)
        guard case .account(let application) = content else { throw StoreError.noAccount }
        return (operation, application)
    }

    private func events(_ kiosk: Kiosk, _ id: String) async throws -> [DossierEvent.Kind] {
        try await kiosk.store.dossier(id).events.map(\.kind)
    }

    private func mismatch(_ pointer: String) -> Outcome {
        let fault = Rejection.Fault(pointer: pointer, code: "population-mismatch", message: "Sai")
        return .rejected(Rejection(code: "account-mismatch", status: 422, detail: nil, faults: [fault]))
    }

    // MARK: With what it is made

    @Test func `another dossier's slip changes no account that waits, and is noted`() async throws {
        let kiosk = try await Kiosk()
        let first = try await kiosk.stay()
        let second = try await kiosk.stay { $0.set(other, at: phone) }
        #expect(try await kiosk.due().map(\.kind) == [.account], "one registration")
        let (operation, application) = try await declared(kiosk)
        #expect(application.phone == "0900000103", "with what the first one says")
        try await kiosk.store.record(
            .delivered(.account(AccountProgress(status: "code-sent", attemptsLeft: 4))), of: operation, now: morning)
        let third = try await kiosk.stay { $0.set("1990", at: at("/applicant/birthDate")) }
        #expect(try await !kiosk.due().contains { $0.kind == .account }, "the code that is out stays good")
        #expect(try await kiosk.store.unverifiedAccounts().first?.attemptsLeft == 4)
        #expect(try await !events(kiosk, first).contains(.accountDiffers))
        for id in [second, third] { #expect(try await events(kiosk, id).last == .accountDiffers) }
        #expect(try await kiosk.store.dossier(second).answers[phone] == other, "the dossier keeps its own")
        #expect(try await kiosk.store.accountDifferences(from: first) == [])
        let difference = try #require(try await kiosk.store.accountDifferences(from: second).first)
        #expect(difference.dossier == "0900000199" && difference.account == "0900000103")

        try await kiosk.store.correctAccount(with: second, now: morning)
        #expect(try await declared(kiosk).application.phone == "0900000199", "a person wanted it")
        #expect(try await events(kiosk, second).last == .accountCorrected)
        #expect(try await kiosk.store.accountDifferences(from: second) == [])
        #expect(try kiosk.count("SELECT count(*) FROM accounts") == 1)
    }

    @Test func `a dossier that is mended takes its account with it`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.deliver(id)
        try await kiosk.store.reopen(id, now: morning)
        try await kiosk.store.changeDraft(of: id, now: morning) { $0.answers.set(other, at: phone) }
        _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
        #expect(try await declared(kiosk).application.phone == "0900000199")
        #expect(try await !events(kiosk, id).contains(.accountDiffers))
    }

    @Test func `an account that is refused is declared as another waiting dossier says, and only the one at fault comes back`()
        async throws
    {
        let kiosk = try await Kiosk()
        let wrong = try await kiosk.stay { $0.set("1960", at: at("/applicant/birthDate")) }
        let right = try await kiosk.stay()
        let alike = try await kiosk.stay()
        try await kiosk.perform(.account, mismatch("/birthDate"))
        #expect(try await kiosk.store.dossier(wrong).summary.state == .rejected)
        let (operation, application) = try await declared(kiosk)
        #expect(.string(application.birthDate) == (try Kiosk.sample("LUU_TRU")[at("/applicant/birthDate")]))
        try await kiosk.store.record(verified, of: operation, now: morning)
        #expect(Set(try await kiosk.due().map(\.subject)) == [right, alike])
    }

    // MARK: What waits for it

    @Test func `a dossier of an account that waits for its code stands as held without asking the portal`() async throws {
        let kiosk = try await Kiosk()
        let first = try await kiosk.stay()
        #expect(try await kiosk.store.standing().pending == 2, "the registration is the machine's move")
        try await kiosk.performAccounts()
        let second = try await kiosk.stay()
        func expectHeld(_ note: Comment) async throws {
            for id in [first, second] {
                #expect(try await kiosk.store.dossier(id).summary.awaitsAccount, note)
                let row = try await kiosk.store.queue(now: morning).first { $0.subject == id }
                #expect(row?.state == "blocked" && row?.reason == "account-unverified", note)
            }
            let standing = try await kiosk.store.standing()
            #expect(standing.blocked == 2 && standing.pending == 0, note)
            #expect(Set(try await kiosk.store.dossiers(.needsPerson).map(\.id)) == [first, second], note)
        }
        try await expectHeld("sealed")
        try await kiosk.store.beginRun(now: morning, ignoringBackOff: true)
        try await expectHeld("a run began and came nowhere")
        #expect(Set(try await kiosk.due().map(\.subject)) == [first, second], "each run tries: the portal may know more")
        try await kiosk.perform(.dossier, .blocked(.accountUnverified, notBefore: morning))
        try await expectHeld("told so by the portal")
        try await kiosk.store.beginRun(now: morning, ignoringBackOff: false)
        try await expectHeld("and again without a line")
    }

    @Test func `an account verified here and not there is registered again; a portal that says both is left in peace`()
        async throws
    {
        let kiosk = try await Kiosk()
        let id = try await kiosk.stay()
        try await kiosk.perform(.account, verified)
        let later = morning.addingTimeInterval(600)
        for round in 0..<3 {
            let now = round < 2 ? morning : later
            try await kiosk.perform(.dossier, .blocked(.accountUnverified, notBefore: later), now: now)
            let row = try #require(try await kiosk.store.queue(now: morning).first { $0.subject == id })
            #expect(row.attempts == round, "the first time it is the portal's word that nothing is charged")
            #expect(row.needs == 1 && row.notBefore == (round == 0 ? morning : later))
            #expect(try await kiosk.store.unverifiedAccounts().map(\.state) == ["new"])
            #expect(try await kiosk.due(now).map(\.kind) == [.account])
            try await kiosk.perform(.account, verified, now: now)
            #expect(try await kiosk.due(now).contains { $0.subject == id } == (round != 1))
        }
        // This time the portal knows better: the resident needs a code.
        try await kiosk.perform(.dossier, .blocked(.accountUnverified, notBefore: later), now: later)
        try await kiosk.perform(.account, .delivered(.account(AccountProgress(status: "code-sent"))), now: later)
        #expect(try await kiosk.store.dossier(id).summary.awaitsAccount)
        #expect(try await kiosk.store.accountsAwaitingPerson().count == 1)
    }
}
