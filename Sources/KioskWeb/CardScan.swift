internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

/// The questions about one person that a citizen's card answers, side by side under one prefix.
struct PersonBlock {
    /// What a page calls the place above the questions.
    let prefix: JSONPointer
    let fullName: FormField
    let citizenId: FormField
    let birthDate: FormField?
    let sex: FormField?
    let oldNumber: FormField?
    /// Where the address can be noted as it stands on the card.
    let address: FormField?

    /// The block that a section has under a prefix; nil where name and number are not both asked for.
    init?(prefix: JSONPointer, in fields: [FormField]) {
        func field(_ names: [String], _ types: [FormField.Kind]) -> FormField? {
            fields.first { field in
                field.pointer.tokens.dropLast() == prefix.tokens[...] && types.contains(field.type)
                    && names.contains(field.pointer.tokens.last ?? "")
            }
        }
        guard let name = field(["fullName"], [.personName]), let number = field(["citizenId"], [.citizenId]) else { return nil }
        self.prefix = prefix
        fullName = name
        citizenId = number
        birthDate = field(["birthDate"], [.birthDate, .date])
        sex = field(["sex"], [.choice])
        oldNumber = field(["identityCard", "oldNumber", "oldCitizenId"], [.identityCard])
        address = field(["permanentAddress", "residence", "currentAddress", "addressOnPaper"], [.text, .longText])
    }

    /// What the card answers, in the form's order; what cannot be read or does not fit is left as it is.
    func answers(of card: CitizenCard) -> [(field: FormField, answer: JSONValue)] {
        var found: [(FormField, JSONValue)] = [(fullName, .string(card.fullName))]
        if let birthDate, let date = card.birthDate, birthDate.type == .birthDate || date.day != nil {
            found.append((birthDate, .string(date.description)))
        }
        if let sex, let value = card.sex?.rawValue, sex.options?.contains(where: { $0.value == value }) == true {
            found.append((sex, .string(value)))
        }
        found.append((citizenId, .string(card.citizenId.description)))
        if let oldNumber, let number = card.oldNumber { found.append((oldNumber, .string(number))) }
        return found
    }

    /// The questions that the card left open.
    func open(after card: CitizenCard) -> [FormField] {
        let answered = answers(of: card).map(\.field.pointer)
        return [birthDate, sex].compactMap(\.self).filter { !answered.contains($0.pointer) }
    }
}

/// What the script sends of a scanned card.
///
/// The text comes in the body: it must not end up in an address.
private struct ScanRequest: Codable, Sendable {
    var text: String
    var prefix: String
    var section: String

    /// The person's block that is meant and the member it belongs to; nil where it is gone or there never was one.
    func place(in procedure: Procedure, answers: JSONValue) -> (block: PersonBlock, scope: [String])? {
        guard let section = procedure.sections.first(where: { $0.id == self.section }),
            let pointer = Addresses(procedure: procedure, answers: answers).pointer(of: prefix)
        else { return nil }
        let depth = section.repeats.map { $0.pointer.tokens.count + 1 } ?? 0
        guard pointer.tokens.count >= depth, section.repeats.map({ pointer.isInside($0.pointer) }) ?? true,
            depth == 0 || answers[JSONPointer(tokens: Array(pointer.tokens.prefix(depth)))] != nil
        else { return nil }
        let inner = JSONPointer(tokens: Array(pointer.tokens.dropFirst(depth)))
        return PersonBlock(prefix: inner, in: section.fields).map { ($0, Array(pointer.tokens.prefix(depth))) }
    }
}

/// What it is told.
private struct ScanAnswer: Codable {
    struct Filled: Codable {
        var pointer: String
        var value: String
    }
    var saved: Bool
    var at: String
    var message: String
    var filled: [Filled]
    /// The address on the card, offered and not written.
    var address: Filled?
    var issues: [AutosaveAnswer.Issue]
    var visible: [String]
}

extension Visit {
    /// Fills a person's answers from the QR code of the card (`POST /dossiers/{id}/card`): in one change, and nothing else.
    func scanCard() async throws -> HTTPResponse {
        let scan: ScanRequest
        do {
            scan = try JSONText.decode(ScanRequest.self, from: Data(try await request.body.collect(limit: 16 * 1024)))
        } catch is DecodingError {
            throw HTTPFault(400, "not the JSON expected")
        }
        let card: CitizenCard
        do {
            card = try CitizenCard(scan.text)
        } catch {
            return try .encoded(Refusal(message: say(error.message)), status: 422)
        }
        let id = parameter("id")
        let procedure = try await store.procedure(ofDossier: id)
        let form = Form(procedure, today: today)
        let section = procedure.sections.first { $0.id == scan.section }
        let draft = try await store.changeDraft(of: id, now: now) { draft in
            guard let (block, scope) = scan.place(in: procedure, answers: draft.answers) else { return }
            for (field, answer) in block.answers(of: card) {
                draft.answers.set(answer, at: JSONPointer(tokens: scope + field.pointer.tokens))
            }
        }
        guard let (block, scope) = scan.place(in: procedure, answers: draft.answers) else {
            let message = say(
                "Mục này không còn trong tờ khai. Hãy tải lại trang.", "This is no longer in the form. Load the page again.")
            return try .encoded(Refusal(message: message), status: 409)
        }
        let view = DraftView(id: id, draft: draft, procedure: procedure, papers: [], today: today)
        func address(_ field: FormField) -> String {
            view.addresses.text(of: JSONPointer(tokens: scope + field.pointer.tokens))
        }
        let answered = block.answers(of: card)
        let visible =
            section.map { form.questions(of: $0, for: draft.answers) }?.map { view.addresses.text(of: $0.pointer) } ?? []
        let raw = block.address.flatMap { field in
            card.residence.isEmpty ? nil : ScanAnswer.Filled(pointer: address(field), value: card.residence)
        }
        return try .encoded(
            ScanAnswer(
                saved: true, at: VietnamTime.clock(now), message: report(answered.map(\.field), open: block.open(after: card)),
                filled: answered.map { ScanAnswer.Filled(pointer: address($0.field), value: $0.field.typed($0.answer)) },
                address: raw, issues: section.map { told(view.issues(in: $0), in: view) } ?? [], visible: visible))
    }

    private func report(_ filled: [FormField], open: [FormField]) -> String {
        let names = filled.map { say($0.label) }.joined(separator: ", ")
        let done = say(
            "Đã điền từ thẻ: \(names). Hãy đối chiếu với thẻ.", "Filled in from the card: \(names). Compare with the card.")
        guard !open.isEmpty else { return done }
        let rest = open.map { say($0.label) }.joined(separator: ", ")
        return done + " " + say("Không đọc được, hãy nhập tay: \(rest).", "Could not be read, type it: \(rest).")
    }

    /// The button that scans a card for a person's block, with the field that takes what the scanner types.
    func cardButton(_ block: PersonBlock, scope: JSONPointer, in view: DraftView) -> HTML {
        let prefix = view.addresses.text(of: JSONPointer(tokens: scope.tokens + block.prefix.tokens))
        let anchor = Addresses.anchor(prefix)
        return """
            <div class="card-scan screen-only" data-card="/dossiers/\(view.id)/card" data-prefix="\(prefix)" hidden>
            <button type="button" class="button small" data-scan>▦ \(say("Quét mã QR trên thẻ", "Scan the card's QR code"))</button>
            <p class="card-report" role="status"></p>
            <p class="card-address" hidden><span>\(say("Địa chỉ ghi trên thẻ (chưa điền):", "Address on the card (not filled in):"))</span>
            <b></b> <button type="button" class="button small">\(say("Chép vào ô địa chỉ", "Copy to the address"))</button></p>
            <dialog aria-labelledby="s-\(anchor)"><h2 id="s-\(anchor)">\(say("Quét mã QR trên thẻ", "Scan the card's QR code"))</h2>
            <p>\(say(
                "Đưa mã QR trên thẻ trước máy quét. Nếu máy đang bật Unikey hay IBus thì hãy tắt trước khi quét.",
                "Hold the card's QR code before the scanner. Turn off the computer's own input method first."))</p>
            <p class="error" role="alert" hidden></p>
            <label class="unseen" for="t-\(anchor)">\(say("Nội dung mã QR", "Content of the QR code"))</label>
            <textarea id="t-\(anchor)" rows="3" autocomplete="off" autocapitalize="off" spellcheck="false" lang="en"></textarea>
            <div class="buttons"><button type="button" class="button" data-close>\(say("Đóng", "Close"))</button></div></dialog></div>
            """
    }
}
