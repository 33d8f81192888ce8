import Foundation
import JSONTree
import KioskTestSupport

/// The keys that have no letter (WebDriver, section 17.4.2).
enum Key {
    static let tab = "\u{E004}"
    static let shiftTab = "\u{E008}\u{E004}\u{E000}"
    static let enter = "\u{E007}"
    static let space = " "
    static let left = "\u{E012}"
    static let down = "\u{E015}"
}

extension JSONValue {
    /// What a person types or chooses to give this answer.
    var typed: String {
        switch self {
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): "\(number)".replacingOccurrences(of: ".", with: ",")
        case .string(let text):
            // A date as people write it here: `12/03/1957`, `03/1957`, `1957`.
            text.wholeMatch(of: /(\d{4})(?:-(\d\d))?(?:-(\d\d))?/).map { date in
                [date.3, date.2, date.1].compactMap { $0 }.joined(separator: "/")
            } ?? text
        default: ""
        }
    }

    /// The digits of a local time in the order in which a Vietnamese browser asks for them, from the first.
    var timeKeys: String {
        guard let time = stringValue?.wholeMatch(of: /(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/) else { return "" }
        return "\(time.3)\(time.2)\(time.1)\u{E014}\(time.4)\(time.5)"
    }
}

extension Screen {
    /// A question that is shown, with the elements one gives its answer to.
    struct Question {
        let address: String
        let kind: String
        /// Where one types.
        let control: Browser.Element?
        /// Whether it is not answered yet.
        let isEmpty: Bool
        /// What one chooses from, by value.
        let choices: [String: Browser.Element]
    }

    func questions() async throws -> [Question] {
        let found = try await browser.execute(
            """
            return [...document.querySelectorAll("[data-address]")].filter((one) => !one.hidden).map((one) => ({
              address: one.dataset.address, kind: one.dataset.kind,
              control: [...one.querySelectorAll(".control input, .control textarea")],
              values: [...one.querySelectorAll("input[type=radio]")].map((radio) => radio.value),
              radios: [...one.querySelectorAll("input[type=radio]")],
              isEmpty: [...one.querySelectorAll(".control input, .control textarea, input[type=radio]")]
                .every((input) => input.type === "radio" ? !input.checked : input.value === ""),
            }))
            """)
        return (found.arrayValue ?? []).map { one in
            let values = (one["values"]?.arrayValue ?? []).compactMap(\.stringValue)
            return Question(
                address: one["address"]?.stringValue ?? "", kind: one["kind"]?.stringValue ?? "",
                control: browser.elements(one["control"]).first, isEmpty: one["isEmpty"] == true,
                choices: Dictionary(zip(values, browser.elements(one["radios"]))) { first, _ in first })
        }
    }

    /// Fills in the open section by clicking and typing, and again what its answers opened.
    func answer(_ answers: JSONValue) async throws {
        var given: Set<String> = []
        while true {
            let questions = try await questions().filter { question in
                !(answers[at: question.address]?.isBlank ?? true) && given.insert(question.address).inserted
            }
            if questions.isEmpty { return }
            for question in questions { try await answer(question, answers[at: question.address] ?? .null) }
            // Leaving the last field saves it.
            try await browser.press(Key.tab)
            try await saved()
        }
    }

    private func answer(_ question: Question, _ answer: JSONValue) async throws {
        if let control = question.control {
            guard question.kind == "dateTime" else { return try await control.type(answer.typed) }
            // A click lands on one of the parts of the time; typing begins with the first.
            try await control.click()
            try await browser.press(String(repeating: Key.left, count: 6) + answer.timeKeys)
        } else if let choice = question.choices[answer.typed] {
            try await until("\(answer.typed) is chosen at \(question.address)") {
                // In the middle, where the bar below does not hide it. What was typed before may open a warning just now: a click
                // that went astray is made again.
                try await browser.execute("arguments[0].scrollIntoView({block: 'center'})", [choice.reference])
                try await choice.click()
                return try await choice.property("checked") == true
            }
        } else {
            throw House.Failure("\(question.address) does not offer \(answer.typed)")
        }
    }

    /// From a procedure's tile to its papers: every section filled in.
    func fillIn(_ procedure: String, _ answers: JSONValue) async throws {
        try await browser.open(address + "dossiers/new")
        try await click("button[value='\(procedure)']")
        try await until("the form of \(procedure)") { try await place().contains("/form/") }
        while try await place().contains("/form/") {
            for _ in 0..<(try await lacking(answers)) { try await addMember() }
            try await answer(answers)
            try await goOn()
        }
    }

    /// How many members the open section still lacks.
    private func lacking(_ answers: JSONValue) async throws -> Int {
        guard try await browser.count("button[value=add]") == 1 else { return 0 }
        let list = answers.objectValue?.values.lazy.compactMap(\.arrayValue).first
        return try await max(0, (list?.count ?? 0) - browser.count(".member"))
    }

    func addMember() async throws {
        let before = try await browser.count(".member")
        try await click("button[value=add]")
        try await until("another member") {
            guard try await browser.count(".member") == before + 1 else { return false }
            return try await !place().isEmpty
        }
    }

    /// Chooses a file for each component.
    func attach(_ files: [(component: String, path: String)]) async throws {
        for (component, path) in files {
            try await browser.find("#c-\(component) input[type=file]").setFile(path)
            try await until("\(component) is listed") { try await browser.count("#c-\(component) .files li") == 1 }
        }
    }

    /// At the review: a reason for each warning, the consent, the seal; gives the receipt's number.
    func seal() async throws -> String {
        try await until("the review") { try await browser.count("#consent") == 1 }
        let boxes = browser.elements(try await browser.execute("return [...document.querySelectorAll('.warned-item textarea')]"))
        for box in boxes { try await box.type("Số mẫu") }
        try await consent()
        try await until("the receipt") { try await browser.count(".receipt-number") == 1 }
        return try await browser.execute("return document.querySelector('.receipt-number').innerText").stringValue ?? ""
    }

    /// Gives the resident's consent at the review and seals.
    func consent() async throws {
        try await click("input[name=consent]")
        try await click("input[name=by][value=applicant]")
        try await click("#consent button")
    }
}
