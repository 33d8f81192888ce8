public import FoundationEssentials
public import JSONTree

/// The procedures that a kiosk offers, as dated data.
public struct Catalogue: Codable, Equatable, Sendable {
    /// Names this edition; a dossier keeps the version it was begun with.
    public var version: String
    /// The day whose law it follows (`YYYY-MM-DD`), or `today`.
    public var asOf: String
    /// The groups of the letter, in its order.
    public var groups: [Group]
    /// The consent asked of every resident.
    public var consent: ConsentText
    /// The procedures, in the letter's order.
    public var procedures: [Procedure]

    /// A group of procedures.
    public struct Group: Codable, Equatable, Sendable {
        /// Its id.
        public var id: String
        /// Its name.
        public var name: LocalText
    }

    /// A consent text and its version.
    public struct ConsentText: Codable, Equatable, Sendable {
        /// Its version.
        public var version: String
        /// What is agreed to.
        public var text: LocalText
    }

    /// The procedure of a code.
    public func procedure(_ code: String) -> Procedure? {
        procedures.first { $0.code == code }
    }

    /// The catalogue as a kiosk keeps it: without the invented residents, who would look like residents' data on its disk.
    public var withoutSamples: Catalogue {
        var copy = self
        for index in copy.procedures.indices { copy.procedures[index].sample = nil }
        return copy
    }

    /// Reads and checks a catalogue.
    ///
    /// - Throws: ``JSONFault`` that names the path and the fault; a catalogue is taken whole or not at all.
    public init(json: Data) throws(JSONFault) {
        self = try JSONText.decode(Catalogue.self, from: json)
        try check()
    }

    private func check() throws(JSONFault) {
        guard !version.isEmpty else { throw JSONFault("/version is empty") }
        guard asOf == "today" || CalendarDate(asOf) != nil else { throw JSONFault("/asOf is neither a date nor \"today\"") }
        guard !procedures.isEmpty else { throw JSONFault("/procedures is empty") }
        var codes: Set<String> = []
        for (index, procedure) in procedures.enumerated() {
            let path = "/procedures/\(index)"
            guard codes.insert(procedure.code).inserted else { throw JSONFault("\(path)/code is there twice") }
            guard groups.contains(where: { $0.id == procedure.group }) else { throw JSONFault("\(path)/group is not in /groups") }
            try procedure.check(at: path)
        }
    }
}

/// A paper that a procedure asks for (thành phần hồ sơ).
public struct Component: Codable, Equatable, Sendable {
    /// Names it in answers, on the wire and on the command line.
    public var id: String
    /// What it is called.
    public var name: LocalText
    /// What is good enough and how to scan it.
    public var help: LocalText?
    /// Whether it is always needed.
    ///
    /// Default no.
    public var required: Bool?
    /// When it is needed although not always.
    public var requiredWhen: Condition?
    /// When it makes sense to offer it; always where nil.
    public var visibleWhen: Condition?

    /// Whether a dossier with these answers needs this paper.
    public func isRequired(by answers: JSONValue) -> Bool {
        required == true || (requiredWhen?.holds(for: answers) ?? false)
    }

    /// Whether these answers give a reason to offer it.
    public func isOffered(for answers: JSONValue) -> Bool {
        isRequired(by: answers) || (visibleWhen?.holds(for: answers) ?? true)
    }
}

/// An administrative procedure (thủ tục hành chính).
public struct Procedure: Codable, Equatable, Sendable {
    /// A stable code, such as `TT_NHAP_SINH`.
    public var code: String
    /// Its name as the letter has it.
    public var name: LocalText
    /// The id of its group.
    public var group: String
    /// One sentence that lets people recognise their case.
    public var summary: LocalText
    /// The form's sign, such as `CT01`; nil where there is none.
    public var form: String?
    /// The law it rests on.
    public var legalSource: String
    /// When it has to be done by.
    public var deadline: DeadlineRule
    /// The person who files it and whose account it needs: an object with fullName, citizenId, birthDate, sex and phone.
    public var applicant: JSONPointer
    /// The name under which the dossier is listed.
    public var subject: JSONPointer
    /// The screens of its form.
    public var sections: [FormSection]
    /// Rules between fields.
    public var rules: [FormRule]
    /// Its papers.
    public var components: [Component]
    /// The answers of an invented resident; nil in what a kiosk keeps.
    public var sample: JSONValue?

    /// A deadline of the law.
    public struct DeadlineRule: Codable, Equatable, Sendable {
        /// How it is counted.
        public enum Kind: String, Codable, Sendable {
            /// So many working days after the portal accepts the dossier.
            case workingDays
            /// 23:00 on the day a stay begins, 08:00 the next day for an arrival after 23:00 (Luật Cư trú 2020, article 30).
            case stayNotice
        }
        /// How it is counted.
        public var kind: Kind
        /// Working days (`workingDays`).
        public var days: Int?
        /// Where the beginning of the stay is (`stayNotice`).
        public var from: JSONPointer?
    }

    /// The component of an id.
    public func component(_ id: String) -> Component? {
        components.first { $0.id == id }
    }

    func check(at path: String) throws(JSONFault) {
        let idCharacters = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
        var pointers: Set<JSONPointer> = []
        for (index, section) in sections.enumerated() {
            let place = "\(path)/sections/\(index)"
            guard !section.id.isEmpty, section.id.allSatisfy(idCharacters.contains) else {
                throw JSONFault("\(place)/id is not a-z, 0-9 or -")
            }
            for (number, field) in section.fields.enumerated() {
                let spot = "\(place)/fields/\(number)"
                let whole = JSONPointer(tokens: (section.repeats.map { $0.pointer.tokens + ["0"] } ?? []) + field.pointer.tokens)
                guard !field.pointer.tokens.isEmpty, pointers.insert(whole).inserted else {
                    throw JSONFault("\(spot)/pointer is empty or there twice")
                }
                guard (field.type == .choice) == (field.options?.isEmpty == false) else {
                    throw JSONFault("\(spot)/options belong to a choice and only there")
                }
            }
        }
        guard Set(sections.map(\.id)).count == sections.count else { throw JSONFault("\(path)/sections has an id twice") }
        guard Set(components.map(\.id)).count == components.count else { throw JSONFault("\(path)/components has an id twice") }
        for name in ["fullName", "citizenId", "birthDate", "sex", "phone"] where !pointers.contains(applicant.appending(name)) {
            throw JSONFault("\(path)/applicant has no field \(name)")
        }
        for (index, rule) in rules.enumerated()
        where !pointers.contains(rule.field) || !(rule.other.map(pointers.contains) ?? true) {
            throw JSONFault("\(path)/rules/\(index) names a field that the form does not have")
        }
        if deadline.kind == .stayNotice, !(deadline.from.map(pointers.contains) ?? false) {
            throw JSONFault("\(path)/deadline/from names no field of the form")
        }
        try checkWhatApplies(at: path, pointers: pointers)
        guard let sample else { return }
        let faults = Form(self).issues(in: sample, today: CalendarDate(dayNumber: 19_090)).filter { $0.severity == .error }
        if let fault = faults.first { throw JSONFault("\(path)/sample\(fault.pointer) is refused by the form: \(fault.code)") }
    }
}
