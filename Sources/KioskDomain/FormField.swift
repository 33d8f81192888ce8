public import JSONTree

/// One question of a form.
public struct FormField: Codable, Equatable, Sendable {
    /// What kind of answer a field takes, and so how it is typed, cleaned and checked.
    public enum Kind: String, Codable, Sendable {
        /// A person's full name.
        case personName
        /// A date of birth that may be partly known.
        case birthDate
        /// A whole date.
        case date
        /// A date and a time of day in Viet Nam, `YYYY-MM-DDTHH:mm`.
        case dateTime
        /// A citizen's number: twelve digits, or nine of an old identity card (CMND) where the field allows it.
        case citizenId
        /// A mobile number.
        case phone
        /// One of ``FormField/options``.
        case choice
        /// `true` or `false`.
        case yesNo
        /// A line of text.
        case text
        /// Several lines.
        case longText
    }

    /// Which side is right when the portal and the kiosk differ.
    public enum Authority: String, Codable, Sendable {
        /// The national database: its value is taken.
        case portal
        /// The resident: a difference goes to a person.
        case resident
    }

    /// A choice.
    public struct Option: Codable, Equatable, Sendable {
        /// As stored.
        public var value: String
        /// As shown.
        public var label: LocalText
    }

    /// The sibling answers that a citizen's number has to agree with.
    public struct Agreement: Codable, Equatable, Sendable {
        /// Where the date of birth is.
        public var birthDate: JSONPointer?
        /// Where the sex is.
        public var sex: JSONPointer?
    }

    /// Where the answer is in the document; inside a member where the section repeats.
    public var pointer: JSONPointer
    /// What kind of answer.
    public var type: Kind
    /// The question.
    public var label: LocalText
    /// What helps to answer it.
    public var help: LocalText?
    /// Whether a dossier without it cannot be sealed.
    ///
    /// Default no.
    public var required: Bool?
    /// When it is needed although not always.
    public var requiredWhen: Condition?
    /// When it is asked; always where nil.
    public var visibleWhen: Condition?
    /// The choices of a `choice`.
    public var options: [Option]?
    /// Whether a nine-digit number is taken (`citizenId`).
    ///
    /// Default no.
    public var allowsNineDigits: Bool?
    /// What the number has to agree with (`citizenId`).
    public var agreesWith: Agreement?
    /// Whether the date may lie in the future (`date`, `dateTime`).
    ///
    /// Default no.
    public var allowsFuture: Bool?
    /// The longest text in characters.
    ///
    /// Default 200, 2000 for `longText`.
    public var maximumLength: Int?
    /// Which side is right when both changed it.
    ///
    /// Default resident.
    public var authority: Authority?

    /// The longest text in characters.
    public var longest: Int { maximumLength ?? (type == .longText ? 2000 : 200) }
}

/// A group of questions: one screen of the form.
public struct FormSection: Codable, Equatable, Sendable {
    /// Stands in the page's address: lower-case ASCII letters, digits and hyphens.
    public var id: String
    /// Heading.
    public var title: LocalText
    /// A sentence under the heading.
    public var intro: LocalText?
    /// When the section is asked; always where nil.
    public var visibleWhen: Condition?
    /// Where a list of members is, each of which answers the fields.
    public var repeats: Repetition?
    /// The questions.
    public var fields: [FormField]

    /// A list of members.
    public struct Repetition: Codable, Equatable, Sendable {
        /// Where the list is in the document.
        ///
        /// Each member is an object with an `id` of its own.
        public var pointer: JSONPointer
        /// The fewest members.
        public var minimum: Int
        /// The most members.
        public var maximum: Int
        /// What one member is called.
        public var member: LocalText
    }
}

/// A rule between fields.
public struct FormRule: Codable, Equatable, Sendable {
    /// What is compared.
    public enum Kind: String, Codable, Sendable {
        /// `later` is not before `earlier`.
        case order
        /// From `earlier` to `later` are at most `days` days.
        case span
        /// The person born at `birthDate` is younger than `years` on the day of filing.
        case youngerThan
        /// The person born at `birthDate` is at least `years` old on the day of filing.
        case atLeast
        /// `field` has another answer than `other`.
        case different
    }

    /// Stands in messages and tests.
    public var code: String
    /// What is compared.
    public var kind: Kind
    /// Whether it blocks or asks for a reason.
    public var severity: FormIssue.Severity
    /// The field that the message stands beside.
    public var field: JSONPointer
    /// The field it is compared with (`order`: the earlier; `span`: the first; `different`: the other).
    public var other: JSONPointer?
    /// Days of a `span`.
    public var days: Int?
    /// Years of an age rule.
    public var years: Int?
    /// When it applies; always where nil.
    public var when: Condition?
    /// What is wrong and what to do.
    public var message: LocalText
}

/// Something to be mended before a dossier is sealed, or to be given a reason for.
public struct FormIssue: Codable, Equatable, Sendable {
    /// What it asks for.
    public enum Severity: String, Codable, Sendable {
        /// The dossier cannot be sealed.
        case error
        /// The dossier can be sealed with a reason.
        case warning
    }

    /// The answer at fault; a paper's is `/attachments/<component>`.
    public var pointer: JSONPointer
    /// A stable code, such as `required`.
    public var code: String
    /// What it asks for.
    public var severity: Severity
    /// What is wrong and what to do, without the answer itself.
    public var message: LocalText

    /// An issue.
    public init(pointer: JSONPointer, code: String, severity: Severity, message: LocalText) {
        self.pointer = pointer
        self.code = code
        self.severity = severity
        self.message = message
    }
}
