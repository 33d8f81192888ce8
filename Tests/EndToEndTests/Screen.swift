import Foundation
import JSONTree
import KioskTestSupport

/// What a person does at the kiosk's pages, in a real browser.
struct Screen {
    let browser: Browser
    let address: String

    func unlock(pin: String = House.pin) async throws {
        try await browser.open(address)
        try await browser.find("#pin").type(pin)
        try await press("Mở khóa")
        try await until("the home page") { try await browser.count(".tiles") == 1 }
    }

    /// Fills in the section that is open as a person would: field after field, each left before the next.
    func fill(_ answers: JSONValue) async throws {
        for address in try await visibleFields() where !(answers[at: address]?.isBlank ?? true) {
            try await give(answers[at: address] ?? .null, to: address)
        }
        // Answers can open further questions.
        for address in try await visibleFields() where try await isEmpty(address) {
            if let answer = answers[at: address] { try await give(answer, to: address) }
        }
        try await giveReasons()
    }

    /// Gives a reason for each warning that is shown: the invented numbers have an unassigned province code.
    func giveReasons() async throws {
        for index in 0..<(try await browser.count(".warning:not([hidden]) textarea")) {
            let id = try await browser.execute(
                "return document.querySelectorAll('.warning:not([hidden]) textarea')[arguments[0]].id", [.number(Decimal(index))])
            let box = try await browser.find("#\(id.stringValue ?? "")")
            try await box.clear()
            try await box.type("Số mẫu để tập huấn")
            _ = try await browser.execute("document.activeElement.blur()")
            try await saved()
        }
    }

    func give(_ answer: JSONValue, to address: String) async throws {
        let field = "[data-address='\(address)']"
        switch answer {
        case .bool(let flag): try await click("\(field) input[value='\(flag)']")
        case .string(let text):
            if try await browser.count("\(field) input[type=radio]") > 0 {
                try await click("\(field) input[value='\(text)']")
            } else {
                let control = try await browser.find("\(field) .control input, \(field) .control textarea")
                try await control.clear()
                try await control.type(text)
                // Leaving the field is what saves it.
                _ = try await browser.execute("document.activeElement.blur()")
            }
        default: break
        }
        try await saved()
    }

    /// Gives the applicant's consent on the review page, on the operator's word, and seals.
    func consent() async throws {
        for id in ["filing", "keep-scans", "contact", "reuse"] { try await click("[name='consent.\(id)']") }
        try await click("[name='consent.by'][value=applicant]")
        try await click("[name='consent.evidence'][value=witnessed]")
        try await browser.find("[name='consent.reason']").type("Không có bút")
        try await click("#consent button.primary")
    }

    /// Waits until the page says that everything typed is on the disk.
    func saved() async throws {
        try await until("the page says that all is saved") {
            try await browser.execute(
                """
                const state = document.getElementById("save-state");
                return state !== null && state.textContent.includes("Đã lưu") && document.querySelector(".mark.busy") === null;
                """) == true
        }
    }

    /// Goes on to the next step, and waits until its page is there: another path than before, loaded whole.
    func goOn() async throws {
        let before = try await place()
        try await press("Tiếp tục")
        try await until("the step after \(before)") { try await !["", before].contains(place()) }
    }

    /// The path of a page that is loaded whole; empty while it is not.
    func place() async throws -> String {
        try await browser.execute("return document.readyState === 'complete' ? location.pathname : ''").stringValue ?? ""
    }

    /// Clicks what a selector finds; again where the page went in the meantime.
    func click(_ selector: String) async throws {
        try await until("\(selector) is clicked") {
            _ = try await browser.execute(
                "document.querySelector(arguments[0])?.scrollIntoView({block: 'center'})", [.string(selector)])
            try await browser.find(selector).click()
            return true
        }
    }

    /// Clicks the button or link with a text; again where the page went in the meantime.
    func press(_ text: String) async throws {
        try await until("«\(text)» is pressed") {
            try await browser.button(text).click()
            return true
        }
    }

    /// Sends on demand, and waits until the run is over and its page stands still.
    ///
    /// The page follows the run by itself: what is opened while it is about to show the end would be overtaken. So would this page by
    /// what was pressed just before it: then it is opened again.
    func sendNow() async throws {
        try await until("«Gửi ngay» is pressed") {
            try await openSync()
            _ = try await browser.execute("document.documentElement.dataset.before = 'yes'")
            try await browser.button("Gửi ngay").click()
            return true
        }
        try await until("the run has ended, and its page is another one") {
            try await openSync()
            return try await browser.execute(
                """
                return document.readyState === "complete" && document.documentElement.dataset.before === undefined
                    && document.getElementById("sync").dataset.running === "false";
                """) == true
        }
    }

    private func openSync() async throws {
        if try await place() != "/sync" { try await browser.open(address + "sync") }
    }

    private func visibleFields() async throws -> [String] {
        let found = try await browser.execute(
            "return [...document.querySelectorAll('[data-address]')].filter((one) => !one.hidden).map((one) => one.dataset.address)"
        )
        return found.arrayValue?.compactMap(\.stringValue) ?? []
    }

    private func isEmpty(_ address: String) async throws -> Bool {
        try await browser.execute(
            """
            return [...document.querySelector(`[data-address='${arguments[0]}']`).querySelectorAll(".control input, .control textarea, input[type=radio]")]
                .every((one) => one.type === "radio" ? !one.checked : one.value === "");
            """, [.string(address)]) == true
    }

    /// Asks again and again until something holds; a minute at most.
    func until(_ what: String, _ holds: () async throws -> Bool) async throws {
        do {
            // A question that a page was too busy to answer, because it was going, is asked again.
            try await eventually(what) { (try? await holds()) == true }
        } catch let never as NeverHappened {
            throw House.Failure("\(never)\n\(try await browser.text())")
        }
    }

    /// What is wrong with a page's layout and language at the size the window has now; empty where nothing is.
    func faults() async throws -> [String] {
        let found = try await browser.execute(
            """
            const faults = [];
            const page = document.documentElement;
            if (page.scrollWidth > window.innerWidth) faults.push(`wider than the window: ${page.scrollWidth} > ${window.innerWidth}`);
            if (page.lang !== "vi") faults.push(`lang is ${page.lang}`);
            if (parseFloat(getComputedStyle(document.body).fontSize) < 18) faults.push("text below 18 px");
            for (const one of document.querySelectorAll("a.button, button.button, .choice, .tile")) {
              const box = one.getBoundingClientRect();
              if (box.height > 0 && box.height < 40) faults.push(`${one.textContent.trim()} is ${box.height} px high`);
            }
            const text = document.body.innerText;
            if (text.normalize("NFC") !== text) faults.push("text is not NFC");
            if (text.includes("\\uFFFD")) faults.push("a letter was lost");
            return faults;
            """)
        return found.arrayValue?.compactMap(\.stringValue) ?? []
    }
}

extension JSONValue {
    /// The answer at a page's address of it; a member is named by its id there, and the samples have one member.
    subscript(at address: String) -> JSONValue? {
        JSONPointer(address).flatMap { pointer in
            self[JSONPointer(tokens: pointer.tokens.map { $0.hasPrefix("@") ? "0" : $0 })]
        }
    }
}
