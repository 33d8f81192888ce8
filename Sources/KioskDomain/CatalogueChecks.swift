internal import JSONTree

extension Procedure {
    /// Refuses what could be read but would silently never apply: a condition on a field that the form does not have, a rule
    /// without what it compares.
    ///
    /// - Parameter pointers: the fields of the whole document, a list's by its first member.
    func checkWhatApplies(at path: String, pointers: Set<JSONPointer>) throws(JSONFault) {
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
            try check(rule.when, "\(place)/when", places)
            switch rule.kind {
            case .order, .different, .span:
                guard rule.other != nil else { throw JSONFault("\(place)/other is missing") }
                guard rule.kind != .span || rule.days != nil else { throw JSONFault("\(place)/days is missing") }
            case .youngerThan, .atLeast:
                guard rule.years != nil else { throw JSONFault("\(place)/years is missing") }
            }
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
}
