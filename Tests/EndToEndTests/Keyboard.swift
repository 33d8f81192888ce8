import Foundation
import JSONTree
import KioskTestSupport
import Testing

/// Someone who has no pointer: goes from stop to stop, and sees where they are.
struct Keyboard {
    let screen: Screen

    /// What has the focus.
    struct Stop: Equatable {
        let name: String
        let type: String
        let value: String
        /// What it says.
        let text: String
        /// Which question it belongs to.
        let address: String
        /// Which paper it belongs to.
        let paper: String
        /// Whether nothing is typed or chosen there yet.
        let isEmpty: Bool
        /// Why it could not be seen that the focus is there; empty where it could.
        let fault: String
    }

    /// Describes what has the focus, and what is wrong with how it is shown.
    private static let describe = """
        const one = document.activeElement;
        if (!one || one === document.body) return null;
        const isBox = ["radio", "checkbox", "file"].includes(one.type);
        const shown = isBox ? one.closest("label") ?? one : one;
        const style = getComputedStyle(shown);
        const box = shown.getBoundingClientRect();
        const isSeen = [0.5, 0.1, 0.9].some((part) => {
          const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height * part);
          return top !== null && (shown.contains(top) || top.contains(shown));
        });
        const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 3;
        const fault = !ring ? `has no ring: ${style.outlineStyle} ${style.outlineWidth}` : !isSeen ? "is out of sight" : "";
        const group = one.type === "radio" ? [...document.getElementsByName(one.name)] : [];
        return {
          name: one.name ?? "", type: one.type ?? "", value: one.value ?? "", text: one.textContent.trim().replace(/\\s+/g, " "),
          address: one.closest("[data-address]")?.dataset.address ?? "", paper: (one.closest(".component")?.id ?? "").replace(/^c-/, ""),
          isEmpty: one.type === "radio" ? !group.some((radio) => radio.checked) : one.value === "",
          fault: fault === "" ? "" : `${one.tagName} ${one.name ?? ""} ${one.textContent.trim().slice(0, 60)} ${fault}`,
        };
        """

    /// Where the focus is; nil where nothing has it.
    func stop() async throws -> Stop? {
        let found = try await screen.browser.execute(Self.describe)
        guard found["fault"] != nil else { return nil }
        func text(_ name: String) -> String { found[name]?.stringValue ?? "" }
        return Stop(
            name: text("name"), type: text("type"), value: text("value"), text: text("text"), address: text("address"),
            paper: text("paper"), isEmpty: found["isEmpty"] == true, fault: text("fault"))
    }

    /// Presses Tab until it comes to a stop; each on the way has to be seen.
    @discardableResult
    func tab(back: Bool = false, to wanted: (Stop) -> Bool) async throws -> Stop {
        var passed: [String] = []
        for _ in 0..<150 {
            try await screen.browser.press(back ? Key.shiftTab : Key.tab)
            guard let stop = try await stop() else { continue }
            #expect(stop.fault == "")
            if wanted(stop) { return stop }
            passed.append(stop.text.isEmpty ? stop.name : stop.text)
        }
        throw House.Failure("Tab never comes there, but to \(passed.prefix(80))")
    }

    /// Goes to a button or link and presses it.
    func enter(_ wanted: (Stop) -> Bool) async throws {
        try await tab(to: wanted)
        try await screen.browser.press(Key.enter)
    }

    /// Answers what is asked on the page, question after question in the order of Tab.
    func answer(_ answers: JSONValue, changed: (String, JSONValue) -> JSONValue = { $1 }) async throws {
        while let question = try await screen.questions().first(where: { question in
            question.value.isEmpty && !(answers[at: question.address]?.isBlank ?? true)
        }) {
            let answer = changed(question.address, answers[at: question.address] ?? .null).typed
            var stop = try await tab { $0.address == question.address }
            if stop.type == "radio" {
                if stop.value == answer { try await screen.browser.press(Key.space) }
                for _ in question.choices where stop.value != answer {
                    try await screen.browser.press(Key.down)
                    stop = try #require(try await self.stop())
                    #expect(stop.fault == "")
                }
            } else {
                try await screen.browser.press(answer)
            }
            // Leaving a field saves it.
            try await screen.browser.press(Key.tab)
            try await screen.saved()
            try await screen.browser.press(Key.shiftTab)
        }
    }

    /// Gives the applicant's consent at the review, on the operator's word, and seals.
    func consent() async throws {
        for purpose in ["filing", "keep-scans", "contact", "reuse"] {
            try await tab { $0.name == "consent.\(purpose)" }
            try await screen.browser.press(Key.space)
        }
        for (group, choice) in [("by", "applicant"), ("evidence", "witnessed")] {
            var stop = try await tab { $0.name == "consent.\(group)" }
            if stop.value == choice { try await screen.browser.press(Key.space) }
            for _ in 0..<4 where stop.value != choice {
                try await screen.browser.press(Key.down)
                stop = try #require(try await self.stop())
                #expect(stop.fault == "")
            }
        }
        try await tab { $0.name == "consent.reason" }
        try await screen.browser.press("Không có bút")
        try await enter { $0.text == "Ghi nhận và in phiếu" }
    }

    /// Goes round the whole page forwards and backwards: every stop is come to, is seen, and lets one go on.
    func goRound() async throws {
        let browser = screen.browser
        try await browser.execute(
            """
            const describe = () => { \(Self.describe) };
            const groups = new Set();
            window.stops = [...document.querySelectorAll("a[href], button, input, textarea, select, summary, [tabindex]")].filter((one) => {
              if (one.tabIndex < 0 || one.disabled || one.type === "hidden" || !one.checkVisibility()) return false;
              if (one.type !== "radio") return true;
              // A group of radio buttons is one stop.
              const chosen = document.querySelector(`input[name="${CSS.escape(one.name)}"]:checked`);
              if (chosen !== null && chosen !== one || groups.has(one.name)) return false;
              groups.add(one.name);
              return true;
            });
            window.visited = new Set();
            window.faults = new Set();
            document.addEventListener("focusin", (event) => {
              const radio = event.target.type === "radio" ? window.stops.find((one) => one.name === event.target.name) : null;
              window.visited.add(radio ?? event.target);
              const fault = describe()?.fault;
              if (fault) window.faults.add(fault);
            });
            """)
        let place = try await screen.place()
        let count = try await browser.execute("return window.stops.length").int ?? 0
        for key in [Key.tab, Key.shiftTab] {
            try await browser.press(String(repeating: key, count: count + 2))
            let left = try await browser.execute(
                """
                const left = window.stops.filter((one) => !window.visited.has(one)).map((one) => one.outerHTML.slice(0, 200));
                window.visited.clear();
                return [...left, ...window.faults];
                """)
            #expect(left.arrayValue?.compactMap(\.stringValue) == [], "\(place)")
        }
    }
}
