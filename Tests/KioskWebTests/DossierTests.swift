import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskWeb
import Testing

@Suite struct DossierTests {
    @Test func `a sealed dossier gives a receipt`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample()
        let review = try await kiosk.get("/dossiers/\(id)/review")
        #expect(review.text.contains("Lò Minh An") && review.text.contains("Tôi đồng ý"))
        #expect(try await kiosk.post("/dossiers/\(id)/review", Kiosk.consent).location == "/dossiers/\(id)/receipt")
        let detail = try await kiosk.open().dossier(id)
        #expect(detail.consent?.by == .applicant)
        let receipt = try await kiosk.get("/dossiers/\(id)/receipt")
        #expect(receipt.text.contains(try #require(detail.summary.receipt)))
        #expect(receipt.text.contains("PHIẾU GHI NHẬN HỖ TRỢ") && receipt.text.contains("không phải giấy tiếp nhận"))
        #expect(receipt.text.contains("Giấy khai sinh – 1 tệp"))
        #expect(try await kiosk.get("/dossiers/\(id)/form").location == "/dossiers/\(id)")
        #expect(try await kiosk.get("/dossiers/\(id)/review").location == "/dossiers/\(id)")
        #expect(try await kiosk.get("/dossiers?state=sealed").text.contains("Lò Minh An"))
        let typed = detail.summary.receipt?.lowercased() ?? ""
        #expect(try await kiosk.post("/search", ["text": typed]).location == "/dossiers/\(id)")
    }

    @Test func `a stay's receipt tells the hour and what to do without a line`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.sealSample("LUU_TRU")
        let receipt = try await kiosk.get("/dossiers/\(id)/receipt")
        #expect(receipt.text.contains("trước 23:00 08/04/2022") && receipt.text.contains("gọi điện báo Công an xã"))
    }

    @Test func `a dossier with faults stays a draft and says what to mend`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        let review = try await kiosk.post("/dossiers/\(id)/review", Kiosk.consent)
        #expect(
            review.status == 422
                && review.text.contains("value=\"yes\" autocomplete=\"off\" aria-describedby=\"e-consent-filing\" checked"))
        #expect(review.text.contains("chỗ phải sửa") && review.text.contains("/dossiers/\(id)/papers#c-GIAY_KHAI_SINH"))
        #expect(try await kiosk.open().dossier(id).summary.state == .draft)
        #expect(try await kiosk.get("/dossiers/\(id)/receipt").location == "/dossiers/\(id)/review?check=1")
    }

    @Test func `a warning needs a reason, which the review takes`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample()
        try await kiosk.open().changeDraft(of: id, now: kiosk.clock.now) { $0.reasons = [:] }
        let consent = Kiosk.consent
        #expect(try await kiosk.post("/dossiers/\(id)/review", consent).status == 422)
        let reasons = ["r:/applicant/citizenId": "Đúng như trên thẻ", "r:/household/head/citizenId": "Đúng như trên thẻ"]
        let sealed = try await kiosk.post("/dossiers/\(id)/review", consent.merging(reasons) { $1 })
        #expect(sealed.location == "/dossiers/\(id)/receipt")
        // It stays with the dossier: on its page, and in what was sealed.
        let page = try await kiosk.get("/dossiers/\(id)").text
        #expect(page.contains("Lý do đã ghi") && page.components(separatedBy: "Đúng như trên thẻ").count == 3)
        #expect(
            try await kiosk.open().dossier(id).reasons
                == ["/applicant/citizenId": "Đúng như trên thẻ", "/household/head/citizenId": "Đúng như trên thẻ"])
    }

    /// Plays a run of the sync engine in which the portal refuses a dossier.
    private func reject(_ id: String, in kiosk: Kiosk) async throws {
        let unlocked = try await kiosk.open()
        let rejection = Rejection(
            code: "dossier-rejected", status: 422, detail: "Thông tin <b>chưa khớp</b>.",
            faults: [
                Rejection.Fault(
                    pointer: "/child/birthDate", code: "population-mismatch", message: "Ngày sinh không khớp",
                    expected: "2022-03-21")
            ])
        for _ in 0..<3 {
            for operation in try await unlocked.due(now: kiosk.clock.now, limit: 50) {
                guard try await unlocked.begin(operation, now: kiosk.clock.now) != nil else { continue }
                let outcome: Outcome =
                    switch operation.kind {
                    case .upload: .delivered(.uploaded(url: "/v1/files/1"))
                    case .account: .delivered(.account(AccountProgress(status: "verified")))
                    default: .rejected(rejection)
                    }
                try await unlocked.record(outcome, of: operation, now: kiosk.clock.now)
            }
        }
        #expect(try await unlocked.dossier(id).summary.state == .rejected)
    }

    @Test func `a refusal is told in plain words and leads to the field at fault`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.sealSample()
        try await reject(id, in: kiosk)
        #expect(try await kiosk.get("/").text.contains("class=\"tile alarm\""))
        #expect(try await kiosk.get("/attention").text.contains("Lò Minh An"))
        let page = try await kiosk.get("/dossiers/\(id)")
        #expect(
            page.text.contains("Ngày sinh của trẻ") && page.text.contains("Ngày sinh không khớp")
                && page.text.contains("21/03/2022"))
        #expect(
            page.text.contains("&lt;b&gt;chưa khớp") && page.text.contains("Sửa và gửi lại") && page.text.contains("Trưởng thôn"))
        let reopened = try await kiosk.post("/dossiers/\(id)/reopen")
        #expect(reopened.location == "/dossiers/\(id)/form/tre?check=1#i-f-child-birthDate")
        let form = try await kiosk.get("/dossiers/\(id)/form/tre").text
        #expect(form.contains("value=\"20/03/2022\"") && form.contains("Ngày sinh không khớp"))
        #expect(form.contains("Đã gửi: <b>20/03/2022</b>") && form.contains("Cơ sở dữ liệu dân cư ghi: <b>21/03/2022</b>"))
        #expect(form.contains("Gõ nhầm thì sửa ngay ở đây"), "the catalogue's advice stands beside it")
        #expect(form.contains("(chưa sửa)") && form.contains("name=\"do\" value=\"review\""))
        let receipt = try await kiosk.open().dossier(id).summary.receipt
        _ = try await kiosk.answer(id, "/child/birthDate", "21/03/2022", section: "tre")
        #expect(
            try await kiosk.post("/dossiers/\(id)/review", Kiosk.consent).location
                == "/dossiers/\(id)/receipt")
        let detail = try await kiosk.open().dossier(id)
        #expect(detail.summary.revision == 2 && detail.summary.receipt == receipt)
        #expect(try await kiosk.post("/dossiers/\(id)/reopen").status == 409)
    }

    @Test func `what came back is sent again on the resident's word, which is asked for and kept`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.sealSample()
        #expect(
            try await kiosk.get("/dossiers/\(id)/referral").location == "/dossiers/\(id)", "nothing came back: no referral")
        try await reject(id, in: kiosk)
        let referral = try await kiosk.get("/dossiers/\(id)/referral").text
        #expect(referral.contains("khai là 20/03/2022; dữ liệu dân cư ghi 21/03/2022") && referral.contains("Mang theo"))
        #expect(try await kiosk.post("/dossiers/\(id)/park").location == "/dossiers/\(id)")
        #expect(try await kiosk.get("/dossiers/\(id)").text.contains("Đang tạm gác"))
        _ = try await kiosk.post("/dossiers/\(id)/unpark")
        #expect(try await !kiosk.get("/dossiers/\(id)").text.contains("Đang tạm gác"))
        _ = try await kiosk.post("/dossiers/\(id)/reopen", ["note": "0"])
        _ = try await kiosk.answer(id, "/child/birthDate", "21/03/2022", section: "tre")
        let review = try await kiosk.get("/dossiers/\(id)/review").text
        #expect(review.contains("name=\"consent.again\"") && review.contains("(✓ đã sửa)"))
        let unsaid = try await kiosk.post("/dossiers/\(id)/review", ["do": "send"])
        #expect(unsaid.status == 422 && unsaid.text.contains("Hãy hỏi người dân và đánh dấu."))
        #expect(kiosk.sync.starts == 0)
        let first = try #require(try await kiosk.open().dossier(id).consent)
        let sent = try await kiosk.post("/dossiers/\(id)/review", ["do": "send", "consent.again": "yes"])
        #expect(sent.location == "/sync" && kiosk.sync.starts == 1)
        let detail = try await kiosk.open().dossier(id)
        let consent = try #require(detail.consent)
        #expect(detail.summary.revision == 2 && consent.purposes == first.purposes && consent.by == first.by)
        #expect(consent.evidence == .witnessed && consent.reason?.contains("vẫn đồng ý như đã ghi ngày") == true)
    }

    @Test func `the six digits are taken for an account that awaits them`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.sealSample()
        let unlocked = try await kiosk.open()
        let account = try #require(try await unlocked.due(now: kiosk.clock.now, limit: 50).first { $0.kind == .account })
        _ = try await unlocked.begin(account, now: kiosk.clock.now)
        let progress = AccountProgress(status: "code-sent", expiresAt: "2022-04-09T10:00:00+07:00", attemptsLeft: 3)
        try await unlocked.record(.delivered(.account(progress)), of: account, now: kiosk.clock.now)
        #expect(try await kiosk.get("/attention").text.contains("href=\"/accounts/\(account.subject)\""))
        for path in ["/accounts/\(account.subject)", "/dossiers/\(id)"] {
            let page = try await kiosk.get(path)
            #expect(page.text.contains("Mã 6 số") && page.text.contains("0900000101"))
        }
        let path = "/accounts/\(account.subject)/code"
        #expect(try await kiosk.post(path, ["code": "12345", "next": "/attention"]).location == "/attention?code=wrong")
        #expect(try await kiosk.post(path, ["code": "123 456", "next": "/attention"]).location == "/attention?code=saved")
        #expect(
            try await unlocked.queue(now: kiosk.clock.now).contains { $0.kind == "verification" && $0.subject == account.subject }
        )
        #expect(try await kiosk.get("/accounts").text.contains("Đã lưu mã 6 số"))
        #expect(try await kiosk.get("/attention").text.contains("Không có việc nào"))
        #expect(
            try await kiosk.get("/").text.contains("<a class=\"tile calm\" href=\"/attention\">"),
            "nobody has to do anything more")
        let asked = try await kiosk.post("/accounts/\(account.subject)/new-code", ["next": "/dossiers/\(id)"])
        #expect(asked.location == "/dossiers/\(id)")
        #expect(try await kiosk.get("/dossiers/\(id)").text.contains("Đã ghi việc xin mã mới"))
        kiosk.clock.advance(86_400)
        _ = try await kiosk.get("/unlock")
        try await kiosk.unlock()
        #expect(try await kiosk.get("/accounts").text.contains("Mã đã hết hạn"))
        #expect(try await kiosk.post("/accounts/nobody/new-code", ["next": "/attention"]).status == 422)
    }

    @Test func `a draft that was never sealed can be thrown away, a sealed dossier cannot`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let draft = try await kiosk.beginSample()
        #expect(try await kiosk.get("/dossiers/\(draft)").text.contains("/dossiers/\(draft)/discard"))
        #expect(try await kiosk.get("/dossiers/\(draft)/discard").text.contains("không lấy lại được"))
        #expect(try await kiosk.post("/dossiers/\(draft)/discard").location == "/dossiers?state=draft")
        #expect(try await kiosk.get("/dossiers/\(draft)").status == 404)
        let sealed = try await kiosk.sealSample()
        #expect(try await kiosk.get("/dossiers/\(sealed)/discard").status == 409)
        #expect(try await kiosk.post("/dossiers/\(sealed)/discard").status == 409)
    }

    @Test func `a long list goes on by its last row`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        for _ in 0..<30 {
            kiosk.clock.advance(1)
            _ = try await kiosk.begin()
        }
        let first = try await kiosk.get("/dossiers?state=draft")
        #expect(first.text.components(separatedBy: "class=\"row\"").count == 26)
        let range = try #require(
            first.text.range(of: "/dossiers?state=draft&amp;after=") ?? first.text.range(of: "/dossiers?state=draft&after="))
        let place = first.text[range.upperBound...].prefix { $0 != "\"" }
        let second = try await kiosk.get("/dossiers?state=draft&after=\(place)")
        #expect(second.text.components(separatedBy: "class=\"row\"").count == 6)
    }

    @Test func `the sync page says how things stand`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        _ = try await kiosk.sealSample("LUU_TRU")
        #expect(try await kiosk.get("/sync").text.contains("2 việc chờ gửi"))
        let progress = SyncProgress(phase: .sending, delivered: 2, uploaded: 5, bytesSent: 3_145_728)
        kiosk.sync.set(SyncStatus(isRunning: true, progress: progress, trouble: "Một chương trình khác đang gửi."))
        let status = try await kiosk.get("/sync/status")
        #expect(status.json?["running"] == true && status.json?["title"] == "Đang gửi…")
        #expect(status.json?["lines"]?.arrayValue?.first?.stringValue?.contains("3,0 MB") == true)
        #expect(status.text.contains("Một chương trình khác"))
    }

    @Test func `addresses carry no personal data`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample()
        for path in ["/", "/dossiers", "/dossiers/\(id)", "/dossiers/\(id)/review?check=1", "/dossiers/\(id)/papers"] {
            let text = try await kiosk.get(path).text
            for link in text.components(separatedBy: "href=\"").dropFirst().map({ $0.prefix { $0 != "\"" } }) {
                #expect(!link.contains("Mai") && !link.contains("099194000123") && !link.contains("09000"))
            }
        }
    }
}
