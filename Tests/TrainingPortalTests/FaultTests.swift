import JSONTree
import PortalWire
import Testing
import TrainingPortal

@Suite struct FaultTests {
    /// Files a notice of stay while a fault is armed; returns what the kiosk saw and how many dossiers the portal then has.
    private func fileOnce(_ fault: ScriptedFault) async throws -> (answer: Answer?, dossiers: Int) {
        var result: (Answer?, Int) = (nil, -1)
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let submission = kiosk.submission(account: try await kiosk.account(), procedure: "LUU_TRU")
            let body = Array(try JSONText.encode(submission))
            try await harness.arm(fault)
            let id = newId()
            let answer = try await kiosk.send("PUT", "/v1/dossiers/\(id)", headers: ["If-None-Match": "*"], body: body)
            result = (answer, try await harness.portal.dossiers().count)
            // The fault is used up: the same request again succeeds, and there is one dossier.
            let again = try await kiosk.send("PUT", "/v1/dossiers/\(id)", headers: ["If-None-Match": "*"], body: body)
            #expect([200, 201].contains(again?.status))
            #expect(try await harness.portal.dossiers().count == 1)
        }
        return result
    }

    @Test(arguments: [(ScriptedFault.Kind.before, 0), (.after, 1), (.cutAnswer, 1), (.cutBody, 0)])
    func `a broken connection gives no answer`(kind: ScriptedFault.Kind, dossiers: Int) async throws {
        let result = try await fileOnce(ScriptedFault(kind: kind, method: "PUT", pathPrefix: "/v1/dossiers"))
        #expect(result.answer?.status == nil)
        #expect(result.dossiers == dossiers)
    }

    @Test(arguments: [(ScriptedFault.Kind.status, 0), (.afterStatus, 1)])
    func `a status is answered, with Retry-After`(kind: ScriptedFault.Kind, dossiers: Int) async throws {
        let result = try await fileOnce(ScriptedFault(kind: kind, status: 502, retryAfter: 7))
        #expect(result.answer?.status == 502)
        #expect(result.answer?.headers["retry-after"] == "7")
        #expect(result.dossiers == dossiers)
    }

    @Test func `a captive portal and broken JSON look like success`() async throws {
        let page = try await fileOnce(ScriptedFault(kind: .html))
        #expect(page.answer?.status == 200)
        #expect(page.answer?.headers["content-type"]?.hasPrefix("text/html") == true)
        #expect(page.dossiers == 0)
        let garbage = try await fileOnce(ScriptedFault(kind: .garbage))
        #expect(garbage.answer?.status == 200)
        #expect(throws: JSONFault.self) { try garbage.answer?.json() }
        #expect(garbage.dossiers == 0)
    }

    @Test func `a slow answer comes`() async throws {
        let result = try await fileOnce(ScriptedFault(kind: .slow, delayMs: 1))
        #expect(result.answer?.status == 201)
    }

    @Test func `a fault waits, comes a number of times and can be called off`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            func statuses(_ count: Int) async throws -> [Int] {
                var seen: [Int] = []
                for _ in 0..<count { seen.append(try await kiosk.get("/v1/changes").status) }
                return seen
            }
            try await harness.arm(ScriptedFault(kind: .status, method: "GET", pathPrefix: "/v1/changes", skip: 2, times: 2))
            #expect(try await kiosk.get("/v1/catalogue").status == 200)
            #expect(try await statuses(5) == [200, 200, 503, 503, 200])
            harness.portal.failNext(ScriptedFault(kind: .status, times: 100))
            #expect(try await statuses(1) == [503])
            #expect(try await harness.send("DELETE", "/training/faults")?.status == 204)
            #expect(try await statuses(1) == [200])
        }
    }

    @Test func `half a body of an upload is kept`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let place = try path(of: try await kiosk.create(10_000, sha256: String(repeating: "a", count: 64)))
            try await harness.arm(ScriptedFault(kind: .cutBody, method: "PATCH"))
            #expect(try await kiosk.patch(place, at: 0, [UInt8](repeating: 7, count: 8000))?.status == nil)
            #expect(try await kiosk.offset(place)?.headers["upload-offset"] == "4000")
        }
    }

    @Test func `the control API is closed to web pages and not bothered by faults`() async throws {
        try await withPortal { harness in
            try await harness.arm(ScriptedFault(kind: .before, times: 100))
            #expect(try await harness.send("GET", "/training/state")?.status == 200)
            #expect(try await harness.send("GET", "/training/state", headers: ["Origin": harness.portal.address])?.status == 403)
        }
    }
}
