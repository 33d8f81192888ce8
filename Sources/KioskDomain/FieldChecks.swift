internal import FoundationEssentials
public import JSONTree

extension FormField {
    /// The answer as it is stored: NFC, without stray spaces, dates and phone numbers in their one form.
    ///
    /// What cannot be read as the field's kind stays as typed, for a person to mend.
    public func cleaned(_ answer: JSONValue) -> JSONValue {
        guard let text = answer.stringValue else { return answer }
        let clean = StoredText.clean(text, multiline: type == .longText)
        switch type {
        case .personName, .text, .longText, .choice, .yesNo: return .string(clean)
        case .birthDate: return .string(PartialDate(clean)?.description ?? clean)
        case .date: return .string(PartialDate(clean)?.description ?? clean)
        case .dateTime: return .string(clean)
        case .phone: return .string(PhoneNumber(clean)?.description ?? clean)
        case .citizenId: return .string(clean.filter { !$0.isWhitespace && $0 != "." })
        }
    }
}

extension Form.Question {
    /// What is wrong with the answer to this question.
    func issues(in answers: JSONValue, today: CalendarDate) -> [FormIssue] {
        guard let answer = answers[pointer], !answer.isBlank else {
            return isRequired ? [issue("required", .error, Messages.required)] : []
        }
        if field.type == .yesNo {
            return answer.boolValue == nil ? [issue("not-yes-or-no", .error, Messages.notYesOrNo)] : []
        }
        guard let text = field.cleaned(answer).stringValue else { return [issue("not-text", .error, Messages.notText)] }
        if text.count > field.longest { return [issue("too-long", .error, Messages.tooLong(field.longest))] }
        switch field.type {
        case .personName: return nameIssues(text)
        case .birthDate: return birthIssues(text, today: today)
        case .date: return dateIssues(text, today: today)
        case .dateTime: return VietnamTime.instant(local: text) == nil ? [issue("not-a-time", .error, Messages.notATime)] : []
        case .phone: return PhoneNumber(text) == nil ? [issue("not-a-phone", .error, Messages.notAPhone)] : []
        case .citizenId: return numberIssues(text, answers: answers)
        case .choice:
            let isKnown = field.options?.contains { $0.value == text } ?? false
            return isKnown ? [] : [issue("not-a-choice", .error, Messages.notAChoice)]
        case .text, .longText, .yesNo: return []
        }
    }

    private func issue(_ code: String, _ severity: FormIssue.Severity, _ message: LocalText) -> FormIssue {
        FormIssue(pointer: pointer, code: code, severity: severity, message: message)
    }

    private func nameIssues(_ text: String) -> [FormIssue] {
        if text.contains(where: \.isNumber) { return [issue("name-has-digits", .error, Messages.nameHasDigits)] }
        guard text.contains(where: \.isLetter) else { return [issue("not-a-name", .error, Messages.notAName)] }
        return []
    }

    private func birthIssues(_ text: String, today: CalendarDate) -> [FormIssue] {
        guard let date = PartialDate(text) else { return [issue("not-a-birth-date", .error, Messages.notABirthDate)] }
        if date.earliest > today { return [issue("in-the-future", .error, Messages.bornInFuture)] }
        if date.year < 1890 { return [issue("too-long-ago", .error, Messages.bornTooLongAgo)] }
        return []
    }

    private func dateIssues(_ text: String, today: CalendarDate) -> [FormIssue] {
        guard let date = CalendarDate(text) else { return [issue("not-a-date", .error, Messages.notADate)] }
        if field.allowsFuture != true, date > today { return [issue("in-the-future", .error, Messages.inFuture)] }
        return []
    }

    /// Length and digits block; a number that disagrees with sex, birth or the list of provinces asks for a reason
    /// (procedures.md, 2.1).
    private func numberIssues(_ text: String, answers: JSONValue) -> [FormIssue] {
        guard let number = CitizenID(text) else {
            let isOld = text.count == 9 && text.allSatisfy(\.isASCIIDigit)
            if isOld, field.allowsNineDigits == true { return [] }
            return [
                issue(
                    "not-a-citizen-number", .error,
                    field.allowsNineDigits == true ? Messages.not9Or12Digits : Messages.not12Digits)
            ]
        }
        var issues: [FormIssue] = []
        if !number.hasKnownProvince, !number.hasCountryCode {
            issues.append(issue("unknown-province-code", .warning, Messages.unknownProvince))
        }
        let scope = pointer.tokens.prefix(pointer.tokens.count - field.pointer.tokens.count)
        if let sex = field.agreesWith?.sex, let text = answers[JSONPointer(tokens: scope + sex.tokens)]?.stringValue,
            let declared = Sex(rawValue: text), declared != number.sex
        {
            issues.append(issue("number-disagrees-with-sex", .warning, Messages.numberAgainstSex))
        }
        if let birth = field.agreesWith?.birthDate, let text = answers[JSONPointer(tokens: scope + birth.tokens)]?.stringValue,
            let declared = PartialDate(text), declared.year != number.birthYear
        {
            issues.append(issue("number-disagrees-with-birth", .warning, Messages.numberAgainstBirth))
        }
        return issues
    }
}

extension FormRule {
    /// Whether these answers break the rule on a day.
    ///
    /// A rule whose answers are missing or cannot be read is not broken: the fields say so themselves.
    func isBroken(by answers: JSONValue, today: CalendarDate) -> Bool {
        guard when?.holds(for: answers) ?? true, let value = answers[field]?.stringValue else { return false }
        let compared = other.flatMap { answers[$0]?.stringValue }
        switch kind {
        case .different:
            guard let compared else { return false }
            return StoredText.searchKey(value) == StoredText.searchKey(compared)
        case .order:
            guard let minutes = compared.flatMap({ Self.minutes(from: $0, to: value) }) else { return false }
            return minutes < 0
        case .span:
            guard let minutes = compared.flatMap({ Self.minutes(from: $0, to: value) }), let days else { return false }
            return minutes > days * 1440
        case .youngerThan, .atLeast:
            guard let born = PartialDate(value), let years else { return false }
            let age = born.earliest.years(on: today)
            return kind == .youngerThan ? age >= years : age < years
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
