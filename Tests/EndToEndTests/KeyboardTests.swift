import Foundation
import JSONTree
import KioskTestSupport
import Testing

extension EndToEnd {
    @Suite("The keyboard alone")
    struct KeyboardTests {
        @Test(
            "A household of two moves house by keys only, from the lock to the receipt; every stop is seen, none is a trap",
            Browser.requirement)
        func household() async throws {
            let house = try await House()
            let sample = try await house.sampleFile("TT_HO_TRONG_XA")
            let answers = sample["answers"] ?? .null
            let papers = sample["components"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let (program, address) = try await house.serve()
            try await Browser.run { browser in
                try await browser.setScreen(width: 1280, height: 800)
                let screen = Screen(browser: browser, address: address)
                let hands = Keyboard(screen: screen)
                try await browser.open(address)
                // The PIN has the focus from the start.
                try await browser.press(House.pin + Key.enter)
                try await screen.until("the home page") { try await browser.count(".tiles") == 1 }
                try await hands.goRound()
                try await hands.enter { $0.text.hasPrefix("Làm hồ sơ mới") }
                try await screen.until("the tiles") { try await browser.count(".procedures") > 0 }
                try await hands.goRound()
                try await hands.enter { $0.value == "TT_HO_TRONG_XA" }
                try await screen.until("the form") { try await screen.place().contains("/form/") }
                while try await screen.place().contains("/form/") {
                    if try await browser.count("button[value=add]") == 1 { try await members(answers, hands) }
                    try await hands.answer(answers)
                    try await hands.goRound()
                    let before = try await screen.place()
                    try await hands.enter { $0.name == "do" && $0.value == "next" }
                    try await screen.until("the step after \(before)") { try await !["", before].contains(screen.place()) }
                }
                for (paper, path) in try house.papers(papers) {
                    // The system's own window for choosing is driven by no browser's driver: it is told its outcome, which goes to
                    // the element that Tab has led to and no other.
                    try await hands.tab { $0.type == "file" && $0.paper == paper }
                    try await browser.focused().setFile(path)
                    try await screen.until("\(paper) is listed") { try await browser.count("#c-\(paper) .files li") == 1 }
                }
                try await hands.goRound()
                try await hands.enter { $0.text.hasPrefix("Tiếp tục") }
                try await screen.until("the review") { try await browser.count("#consent") == 1 }
                try await hands.goRound()
                for box in 0..<(try await browser.count(".warned-item textarea")) {
                    try await hands.tab { $0.name.hasPrefix("r:") && $0.isEmpty }
                    try await browser.press("Số mẫu \(box)")
                }
                try await hands.consent()
                try await screen.until("the receipt") { try await browser.count(".receipt-number") == 1 }
                try await hands.goRound()
                #expect(try await browser.console().isEmpty)
            }
            let id = try #require(try await house.json(["dossier", "list"]).arrayValue?.first?["id"]?.stringValue)
            _ = try await house.json(["sync"])
            let fields = try #require(try await house.portal.state().dossier(id)?.fields)
            #expect(
                fields["members"]?.arrayValue?.map { $0["fullName"] } == [
                    "Lò Gia Bảo", answers["members"]?.arrayValue?[0]["fullName"],
                ])
            #expect(fields["household"] == answers["household"])
            program.send(.interrupt)
            #expect(try await program.wait().status == 0)
        }

        /// Adds two members, fills them in, and moves the second before the first.
        private func members(_ answers: JSONValue, _ hands: Keyboard) async throws {
            let (screen, browser) = (hands.screen, hands.screen.browser)
            for count in 1...2 {
                try await hands.enter { $0.value == "add" }
                try await screen.until("member \(count)") { try await browser.count(".member") == count }
                try await screen.until("the page is whole") { try await !screen.place().isEmpty }
                try await hands.answer(answers) { address, answer in
                    guard count == 2 else { return answer }
                    return address.hasSuffix("/fullName")
                        ? "Lò Gia Bảo" : address.hasSuffix("/citizenId") ? "099315002297" : answer
                }
            }
            func names() async throws -> [String] {
                try await browser.execute(
                    "return [...document.querySelectorAll(\".member [data-address$='/fullName'] input\")].map((one) => one.value)"
                ).arrayValue?.compactMap(\.stringValue) ?? []
            }
            let first = answers["members"]?.arrayValue?[0]["fullName"]?.stringValue ?? ""
            #expect(try await names() == [first, "Lò Gia Bảo"])
            try await hands.enter { $0.value.hasPrefix("up:") && $0.text == "↑Lên Thành viên 2" }
            try await screen.until("moved up") { try await names() == ["Lò Gia Bảo", first] }
            // The focus is where one goes on: at the top there is only down.
            try await screen.until("the focus is on the one who moved") { try await hands.stop()?.text == "↓Xuống Thành viên 1" }
            try await browser.press(Key.enter)
            try await screen.until("moved down") { try await names() == [first, "Lò Gia Bảo"] }
            try await screen.until("the focus is on the one who moved") { try await hands.stop()?.text == "↑Lên Thành viên 2" }
            try await browser.press(Key.space)
            try await screen.until("moved up again") { try await names() == ["Lò Gia Bảo", first] }
        }
    }
}
