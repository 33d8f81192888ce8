import JSONTree
import KioskTestSupport
import PortalWire
import Testing
import TrainingPortal

/// What an officer does beyond the plain steps, by the control calls that tests use, and how the contract shows it.
@Suite struct OfficerActTests {
    private func control(_ harness: PortalHarness) throws -> PortalControl { try PortalControl(base: harness.portal.address) }

    private func dossier(_ id: String, _ kiosk: TestKiosk) async throws -> DossierRepresentation {
        try await kiosk.get("/v1/dossiers/\(id)").message(DossierRepresentation.self)
    }

    private func amended(_ kiosk: TestKiosk, account: String, name: String, birth: String = "1994-03-12") -> DossierSubmission {
        kiosk.submission(
            account: account, procedure: "LUU_TRU",
            applicant: ["citizenId": "099194000123", "fullName": .string(name), "birthDate": .string(birth), "sex": "female"],
            revision: 2)
    }

    @Test(arguments: 1...15) func `a refusal carries its reason, its place and the portal's words`(_ number: Int) async throws {
        let reason = number < 10 ? "R0\(number)" : "R\(number)"
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let id = try await kiosk.file()
            try await control(harness).act(dossier: id, act: "refuse", reason: reason)
            let refused = try await dossier(id, kiosk)
            let remark = try #require(refused.remarks?.last)
            #expect(refused.status == "refused" && remark.reason == reason && remark.text.count > 10)
            #expect(["R10", "R12", "R13", "R15"].contains(reason) == (remark.pointer == nil))
            await #expect(throws: WebClient.Failure.self) {
                try await control(harness).act(dossier: id, act: "refuse", reason: "R16")
            }
        }
    }

    @Test func `a mismatch tells the register's value and refuses the same value until it is mended`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let id = try await kiosk.file()
            // The officer's own edit makes the portal's copy differ from the register.
            let control = try control(harness)
            try await control.act(dossier: id, act: "edit-field", pointer: "/fields/applicant/fullName", value: "Lò Thị Mây")
            try await control.act(dossier: id, act: "mark-mismatch")
            let marked = try await dossier(id, kiosk)
            #expect(marked.status == "supplement-required")
            #expect(marked.remarks?.last?.expected == "Lò Thị Mai" && marked.remarks?.last?.reason == "R01")
            let account = try await kiosk.account()
            let etag = try #require(try await kiosk.get("/v1/dossiers/\(id)").headers["etag"])
            let mended = try await kiosk.put(amended(kiosk, account: account, name: "Lò Thị Mai"), id, ifMatch: etag)
            #expect(mended.status == 200)
        }
    }

    @Test func `what is held against the next dossier is told until that place changes`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let (account, id) = (try await kiosk.account(), newId())
            try await control(harness).object(reason: "R04")
            var submission = kiosk.submission(account: account, attachments: [try await kiosk.upload([1])])
            for _ in 1...2 {
                let answer = try await kiosk.put(submission, id)
                #expect(answer.status == 422)
                let fault = try #require(answer.problem?.errors?.first)
                #expect(fault.code == "unreadable-scan" && fault.pointer == "/attachments/0" && fault.reason == "R04")
            }
            // Another dossier is not concerned: the objection has met its own.
            #expect(try await kiosk.put(kiosk.submission(account: account, procedure: "LUU_TRU"), newId()).status == 201)
            submission.attachments = [try await kiosk.upload([2])]
            #expect(try await kiosk.put(submission, id).status == 201)
        }
    }

    @Test func `a duplicate names the other dossier, as it comes and afterwards`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let control = try control(harness)
            let other = PortalControl.OtherDossier(
                code: "G01.899.108.000-261101-0007", kiosk: "thon-cam-hoa", receivedAt: "2026-11-01T09:00:00+07:00")
            let id = newId()
            await #expect(throws: WebClient.Failure.self) { try await control.object(dossier: id, reason: "R10") }
            try await control.object(dossier: id, reason: "R10", other: other)
            let submission = kiosk.submission(account: try await kiosk.account(), procedure: "LUU_TRU")
            let answer = try await kiosk.put(submission, id)
            #expect(answer.status == 409 && answer.problem?.code == .duplicateDossier)
            #expect(answer.problem?.conflictsWith?.code == other.code)
            #expect(answer.problem?.conflictsWith?.kiosk == "thon-cam-hoa")
            try await control.liftObjections(dossier: id)
            #expect(try await kiosk.put(submission, id).status == 201)
            try await control.act(dossier: id, act: "mark-duplicate", other: other)
            let refused = try await dossier(id, kiosk)
            #expect(refused.status == "refused" && refused.remarks?.last?.text.contains(other.code) == true)
            try await control.act(dossier: id, act: "restore")
            #expect(try await dossier(id, kiosk).status == "received")
        }
    }

    @Test func `supplements and results have their days`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let control = try control(harness)
            let id = try await kiosk.file()
            try await control.act(dossier: id, act: "request-supplement", remark: "Chụp lại", dueAt: "2026-12-01")
            #expect(try await dossier(id, kiosk).dueAt == "2026-12-01T17:00:00+07:00")
            try await control.act(dossier: id, act: "restore")
            try await control.act(dossier: id, act: "accept")
            await #expect(throws: WebClient.Failure.self) {
                try await control.act(dossier: id, act: "decide", dueAt: "tuần sau")
            }
            try await control.act(dossier: id, act: "decide", dueAt: "2026-11-30", bring: "căn cước")
            let decided = try await dossier(id, kiosk)
            #expect(decided.status == "resolved" && decided.dueAt == "2026-11-30T17:00:00+07:00")
            #expect(decided.remarks?.last?.text.contains("căn cước") == true)
        }
    }

    @Test func `an account is locked, its code made old or replaced`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let control = try control(harness)
            let id = newId()
            let person: JSONValue = [
                "citizenId": "099088000321", "fullName": "Vi Văn Páo", "birthDate": "1988-11-05", "sex": "male",
            ]
            #expect(try await kiosk.send("PUT", "/v1/accounts/\(id)", json: kiosk.registration(person)).status == 202)
            func verify(_ code: String) async throws -> Int {
                try await kiosk.send("PUT", "/v1/accounts/\(id)/verification", json: ["code": code]).status
            }
            let first = try #require(try await control.code(for: id))
            try await control.act(account: id, act: "expire-code")
            #expect(try await verify(first) == 410)
            try await control.act(account: id, act: "reset-code")
            try await control.act(account: id, act: "lock")
            #expect(try await verify(first) == 403)
            await #expect(throws: WebClient.Failure.self) { try await control.act(account: id, act: "reset-code") }
            try await control.act(account: id, act: "unlock")
            #expect(try await control.state().accounts?.first { $0.id == id }?.status == "code-sent")
        }
    }

    @Test func `a public announcement says so and can be ended`() async throws {
        try await withPortal { harness in
            let control = try control(harness)
            let kiosk = try await harness.kiosk()
            func announcement() async throws -> ChangeMessage.Announcement? {
                let changes = try await kiosk.get("/v1/changes").message(ChangePage.self).changes
                guard case .announcement(let one)? = changes.first else { return nil }
                return one
            }
            let id = try await control.announce(title: "Lịch", body: "Thứ Bảy", isPublic: true)
            #expect(try await announcement()?.isPublic == true)
            harness.clock.advance(60)
            try await control.endAnnouncement(id)
            #expect(try await announcement()?.validUntil == "2026-11-23T08:01:00+07:00")
        }
    }
}
