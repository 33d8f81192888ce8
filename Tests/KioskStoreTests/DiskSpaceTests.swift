import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskTestSupport
import Synchronization
import Testing

/// What happens as the disk fills; that a full disk is met from the reserve is shown on a real one in the end-to-end tests.
@Suite struct DiskSpaceTests {
    @Test func `a disk that is nearly full takes no papers, and saves`() async throws {
        var configuration = KioskStore.Configuration()
        configuration.reserveMegabytes = 8
        let gauge = Gauge(free: 100 << 20)
        configuration.freeBytes = { _ in gauge.free.withLock { $0 } }
        let folder = try TemporaryFolder()
        let locked = try await Kiosk.found(in: folder, configuration: configuration).store
        let store = try await locked.unlock(operatorName: nil, pin: pin, catalogue: catalogue, now: morning)
        let reserve = try FileManager.default.attributesOfItem(atPath: folder.file("reserve"))
        #expect(reserve[.size] as? Int == 4 << 20)
        let id = try await store.beginDossier(procedure: "TT_NHAP_SINH", now: morning)
        let writer = try await store.newPaper(now: morning)
        try await writer.append(SampleFile.jpeg(bytes: 3 << 20, seed: 1).dropLast(2))

        gauge.free.withLock { $0 = 5 << 20 }
        guard case .diskNearlyFull(freeMegabytes: 5) = await failure(of: { _ = try await store.newPaper(now: morning) }),
            case .diskNearlyFull = await failure(of: { try await writer.append([UInt8](repeating: 1, count: 3 << 20)) })
        else {
            Issue.record("papers are taken")
            return
        }
        try await store.changeDraft(of: id, now: morning) { $0.answers = ["applicant": ["fullName": "Lò Thị Mai"]] }
        #expect(try await store.draft(of: id).answers["applicant"]?["fullName"] == "Lò Thị Mai")
        gauge.free.withLock { $0 = 50 << 20 }
        _ = try await store.newPaper(now: morning)
    }

    private final class Gauge: Sendable {
        let free: Mutex<Int>
        init(free: Int) { self.free = Mutex(free) }
    }
}
