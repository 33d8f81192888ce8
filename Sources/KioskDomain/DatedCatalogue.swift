internal import JSONTree

extension Catalogue {
    /// The days on which something of the catalogue changes.
    var turningDays: [CalendarDate] { procedures.flatMap(\.allTurningDays) }

    /// A mistyped day would hold for ever.
    func checkDays() throws(JSONFault) {
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
