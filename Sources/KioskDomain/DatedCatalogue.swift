public import FoundationEssentials
internal import JSONTree

extension Catalogue {
    /// The days on which something of the catalogue changes.
    var turningDays: [CalendarDate] { procedures.flatMap(\.allTurningDays) + consent.editions.flatMap(\.turningDays) }

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
        let consentDays = consent.editions.flatMap { [$0.from, $0.until] }.compactMap(\.self)
        if let text = consentDays.first(where: { CalendarDate($0) == nil }) {
            throw JSONFault("/consent/editions: «\(text)» is no day (YYYY-MM-DD)")
        }
        guard Set(consent.editions.map(\.version)).count == consent.editions.count else {
            throw JSONFault("/consent/editions has a version twice")
        }
        for procedure in procedures {
            let texts = procedure.allDated.flatMap { [$0.from, $0.until] }.compactMap(\.self)
            if let text = texts.first(where: { CalendarDate($0) == nil }) {
                throw JSONFault("/procedures/\(procedure.code): «\(text)» is no day (YYYY-MM-DD)")
            }
        }
    }
}

extension Procedure {
    /// Itself and all of it that can be dated.
    var allDated: [any Dated] {
        let fields = sections.flatMap(\.fields)
        return [self] + editions + sections + fields + fields.flatMap { $0.options ?? [] } + rules + components
    }

    var allTurningDays: [CalendarDate] { allDated.flatMap { $0.turningDays } }

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
