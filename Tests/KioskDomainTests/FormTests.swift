import JSONTree
import KioskDomain
import Testing

@Suite struct FormTests {
    @Test(arguments: ["TT_NHAP_SINH", "LUU_TRU"])
    func `the samples have warnings at most`(code: String) throws {
        let (form, sample) = try Form.shipped(code)
        #expect(form.codes(sample) == [])
        // Invented residents have a province code that no province has.
        let warnings = form.codes(sample, .warning)
        #expect(!warnings.isEmpty && warnings.allSatisfy { $0.hasSuffix(" unknown-province-code") }, "\(warnings)")
        #expect(form.filed(sample) == sample)
    }

    @Test(arguments: ["TT_NHAP_SINH", "LUU_TRU"])
    func `each required answer is missed where it should be`(code: String) throws {
        let (form, sample) = try Form.shipped(code)
        let required = form.sections(for: sample).flatMap { form.questions(of: $0, for: sample) }.filter(\.isRequired)
        #expect(required.count > 12)
        for question in required {
            for nothing: JSONValue? in [nil, .null, "", " \u{00A0}"] {
                var answers = sample
                answers.set(nothing, at: question.pointer)
                // What the answer made visible is not asked for any more, so nothing else is missed.
                #expect(form.codes(answers).contains("\(question.pointer) required"), "\(question.pointer)")
                #expect(form.codes(answers).allSatisfy { $0 == "\(question.pointer) required" }, "\(question.pointer)")
            }
        }
    }

    @Test func `hidden questions are neither required nor filed`() throws {
        let (form, sample) = try Form.shipped("TT_NHAP_SINH")
        let asHead = sample.setting(true, at: "/household/applicantIsHead")
        #expect(form.codes(asHead) == [])
        let filed = form.filed(asHead)
        #expect(filed[at("/household/head")] == nil && filed[at("/household/consentOnForm")] == nil)
        #expect(filed[at("/household/applicantIsHead")] == true)
        #expect(form.filed(sample)[at("/household/head/fullName")] == "Bùi Văn Thắng")
        let withoutHead = sample.setting(nil, at: "/household/head")
        #expect(form.codes(withoutHead) == ["/household/head/fullName required", "/household/head/citizenId required"])
    }

    @Test func `members are asked each by itself`() throws {
        let (form, sample) = try Form.shipped("LUU_TRU")
        let second: JSONValue = [
            "id": "2", "fullName": " H'Hen   Niê ", "birthDate": "2/1990", "sex": "female", "document": "ho-chieu",
            "documentNumber": "B1234567", "citizenId": "123", "permanentAddress": "Bản Mẫu",
        ]
        let two = sample.setting(second, at: "/guests/1")
        #expect(form.codes(two) == [])
        let filed = form.filed(two)
        #expect(filed[at("/guests/1/fullName")] == "H'Hen Niê" && filed[at("/guests/1/birthDate")] == "1990-02")
        #expect(filed[at("/guests/1/id")] == "2" && filed[at("/guests/1/citizenId")] == nil)
        #expect(form.codes(two.setting(nil, at: "/guests/1/documentNumber")) == ["/guests/1/documentNumber required"])
        #expect(form.codes(two.setting("cccd", at: "/guests/1/document")) == ["/guests/1/citizenId not-a-citizen-number"])
        #expect(form.codes(two.setting("male", at: "/guests/1/sex")) == [])
        #expect(
            form.codes(sample.setting("female", at: "/guests/0/sex"), .warning).contains(
                "/guests/0/citizenId number-disagrees-with-sex"))
        #expect(form.codes(sample.setting([], at: "/guests")) == ["/guests too-few"])
        #expect(form.codes(sample.setting(nil, at: "/guests")) == ["/guests too-few"])
        let guest = try #require(sample[at("/guests/0")])
        #expect(form.codes(sample.setting(.array(Array(repeating: guest, count: 30)), at: "/guests")) == [])
        #expect(form.codes(sample.setting(.array(Array(repeating: guest, count: 31)), at: "/guests")) == ["/guests too-many"])
    }

    @Test func `answers to no question are refused`() throws {
        let (form, sample) = try Form.shipped("LUU_TRU")
        for pointer in ["/colour", "/applicant/colour", "/guests/0/colour", "/guests/0/address/village", "/stay/from/x"] {
            let answers =
                pointer == "/stay/from/x" ? sample.setting(["x": "y"], at: "/stay/from") : sample.setting("red", at: pointer)
            #expect(form.codes(answers).contains("\(pointer) unknown-field"), "\(pointer)")
            // An answer of a wrong kind stays where it is until a person mends it.
            #expect((form.filed(answers)[at(pointer)] == nil) == (pointer != "/stay/from/x"), "\(pointer)")
        }
        #expect(form.field(at: at("/guests/0/id")) == nil && form.field(at: at("/guests/0/sex"))?.type == .choice)
        #expect(form.field(at: at("/guests/sex")) == nil && form.field(at: at("/guests/x/sex")) == nil)
        #expect(form.field(at: at("/applicant/phone"))?.type == .phone)
    }

    @Test(
        arguments: [
            ("/applicant/fullName", "Lò Thị Mai 2", "name-has-digits"), ("/applicant/fullName", "...", "not-a-name"),
            ("/applicant/birthDate", "hôm qua", "not-a-birth-date"), ("/applicant/birthDate", "2022-04-09", "in-the-future"),
            ("/applicant/birthDate", "1889", "too-long-ago"), ("/applicant/sex", "nam", "not-a-choice"),
            ("/applicant/phone", "123", "not-a-phone"),
            ("/applicant/citizenId", "0991940001", "not-a-citizen-number"),
            ("/child/citizenId", "123456789", "not-a-citizen-number"),
            ("/child/birthDate", "2022", "not-a-date"), ("/child/birthDate", "2022-04-09", "in-the-future"),
            ("/household/applicantIsHead", "no", "not-yes-or-no"),
            ("/applicant/fullName", 5, "not-text"), ("/applicant/fullName", ["a": "b"], "not-text"),
        ] as [(String, JSONValue, String)])
    func `an answer that cannot stand is named`(pointer: String, answer: JSONValue, code: String) throws {
        let (form, sample) = try Form.shipped("TT_NHAP_SINH")
        #expect(form.codes(sample.setting(answer, at: pointer)).contains("\(pointer) \(code)"))
    }

    @Test func `lengths are counted in letters`() throws {
        let (form, sample) = try Form.shipped("TT_NHAP_SINH")
        let place = "/child/birthCertificate/number"
        #expect(form.codes(sample.setting(.string(String(repeating: "e\u{302}\u{323}", count: 50)), at: place)) == [])
        #expect(form.codes(sample.setting(.string(String(repeating: "a", count: 51)), at: place)) == ["\(place) too-long"])
    }

    @Test func `an old card's nine digits pass where they may`() throws {
        let (form, sample) = try Form.shipped("TT_NHAP_SINH")
        #expect(form.codes(sample.setting("123 456 789", at: "/applicant/citizenId")) == [])
        #expect(form.filed(sample.setting("123 456 789", at: "/applicant/citizenId"))[at("/applicant/citizenId")] == "123456789")
    }

    @Test func `a number that disagrees asks for a reason`() throws {
        let (form, sample) = try Form.shipped("TT_NHAP_SINH")
        let odd = form.codes(sample.setting("001065000001", at: "/applicant/citizenId"), .warning)
        #expect(odd.contains("/applicant/citizenId number-disagrees-with-sex"))
        #expect(odd.contains("/applicant/citizenId number-disagrees-with-birth"))
        #expect(!odd.contains("/applicant/citizenId unknown-province-code"))
    }

    @Test func `answers are cleaned before they decide what is asked`() throws {
        let (form, sample) = try Form.shipped("LUU_TRU")
        let typed = sample.setting(" cccd ", at: "/guests/0/document")
        #expect(form.filed(typed) == form.filed(sample))
        #expect(form.codes(typed.setting(nil, at: "/guests/0/citizenId")) == ["/guests/0/citizenId required"])
    }
}
