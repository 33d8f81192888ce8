import Foundation
import JSONTree
import KioskDomain
import KioskSync
import KioskTestSupport
import Testing
import TrainingPortal

@testable import KioskTransport

/// The whole contract against the training portal, with and without its faults.
@Suite struct TrainingPortalTests {
    private let account = UUID().uuidString.lowercased()

    private func application(_ id: String, name: String = "Lò Thị Mai") -> AccountApplication {
        AccountApplication(
            id: id, citizenId: "099194000123", fullName: name, birthDate: "1994-03-12", sex: .female, phone: "0900000101",
            consentAt: "2022-04-08T10:00:00+07:00")
    }

    private func stay(_ id: String, reason: String = "Thăm người thân", etag: String? = nil, revision: Int = 1) -> OutgoingDossier
    {
        let answers: JSONValue = [
            "applicant": [
                "fullName": "Lò Thị Mai", "citizenId": "099194000123", "birthDate": "1994-03-12", "sex": "female",
                "phone": "0900000101",
            ],
            "stay": ["reason": .string(reason)],
        ]
        return OutgoingDossier(
            id: id, procedure: "LUU_TRU", catalogueVersion: "1", account: account, kiosk: "kiosk-1", village: "Thôn Mẫu",
            capturedAt: "2022-04-08T10:00:00+07:00", sealedAt: "2022-04-08T10:05:00+07:00", revision: revision,
            content: RevisionContent(
                answers: answers, papers: [],
                consent: Consent(at: "2022-04-08T10:04:00+07:00", by: .applicant, version: "1", text: "Tôi đồng ý.")),
            uploads: [:], etag: etag)
    }

    @Test func `accounts: known, new with its code, and refused`() async throws {
        try await withPortal { portal, connection in
            // Portal and client share the few threads of a test run that is busy elsewhere: a stalled probe is asked again.
            var isHealthy = false
            for _ in 0..<5 where !isHealthy { isHealthy = await connection.isHealthy() }
            #expect(isHealthy)
            #expect(try await connection.register(application(account)).status == "verified")
            var new = application(UUID().uuidString.lowercased())
            (new.citizenId, new.fullName, new.birthDate, new.sex, new.phone) = (
                "099088000321", "Vi Văn Páo", "1988-11-05", .male, "0900000104"
            )
            #expect(try await connection.register(new).status == "code-sent")
            let code = try #require(try await portal.smsCode(new.id))
            let wrong = code == "000000" ? "000001" : "000000"
            guard case .rejected(let refusal) = await failure(of: { try await connection.verify(account: new.id, code: wrong) })
            else {
                Issue.record("not refused")
                return
            }
            #expect(refusal.code == "code-wrong" && refusal.status == 422 && refusal.attemptsLeft == 4)
            guard case .codeTooSoon(let wait?) = await failure(of: { try await connection.sendNewCode(account: new.id) }) else {
                Issue.record("sent at once")
                return
            }
            #expect((1...60).contains(wait))
            #expect(try await connection.verify(account: new.id, code: code).status == "verified")
            #expect(try await connection.sendNewCode(account: new.id).status == "verified")
            let other = application(UUID().uuidString.lowercased(), name: "Lò Thị Mơ")
            guard case .rejected(let mismatch) = await failure(of: { try await connection.register(other) }) else {
                Issue.record("not refused")
                return
            }
            #expect(mismatch.code == "account-mismatch" && mismatch.faults.map(\.pointer) == ["/fullName"])
        }
    }

    @Test func `a dossier: created, repeated, amended, stale, withdrawn`() async throws {
        try await withPortal { portal, connection in
            _ = try await connection.register(application(account))
            let id = UUID().uuidString.lowercased()
            #expect(try await connection.dossier(id) == nil)
            let made = try await connection.send(stay(id))
            #expect(made.id == id && made.version == 1 && made.status.rawValue == "received" && !made.etag.isEmpty)
            #expect(try await connection.send(stay(id)) == made, "a repeat")
            #expect(try await connection.dossier(id) == made)
            #expect(await failure(of: { try await connection.send(stay(id, reason: "Khác")) }) == .preconditionFailed)
            let amended = try await connection.send(stay(id, reason: "Khám bệnh", etag: made.etag, revision: 2))
            #expect(amended.version == 2 && amended.answers[JSONPointer(tokens: ["stay", "reason"])] == "Khám bệnh")
            #expect(
                try await connection.send(stay(id, reason: "Khám bệnh", etag: made.etag, revision: 2)) == amended,
                "a stale repeat")
            #expect(
                await failure(of: { try await connection.send(stay(id, reason: "Khác", etag: made.etag, revision: 2)) })
                    == .preconditionFailed)
            let feed = try await connection.changes(after: nil)
            #expect(feed.changes.contains(.dossier(amended)) && !feed.more)
            #expect(await failure(of: { try await connection.changes(after: "no-such") }) == .gone)
            #expect(
                try await connection.withdraw(dossier: id, reason: "Đổi ý", at: "2022-04-08T12:00:00+07:00").status == .withdrawn)
            try await connection.sendReport(period: "2022-04", figures: ["filed": 1])
            #expect(try await portal.dossiers().count == 1)
        }
    }

    @Test(arguments: [
        (ScriptedFault(kind: .before), PortalFailure.line(mayHaveActed: true), 0),
        (ScriptedFault(kind: .after), .line(mayHaveActed: true), 1),
        (ScriptedFault(kind: .cutAnswer), .line(mayHaveActed: true), 1),
        (ScriptedFault(kind: .cutBody), .line(mayHaveActed: true), 0),
        (ScriptedFault(kind: .html), .foreign(.page), 0), (ScriptedFault(kind: .garbage), .notThePortal, 0),
        (ScriptedFault(kind: .status, status: 503, retryAfter: 7), .busy(retryAfter: 7), 0),
        (ScriptedFault(kind: .afterStatus, status: 502), .failing(retryAfter: nil, mayHaveActed: true), 1),
    ])
    func `whatever the answer was, sending again leaves one dossier`(fault: ScriptedFault, wanted: PortalFailure, dossiers: Int)
        async throws
    {
        try await withPortal { portal, connection in
            _ = try await connection.register(application(account))
            let id = UUID().uuidString.lowercased()
            var armed = fault
            // Twice: where a connection that was kept open breaks without a word, libcurl itself asks once more on a new one.
            (armed.method, armed.pathPrefix, armed.times) = ("PUT", "/v1/dossiers", 2)
            portal.failNext(armed)
            #expect(await failure(of: { try await connection.send(stay(id)) }) == wanted)
            portal.clearFaults()
            #expect(try await portal.dossiers().count == dossiers)
            #expect(try await connection.send(stay(id)).version == 1)
            #expect(try await portal.dossiers().map(\.puts) == [1])
        }
    }

    @Test func `a file goes up whole, goes on after a break, and its digest is checked`() async throws {
        try await withPortal { portal, connection in
            var random = SeededGenerator(seed: 5)
            let bytes = random.bytes(10_000)
            // SHA-256 is the portal's business; one that is wrong makes it discard the whole file.
            var task = UploadTask(
                attachment: "a", size: bytes.count, sha256: String(repeating: "0", count: 64), fileName: "Giấy khai sinh.jpg",
                mediaType: "image/jpeg", dossier: UUID().uuidString.lowercased(), url: nil)
            let first = try await connection.createUpload(task, firstBytes: OutgoingBytes(Array(bytes.prefix(4000))))
            #expect(first.offset == 4000)
            #expect(try await connection.offset(ofUpload: first.url) == 4000)
            #expect(
                await failure(of: { try await connection.append(OutgoingBytes([1]), at: 17, toUpload: first.url) })
                    == .wrongOffset)
            portal.failNext(ScriptedFault(kind: .cutBody, method: "PATCH"))
            let broken = await failure(of: {
                try await connection.append(OutgoingBytes(Array(bytes[4000..<8000])), at: 4000, toUpload: first.url)
            })
            #expect(broken == .line(mayHaveActed: true), "libcurl does not send it again by itself")
            let held = try await connection.offset(ofUpload: first.url)
            #expect(held == 6000, "half a body is kept")
            let more = OutgoingBytes(Array(bytes[held..<9000]))
            #expect(try await connection.append(more, at: held, toUpload: first.url) == 9000)
            _ = try? await connection.append(OutgoingBytes(Array(bytes[9000...])), at: 9000, toUpload: first.url)
            #expect(
                await failure(of: { try await connection.offset(ofUpload: first.url) }) == .gone, "not the file that was declared"
            )
            #expect(await failure(of: { try await connection.offset(ofUpload: first.url + "x") }) == .gone)
            (task.size, task.sha256) = (3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            let whole = try await connection.createUpload(task, firstBytes: OutgoingBytes(Array("abc".utf8)))
            #expect(whole.offset == 3, "in one round trip")
            #expect(try await connection.offset(ofUpload: whole.url) == 3)
            #expect(connection.traffic.sent > 9000)
        }
    }

    @Test func `another secret is refused for good`() async throws {
        try await withPortal { portal, connection in
            _ = try await connection.changes(after: nil)
            let other = PortalConnection(
                address: try PortalAddress(portal.address), kioskID: "kiosk-1", secret: "khác", now: { Date() })
            #expect(await failure(of: { try await other.changes(after: nil) }) == .unauthenticated)
        }
    }
}
