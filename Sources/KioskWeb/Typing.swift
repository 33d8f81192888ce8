internal import HTTPServing
internal import KioskStore

/// How someone types Vietnamese here: with which method, and where the tone stands in "hòa" or "hoà".
struct TypingChoice: Equatable, Sendable {
    enum Method: String, CaseIterable { case off, telex, vni }
    enum Tones: String, CaseIterable { case old, new }

    /// Off at first: the machine's own input method may be at work, and two of them spoil every word.
    var method = Method.off
    /// The old style at first: the national database and most input methods write it.
    var tones = Tones.old

    static let preference = "typing"

    init() {}

    /// Reads what ``text`` wrote; anything else is the default.
    init(_ text: String?) {
        let parts = (text ?? "").split(separator: " ").map(String.init)
        guard parts.count == 2 else { return }
        method = Method(rawValue: parts[0]) ?? .off
        tones = Tones(rawValue: parts[1]) ?? .old
    }

    var text: String { "\(method.rawValue) \(tones.rawValue)" }
}

extension Visit {
    /// Keeps how this operator types (`POST /typing`).
    func chooseTyping() async throws -> HTTPResponse {
        var choice = session.typing
        if let method = fields["method"].flatMap(TypingChoice.Method.init) { choice.method = method }
        if let tones = fields["tones"].flatMap(TypingChoice.Tones.init) { choice.tones = tones }
        try await store.setPreference(TypingChoice.preference, to: choice.text)
        session.typing = choice
        return .redirect(to: LocalPath.checked(fields["back"]))
    }
}

extension PageFrame {
    /// The switch of the input method; it shows what is on.
    var typingSwitch: HTML {
        guard let session else { return "" }
        let choice = session.typing
        func button(_ name: StaticName, _ value: String, _ label: String, _ isOn: Bool) -> HTML {
            "<button name=\"\(name.rawValue)\" value=\"\(value)\" aria-pressed=\"\(isOn ? "true" : "false")\">\(label)</button>"
        }
        func method(_ method: TypingChoice.Method, _ label: String) -> HTML {
            button(.method, method.rawValue, label, choice.method == method)
        }
        func tones(_ tones: TypingChoice.Tones, _ label: String) -> HTML {
            button(.tones, tones.rawValue, label, choice.tones == tones)
        }
        return """
            <form method="post" action="/typing" class="typing" data-method="\(choice.method.rawValue)" data-tones="\(choice.tones.rawValue)">
            \(csrf)<input type="hidden" name="back" value="\(path)"><span class="typing-label">\(say("Bộ gõ", "Typing"))</span>
            <span class="switch" role="group" aria-label="\(say("Bộ gõ tiếng Việt", "Vietnamese typing"))">\(method(.off, say("Tắt", "Off")))\(
                method(.telex, "Telex"))\(method(.vni, "VNI"))</span>
            <span class="switch" role="group" aria-label="\(say("Cách đặt dấu thanh", "Where the tone stands"))">\(tones(.old, "hòa"))\(
                tones(.new, "hoà"))</span></form>
            """
    }

    private enum StaticName: String { case method, tones }

    /// The button that shows the keyboard for a touch screen (the script builds it).
    var keyboardButton: HTML {
        """
        <button type="button" class="keys-button" aria-pressed="false" hidden data-keyboard data-label="\(say("Bàn phím trên màn hình", "On-screen keyboard"))"
        data-space="\(say("dấu cách", "space"))" data-erase="\(say("xóa", "erase"))" data-shift="\(say("chữ hoa", "capitals"))"
        data-enter="\(say("xuống dòng", "new line"))">⌨ \(say("Bàn phím", "Keyboard"))</button>
        """
    }
}
