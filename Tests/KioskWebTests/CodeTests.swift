import Foundation
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import Testing

/// The card of the six digits.
@Suite struct CodeTests {
    /// A kiosk with a sealed dossier whose account is as the portal says.
    private func kiosk(_ progress: AccountProgress) async throws -> (kiosk: Kiosk, dossier: String, account: String) {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.sealSample()
        let unlocked = try await kiosk.open()
        let account = try #require(try await unlocked.due(now: kiosk.clock.now, limit: 50).first { $0.kind == .account })
        _ = try await unlocked.begin(account, now: kiosk.clock.now)
        try await unlocked.record(.delivered(.account(progress)), of: account, now: kiosk.clock.now)
        return (kiosk, id, account.subject)
    }

    @Test func `a locked account asks for no digits and says whom to call, in both languages`() async throws {
        let (kiosk, id, account) = try await kiosk(AccountProgress(status: "locked"))
        for path in ["/accounts/\(account)", "/dossiers/\(id)"] {
            let page = try await kiosk.get(path).text
            #expect(page.contains("Công an xã để mở khóa") && page.contains("Đã mở khóa, xin mã mới"))
            #expect(!page.contains("name=\"code\""))
        }
        _ = try await kiosk.post("/language", ["lang": "en", "back": "/"])
        #expect(try await kiosk.get("/attention").text.contains("The account is locked"))
    }

    @Test(Browser.requirement) func `a code that is out of date is renewed from the morning list`() async throws {
        let (kiosk, _, account) = try await kiosk(
            AccountProgress(status: "code-sent", expiresAt: "2022-04-08T14:10:00+07:00", attemptsLeft: 3))
        kiosk.clock.advance(601)
        try await kiosk.inBrowser { browser, base in
            func text() async throws -> String {
                // The page before may go while it is read.
                (try? await browser.find(".code").text()) ?? ""
            }
            try await browser.open(base + "/attention")
            try await browser.find(".work-row .primary").click()
            try await eventually("told that it is out of date") { try await text().contains("Mã đã hết hạn") }
            #expect(try await browser.find(".code .primary").text() == "Xin mã mới", "the first thing to do")
            try await browser.button("Xin mã mới").click()
            try await eventually("kept") { try await text().contains("Đã ghi việc xin mã mới") }
            #expect(try await kiosk.open().account(account)?.waiting == .newCode(notBefore: nil))
            try await browser.find(".code .digits").type("123456")
            try await browser.button("Lưu mã").click()
            try await eventually("taken") { try await text().contains("Đã lưu mã 6 số") }
            #expect(try await kiosk.open().account(account)?.waiting == .code)
        }
    }

    @Test func `the large keys work without script and keep the digits out of addresses`() async throws {
        let (kiosk, _, account) = try await kiosk(
            AccountProgress(status: "code-sent", expiresAt: "2022-04-09T10:00:00+07:00", attemptsLeft: 3))
        let page = "/accounts/\(account)"
        func press(_ key: String, _ box: String) async throws {
            let answer = try await kiosk.post("\(page)/digit", ["code": box, "digit": key, "next": page])
            #expect(answer.location == page)
        }
        func box() async throws -> String {
            let text = try await kiosk.get(page).text
            return String(try #require(text.firstMatch(of: /name="code" value="([0-9]*)"/)).1)
        }
        try await press("1", "")
        try await press("2", try await box())
        #expect(try await box() == "12")
        try await press("back", "12")
        #expect(try await box() == "1")
        try await press("3", "1 4x")
        #expect(try await box() == "143")
        try await press("9", "143143")
        #expect(try await box() == "143143", "six and no more")
        try await press("clear", "143143")
        #expect(try await box().isEmpty)
        try await press("7", "12345")
        #expect(try await kiosk.post("\(page)/code", ["code": try await box(), "next": page]).location == "\(page)?code=saved")
        #expect(try await box().isEmpty, "a code that was handed in is forgotten")
        #expect(try await kiosk.post("/accounts/nobody/digit", ["code": "", "digit": "1"]).location == "/accounts")
    }
}
