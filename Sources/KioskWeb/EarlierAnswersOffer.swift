internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// The offer to fill the applicant's block in from the resident's last dossier; hidden while there is none, so that the script
    /// can show it once a number was typed.
    ///
    /// It shows a date and nothing else: what is known of the resident appears only after their consent.
    func offer(in section: FormSection, of view: DraftView) async throws -> HTML {
        let number = numberPlace(view.procedure)
        guard section.repeats == nil, section.fields.contains(where: { $0.pointer == number }) else { return "" }
        let question = try await offerWords(view.id)
        return """
            <div class="notice info" id="reuse"\(" hidden", when: question.isEmpty)><p class="notice-title" data-offer role="status">\(question)</p>
            <p>\(say("Máy sẽ điền họ tên, ngày sinh, giới tính và số điện thoại của người kê khai. Hỏi người dân trước; chỉ bấm khi họ đồng ý.",
                "The machine fills in the applicant's name, birth date, sex and phone. Ask the resident first; press only if they consent."))</p>
            <button class="button" name="do" value="reuse">\(say("Người dân đồng ý, dùng lại", "The resident consents, fill in"))</button></div>
            """
    }

    /// The question that is put; empty where there is nothing to offer.
    func offerWords(_ dossier: String) async throws -> String {
        guard let time = try await store.earlierAnswers(for: dossier) else { return "" }
        let day = VietnamTime.day(of: time).spoken
        return say("Dùng lại thông tin đã khai ngày \(day)?", "Use again what was declared on \(day)?")
    }

    func numberPlace(_ procedure: Procedure) -> JSONPointer { procedure.applicant.appending("citizenId") }

    /// The places that the kiosk's dossiers know, as lists that fields of addresses point at.
    func placeLists(for section: FormSection) async throws -> HTML {
        let levels = Set(section.fields.filter { $0.type == .text }.compactMap { PlaceLevel($0.pointer) })
        guard !levels.isEmpty else { return "" }
        let known = try await store.knownPlaces()
        return HTML.join(
            PlaceLevel.allCases.filter(levels.contains).map { level -> HTML in
                let options = (known[level] ?? []).map { place -> HTML in "<option value=\"\(place)\"></option>" }
                return "<datalist id=\"places-\(level.rawValue)\">\(options)</datalist>"
            })
    }
}
