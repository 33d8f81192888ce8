import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEndWaiting {
    @Suite("A pulled plug while someone fills in a form")
    struct FormKillTests {
        /// Eight kills of kiosk and browser, each at another moment; then the form is filled in to its end and filed.
        @Test(
            "What the page called saved is there after each kill, and nothing else is", Browser.requirement,
            arguments: [20_261_125] as [UInt64])
        func killed(seed: UInt64) async throws {
            var random = SeededGenerator(seed: seed)
            let house = try await House()
            let sample = try await house.sampleFile("TT_HO_TRONG_XA")
            let answers = sample["answers"] ?? .null
            var ledger = Ledger()
            var id = ""
            for kill in 0..<8 {
                let (program, address) = try await house.serve()
                try await Browser.run { browser in
                    try await browser.setScreen(width: 1280, height: 800)
                    let screen = Screen(browser: browser, address: address)
                    try await screen.unlock()
                    if id.isEmpty {
                        try await screen.press("Làm hồ sơ mới")
                        try await screen.click("button[value=TT_HO_TRONG_XA]")
                    } else {
                        try await screen.press("Tiếp tục hồ sơ đang soạn")
                        try await screen.click(".rows a")
                    }
                    try await screen.until("the form") { try await screen.place().contains("/form/") }
                    id = try await String(screen.place().split(separator: "/")[1])
                    try await ledger.compare(with: screen, "seed \(seed), kill \(kill)")
                    for _ in 0..<random.int(1...3) {
                        try await work(screen, answers, &ledger, &random)
                    }
                    try await interrupt(screen, answers, program, &ledger, &random)
                    if random.oneIn(2) {
                        program.send(.kill)
                        await browser.kill()
                    } else {
                        await browser.kill()
                        program.send(.kill)
                    }
                    _ = try await program.wait()
                }
            }
            #expect(ledger.certain.count >= 8, "seed \(seed): too little was saved to tell anything")
            let (program, address) = try await house.serve()
            try await Browser.run { browser in
                try await browser.setScreen(width: 1280, height: 800)
                let screen = Screen(browser: browser, address: address)
                try await screen.unlock()
                try await browser.open(address + "dossiers/\(id)/form")
                try await ledger.compare(with: screen, "seed \(seed), after the last kill")
                // Whatever half a word a kill left behind is mended, and the dossier is filed like any other.
                for section in try await screen.sections() {
                    try await browser.open(section)
                    try await screen.mend(answers)
                }
                try await browser.open(address + "dossiers/\(id)/papers")
                try await screen.attach(
                    house.papers((sample["components"]?.arrayValue ?? []).compactMap(\.stringValue)))
                try await screen.goOn()
                #expect(try await screen.seal().hasPrefix("TCS-"))
            }
            program.send(.interrupt)
            #expect(try await program.wait().status == 0)
            #expect(try await house.json(["dossier", "list"]).arrayValue?.count == 1)
        }

        /// Does something to its end: what it says is saved then has to be there ever after.
        private func work(
            _ screen: Screen, _ answers: JSONValue, _ ledger: inout Ledger, _ random: inout SeededGenerator
        ) async throws {
            try await screen.browser.open(random.pick(try await screen.sections()))
            if try await screen.browser.count("button[value=add]") == 1 {
                let buttons = try await screen.memberButtons()
                let button = random.pick(buttons.filter { !$0.hasPrefix("remove:") || buttons.count > 4 })
                let before = try await ledger.members(on: screen)
                try await screen.click("button[value='\(button)']")
                let unchanged = ledger
                try await screen.until("the list has changed") {
                    guard try await !screen.place().isEmpty else { return false }
                    return try await unchanged.members(on: screen) != before
                }
                ledger.members = try await ledger.members(on: screen)
                ledger.forgetLost()
            }
            for _ in 0..<random.int(1...4) {
                guard let question = try await screen.pick(answers, &random) else { continue }
                let answer = answers[at: question.address]?.typed ?? ""
                // What is chosen already cannot be chosen again.
                guard question.control != nil || question.value != answer else { continue }
                try await screen.give(.string(answer), to: question.address)
            }
            // The page's own word for it, answer by answer.
            for question in try await screen.questions() where question.isSaved {
                ledger.certain[question.address] = question.value.trimmingCharacters(in: .whitespaces)
            }
        }

        /// Begins something that the kill finds unfinished: a word, a click, a button.
        private func interrupt(
            _ screen: Screen, _ answers: JSONValue, _ program: Program, _ ledger: inout Ledger,
            _ random: inout SeededGenerator
        ) async throws {
            try await screen.browser.open(random.pick(try await screen.sections()))
            if random.oneIn(3), try await screen.browser.count("button[value=add]") == 1 {
                ledger.isListOpen = true
                try await screen.browser.execute(
                    "setTimeout((value) => document.querySelector(`button[value='${value}']`).click(), 0, arguments[0])",
                    [.string(random.pick(try await screen.memberButtons()))])
                try await Task.sleep(for: .milliseconds(random.int(0...150)))
                return
            }
            guard let question = try await screen.pick(answers, &random) else { return }
            let answer = answers[at: question.address]?.typed ?? ""
            // The kiosk may be gone first, before a key or after it, and the page be left alone with what is typed on.
            let moment = random.int(0...2)
            if moment == 0 { program.send(.kill) }
            if let control = question.control {
                let typed = String(answer.prefix(random.int(1...max(1, answer.count))))
                try await screen.click(control)
                // Over what was there: all of it is chosen first.
                try await screen.browser.press("\u{E009}a\u{E000}" + typed)
                if random.oneIn(2) { try await screen.browser.press(Key.tab) }
                ledger.open[question.address] = Set((0...typed.count).map { String(typed.prefix($0)) } + [question.value])
            } else if let choice = question.choices[answer] {
                ledger.open[question.address] = [question.value, answer]
                try await screen.click(choice)
            }
            if moment == 1 { program.send(.kill) }
            // Before, at and after the pause after which a page saves what is being typed.
            try await Task.sleep(for: .milliseconds(random.oneIn(2) ? random.int(0...60) : random.int(1400...1700)))
            for question in try await screen.questions() where question.isSaved {
                ledger.certain[question.address] = question.value.trimmingCharacters(in: .whitespaces)
                ledger.open[question.address] = nil
            }
        }
    }
}

/// What a form has to hold, by what its pages said.
struct Ledger {
    /// What a page called saved, by address.
    var certain: [String: String] = [:]
    /// What may stand where a kill came between a key and its "saved".
    var open: [String: Set<String>] = [:]
    /// The members in their order.
    var members: [String] = []
    /// Whether a kill came while the list was being changed.
    var isListOpen = false

    /// Compares all sections with it, and takes over how what was open turned out.
    mutating func compare(with screen: Screen, _ place: String) async throws {
        var found: [String: String] = [:]
        var list: [String] = []
        for section in try await screen.sections() {
            try await screen.browser.open(section)
            for question in try await screen.questions(all: true) { found[question.address] = question.value }
            if try await screen.browser.count("button[value=add]") == 1 { list = try await members(on: screen) }
        }
        if isListOpen {
            let isOneMore = list.count == members.count + 1 && Array(list.dropLast()) == members
            let isOneLess = list.count == members.count - 1 && list == members.filter(list.contains)
            #expect(isOneMore || isOneLess || Set(list) == Set(members), "\(place)")
        } else {
            #expect(list == members, "\(place)")
        }
        (members, isListOpen) = (list, false)
        forgetLost()
        for (address, value) in found {
            if let open = open[address] {
                // Spaces at the end of half a word are not kept.
                #expect(open.contains { $0.trimmingCharacters(in: .whitespaces) == value }, "\(place): \(address) is «\(value)»")
                certain[address] = value.isEmpty ? nil : value
            } else {
                #expect(value == certain[address] ?? "", "\(place): \(address)")
            }
        }
        for address in certain.keys { #expect(found[address] != nil, "\(place): \(address) is asked no more") }
        open = [:]
    }

    /// What was said of members who are gone is gone with them.
    mutating func forgetLost() {
        func isThere(_ address: String) -> Bool {
            address.split(separator: "/").first { $0.hasPrefix("@") }.map { members.contains(String($0)) } ?? true
        }
        certain = certain.filter { isThere($0.key) }
        open = open.filter { isThere($0.key) }
    }

    func members(on screen: Screen) async throws -> [String] {
        try await screen.browser.execute(
            """
            return [...new Set([...document.querySelectorAll(".member [data-address]")].map((one) => one.dataset.address.match(/@[^/]+/)[0]))];
            """
        ).arrayValue?.compactMap(\.stringValue) ?? []
    }
}

extension Screen {
    /// The addresses of the form's sections.
    fileprivate func sections() async throws -> [String] {
        try await browser.execute(
            "return [...document.querySelectorAll('.steps a')].map((one) => one.href).filter((one) => one.includes('/form/'))"
        ).arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// What the buttons of the list of members do.
    fileprivate func memberButtons() async throws -> [String] {
        try await browser.execute(
            "return [...document.querySelectorAll('.member-tools button, button[value=add]')].map((one) => one.value)"
        ).arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// A question that the sample answers; rather one that is not answered yet.
    fileprivate func pick(_ answers: JSONValue, _ random: inout SeededGenerator) async throws -> Question? {
        let known = try await questions().filter { !(answers[at: $0.address]?.isBlank ?? true) }
        let empty = known.filter(\.value.isEmpty)
        let choice = empty.isEmpty || random.oneIn(4) ? known : empty
        return choice.isEmpty ? nil : random.pick(choice)
    }

    /// Answers what is not answered as in the sample, and takes away all members but one.
    fileprivate func mend(_ answers: JSONValue) async throws {
        while try await browser.count(".member") > 1 {
            let before = try await browser.count(".member")
            try await click(".member:last-of-type button[value^='remove:']")
            try await until("one less") { try await browser.count(".member") == before - 1 }
        }
        if try await browser.count("button[value=add]") == 1, try await browser.count(".member") == 0 { try await addMember() }
        for question in try await questions() where question.control != nil {
            guard let answer = answers[at: question.address], question.value != "", question.value != answer.typed else {
                continue
            }
            try await give(.string(answer.typed), to: question.address)
        }
        try await answer(answers, typing: { $0.value.isEmpty })
    }
}
