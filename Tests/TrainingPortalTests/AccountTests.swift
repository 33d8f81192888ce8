import JSONTree
import PortalWire
import Testing
import TrainingPortal

@Suite struct AccountTests {
    /// Vi Văn Páo, who has no account.
    private static let pao: JSONValue = [
        "citizenId": "099088000321", "fullName": "Vi Văn Páo", "birthDate": "1988-11-05", "sex": "male",
    ]

    private func withCodeSent(_ body: (PortalHarness, TestKiosk, _ account: String, _ code: String) async throws -> Void)
        async throws
    {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let id = newId()
            let answer = try await kiosk.send("PUT", "/v1/accounts/\(id)", json: kiosk.registration(Self.pao))
            #expect(answer.status == 202)
            let expected = AccountState(status: "code-sent", expiresAt: "2026-11-23T08:10:00+07:00", attemptsLeft: 5)
            #expect(try answer.message(AccountState.self) == expected)
            try await body(harness, kiosk, id, try #require(try await harness.portal.smsCode(id)))
        }
    }

    private func verify(_ kiosk: TestKiosk, _ account: String, _ code: String) async throws -> Answer {
        try await kiosk.send("PUT", "/v1/accounts/\(account)/verification", json: VerificationMessage(code: code))
    }

    /// A code that is not `code`; another for each `number` from 1 to 9.
    private func wrong(_ code: String, _ number: Int) -> String {
        let digit = (Int(code.suffix(1)) ?? 0) + number
        return code.dropLast() + String(digit % 10)
    }

    @Test func `a resident who has an account is verified at once`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            let answer = try await kiosk.send("PUT", "/v1/accounts/\(newId())", json: kiosk.registration(mai))
            #expect(answer.status == 200)
            #expect(try answer.message(AccountState.self) == AccountState(status: "verified"))
        }
    }

    @Test func `a code verifies, any number of times, and the feed tells it`() async throws {
        try await withCodeSent { _, kiosk, account, code in
            #expect(try await verify(kiosk, account, code).status == 200)
            #expect(try await verify(kiosk, account, code).status == 200)
            let page = try await kiosk.get("/v1/changes").message(ChangePage.self)
            #expect(page.changes == [.account(AccountState(id: account, status: "verified"))])
            // No further code for it: the answer tells its state.
            let asked = try #require(try await kiosk.send("POST", "/v1/accounts/\(account)/code"))
            #expect(asked.status == 202)
            #expect(try asked.message(AccountState.self).status == "verified")
            // Another name of the same resident is verified at once now.
            let other = try await kiosk.send("PUT", "/v1/accounts/\(newId())", json: kiosk.registration(Self.pao))
            #expect(other.status == 200)
        }
    }

    @Test func `a repeat of the declaration sends no second code`() async throws {
        try await withCodeSent { harness, kiosk, account, code async throws in
            #expect(try await kiosk.send("PUT", "/v1/accounts/\(account)", json: kiosk.registration(Self.pao)).status == 202)
            #expect(try await harness.portal.smsCode(account) == code)
            #expect(try await harness.send("GET", "/training/sms")?.json().arrayValue?.count == 1)
        }
    }

    @Test func `five wrong codes lock the account; the same wrong code counts once`() async throws {
        try await withCodeSent { _, kiosk, account, code in
            for number in 1...4 {
                for _ in 1...2 {
                    let answer = try await verify(kiosk, account, wrong(code, number))
                    #expect(answer.status == 422)
                    #expect(answer.problem?.code == .codeWrong)
                    #expect(answer.problem?.attemptsLeft == 5 - number)
                }
            }
            let fifth = try await verify(kiosk, account, wrong(code, 5))
            #expect(fifth.status == 403)
            #expect(fifth.problem?.code == .accountLocked)
            #expect(try await verify(kiosk, account, code).status == 403)
            // Declaring again, with another phone, does not open the lock.
            let again = try await kiosk.send(
                "PUT", "/v1/accounts/\(account)", json: kiosk.registration(Self.pao, phone: "0900000999"))
            #expect(again.problem?.code == .accountLocked)
            let page = try await kiosk.get("/v1/changes").message(ChangePage.self)
            #expect(page.changes == [.account(AccountState(id: account, status: "locked"))])
        }
    }

    @Test func `a code ends after ten minutes`() async throws {
        try await withCodeSent { harness, kiosk, account, code in
            harness.clock.advance(601)
            let late = try await verify(kiosk, account, code)
            #expect(late.status == 410)
            #expect(late.problem?.code == .codeExpired)
        }
    }

    @Test func `a new code is sent once a minute`() async throws {
        try await withCodeSent { harness, kiosk, account, code in
            harness.clock.advance(20)
            let early = try #require(try await kiosk.send("POST", "/v1/accounts/\(account)/code"))
            #expect(early.status == 429)
            #expect(early.headers["retry-after"] == "40")
            harness.clock.advance(40)
            #expect(try await kiosk.send("POST", "/v1/accounts/\(account)/code")?.status == 202)
            #expect(try await harness.send("GET", "/training/sms")?.json().arrayValue?.count == 2)
            let latest = try #require(try await harness.portal.smsCode(account))
            #expect(try await verify(kiosk, account, latest).status == 200)
        }
    }

    @Test func `a slip in the name is told, with the right name`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            var person = Self.pao
            person.set("Vi Văn Pao", at: JSONPointer(tokens: ["fullName"]))
            let answer = try await kiosk.send("PUT", "/v1/accounts/\(newId())", json: kiosk.registration(person))
            #expect(answer.status == 422)
            #expect(answer.problem?.code == .accountMismatch)
            #expect(answer.problem?.errors?.map(\.pointer) == ["/fullName"])
            #expect(answer.problem?.errors?.first?.expected == "Vi Văn Páo")
        }
    }

    @Test func `the right name is not told to one who errs about the birth`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            var registration = kiosk.registration(Self.pao)
            registration.fullName = "Vi Văn Ai Đó"
            registration.birthDate = "1990-01-01"
            let answer = try await kiosk.send("PUT", "/v1/accounts/\(newId())", json: registration)
            #expect(answer.problem?.errors?.map(\.pointer) == ["/fullName", "/birthDate"])
            #expect(answer.problem?.errors?.compactMap(\.expected) == [])
        }
    }

    @Test(arguments: [
        ("vi   văn páo", "1988-11-05"), ("VI VĂN PÁO", "1988"), ("Vi Va\u{306}n Pa\u{301}o", "1988-11"),
    ])
    func `letter case, spaces, Unicode form and a partly known birth date do not differ`(name: String, birth: String) async throws
    {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            var registration = kiosk.registration(Self.pao)
            registration.fullName = name
            registration.birthDate = birth
            #expect(try await kiosk.send("PUT", "/v1/accounts/\(newId())", json: registration).status == 202)
        }
    }

    @Test func `an unknown number is a mismatch`() async throws {
        try await withPortal { harness in
            let kiosk = try await harness.kiosk()
            var registration = kiosk.registration(Self.pao)
            registration.citizenId = "099088999999"
            let answer = try await kiosk.send("PUT", "/v1/accounts/\(newId())", json: registration)
            #expect(answer.status == 422)
            #expect(answer.problem?.errors?.map(\.pointer) == ["/citizenId"])
        }
    }
}
