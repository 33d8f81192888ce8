internal import FoundationEssentials
internal import JSONTree

extension FormRule {
    /// The places at which these answers break the rule on a day.
    ///
    /// A rule whose answers are missing or cannot be read is not broken: the fields say so themselves.
    func breaches(in answers: JSONValue, today: CalendarDate) -> [JSONPointer] {
        guard formWhen?.holds(for: answers, today: today) ?? true else { return [] }
        guard let each else { return isBroken(by: answers, in: answers, today: today) ? [field] : [] }
        let members = answers[each]?.arrayValue ?? []
        func place(_ index: Int) -> JSONPointer { JSONPointer(tokens: each.tokens + [String(index)] + field.tokens) }
        if kind == .atMostOne {
            let found = members.indices.filter { index in
                (when?.holds(for: members[index], today: today) ?? true) && isListed(members[index][field])
            }
            return found.dropFirst().map(place)
        }
        if kind == .unique {
            var seen = Set([other.flatMap { answers[$0] }].compactMap(\.self))
            return members.indices.filter { index in
                guard when?.holds(for: members[index], today: today) ?? true, let answer = members[index][field],
                    !answer.isBlank
                else { return false }
                return !seen.insert(answer).inserted
            }.map(place)
        }
        return members.indices.filter { isBroken(by: members[$0], in: answers, today: today) }.map(place)
    }

    private func isListed(_ answer: JSONValue?) -> Bool { answer.map { values?.contains($0) ?? false } ?? false }

    private func isBroken(by scope: JSONValue, in answers: JSONValue, today: CalendarDate) -> Bool {
        guard when?.holds(for: scope, today: today) ?? true else { return false }
        // Two addresses without a house number can be one.
        if kind == .otherPlace { return isThere(in: scope) }
        guard let answer = scope[field], !answer.isBlank else { return false }
        switch kind {
        case .oneOf: return !isListed(answer)
        case .noneOf: return isListed(answer)
        case .perPerson: return isTooLittle(answer, for: answers)
        case .atMostOne, .unique, .otherPlace: return false
        case .samePlace: return isElsewhere(in: scope)
        case .order, .span, .minimumSpan, .youngerThan, .atLeast, .different, .equal, .soon, .workingDay:
            guard let text = answer.stringValue else { return false }
            return isBroken(by: text, compared: other.flatMap { scope[$0]?.stringValue }, today: today)
        }
    }

    private func isTooLittle(_ answer: JSONValue, for answers: JSONValue) -> Bool {
        guard case .number(let whole) = answer, let minimum else { return false }
        let people = 1 + (other.flatMap { answers[$0]?.arrayValue?.count } ?? 0)
        return whole < minimum * Decimal(people)
    }

    private func isBroken(by value: String, compared: String?, today: CalendarDate) -> Bool {
        switch kind {
        case .different: return compared.map { StoredText.searchKey(value) == StoredText.searchKey($0) } ?? false
        case .equal: return compared.map { StoredText.searchKey(value) != StoredText.searchKey($0) } ?? false
        case .order: return compared.flatMap { Self.minutes(from: $0, to: value) }.map { $0 < 0 } ?? false
        case .span:
            guard let minutes = compared.flatMap({ Self.minutes(from: $0, to: value) }), let days else { return false }
            return minutes > days * 1440
        case .minimumSpan:
            guard let minutes = compared.flatMap({ Self.minutes(from: $0, to: value) }), let days else { return false }
            return minutes >= 0 && minutes < days * 1440
        case .soon:
            guard let day = Self.moment(value)?.day, let days else { return false }
            let first = today.adding(days: minimum.flatMap { Int($0.description) } ?? 0)
            return day < first || day > today.adding(days: days)
        case .workingDay:
            guard let day = CalendarDate(value) else { return false }
            return day.isWeekend || isListed(.string(String(value.suffix(5))))
        case .youngerThan, .atLeast:
            guard let born = PartialDate(value), let years else { return false }
            let age = born.earliest.years(on: today)
            return kind == .youngerThan ? age >= years : age < years
        case .oneOf, .noneOf, .perPerson, .atMostOne, .samePlace, .otherPlace, .unique: return false
        }
    }

    /// The minutes between two local times; where one of them is a date only, whole days.
    private static func minutes(from earlier: String, to later: String) -> Int? {
        guard let first = moment(earlier), let second = moment(later) else { return nil }
        let days = (second.day.dayNumber - first.day.dayNumber) * 1440
        guard let begin = first.minute, let end = second.minute else { return days }
        return days + end - begin
    }

    private static func moment(_ text: String) -> (day: CalendarDate, minute: Int?)? {
        if let date = PartialDate(text) { return (date.earliest, nil) }
        return VietnamTime.instant(local: text).map { (VietnamTime.day(of: $0), VietnamTime.minute(of: $0)) }
    }
}
