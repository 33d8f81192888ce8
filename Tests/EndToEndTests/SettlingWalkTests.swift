import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    /// What came back from the portal, settled in the browser: from its cause to its visible end.
    @Suite("Settled at the counter")
    struct SettlingWalkTests {
        /// A kiosk whose dossier of a procedure is at the portal.
        private func delivered(_ procedure: String = "LUU_TRU") async throws -> (house: House, id: String) {
            let house = try await House()
            let id = try await seal(procedure, house)
            #expect(try await house.json(["sync"])["delivered"]?.int == 1)
            return (house, id)
        }

        private func seal(_ procedure: String, _ house: House) async throws -> String {
            let sample = try await house.sampleFile(procedure)
            var words = ["dossier", "new", "--procedure", procedure, "--answers", try await house.sample(procedure), "--seal"]
            for (component, path) in try house.papers(sample["components"]?.arrayValue?.compactMap(\.stringValue) ?? []) {
                words += ["--attach", "\(component)=\(path)"]
            }
            return try #require(try await house.json(words)["id"]?.stringValue)
        }

        /// Shows pages of an unlocked kiosk to a village head.
        private func walk(_ house: House, _ steps: (Screen) async throws -> Void) async throws {
            let (program, address) = try await house.serve()
            try await Browser.run { browser in
                try await browser.setWindow(width: 1280, height: 900)
                let screen = Screen(browser: browser, address: address)
                try await screen.unlock()
                try await steps(screen)
                // A form that was sent incomplete is answered with 422, which the browser notes.
                let console = try await browser.console().filter { !$0.contains("422") }
                #expect(console.isEmpty)
            }
            program.send(.interrupt)
            #expect(try await program.wait().status == 0)
        }

        private func shows(_ screen: Screen, _ text: String) async throws {
            try await screen.until("the page says «\(text)»") { try await screen.browser.text().contains(text) }
            let faults = try await screen.faults()
            #expect(faults.isEmpty, "\(text): \(faults)")
        }

        private func send(_ screen: Screen) async throws { try await screen.sendNow() }

        @Test(
            "A clash: side by side, the result looked at, decided, taken back, decided anew, sent; the history tells who",
            Browser.requirement)
        func clash() async throws {
            let (house, id) = try await delivered()
            let served = try await ServedKiosk(house)
            try await served.post("/dossiers/\(id)/reopen")
            try await served.answer(id, "/stay/reason", "Khám bệnh ở bệnh viện huyện")
            try await served.answer(id, "/stay/until", "2022-04-12")
            try await served.stop()
            _ = try await house.json(["dossier", "seal", id])
            for (pointer, value) in [("reason", "Khám bệnh ở bệnh viện tỉnh"), ("until", "2022-04-11")] {
                try await house.portal.act(
                    dossier: id, act: "edit-field", pointer: "/fields/stay/\(pointer)", value: .string(value))
            }
            #expect(try await house.json(["sync"], status: [3])["conflicts"]?.int == 1)
            try await walk(house) { screen in
                let browser = screen.browser
                try await browser.open(screen.address + "attention")
                try await screen.click(".work-row .primary")
                try await shows(screen, "Đối chiếu hai bản")
                let marked = try await browser.execute(
                    "return [...document.querySelectorAll('mark.differs')].map((one) => one.textContent).join('|')")
                #expect(
                    marked.stringValue?.contains("huyện") == false && marked.stringValue?.isEmpty == false,
                    "letters, not words: \(marked)")
                // Nothing is chosen beforehand.
                #expect(try await browser.count("input[type=radio]:checked") == 0)
                try await screen.press("Xem kết quả")
                try await shows(screen, "Còn 2 mục chưa chọn")
                try await screen.click("[id='f-stay-until'] input[value=other]")
                try await browser.find("[id='f-stay-until'] input[type=text]").type("01/01/2022")
                try await screen.click("[id='f-stay-reason'] input[value=theirs]")
                try await screen.press("Xem kết quả")
                try await shows(screen, "Chưa ghi nhận được")
                #expect(try await browser.count("button[value=decide]") == 0, "what the form does not take cannot be sealed")
                try await screen.press("Chọn lại")
                try await shows(screen, "Đối chiếu hai bản")
                #expect(try await browser.count("[id='f-stay-reason'] input[value=theirs]:checked") == 1, "what was chosen stays")
                try await screen.click("[id='f-stay-until'] input[value=ours]")
                try await screen.press("Xem kết quả")
                try await shows(screen, "Kết quả đúng mẫu")
                try await screen.press("Ghi nhận kết quả này")
                try await shows(screen, "Đã chọn xong chỗ khác nhau")
                try await screen.press("Lấy lại để chọn lại")
                try await shows(screen, "Đối chiếu hai bản")
                try await screen.click("[id='f-stay-until'] input[value=ours]")
                try await screen.click("[id='f-stay-reason'] input[value=other]")
                try await browser.find("[id='f-stay-reason'] input[type=text], [id='f-stay-reason'] textarea").type("Khám bệnh")
                try await screen.press("Xem kết quả")
                try await shows(screen, "Kết quả đúng mẫu")
                try await screen.press("Ghi nhận kết quả này")
                try await shows(screen, "Đã chọn xong chỗ khác nhau")
                try await send(screen)
                try await browser.open(screen.address + "dossiers/\(id)")
                try await shows(screen, "Đã gửi lên cổng")
                let text = try await browser.text()
                #expect(!text.contains("Lấy lại để chọn lại"), "what was sent is not taken back")
                #expect(text.contains("Đã chọn xong chỗ khác nhau") && text.contains(House.operatorName))
                #expect(text.contains("Lấy lại quyết định để chọn lại"))
            }
            let fields = try #require(try await house.portal.state().dossier(id)).fields
            #expect(fields["stay"]?["reason"] == "Khám bệnh" && fields["stay"]?["until"] == "2022-04-12")
        }

        @Test(
            "A second dossier of one person is noticed at capture, refused by the portal, explained, and taken",
            Browser.requirement)
        func duplicate() async throws {
            let (house, first) = try await delivered("TAM_VANG")
            let draft = try await house.draft("TAM_VANG")
            try await walk(house) { screen in
                try await screen.browser.open(screen.address + "dossiers/\(draft)/review")
                try await shows(screen, "Người này đã có hồ sơ cùng thủ tục ở máy này")
                #expect(try await screen.browser.count("main .notice.warn a[href='/dossiers/\(first)']") == 1)
            }
            let second = try await seal("TAM_VANG", house)
            #expect(try await house.json(["sync"], status: [3])["conflicts"]?.int == 1)
            try await walk(house) { screen in
                let browser = screen.browser
                try await browser.open(screen.address + "attention")
                try await screen.click(".work-row .primary")
                try await shows(screen, "Người dân đã có hồ sơ này trên cổng")
                #expect(
                    try await browser.count(".notice.bad a[href='/dossiers/\(first)']") == 1,
                    "the other one is here and can be looked at")
                try await browser.find("#explanation").type("Lần vắng thứ hai, sau khi đã về")
                try await screen.press("Gửi lại kèm giải trình")
                try await send(screen)
                try await browser.open(screen.address + "dossiers/\(second)")
                try await shows(screen, "Đã gửi lên cổng")
            }
            #expect(try await house.portal.state().dossier(second)?.revision == 2)
            // A third is withdrawn: the portal never had it.
            let third = try await seal("TAM_VANG", house)
            _ = try await house.json(["sync"], status: [3])
            try await walk(house) { screen in
                try await screen.browser.open(screen.address + "dossiers/\(third)")
                try await screen.press("Rút hồ sơ ở đây")
                try await screen.browser.find("#reason").type("Làm trùng")
                try await screen.click("[name=by][value=applicant]")
                try await screen.click("[name=consents]")
                try await screen.click("button.danger.solid")
                try await shows(screen, "Đã rút, không gửi")
                try await screen.browser.open(screen.address + "attention")
                try await shows(screen, "Không có việc nào cần xử lý")
            }
            #expect(try await house.portal.state().dossier(third) == nil)
        }

        @Test("A dossier is withdrawn with reason and consent; one with a result prints what to bring", Browser.requirement)
        func withdrawalAndResult() async throws {
            let (house, id) = try await delivered()
            let other = try await seal("LUU_TRU", house)
            _ = try await house.json(["sync"])
            try await walk(house) { screen in
                let browser = screen.browser
                try await browser.open(screen.address + "dossiers/\(id)")
                try await screen.press("Rút hồ sơ")
                try await shows(screen, "Lý do rút, theo lời người dân")
                try await browser.find("#reason").type("Khách không đến nữa")
                try await screen.click("[name=by][value=applicant]")
                try await screen.click("[name=consents]")
                try await screen.click("button.danger.solid")
                try await shows(screen, "Người dân xin rút hồ sơ; yêu cầu đang chờ gửi lên cổng")
                #expect(try await browser.text().contains("Thôi rút"))
                try await browser.open(screen.address + "sync")
                try await screen.press("Gửi ngay")
                try await screen.until("the portal took it") { try await house.portal.state().dossier(id)?.status == "withdrawn" }
                try await browser.open(screen.address + "dossiers/\(id)")
                try await shows(screen, "Công dân rút")
                #expect(try await browser.text().contains("Khách không đến nữa"))

                for act in ["accept", "resolve"] { try await house.portal.act(dossier: other, act: act) }
                try await browser.open(screen.address + "sync")
                try await screen.press("Gửi ngay")
                try await screen.until("the result comes home") {
                    try await browser.open(screen.address + "dossiers/\(other)")
                    return try await browser.text().contains("Đã có kết quả từ")
                }
                try await screen.press("Xem phải mang gì, in phiếu báo")
                try await shows(screen, "PHIẾU BÁO KẾT QUẢ")
                #expect(try await browser.text().contains("Mang theo"))
            }
        }

        @Test("Without a browser: a withdrawal from standard input, a decision undone, a duplicate explained")
        func commands() async throws {
            let (house, id) = try await delivered()
            let words = Array(#"{"reason": "Khách không đến", "consentedBy": "Hà Thị Nụ", "by": "applicant"}"#.utf8)
            #expect(try await house.run(["dossier", "withdraw", id, "--from", "-"], input: Array("{}".utf8)).status == 1)
            #expect(try await house.run(["dossier", "withdraw", id]).status == 2)
            #expect(try await house.run(["dossier", "withdraw", id, "--from", "-"], input: words).status == 0)
            #expect(try await house.run(["dossier", "withdraw", id, "--cancel"]).status == 0)
            #expect(try await house.run(["dossier", "withdraw", id, "--cancel"]).status == 1)
            #expect(try await house.run(["dossier", "withdraw", id, "--from", "-"], input: words).status == 0)
            _ = try await house.json(["sync"])
            #expect(try await house.portal.state().dossier(id)?.status == "withdrawn")

            let first = try await seal("TAM_VANG", house)
            let second = try await seal("TAM_VANG", house)
            _ = try await house.json(["sync"], status: [3])
            let kinds = try await house.json(["reconcile", "list"], status: [3]).arrayValue ?? []
            let refused = try #require(kinds.first?["id"]?.stringValue)
            #expect(kinds.map { $0["kind"] } == ["duplicate"] && [first, second].contains(refused))
            let why = Array("Lần vắng thứ hai".utf8)
            #expect(try await house.run(["reconcile", "explain", refused, "--from", "-"], input: why).status == 0)
            #expect(try await house.json(["sync"])["delivered"]?.int == 1)
            #expect(try await house.run(["reconcile", "undo", refused]).status == 1, "nothing was decided")
        }

        @Test(
            "A portal restored from yesterday's backup has lost an amendment that it had confirmed: it gets it again, and nobody is asked"
        )
        func restoredPortal() async throws {
            let (house, id) = try await delivered()
            let backup = house.folder.file("backup")
            // A copy of a database that is being served may be torn: the portal is stopped for it.
            let port = house.portalAddress.split(separator: ":").last.map(String.init) ?? ""
            house.portalProgram.send(.interrupt)
            _ = try await house.portalProgram.wait()
            try FileManager.default.copyItem(atPath: house.folder.file("portal"), toPath: backup)
            func portal(_ folder: String) async throws -> Program {
                let program = try Program(House.kiosk, ["portal", "--data", folder, "--port", port])
                _ = try await program.line { $0.contains("http://") }
                return program
            }
            let today = try await portal(house.folder.file("portal"))
            let served = try await ServedKiosk(house)
            try await served.post("/dossiers/\(id)/reopen")
            try await served.answer(id, "/stay/reason", "Khám bệnh")
            try await served.stop()
            _ = try await house.json(["dossier", "seal", id])
            #expect(try await house.json(["sync"])["delivered"]?.int == 1)
            #expect(try await house.portal.state().dossier(id)?.fields["stay"]?["reason"] == "Khám bệnh")
            today.send(.interrupt)
            _ = try await today.wait()

            let restored = try await portal(backup)
            #expect(try await house.portal.state().dossier(id)?.fields["stay"]?["reason"] == "Thăm người thân", "it has lost it")
            try await house.portal.act(dossier: id, act: "edit-field", pointer: "/fields/stay/until", value: "2022-04-11")
            // Whoever restores a portal gives its feed new places; otherwise old ones would mean other changes.
            try await house.portal.forget(feed: true)
            for _ in 0..<3 { _ = try await house.run(["sync"]) }
            let fields = try #require(try await house.portal.state().dossier(id)).fields
            #expect(fields["stay"]?["reason"] == "Khám bệnh", "the resident's typing is there again")
            #expect(fields["stay"]?["until"] == "2022-04-11", "and what the officer did since the restoration stays")
            let shown = try await house.json(["dossier", "show", id])
            #expect(shown["state"] == "delivered" && shown["answers"] == fields)
            #expect(shown["history"]?.arrayValue?.contains { $0["event"] == "portal-went-back" } == true)
            restored.send(.interrupt)
            _ = try await restored.wait()
        }

        @Test("A dossier in conflict that the officer refuses meanwhile follows the portal and asks nobody any more")
        func settledMeanwhile() async throws {
            let (house, id) = try await delivered()
            let served = try await ServedKiosk(house)
            try await served.post("/dossiers/\(id)/reopen")
            try await served.answer(id, "/stay/reason", "Khám bệnh")
            try await served.stop()
            _ = try await house.json(["dossier", "seal", id])
            try await house.portal.act(dossier: id, act: "edit-field", pointer: "/fields/stay/reason", value: "Đi chợ")
            _ = try await house.json(["sync"], status: [3])
            try await house.portal.act(dossier: id, act: "refuse", remark: "Không thuộc xã này")
            #expect(try await house.json(["sync"])["conflicts"]?.int == 0)
            let shown = try await house.json(["dossier", "show", id])
            #expect(shown["state"] == "delivered" && shown["status"] == "refused")
            #expect(shown["history"]?.arrayValue?.contains { $0["event"] == "not-sent" } == true)
            #expect(try await house.json(["reconcile", "list"]) == [])
        }
    }
}
