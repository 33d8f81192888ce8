import JSONTree
import PortalWire
import Testing
import TrainingPortal

@Suite struct DossierTests {
    private static let paper = Array("a paper".utf8)

    private func withKiosk(_ body: (PortalHarness, TestKiosk, _ account: String) async throws -> Void) async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            try await body(harness, kiosk, try await kiosk.account())
        }
    }

    @Test func `a dossier is created once, however often it is sent`() async throws {
        try await withKiosk { harness, kiosk, account in
            let id = newId()
            var submission = kiosk.submission(account: account, attachments: [try await kiosk.upload(Self.paper)])
            let created = try await kiosk.put(submission, id)
            #expect(created.status == 201)
            let dossier = try created.message(DossierRepresentation.self)
            #expect(dossier.code == "G01.899.108.000-261123-0001")
            #expect(dossier.status == "received")
            #expect(dossier.version == 1)
            #expect(dossier.editedBy == "kiosk")
            #expect(dossier.fields == submission.fields)
            #expect(created.headers["etag"]?.hasPrefix("\"1-") == true)
            // A new upload of the same file has another address: still a repeat.
            submission.attachments[0].upload = "http://127.0.0.1/v1/files/other"
            let repeated = try await kiosk.put(submission, id)
            #expect(repeated.status == 200)
            #expect(try repeated.message(DossierRepresentation.self) == dossier)
            #expect(try await harness.portal.dossiers().map(\.puts) == [1])
            submission.revision = 2
            #expect(try await kiosk.put(submission, id).status == 412)
            let fetched = try await kiosk.get("/v1/dossiers/\(id)")
            #expect(fetched.headers["etag"]?.hasPrefix("\"1-") == true)
            #expect(try fetched.message(DossierRepresentation.self) == dossier)
        }
    }

    @Test func `codes count up within a day and begin anew on the next`() async throws {
        try await withKiosk { harness, kiosk, account in
            let submission = kiosk.submission(account: account, procedure: "LUU_TRU")
            for _ in 1...2 { #expect(try await kiosk.put(submission, newId()).status == 201) }
            harness.clock.advance(16 * 3600)
            let tomorrow = try await harness.kiosk()
            #expect(try await tomorrow.put(submission, newId()).status == 201)
            let codes = try await harness.portal.dossiers().map { $0.code.suffix(11) }
            #expect(Set(codes) == ["261123-0001", "261123-0002", "261124-0001"])
        }
    }

    @Test func `a write without a precondition is refused`() async throws {
        try await withKiosk { _, kiosk, account async throws in
            let submission = kiosk.submission(account: account, procedure: "LUU_TRU")
            #expect(try await kiosk.send("PUT", "/v1/dossiers/\(newId())", json: submission).status == 428)
            #expect(try await kiosk.put(submission, newId(), ifMatch: "\"1\"").status == 412)
        }
    }

    @Test func `an officer's word about an appointment changes no status`() async throws {
        try await withKiosk { harness, kiosk, account in
            let id = newId()
            #expect(try await kiosk.put(kiosk.submission(account: account, procedure: "LUU_TRU"), id).status == 201)
            try await harness.portal.perform(.accept, on: id)
            try await harness.portal.perform(.remark(remark: "8 giờ thứ Hai", pointer: "/fields/appointment"), on: id)
            let told = try await kiosk.get("/v1/dossiers/\(id)").message(DossierRepresentation.self)
            #expect(told.status == "accepted")
            #expect(told.remarks?.map(\.text) == ["8 giờ thứ Hai"] && told.remarks?.first?.pointer == "/fields/appointment")
            await #expect(throws: TrainingPortalError.self) {
                try await harness.portal.perform(.remark(remark: " ", pointer: nil), on: id)
            }
        }
    }

    @Test func `an amendment answers a request for supplements`() async throws {
        try await withKiosk { harness, kiosk, account in
            let id = newId()
            var submission = kiosk.submission(account: account, procedure: "LUU_TRU")
            #expect(try await kiosk.put(submission, id).status == 201)
            try await harness.portal.perform(.requestSupplement(remark: "Thiếu trang 2", pointer: "/attachments/0"), on: id)
            submission.revision = 2
            let stale = try await kiosk.put(submission, id, ifMatch: "\"1\"")
            #expect(stale.status == 412)
            let answer = try await kiosk.get("/v1/dossiers/\(id)")
            let second = try #require(answer.headers["etag"])
            let asked = try answer.message(DossierRepresentation.self)
            #expect(asked.status == "supplement-required")
            #expect(asked.remarks?.map(\.text) == ["Thiếu trang 2"])
            #expect(asked.remarks?.first?.pointer == "/attachments/0")
            let amended = try await kiosk.put(submission, id, ifMatch: second)
            #expect(amended.status == 200)
            #expect(amended.headers["etag"]?.hasPrefix("\"3-") == true)
            #expect(try amended.message(DossierRepresentation.self).status == "received")
            // The answer was lost and the kiosk sends it again: a repeat, not a conflict.
            let repeated = try await kiosk.put(submission, id, ifMatch: second)
            #expect(repeated.status == 200)
            #expect(repeated.headers["etag"]?.hasPrefix("\"3-") == true)
            #expect(try await harness.portal.dossiers().map(\.puts) == [2])
            submission.revision = 3
            #expect(try await kiosk.put(submission, id, ifMatch: second).status == 412)
        }
    }

    @Test func `files that the portal lacks are named`() async throws {
        try await withKiosk { harness, kiosk, account in
            var lacking = try await kiosk.upload(Self.paper)
            lacking.sha256 = String(repeating: "a", count: 64)
            var submission = kiosk.submission(account: account, attachments: [try await kiosk.upload(Self.paper), lacking])
            let answer = try await kiosk.put(submission, newId())
            #expect(answer.status == 424)
            #expect(answer.problem?.code == .attachmentsMissing)
            #expect(answer.problem?.missing == [lacking.sha256])
            // Another kiosk's upload is not this kiosk's.
            let other = try await harness.kiosk("other")
            submission.attachments.removeLast()
            submission.account = try await other.account()
            #expect(try await other.put(submission, newId()).status == 424)
        }
    }

    @Test func `a wrong length is for a person to mend`() async throws {
        try await withKiosk { _, kiosk, account in
            var paper = try await kiosk.upload(Self.paper)
            paper.size += 1
            let answer = try await kiosk.put(kiosk.submission(account: account, attachments: [paper]), newId())
            #expect(answer.status == 422)
            #expect(answer.problem?.errors?.map(\.pointer) == ["/attachments/0/size"])
        }
    }

    @Test func `a component that is always required is missed, one that may be is not`() async throws {
        try await withKiosk { _, kiosk, account in
            let answer = try await kiosk.put(kiosk.submission(account: account), newId())
            #expect(answer.status == 422)
            #expect(answer.problem?.code == .dossierRejected)
            #expect(answer.problem?.errors?.map(\.code) == ["missing-component"])
            #expect(answer.problem?.errors?.first?.pointer == "/attachments")
            #expect(answer.problem?.errors?.first?.message.contains("Tờ khai CT01") == true)
        }
    }

    @Test func `an unknown procedure is retired`() async throws {
        try await withKiosk { _, kiosk, account in
            let answer = try await kiosk.put(kiosk.submission(account: account, procedure: "KT1"), newId())
            #expect(answer.status == 410)
            #expect(answer.problem?.code == .procedureRetired)
        }
    }

    @Test func `an account that is not verified holds the dossier`() async throws {
        try await withKiosk { harness, kiosk, account in
            #expect(
                try await kiosk.put(kiosk.submission(account: newId(), procedure: "LUU_TRU"), newId()).problem?.code
                    == .accountUnverified)
            let other = try await harness.kiosk("other")
            let answer = try await other.put(other.submission(account: account, procedure: "LUU_TRU"), newId())
            #expect(answer.status == 403)
        }
    }

    @Test func `every person in the answers is compared with the population`() async throws {
        try await withKiosk { _, kiosk, account in
            var submission = kiosk.submission(account: account, procedure: "LUU_TRU")
            let guests = JSONPointer(tokens: ["guests"])
            submission.fields.set(
                [
                    ["citizenId": "099065000456", "fullName": "Bùi Văn Thắng", "birthDate": "1965-07-01"],
                    ["citizenId": "099157000789", "fullName": "Nụ Hà Thị", "birthDate": "1957-01-01"],
                    ["citizenId": "001099999999", "fullName": "Người nơi khác"],
                ], at: guests)
            let answer = try await kiosk.put(submission, newId())
            #expect(answer.status == 422)
            #expect(answer.problem?.errors?.map(\.pointer) == ["/fields/guests/1/fullName"])
            #expect(answer.problem?.errors?.first?.code == "population-mismatch")
            #expect(answer.problem?.errors?.first?.expected == "Hà Thị Nụ")
            submission.fields.set("Hà Thị Nụ", at: JSONPointer(tokens: ["guests", "1", "fullName"]))
            #expect(try await kiosk.put(submission, newId()).status == 201)
        }
    }

    @Test func `the applicant must be in the population`() async throws {
        try await withKiosk { _, kiosk, account in
            let stranger: JSONValue = ["citizenId": "099099999999", "fullName": "Ai Đó"]
            let answer = try await kiosk.put(
                kiosk.submission(account: account, procedure: "LUU_TRU", applicant: stranger), newId())
            #expect(answer.status == 422)
            #expect(answer.problem?.errors?.map(\.pointer) == ["/fields/applicant/citizenId"])
        }
    }

    @Test func `a second open dossier of a procedure is a duplicate, at whichever kiosk`() async throws {
        try await withKiosk { harness, kiosk, account in
            let id = newId()
            let submission = kiosk.submission(account: account, attachments: [try await kiosk.upload(Self.paper)])
            let first = try await kiosk.put(submission, id).message(DossierRepresentation.self)
            let other = try await harness.kiosk("other")
            let second = other.submission(account: try await other.account(), attachments: [try await other.upload(Self.paper)])
            let answer = try await other.put(second, newId())
            #expect(answer.status == 409)
            #expect(answer.problem?.code == .duplicateDossier)
            #expect(
                answer.problem?.conflictsWith
                    == Problem.Duplicate(
                        code: first.code, procedure: "TAM_TRU", receivedAt: "2026-11-23T08:00:00+07:00", kiosk: kiosk.id))
            try await harness.portal.perform(.refuse(remark: "Sai thẩm quyền"), on: id)
            #expect(try await other.put(second, newId()).status == 201)
        }
    }

    @Test func `another kiosk's dossier is invisible but for its public part`() async throws {
        try await withKiosk { harness, kiosk, _ in
            let id = try await kiosk.file()
            let other = try await harness.kiosk("other")
            #expect(try await other.get("/v1/dossiers/\(id)").status == 404)
            let code = try #require(try await harness.portal.dossiers().first?.code)
            let found = try await other.get("/v1/dossiers?code=\(code)&procedure=LUU_TRU")
            let expected = DossierProgress(
                code: code, procedure: "LUU_TRU", status: "received", statusAt: "2026-11-23T08:00:00+07:00", dueAt: nil)
            #expect(try found.message(DossierProgress.self) == expected)
            #expect(try await other.get("/v1/dossiers?code=\(code)&procedure=TAM_TRU").status == 404)
        }
    }

    @Test func `a dossier is withdrawn once, and not when it has its result`() async throws {
        try await withKiosk { harness, kiosk, _ in
            let id = try await kiosk.file()
            let message = WithdrawalMessage(reason: "Đã nộp trực tiếp", at: "2026-11-23T08:00:00+07:00")
            let first = try await kiosk.send("PUT", "/v1/dossiers/\(id)/withdrawal", json: message)
            #expect(first.status == 200)
            #expect(try first.message(DossierRepresentation.self).status == "withdrawn")
            let again = try await kiosk.send("PUT", "/v1/dossiers/\(id)/withdrawal", json: message)
            #expect(again.status == 200)
            #expect(again.headers["etag"] == first.headers["etag"])
            let resolved = try await kiosk.file()
            for act in [OfficerAct.accept, .process, .resolve] { try await harness.portal.perform(act, on: resolved) }
            let late = try await kiosk.send("PUT", "/v1/dossiers/\(resolved)/withdrawal", json: message)
            #expect(late.status == 409)
            #expect(late.problem?.code == .alreadyResolved)
        }
    }

    @Test func `a body that is no dossier is malformed`() async throws {
        try await withKiosk { _, kiosk, _ in
            let answer = try #require(
                try await kiosk.send("PUT", "/v1/dossiers/\(newId())", headers: ["If-None-Match": "*"], body: Array("{".utf8)))
            #expect(answer.status == 400)
            #expect(answer.problem != nil)
        }
    }
}
