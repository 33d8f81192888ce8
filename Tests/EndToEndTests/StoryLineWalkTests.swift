import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    /// The stories of accounts and of the line, walked in the browser to where the case ends.
    @Suite("Stories of accounts and of the line walked to their end")
    struct StoryLineWalkTests {
        @Test("code-sent, code-wrong: the large keys, a wrong code told, the right one taken", Browser.requirement)
        func newAccount() async throws {
            try await StoryWalk.tell("new-account") { walk in
                let account = try #require(try await walk.story.house.portal.state().accounts?.first?.id)
                let code = try #require(try await walk.story.house.portal.code(for: account))
                try await walk.openRow("Chờ mã 6 số")
                try await walk.enter(code == "000000" ? "000001" : "000000")
                try await walk.screen.sendNow()
                try await walk.openRow("Chờ mã 6 số")
                try await walk.shows("Mã lần trước không đúng.")
                try await walk.enter(code)
                try await walk.screen.sendNow()
                try await walk.ends(revision: 1)
            }
        }

        @Test(
            "account-unverified: the portal has forgotten a verified account; a code again, and both dossiers are there",
            Browser.requirement)
        func forgottenAccount() async throws {
            try await StoryWalk.tell("new-account") { walk in
                let (house, portal) = (walk.story.house, walk.story.house.portal)
                func code() async throws -> String {
                    let account = try #require(try await portal.state().accounts?.first?.id)
                    return try #require(try await portal.code(for: account))
                }
                try await walk.openRow("Chờ mã 6 số")
                try await walk.enter(try await code())
                try await walk.screen.sendNow()
                try await walk.ends(revision: 1)
                // A portal restored from yesterday's backup refuses the next dossier with 403.
                try await portal.forget(accounts: try await portal.state().accounts?.map(\.id) ?? [])
                let shown = try await house.json(["dossier", "show", walk.first])
                var file = try await house.sampleFile("LUU_TRU")
                file.set(shown["answers"]?["applicant"], at: JSONPointer(tokens: ["answers", "applicant"]))
                let path = try house.folder.write("again.json", [UInt8](try JSONText.encode(file)))
                _ = try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", path, "--seal"])
                try await walk.screen.sendNow()
                try await walk.screen.sendNow()
                try await walk.openRow("Chờ mã 6 số")
                try await walk.enter(try await code())
                try await walk.screen.sendNow()
                try await walk.ends(revision: 1)
                #expect(try await portal.state().dossiers.count == 2)
            }
        }

        @Test("code-expired: a new one asked for, entered, taken", Browser.requirement)
        func codeExpired() async throws {
            try await StoryWalk.tell("code-expired") { walk in
                let portal = walk.story.house.portal
                let account = try #require(try await portal.state().accounts?.first?.id)
                try await walk.screen.sendNow()
                try await walk.openRow("Tài khoản chưa xác minh")
                try await walk.shows("hết hạn")
                try await walk.screen.press("Xin mã mới")
                try await walk.screen.until("the wish is noted") {
                    try await walk.browser.count("form[action$='/new-code']") == 0
                }
                try await walk.screen.sendNow()
                try await walk.openRow("Chờ mã 6 số")
                try await walk.enter(try #require(try await portal.code(for: account)))
                try await walk.screen.sendNow()
                try await walk.ends(revision: 1)
            }
        }

        @Test("account-locked: whom to call; opened, a new code, taken", Browser.requirement)
        func accountLocked() async throws {
            try await StoryWalk.tell("account-locked") { walk in
                let portal = walk.story.house.portal
                let account = try #require(try await portal.state().accounts?.first?.id)
                try await walk.screen.sendNow()
                try await walk.openRow("Tài khoản chưa xác minh")
                try await walk.shows("khóa")
                try await walk.shows("Gọi Công an xã")
                try await portal.act(account: account, act: "unlock")
                try await walk.screen.press("Đã mở khóa, xin mã mới")
                try await walk.screen.until("the wish is noted") {
                    try await walk.browser.count("form[action$='/new-code']") == 0
                }
                try await walk.screen.sendNow()
                try await walk.openRow("Chờ mã 6 số")
                try await walk.enter(try #require(try await portal.code(for: account)))
                try await walk.screen.sendNow()
                try await walk.ends(revision: 1)
            }
        }

        @Test("in doubt: nobody guesses; the machine asks, and the portal has it once", Browser.requirement)
        func lostAnswer() async throws {
            try await StoryWalk.tell("lost-answer") { walk in
                try await walk.browser.open(walk.screen.address + "dossiers/\(walk.first)")
                try await walk.shows("Chưa rõ kết quả")
                try await walk.browser.open(walk.screen.address + "dossiers/\(walk.first)/doubt")
                try await walk.shows("Bác không phải đoán.")
                try await walk.sendUntilSettled()
                try await walk.ends(revision: 1)
                let held = try await walk.story.house.portal.state().dossiers
                #expect(held.count == 1 && held.first?.puts == 1)
            }
        }

        @Test("in doubt for days: whom to call with which numbers, then settled by itself", Browser.requirement)
        func inDoubtForDays() async throws {
            try await StoryWalk.tell("lost-answer", clock: "+4d") { walk in
                try await walk.openRow("Chưa rõ kết quả")
                try await walk.shows("Sau 3 ngày vẫn chưa rõ thì gọi")
                try await walk.shows(walk.first)
                try await walk.sendUntilSettled()
                try await walk.ends(revision: 1)
            }
        }

        @Test("the first dossier is accepted by the story's officer as it arrives", Browser.requirement)
        func firstDossier() async throws {
            try await StoryWalk.tell("first-dossier") { walk in
                let house = walk.story.house
                let sample = try await house.sample("LUU_TRU")
                let made = try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", sample, "--seal"])
                try await walk.screen.sendNow()
                try await walk.browser.open(walk.screen.address + "dossiers/\(made["id"]?.stringValue ?? "")")
                try await walk.shows("Đã tiếp nhận")
            }
        }
    }
}
