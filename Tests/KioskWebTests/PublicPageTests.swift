import Foundation
import KioskDomain
import KioskSync
import Testing

@testable import KioskWeb

/// What the locked screen has for everybody.
@Suite struct PublicPageTests {
    private static let code = "G01.899.108.000-261123-0001"

    private struct Portal: ProgressDesk {
        func lookUp(code: String, procedure: String) async -> ProgressAnswer {
            guard code == PublicPageTests.code, procedure == "TAM_TRU" else { return .unknown }
            return .found(
                DossierProgress(
                    code: code, procedure: procedure, status: PortalStatus(rawValue: "processing"),
                    statusAt: "2026-11-24T08:00:00+07:00", dueAt: nil))
        }
    }

    @Test func `a resident looks a dossier up without unlocking, by the digits alone`() async throws {
        var options = KioskWebOptions()
        options.progress = Portal()
        let kiosk = try await Kiosk(options: options)
        let found = try await kiosk.post("/public/lookup", ["code": "018991080002611230001", "procedure": "TAM_TRU"])
        #expect(found.status == 200 && found.text.contains(Self.code) && found.text.contains("08:00 24/11/2026"))
        // The code alone is not enough: it goes with its procedure.
        let other = try await kiosk.post("/public/lookup", ["code": Self.code, "procedure": "LUU_TRU"])
        #expect(other.text.contains("Cổng không có hồ sơ"))
    }

    @Test func `guessing ends after ten misses and begins anew after five minutes`() async throws {
        var options = KioskWebOptions()
        options.progress = Portal()
        let kiosk = try await Kiosk(options: options)
        func guess() async throws -> Int {
            try await kiosk.post("/public/lookup", ["code": "G01-9", "procedure": "TAM_TRU"]).status
        }
        for _ in 1...10 { #expect(try await guess() == 200) }
        #expect(try await guess() == 429)
        let gate = LookUpGate()
        let start = Date(timeIntervalSince1970: 1_795_395_600)
        for _ in 1...10 { gate.miss(at: start) }
        #expect(!gate.isOpen(at: start.addingTimeInterval(299)))
        #expect(gate.isOpen(at: start.addingTimeInterval(301)))
    }

    @Test func `without a line it says so plainly`() async throws {
        let kiosk = try await Kiosk()
        let answer = try await kiosk.post("/public/lookup", ["code": Self.code, "procedure": "TAM_TRU"])
        #expect(answer.text.contains("Bây giờ chưa hỏi được cổng (không có mạng"))
    }

    @Test func `the locked screen links to hours only where they are set`() async throws {
        #expect(try await !Kiosk().get("/unlock").text.contains("/public/hours"))
        var options = KioskWebOptions()
        options.openingHours = [LocalText(vi: "Tối thứ Ba", en: "Tuesday evenings")]
        let kiosk = try await Kiosk(options: options)
        #expect(try await kiosk.get("/unlock").text.contains("/public/hours"))
        #expect(try await kiosk.get("/public/hours").text.contains("Tối thứ Ba"))
        #expect(try await kiosk.get("/public/steps").text.contains("dichvucong.dancuquocgia.gov.vn"))
        #expect(try await kiosk.get("/public/bring").text.contains("Giấy khai sinh"))
    }
}
