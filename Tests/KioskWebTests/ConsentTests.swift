import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import KioskWeb
import Testing

@Suite struct ConsentTests {
    private static let path = "M10 10L300 200L310 30"

    private func fields(_ change: [String: String?]) -> [String: String] {
        var all = Kiosk.consent
        for (name, value) in change { all["consent.\(name)"] = value }
        return all
    }

    private func post(_ kiosk: Kiosk, _ id: String, _ change: [String: String?]) async throws -> Kiosk.Page {
        try await kiosk.post("/dossiers/\(id)/review", fields(change))
    }

    /// The error beside a field.
    private func error(_ name: String, on page: Kiosk.Page) -> String {
        guard let start = page.text.range(of: "id=\"e-consent-\(name)\">") else { return "" }
        return String(page.text[start.upperBound...].prefix { $0 != "<" })
    }

    @Test func `nothing is ticked beforehand, and what is missing is told beside its field in both languages`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample("LUU_TRU")
        let review = try await kiosk.get("/dossiers/\(id)/review").text
        let card = String(review[(try #require(review.range(of: "id=\"consent\""))).lowerBound...])
        for purpose in ["filing", "keep-scans", "contact", "reuse"] {
            #expect(card.contains("name=\"consent.\(purpose)\" value=\"yes\""))
        }
        #expect(!card.contains(" checked") && !card.contains("role=\"alert\""))

        let empty = try await kiosk.post("/dossiers/\(id)/review")
        #expect(empty.status == 422)
        for name in ["filing", "keep-scans", "by", "evidence"] {
            #expect(!error(name, on: empty).isEmpty, "\(name)")
            #expect(empty.text.contains("href=\"#consent-\(name)\""))
        }
        #expect(error("contact", on: empty).isEmpty && error("reuse", on: empty).isEmpty)
        #expect(error("filing", on: empty).contains("Chưa đồng ý: Nộp hồ sơ thay"))
        _ = try await kiosk.post("/language", ["lang": "en", "back": "/"])
        #expect(
            error("filing", on: try await kiosk.post("/dossiers/\(id)/review")).contains("Not agreed to: Filing on my behalf"))
        _ = try await kiosk.post("/language", ["lang": "vi", "back": "/"])
        #expect(try await kiosk.open().dossier(id).summary.state == .draft)
        #expect(try await post(kiosk, id, ["contact": nil, "reuse": nil]).location == "/dossiers/\(id)/receipt")
    }

    @Test func `what was told is kept while something is missing`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample("LUU_TRU")
        let page = try await post(
            kiosk, id,
            [
                "filing": nil, "by": "guardian", "guardian": "Bùi <b>Bí", "relation": "mother", "evidence": "signature",
                "signature": Self.path, "cannotWrite": nil,
            ])
        #expect(
            page.status == 422 && page.text.contains("value=\"Bùi &lt;b&gt;Bí\"") && page.text.contains("value=\"\(Self.path)\""))
        #expect(page.text.contains("name=\"consent.relation\" value=\"mother\" autocomplete=\"off\" checked"))
        #expect(error("filing", on: page) != "" && error("guardian", on: page) == "" && error("signature", on: page) == "")
        #expect(
            try await post(kiosk, id, ["evidence": "signature", "signature": "M1 1\"><script>"]).text.contains("Chưa có chữ ký"))
        #expect(try await error("reason", on: post(kiosk, id, ["reason": " "])) != "")
        #expect(try await error("witness", on: post(kiosk, id, ["cannotWrite": "yes"])).contains("người làm chứng"))
        #expect(try await error("photo", on: post(kiosk, id, ["evidence": "photo"])).contains("Chưa có ảnh"))
    }

    @Test func `a guardian signs; the dossier's page shows it, and an optional purpose is taken back there`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample("LUU_TRU")
        let sealed = try await post(
            kiosk, id,
            [
                "contact": nil, "by": "guardian", "guardian": "Bùi Thị Bí", "relation": "mother", "evidence": "signature",
                "signature": Self.path,
            ])
        #expect(sealed.location == "/dossiers/\(id)/receipt")
        let page = try await kiosk.get("/dossiers/\(id)").text
        #expect(page.contains("không đồng ý gọi điện") && page.contains("href=\"/dossiers/\(id)/consents/1\""))
        let shown = try await kiosk.get("/dossiers/\(id)/consents/1").text
        for words in ["Bùi Thị Bí – Mẹ", "d=\"\(Self.path)\"", "Bùi Văn An", "phiên bản", "[filing]"] {
            #expect(shown.contains(words))
        }
        #expect(!shown.contains("[contact]"))
        for path in ["consents/2", "consents/x", "consents/1/page", "consent/page"] {
            #expect(try await kiosk.get("/dossiers/\(id)/\(path)").status == 404, "\(path)")
        }
        #expect(try await !kiosk.get("/dossiers/\(id)/receipt").text.contains(Self.path), "printed on nothing official")

        #expect(page.contains("name=\"purpose\" value=\"reuse\"") && !page.contains("name=\"purpose\" value=\"filing\""))
        let withdraw = "/dossiers/\(id)/consent/withdraw"
        #expect(try await kiosk.post(withdraw, ["purpose": "filing"]).status == 409)
        #expect(try await kiosk.post(withdraw, ["purpose": "reuse"]).location == "/dossiers/\(id)#consent")
        #expect(try await kiosk.post(withdraw, ["purpose": "reuse"]).status == 409)
        let after = try await kiosk.get("/dossiers/\(id)").text
        #expect(after.contains("đã rút lại") && after.contains("Người dân rút lại sự đồng ý: Dùng lại thông tin"))
        #expect(!after.contains("name=\"purpose\""))
    }

    @Test func `the morning list says who must not be called`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample("LUU_TRU")
        _ = try await post(kiosk, id, ["contact": nil])
        let unlocked = try await kiosk.open()
        for operation in try await unlocked.due(now: kiosk.clock.now, limit: 50) where operation.kind == .account {
            _ = try await unlocked.begin(operation, now: kiosk.clock.now)
            let progress = AccountProgress(status: "code-sent", expiresAt: "2022-04-09T10:00:00+07:00", attemptsLeft: 3)
            try await unlocked.record(.delivered(.account(progress)), of: operation, now: kiosk.clock.now)
        }
        let list = try await kiosk.get("/attention").text
        #expect(list.contains("0900000103") && list.contains("không đồng ý gọi điện"))
    }

    @Test func `the photo of the signed page is taken, shown and sealed`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample("LUU_TRU")
        func send(_ bytes: [UInt8]) async throws -> Kiosk.Page {
            try await kiosk.send("POST", "/dossiers/\(id)/consent/page", headers: ["X-CSRF-Token": kiosk.csrf], body: bytes)
        }
        #expect(try await send(Picture.webp).status == 415)
        #expect(try await send([]).status == 422)
        #expect(try await send(Picture.png).json?["saved"] == true)
        #expect(try await kiosk.get("/dossiers/\(id)/review").text.contains("<img src=\"/dossiers/\(id)/consent/page\""))
        #expect(try await kiosk.get("/dossiers/\(id)/consent/page").bytes == Picture.png)
        let witnessed =
            ["evidence": "photo", "reason": nil, "cannotWrite": "yes", "witness": "Quách Văn Chứng"] as [String: String?]
        #expect(try await post(kiosk, id, witnessed).location == "/dossiers/\(id)/receipt")
        let page = try await kiosk.get("/dossiers/\(id)/consents/1/page")
        #expect(page.bytes == Picture.png && page.response.headers["Content-Type"] == "image/png")
        let shown = try await kiosk.get("/dossiers/\(id)/consents/1").text
        #expect(shown.contains("Quách Văn Chứng") && shown.contains("/dossiers/\(id)/consents/1/page"))
        #expect(try await send(Picture.png).status == 409)
    }
}

/// Signing in a real browser.
@Suite(Browser.requirement, .serialized) struct ConsentBrowserTests {
    private func tick(_ browser: Browser) async throws {
        for id in ["filing", "keep-scans"] { try await browser.find("[name='consent.\(id)']").click() }
        try await browser.find("[name='consent.by'][value=applicant]").click()
    }

    private func signature(_ browser: Browser) async throws -> String {
        try await browser.find("[name='consent.signature']").property("value").stringValue ?? ""
    }

    private func strokes(_ browser: Browser) async throws -> Int { try await signature(browser).count { $0 == "M" } }

    @Test func `a resident signs with a finger, a pen or the mouse`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample("LUU_TRU")
        try await kiosk.inBrowser { browser, base in
            try await browser.open("\(base)/dossiers/\(id)/review")
            try await tick(browser)
            let pad = try await browser.find("canvas.pad")
            #expect(try await !pad.isDisplayed())
            #expect(try await !browser.find("#consent-guardian").isDisplayed())
            try await browser.find("[name='consent.evidence'][value=signature]").click()
            try await eventually("the frame is there") { try await pad.isDisplayed() }
            _ = try await browser.execute("arguments[0].scrollIntoView({block: 'center'})", [pad.reference])
            for (index, pointer) in ["touch", "mouse", "pen"].enumerated() {
                try await browser.draw(on: pad, with: pointer, [(-80, -40), (0, 30 + index), (60, -30), (90, 20)])
                try await eventually("a stroke by \(pointer)") { try await strokes(browser) == index + 1 }
            }
            #expect(Signature(path: try await signature(browser)) != nil)
            let ink =
                "const d = arguments[0].getContext('2d').getImageData(0, 0, 1000, 400).data; return d.some((value) => value > 0)"
            #expect(try await browser.execute(ink, [pad.reference]) == true)
            try await browser.button("Bỏ nét cuối").click()
            #expect(try await strokes(browser) == 2)
            try await browser.button("Ký lại").click()
            #expect(try await signature(browser) == "")
            #expect(try await browser.execute(ink, [pad.reference]) == false)

            // Forgotten to sign: what was ticked stays, and what was drawn is drawn again.
            try await browser.button("Ghi nhận và in phiếu").click()
            try await eventually("told beside the frame") {
                try await browser.text().contains("Chưa có chữ ký")
            }
            #expect(try await browser.find("[name='consent.filing']").property("checked") == true)
            try await browser.find("[name='consent.keep-scans']").click()
            let again = try await browser.find("canvas.pad")
            _ = try await browser.execute("arguments[0].scrollIntoView({block: 'center'})", [again.reference])
            try await browser.draw(on: again, with: "touch", [(-80, -40), (0, 30), (60, -30)])
            try await eventually("signed") { try await strokes(browser) == 1 }
            let path = try await signature(browser)
            try await browser.button("Ghi nhận và in phiếu").click()
            try await eventually("told what is not agreed to") {
                try await browser.text().contains("Chưa đồng ý: Giữ ảnh")
            }
            #expect(try await signature(browser) == path)
            #expect(try await browser.execute(ink, [browser.find("canvas.pad").reference]) == true)
            try await browser.find("[name='consent.keep-scans']").click()
            try await browser.button("Ghi nhận và in phiếu").click()
            _ = try await browser.find(".receipt-number")
            #expect(try await kiosk.open().consent(of: id, revision: 1).signature?.path == path)
            try await browser.open("\(base)/dossiers/\(id)/consents/1")
            #expect(try await browser.find("svg.signature").isDisplayed())
            // What was not enough is an answer of 422, which the console notes.
            #expect(try await browser.console().filter { $0.hasPrefix("SEVERE") && !$0.contains("422") } == [])
        }
    }

    @Test func `a photo of the signed page, with a witness, or the operator's word`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let (first, second) = (try await kiosk.beginSample("LUU_TRU"), try await kiosk.beginSample("LUU_TRU"))
        try await kiosk.inBrowser { browser, base in
            try await browser.open("\(base)/dossiers/\(first)/review")
            try await tick(browser)
            try await browser.find("[name='consent.evidence'][value=photo]").click()
            try await browser.find("#consent-photo input[type=file]").setFile(try kiosk.folder.write("page.png", Picture.png))
            try await eventually("the photo is there") { try await browser.count("#consent-photo .files img") == 1 }
            let witness = try await browser.find("#consent-witness")
            #expect(try await !witness.isDisplayed())
            try await browser.find("[name='consent.cannotWrite']").click()
            try await eventually("the witness is asked for") { try await witness.isDisplayed() }
            try await witness.type("Quách Văn Chứng")
            try await browser.button("Ghi nhận và in phiếu").click()
            _ = try await browser.find(".receipt-number")
            let record = try await kiosk.open().consent(of: first, revision: 1)
            #expect(record.page?.size == Picture.png.count && record.consent.witness == "Quách Văn Chứng")

            try await browser.open("\(base)/dossiers/\(second)/review")
            try await tick(browser)
            try await browser.find("[name='consent.evidence'][value=witnessed]").click()
            try await browser.find("[name='consent.reason']").type("Tay đau, máy ảnh hỏng")
            try await browser.button("Ghi nhận và in phiếu").click()
            _ = try await browser.find(".receipt-number")
            #expect(try await kiosk.open().dossier(second).consent?.reason == "Tay đau, máy ảnh hỏng")
            #expect(try await browser.console().filter { $0.hasPrefix("SEVERE") } == [])
        }
    }
}
