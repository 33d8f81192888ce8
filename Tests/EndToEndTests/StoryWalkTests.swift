import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    /// Each story of `sync-fixtures/stories` walked in the browser, from what happened to where the case ends: each row of the
    /// worklist and each problem code of the contract that reaches a person.
    @Suite("Stories walked to their end")
    struct StoryWalkTests {
        /// The stories that a test below walks; ``everyStory()`` compares.
        private static let walked: Set<String> = [
            "mistyped-name", "wrong-applicant", "unreadable-scan", "missing-paper", "several-faults", "supplement",
            "officer-edits",
            "duplicate", "new-account", "code-expired", "account-locked", "lost-answer", "overdue", "refused", "result",
            "withdrawn-too-late", "retired-procedure", "announcement", "lost-dossier", "first-dossier",
        ]

        @Test("Every story is walked by a test, and the program has them all")
        func everyStory() async throws {
            #expect(try Self.walked == Set(StoryHouse.names()))
            let listed = try await Program.run(House.kiosk, ["demo", "--story", "list"])
            #expect(listed.status == 0)
            for name in Self.walked { #expect(listed.stdout.contains("\(name)\n"), "\(name)") }
            let unknown = try await Program.run(House.kiosk, ["demo", "--story", "no-such"])
            #expect(unknown.status == 2 && unknown.stderr.contains("mistyped-name"))
        }

        @Test("A story with a mistake is refused with its place")
        func mistakes() async throws {
            let folder = try TemporaryFolder()
            for (text, words) in [
                ("{", "is not JSON"), ("{}", "/title is missing"),
                (#"{"title": {"vi": "A", "en": "A"}, "task": [{"vi": "A", "en": "A"}], "step": []}"#, "/step is not known"),
                (
                    #"{"title": {"vi": "A", "en": "A"}, "task": [{"vi": "A", "en": "A"}], "steps": [{"when": {"event": "arrived"}, "order": "acts", "with": {"dossier": "@LUU_TRU", "act": "accept"}}]}"#,
                    "/steps/0: /when/procedure is missing"
                ),
                (
                    #"{"title": {"vi": "A", "en": "A"}, "task": [{"vi": "A", "en": "A"}], "steps": [{"when": {"event": "start"}, "order": "acts", "with": {"dossier": "x", "act": "bribe"}}]}"#,
                    "/steps/0: /with: /act is none of"
                ),
            ] {
                let path = try folder.write("story.json", Array(text.utf8))
                let refused = try await Program.run(House.kiosk, ["demo", "--port", "0", "--story", path])
                #expect(refused.status == 1 && refused.stderr.contains(words), "\(words): \(refused.stderr)")
            }
        }

        // MARK: Walking

        private struct Walk {
            let story: StoryHouse
            let screen: Screen
            var browser: Browser { screen.browser }
            var first: String { story.dossiers.first ?? "" }

            func shows(_ text: String) async throws {
                try await screen.until("the page says «\(text)»") { try await browser.text().contains(text) }
                let faults = try await screen.faults()
                #expect(faults.isEmpty, "\(text): \(faults)")
            }

            /// From the home page to the only row of the worklist, which has to be of a kind, and to what it leads to.
            func openRow(_ kind: String, at place: String = "") async throws {
                try await browser.open(screen.address)
                try await screen.click("a.tile[href='/attention']")
                try await screen.until("a row «\(kind)»") {
                    try await browser.execute(
                        "return [...document.querySelectorAll('.work-row .badge')].map((one) => one.textContent).includes(arguments[0])",
                        [.string(kind)]) == true
                }
                #expect(try await browser.count(".work-row") == 1)
                let faults = try await screen.faults()
                #expect(faults.isEmpty, "\(kind): \(faults)")
                try await screen.click(".work-row .primary")
            }

            /// Types into the field that was returned, which has the cursor.
            func correct(_ text: String) async throws {
                try await screen.until("the field at fault is open") { try await browser.count(".field.returned") > 0 }
                let control = try await browser.find(".field.returned .control input, .field.returned .control textarea")
                try await control.clear()
                try await control.type(text)
                _ = try await browser.execute("document.activeElement.blur()")
                try await screen.saved()
            }

            /// Consents again and sends at once.
            func sealAgain(_ goesOn: String = "Xong, kiểm tra lại") async throws {
                try await screen.press(goesOn)
                try await screen.until("the review") { try await browser.count("[name='consent.again']") == 1 }
                try await screen.click("[name='consent.again']")
                try await screen.press("Ghi nhận và gửi lại ngay")
            }

            /// The worklist is empty, and the dossier at the portal.
            func ends(status: String = "received", revision: Int = 2) async throws {
                try await screen.until("the portal has revision \(revision) as \(status)") {
                    let held = try await story.held()
                    return held?.status == status && held?.revision == revision
                }
                try await screen.until("nothing needs anybody") {
                    try await browser.open(screen.address + "attention")
                    return try await browser.text().contains("Không có việc nào cần xử lý")
                }
            }
        }

        private func walk(
            _ name: String, portalWords: [String] = [], usesCamera: Bool = false, isTold: Bool = true, clock: String? = nil,
            _ steps: (Walk) async throws -> Void
        ) async throws {
            let story = try await StoryHouse(name, portalWords: portalWords)
            let picture = URL(filePath: ShippedFiles.path(of: "sync-fixtures/scan-quality/kept/camera.jpg"))
            let camera =
                usesCamera ? try story.house.folder.write("film.mjpeg", Array(try Data(contentsOf: picture))) : nil
            let (program, address) = try await story.house.serve(clock: clock)
            try await Browser.run(camera: camera) { browser in
                try await browser.setWindow(width: 1280, height: 1000)
                let walk = Walk(story: story, screen: Screen(browser: browser, address: address))
                try await walk.screen.unlock()
                try await steps(walk)
                // A form that was sent incomplete is answered with 422, which the browser notes.
                let console = try await browser.console().filter { !$0.contains("422") }
                #expect(console.isEmpty)
            }
            program.send(.interrupt)
            #expect(try await program.wait().status == 0)
            let states = try await story.house.portal.storySteps()
            #expect(!isTold || Set(states).isSubset(of: ["done", "later"]), "the officers' steps: \(states)")
        }

        // MARK: What the portal's checks return

        @Test("dossier-rejected, population-mismatch: the name as the database has it", Browser.requirement)
        func mistypedName() async throws {
            try await walk("mistyped-name") { walk in
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
            try await walk("wrong-applicant") { walk in
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
            try await walk("unreadable-scan", usesCamera: true) { walk in
                try await walk.openRow("Bị trả lại")
                try await takeAgain(walk)
                try await walk.sealAgain("Tiếp tục")
                try await walk.ends()
            }
        }

        @Test("missing-component: the paper that is wanted", Browser.requirement)
        func missingPaper() async throws {
            try await walk("missing-paper") { walk in
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
            try await walk("several-faults") { walk in
                try await walk.openRow("Bị trả lại")
                for words in [
                    "Ghi rõ lý do lưu trú.", "Nơi thường trú không có trong danh mục.", "Địa bàn này vừa nhập vào thôn khác.",
                ] { try await walk.shows(words) }
                try await walk.screen.press("Sửa và gửi lại")
                for (pointer, text) in [
                    ("/stay/reason", "Thăm con gái"), ("/guests/@1/permanentAddress", "Bản Khác, xã Mẫu, tỉnh Mẫu"),
                    ("/place/address/village", "Thôn Cẩm Sơn Hạ"),
                ] {
                    try await openField(pointer, walk)
                    try await walk.screen.give(.string(text), to: pointer)
                }
                try await walk.sealAgain()
                try await walk.ends()
            }
        }

        @Test("duplicate-dossier: explained, and taken", Browser.requirement)
        func duplicate() async throws {
            try await walk("duplicate") { walk in
                try await walk.openRow("Trùng hồ sơ")
                try await walk.shows("G01.899.108.000-220408-0007")
                try await walk.browser.find("#explanation").type("Lần trước đã về, nay đi lần khác")
                try await walk.screen.press("Gửi lại kèm giải trình")
                try await walk.screen.sendNow()
                try await walk.ends(revision: 2)
            }
        }

        @Test("procedure-retired: what replaces it, the dossier withdrawn, the draft thrown away", Browser.requirement)
        func retiredProcedure() async throws {
            try await walk("retired-procedure") { walk in
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
            try await walk("supplement", portalWords: ["--largest-file", "2000"], isTold: false) { walk in
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
            try await walk("supplement", usesCamera: true) { walk in
                try await walk.openRow("Cần bổ sung")
                try await takeAgain(walk)
                // What is not complete stays as it is.
                try await walk.openRow("Đang sửa dở")
                try await walk.shows("Soạn tiếp")
                try await walk.browser.open(walk.screen.address + "dossiers/\(walk.first)/form")
                try await openField("/stay/reason", walk)
                try await walk.screen.give("Thăm con gái", to: "/stay/reason")
                try await walk.sealAgain()
                try await walk.ends(status: "accepted")
                #expect(try await walk.story.held()?.puts == 2, "one amendment")
            }
        }

        @Test("precondition-failed: both sides changed one place, and a person decides", Browser.requirement)
        func officerEdits() async throws {
            try await walk("officer-edits") { walk in
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
            try await walk("refused") { walk in
                try await walk.openRow("Bị từ chối")
                try await walk.shows("Ngày đi chưa đúng với xác nhận của nơi đến")
                try await walk.screen.press("Làm hồ sơ mới từ hồ sơ này")
                try await openField("/absence/from", walk)
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
            try await walk("result") { walk in
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
            try await walk("overdue") { walk in
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
            try await walk("withdrawn-too-late") { walk in
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
            try await walk("lost-dossier") { walk in
                try await walk.screen.sendNow()
                try await walk.openRow("Khác bản trên cổng")
                try await walk.shows("Cổng không còn giữ hồ sơ này")
                try await walk.screen.press("Gửi lại")
                try await walk.screen.sendNow()
                try await walk.ends(revision: 1)
            }
        }

        @Test("announcement: read out, and on the locked screen", Browser.requirement)
        func announcement() async throws {
            try await walk("announcement") { walk in
                try await walk.openRow("Thông báo cần đọc")
                try await walk.shows("Sáng thứ Bảy tại nhà văn hóa thôn.")
                try await walk.screen.press("Đã đọc cho bà con")
                try await walk.shows("Không có việc nào cần xử lý")
                try await walk.screen.press("Khóa máy")
                try await walk.shows("Cấp căn cước lưu động")
            }
        }

        // MARK: Accounts and the line

        @Test("code-sent, code-wrong: the large keys, a wrong code told, the right one taken", Browser.requirement)
        func newAccount() async throws {
            try await walk("new-account") { walk in
                let account = try #require(try await walk.story.house.portal.state().accounts?.first?.id)
                let code = try #require(try await walk.story.house.portal.code(for: account))
                try await walk.openRow("Chờ mã 6 số")
                try await enter(code == "000000" ? "000001" : "000000", walk)
                try await walk.screen.sendNow()
                try await walk.openRow("Chờ mã 6 số")
                try await walk.shows("Mã lần trước không đúng.")
                try await enter(code, walk)
                try await walk.screen.sendNow()
                try await walk.ends(revision: 1)
            }
        }

        @Test("code-expired: a new one asked for, entered, taken", Browser.requirement)
        func codeExpired() async throws {
            try await walk("code-expired") { walk in
                let portal = walk.story.house.portal
                let account = try #require(try await portal.state().accounts?.first?.id)
                try await walk.screen.sendNow()
                try await walk.openRow("Tài khoản chưa xác minh")
                try await walk.shows("hết hạn")
                try await walk.screen.press("Xin mã mới")
                try await walk.screen.sendNow()
                try await walk.openRow("Chờ mã 6 số")
                try await enter(try #require(try await portal.code(for: account)), walk)
                try await walk.screen.sendNow()
                try await walk.ends(revision: 1)
            }
        }

        @Test("account-locked: whom to call; opened, a new code, taken", Browser.requirement)
        func accountLocked() async throws {
            try await walk("account-locked") { walk in
                let portal = walk.story.house.portal
                let account = try #require(try await portal.state().accounts?.first?.id)
                try await walk.screen.sendNow()
                try await walk.openRow("Tài khoản chưa xác minh")
                try await walk.shows("khóa")
                try await walk.shows("Gọi Công an xã")
                try await portal.act(account: account, act: "unlock")
                try await walk.screen.press("Đã mở khóa, xin mã mới")
                try await walk.screen.sendNow()
                try await walk.openRow("Chờ mã 6 số")
                try await enter(try #require(try await portal.code(for: account)), walk)
                try await walk.screen.sendNow()
                try await walk.ends(revision: 1)
            }
        }

        @Test("in doubt: nobody guesses; the machine asks, and the portal has it once", Browser.requirement)
        func lostAnswer() async throws {
            try await walk("lost-answer") { walk in
                try await walk.browser.open(walk.screen.address + "dossiers/\(walk.first)")
                try await walk.shows("Chưa rõ kết quả")
                try await walk.browser.open(walk.screen.address + "dossiers/\(walk.first)/doubt")
                try await walk.shows("Bác không phải đoán.")
                try await walk.screen.sendNow()
                try await walk.ends(revision: 1)
                let held = try await walk.story.house.portal.state().dossiers
                #expect(held.count == 1 && held.first?.puts == 1)
            }
        }

        @Test("in doubt for days: whom to call with which numbers, then settled by itself", Browser.requirement)
        func inDoubtForDays() async throws {
            try await walk("lost-answer", clock: "+4d") { walk in
                try await walk.openRow("Chưa rõ kết quả")
                try await walk.shows("Sau 3 ngày vẫn chưa rõ thì gọi")
                try await walk.shows(walk.first)
                try await walk.screen.sendNow()
                try await walk.ends(revision: 1)
            }
        }

        @Test("the first dossier is accepted by the story's officer as it arrives", Browser.requirement)
        func firstDossier() async throws {
            try await walk("first-dossier") { walk in
                let house = walk.story.house
                let sample = try await house.sample("LUU_TRU")
                let made = try await house.json(["dossier", "new", "--procedure", "LUU_TRU", "--answers", sample, "--seal"])
                try await walk.screen.sendNow()
                try await walk.browser.open(walk.screen.address + "dossiers/\(made["id"]?.stringValue ?? "")")
                try await walk.shows("Đã tiếp nhận")
            }
        }

        // MARK: Steps that several stories have

        /// Takes the page that was returned again with the camera.
        private func takeAgain(_ walk: Walk) async throws {
            let browser = walk.browser
            try await walk.shows("Chụp lại trang này")
            try await walk.screen.press("Chụp lại trang này")
            try await walk.screen.until("the camera is on by itself") {
                try await browser.execute("return paperCamera.dialog.open && !paperCamera.shoot.disabled") == true
            }
            try await walk.screen.click(".camera[open] button.primary")
            try await walk.screen.until("the page is judged") {
                try await browser.execute("return paperEditor.dialog.open && !paperEditor.save.disabled") == true
            }
            try await walk.screen.click(".editor[open] button.primary")
            try await walk.screen.until("the new page took its place") {
                try await browser.execute(
                    "return document.querySelector('#c-GIAY_TO_KHACH .files').textContent.includes('trang-')") == true
            }
        }

        /// Opens the form's section that has a field.
        private func openField(_ pointer: String, _ walk: Walk) async throws {
            let path = try await walk.screen.place()
            let parts = path.split(separator: "/")
            let links = try await walk.browser.execute(
                "return [...document.querySelectorAll('a[href*=\"/form/\"]')].map((one) => one.getAttribute('href'))")
            let found = "[data-address='\(pointer)']"
            if try await walk.browser.count(found) == 1 { return }
            for link in Set(links.arrayValue?.compactMap(\.stringValue) ?? []) where parts.count > 1 && link.contains(parts[1]) {
                try await walk.browser.open(walk.screen.address + link.dropFirst())
                try await walk.screen.until("\(link) is open") { try await !walk.screen.place().isEmpty }
                if try await walk.browser.count(found) == 1 { return }
            }
            throw House.Failure("no section has \(pointer)")
        }

        /// Presses six digits on the large keys and saves them.
        private func enter(_ code: String, _ walk: Walk) async throws {
            try await walk.shows("Mã 6 số")
            for (index, digit) in code.enumerated() {
                try await walk.screen.click(".keypad [value='\(digit)']")
                let typed = String(code.prefix(index + 1))
                try await walk.screen.until("\(index + 1) digits are there") {
                    (try? await walk.browser.execute("return document.querySelector('.digits').value").stringValue) == typed
                }
            }
            try await walk.screen.press("Lưu mã")
            try await walk.shows("Đã lưu mã 6 số")
        }
    }
}
