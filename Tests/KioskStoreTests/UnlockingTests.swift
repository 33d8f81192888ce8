import Foundation
import KioskStore
import KioskTestSupport
import KioskVault
import SQLiteAccess
import Testing

@Suite struct UnlockingTests {
    private func unlock(_ store: KioskStore, _ guess: String, _ now: Date, name: String? = nil) async throws -> UnlockedStore {
        try await store.unlock(operatorName: name, pin: guess, catalogue: catalogue, now: now)
    }

    private func wait(_ store: KioskStore, _ guess: String, _ now: Date) async -> Double? {
        switch await failure(of: { _ = try await unlock(store, guess, now) }) {
        case .wrongPIN(let seconds): seconds
        default: nil
        }
    }

    private func refusal(_ store: KioskStore, _ guess: String, _ now: Date) async -> Double? {
        switch await failure(of: { _ = try await unlock(store, guess, now) }) {
        case .guessingTooFast(let seconds): seconds
        default: nil
        }
    }

    @Test func `the delay grows with wrong guesses and outlives the program`() async throws {
        let kiosk = try await Kiosk()
        var now = morning
        for expected in [0.0, 0, 2, 4, 8] {
            #expect(await wait(kiosk.locked, "Sai mã PIN", now) == expected)
            if expected > 0 {
                // Even the right one is not looked at too early, by whatever process.
                let reopened = try KioskStore.open(folder: kiosk.folder.path)
                #expect(await refusal(reopened, pin, now.addingTimeInterval(expected - 0.5)) == 0.5)
            }
            now.addTimeInterval(expected)
        }
        _ = try await unlock(try KioskStore.open(folder: kiosk.folder.path), pin, now)
        #expect(await wait(kiosk.locked, "Sai mã PIN", now) == 0, "a right one begins the count anew")
    }

    @Test func `a timer's wrong PIN file keeps nobody from the screen, and its right one gives no new guesses there`()
        async throws
    {
        let kiosk = try await Kiosk()
        func fromFile(_ guess: String, _ now: Date) async throws {
            _ = try await kiosk.locked.unlock(operatorName: nil, pin: guess, from: .file, catalogue: catalogue, now: now)
        }
        for _ in 0..<3 { _ = await failure(of: { try await fromFile("Sai mã PIN", morning) }) }
        guard case .guessingTooFast(2) = await failure(of: { try await fromFile(pin, morning) }) else {
            Issue.record("the file's own delay")
            return
        }
        _ = try await unlock(kiosk.locked, pin, morning)
        for _ in 0..<3 { _ = await wait(kiosk.locked, "Sai mã PIN", morning) }
        try await fromFile(pin, morning.addingTimeInterval(2))
        #expect(await refusal(kiosk.locked, pin, morning) == 2, "the screen's delay stays")
        try await kiosk.locked.resetPIN(
            operatorName: "Trưởng thôn", recoveryKey: kiosk.recoveryKey, newPIN: pin, cost: cheap, now: morning)
        try await fromFile(pin, morning)
        _ = try await unlock(kiosk.locked, pin, morning)
    }

    @Test func `the delay has an end`() {
        #expect(GuessDelay.seconds(after: 2) == 0 && GuessDelay.seconds(after: 3) == 2 && GuessDelay.seconds(after: 13) == 2048)
        #expect(GuessDelay.seconds(after: 14) == 3600 && GuessDelay.seconds(after: 1_000_000) == 3600)
    }

    @Test func `a guess is counted before it is checked`() async throws {
        let kiosk = try await Kiosk()
        // A cost out of range makes the check itself fail, as pulling the plug would.
        try kiosk.database { try $0.run("UPDATE operators SET log_n = 30") }
        for _ in 0..<3 {
            guard case .vault = await failure(of: { _ = try await unlock(kiosk.locked, pin, morning) }) else {
                Issue.record("another error")
                return
            }
        }
        try kiosk.database { try $0.run("UPDATE operators SET log_n = 14") }
        #expect(await refusal(kiosk.locked, pin, morning) == 2)
    }

    @Test func `a clock that was set back locks nobody out for longer than the delay`() async throws {
        let kiosk = try await Kiosk()
        for _ in 0..<4 { _ = await wait(kiosk.locked, "Sai mã PIN", morning.addingTimeInterval(Double(10))) }
        for _ in 0..<4 {
            _ = await failure(of: { _ = try await unlock(kiosk.locked, "Sai mã PIN", morning.addingTimeInterval(20)) })
        }
        let yesterday = morning.addingTimeInterval(-86_400)
        let left = try #require(await refusal(kiosk.locked, pin, yesterday))
        #expect(left <= 8)
        _ = try await unlock(kiosk.locked, pin, yesterday.addingTimeInterval(left))
    }

    @Test func `the recovery key sets a new PIN and ends the delay`() async throws {
        let kiosk = try await Kiosk()
        for _ in 0..<3 { _ = await wait(kiosk.locked, "Sai mã PIN", morning) }
        let typed = kiosk.recoveryKey.lowercased().replacingOccurrences(of: "-", with: " ")
        try await kiosk.locked.resetPIN(
            operatorName: "Trưởng thôn", recoveryKey: typed, newPIN: "Mã mới 9", cost: cheap, now: morning)
        #expect(try await unlock(kiosk.locked, "Mã mới 9", morning).portalSecret() == "bí mật của cổng")
        #expect(await wait(kiosk.locked, pin, morning) == 0, "the old PIN is gone")
    }

    @Test func `another kiosk's recovery key, an unknown operator or a weak PIN changes nothing`() async throws {
        let kiosk = try await Kiosk()
        let other = try await Kiosk()
        func reset(_ name: String, _ key: String, _ new: String) async -> StoreError? {
            await failure(of: {
                try await kiosk.locked.resetPIN(operatorName: name, recoveryKey: key, newPIN: new, cost: cheap, now: morning)
            })
        }
        guard case .vault(.malformedRecoveryKey) = await reset("Trưởng thôn", other.recoveryKey, "Mã mới 9"),
            case .vault(.malformedRecoveryKey) = await reset("Trưởng thôn", "ABC", "Mã mới 9"),
            case .noOperator = await reset("Ai đó", kiosk.recoveryKey, "Mã mới 9"),
            await reset("Trưởng thôn", kiosk.recoveryKey, "111111")?.isWeakPIN == true
        else {
            Issue.record("another error")
            return
        }
        _ = try await unlock(kiosk.locked, pin, morning)
        guard case .noOperator = await failure(of: { _ = try await unlock(kiosk.locked, pin, morning, name: "Ai đó") }) else {
            Issue.record("another error")
            return
        }
    }
}
