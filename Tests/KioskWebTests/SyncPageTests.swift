import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import Testing

@testable import KioskWeb

@Suite struct SyncPageTests {
    private func night() -> KioskWebOptions {
        var options = KioskWebOptions()
        options.sendPlan.windows = [SyncWindow("22:00–05:00")].compactMap(\.self)
        return options
    }

    @Test func `when it sends by itself, how long it takes and what waits are told on page and status alike`() async throws {
        let kiosk = try await Kiosk(options: night())
        try await kiosk.unlock()
        let id = try await kiosk.sealSample("TAM_VANG")
        let page = try await kiosk.get("/sync").text
        #expect(page.contains("Máy tự gửi trong giờ 22:00–05:00. Lần tới: 22:"))
        let unknown = "Chưa biết gửi mất bao lâu: máy chưa đo được tốc độ mạng."
        #expect(page.contains(unknown))
        #expect(try await kiosk.get("/").text.contains(unknown))
        let store = try await kiosk.open()
        let run = try await store.beginRecord(.window, now: kiosk.clock.now)
        var report = SyncReport()
        report.bytesSent = 1_000_000
        report.bytesPerSecond = 50_000
        try await store.endRecord(run, report, now: kiosk.clock.now)
        let status = try await kiosk.get("/sync/status")
        #expect(status.json?["forecast"] == "Đêm nay gửi hết trong khoảng 1 phút.")
        let dossier = try await kiosk.get("/dossiers/\(id)").text
        #expect(dossier.contains("chờ gửi lên cổng. Tài khoản hoặc tệp của hồ sơ phải lên cổng trước."))
        #expect(dossier.contains("Máy tự gửi từ 22:") && dossier.contains("<b>Chờ đến giờ</b>"))
    }

    @Test func `the switch for a metered line is kept, has the run under way begin anew, and is told on the dossier`()
        async throws
    {
        let kiosk = try await Kiosk(options: night())
        try await kiosk.unlock()
        #expect(try await kiosk.get("/sync").text.contains("Mạng không tính tiền"))
        #expect(try await kiosk.post("/sync/metered", ["metered": "yes"]).location == "/sync")
        #expect(try await kiosk.open().isMetered() && kiosk.sync.changes == 1)
        #expect(try await kiosk.get("/sync").text.contains("Mạng tính tiền: chỉ gửi hồ sơ, chưa gửi giấy tờ lớn"))
        _ = try await kiosk.post("/sync/metered", ["metered": "no"])
        #expect(try await !kiosk.open().isMetered())
    }

    @Test func `a limit of the day is told, and what it means once it is used up`() async throws {
        var options = night()
        options.sendPlan.bytesPerDay = 10_485_760
        let kiosk = try await Kiosk(options: options)
        try await kiosk.unlock()
        let store = try await kiosk.open()
        _ = try await store.countSent(bytes: 1_048_576, now: kiosk.clock.now)
        var text = try await kiosk.get("/sync").text
        #expect(text.contains("Hôm nay đã gửi 1,0 MB trên 10,0 MB cho phép.") && !text.contains("chờ đến ngày mai"))
        _ = try await store.countSent(bytes: 9_437_184, now: kiosk.clock.now)
        text = try await kiosk.get("/sync").text
        #expect(text.contains("Giấy tờ lớn chờ đến ngày mai, hồ sơ vẫn gửi."))
    }

    @Test func `each run is drawn and told; the drawing has words; the one under way is not called broken off`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        #expect(try await kiosk.get("/sync/runs").text.contains("Máy chưa gửi lần nào."))
        let store = try await kiosk.open()
        for number in 1...3 {
            let run = try await store.beginRecord(number == 2 ? .deadline : .window, now: kiosk.clock.now)
            var report = SyncReport()
            report.delivered = number
            report.bytesSent = number * 1_048_576
            report.faults = number == 2 ? [.line(.broken): 4] : [:]
            report.stop = number == 2 ? .windowClosed : nil
            try await store.endRecord(run, report, now: kiosk.clock.now.addingTimeInterval(95))
        }
        _ = try await store.beginRecord(.request, now: kiosk.clock.now)
        var text = try await kiosk.get("/sync/runs").text
        #expect(text.contains("Máy tắt hoặc gặp lỗi giữa chừng"))
        kiosk.sync.set(SyncStatus(isRunning: true))
        text = try await kiosk.get("/sync/runs").text
        #expect(!text.contains("Máy tắt hoặc gặp lỗi giữa chừng"))
        #expect(
            text.components(separatedBy: "class=\"run-done\"").count == 3
                && text.components(separatedBy: "class=\"run-cut\"").count == 2)
        #expect(
            text.contains(
                "Biểu đồ 3 lần gửi, cũ nhất bên trái: gửi tất cả 6 hồ sơ, 6,0 MB; lần nhiều nhất 3,0 MB; 1 lần chưa xong."))
        #expect(text.contains("Hết giờ gửi; giờ gửi sau máy gửi tiếp.") && text.contains("Trục trặc: mất mạng 4×"))
        #expect(text.contains("Hồ sơ đến hạn hôm nay") && text.contains("2 phút"))
    }
}
