internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain

extension FormField {
    /// An answer as its control shows it, to be typed on.
    func typed(_ answer: JSONValue?) -> String {
        if let flag = answer?.boolValue { return flag ? "true" : "false" }
        if case .number(let number) = answer { return spoken(number) }
        let text = answer?.stringValue ?? ""
        switch type {
        case .birthDate, .date: return PartialDate(text)?.spoken ?? text
        case .dateTime: return VietnamTime.instant(local: text).map(VietnamTime.spoken) ?? text
        default: return text
        }
    }

    /// What was typed as an answer to be stored; nil where nothing was.
    func answer(typed text: String) -> JSONValue? {
        if type == .yesNo, text == "true" || text == "false" { return .bool(text == "true") }
        let answer = cleaned(.string(text))
        // Not a conditional expression: a JSON value can be written `nil` too, and would be null there.
        if answer.isBlank { return nil }
        return answer
    }

    /// An answer as people read it.
    func spoken(_ answer: JSONValue?, _ say: Tongue) -> String {
        if let flag = answer?.boolValue { return flag ? say("Có", "Yes") : say("Không", "No") }
        let text = answer?.stringValue ?? ""
        switch type {
        case .choice: return options?.first { $0.value == text }.map { say($0.label) } ?? text
        case .money: return typed(answer).isEmpty ? "" : typed(answer) + " đ"
        default: return typed(answer)
        }
    }

    /// A number as people write it here: `12,5`, and amounts as `10.000`.
    private func spoken(_ number: Decimal) -> String {
        let plain = number.description.map { $0 == "." ? "," : String($0) }.joined()
        guard type == .money else { return plain }
        let digits = Array(plain)
        return digits.indices.map { ($0 > 0 && (digits.count - $0) % 3 == 0 ? "." : "") + String(digits[$0]) }.joined()
    }
}

extension Visit {
    /// The answers of a section as a list of questions and answers.
    func answers(of section: FormSection, in form: Form, _ answers: JSONValue, headings: Bool = true) -> HTML {
        let questions = form.questions(of: section, for: answers)
        guard let list = section.repeats else { return answerList(questions, answers) }
        let members = answers[list.pointer]?.arrayValue ?? []
        return HTML.join(
            members.indices.map { index -> HTML in
                let own = questions.filter { $0.pointer.isInside(list.pointer.appending(String(index))) }
                return "<h4>\(say(list.member)) \(index + 1)</h4>\(answerList(own, answers))"
            })
    }

    private func answerList(_ questions: [Form.Question], _ answers: JSONValue) -> HTML {
        let rows = questions.map { question -> HTML in
            let text = question.field.spoken(answers[question.pointer], say)
            let value: HTML = text.isEmpty ? "<i class=\"nothing\">\(say("chưa ghi", "not given"))</i>" : HTML.lines(text)
            return "<div><dt>\(say(question.field.label))</dt><dd>\(value)</dd></div>"
        }
        return "<dl class=\"answers\">\(rows)</dl>"
    }
}
