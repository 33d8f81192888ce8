public import JSONTree
internal import KioskDomain

/// A part of an address that other dossiers of a village often share.
public enum PlaceLevel: String, CaseIterable, Codable, Sendable {
    /// Tỉnh, thành phố.
    case province
    /// Huyện, quận, thị xã.
    case district
    /// Xã, phường, thị trấn.
    case commune
    /// Thôn, xóm, bản, tổ dân phố.
    case village

    /// The level of an answer's place in a form; nil where it is no part of an address.
    public init?(_ pointer: JSONPointer) {
        guard let last = pointer.tokens.last, let level = PlaceLevel(rawValue: last) else { return nil }
        self = level
    }
}

/// What a dossier is listed and found by; sealed.
///
/// Labels of before there was a search have names only.
struct DossierLabel: Codable, Equatable {
    var subject: String
    var applicant: String
    /// Citizen numbers, numbers of identity cards, and phones of everyone in it.
    var numbers: [String]?
    /// The parts of its addresses.
    var places: [String: [String]]?

    var placeList: [DossierIndex.Place] {
        PlaceLevel.allCases.flatMap { level in
            (places?[level.rawValue] ?? []).prefix(20).map { DossierIndex.Place(level: level, text: $0) }
        }
    }
}

extension UnlockedStore {
    func label(of answers: JSONValue, procedure: Procedure) -> DossierLabel {
        var numbers: [String] = []
        var places: [String: [String]] = [:]
        for section in procedure.sections {
            var scopes = [answers]
            if let repeats = section.repeats { scopes = answers[repeats.pointer]?.arrayValue ?? [] }
            for scope in scopes {
                for field in section.fields {
                    guard let text = scope[field.pointer].flatMap({ field.cleaned($0).stringValue }), !text.isEmpty else {
                        continue
                    }
                    switch field.type {
                    case .citizenId, .identityCard, .phone:
                        let number = SearchQuery.compact(text)
                        if !number.isEmpty, !numbers.contains(number) { numbers.append(number) }
                    case .text:
                        guard let level = PlaceLevel(field.pointer) else { continue }
                        if places[level.rawValue]?.contains(text) != true { places[level.rawValue, default: []].append(text) }
                    default: continue
                    }
                }
            }
        }
        return DossierLabel(
            subject: StoredText.clean(answers[procedure.subject]?.stringValue ?? ""),
            applicant: StoredText.clean(answers[procedure.applicant.appending("fullName")]?.stringValue ?? ""),
            numbers: numbers.isEmpty ? nil : numbers, places: places.isEmpty ? nil : places)
    }
}
