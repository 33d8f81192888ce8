public import JSONTree

/// A paper that a procedure asks for (thành phần hồ sơ).
public struct Component: Codable, Equatable, Sendable, Dated {
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

    /// Whether the databases may make it needless; only the police can see that (Luật Cư trú 2020, article 21).
    ///
    /// Default no.
    public var waivable: Bool?
    /// How many sides a card has that are all asked for; nil for a paper that is no card.
    public var sides: Int?
    /// Whether the portal takes one file only: several pages are sent as one PDF.
    ///
    /// Default no.
    public var oneFile: Bool?
    /// Which of these nobody has confirmed at the portal.
    public var unverified: [String]?
    /// The first day on which it holds (`YYYY-MM-DD`); always held where nil.
    public var from: String?
    /// The last day on which it holds; still holds where nil.
    public var until: String?

    /// Whether a dossier with these answers needs this paper on a day.
    public func isRequired(by answers: JSONValue, today: CalendarDate) -> Bool {
        required == true || (requiredWhen?.holds(for: answers, today: today) ?? false)
    }

    /// Whether these answers give a reason to offer it on a day.
    public func isOffered(for answers: JSONValue, today: CalendarDate) -> Bool {
        isRequired(by: answers, today: today) || (visibleWhen?.holds(for: answers, today: today) ?? true)
    }
}
