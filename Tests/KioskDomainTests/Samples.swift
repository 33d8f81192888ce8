import Foundation
import JSONTree
import KioskDomain
import KioskTestSupport
import Testing

/// The catalogue that a kiosk comes with.
func shippedCatalogue() throws -> Catalogue { try shipped.get() }

/// Read once: many tests use it.
private let shipped = Result { try Catalogue(json: try ShippedFiles.catalogue(), today: sampleDay) }

/// The day of the catalogue's samples.
let sampleDay = CalendarDate(dayNumber: 19_090)

/// A pointer written in a test.
func at(_ text: String) -> JSONPointer { JSONPointer(text) ?? JSONPointer(tokens: []) }

extension Form {
    /// A form of the shipped catalogue.
    static func shipped(_ code: String) throws -> (form: Form, sample: JSONValue) {
        let procedure = try #require(try shippedCatalogue().procedure(code))
        return (Form(procedure, today: sampleDay), try #require(procedure.sample))
    }

    /// The codes of what is wrong, each with its place: `/applicant/phone required`.
    func codes(_ answers: JSONValue, _ severity: FormIssue.Severity? = .error, today: CalendarDate = sampleDay) -> [String] {
        Form(procedure, today: today).issues(in: answers).filter { severity == nil || $0.severity == severity }.map {
            "\($0.pointer) \($0.code)"
        }
    }
}

extension JSONValue {
    /// A copy with another value at a place; nil takes it away.
    func setting(_ value: JSONValue?, at pointer: String) -> JSONValue {
        var copy = self
        copy.set(value, at: KioskDomainTests.at(pointer))
        return copy
    }
}
