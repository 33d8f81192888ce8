import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import Testing

@Suite struct ReportPageTests {
    @Test func `a report shows its period, is saved as CSV and JSON, and is sent once`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        _ = try await kiosk.sealSample("LUU_TRU")
        let page = try await kiosk.get("/reports/2022-04")
        #expect(page.status == 200 && page.text.contains("Từ ngày 15/03/2022 đến ngày 14/04/2022"))
        let csv = try await kiosk.get("/reports/2022-04/csv")
        #expect(csv.text.contains("Thôn Cẩm Sơn,1,0,1,0,,,0\r\n") && csv.bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        #expect(try await kiosk.get("/reports/2022-04/json").json?["kiosk"]?["sealed"] == 1)
        #expect(try await kiosk.post("/reports/2022-04/send").location == "/reports/2022-04?sent=1")
        #expect(try await kiosk.post("/reports/2022-04/send").location == "/reports/2022-04?sent=0")
        #expect(try await kiosk.get("/reports/2022-13").status == 404)
        #expect(try await kiosk.post("/reports/2022-H1/send").status == 404)
    }

    @Test func `the printed report has an official one's heading`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let text = try await kiosk.get("/reports/2022-Q2/print").text
        for part in [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Nơi nhận:", "THÔN CẨM SƠN", "quý II năm 2022",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func `an occasion is logged, a wrong one is told and its answers stay`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        var fields = ["day": "08/04/2022", "channel": "meeting", "people": "45", "topic": "Đăng ký <thường trú>"]
        #expect(try await kiosk.post("/outreach", fields).status == 303)
        #expect(try await kiosk.get("/outreach").text.contains("Đăng ký &lt;thường trú&gt;"))
        fields["day"] = "09/04/2022"
        let refused = try await kiosk.post("/outreach", fields)
        #expect(refused.status == 422 && refused.text.contains("không sau hôm nay") && refused.text.contains("value=\"45\""))
        #expect(try await kiosk.get("/outreach/text/thuong-tru").status == 200)
        #expect(try await kiosk.get("/outreach/text/nowhere").status == 404)
    }

    @Test func `an entry shows its photograph, and one logged by mistake is removed`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let entry = try await kiosk.logMeeting()
        #expect(try await kiosk.get("/outreach").text.contains("src=\"/outreach/\(entry)/photo\""))
        #expect(try await kiosk.get("/outreach/\(entry)/photo").bytes == Picture.png)
        let refused = try await kiosk.send(
            "POST", "/outreach/\(entry)/photo", headers: ["X-CSRF-Token": kiosk.csrf], body: Array("no picture".utf8))
        #expect(refused.status == 415, "and the one that is there stays")
        #expect(try await kiosk.get("/outreach/\(entry)/photo").status == 200)
        #expect(try await kiosk.post("/outreach/\(entry)/remove").location == "/outreach")
        for gone in ["photo", "remove"] {
            let answer =
                gone == "photo"
                ? try await kiosk.get("/outreach/\(entry)/photo") : try await kiosk.post("/outreach/\(entry)/remove")
            #expect(answer.status == 404)
        }
        let late = try await kiosk.send(
            "POST", "/outreach/\(entry)/photo", headers: ["X-CSRF-Token": kiosk.csrf], body: Picture.png)
        #expect(late.status == 404, "a photograph of a removed entry is refused and leaves nothing")
        #expect(try await kiosk.get("/outreach").text.contains("Chưa ghi lần nào"))
    }

    @Test func `the locked screen shows what is public and nothing else; reading is noted`() async throws {
        let kiosk = try await Kiosk()
        let store = try await kiosk.open()
        let changes = [("a", "Họp dân", true), ("b", "Chỉ cho trưởng thôn", false)].map { id, title, isPublic in
            Change.announcement(
                Announcement(id: id, title: title, body: "…", validFrom: nil, validUntil: nil, isPublic: isPublic))
        }
        _ = try await store.apply(ChangeBatch(changes: changes, cursor: "1", more: false), now: kiosk.clock.now)
        let locked = try await kiosk.get("/unlock").text
        #expect(locked.contains("Họp dân") && !locked.contains("Chỉ cho trưởng thôn"))
        try await kiosk.unlock()
        #expect(try await kiosk.get("/").text.contains("Chỉ cho trưởng thôn"))
        _ = try await kiosk.post("/announcements/b/read")
        #expect(try await kiosk.open().readAnnouncements() == ["b"])
    }
}
