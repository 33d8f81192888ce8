public import JSONTree

/// An administrative procedure (thủ tục hành chính).
public struct Procedure: Codable, Equatable, Sendable, Dated {
    /// A stable code, such as `TT_NHAP_SINH`.
    public var code: String
    /// Its name as the letter has it.
    public var name: LocalText
    /// What it is called where others in the hall can read it; its name where nil.
    ///
    /// Some names tell strangers more of a resident's life than they may know.
    public var discreetName: LocalText?
    /// The id of its group.
    public var group: String
    /// One sentence that lets people recognise their case.
    public var summary: LocalText
    /// The law in force, by the day it took effect; in a catalogue of one day there is one.
    public var editions: [Edition]
    /// What to do where it no longer exists, or not yet.
    public var replacement: LocalText?
    /// The first day on which it holds (`YYYY-MM-DD`); always held where nil.
    public var from: String?
    /// The last day on which it holds; still holds where nil.
    public var until: String?
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
    /// The days that are wished for, where it asks for an appointment.
    public var wish: AppointmentWish?
    /// The answers of an invented resident; nil in what a kiosk keeps.
    public var sample: JSONValue?

    /// Whether one person files it again and again, so that a second one is no duplicate: each stay is a notice of its own.
    public var mayRepeat: Bool { deadline?.kind == .stayNotice }

    /// The law of a procedure from a day on.
    public struct Edition: Codable, Equatable, Sendable, Dated {
        /// The first day on which it holds (`YYYY-MM-DD`).
        public var from: String?
        /// The last day on which it holds; still holds where nil.
        public var until: String?
        /// The form's sign, such as `CT01`; nil where there is none.
        public var form: String?
        /// Which print of the form, such as `2021`.
        public var formVersion: String?
        /// The law it rests on.
        public var legalSource: String
        /// When it has to be done by.
        public var deadline: DeadlineRule
        /// What it costs.
        public var fee: LocalText?
        /// Who may file it.
        public var filedBy: LocalText?
        /// Which of these nobody has confirmed from the text of the law (`procedures.md`).
        public var unverified: [String]?
    }

    /// The form's sign, such as `CT01`; nil where there is none.
    public var form: String? { editions.last?.form }
    /// The law it rests on.
    public var legalSource: String { editions.last?.legalSource ?? "" }
    /// When it has to be done by; nil where the catalogue has no edition of it.
    public var deadline: DeadlineRule? { editions.last?.deadline }

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
}
