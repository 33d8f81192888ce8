import Foundation
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import SQLiteAccess
import Synchronization
import Testing

@Suite struct PortalTraceTests {
    @Test func `a clock that is wrong is known after a restart of the program, and what waits says so`() async throws {
        let up = Mutex(500.0)
        var configuration = KioskStore.Configuration()
        configuration.bootTime = { BootTime(boot: "a", seconds: up.withLock { $0 }) }
        let kiosk = try await Kiosk(configuration: configuration)
        #expect(try await kiosk.store.clockError(now: morning) == nil)
        try await kiosk.store.keepClock(
            ClockReading(portal: morning, kiosk: morning, boot: BootTime(boot: "a", seconds: 500)))
        up.withLock { $0 = 560 }
        #expect(try await kiosk.store.clockError(now: morning + 60) == nil)
        let again = try await kiosk.again()
        #expect(try await again.clockError(now: morning + 60 + 7200)?.ahead == 7200)
        #expect(try await again.outlook(SendPlan(), now: morning + 60 - 86_400).clockError?.ahead == -86_400)
        try await again.keepClock(
            ClockReading(portal: morning + 60, kiosk: morning - 86_340, boot: BootTime(boot: "a", seconds: 560)))
        #expect(try await again.clockError(now: morning + 60) == nil, "it was set right meanwhile")
    }

    @Test func `this machine tells its time since the start`() throws {
        let first = try #require(BootClock.now())
        let second = try #require(BootClock.now())
        #expect(first.boot == second.boot && first.boot.count == 36 && first.seconds > 0 && second.seconds >= first.seconds)
    }

    @Test func `a proxy's login is kept sealed, changed and forgotten`() async throws {
        let kiosk = try await Kiosk()
        #expect(try await kiosk.store.proxyLogin() == nil)
        try await kiosk.store.setProxyLogin("thôn:mật khẩu-proxy")
        #expect(try await kiosk.again().proxyLogin() == "thôn:mật khẩu-proxy")
        let files = try FileManager.default.contentsOfDirectory(atPath: kiosk.folder.path)
        for name in files {
            let bytes = try Data(contentsOf: URL(filePath: kiosk.folder.file(name)))
            #expect(bytes.range(of: Data("khẩu-proxy".utf8)) == nil, "\(name)")
        }
        try await kiosk.store.setProxyLogin("a:b")
        #expect(try await kiosk.store.proxyLogin() == "a:b")
        try await kiosk.store.setProxyLogin(nil)
        #expect(try await kiosk.store.proxyLogin() == nil)
        #expect(try kiosk.count("SELECT count(*) FROM secrets WHERE name = 'proxy'") == 0)
    }
}
