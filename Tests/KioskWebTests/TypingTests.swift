import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskTestSupport
import KioskWeb
import Testing

/// The input method, the keyboard for a touch screen and the scan of a card, typed into real fields of a real browser.
@Suite(Browser.requirement, .serialized) struct TypingTests {
    private struct Word: Decodable {
        var word: String
        var telex: String
        var vni: String
        var new: String?
    }

    private static func words() throws -> [Word] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appending(path: "sync-fixtures/typing/words.json"))
        return try JSONDecoder().decode([Word].self, from: data)
    }

    private static let note = "[name='a:/request']"
    private static let name = "[name='a:/applicant/fullName']"

    /// A kiosk with a draft, open in a browser at a section of its form.
    private func onForm(_ section: String, _ body: (Browser, Kiosk, String) async throws -> Void) async throws {
        let kiosk = try await Kiosk()
        try await kiosk.unlock()
        let id = try await kiosk.begin()
        try await kiosk.inBrowser { browser, base in
            try await browser.open("\(base)/dossiers/\(id)/form/\(section)")
            try await body(browser, kiosk, id)
            #expect(try await browser.console().filter { $0.hasPrefix("SEVERE") && !$0.contains("422") } == [])
        }
    }

    private func choose(_ browser: Browser, _ name: String, _ value: String) async throws {
        try await browser.find(".typing [name=\(name)][value=\(value)]").click()
    }

    /// Types keys into an emptied field and returns its text, composed or not as it is.
    private func typed(_ browser: Browser, _ selector: String, _ keys: String, after text: String = "", caret: Int? = nil)
        async throws -> String
    {
        let field = try await browser.find(selector)
        try await browser.execute(
            "const [field, text, caret] = arguments; field.value = text; field.focus(); field.setSelectionRange(caret, caret)",
            [field.reference, .string(text), .number(Decimal(caret ?? text.utf16.count))])
        // Not the element's own command: that one puts the caret at the end.
        try await browser.press(keys)
        return try await field.property("value").stringValue ?? ""
    }

    private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    private func check(_ browser: Browser, _ rows: [(keys: String, text: String)], in selector: String = TypingTests.note)
        async throws
    {
        for start in stride(from: 0, to: rows.count, by: 150) {
            let part = rows[start..<min(start + 150, rows.count)]
            let field = try await browser.find(selector)
            try await browser.execute("arguments[0].value = ''", [field.reference])
            try await field.type(part.map(\.keys).joined(separator: " "))
            let found = (try await field.property("value").stringValue ?? "").split(separator: " ").map(String.init)
            #expect(found.count == part.count)
            for (row, text) in zip(part, found) where scalars(row.text) != scalars(text) {
                Issue.record("\(row.keys) gave \(text), not \(row.text)")
            }
        }
    }

    @Test func `every rhyme and tone by Telex and VNI in both styles`() async throws {
        let words = try Self.words()
        #expect(words.count >= 300)
        try await onForm("noi-dung") { browser, _, _ in
            try await choose(browser, "method", "telex")
            try await check(browser, words.map { ($0.telex, $0.word) })
            try await choose(browser, "method", "vni")
            try await check(browser, words.map { ($0.vni, $0.word) })
            try await choose(browser, "tones", "new")
            let differing = words.filter { $0.new != nil }
            #expect(differing.count >= 10)
            try await check(browser, differing.map { ($0.vni, $0.new ?? "") })
            try await choose(browser, "method", "telex")
            try await check(browser, differing.map { ($0.telex, $0.new ?? "") })
        }
    }

    @Test func `keys in any order, undone, in names of every people`() async throws {
        let telex = [
            // undone by repeating; then plain letters
            ("ass", "as"), ("ddd", "dd"), ("aaa", "aa"), ("oww", "ow"), ("uoww", "uow"), ("ww", "w"), ("eee", "ee"), ("asz", "a"),
            ("tesst", "test"), ("asss", "ass"),
            // the tone and the marks anywhere
            ("hofa", "hòa"), ("hofan", "hoàn"), ("tieengs", "tiếng"), ("tiesng", "tiéng"), ("gifau", "giàu"),
            ("tiesnge", "tiếng"),
            ("nguyenex", "nguyễn"), ("duocwjd", "được"), ("dduwongf", "đường"), ("thuowng", "thương"), ("vietej", "việt"),
            ("tw", "tư"), ("w", "ư"), ("twf", "từ"), ("asf", "à"),
            // capitals
            ("VIEEJT", "VIỆT"), ("DDAWKS", "ĐẮK"), ("Ddaats", "Đất"), ("W", "Ư"), ("AAn", "Ân"), ("Ass", "As"),
            // other languages
            ("Windows", "Windows"), ("Wwindows", "Windows"), ("Ksor", "Ksor"), ("Hwing", "Hwing"), ("Kbuoor", "Kbuôr"),
            ("Blook", "Blôk"), ("EEban", "Êban"), ("H'Hen", "H'Hen"), ("Niee", "Niê"), ("EEnuool", "Ênuôl"), ("EEddee", "Êđê"),
            ("K'Breeur", "K'Brểu"), ("Hddruee", "Hđruê"), ("Adrowng", "Adrơng"), ("K'DDoong", "K'Đông"),
        ]
        let vni = [
            ("a11", "a1"), ("a66", "a6"), ("d99", "d9"), ("o77", "o7"), ("A112", "A12"), ("a10", "a"), ("hoa2", "hòa"),
            ("duong972", "đường"), ("nguyen64", "nguyễn"), ("D9A8K1", "ĐẮK"), ("E6ban", "Êban"), ("Kbuo6r", "Kbuôr"),
            ("3", "3"), ("12/4", "12/4"), ("Windows", "Windows"), ("sass", "sass"),
        ]
        try await onForm("noi-dung") { browser, _, _ in
            try await choose(browser, "method", "telex")
            try await check(browser, telex)
            try await choose(browser, "method", "vni")
            try await check(browser, vni)
            #expect(try await typed(browser, Self.note, "Tho6n 3") == "Thôn 3")
        }
    }

    @Test func `editing a text that is there`() async throws {
        let backspace = "\u{E003}"
        try await onForm("noi-dung") { browser, _, _ in
            try await choose(browser, "method", "telex")
            #expect(try await typed(browser, Self.note, "hoanf" + backspace) == "hòa", "the tone goes where it now belongs")
            #expect(try await typed(browser, Self.note, "tieengs\(backspace)\(backspace)\(backspace)") == "ti")
            #expect(try await typed(browser, Self.note, "as\(backspace)a") == "a")
            #expect(try await typed(browser, Self.note, "ass\(backspace)s") == "á", "a shorter word is a new one")
            #expect(try await typed(browser, Self.note, "ex", after: "Nguyen An", caret: 5) == "Nguyễn An")
            #expect(try await typed(browser, Self.note, "Vieejt ", after: "Nam", caret: 0) == "Việt Nam")
            #expect(try await typed(browser, Self.note, "s", after: "toan hoa", caret: 3) == "toán hoa")
            #expect(
                try await typed(browser, Self.note, backspace, after: "hoà ", caret: 4) == "hoà", "what is there is not rewritten"
            )

            let field = try await browser.find(Self.note)
            try await browser.execute(
                "arguments[0].value = 'Lo Thi Mai'; arguments[0].focus(); arguments[0].setSelectionRange(3, 6)", [field.reference]
            )
            try await browser.press("Vawn")
            #expect(try await field.property("value") == "Lo Văn Mai", "a selection is replaced")
            #expect(try await field.property("selectionStart") == 6)
            try await browser.execute("arguments[0].select()", [field.reference])
            try await browser.press("was")
            #expect(try await field.property("value") == "ứa")

            // Ctrl+Z takes back what was composed as it takes back what was typed.
            #expect(try await typed(browser, Self.note, "vieejt\u{E009}zz\u{E000}") == "viê")
        }
    }

    @Test func `pasting and other input methods are left alone`() async throws {
        try await onForm("noi-dung") { browser, _, _ in
            try await choose(browser, "method", "telex")
            let field = try await browser.find(Self.note)
            try await browser.execute(
                "arguments[0].value = 'as aa dd'; arguments[0].focus(); arguments[0].select()", [field.reference])
            try await browser.press("\u{E009}c\u{E000}")
            try await browser.execute("arguments[0].value = ''", [field.reference])
            try await browser.press("\u{E009}v\u{E000}")
            #expect(try await field.property("value") == "as aa dd")
            // An input method of the system: its keys are 229, its letters come while it composes or right after such a key.
            let answers = try await browser.execute(
                """
                const field = arguments[0];
                const sent = (keyCode, isComposing, inputType) => {
                  field.dispatchEvent(new KeyboardEvent("keydown", { keyCode, isComposing, bubbles: true }));
                  const event = new InputEvent("beforeinput", { inputType, data: "s", isComposing, bubbles: true, cancelable: true });
                  field.dispatchEvent(event);
                  return event.defaultPrevented;
                };
                field.value = "a"; field.focus(); field.setSelectionRange(1, 1);
                return [sent(229, false, "insertText"), sent(83, true, "insertText"), sent(229, true, "insertCompositionText"),
                  sent(83, false, "insertFromPaste"), sent(83, false, "insertText")];
                """, [field.reference])
            #expect(answers == [false, false, false, false, true], "only a key of a keyboard is composed")
        }
    }

    @Test func `off at first, off in numbers and dates, saved as typed and kept on`() async throws {
        try await onForm("nguoi-khai") { browser, kiosk, id in
            #expect(try await browser.find(".typing [value=off]").attribute("aria-pressed") == "true")
            #expect(try await typed(browser, Self.name, "Nguyeexn") == "Nguyeexn")
            try await choose(browser, "method", "telex")
            #expect(try await browser.find(".typing [value=telex]").attribute("aria-pressed") == "true")
            for name in ["citizenId", "phone", "birthDate"] {
                #expect(try await typed(browser, "[name='a:/applicant/\(name)']", "aass1") == "aass1")
            }
            #expect(
                try await browser.count(
                    "input[name*=citizenId][data-viet], input[name*=hone][data-viet], input[name*=Date][data-viet]") == 0)
            #expect(try await typed(browser, Self.name, "H'Hen Niee") == "H'Hen Niê")
            try await browser.execute("document.activeElement.blur()")
            try await eventually("saved") {
                try await kiosk.open().draft(of: id).answers["applicant"]?["fullName"] == "H'Hen Niê"
            }
            try await browser.open(try await browser.url())
            #expect(try await typed(browser, Self.name, "Lof") == "Lò", "kept on the next page")
            try await choose(browser, "method", "off")
            #expect(try await typed(browser, Self.name, "Lof") == "Lof")
            _ = try await typed(browser, "[name='a:/applicant/phone']", "01681234567\u{E004}")
            try await eventually("the note of the new number") {
                try await browser.find("#f-applicant-phone [data-note]").text() == "Đã đổi sang số mới: 0381234567"
            }
        }
    }

    @Test func `the keyboard on the screen`() async throws {
        try await onForm("nguoi-khai") { browser, kiosk, id in
            #expect(try await browser.count(".keys") == 0, "hidden at first")
            try await browser.find("[data-keyboard]").click()
            #expect(try await typed(browser, Self.name, "") == "")
            for key in [
                "chữ hoa", "đ", "ă", "n", "g", "dấu cách", "h", "o", "a", "huyền", "x", "xóa", "dấu cách", "ư", "ngã", "ngã",
            ] {
                try await browser.find(".keys [data-key='\(key)']").click()
            }
            #expect(try await browser.find(Self.name).property("value") == "Đăng hòa ư")
            try await eventually("saved after a pause") {
                try await kiosk.open().draft(of: id).answers["applicant"]?["fullName"] == "Đăng hòa ư"
            }
            #expect(
                try await browser.execute(
                    "return [...document.querySelectorAll('.keys button')].every((key) => key.offsetWidth >= 48 && key.offsetHeight >= 48)"
                )
                    == true)
            try await browser.find("[data-keyboard]").click()
            #expect(try await !browser.find(".keys").isDisplayed())
        }
    }

    @Test func `a card scanned by a scanner that types`() async throws {
        try await onForm("nguoi-khai") { browser, kiosk, id in
            try await choose(browser, "method", "telex")
            try await browser.find("[data-scan]").click()
            let area = try await browser.find(".card-scan textarea")
            try await area.type("aass~dd\u{E007}")
            try await eventually("the scan is refused with what to do") {
                try await browser.find(".card-scan .error").text().contains("tắt bộ gõ")
            }
            try await area.type(CardTests.card + "\u{E007}")
            try await eventually("filled") {
                try await browser.find(Self.name).property("value") == "Lò Thị Mẫu"
            }
            #expect(try await browser.find("[name='a:/applicant/birthDate']").property("value") == "12/03/1994")
            #expect(try await browser.find("[name='a:/applicant/sex'][value=female]").property("checked") == true)
            #expect(try await browser.find(".card-report").text().contains("Đã điền từ thẻ"))
            #expect(try await area.property("value") == "")
            #expect(try await kiosk.open().draft(of: id).answers["applicant"]?["citizenId"] == "099194000123")

            // Without Enter, a pause is the end.
            try await browser.find("[data-scan]").click()
            try await area.type(CardTests.card.replacing("Mẫu", with: "Mai"))
            try await eventually("filled after a pause") {
                try await browser.find(Self.name).property("value") == "Lò Thị Mai"
            }
        }
    }
}
