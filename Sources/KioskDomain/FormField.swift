public import FoundationEssentials
public import JSONTree

/// One question of a form.
public struct FormField: Codable, Equatable, Sendable, Dated {
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
        /// A number, whole or with decimals, between ``FormField/minimum`` and ``FormField/maximum``.
        case number
        /// An amount in đồng, whole.
        case money
        /// An e-mail address.
        case email
        /// The nine digits of an old identity card (CMND).
        case identityCard
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
    public struct Option: Codable, Equatable, Sendable, Dated {
        /// As stored.
        public var value: String
        /// As shown.
        public var label: LocalText
        /// The first day on which it holds (`YYYY-MM-DD`); always held where nil.
        public var from: String?
        /// The last day on which it holds; still holds where nil.
        public var until: String?
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
    /// The least number (`number`, `money`).
    public var minimum: Decimal?
    /// The greatest number.
    public var maximum: Decimal?
    /// The first day on which it holds (`YYYY-MM-DD`); always held where nil.
    public var from: String?
    /// The last day on which it holds; still holds where nil.
    public var until: String?
    /// Which side is right when both changed it.
    ///
    /// Default resident.
    public var authority: Authority?

    /// The longest text in characters.
    public var longest: Int { maximumLength ?? (type == .longText ? 2000 : 200) }
}

/// A group of questions: one screen of the form.
public struct FormSection: Codable, Equatable, Sendable, Dated {
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
    /// The first day on which it holds (`YYYY-MM-DD`); always held where nil.
    public var from: String?
    /// The last day on which it holds; still holds where nil.
    public var until: String?

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
public struct FormRule: Codable, Equatable, Sendable, Dated {
    /// What is compared.
    public enum Kind: String, Codable, Sendable {
        /// `field` is not before `other`.
        case order
        /// From `other` to `field` are at most `days` days.
        case span
        /// The person born at `field` is younger than `years` on the day of filing.
        case youngerThan
        /// The person born at `field` is at least `years` old on the day of filing.
        case atLeast
        /// `field` has another answer than `other`.
        case different
        /// `field` has the same answer as `other`, letter case and diacritics aside.
        case equal
        /// `field` is one of `values`.
        case oneOf
        /// `field` is none of `values`.
        case noneOf
        /// `field` is at least `minimum` (default 0) and at most `days` days after the day of filing.
        case soon
        /// `field` is no Saturday, no Sunday and none of `values`, holidays of every year as `MM-DD`.
        case workingDay
        /// The number `field` divided by the people concerned (one, and the members of the list `other`) is at least `minimum`.
        case perPerson
        /// At most one member of the list `each` has one of `values` at `field`.
        case atMostOne
        /// From `other` to `field` are at least `days` days.
        case minimumSpan
        /// The address is the same from the province down to `field`, compared with that of `other`; a part that is missing or
        /// written without its kind passes.
        case samePlace
        /// The address differs somewhere from the province down to `field` from that of `other`.
        case otherPlace
        /// No two members of the list `each` have the same answer at `field`, and none the answer at `other` of the whole form.
        case unique
    }

    /// Stands in messages and tests.
    public var code: String
    /// What is compared.
    public var kind: Kind
    /// Whether it blocks or asks for a reason.
    public var severity: FormIssue.Severity
    /// The list to each member of which it applies; its fields are the member's then.
    public var each: JSONPointer?
    /// The field that the message stands beside.
    public var field: JSONPointer
    /// The field it is compared with.
    public var other: JSONPointer?
    /// Days of a `span`, a `minimumSpan` or of `soon`.
    public var days: Int?
    /// Years of an age rule.
    public var years: Int?
    /// Answers (`oneOf`, `noneOf`, `atMostOne`), or holidays (`workingDay`).
    public var values: [JSONValue]?
    /// The least share (`perPerson`), or the fewest days (`soon`).
    public var minimum: Decimal?
    /// When it applies; always where nil.
    ///
    /// Its fields are the member's where the rule has `each`.
    public var when: Condition?
    /// When it applies, by the answers of the whole form; for rules with `each`.
    public var formWhen: Condition?
    /// The first day on which it holds (`YYYY-MM-DD`); always held where nil.
    public var from: String?
    /// The last day on which it holds; still holds where nil.
    public var until: String?
    /// What is wrong and what to do.
    public var message: LocalText
    /// The id of the instruction slip to give then; none where nil.
    public var slip: String?
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
    /// The id of the instruction slip to give then.
    public var slip: String?

    /// An issue.
    public init(pointer: JSONPointer, code: String, severity: Severity, message: LocalText, slip: String? = nil) {
        self.pointer = pointer
        self.code = code
        self.severity = severity
        self.message = message
        self.slip = slip
    }
}
