import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    /// Each story of `sync-fixtures/stories` walked in the browser, from what happened to where the case ends: each row of the
    /// worklist and each problem code of the contract that reaches a person.
    @Suite("Stories walked to their end")
    struct StoryWalkTests {
        // MARK: What the portal's checks return

        @Test("dossier-rejected, population-mismatch: the name as the database has it", Browser.requirement)
        func mistypedName() async throws {
            try await StoryWalk.tell("mistyped-name") { walk in
                try await walk.openRow("Bị trả lại")
                try await walk.shows("Cơ sở dữ liệu dân cư ghi: Vi Văn Páo")
                try await walk.screen.press("Sửa chỗ này")
                try await walk.correct("Vi Văn Páo")
                try await walk.sealAgain()
                try await walk.ends()
            }
        }

        @Test("account-mismatch: the applicant compared with the card", Browser.requirement)
        func wrongApplicant() async throws {
            try await StoryWalk.tell("wrong-applicant") { walk in
                try await walk.openRow("Bị trả lại")
                try await walk.shows("Sửa chỗ này")
                try await walk.screen.press("Sửa chỗ này")
                try await walk.correct("Hà Thị Nụ")
                try await walk.sealAgain()
                try await walk.ends()
            }
        }

        @Test("unreadable-scan: the page taken again", Browser.requirement)
        func unreadableScan() async throws {
            try await StoryWalk.tell("unreadable-scan", usesCamera: true) { walk in
                try await walk.openRow("Bị trả lại")
                try await walk.takeAgain()
                try await walk.sealAgain("Tiếp tục")
                try await walk.ends()
            }
        }

        @Test("missing-component: the paper that is wanted", Browser.requirement)
        func missingPaper() async throws {
            try await StoryWalk.tell("missing-paper") { walk in
                try await walk.openRow("Bị trả lại")
                try await walk.shows("Thiếu ảnh giấy tờ của người đến lưu trú.")
                try await walk.screen.press("Sửa chỗ này")
                try await walk.screen.until("the papers") { try await walk.browser.count("#c-GIAY_TO_KHACH") == 1 }
                try await walk.browser.find("#c-GIAY_TO_KHACH input[type=file]").type(House.scan("to-khai-ct01"))
                try await walk.screen.until("the page is looked at") {
                    try await walk.browser.execute(
                        "return document.querySelector('#c-GIAY_TO_KHACH .files li') !== null || paperEditor.dialog.open && !paperEditor.save.disabled"
                    )
                        == true
                }
                if try await walk.browser.count("#c-GIAY_TO_KHACH .files li") == 0 {
                    try await walk.screen.click(".editor[open] button.primary")
                    try await walk.screen.until("the paper is there") {
                        try await walk.browser.count("#c-GIAY_TO_KHACH .files li") == 1
                    }
                }
                try await walk.sealAgain("Tiếp tục")
                try await walk.ends()
            }
        }

        @Test("required, invalid and a code that nobody knows yet: each in the portal's own words", Browser.requirement)
        func severalFaults() async throws {
            try await StoryWalk.tell("several-faults") { walk in
                try await walk.openRow("Bị trả lại")
                for words in [
                    "Ghi rõ lý do lưu trú.", "Nơi thường trú không có trong danh mục.", "Địa bàn này vừa nhập vào thôn khác.",
                ] { try await walk.shows(words) }
                try await walk.screen.press("Sửa và gửi lại")
                try await walk.screen.until("the form") { try await walk.screen.place().contains("/form") }
                for (pointer, text) in [
                    ("/stay/reason", "Thăm con gái"), ("/guests/@1/permanentAddress", "Bản Khác, xã Mẫu, tỉnh Mẫu"),
                    ("/place/address/village", "Thôn Cẩm Sơn Hạ"),
                ] {
                    try await walk.openField(pointer)
                    try await walk.screen.give(.string(text), to: pointer)
                }
                try await walk.sealAgain()
                try await walk.ends()
            }
        }

        @Test("duplicate-dossier: explained, and taken", Browser.requirement)
        func duplicate() async throws {
            try await StoryWalk.tell("duplicate") { walk in
                try await walk.openRow("Trùng hồ sơ")
                try await walk.shows("G01.899.108.000-220408-0007")
                try await walk.browser.find("#explanation").type("Lần trước đã về, nay đi lần khác")
                try await walk.screen.press("Gửi lại kèm giải trình")
                try await walk.shows("Gửi lại kèm giải trình vì sao không trùng")
                try await walk.screen.sendNow()
                try await walk.ends(revision: 2)
            }
        }

        @Test("procedure-retired: what replaces it, the dossier withdrawn, the draft thrown away", Browser.requirement)
        func retiredProcedure() async throws {
            try await StoryWalk.tell("retired-procedure") { walk in
                #expect(try await walk.story.rows().sorted() == ["catalogue", "rejected"])
                try await walk.browser.open(walk.screen.address + "attention?kind=rejected")
                try await walk.screen.click(".work-row .primary")
                try await walk.shows("Chọn thủ tục thay")
                #expect(try await !walk.browser.text().contains("Sửa và gửi lại"), "mending cannot help")
                try await walk.screen.press("Rút hồ sơ")
                try await walk.browser.find("#reason").type("Thủ tục không còn")
                try await walk.screen.click("[name=by][value=applicant]")
                try await walk.screen.click("[name=consents]")
                try await walk.screen.click("button.danger.solid")
                try await walk.shows("Đã rút")
                try await walk.openRow("Thủ tục đã đổi")
                try await walk.shows("danh mục mới không còn thủ tục này")
                try await walk.browser.open(walk.screen.address + "dossiers/\(walk.story.dossiers[1])")
                try await walk.screen.press("Bỏ hồ sơ này")
                try await walk.screen.press("Xóa hẳn")
                try await walk.screen.until("it is gone") { try await walk.screen.place() == "/dossiers" }
                try await walk.screen.until("nothing needs anybody") {
                    try await walk.browser.open(walk.screen.address + "attention")
                    return try await walk.browser.text().contains("Không có việc nào cần xử lý")
                }
                #expect(try await walk.story.house.portal.state().dossiers.isEmpty)
            }
        }

        @Test("file-too-large: told with the paper, taken smaller", Browser.requirement)
        func fileTooLarge() async throws {
            // The scan of the story weighs more than this portal takes.
            try await StoryWalk.tell("supplement", portalWords: ["--largest-file", "2000"], isTold: false) { walk in
                try await walk.openRow("Bị trả lại")
                try await walk.shows("Cổng nhận nhiều nhất")
                try await walk.screen.press("Sửa chỗ này")
                let place = "#c-GIAY_TO_KHACH"
                try await walk.screen.until("the papers") { try await walk.browser.count(place) == 1 }
                try await walk.screen.click("\(place) .files form[action$='/remove'] button")
                try await walk.screen.until("the paper is gone") { try await walk.browser.count("\(place) .files li") == 0 }
                let small = try walk.story.house.folder.write("nho.pdf", SampleFile.pdf(bytes: 1500, seed: 1))
                try await walk.browser.find("\(place) input[type=file]").type(small)
                try await walk.screen.until("the paper is there") { try await walk.browser.count("\(place) .files li") == 1 }
                try await walk.sealAgain("Tiếp tục")
                try await walk.screen.until("the portal has it") { try await walk.story.held()?.revision == 2 }
            }
        }

        // MARK: What an officer does

        @Test("supplement: half an answer stays, the whole is one amendment", Browser.requirement)
        func supplement() async throws {
            try await StoryWalk.tell("supplement", usesCamera: true) { walk in
                try await walk.openRow("Cần bổ sung")
                try await walk.takeAgain()
                // What is not complete stays as it is.
                try await walk.openRow("Đang sửa dở")
                try await walk.shows("Soạn tiếp")
                try await walk.browser.open(walk.screen.address + "dossiers/\(walk.first)/form")
                try await walk.openField("/stay/reason")
                try await walk.screen.give("Thăm con gái", to: "/stay/reason")
                try await walk.sealAgain()
                try await walk.ends(status: "accepted")
                #expect(try await walk.story.held()?.puts == 2, "one amendment")
            }
        }

        @Test("precondition-failed: both sides changed one place, and a person decides", Browser.requirement)
        func officerEdits() async throws {
            try await StoryWalk.tell("officer-edits") { walk in
                try await walk.openRow("Cần bổ sung")
                try await walk.screen.press("Sửa chỗ này")
                try await walk.correct("Khám bệnh ở bệnh viện huyện")
                try await walk.sealAgain()
                try await walk.screen.until("the clash is known") { try await walk.story.rows() == ["conflict"] }
                try await walk.openRow("Khác bản trên cổng")
                try await walk.shows("Đối chiếu hai bản")
                try await walk.screen.click("[id='f-stay-reason'] input[value=ours]")
                try await walk.screen.press("Xem kết quả")
                try await walk.shows("Kết quả đúng mẫu")
                try await walk.screen.press("Ghi nhận kết quả này")
                try await walk.shows("Đã chọn xong chỗ khác nhau")
                try await walk.screen.sendNow()
                try await walk.ends(revision: 3)
                #expect(try await walk.story.held()?.fields["stay"]?["reason"] == "Khám bệnh ở bệnh viện huyện")
            }
        }

        @Test("refused: told, and filed anew as a dossier of its own", Browser.requirement)
        func refused() async throws {
            try await StoryWalk.tell("refused") { walk in
                try await walk.openRow("Bị từ chối")
                try await walk.shows("Ngày đi chưa đúng với xác nhận của nơi đến")
                try await walk.screen.press("Làm hồ sơ mới từ hồ sơ này")
                try await walk.screen.until("the form") { try await walk.screen.place().contains("/form") }
                try await walk.openField("/absence/from")
                let day = Date().addingTimeInterval(7 * 3600 + 3 * 86_400).ISO8601Format().prefix(10).split(separator: "-")
                try await walk.screen.give(.string("\(day[2])/\(day[1])/\(day[0])"), to: "/absence/from")
                try await walk.browser.open(walk.screen.address + "attention")
                try await walk.shows("Không có việc nào cần xử lý")
                try await walk.shows("đã bị trả lại")
                try await walk.browser.open(walk.screen.address + "dossiers?state=draft")
                try await walk.screen.click(".rows a")
                try await walk.screen.until("the form") { try await walk.screen.place().contains("/form") }
                let new = try await walk.screen.place().split(separator: "/")[1]
                #expect(new != walk.first)
                try await walk.browser.open(walk.screen.address + "dossiers/\(new)")
                try await walk.shows("Làm lại từ hồ sơ bị từ chối")
                try await walk.browser.open(walk.screen.address + "dossiers/\(new)/review?check=1")
                try await walk.screen.until("the review") { try await walk.browser.count("[name='consent.filing']") == 1 }
                for index in 0..<(try await walk.browser.count("textarea[name^='r:']")) {
                    try await walk.browser.execute(
                        "document.querySelectorAll(\"textarea[name^='r:']\")[arguments[0]].value ||= 'Số mẫu để tập huấn'",
                        [.number(Decimal(index))])
                }
                try await walk.screen.consent()
                try await walk.shows("PHIẾU GHI NHẬN")
                try await walk.screen.sendNow()
                try await walk.screen.until("the portal has both") {
                    try await walk.story.house.portal.state().dossiers.map(\.status).sorted() == ["received", "refused"]
                }
            }
        }

        @Test("result: the slip printed, the resident told", Browser.requirement)
        func result() async throws {
            try await StoryWalk.tell("result") { walk in
                try await walk.openRow("Có kết quả")
                try await walk.screen.press("Xem phải mang gì, in phiếu báo")
                try await walk.shows("Thẻ căn cước của người khai.")
                try await walk.browser.open(walk.screen.address + "dossiers/\(walk.first)")
                try await walk.screen.press("Đã báo cho người dân")
                try await walk.shows("Đã báo cho người dân quyết định của cổng")
                try await walk.ends(status: "resolved", revision: 1)
            }
        }

        @Test("overdue: whom to call with which code; with the result the row becomes another", Browser.requirement)
        func overdue() async throws {
            try await StoryWalk.tell("overdue") { walk in
                let code = try #require(try await walk.story.held()?.code)
                try await walk.openRow("Quá hẹn trả")
                try await walk.shows(code)
                try await walk.story.house.portal.act(dossier: walk.first, act: "resolve")
                try await walk.screen.sendNow()
                try await walk.openRow("Có kết quả")
            }
        }

        @Test("already-resolved: the dossier follows the portal, and nobody is asked about the withdrawal", Browser.requirement)
        func withdrawnTooLate() async throws {
            try await StoryWalk.tell("withdrawn-too-late") { walk in
                try await walk.browser.open(walk.screen.address + "dossiers/\(walk.first)")
                try await walk.screen.press("Rút hồ sơ")
                try await walk.browser.find("#reason").type("Không đi nữa")
                try await walk.screen.click("[name=by][value=applicant]")
                try await walk.screen.click("[name=consents]")
                try await walk.screen.click("button.danger.solid")
                try await walk.shows("Người dân xin rút hồ sơ")
                try await walk.screen.sendNow()
                try await walk.browser.open(walk.screen.address + "dossiers/\(walk.first)")
                try await walk.shows("Cổng không cho rút: hồ sơ đã giải quyết xong")
                try await walk.openRow("Có kết quả")
            }
        }

        @Test("not-found: the portal lost it, a person has it sent again", Browser.requirement)
        func lostDossier() async throws {
            try await StoryWalk.tell("lost-dossier") { walk in
                try await walk.screen.sendNow()
                try await walk.openRow("Khác bản trên cổng")
                try await walk.shows("Cổng không còn giữ hồ sơ này")
                try await walk.screen.press("Gửi lại")
                try await walk.shows("Cho gửi lại đúng bản đã ghi nhận")
                try await walk.screen.sendNow()
                try await walk.ends(revision: 1)
            }
        }

        @Test("announcement: read out, and on the locked screen", Browser.requirement)
        func announcement() async throws {
            try await StoryWalk.tell("announcement") { walk in
                try await walk.openRow("Thông báo cần đọc")
                try await walk.shows("Sáng thứ Bảy tại nhà văn hóa thôn.")
                try await walk.screen.press("Đã đọc cho bà con")
                try await walk.shows("Không có việc nào cần xử lý")
                try await walk.screen.press("Khóa máy")
                try await walk.shows("Cấp căn cước lưu động")
            }
        }
    }
}
