import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Testing

@Suite struct CatalogueVersionTests {
    @Test func `versions are ordered by their numbers`() {
        let order = [
            "", "1", "2022-04-08", "2022-04-08.1", "2022-04-08.2", "2022-04-08.10", "2022.5", "2022.12.1", "2030",
            "99999999999999999999999",
        ]
        for (index, older) in order.enumerated() {
            for newer in order.dropFirst(index + 1) {
                #expect(CatalogueVersion(older) < CatalogueVersion(newer), "\(older) \(newer)")
                #expect(!(CatalogueVersion(newer) < CatalogueVersion(older)), "\(older) \(newer)")
            }
        }
        for (one, same) in [("2022-04-08.2", "v2022.4.08_2"), ("7@2022-01-01", "7@2030-01-01"), ("0007", "7"), ("a", "b")] {
            #expect(CatalogueVersion(one) == CatalogueVersion(same), "\(one) \(same)")
        }
    }

    @Test func `a change of a procedure is what a dossier is judged by, not what explains it`() throws {
        let old = try #require(try Catalogue(json: try ShippedFiles.smallCatalogue(), today: sampleDay).procedure("LUU_TRU"))
        var new = old
        new.sample = nil
        new.summary = LocalText(vi: "khác", en: "other")
        new.sections[0].title = LocalText(vi: "khác", en: "other")
        new.sections[0].fields[0].help = LocalText(vi: "khác", en: "other")
        new.components[0].help = LocalText(vi: "khác", en: "other")
        #expect(ProcedureChange(from: old, to: new) == nil)
        var field = new.sections[0].fields[0]
        field.pointer = at("/applicant/houseNumber")
        field.label = LocalText(vi: "Số nhà", en: "House number")
        new.sections[0].fields.append(field)
        new.components[0].id = "GIAY_MOI"
        let change = try #require(ProcedureChange(from: old, to: new))
        #expect(change.newFields.map(\.vi) == ["Số nhà"] && change.goneFields.isEmpty)
        #expect(change.newPapers == change.gonePapers && change.newPapers.count == 1)
        var rules = old
        rules.rules.removeLast()
        let other = try #require(ProcedureChange(from: old, to: rules))
        #expect(other.newFields.isEmpty && other.goneFields.isEmpty && other.newPapers.isEmpty && other.gonePapers.isEmpty)
    }
}
