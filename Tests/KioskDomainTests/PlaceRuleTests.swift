import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Testing

/// The kinds of rule that compare places, spans and members, each on a form of its own.
@Suite(.heavy) struct PlaceRuleTests {
    private func form(_ code: String, _ rules: [JSONValue]) throws -> (Form, JSONValue) {
        var json = try JSONText.decode(JSONValue.self, from: try JSONText.encode(try shippedCatalogue()))
        let index = try #require(try shippedCatalogue().procedures.firstIndex { $0.code == code })
        json.set(
            .array(
                rules.map { rule in
                    var rule = rule.setting("x", at: "/code").setting("error", at: "/severity")
                    rule.set(["vi": "a", "en": "a"], at: at("/message"))
                    return rule
                }), at: at("/procedures/\(index)/rules"))
        // The sample need not fit the rules of a test.
        let sample = json[at("/procedures/\(index)/sample")]
        json.set(nil, at: at("/procedures/\(index)/sample"))
        let procedure = try #require(try Catalogue(json: try JSONText.encode(json), today: sampleDay).procedure(code))
        return (Form(procedure, today: sampleDay), try #require(sample))
    }

    @Test(
        arguments: [
            ("Tỉnh Mẫu", "Huyện Mẫu", "Xã Mẫu", "Tỉnh Mẫu", "Huyện Mẫu", "Xã Mẫu", true, false),
            ("Tỉnh Mẫu", "Huyện Mẫu", "Xã Mẫu", "mẫu", "MAU", "X. Mẫu", false, true),
            ("Tỉnh Mẫu", "Huyện Mẫu", "Xã Mẫu", "mẫu", "MAU", "mâu", true, false),
            ("Tỉnh Mẫu", "Huyện Mẫu", "Xã Mẫu", "Tỉnh Mẫu", "Huyện Mẫu", "Thị trấn Mẫu", false, false),
            ("Tỉnh Mẫu", "Huyện Mẫu", "Xã Mẫu", "Tỉnh Mẫu", "Thị xã Mẫu", "Xã Mẫu", false, false),
            ("Tỉnh Mẫu", "Huyện Mẫu", "Xã Mẫu", "Tỉnh Khác", "Huyện Mẫu", "Xã Mẫu", false, true),
            ("TP. Huế", "TX Mẫu", "TT. Mẫu", "Thành phố Huế", "Thị xã Mẫu", "Thị trấn Mẫu", true, false),
            ("Tỉnh Mẫu", nil, "Xã Mẫu", "Tỉnh Mẫu", "Huyện Mẫu", "Xã Mẫu", false, false),
        ] as [(String, String?, String, String, String, String, Bool, Bool)])
    func `two places are surely one, surely two, or neither`(
        province: String, district: String?, commune: String, province2: String, district2: String, commune2: String,
        isOne: Bool, isTwo: Bool
    ) throws {
        let fields: JSONValue = ["field": "/from/commune", "other": "/household/address/commune"]
        let (other, sample) = try form("TT_HO_NGOAI_TINH", [fields.setting("otherPlace", at: "/kind")])
        let (same, _) = try form("TT_HO_NGOAI_TINH", [fields.setting("samePlace", at: "/kind")])
        var answers = sample
        answers.set(["province": .string(province), "commune": .string(commune), "village": "a"], at: at("/from"))
        answers.set(district.map { .string($0) }, at: at("/from/district"))
        answers.set(
            ["province": .string(province2), "district": .string(district2), "commune": .string(commune2), "village": "b"],
            at: at("/household/address"))
        #expect(other.codes(answers).contains("/from/commune x") == isOne)
        #expect(same.codes(answers).contains("/from/commune x") == isTwo)
    }

    @Test func `a span can be too short`() throws {
        let (form, sample) = try form(
            "TAM_TRU", [["kind": "minimumSpan", "field": "/stay/until", "other": "/stay/from", "days": 30]])
        let stay = sample.setting("2022-04-01", at: "/stay/from")
        #expect(form.codes(stay.setting("2022-04-30", at: "/stay/until")) == ["/stay/until x"])
        #expect(form.codes(stay.setting("2022-05-01", at: "/stay/until")) == [])
        // An end before the beginning is the order's affair.
        #expect(form.codes(stay.setting("2022-03-01", at: "/stay/until")) == [])
    }

    @Test func `an answer stands once in a list and is not that of the whole form`() throws {
        let (form, sample) = try form(
            "TT_HO_NGOAI_HUYEN", [["kind": "unique", "each": "/members", "field": "/citizenId", "other": "/applicant/citizenId"]])
        let member = try #require(sample[at("/members/0")])
        #expect(form.codes(sample) == [])
        #expect(form.codes(sample.setting(member.setting("2", at: "/id"), at: "/members/1")) == ["/members/1/citizenId x"])
        #expect(form.codes(sample.setting("099201001075", at: "/members/0/citizenId")) == ["/members/0/citizenId x"])
        let children = sample.setting("2020", at: "/members/0/birthDate").setting(nil, at: "/members/0/citizenId")
            .setting("tren-ct01", at: "/consent/parents")
        let child = try #require(children[at("/members/0")])
        #expect(form.codes(children.setting(child.setting("2", at: "/id"), at: "/members/1")) == [])
    }

    @Test func `a rule for members can depend on the whole form`() throws {
        let (form, sample) = try form(
            "TT_HO_NGOAI_HUYEN",
            [
                [
                    "kind": "noneOf", "each": "/members", "field": "/relationToHead", "values": ["vo"],
                    "formWhen": ["field": "/household/applicantIsHead", "equals": true],
                ]
            ])
        #expect(form.codes(sample) == ["/members/0/relationToHead x"])
        #expect(!form.codes(sample.setting(false, at: "/household/applicantIsHead")).contains("/members/0/relationToHead x"))
    }

    @Test(
        arguments: [
            (["kind": "otherPlace", "field": "/applicant/phone", "other": "/from/commune"], "field"),
            (["kind": "samePlace", "field": "/from/commune"], "other"),
            (["kind": "unique", "field": "/applicant/citizenId"], "each"),
            (["kind": "unique", "each": "/members", "field": "/citizenId", "other": "/x"], "names a field"),
            (["kind": "minimumSpan", "field": "/applicant/birthDate", "other": "/applicant/birthDate"], "days"),
            (
                [
                    "kind": "unique", "each": "/members", "field": "/citizenId",
                    "formWhen": ["field": "/x", "present": true],
                ], "formWhen"
            ),
        ] as [(JSONValue, String)])
    func `a rule that could never apply is refused`(rule: JSONValue, words: String) {
        #expect {
            _ = try form("TT_HO_NGOAI_TINH", [rule])
        } throws: {
            "\($0)".contains("/procedures/TT_HO_NGOAI_TINH/rules/0") && "\($0)".contains(words)
        }
    }

    @Test func `the schema of every form names its questions and refuses others`() throws {
        for procedure in try shippedCatalogue().procedures {
            let schema = FormSchema.document(of: procedure)
            #expect(schema["additionalProperties"] == false, "\(procedure.code)")
            let phone = schema[at("/properties/applicant/properties/phone")]
            #expect(phone?["anyOf"]?.arrayValue?.last == ["$ref": "#/$defs/phone"], "\(procedure.code)")
            #expect(schema[at("/properties/applicant/required")]?.arrayValue?.contains("citizenId") == true)
        }
    }
}
