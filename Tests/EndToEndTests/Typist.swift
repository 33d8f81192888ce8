import Foundation
import JSONTree
import KioskTestSupport

/// The keys that have no letter (WebDriver, section 17.4.2).
enum Key {
    static let tab = "\u{E004}"
    static let shiftTab = "\u{E008}\u{E004}\u{E000}"
    static let enter = "\u{E007}"
    static let space = " "
    static let down = "\u{E015}"
}

extension JSONValue {
    /// What a person types or chooses to give this answer.
    var typed: String {
        switch self {
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): "\(number)".replacingOccurrences(of: ".", with: ",")
        case .string(let text):
            // A date as people write it here: `12/03/1957`, `03/1957`, `1957`, `19:30 12/03/1957`.
            text.wholeMatch(of: /(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d:\d\d))?/).map { date in
                (date.4.map { "\($0) " } ?? "") + [date.3, date.2, date.1].compactMap { $0 }.joined(separator: "/")
            } ?? text
        default: ""
        }
    }
}

extension Screen {
    /// A question that is shown, with the elements one gives its answer to.
    struct Question {
        let address: String
        let kind: String
        /// Where one types.
        let control: Browser.Element?
        /// What stands there or is chosen; empty where nothing is.
        let value: String
        /// Whether the page says that it is saved.
        let isSaved: Bool
        /// What one chooses from, by value.
        let choices: [String: Browser.Element]
    }

    /// The questions of the page; those that nothing calls for yet only where `all` are wanted.
    func questions(all: Bool = false) async throws -> [Question] {
        let found = try await browser.execute(
            """
            return [...document.querySelectorAll("[data-address]")].filter((one) => arguments[0] || !one.hidden).map((one) => ({
              address: one.dataset.address, kind: one.dataset.kind,
              control: [...one.querySelectorAll(".control input, .control textarea")],
              values: [...one.querySelectorAll("input[type=radio]")].map((radio) => radio.value),
              radios: [...one.querySelectorAll("input[type=radio]")],
              value: (one.querySelector(".control input, .control textarea") ?? one.querySelector("input[type=radio]:checked"))?.value ?? "",
              isSaved: one.querySelector(".mark.ok") !== null,
            }))
            """, [.bool(all)])
        return (found.arrayValue ?? []).map { one in
            let values = (one["values"]?.arrayValue ?? []).compactMap(\.stringValue)
            return Question(
                address: one["address"]?.stringValue ?? "", kind: one["kind"]?.stringValue ?? "",
                control: browser.elements(one["control"]).first,
                value: one["value"]?.stringValue ?? "", isSaved: one["isSaved"] == true,
                choices: Dictionary(zip(values, browser.elements(one["radios"]))) { first, _ in first })
        }
    }

    /// Fills in the open section by clicking and typing, and again what its answers opened.
    ///
    /// - Parameters:
    ///   - typing: whether to type into a field.
    ///   - byHand: whether the driver's pointer and keys do it; all else is given in one call by the events that they cause.
    func answer(
        _ answers: JSONValue, typing: (Question) -> Bool = { _ in true }, byHand: (Question) -> Bool = { _ in true }
    ) async throws {
        var typed: Set<String> = []
        for _ in 0..<9 {
            let open = try await questions().filter { question in
                guard let answer = answers[at: question.address], !answer.isBlank else { return false }
                return question.control == nil
                    ? question.value != answer.typed : typing(question) && typed.insert(question.address).inserted
            }
            if open.isEmpty { return }
            var others: [JSONValue] = []
            for question in open {
                let answer = (answers[at: question.address] ?? .null).typed
                guard let element = question.control ?? question.choices[answer] else {
                    throw House.Failure("\(question.address) does not offer \(answer)")
                }
                if !byHand(question) {
                    others.append([element.reference, .string(answer)])
                } else if question.control != nil {
                    try await element.type(answer)
                } else {
                    // A warning that opens just now can move the page under the pointer: what went astray is chosen in the next round.
                    try await click(element)
                }
            }
            try await browser.execute(
                """
                for (const [one, value] of arguments[0]) {
                  one.focus();
                  if (one.type === "radio") { one.click(); continue; }
                  one.value = value;
                  for (const name of ["input", "change"]) one.dispatchEvent(new Event(name, {bubbles: true}));
                }
                """, [.array(others)])
            // Leaving the last field saves it.
            try await browser.press(Key.tab)
            try await saved()
        }
        throw House.Failure("the section never stays as it was answered\n\(try await browser.text())")
    }

    /// Clicks an element; in the middle of the screen where the bar below hides it.
    func click(_ element: Browser.Element) async throws {
        do {
            try await element.click()
        } catch is WebClient.Failure {
            try await browser.execute("arguments[0].scrollIntoView({block: 'center'})", [element.reference])
            try await element.click()
        }
    }

    /// From a procedure's tile to its papers: every section filled in, the first question of each kind by pointer and keys.
    func fillIn(_ procedure: String, _ answers: JSONValue) async throws {
        try await browser.open(address + "dossiers/new")
        try await click("button[value='\(procedure)']")
        try await until("the form of \(procedure)") { try await place().contains("/form/") }
        var kinds: Set<String> = []
        while try await place().contains("/form/") {
            for _ in 0..<(try await lacking(answers)) { try await addMember() }
            try await answer(answers, byHand: { kinds.insert($0.kind).inserted })
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
}
