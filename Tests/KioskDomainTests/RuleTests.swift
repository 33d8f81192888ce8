import Foundation
import JSONTree
import KioskDomain
import Testing

@Suite struct RuleTests {
    @Test func `a stay ends after it begins and within 29 days`() throws {
        let (form, sample) = try Form.shipped("LUU_TRU")
        for (from, until, broken) in [
            ("2022-04-08T19:30", "2022-04-07", "stay-ends-before-it-begins"), ("2022-04-08T00:00", "2022-04-08", nil),
            ("2022-04-08T19:30", "2022-05-07", nil), ("2022-04-08T19:30", "2022-05-08", "stay-of-thirty-days"),
            ("2022-04-08T00:00", "2022-05-07", nil), ("2022-04-08T19:30", "2022-04-08", nil),
        ] {
            let answers = sample.setting(.string(from), at: "/stay/from").setting(.string(until), at: "/stay/until")
            #expect(form.codes(answers) == (broken.map { ["/stay/until \($0)"] } ?? []), "\(from) to \(until)")
        }
    }

    @Test func `a rule waits for both answers to be readable`() throws {
        let (form, sample) = try Form.shipped("LUU_TRU")
        let answers = sample.setting("2022-04-01", at: "/stay/until")
        #expect(form.codes(answers) == ["/stay/until stay-ends-before-it-begins"])
        #expect(form.codes(answers.setting("x", at: "/stay/from")) == ["/stay/from not-a-time"])
        #expect(form.codes(answers.setting("x", at: "/stay/until")) == ["/stay/until not-a-date"])
    }

    @Test func `ages are counted on the day of filing`() throws {
        let (form, sample) = try Form.shipped("TT_NHAP_SINH")
        let child = sample.setting("2004-02-29", at: "/child/birthDate")
        #expect(
            form.codes(child, today: try #require(CalendarDate("2022-02-28"))).contains("/child/birthDate child-too-old") == false
        )
        #expect(form.codes(child, today: try #require(CalendarDate("2022-03-01"))).contains("/child/birthDate child-too-old"))
        let young = sample.setting("2006-04-09", at: "/applicant/birthDate")
        #expect(form.codes(young, .warning).contains("/applicant/birthDate applicant-too-young"))
        #expect(
            !form.codes(young, .warning, today: sampleDay.adding(days: 1)).contains("/applicant/birthDate applicant-too-young"))
        #expect(form.codes(young) == [])
    }

    @Test func `a birth is registered after it`() throws {
        let (form, sample) = try Form.shipped("TT_NHAP_SINH")
        #expect(
            form.codes(sample.setting("2022-03-19", at: "/child/birthCertificate/date")) == [
                "/child/birthCertificate/date registered-before-birth"
            ])
        #expect(form.codes(sample.setting("2022-03-20", at: "/child/birthCertificate/date")) == [])
    }

    @Test func `two answers have to differ, however they are written`() throws {
        let rule: JSONValue = [
            "code": "same-person", "kind": "different", "severity": "error", "field": "/child/fullName",
            "other": "/applicant/fullName",
            "message": ["vi": "Trùng tên.", "en": "The same name."],
            "when": ["field": "/applicant/relationToChild", "equals": "me"],
        ]
        var json = try JSONText.decode(JSONValue.self, from: try JSONText.encode(try shippedCatalogue()))
        json.set([rule], at: at("/procedures/0/rules"))
        let procedure = try #require(try Catalogue(json: try JSONText.encode(json), today: sampleDay).procedure("TT_NHAP_SINH"))
        let sample = try #require(procedure.sample)
        let form = Form(procedure, today: sampleDay)
        #expect(form.codes(sample) == [])
        #expect(form.codes(sample.setting("LO THI  MAI", at: "/child/fullName")) == ["/child/fullName same-person"])
        #expect(
            form.codes(sample.setting("LO THI MAI", at: "/child/fullName").setting("cha", at: "/applicant/relationToChild")) == []
        )
    }
}

@Suite struct PaperTests {
    private func codes(_ form: Form, _ answers: JSONValue, _ attached: [String: Int]) -> [String] {
        form.paperIssues(for: answers, attached: attached).map { "\($0.pointer) \($0.code)" }
    }

    @Test func `papers are asked for as the answers want them`() throws {
        let (form, sample) = try Form.shipped("TT_NHAP_SINH")
        let always = ["/attachments/TO_KHAI_CT01 missing-component", "/attachments/GIAY_KHAI_SINH missing-component"]
        #expect(codes(form, sample, [:]) == always + ["/attachments/DONG_Y_CHU_HO missing-component"])
        #expect(codes(form, sample.setting(true, at: "/household/consentOnForm"), [:]) == always)
        #expect(codes(form, sample.setting(true, at: "/household/applicantIsHead"), [:]) == always)
        #expect(codes(form, sample, ["TO_KHAI_CT01": 1, "GIAY_KHAI_SINH": 2, "DONG_Y_CHU_HO": 1]) == [])
        #expect(codes(form, sample, ["TO_KHAI_CT01": 0, "GIAY_KHAI_SINH": 2, "DONG_Y_CHU_HO": 1]) == [always[0]])
        let guardian = sample.setting("giam-ho", at: "/applicant/relationToChild")
        #expect(codes(form, guardian, [:]).contains("/attachments/GIAY_TO_GIAM_HO missing-component"))
    }

    @Test func `optional papers may be there, unknown ones may not`() throws {
        let (form, sample) = try Form.shipped("LUU_TRU")
        #expect(codes(form, sample, [:]) == [])
        #expect(codes(form, sample, ["GIAY_TO_KHACH": 3]) == [])
        #expect(
            codes(form, sample, ["X": 1, "A": 1]) == ["/attachments/A unknown-component", "/attachments/X unknown-component"])
    }

    @Test func `what is offered depends on the answers too`() throws {
        let (form, sample) = try Form.shipped("TT_NHAP_SINH")
        #expect(
            form.components(for: sample).map(\.component.id) == [
                "TO_KHAI_CT01", "GIAY_KHAI_SINH", "DONG_Y_CHU_HO", "GIAY_TO_KHAC",
            ])
        #expect(form.components(for: sample).map(\.isRequired) == [true, true, true, false])
    }
}

@Suite struct StatutoryDeadlineTests {
    @Test(arguments: [
        ("2022-04-08T00:00", "2022-04-08T23:00:00+07:00"), ("2022-04-08T19:30", "2022-04-08T23:00:00+07:00"),
        ("2022-04-08T22:59", "2022-04-08T23:00:00+07:00"), ("2022-04-08T23:00", "2022-04-09T08:00:00+07:00"),
        ("2022-04-08T23:30", "2022-04-09T08:00:00+07:00"), ("2022-12-31T23:59", "2023-01-01T08:00:00+07:00"),
    ])
    func `a stay is notified by 23:00, or by 08:00 after a late arrival`(from: String, by: String) throws {
        let (form, sample) = try Form.shipped("LUU_TRU")
        let sendBy = form.procedure.sendBy(sample.setting(.string(from), at: "/stay/from"))
        #expect(sendBy.map(VietnamTime.rfc3339) == by)
    }

    @Test func `without a time, and in other procedures, there is no such hour`() throws {
        let (stay, sample) = try Form.shipped("LUU_TRU")
        #expect(stay.procedure.sendBy(sample.setting(nil, at: "/stay/from")) == nil)
        #expect(stay.procedure.sendBy(sample.setting("x", at: "/stay/from")) == nil)
        let (birth, child) = try Form.shipped("TT_NHAP_SINH")
        #expect(birth.procedure.sendBy(child) == nil)
    }
}

@Suite struct MediaTypeTests {
    @Test(
        arguments: [
            ([0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg"), ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], "image/png"),
            (Array("%PDF-1.7".utf8), "application/pdf"), ([0x49, 0x49, 0x2A, 0x00], "image/tiff"),
            ([0x4D, 0x4D, 0x00, 0x2A], "image/tiff"),
            (Array("RIFF\u{1}\u{2}\u{3}\u{4}WEBP".utf8), "image/webp"), ([0, 0, 0, 24] + Array("ftypheic".utf8), "image/heic"),
            ([0, 0, 0, 24] + Array("ftypmif1".utf8), "image/heic"), ([0, 0, 0, 24] + Array("ftypisom".utf8), nil), ([], nil),
            ([0xFF, 0xD8], nil),
            (Array("<html>".utf8), nil), (Array("MZ".utf8), nil), (Array(" %PDF-".utf8), nil), (Array("RIFF1234WAVE".utf8), nil),
        ] as [([UInt8], String?)])
    func `a file's first bytes tell its kind`(bytes: [UInt8], type: String?) {
        #expect(MediaType.detect(bytes) == type)
        #expect(bytes.count <= MediaType.prefixLength)
    }

    @Test func `the portal takes no pictures of telephones' own kinds`() {
        #expect(MediaType.accepted == ["image/jpeg", "image/png", "application/pdf", "image/tiff"])
    }
}
