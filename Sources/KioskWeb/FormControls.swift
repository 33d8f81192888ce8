internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

/// A question on a page: label, help, what is wrong, the control and what becomes of what is typed.
struct FieldView {
    let field: FormField
    let address: String
    let answer: JSONValue?
    let isVisible: Bool
    let isRequired: Bool
    /// What is shown of what is wrong.
    let issues: [FormIssue]
    let reason: String
    /// What the portal or an officer said of this answer; empty where nothing came back.
    var returned: HTML = ""
    let say: Tongue

    private var id: String { Addresses.anchor(address) }
    private var isGroup: Bool { field.type == .choice || field.type == .yesNo }
    private var errors: [FormIssue] { issues.filter { $0.severity == .error } }
    private var warnings: [FormIssue] { issues.filter { $0.severity == .warning } }

    var html: HTML {
        let optional: HTML = isRequired ? "" : "<span class=\"optional\">\(say("không bắt buộc", "optional"))</span>"
        let help: HTML = field.help.map { "<p class=\"help\" id=\"h-\(id)\">\(say($0))</p>" } ?? ""
        let came: HTML = returned.markup.isEmpty ? "" : " returned"
        let state = errors.isEmpty ? warnings.isEmpty ? "" : "warned" : "wrong"
        let error: HTML = "<p class=\"error\" id=\"e-\(id)\"\(" hidden", when: errors.isEmpty)>\(text(errors))</p>"
        let opening: HTML = """
            <div class="field \(state) \(width)\(came)" id="\(id)" data-address="\(address)" data-kind="\(field.type.rawValue)"\(" hidden", when: !isVisible)>
            """
        if isGroup {
            return """
                \(opening)<fieldset aria-describedby="\(describers)"><legend>\(say(field.label))\(optional)\(mark)</legend>
                \(returned)\(help)\(error)\(choices)</fieldset>\(warning)</div>
                """
        }
        return """
            \(opening)<label for="i-\(id)">\(say(field.label))\(optional)\(mark)</label>\(returned)\(help)\(error)
            <div class="control">\(control)</div>\(warning)</div>
            """
    }

    private var mark: HTML { "<span class=\"mark\" aria-hidden=\"true\"></span>" }
    /// Short answers stand two in a row on a wide screen.
    private var width: String {
        switch field.type {
        case .birthDate, .date, .dateTime, .citizenId, .identityCard, .phone, .yesNo, .number, .money: "short"
        case .choice: (field.options?.count ?? 0) == 2 ? "short" : ""
        case .personName, .text, .longText, .email: field.longest <= 50 ? "short" : ""
        }
    }

    private var describers: String { (field.help == nil ? "" : "h-\(id) ") + "e-\(id)" }
    private func text(_ issues: [FormIssue]) -> String { issues.map { say($0.message) }.joined(separator: " ") }

    /// The warning with the box for its reason; hidden while there is none, so that the script can show it.
    private var warning: HTML {
        """
        <div class="warning"\(" hidden", when: warnings.isEmpty)><p class="warning-text">\(text(warnings))</p>
        <label for="r-\(id)">\(say("Lý do (nếu vẫn đúng như đã ghi)", "Reason (if it is right as it stands)"))</label>
        <textarea id="r-\(id)" name="r:\(address)" rows="2" maxlength="500" autocomplete="off" data-viet data-reason>\(reason)</textarea></div>
        """
    }

    private var choices: HTML {
        let options: [(value: String, label: String)] =
            field.type == .yesNo
            ? [("true", say("Có", "Yes")), ("false", say("Không", "No"))]
            : (field.options ?? []).map { ($0.value, say($0.label)) }
        let chosen = field.typed(answer)
        let items = options.map { option -> HTML in
            """
            <label class="choice"><input type="radio" name="a:\(address)" value="\(option.value)" autocomplete="off"
            \("checked", when: option.value == chosen)><span>\(option.label)</span></label>
            """
        }
        return "<div class=\"choices\(" few", when: options.count == 2)\">\(items)</div>"
    }

    /// Whether the text is a number or a code of some paper, which no input method may touch.
    private var isCode: Bool {
        let name = field.pointer.tokens.last?.lowercased() ?? ""
        return name.hasSuffix("number") || name.hasSuffix("code")
    }

    private var control: HTML {
        let shared: HTML = """
            id="i-\(id)" name="a:\(address)" autocomplete="off" aria-describedby="\(describers)"\(" aria-invalid=\"true\"",
                when: !errors.isEmpty)
            """
        let value = field.typed(answer)
        switch field.type {
        case .longText: return "<textarea data-viet \(shared) rows=\"4\" maxlength=\"\(field.longest)\">\n\(value)</textarea>"
        case .dateTime:
            return """
                <input type="text" class="when" placeholder="\(say("giờ:phút ngày/tháng/năm", "hh:mm dd/mm/yyyy"))" maxlength="20"
                spellcheck="false" \(shared) value="\(value)">
                """
        case .birthDate, .date:
            return """
                <input type="text" class="date" inputmode="text" placeholder="\(say("ngày/tháng/năm", "dd/mm/yyyy"))" maxlength="20"
                spellcheck="false" \(shared) value="\(value)">
                """
        case .citizenId, .identityCard, .money:
            return "<input type=\"text\" class=\"digits\" inputmode=\"numeric\" maxlength=\"20\" \(shared) value=\"\(value)\">"
        case .phone:
            // The note is of an old number that was renewed; the script shows it.
            return """
                <input type="text" class="digits" inputmode="numeric" maxlength="20" \(shared) value="\(value)">
                <span class="note" role="status" data-note hidden></span>
                """
        case .number:
            return "<input type=\"text\" class=\"digits\" inputmode=\"decimal\" maxlength=\"20\" \(shared) value=\"\(value)\">"
        case .email:
            return "<input type=\"text\" inputmode=\"email\" spellcheck=\"false\" maxlength=\"200\" \(shared) value=\"\(value)\">"
        case .personName:
            return "<input type=\"text\" data-viet autocapitalize=\"words\" spellcheck=\"false\" \(shared) value=\"\(value)\">"
        case .text:
            let places: HTML = PlaceLevel(field.pointer).map { " list=\"places-\($0.rawValue)\"" } ?? ""
            return
                "<input type=\"text\"\(" data-viet", when: !isCode) spellcheck=\"false\"\(places) \(shared) value=\"\(value)\">"
        case .choice, .yesNo: return "<input type=\"text\" spellcheck=\"false\" \(shared) value=\"\(value)\">"
        }
    }
}
