internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync

/// What the portal or an officer said of one place of a dossier that came back.
struct ReturnNote: Sendable {
    /// The place in the answers as they are now, or `/attachments/<component>`; empty where it is about the whole.
    let pointer: JSONPointer
    /// The paper in question, where it is one that is still there.
    let paper: String?
    /// The portal's or the officer's words.
    let words: String
    /// Who says so and when; nil where it is the portal's refusal.
    let by: String?
    /// The answer that came back; nil where there was none, and for papers.
    let sent: JSONValue?
    /// The answer as it is now.
    let now: JSONValue?
    /// The national database's value, where the portal tells it.
    let expected: JSONValue?
    /// What the catalogue knows of such a reason.
    let reason: RejectionReason?
    /// Whether anything was done about it since.
    let isChanged: Bool

    /// The component of the paper that it is about; nil where it is about an answer.
    var component: String? { pointer.tokens.first == "attachments" ? pointer.tokens.dropFirst().first : nil }
    /// Whether a new picture mends it.
    var isBadScan: Bool { component != nil && reason?.isBadScan == true }
}

extension Visit {
    /// What came back of a dossier: the faults of a refusal, or the officer's remarks of a request for supplements.
    func returnNotes(of detail: DossierDetail) async throws -> [ReturnNote] {
        let sent = try await store.sealedLast(of: detail.summary.id)
        if case .rejection(let rejection) = detail.problem {
            return rejection.faults.map { fault in
                let tokens = JSONPointer(fault.pointer)?.tokens ?? []
                return note(
                    tokens, in: sent?.answers, of: detail, sent: sent, paper: tokens.dropFirst(2).first, words: fault.message,
                    code: fault.code, expected: fault.expected)
            }
        }
        guard detail.summary.status == .supplementRequired, let portal = detail.portal else { return [] }
        // What was said of an earlier copy was about something else; where the clocks disagree, all of it is told.
        let since = detail.summary.sealedAt
        let new = portal.remarks.filter { remark in
            guard let since, let at = VietnamTime.instant(rfc3339: remark.at) else { return true }
            return at >= since.addingTimeInterval(-1)
        }
        return (new.isEmpty ? portal.remarks : new).map { remark in
            var tokens = remark.pointer.flatMap { JSONPointer($0) }?.tokens ?? []
            var paper: String?
            if tokens.first == "attachments", tokens.count > 1, let index = Int(tokens[1]), portal.papers.indices.contains(index)
            {
                let held = portal.papers[index]
                tokens = ["attachments", held.component]
                paper = sent?.papers.first { $0.sha256 == held.sha256 && $0.component == held.component }?.id
            }
            return note(
                tokens, in: portal.answers, of: detail, sent: sent, paper: paper, words: remark.text, code: nil, expected: nil,
                by: "\(remark.by), \(say.time(remark.at))")
        }
    }

    /// The same of a form that is being mended; nothing of a form that never came back.
    func returnNotes(of view: DraftView) async throws -> [ReturnNote] {
        let detail = try await store.dossier(view.id)
        guard detail.summary.revision > 0 else { return [] }
        return try await returnNotes(of: detail)
    }

    private func note(
        _ tokens: [String], in document: JSONValue?, of detail: DossierDetail, sent: RevisionContent?, paper: String?,
        words: String, code: String?, expected: JSONValue?, by: String? = nil
    ) -> ReturnNote {
        var pointer = JSONPointer(tokens: tokens)
        var before: JSONValue?
        var isChanged = false
        if tokens.first == "attachments" {
            let component = tokens.dropFirst().first ?? ""
            pointer = JSONPointer(tokens: component.isEmpty ? ["attachments"] : ["attachments", component])
            let then = Set((sent?.papers ?? []).filter { $0.component == component }.map(\.sha256))
            let now = Set(detail.papers.filter { $0.component == component }.map(\.sha256))
            isChanged = paper.map { id in !detail.papers.contains { $0.id == id } } ?? (then != now)
        } else if !tokens.isEmpty {
            // A member of a list may have moved since.
            let address = document.map { pointer.addressed(in: $0) } ?? pointer
            let place = sent.flatMap { address.located(in: $0.answers) }
            before = place.flatMap { sent?.answers[$0] }
            pointer = address.located(in: detail.answers) ?? pointer
            isChanged = before != detail.answers[pointer]
        }
        return ReturnNote(
            pointer: pointer, paper: paper.flatMap { id in detail.papers.contains { $0.id == id } ? id : nil }, words: words,
            by: by, sent: before, now: tokens.isEmpty ? nil : detail.answers[pointer], expected: expected,
            reason: store.catalogue.reason(code: code, at: pointer, words: words), isChanged: isChanged)
    }

    /// Where a note is mended: in the field itself, so that a browser puts the cursor there, or at the camera.
    func place(of note: ReturnNote, in view: DraftView) -> String {
        if note.isBadScan, let component = note.component {
            let page = note.paper ?? onlyPicture(of: component, in: view) ?? ""
            return "/dossiers/\(view.id)/papers?camera=\(component.escapedForQuery)&page=\(page)#c-\(component)"
        }
        let place = view.place(of: note.pointer)
        guard let field = view.form.field(at: note.pointer), field.type != .choice, field.type != .yesNo else { return place }
        return place.split(separator: "#").joined(separator: "#i-")
    }

    /// The picture that a paper consists of; nil where a person has to say which page it is.
    private func onlyPicture(of component: String, in view: DraftView) -> String? {
        let papers = view.papers.filter { $0.component == component }
        return papers.count == 1 ? papers.first?.id : nil
    }

    /// A note beside its field or paper: whose words, what was sent, what the national database has, what to do.
    func returnedWords(_ note: ReturnNote, in view: DraftView) -> HTML {
        "<div class=\"returned-words\">\(words(of: note, in: view.form))</div>"
    }

    /// A note in full.
    func words(of note: ReturnNote, in form: Form) -> HTML {
        let field = form.field(at: note.pointer)
        func spoken(_ value: JSONValue?) -> String { field?.spoken(value, say) ?? value?.stringValue ?? "" }
        func line(_ name: String, _ text: String) -> HTML { text.isEmpty ? "" : "<p>\(name) <b>\(text)</b></p>" }
        let before = note.component == nil ? line(say("Đã gửi:", "Sent:"), spoken(note.sent)) : ""
        let after =
            note.component == nil && note.isChanged ? line(say("Bây giờ:", "Now:"), spoken(note.now)) : ""
        let expected = note.expected.map {
            line(say("Cơ sở dữ liệu dân cư ghi:", "The national database has:"), spoken($0))
        }
        let by: HTML = note.by.map { "<p class=\"help\">\($0)</p>" } ?? ""
        let advice: HTML =
            note.reason.map { "<p class=\"help\"><b>\(say($0.name)).</b> \(say($0.advice))</p>\(bringList($0))" } ?? ""
        let said = note.by == nil ? say("Cổng trả lại:", "The portal says:") : say("Cán bộ nhắn:", "The officer says:")
        return "<p><b>\(said)</b> \(note.words)</p>\(before)\(after)\(expected ?? "")\(by)\(advice)"
    }

    private func bringList(_ reason: RejectionReason) -> HTML {
        guard reason.mender != .counter, !reason.bring.isEmpty else { return "" }
        let things = reason.bring.map { say($0) }.joined(separator: "; ")
        return "<p class=\"help\">\(say("Người dân mang theo:", "The resident brings:")) \(things).</p>"
    }

    /// All that came back with links to the places, above a form that is being mended: what is done is ticked.
    func returnedList(_ notes: [ReturnNote], in view: DraftView) -> HTML {
        guard !notes.isEmpty else { return "" }
        let items = notes.map { note -> HTML in
            let mark = note.isChanged ? say("✓ đã sửa", "✓ changed") : say("chưa sửa", "not changed yet")
            let name =
                note.pointer.tokens.isEmpty ? say("Cả hồ sơ", "The whole dossier") : self.name(of: note.pointer, in: view.form)
            return
                "<li><a href=\"\(place(of: note, in: view))\">\(name)</a> – \(note.words) <b>(\(mark))</b></li>"
        }
        return notice(
            .warn, say("Hồ sơ bị trả lại, cần sửa \(notes.count) chỗ", "The dossier came back: \(notes.count) to mend"),
            "<ul>\(items)</ul>")
    }
}
