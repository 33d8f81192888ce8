import Foundation
import HTTPServing
import JSONTree
import KioskStore
import KioskSync
import KioskWeb
import Testing

@Suite struct DoorTests {
    @Test func `without a session every page leads to the unlock page and back`() async throws {
        let kiosk = try await Kiosk()
        for path in ["/", "/dossiers", "/attention", "/sync", "/dossiers/x/form/y"] {
            let page = try await kiosk.get(path)
            #expect(page.status == 303)
            #expect(page.location == "/unlock?next=\(path)")
        }
        let page = try await kiosk.post("/unlock", ["pin": Kiosk.pin, "next": "/sync"])
        #expect(page.location == "/sync")
        #expect(try await kiosk.get("/sync").status == 200)
    }

    @Test func `a wrong PIN is refused in words and many wrong ones have to wait`() async throws {
        let kiosk = try await Kiosk()
        let first = try await kiosk.post("/unlock", ["pin": "111222"])
        #expect(first.status == 403)
        #expect(first.text.contains("Mã PIN không đúng"))
        #expect(!first.text.contains("111222"))
        for _ in 0..<3 { _ = try await kiosk.post("/unlock", ["pin": "111222"]) }
        let page = try await kiosk.post("/unlock", ["pin": Kiosk.pin])
        #expect(page.status == 429)
        #expect(page.text.contains("giây"))
        kiosk.clock.advance(3600)
        #expect(try await kiosk.post("/unlock", ["pin": Kiosk.pin]).status == 303)
    }

    @Test func `the address after unlocking stays inside the kiosk`() async throws {
        for next in [
            "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=y",
        ] {
            let kiosk = try await Kiosk()
            #expect(try await kiosk.post("/unlock", ["pin": Kiosk.pin, "next": next]).location == "/")
        }
    }

    @Test(arguments: [
        "evil.example", "127.0.0.1.evil.example", "localhost:80:80", "127.0.0.1:", "127.0.0.1:8080@evil", "[::1]evil",
    ])
    func `a foreign host is refused`(host: String) async throws {
        let kiosk = try await Kiosk()
        #expect(try await kiosk.send("GET", "/unlock", headers: ["Host": host]).status == 421)
    }

    @Test(arguments: ["127.0.0.1", "localhost", "localhost:8080", "[::1]", "[::1]:8080"])
    func `every name of this machine is taken`(host: String) async throws {
        let kiosk = try await Kiosk()
        #expect(try await kiosk.send("GET", "/unlock", headers: ["Host": host]).status == 200)
    }

    @Test func `what another site sends is refused`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let form = ["Content-Type": "application/x-www-form-urlencoded"]
        let body = Array(Kiosk.encode(["csrf": kiosk.csrf]).utf8)
        for (name, value) in [
            ("Origin", "http://evil.example"), ("Origin", "null"), ("Origin", "http://127.0.0.1:9999"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
        ] {
            let page = try await kiosk.send("POST", "/sync", headers: form.merging([name: value]) { $1 }, body: body)
            #expect(page.status == 403, "\(name): \(value)")
        }
        #expect(kiosk.sync.starts == 0)
    }

    @Test func `nothing is changed without the session's token`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        #expect(try await kiosk.post("/sync", token: "").status == 403)
        #expect(try await kiosk.post("/sync", token: String(repeating: "0", count: 64)).status == 403)
        #expect(try await kiosk.send("POST", "/sync").status == 403)
        #expect(try await kiosk.send("POST", "/sync", headers: ["X-CSRF-Token": "0"]).status == 403)
        #expect(try await kiosk.post("/lock", token: "0").status == 403)
        #expect(kiosk.sync.starts == 0)
        #expect(try await kiosk.post("/sync").location == "/sync")
        #expect(kiosk.sync.starts == 1)
    }

    @Test func `every answer has the security headers and the cookie is strict`() async throws {
        let kiosk = try await Kiosk()
        let unlocked = try await kiosk.post("/unlock", ["pin": Kiosk.pin])
        let cookie = try #require(unlocked.response.headers["Set-Cookie"])
        #expect(cookie.hasPrefix("kiosk_session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
        #expect(cookie.contains("Path=/") && !cookie.contains("Domain"))
        for path in ["/", "/unlock", "/nothing", "/assets/kiosk.css"] {
            let headers = try await kiosk.get(path).response.headers
            #expect(headers["Content-Security-Policy"]?.contains("frame-ancestors 'none'") == true)
            #expect(headers["Content-Security-Policy"]?.contains("unsafe") == false)
            #expect(headers["X-Content-Type-Options"] == "nosniff")
            #expect(headers["Referrer-Policy"] == "same-origin")
            #expect(path.hasPrefix("/assets") || headers["Cache-Control"] == "no-store")
        }
    }

    @Test func `an idle kiosk locks itself and polling does not keep it open`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        for _ in 0..<15 {
            kiosk.clock.advance(61)
            _ = try await kiosk.send("GET", "/sync/status", headers: ["Accept": "application/json"])
        }
        let page = try await kiosk.send("GET", "/sync/status", headers: ["Accept": "application/json"])
        #expect(page.status == 401)
        #expect(page.json?["locked"] == true)
        let home = try await kiosk.get("/")
        #expect(home.location == "/unlock?next=/&idle=1")
        #expect(try await kiosk.get(home.location).text.contains("tự khóa"))
    }

    @Test(arguments: [2.0, -2, 20, -20])
    func `a wall clock that is set neither locks the kiosk nor keeps it open`(years: Double) async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        kiosk.clock.set(by: years * 31_557_600)
        #expect(try await kiosk.get("/").status == 200)
        kiosk.clock.advance(14 * 60)
        #expect(try await kiosk.get("/").status == 200, "each use counts from its own time")
        kiosk.clock.advance(16 * 60)
        #expect(try await kiosk.get("/").status == 303)
    }

    @Test func `a clock that is known to be wrong is told on the first page and where it sends`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let words = "Đồng hồ máy chạy chậm khoảng 3 ngày"
        for path in ["/", "/sync"] { #expect(try await !kiosk.get(path).text.contains("Đồng hồ máy")) }
        try await kiosk.open().keepClock(
            ClockReading(portal: kiosk.clock.now + 3 * 86_400, kiosk: kiosk.clock.now, boot: nil))
        for path in ["/", "/sync"] { #expect(try await kiosk.get(path).text.contains(words), "\(path)") }
    }

    @Test func `the lock button ends the session`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        #expect(try await kiosk.post("/lock").location == "/unlock")
        #expect(try await kiosk.get("/").status == 303)
    }

    @Test func `no request reads a file by its path`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        for path in ["/assets/nothing.css", "/assets/kiosk.sqlite", "/assets/%2e%2e%5ckiosk.sqlite", "/assets", "/etc/passwd"] {
            #expect(try await kiosk.get(path).status == 404, "\(path)")
        }
        for path in ["/assets/../kiosk.sqlite", "/assets/%2e%2e/kiosk.sqlite", "/assets/..%2fkiosk.sqlite"] {
            #expect(throws: HTTPFault.self) { try HTTPRequest(method: "GET", target: path) }
        }
        #expect(try await kiosk.get("/assets/kiosk.js").response.headers["Content-Type"] == "text/javascript; charset=utf-8")
    }

    @Test func `the language is one switch away and is remembered`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        #expect(try await kiosk.get("/sync").text.contains("Gửi ngay"))
        #expect(try await kiosk.post("/language", ["lang": "en", "back": "/sync"]).location == "/sync")
        let page = try await kiosk.get("/sync")
        #expect(page.text.contains("Send now") && page.text.contains("<html lang=\"en\">"))
        #expect(!page.text.contains("Gửi ngay"))
        _ = try await kiosk.post("/language", ["lang": "vi", "back": "//evil.example"])
        #expect(try await kiosk.get("/sync").text.contains("Gửi ngay"))
    }

    @Test func `a page that is not there says so in Vietnamese`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        #expect(try await kiosk.get("/nothing").text.contains("Không có trang này"))
        let page = try await kiosk.get("/dossiers/0000")
        #expect(page.status == 404 && page.text.contains("Không có hồ sơ này"))
        #expect(try await kiosk.send("DELETE", "/dossiers").status == 405)
    }
}
