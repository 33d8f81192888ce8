internal import JSONTree

extension Procedure {
    /// Refuses what could be read but would silently never apply: a condition on a field that the form does not have, a rule
    /// without what it compares.
    ///
    /// - Parameter pointers: the fields of the whole document, a list's by its first member.
    func checkWhatApplies(at path: String, pointers: Set<JSONPointer>, deadline: DeadlineRule) throws(JSONFault) {
        guard pointers.contains(subject) else { throw JSONFault("\(path)/subject names no field of the form") }
        if deadline.kind == .workingDays, (deadline.days ?? 0) < 1 { throw JSONFault("\(path)/deadline/days is missing") }
        let places = pointers.union(sections.compactMap(\.repeats?.pointer))
        func check(_ condition: Condition?, _ spot: String, _ places: Set<JSONPointer>) throws(JSONFault) {
            guard let condition, !condition.fields.allSatisfy(places.contains) else { return }
            throw JSONFault("\(spot) looks at a field that the form does not have")
        }
        for (index, section) in sections.enumerated() {
            let place = "\(path)/sections/\(index)"
            try check(section.visibleWhen, "\(place)/visibleWhen", places)
            if let repeats = section.repeats, repeats.minimum < 0 || repeats.maximum < max(1, repeats.minimum) {
                throw JSONFault("\(place)/repeats has no room between minimum and maximum")
            }
            // The conditions of a list's fields look at the same member.
            let near = section.repeats == nil ? places : Set(section.fields.map(\.pointer))
            for (number, field) in section.fields.enumerated() {
                let spot = "\(place)/fields/\(number)"
                try check(field.visibleWhen, "\(spot)/visibleWhen", near)
                try check(field.requiredWhen, "\(spot)/requiredWhen", near)
                let others = [field.agreesWith?.sex, field.agreesWith?.birthDate].compactMap(\.self)
                guard others.allSatisfy(near.contains) else { throw JSONFault("\(spot)/agreesWith names no field of the form") }
            }
        }
        for (index, rule) in rules.enumerated() {
            let place = "\(path)/rules/\(index)"
            let near = rule.each.map { list in Set(places.filter { $0.isInside(list) }.map { $0.after(list.tokens.count + 1) }) }
            try check(rule.when, "\(place)/when", near ?? places)
            try check(rule.formWhen, "\(place)/formWhen", places)
            for (name, isThere) in rule.needs where !isThere { throw JSONFault("\(place)/\(name) is missing") }
        }
        for (index, component) in components.enumerated() {
            let place = "\(path)/components/\(index)"
            guard !component.id.isEmpty,
                component.id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) })
            else {
                throw JSONFault("\(place)/id is not letters, digits, _ or -")
            }
            try check(component.requiredWhen, "\(place)/requiredWhen", places)
            try check(component.visibleWhen, "\(place)/visibleWhen", places)
        }
    }

    func check(at path: String, on day: CalendarDate) throws(JSONFault) {
        guard editions.count == 1, let deadline else { throw JSONFault("\(path)/editions has none, or several, for \(day)") }
        let idCharacters = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
        var pointers: Set<JSONPointer> = []
        for (index, section) in sections.enumerated() {
            let place = "\(path)/sections/\(index)"
            guard !section.id.isEmpty, section.id.allSatisfy(idCharacters.contains) else {
                throw JSONFault("\(place)/id is not a-z, 0-9 or -")
            }
            for (number, field) in section.fields.enumerated() {
                let spot = "\(place)/fields/\(number)"
                let whole = JSONPointer(tokens: (section.repeats.map { $0.pointer.tokens + ["0"] } ?? []) + field.pointer.tokens)
                guard !field.pointer.tokens.isEmpty, pointers.insert(whole).inserted else {
                    throw JSONFault("\(spot)/pointer is empty or there twice")
                }
                guard (field.type == .choice) == (field.options?.isEmpty == false) else {
                    throw JSONFault("\(spot)/options belong to a choice and only there")
                }
            }
        }
        guard Set(sections.map(\.id)).count == sections.count else { throw JSONFault("\(path)/sections has an id twice") }
        guard Set(components.map(\.id)).count == components.count else { throw JSONFault("\(path)/components has an id twice") }
        for name in ["fullName", "citizenId", "birthDate", "sex", "phone"] where !pointers.contains(applicant.appending(name)) {
            throw JSONFault("\(path)/applicant has no field \(name)")
        }
        for (index, rule) in rules.enumerated() where !rule.fits(pointers, lists: Set(sections.compactMap(\.repeats?.pointer))) {
            throw JSONFault("\(path)/rules/\(index) names a field that the form does not have")
        }
        if deadline.kind == .stayNotice, !(deadline.from.map(pointers.contains) ?? false) {
            throw JSONFault("\(path)/deadline/from names no field of the form")
        }
        try checkWhatApplies(at: path, pointers: pointers, deadline: deadline)
        try wish?.check(at: "\(path)/wish", pointers: pointers)
        guard let sample else { return }
        let faults = Form(self, today: day).issues(in: sample).filter { $0.severity == .error }
        if let fault = faults.first { throw JSONFault("\(path)/sample\(fault.pointer) is refused by the form: \(fault.code)") }
    }
}

extension FormRule {
    /// Whether its fields are there: the form's own, or those of the list's members.
    fileprivate func fits(_ pointers: Set<JSONPointer>, lists: Set<JSONPointer>) -> Bool {
        guard each.map(lists.contains) ?? true else { return false }
        let prefix = each.map { $0.tokens + ["0"] } ?? []
        let looksOutside = kind == .perPerson || kind == .unique
        let places = [field, looksOutside ? nil : other].compactMap(\.self)
        return places.allSatisfy { pointers.contains(JSONPointer(tokens: prefix + $0.tokens)) }
            && (kind != .perPerson || other.map(lists.contains) ?? true)
            && (kind != .unique || other.map(pointers.contains) ?? true)
    }

    /// What a rule of its kind cannot do without.
    fileprivate var needs: [(name: String, isThere: Bool)] {
        switch kind {
        case .order, .different, .equal: [("other", other != nil)]
        case .samePlace, .otherPlace:
            [("other", other != nil), ("field", FormRule.levels.contains(field.tokens.last ?? ""))]
        case .unique: [("each", each != nil)]
        case .span, .minimumSpan: [("other", other != nil), ("days", days != nil)]
        case .soon: [("days", days != nil)]
        case .youngerThan, .atLeast: [("years", years != nil)]
        case .oneOf, .noneOf: [("values", values?.isEmpty == false)]
        case .workingDay: [("values", values?.contains { ($0.stringValue?.count ?? 0) != 5 } != true)]
        case .perPerson: [("minimum", minimum != nil)]
        case .atMostOne: [("each", each != nil), ("values", values?.isEmpty == false)]
        }
    }
}

extension JSONPointer {
    /// Without its first tokens.
    fileprivate func after(_ count: Int) -> JSONPointer { JSONPointer(tokens: Array(tokens.dropFirst(count))) }
}
