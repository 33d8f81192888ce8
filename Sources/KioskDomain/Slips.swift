public import JSONTree

/// What to tell someone whose matter cannot be filed at a kiosk (phiếu hướng dẫn).
public struct InstructionSlip: Codable, Equatable, Sendable, Dated {
    /// Stands in the page's address: lower-case ASCII letters, digits and hyphens.
    public var id: String
    /// The matter.
    public var name: LocalText
    /// Why it is not filed here, and who it is for.
    public var about: LocalText
    /// Where to go.
    public var place: LocalText
    /// By when; nil where the law sets no day.
    public var time: LocalText?
    /// What to bring.
    public var bring: [LocalText]
    /// The law it rests on.
    public var legalSource: String
    /// Which of these nobody has confirmed from the text of the law (`procedures.md`).
    public var unverified: [String]?
    /// The first day on which it holds (`YYYY-MM-DD`); always held where nil.
    public var from: String?
    /// The last day on which it holds; still holds where nil.
    public var until: String?

    /// Refuses a slip that nobody could open or that tells nothing.
    func check(at path: String) throws(JSONFault) {
        let characters = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
        guard !id.isEmpty, id.allSatisfy(characters.contains) else { throw JSONFault("\(path)/id is not a-z, 0-9 or -") }
        guard !bring.isEmpty else { throw JSONFault("\(path)/bring is empty") }
    }
}

/// The days a resident would like for an appointment that only the portal can give.
///
/// No place in a queue can be reserved without a line, so what a kiosk prints is a wish and never an appointment.
public struct AppointmentWish: Codable, Equatable, Sendable {
    /// Where the wishes are in the document: what the portal says about this place is its answer to them.
    public var about: JSONPointer
    /// The office that is wished for.
    public var place: JSONPointer
    /// The wishes, the dearest first.
    public var choices: [Choice]
    /// What to bring on the day.
    public var bring: [LocalText]

    /// A wish.
    public struct Choice: Codable, Equatable, Sendable {
        /// The day.
        public var date: JSONPointer
        /// Morning or afternoon.
        public var session: JSONPointer
    }

    /// Refuses a wish whose fields the form does not have.
    func check(at path: String, pointers: Set<JSONPointer>) throws(JSONFault) {
        guard pointers.contains(where: { $0.isInside(about) }) else { throw JSONFault("\(path)/about names no part of the form") }
        guard pointers.contains(place) else { throw JSONFault("\(path)/place names no field of the form") }
        guard !choices.isEmpty, !bring.isEmpty else { throw JSONFault("\(path) has no choices, or nothing to bring") }
        for (index, choice) in choices.enumerated() where !pointers.isSuperset(of: [choice.date, choice.session]) {
            throw JSONFault("\(path)/choices/\(index) names no field of the form")
        }
    }
}
