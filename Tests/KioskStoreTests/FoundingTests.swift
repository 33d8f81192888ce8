import Foundation
import KioskStore
import KioskTestSupport
import SQLiteAccess
import Synchronization
import Testing

@Suite struct FoundingTests {
    @Test func `a folder without a kiosk says so`() async throws {
        let folder = try TemporaryFolder()
        guard case .noKiosk = await failure(of: { _ = try KioskStore.open(folder: folder.path) }) else {
            Issue.record("another error")
            return
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [], "asking leaves nothing behind")
    }

    @Test func `a kiosk is founded once and opened again`() async throws {
        let kiosk = try await Kiosk()
        let again = try await kiosk.again()
        #expect(again.identity.kioskID == "kiosk-1" && again.identity.village == village)
        #expect(try await again.portalSecret() == "bí mật của cổng")
        guard case .kioskExists = await failure(of: { _ = try await Kiosk.found(in: kiosk.folder) }) else {
            Issue.record("another error")
            return
        }
        #expect(try kiosk.count("SELECT count(*) FROM operators") == 1)
        #expect(try await kiosk.again().operatorRow.name == "Trưởng thôn", "the refusal changed nothing")
        let attributes = try FileManager.default.attributesOfItem(atPath: kiosk.folder.file("kiosk.sqlite"))
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test func `folders on the way are made, a weak PIN makes nothing`() async throws {
        let folder = try TemporaryFolder()
        var founding = KioskStore.Founding(
            kioskID: "k", portalSecret: "s", portal: "https://cong.example", village: "V", operatorName: "A", pin: "123456",
            pinCost: cheap)
        let deep = folder.file("a/b/c")
        let refusal = await failure(of: { _ = try await KioskStore.found(founding, in: deep, now: morning) })
        guard refusal?.isWeakPIN == true
        else {
            Issue.record("another error")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: deep + "/kiosk.sqlite"))
        founding.pin = pin
        _ = try await KioskStore.found(founding, in: deep, now: morning)
        _ = try KioskStore.open(folder: deep)
    }

    @Test func `nobody's kiosk has a key that nobody saw`() async throws {
        struct NoPaper: Error {}
        let folder = try TemporaryFolder()
        let founding = KioskStore.Founding(
            kioskID: "k", portalSecret: "s", portal: "https://cong.example", village: "V", operatorName: "A", pin: pin,
            pinCost: cheap)
        await #expect(throws: NoPaper.self) {
            _ = try await KioskStore.found(founding, in: folder.path, now: morning) { _ in throw NoPaper() }
        }
        guard case .noKiosk = await failure(of: { _ = try KioskStore.open(folder: folder.path) }) else {
            Issue.record("a kiosk without a key")
            return
        }
        let told = Mutex("")
        let made = try await KioskStore.found(founding, in: folder.path, now: morning) { key in told.withLock { $0 = key } }
        #expect(told.withLock { $0 } == made.recoveryKey)
        try await made.store.resetPIN(
            operatorName: "A", recoveryKey: made.recoveryKey, newPIN: "Mã mới 9", cost: cheap, now: morning)
    }

    @Test func `a file of a newer program is refused and left alone`() async throws {
        let folder = try TemporaryFolder()
        _ = try await Kiosk.found(in: folder)
        let connection = try Connection(path: folder.file("kiosk.sqlite"))
        try connection.run("PRAGMA user_version = 99")
        guard case .database(let error) = await failure(of: { _ = try KioskStore.open(folder: folder.path) }) else {
            Issue.record("another error")
            return
        }
        #expect(error.kind == .newerSchema)
        #expect(StoreError.database(error).description.contains("install the newer kiosk program"))
        #expect(try connection.first("PRAGMA user_version") { $0.int(0) } == 99)
    }

    @Test func `a damaged file is named and told what to do`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("kiosk.sqlite", Array("Tệp này không phải là cơ sở dữ liệu. ".utf8) + [UInt8](repeating: 7, count: 4096))
        let error = await failure(of: { _ = try KioskStore.open(folder: folder.path) })
        guard case .database(let reason) = error else {
            Issue.record("another error")
            return
        }
        #expect(reason.kind == .damaged)
        #expect(error?.description.contains("restore the last backup") == true)
        #expect(error?.spoken.contains("Đừng xóa tệp") == true)
    }

    @Test func `a file that lacks a table is noticed before it is used`() async throws {
        let folder = try TemporaryFolder()
        _ = try await Kiosk.found(in: folder)
        try Connection(path: folder.file("kiosk.sqlite")).run("DROP TRIGGER revisions_stay")
        guard case .database(let error) = await failure(of: { _ = try KioskStore.open(folder: folder.path) }) else {
            Issue.record("another error")
            return
        }
        #expect(error.kind == .damaged && error.message.contains("revisions_stay"))
    }
}
