/// The languages of the screen.
public enum Language: String, Codable, Sendable, CaseIterable {
    /// Vietnamese, the first.
    case vi
    /// English.
    case en
}

/// A text in both languages of the screen.
public struct LocalText: Codable, Equatable, Hashable, Sendable {
    /// Vietnamese.
    public var vi: String
    /// English.
    public var en: String

    /// A text in both languages.
    public init(vi: String, en: String) {
        self.vi = vi
        self.en = en
    }

    /// The text in a language.
    public func callAsFunction(_ language: Language) -> String {
        language == .vi ? vi : en
    }
}
