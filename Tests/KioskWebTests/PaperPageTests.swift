import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import Testing

@testable import KioskWeb

/// What can be printed, as pages.
@Suite struct PaperPageTests {
    /// The texts of a page's spans of a class, in order.
    private func given(_ page: Kiosk.Page) -> [String] {
        page.text.components(separatedBy: "<span class=\"given\">").dropFirst().map {
            $0.components(separatedBy: "</span>")[0]
        }
    }

    private func digits(_ page: Kiosk.Page) -> [String] {
        page.text.components(separatedBy: "<span class=\"digit-boxes\">").dropFirst().map { row in
            row.components(separatedBy: "</p>")[0].filter(\.isNumber)
        }
    }

    @Test func `the child is whom a newborn's form is about, and the parent is called`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample()
        let page = try await kiosk.get("/dossiers/\(id)/sheet")
        #expect(page.status == 200)
        let lines = given(page)
        #expect(lines.prefix(4) == ["Công an Xã Cẩm Thạch", "LÒ MINH AN", "20/03/2022", "Nam"], "\(lines)")
        #expect(lines.contains("0900000101"))
        #expect(!lines.contains("Chủ hộ"))
        #expect(digits(page).count == 2 && digits(page)[0].isEmpty, "no number is made up for a child without one")
    }

    @Test func `the form can be printed before sealing and afterwards, with the same words`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample()
        let link = "/dossiers/\(id)/sheet"
        for place in ["review", "papers"] {
            #expect(try await kiosk.get("/dossiers/\(id)/\(place)").text.contains("href=\"\(link)\""), "\(place)")
        }
        let draft = try await kiosk.get(link)
        _ = try await kiosk.post("/dossiers/\(id)/review", Kiosk.consent)
        #expect(try await kiosk.open().dossier(id).summary.state == .sealed)
        #expect(try await kiosk.get("/dossiers/\(id)").text.contains("href=\"\(link)\""))
        func paper(_ page: Kiosk.Page) -> String { page.text.components(separatedBy: "<article")[1] }
        let sealed = try await kiosk.get(link)
        #expect(paper(draft) == paper(sealed))
        #expect(draft.text.contains("Ctrl + P"))
        #expect(!paper(draft).contains("nháp"))
    }

    @Test func `what a draft lacks is a dotted line, and told on the screen`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin("TT_HO_NGOAI_TINH")
        _ = try await kiosk.answer(id, "/applicant/fullName", "<b>H'Hen Niê", section: "nguoi-khai")
        _ = try await kiosk.answer(id, "/applicant/birthDate", "3/1957", section: "nguoi-khai")
        let page = try await kiosk.get("/dossiers/\(id)/sheet")
        #expect(page.text.contains("chỗ thiếu hoặc sai"))
        #expect(given(page).contains("&lt;B&gt;H&#39;HEN NIÊ"))
        #expect(given(page).contains("03/1957"), "a date is never padded")
        #expect(digits(page).allSatisfy { $0.isEmpty })
        let rows = page.text.components(separatedBy: "<tr><td>").count - 1
        #expect(rows == 3, "three empty rows to write in")
    }

    @Test func `an old number of nine digits leaves three boxes empty, and what is no number stays as it is`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin("TT_HO_NGOAI_TINH")
        _ = try await kiosk.answer(id, "/applicant/citizenId", "171234567", section: "nguoi-khai")
        let page = try await kiosk.get("/dossiers/\(id)/sheet")
        #expect(digits(page).first == "171234567")
        #expect(
            page.text.components(separatedBy: "<span class=\"digit-boxes\">")[1].contains(
                "<span>7</span><span></span><span></span><span></span>"))
        _ = try await kiosk.answer(id, "/applicant/citizenId", "17A", section: "nguoi-khai")
        #expect(given(try await kiosk.get("/dossiers/\(id)/sheet")).contains("17A"))
    }

    @Test func `without a passport it is the CT02; an absence has the officers' places`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample("TT_NK_DINHCU_NN")
        try await kiosk.open().changeDraft(of: id, now: kiosk.clock.now) {
            $0.answers.set("giay-to-khac", at: JSONPointer(tokens: ["nationality", "proof"]))
        }
        let settled = try await kiosk.get("/dossiers/\(id)/sheet")
        #expect(settled.text.contains("Mẫu CT02 ban hành kèm theo Thông tư số 56/2021/TT-BCA"))
        #expect(settled.text.contains("không có hộ chiếu Việt Nam còn giá trị sử dụng"))
        #expect(settled.text.contains("Chưa đối chiếu từng chữ"))
        let away = try await kiosk.get("/dossiers/\(try await kiosk.beginSample("TAM_VANG"))/sheet")
        for word in ["PHIẾU KHAI BÁO TẠM VẮNG", "/TV", "Người tiếp nhận khai báo", "Thủ trưởng cơ quan", "Công an xã lập và ký"] {
            #expect(away.text.contains(word), "\(word)")
        }
        let lines = given(away)
        for word in [
            "CÔNG AN Xã Cẩm Thạch", "LÝ A SỬ", "Thôn Cẩm Sơn, Xã Cẩm Thạch, Huyện Mẫu, Tỉnh Mẫu", "15/04/2022", "30/04/2023",
            "Đi làm công nhân ở tỉnh khác", "Khu nhà trọ số 7, Tổ dân phố 9, Phường Khác, Thành phố Khác, Tỉnh Khác",
        ] {
            #expect(lines.contains(word), "\(word)")
        }
    }

    @Test func `a stay has no form, and nobody sees a form without the key`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample("LUU_TRU")
        #expect(try await kiosk.get("/dossiers/\(id)/sheet").location == "/dossiers/\(id)")
        #expect(try await kiosk.get("/dossiers/\(id)/wish").location == "/dossiers/\(id)")
        #expect(try await !kiosk.get("/dossiers/\(id)/review").text.contains("/sheet"))
        #expect(try await kiosk.get("/dossiers/nobody/sheet").status == 404)
        _ = try await kiosk.post("/lock")
        let locked = try await kiosk.get("/dossiers/\(id)/sheet")
        #expect(locked.location.hasPrefix("/unlock"))
    }

    // MARK: Wishes

    private func portal(_ id: String, version: Int, status: String, since: String, said: String?, about: String?) -> PortalDossier
    {
        PortalDossier(
            id: id, code: "G01.899.108.000-220409-0001", version: version, status: PortalStatus(rawValue: status),
            statusAt: "2022-04-09T\(since):00+07:00", dueAt: nil,
            remarks: said.map {
                [
                    PortalDossier.Remark(
                        at: "2022-04-09T\($0):00+07:00", by: "Cán bộ", text: "8 giờ thứ Hai, 18/04/2022.", pointer: about)
                ]
            } ?? [], procedure: "CCCD_CAP", answers: .emptyObject, papers: [], editedBy: "officer", etag: "\"\(version)\"")
    }

    @Test func `wishes are an appointment only when the portal has said so`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.sealSample("CCCD_CAP")
        let path = "/dossiers/\(id)/wish"
        #expect(try await kiosk.get("/dossiers/\(id)/receipt").text.contains("href=\"\(path)\""))
        let wish = try await kiosk.get(path)
        for word in [
            "PHIẾU NGUYỆN VỌNG", "<b>Thứ Hai, 18/04/2022</b> – Buổi sáng", "<b>Thứ Ba, 19/04/2022</b> – Buổi sáng",
            "<b>Thứ Hai, 25/04/2022</b> – Buổi chiều", "Công an huyện", "CMND cũ", "chưa ngày nào được giữ chỗ", "Hà Văn Inh",
        ] {
            #expect(wish.text.contains(word), "\(word)")
        }
        let unlocked = try await kiosk.open()
        var version = 0
        func page(_ status: String, since: String, said: String?, about: String?) async throws -> String {
            version += 1
            let held = portal(id, version: version, status: status, since: since, said: said, about: about)
            let batch = ChangeBatch(changes: [.dossier(held)], cursor: "c\(version)", more: false)
            #expect(try await unlocked.apply(batch, now: kiosk.clock.now) == 1)
            return try await kiosk.get(path).text
        }
        var texts = [wish.text]
        texts.append(try await page("received", since: "09:00", said: nil, about: nil))
        texts.append(try await page("accepted", since: "09:00", said: nil, about: nil))
        texts.append(try await page("accepted", since: "09:00", said: "10:00", about: "/applicant/phone"))
        texts.append(try await page("supplement-required", since: "09:00", said: "09:00", about: "/appointment/first/date"))
        // What was said before it was taken on is no appointment afterwards.
        texts.append(try await page("accepted", since: "11:00", said: "09:00", about: "/appointment/first/date"))
        for (index, text) in texts.enumerated() {
            #expect(!text.lowercased().contains("lịch hẹn") && text.contains("PHIẾU NGUYỆN VỌNG"), "\(index)")
        }
        #expect(texts[5].contains("Cổng trả lời"))
        let taken = try await page("processing", since: "12:00", said: "11:30", about: "/appointment/place")
        #expect(taken.contains("LỊCH HẸN DO CỔNG XÁC NHẬN"))
        let given = try await page("accepted", since: "11:00", said: "11:30", about: "/appointment")
        #expect(given.contains("LỊCH HẸN DO CỔNG XÁC NHẬN") && !given.contains("giữ chỗ"))
        #expect(given.contains("8 giờ thứ Hai, 18/04/2022.") && given.contains("Cán bộ, 11:30 09/04/2022"))
    }

    // MARK: Slips

    @Test func `what cannot be filed here has a slip, from the procedures and from the questions`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let slips = try #require(kiosk.catalogue.slips)
        #expect(slips.count == 8)
        let list = try await kiosk.get("/dossiers/new").text
        for slip in slips {
            #expect(list.contains("href=\"/slips/\(slip.id)\""), "\(slip.id)")
            let page = try await kiosk.get("/slips/\(slip.id)")
            #expect(page.status == 200 && page.text.contains("PHIẾU HƯỚNG DẪN") && page.text.contains(slip.place.vi))
            #expect(slip.bring.allSatisfy { page.text.contains($0.vi) })
            #expect(page.text.contains("chưa đối chiếu") == (slip.unverified != nil))
        }
        func ends(_ question: GuideQuestion, _ path: [Int]) -> [(path: [Int], slip: String)] {
            question.answers.enumerated().flatMap { index, answer in
                if let slip = answer.slip { return [(path, slip)] }
                return answer.next.map { ends($0[0], path + [index]) } ?? []
            }
        }
        let found = ends(try #require(kiosk.catalogue.guide), [])
        #expect(Set(found.map(\.slip)) == Set(slips.map(\.id)))
        for (path, slip) in found {
            let page = try await kiosk.get("/guide?at=\(path.map(String.init).joined(separator: "."))")
            #expect(page.text.contains("href=\"/slips/\(slip)\""))
        }
        #expect(try await kiosk.get("/slips/no-slip").status == 404)
    }

    @Test func `an absence under supervision leads to its slip`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.beginSample("TAM_VANG")
        _ = try await kiosk.answer(id, "/absence/group", "V2", section: "tam-vang")
        #expect(try await kiosk.get("/dossiers/\(id)/review?check=1").text.contains("href=\"/slips/tam-vang-dang-bi-quan-ly\""))
    }

    @Test func `a procedure that has ended says since when and what replaces it`() async throws {
        let kiosk = try await Kiosk(on: "2025-07-10")
        try await kiosk.unlock()
        #expect(try await kiosk.get("/dossiers/new").text.contains("href=\"/slips/TT_HO_NGOAI_XA\""))
        let slip = try await kiosk.get("/slips/TT_HO_NGOAI_XA").text
        #expect(slip.contains("hết áp dụng từ 01/07/2025") && slip.contains("Các trường hợp khác"))
        #expect(try await kiosk.get("/slips/TT_NHAP_SINH").status == 404)
    }

    // MARK: Discretion

    @Test func `a name that tells too much stands in the data and nowhere on the screen`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let procedure = try #require(kiosk.catalogue.procedure("TT_PN_XCTP"))
        let id = try await kiosk.beginSample("TT_PN_XCTP")
        for path in [
            "/dossiers/new", "/dossiers/\(id)/review", "/dossiers/\(id)", "/dossiers", "/dossiers?state=draft", "/",
            "/dossiers/\(id)/sheet",
        ] {
            let text = try await kiosk.get(path).text
            #expect(!text.lowercased().contains("trái phép"), "\(path)")
        }
        let discreet = try #require(procedure.discreetName).vi
        #expect(try await kiosk.get("/dossiers").text.contains(discreet))
        #expect(procedure.name.vi == "Phụ nữ xuất cảnh trái phép trở về")
    }

    // MARK: The receipt, and the disk

    @Test func `the receipt is a record of help with papers, originals and deadline`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let page = try await kiosk.get("/dossiers/\(try await kiosk.sealSample())/receipt").text
        for word in [
            "PHIẾU GHI NHẬN HỖ TRỢ", "Giấy tờ đã quét", "Bản chính do người dân giữ", "Thời hạn giải quyết: 7 ngày làm việc",
            "không phải giấy tiếp nhận", "Ctrl + P",
        ] {
            #expect(page.contains(word), "\(word)")
        }
        #expect(page.components(separatedBy: "iấy tiếp nhận").count == 2, "only to say that it is none")
    }

    @Test func `pages to print leave no file behind`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.sealSample("CCCD_CAP")
        let form = try await kiosk.sealSample()
        func files() throws -> Set<String> { Set(try FileManager.default.subpathsOfDirectory(atPath: kiosk.folder.path)) }
        let before = try files()
        for path in ["/dossiers/\(id)/wish", "/dossiers/\(form)/sheet", "/dossiers/\(form)/receipt", "/slips/tach-ho"] {
            let page = try await kiosk.get(path)
            #expect(page.status == 200 && page.response.headers["Cache-Control"] == "no-store", "\(path)")
        }
        #expect(try files() == before)
    }
}
