import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Testing

/// The paper in the catalogue: forms of the law, wishes for a day, instruction slips.
@Suite(.heavy) struct PrintedFormTests {
    private func catalogue(on day: String) throws -> Catalogue {
        var json = try JSONText.decode(JSONValue.self, from: try ShippedFiles.catalogue())
        json.set("today", at: at("/asOf"))
        return try Catalogue(json: try JSONText.encode(json), today: try #require(CalendarDate(day)))
    }

    /// The catalogue of five procedures without the questions: quick to read, and it has every kind of paper.
    private func small() throws -> JSONValue { try Self.smallRead.get() }

    /// Read once: every defect starts from it.
    private static let smallRead = Result {
        var json = try JSONText.decode(JSONValue.self, from: try ShippedFiles.catalogue())
        let codes: Set<String> = ["TT_NHAP_SINH", "TT_NK_DINHCU_NN", "TAM_TRU", "TAM_VANG", "CCCD_CAP"]
        let kept = json["procedures"]?.arrayValue?.filter { $0["code"]?.stringValue.map(codes.contains) ?? false }
        json.set(.array(try #require(kept)), at: at("/procedures"))
        json.set(nil, at: at("/guide"))
        return json
    }

    private func printed(_ code: String, _ answers: JSONValue, _ catalogue: Catalogue) throws -> PrintedForm? {
        let day = try #require(catalogue.day.flatMap { CalendarDate($0) })
        return try #require(catalogue.procedure(code)).printedForm(
            for: answers, among: catalogue.printedForms ?? [], today: day)
    }

    @Test(arguments: [
        ("2022-04-08", "56/2021", 15), ("2023-12-31", "56/2021", 15), ("2024-01-01", "66/2023", 11),
        ("2025-06-30", "66/2023", 11),
        ("2025-07-01", "53/2025", 11),
    ])
    func `a dossier is filed on the print of its day`(day: String, circular: String, numbers: Int) throws {
        let catalogue = try catalogue(on: day)
        for code in ["TT_NHAP_SINH", "TT_HO_NGOAI_TINH", "TAM_TRU", "TT_KHAC"] {
            let form = try #require(try printed(code, .emptyObject, catalogue), "\(code)")
            #expect(form.form == "CT01" && form.mark.contains("\(circular)/TT-BCA"), "\(code)")
            #expect(form.table?.number == numbers && form.signatures.count == 4, "\(code)")
        }
        #expect(try printed("TAM_VANG", .emptyObject, catalogue)?.form == "CT03")
        #expect(try printed("LUU_TRU", .emptyObject, catalogue) == nil)
        #expect(try printed("CCCD_CAP", .emptyObject, catalogue) == nil)
    }

    @Test func `who has no valid passport files the CT02`() throws {
        let catalogue = try shippedCatalogue()
        for code in ["TT_NK_DINHCU_NN", "TT_HO_DINHCU_NN", "TT_PN_XCTP"] {
            #expect(try printed(code, ["nationality": ["proof": "ho-chieu"]], catalogue)?.form == "CT01", "\(code)")
            #expect(try printed(code, ["nationality": ["proof": "giay-to-khac"]], catalogue)?.form == "CT02", "\(code)")
        }
        // The same answer in a procedure that does not ask for it.
        #expect(try printed("TT_NK_LDHT_NN", .emptyObject, catalogue)?.form == "CT01")
    }

    @Test(
        arguments: [
            (
                "/printedForms/0/lines/0/values", [["person": "/name"]],
                "/printedForms/CT01-2021/lines/0/values/0 is a field of no procedure"
            ),
            (
                "/printedForms/0/lines/0/values", [["field": "/applicant/name"]],
                "/printedForms/CT01-2021/lines/0/values/0 is a field of no procedure"
            ),
            (
                "/printedForms/0/lines/0/values", [["address": "/applicant"]],
                "/printedForms/CT01-2021/lines/0/values/0 is a field of no procedure"
            ),
            (
                "/printedForms/0/lines/0/values", [["before": "Ông"]],
                "/printedForms/CT01-2021/lines/0/values/0 is not one of person"
            ),
            (
                "/printedForms/0/lines/0/values", [["text": "a", "when": ["field": "/applicant/isHead", "equals": true]]],
                "/printedForms/CT01-2021/lines/0/values/0/when looks at a field"
            ),
            ("/printedForms/0/lines/3/number", 5, "/printedForms/CT01-2021/lines are not numbered"),
            ("/printedForms/0/table/number", 14, "/printedForms/CT01-2021/lines are not numbered"),
            ("/printedForms/0/lines/3/boxes", 0, "/printedForms/CT01-2021/lines/3/boxes"),
            ("/printedForms/0/table/columns/0/field", "/name", "/printedForms/CT01-2021/table/columns/0/field"),
            ("/printedForms/0/table/rows", 50, "/printedForms/CT01-2021/table/rows"),
            ("/printedForms/0/signatures", [], "/printedForms/CT01-2021/signatures"),
            ("/printedForms/0/form", "CT99", "/printedForms/CT99-2021 is the form of no procedure"),
            ("/printedForms/0/formVersion", "2020", "/printedForms/CT01-2020 is the form of no procedure"),
            ("/printedForms/0/until", "2022-01-01", "/procedures/TT_NHAP_SINH/editions: CT01 2021 is not laid out"),
            ("/printedForms/0/until", "31/12/2023", "/printedForms: «31/12/2023» is no day"),
            ("/printedForms/3/when/field", "/nationality/paper", "/printedForms/CT02-2021/when"),
            ("/slips/2/id", "Xóa", "/slips/Xóa/id is not a-z"),
            ("/slips/0/bring", [], "/slips/tam-vang-dang-bi-quan-ly/bring is empty"),
            ("/slips/1/id", "xoa-dang-ky", "/slips has an id twice"),
            ("/slips/0/legalSource", nil, "/slips/0/legalSource is missing"),
        ] as [(String, JSONValue?, String)])
    func `what would print blank or lead nowhere is refused`(pointer: String, value: JSONValue?, words: String) throws {
        var json = try small()
        let isThere = json.set(value, at: at(pointer))
        #expect(isThere)
        let text = try JSONText.encode(json)
        #expect { try Catalogue(json: text, today: sampleDay) } throws: { error in
            let isTold = "\(error)".hasPrefix(words)
            if !isTold { Issue.record("\(pointer): \(error)") }
            return isTold
        }
    }

    @Test func `the same catalogue without a defect is taken`() throws {
        #expect(Catalogue.faults(json: try JSONText.encode(try small()), today: sampleDay) == [])
    }

    @Test func `a print that is missing on a later day is found today`() throws {
        var json = try small()
        json.set("2024-06-30", at: at("/printedForms/1/until"))
        let faults = Catalogue.faults(json: try JSONText.encode(json), today: sampleDay)
        #expect(faults.first?.hasPrefix("2024-07-01: /procedures/TT_NHAP_SINH/editions: CT01 2024 is not laid out") == true)
    }

    @Test func `wishes and slips name what is there`() throws {
        let whole = try small()
        let card = try #require(whole["procedures"]?.arrayValue?.firstIndex { $0["code"] == "CCCD_CAP" })
        let away = try #require(whole["procedures"]?.arrayValue?.firstIndex { $0["code"] == "TAM_VANG" })
        let defects: [(String, JSONValue, String)] = [
            ("/procedures/\(card)/wish/place", "/appointment/office", "/procedures/CCCD_CAP/wish/place"),
            ("/procedures/\(card)/wish/about", "/wishes", "/procedures/CCCD_CAP/wish/about"),
            (
                "/procedures/\(card)/wish/choices/0", ["date": "/appointment/fourth/date", "session": "/note"],
                "/procedures/CCCD_CAP/wish/choices/0"
            ),
            ("/procedures/\(card)/wish/choices", [], "/procedures/CCCD_CAP/wish has no choices"),
            ("/procedures/\(away)/rules/0/slip", "no-slip", "/procedures/TAM_VANG/rules/0/slip"),
        ]
        for (pointer, value, words) in defects {
            var json = whole
            let isThere = json.set(value, at: at(pointer))
            #expect(isThere)
            let text = try JSONText.encode(json)
            #expect(throws: JSONFault.self, "\(pointer)") {
                do throws(JSONFault) {
                    _ = try Catalogue(json: text, today: sampleDay)
                } catch {
                    #expect(error.description.hasPrefix(words), "\(error)")
                    throw error
                }
            }
        }
        let rule = try #require(try shippedCatalogue().procedure("TAM_VANG")?.rules.first { $0.slip != nil })
        let form = try Form.shipped("TAM_VANG")
        let issues = form.form.issues(in: form.sample.setting("V1", at: "/absence/group"))
        #expect(issues.first { $0.code == rule.code }?.slip == "tam-vang-dang-bi-quan-ly")
    }

    @Test(arguments: [
        ("2022-04-18", []), ("2022-04-16", ["not-a-working-day"]), ("2022-04-17", ["not-a-working-day"]),
        ("2022-05-01", ["not-a-working-day"]), ("2022-04-08", ["day-not-soon"]), ("2022-04-09", ["not-a-working-day"]),
        ("2022-04-11", []), ("2022-04-07", ["day-not-soon"]), ("2022-07-07", []), ("2022-07-08", ["day-not-soon"]),
    ])
    func `a wish is a working day after today`(day: String, codes: [String]) throws {
        let (form, sample) = try Form.shipped("CCCD_CAP")
        var answers = sample
        for choice in ["second", "third"] { answers.set(nil, at: at("/appointment/\(choice)")) }
        let found = form.codes(answers.setting(.string(day), at: "/appointment/first/date"), .warning)
        #expect(found.filter { !$0.hasSuffix("unknown-province-code") } == codes.map { "/appointment/first/date \($0)" })
    }

    @Test func `a holiday of every year is none of the week's days off`() throws {
        let (form, sample) = try Form.shipped("CCCD_CAP")
        let day = try #require(CalendarDate("2022-08-20"))
        let found = form.codes(sample.setting("2022-09-02", at: "/appointment/first/date"), .warning, today: day)
        #expect(found.contains("/appointment/first/date not-a-working-day"))
    }
}
