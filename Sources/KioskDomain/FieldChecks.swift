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
        case .dateTime: return .string(VietnamTime.local(spoken: clean) ?? clean)
        case .phone: return .string(PhoneNumber(clean)?.description ?? clean)
        case .citizenId, .identityCard: return .string(clean.filter { !$0.isWhitespace && $0 != "." })
        case .email: return .string(clean.lowercased())
        case .number: return Self.number(clean, grouped: false).map { .number($0) } ?? .string(clean)
        case .money: return Self.number(clean, grouped: true).map { .number($0) } ?? .string(clean)
        }
    }

    /// A number as people write it here: a comma before decimals; dots between thousands where amounts are grouped.
    private static func number(_ text: String, grouped: Bool) -> Decimal? {
        var plain = text.filter { !$0.isWhitespace }
        if grouped {
            for unit in ["đồng", "đ", "vnđ", "vnd"] where plain.lowercased().hasSuffix(unit) {
                plain = String(plain.dropLast(unit.count))
            }
            plain = plain.filter { $0 != "." && $0 != "," }
        } else {
            plain = String(plain.map { $0 == "," ? "." : $0 })
        }
        let parts = plain.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.count <= 15 && $0.allSatisfy(\.isASCIIDigit) })
        else {
            return nil
        }
        return Decimal(string: plain)
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
        if field.type == .number || field.type == .money { return numberIssues(field.cleaned(answer)) }
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
        case .identityCard:
            let isOne = text.count == 9 && text.allSatisfy(\.isASCIIDigit)
            return isOne ? [] : [issue("not-an-identity-card", .error, Messages.not9Digits)]
        case .email: return Self.isEmail(text) ? [] : [issue("not-an-email", .error, Messages.notAnEmail)]
        case .text, .longText, .yesNo, .number, .money: return []
        }
    }

    private func issue(_ code: String, _ severity: FormIssue.Severity, _ message: LocalText) -> FormIssue {
        FormIssue(pointer: pointer, code: code, severity: severity, message: message)
    }

    private func numberIssues(_ answer: JSONValue) -> [FormIssue] {
        guard case .number(let number) = answer else { return [issue("not-a-number", .error, Messages.notANumber)] }
        if let minimum = field.minimum, number < minimum { return [issue("too-small", .error, Messages.tooSmall(minimum))] }
        if let maximum = field.maximum, number > maximum { return [issue("too-large", .error, Messages.tooLarge(maximum))] }
        return []
    }

    /// What is surely no address; whether one exists only sending tells.
    private static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let domain = parts.last, !parts[0].isEmpty, domain.contains("."), text.allSatisfy(\.isASCII)
        else { return false }
        return domain.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
            && !text.contains(where: \.isWhitespace)
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
