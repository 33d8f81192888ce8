public import FoundationEssentials
internal import JSONTree

extension Catalogue {
    /// The days on which something of the catalogue changes.
    var turningDays: [CalendarDate] { allDated.flatMap { $0.turningDays } }

    /// All of it that can be dated.
    private var allDated: [any Dated] { procedures.flatMap(\.allDated) + consent.editions + (printedForms ?? []) + (slips ?? []) }

    /// The faults of a dated catalogue on the day it follows and on each day on which something of it changes.
    ///
    /// A kiosk meets the later days one by one; a catalogue is checked for all of them before it is shipped. The samples belong to
    /// the catalogue's own day.
    public static func faults(json: Data, today: CalendarDate) -> [String] {
        do throws(JSONFault) {
            _ = try Catalogue(json: json, today: today)
            var tree = try CatalogueBlocks.expand(try JSONText.decode(JSONValue.self, from: json))
            let dated = try JSONText.decode(Catalogue.self, from: try JSONText.encode(tree))
            tree.set("today", at: JSONPointer(tokens: ["asOf"]))
            let text = try JSONText.encode(tree)
            return Set(dated.turningDays).sorted().compactMap { day in
                do throws(JSONFault) {
                    _ = try Catalogue(json: text, today: day)
                    return nil
                } catch {
                    return "\(day): \(error)"
                }
            }
        } catch {
            return [error.description]
        }
    }

    /// Lays the samples out for a day of the calendar: without the answers that are not asked on it, or none where that is not enough.
    mutating func fitSamples(on day: CalendarDate) {
        for index in procedures.indices {
            let form = Form(procedures[index], today: day)
            guard let filed = procedures[index].sample.map(form.filed) else { continue }
            let fits = !form.issues(in: filed).contains { $0.severity == .error }
            procedures[index].sample = fits ? filed : JSONValue?.none
        }
    }

    /// A mistyped day would hold for ever.
    func checkDays() throws(JSONFault) {
        func check(_ dated: [any Dated], _ path: String) throws(JSONFault) {
            let texts = dated.flatMap { [$0.from, $0.until] }.compactMap(\.self)
            guard let text = texts.first(where: { CalendarDate($0) == nil }) else { return }
            throw JSONFault("\(path): «\(text)» is no day (YYYY-MM-DD)")
        }
        try check(consent.editions, "/consent/editions")
        guard Set(consent.editions.map(\.version)).count == consent.editions.count else {
            throw JSONFault("/consent/editions has a version twice")
        }
        for procedure in procedures { try check(procedure.allDated, "/procedures/\(procedure.code)") }
        try check(printedForms ?? [], "/printedForms")
        try check(slips ?? [], "/slips")
    }

    /// Refuses paper that would come out blank or that nobody could reach.
    ///
    /// - Parameter laidOut: the forms that the dated catalogue lays out: on no day may a print of them be missing.
    func checkPaper(laidOut: Set<String>) throws(JSONFault) {
        for printed in printedForms ?? [] {
            let users = procedures.filter { $0.editions.contains(where: printed.isForm) }
            let name = [printed.form, printed.formVersion].compactMap(\.self).joined(separator: "-")
            try printed.check(at: "/printedForms/\(name)", procedures: users)
        }
        for procedure in procedures {
            for edition in procedure.editions {
                guard let form = edition.form, laidOut.contains(form) else { continue }
                guard printedForms?.contains(where: { $0.when == nil && $0.isForm(of: edition) }) == true else {
                    throw JSONFault(
                        "/procedures/\(procedure.code)/editions: \(form) \(edition.formVersion ?? "") is not laid out")
                }
            }
            let unknown = procedure.rules.firstIndex { $0.slip.map { slip($0) == nil } ?? false }
            if let unknown { throw JSONFault("/procedures/\(procedure.code)/rules/\(unknown)/slip: there is no such slip") }
        }
        for slip in slips ?? [] { try slip.check(at: "/slips/\(slip.id)") }
        guard Set((slips ?? []).map(\.id)).count == slips?.count ?? 0 else { throw JSONFault("/slips has an id twice") }
    }
}

extension Procedure {
    /// Itself and all of it that can be dated.
    var allDated: [any Dated] {
        let fields = sections.flatMap(\.fields)
        return [self] + editions + sections + fields + fields.flatMap { $0.options ?? [] } + rules + components
    }

    /// What holds of it on a day.
    func made(on day: CalendarDate) -> Procedure {
        var made = self
        made.editions = Array(editions.filter { $0.holds(on: day) }.suffix(1))
        made.sections = sections.filter { $0.holds(on: day) }.map { section in
            var section = section
            section.fields = section.fields.filter { $0.holds(on: day) }.map { field in
                var field = field
                field.options = field.options?.filter { $0.holds(on: day) }
                return field
            }
            return section
        }
        made.rules = rules.filter { $0.holds(on: day) }
        made.components = components.filter { $0.holds(on: day) }
        return made
    }
}
