import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Testing

/// The files of `sync-fixtures/defects` and `sync-fixtures/lawful`, on the letter's day.
@Suite(.heavy) struct FixtureFormTests {
    /// A file of answers.
    private struct Fixture: Decodable {
        let procedure: String
        let answers: JSONValue
        let expected: Expected?
        let why: String

        struct Expected: Decodable {
            let pointer: String
            let code: String
        }
    }

    private let catalogue: Catalogue

    init() throws { catalogue = try shippedCatalogue() }

    private func fixtures(_ folder: String) throws -> [(name: String, form: Form, fixture: Fixture)] {
        try ShippedFiles.fixtures(folder).map { name, data in
            let fixture = try JSONText.decode(Fixture.self, from: data)
            #expect(!fixture.why.isEmpty, "\(name)")
            return (name, Form(try #require(catalogue.procedure(fixture.procedure), "\(name)"), today: sampleDay), fixture)
        }
    }

    @Test func `every defect is found where it is, by its code`() throws {
        let all = try fixtures("defects")
        #expect(all.count >= 150)
        #expect(Set(all.map(\.fixture.procedure)).count == 22)
        var rules = Set(catalogue.procedures.flatMap(\.rules).map(\.code))
        for (name, form, fixture) in all {
            let expected = try #require(fixture.expected, "\(name)")
            let found = form.codes(fixture.answers, nil)
            #expect(found.contains("\(expected.pointer) \(expected.code)"), "\(name): \(found)")
            rules.remove(expected.code)
        }
        #expect(rules == [], "rules that no file breaks")
    }

    @Test func `no odd but lawful resident is refused`() throws {
        let all = try fixtures("lawful")
        #expect(all.count >= 100)
        #expect(Set(all.map(\.fixture.procedure)).count == 22)
        for (name, form, fixture) in all {
            #expect(form.codes(fixture.answers) == [], "\(name)")
            #expect(form.codes(form.filed(fixture.answers)) == [], "\(name), filed")
        }
    }

    @Test func `the samples are right but for their province, and are filed as they are`() throws {
        #expect(catalogue.procedures.count == 22)
        for procedure in catalogue.procedures {
            let form = Form(procedure, today: sampleDay)
            let sample = try #require(procedure.sample)
            #expect(form.codes(sample) == [], "\(procedure.code)")
            #expect(form.codes(sample, .warning).allSatisfy { $0.hasSuffix(" unknown-province-code") }, "\(procedure.code)")
            #expect(form.filed(sample) == sample, "\(procedure.code)")
        }
        let applicants = catalogue.procedures.compactMap { $0.sample?[$0.applicant.appending("citizenId")]?.stringValue }
        #expect(Set(applicants).count == 22)
    }

    @Test func `each paper that a sample requires is missed by name`() throws {
        for procedure in catalogue.procedures {
            let form = Form(procedure, today: sampleDay)
            let sample = try #require(procedure.sample)
            let required = form.components(for: sample).filter(\.isRequired).map(\.component.id)
            for paper in required {
                let attached = Dictionary(uniqueKeysWithValues: required.map { ($0, $0 == paper ? 0 : 1) })
                let missing = form.paperIssues(for: sample, attached: attached)
                #expect(missing.map(\.pointer.description) == ["/attachments/\(paper)"], "\(procedure.code)")
            }
        }
    }

    @Test func `every question has help, and every message both languages`() {
        for procedure in catalogue.procedures {
            for field in procedure.sections.flatMap(\.fields) {
                #expect(field.help != nil, "\(procedure.code) \(field.pointer)")
            }
            let texts =
                procedure.rules.map(\.message) + procedure.components.map(\.name)
                + procedure.sections.flatMap(\.fields).flatMap { [$0.label] + ($0.options ?? []).map(\.label) }
            #expect(texts.allSatisfy { !$0.vi.isEmpty && !$0.en.isEmpty }, "\(procedure.code)")
        }
    }
}

/// What the law changed later, on the day it does.
@Suite struct LaterLawTests {
    private func catalogue(on day: String) throws -> Catalogue {
        var json = try JSONText.decode(JSONValue.self, from: try ShippedFiles.catalogue())
        json.set("today", at: at("/asOf"))
        return try Catalogue(json: try JSONText.encode(json), today: try #require(CalendarDate(day)))
    }

    private func pointers(_ catalogue: Catalogue, _ code: String) throws -> Set<String> {
        Set(try #require(catalogue.procedure(code)).sections.flatMap(\.fields).map(\.pointer.description))
    }

    @Test func `every day on which something changes has a whole catalogue`() throws {
        #expect(Catalogue.faults(json: try ShippedFiles.catalogue(), today: sampleDay) == [])
    }

    @Test func `a fault of a later day is found today`() throws {
        var json = try JSONText.decode(JSONValue.self, from: try ShippedFiles.smallCatalogue())
        json.set("2023-12-31", at: at("/procedures/0/sections/0/fields/4/until"))
        let faults = Catalogue.faults(json: try JSONText.encode(json), today: sampleDay)
        #expect(faults == ["2024-01-01: /procedures/TT_NHAP_SINH/applicant has no field phone"])
        #expect(Catalogue.faults(json: Data("[]".utf8), today: sampleDay).count == 1)
    }

    @Test func `the CT01 of 2024 asks for less`() throws {
        let before = try pointers(try catalogue(on: "2023-12-31"), "TT_HO_NGOAI_TINH")
        let after = try pointers(try catalogue(on: "2024-01-01"), "TT_HO_NGOAI_TINH")
        #expect(
            before.subtracting(after) == [
                "/applicant/permanentAddress", "/applicant/temporaryAddress", "/applicant/currentAddress",
                "/applicant/occupation", "/relationToApplicant", "/occupation",
            ])
        #expect(after.subtracting(before) == [])
    }

    @Test func `the district ends, and the cases that name it say what replaces them`() throws {
        let after = try catalogue(on: "2025-07-01")
        #expect(after.procedures.count == 18)
        let closed = try #require(after.closed)
        #expect(Set(closed.map(\.code)) == ["TT_HO_NGOAI_HUYEN", "TT_NK_NGOAI_HUYEN", "TT_HO_NGOAI_XA", "TT_NK_NGOAI_XA"])
        #expect(closed.allSatisfy { $0.until == "2025-06-30" && $0.replacement?.vi.contains("01/07/2025") == true })
        for procedure in after.procedures {
            #expect(!(try pointers(after, procedure.code)).contains { $0.hasSuffix("/district") }, "\(procedure.code)")
        }
        #expect(after.procedure("TAM_TRU")?.editions.first?.formVersion == "07/2025")
        #expect(after.procedure("TT_NHAP_SINH")?.sample != nil)
    }

    @Test(arguments: [("2024-12-31", true), ("2025-01-01", false)])
    func `an old identity card ends with 2024`(day: String, isTaken: Bool) throws {
        let catalogue = try catalogue(on: day)
        let procedure = try #require(catalogue.procedure("TAM_TRU"))
        let form = Form(procedure, today: try #require(CalendarDate(day)))
        let found = form.codes(["applicant": ["citizenId": "171234567"]], today: form.today)
        #expect(found.contains("/applicant/citizenId not-a-citizen-number") != isTaken)
    }

    @Test(arguments: [
        ("2022-04-08", "15.000"), ("2022-07-01", "30.000"), ("2021-12-31", "30.000"),
    ])
    func `a card's fee was halved for half a year`(day: String, fee: String) throws {
        #expect(try catalogue(on: day).procedure("CCCD_CAP")?.editions.first?.fee?.vi.hasPrefix(fee) == true)
    }

    @Test func `a sample of another day is trimmed to what is asked, or left out`() throws {
        let procedure = try #require(try catalogue(on: "2024-01-01").procedure("TT_HO_NGOAI_TINH"))
        #expect(procedure.sample?[at("/applicant/occupation")] == nil)
        #expect(procedure.sample?[at("/applicant/fullName")] == "Nguyễn Văn Hòa")
        #expect(try catalogue(on: "2025-03-01").procedure("CCCD_CAP")?.sample == nil)
    }
}
