import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Testing

@Suite struct CatalogueTests {
    private let whole: JSONValue

    init() throws { whole = try JSONText.decode(JSONValue.self, from: try ShippedFiles.smallCatalogue()) }

    /// The fault of a catalogue in which one value was changed.
    private func fault(_ pointer: String, _ value: JSONValue?) throws -> String {
        var broken = whole
        broken.set(value, at: at(pointer))
        try #require(broken != whole, "\(pointer) changes nothing")
        let json = try JSONText.encode(broken)
        do throws(JSONFault) {
            _ = try Catalogue(json: json, today: sampleDay)
            return "no fault"
        } catch {
            return error.description
        }
    }

    @Test func `the catalogue of the kiosk is whole and keeps its content`() throws {
        let catalogue = try Catalogue(json: try ShippedFiles.smallCatalogue(), today: sampleDay)
        #expect(catalogue.procedures.map(\.code) == ["TT_NHAP_SINH", "LUU_TRU"])
        #expect(catalogue.procedure("LUU_TRU")?.deadline?.kind == .stayNotice)
        #expect(catalogue.procedure("NO_SUCH") == nil)
        #expect(try Catalogue(json: try JSONText.encode(catalogue), today: sampleDay) == catalogue)
        #expect(catalogue.procedures.allSatisfy { $0.sample != nil })
        #expect(catalogue.withoutSamples.procedures.allSatisfy { $0.sample == nil })
        #expect(try Catalogue(json: try JSONText.encode(catalogue.withoutSamples), today: sampleDay) == catalogue.withoutSamples)
    }

    @Test func `today may stand for the day of the law`() throws {
        var current = whole
        current.set("today", at: at("/asOf"))
        #expect(try Catalogue(json: try JSONText.encode(current), today: sampleDay).asOf == "today")
    }

    @Test(
        arguments: [
            ("/version", "", "/version is empty"), ("/version", nil, "/version is missing"),
            ("/version", 3, "/version is not of the type String"),
            ("/asOf", "08/04/2022", "/asOf is neither"), ("/asOf", "tomorrow", "/asOf is neither"),
            ("/procedures", [], "/procedures is empty"),
            ("/procedures/1/code", "TT_NHAP_SINH", "/procedures/TT_NHAP_SINH is there twice"),
            ("/procedures/0/group", "no-group", "/procedures/TT_NHAP_SINH/group is not in /groups"),
            ("/procedures/0/sections/2/id", "Nơi ở", "/procedures/TT_NHAP_SINH/sections/2/id is not a-z"),
            ("/procedures/0/sections/2/id", "", "/procedures/TT_NHAP_SINH/sections/2/id is not a-z"),
            ("/procedures/0/sections/1/id", "nguoi-khai", "/procedures/TT_NHAP_SINH/sections has an id twice"),
            (
                "/procedures/0/sections/0/fields/1/pointer", "/applicant/fullName",
                "/procedures/TT_NHAP_SINH/sections/0/fields/1/pointer is empty or there twice"
            ),
            (
                "/procedures/1/sections/3/fields/1/pointer", "",
                "/procedures/LUU_TRU/sections/3/fields/1/pointer is empty or there twice"
            ),
            ("/procedures/0/sections/0/fields/0/pointer", "applicant", "/procedures/0/sections/0/fields/0/pointer is not valid"),
            ("/procedures/0/sections/0/fields/0/type", "colour", "/procedures/0/sections/0/fields/0/type is not valid"),
            (
                "/procedures/0/sections/0/fields/2/options", [],
                "/procedures/TT_NHAP_SINH/sections/0/fields/2/options belong to a choice"
            ),
            (
                "/procedures/0/sections/0/fields/2/options", nil,
                "/procedures/TT_NHAP_SINH/sections/0/fields/2/options belong to a choice"
            ),
            (
                "/procedures/0/sections/0/fields/0/options", [["value": "a", "label": ["vi": "a", "en": "a"]]],
                "/procedures/TT_NHAP_SINH/sections/0/fields/0/options belong"
            ),
            ("/procedures/0/components/1/id", "TO_KHAI_CT01", "/procedures/TT_NHAP_SINH/components has an id twice"),
            ("/procedures/0/applicant", "/child", "/procedures/TT_NHAP_SINH/applicant has no field phone"),
            (
                "/procedures/0/sections/0/fields/4/pointer", "/applicant/mobile",
                "/procedures/TT_NHAP_SINH/applicant has no field phone"
            ),
            (
                "/procedures/0/rules/0/field", "/child/age",
                "/procedures/TT_NHAP_SINH/rules/0 names a field that the form does not have"
            ),
            (
                "/procedures/0/rules/2/other", "/child/age",
                "/procedures/TT_NHAP_SINH/rules/2 names a field that the form does not have"
            ),
            ("/procedures/0/rules/0/kind", "older", "/procedures/0/rules/0/kind is not valid"),
            ("/procedures/1/editions/0/deadline/from", "/stay/begin", "/procedures/LUU_TRU/deadline/from names no field"),
            ("/procedures/1/editions/0/deadline/from", nil, "/procedures/LUU_TRU/deadline/from names no field"),
            (
                "/procedures/0/sections/3/fields/1/visibleWhen", ["field": "/x"],
                "/procedures/0/sections/3/fields/1/visibleWhen/present is missing"
            ),
            (
                "/procedures/0/sample/applicant/phone", nil,
                "/procedures/TT_NHAP_SINH/sample/applicant/phone is refused by the form: required"
            ),
            (
                "/procedures/0/sample/applicant/colour", "red",
                "/procedures/TT_NHAP_SINH/sample/applicant/colour is refused by the form: unknown-field"
            ),
            ("/consent/editions/0/text/vi", nil, "/consent/editions/0/text/vi is missing"),
            ("/consent/editions", [], "/consent/editions has none, or several"),
            ("/consent/editions/0/from", "2022-13-01", "/consent/editions: «2022-13-01» is no day"),
            ("/consent/editions/0/until", "2022-04-07", "/consent/editions has none, or several"),
            ("/consent/editions/0/version", "", "/consent/editions//version is empty"),
            ("/consent/editions/0/guardianUnder", nil, "/consent/editions/2/guardianUnder is not an age"),
            ("/consent/editions/0/purposes", nil, "/consent/editions/2/purposes has no required purpose filing"),
            ("/consent/editions/0/purposes/0/required", false, "/consent/editions/2/purposes has no required purpose filing"),
            ("/consent/editions/0/purposes/1/id", "scans", "/consent/editions/2/purposes has no required purpose keep-scans"),
            ("/consent/editions/0/purposes/2/required", true, "/consent/editions/2/purposes requires contact"),
            ("/consent/editions/0/purposes/3/required", true, "/consent/editions/2/purposes requires reuse"),
            ("/consent/editions/0/purposes/3/id", "evidence", "/consent/editions/2/purposes/3/id is not"),
            ("/consent/editions/0/purposes/3/id", "contact", "/consent/editions/2/purposes has an id twice"),
            ("/consent/editions/0/purposes/2/text/en", "", "/consent/editions/2/purposes/2 has an empty text"),
        ] as [(String, JSONValue?, String)])
    func `a defect is refused with its path`(pointer: String, value: JSONValue?, words: String) throws {
        let found = try fault(pointer, value)
        #expect(found.hasPrefix(words), "\(pointer): \(found)")
    }

    @Test(
        arguments: [
            ("/procedures/0/rules/0/years", nil, "/procedures/TT_NHAP_SINH/rules/0/years"),
            ("/procedures/0/rules/2/other", nil, "/procedures/TT_NHAP_SINH/rules/2/other"),
            ("/procedures/1/rules/1/days", nil, "/procedures/LUU_TRU/rules/1/days"),
            ("/procedures/0/editions/0/deadline/days", nil, "/procedures/TT_NHAP_SINH/deadline/days"),
            ("/procedures/0/subject", "/child/nickname", "/procedures/TT_NHAP_SINH/subject"),
            (
                "/procedures/0/sections/3/fields/1/visibleWhen/field", "/household/isHead",
                "/procedures/TT_NHAP_SINH/sections/3/fields/1/visibleWhen"
            ),
            (
                "/procedures/0/sections/3/fields/1/requiredWhen/field", "/household/isHead",
                "/procedures/TT_NHAP_SINH/sections/3/fields/1/requiredWhen"
            ),
            (
                "/procedures/0/components/3/requiredWhen/field", "/applicant/relation",
                "/procedures/TT_NHAP_SINH/components/3/requiredWhen"
            ),
            ("/procedures/1/sections/3/repeats/maximum", 0, "/procedures/LUU_TRU/sections/3/repeats"),
            (
                "/procedures/0/sections/0/fields/3/agreesWith/sex", "/applicant/gender",
                "/procedures/TT_NHAP_SINH/sections/0/fields/3/agreesWith"
            ),
            ("/procedures/0/components/0/id", "../CT01", "/procedures/TT_NHAP_SINH/components/0/id"),
        ] as [(String, JSONValue?, String)])
    func `what would silently never apply is refused too`(pointer: String, value: JSONValue?, words: String) throws {
        let found = try fault(pointer, value)
        #expect(found.hasPrefix(words), "\(pointer): \(found)")
    }

    @Test func `what is no JSON at all is refused`() {
        for text in ["", "[]", "null", "{", "<html>"] {
            #expect(throws: JSONFault.self) { try Catalogue(json: Data(text.utf8), today: sampleDay) }
        }
    }
}
