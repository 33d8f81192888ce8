import Foundation
import KioskDomain
import KioskStore
import KioskSync
import Testing

/// The six digits: what is kept of the portal's answers, and what waits without a line.
@Suite struct AccountCodeTests {
    private let later = morning.addingTimeInterval(90)

    /// A kiosk with a notice of stay whose resident was sent a code that is good for ten minutes.
    private func codeSent() async throws -> (kiosk: Kiosk, account: String) {
        let kiosk = try await Kiosk()
        _ = try await kiosk.stay()
        let expires = VietnamTime.rfc3339(morning.addingTimeInterval(600))
        let progress = AccountProgress(status: "code-sent", expiresAt: expires, attemptsLeft: 5)
        try await kiosk.perform(.account, .delivered(.account(progress)))
        return (kiosk, try #require(try await kiosk.store.unverifiedAccounts().first).id)
    }

    private func row(_ kiosk: Kiosk, _ account: String) async throws -> AccountRow {
        try #require(try await kiosk.store.account(account))
    }

    private func refuse(_ kiosk: Kiosk, _ kind: KioskSync.Operation.Kind, _ code: String, left: Int? = nil) async throws {
        let status = code == "code-wrong" ? 422 : 403
        let rejection = Rejection(code: code, status: status, detail: nil, faults: [], attemptsLeft: left)
        try await kiosk.perform(kind, .rejected(rejection))
    }

    @Test func `a wrong code keeps the guesses that the portal leaves`() async throws {
        let (kiosk, account) = try await codeSent()
        try await kiosk.store.enterCode("111111", forAccount: account, now: morning)
        try await refuse(kiosk, .verification, "code-wrong", left: 3)
        let wrong = try await row(kiosk, account)
        #expect(wrong.codeStanding(at: morning) == .wrong && wrong.attemptsLeft == 3)
        #expect(wrong.words(at: morning).map(\.vi).contains("Còn 3 lần nhập."))
        #expect(wrong.expiresAt == morning.addingTimeInterval(600), "the code that was sent is still good")
        #expect(wrong.codeStanding(at: morning.addingTimeInterval(600)) == .expired, "and then it is not, without a line")
    }

    @Test func `a lock is told with its time, and can be asked about again`() async throws {
        let (kiosk, account) = try await codeSent()
        try await kiosk.store.enterCode("111111", forAccount: account, now: morning)
        try await refuse(kiosk, .verification, "account-locked")
        let locked = try await row(kiosk, account)
        #expect(locked.codeStanding(at: later) == .locked && locked.since == morning && locked.expiresAt == nil)
        let words = locked.words(at: later).map(\.vi).joined()
        #expect(words.contains(VietnamTime.spoken(morning)) && words.contains("Công an xã"))
        // The feed says it again, later, and until when.
        let until = morning.addingTimeInterval(86_400)
        let progress = AccountProgress(status: "locked", expiresAt: VietnamTime.rfc3339(until))
        _ = try await kiosk.store.apply(
            ChangeBatch(changes: [.account(id: account, progress)], cursor: "1", more: false), now: later)
        let told = try await row(kiosk, account)
        #expect(told.since == morning, "it was locked all the time")
        #expect(told.words(at: later).map(\.vi).joined().contains("khóa đến \(VietnamTime.spoken(until))"))
        #expect(try await kiosk.store.askNewCode(forAccount: account, now: later))
        try await kiosk.perform(.newCode, .delivered(.account(AccountProgress(status: "code-sent", attemptsLeft: 5))), now: later)
        #expect(try await row(kiosk, account).codeStanding(at: later) == .sent)
    }

    @Test func `a new code is queued once, without a line, and gives up the code that waits`() async throws {
        let (kiosk, account) = try await codeSent()
        try await kiosk.store.enterCode("111111", forAccount: account, now: morning)
        #expect(try await row(kiosk, account).waiting == .code)
        for _ in 0..<3 { #expect(try await kiosk.store.askNewCode(forAccount: account, now: morning)) }
        #expect(try await row(kiosk, account).waiting == .newCode(notBefore: nil))
        #expect(try await kiosk.codes() == [.newCode])
        let (operation, content) = try await kiosk.begin(.newCode)
        guard case .newCode(account) = content else {
            Issue.record("no wish for a code")
            return
        }
        try await kiosk.store.record(
            .delivered(.account(AccountProgress(status: "code-sent", attemptsLeft: 5))), of: operation, now: morning)
        #expect(try await row(kiosk, account).waiting == nil)
    }

    @Test func `digits that come in the meantime make the wish needless`() async throws {
        let (kiosk, account) = try await codeSent()
        try await kiosk.store.askNewCode(forAccount: account, now: morning)
        // Under way even: its repeat would make the digits worthless.
        let (operation, _) = try await kiosk.begin(.newCode)
        try await kiosk.store.enterCode("123456", forAccount: account, now: morning)
        #expect(try await kiosk.codes() == [.verification])
        try await kiosk.store.record(.inDoubt(.line(.broken), notBefore: morning), of: operation, now: morning)
        #expect(try await kiosk.codes() == [.verification], "not asked again")
        try await kiosk.store.askNewCode(forAccount: account, now: morning)
        try await kiosk.perform(.newCode, .delivered(.account(AccountProgress(status: "verified"))))
        #expect(try await kiosk.store.unverifiedAccounts().isEmpty)
    }

    @Test func `too soon: the wish waits as the portal says, also where a person asks for a run at once`() async throws {
        let (kiosk, account) = try await codeSent()
        try await kiosk.store.askNewCode(forAccount: account, now: morning)
        try await kiosk.perform(.newCode, .retry(.codeTooSoon, notBefore: later))
        let waiting = try await row(kiosk, account)
        #expect(waiting.waiting == .newCode(notBefore: later))
        #expect(waiting.words(at: morning).map(\.vi).joined().contains("xin lại sau \(VietnamTime.spoken(later))"))
        try await kiosk.store.beginRun(now: morning, ignoringBackOff: true)
        #expect(try await kiosk.due().allSatisfy { $0.kind != .newCode })
        #expect(try await kiosk.due(later).contains { $0.kind == .newCode })
    }

    @Test func `who has no code to wait for asks for none`() async throws {
        let kiosk = try await Kiosk()
        _ = try await kiosk.stay()
        let account = try #require(try await kiosk.store.unverifiedAccounts().first).id
        #expect(try await !kiosk.store.askNewCode(forAccount: account, now: morning), "registering sends one")
        #expect(try await kiosk.due().map(\.kind) == [.account])
        try await kiosk.perform(.account, .delivered(.account(AccountProgress(status: "verified"))))
        for id in [account, "unknown"] {
            guard case .noAccount = await failure(of: { try await kiosk.store.askNewCode(forAccount: id, now: morning) }) else {
                Issue.record("another error")
                return
            }
        }
    }
}

extension Kiosk {
    /// What is due of the six digits.
    fileprivate func codes() async throws -> [KioskSync.Operation.Kind] {
        try await due().map(\.kind).filter { $0 == .verification || $0 == .newCode }
    }
}
