public import JSONTree

/// What to tell a resident whose dossier has a result (đã có kết quả): where it is and what to bring.
public struct ResultAdvice: Codable, Equatable, Sendable {
    /// The value of `/resultDelivery` that it is for; nil: for dossiers in which nothing is chosen.
    public var delivery: String?
    /// Where the result is.
    public var place: LocalText
    /// What to bring; nothing where nobody has to go anywhere.
    public var bring: [LocalText]
}

extension Catalogue {
    /// The advice for a dossier's answers; nil where the catalogue has none.
    public func resultAdvice(for answers: JSONValue) -> ResultAdvice? {
        let chosen = answers["resultDelivery"]?.stringValue
        return results?.first { $0.delivery == chosen } ?? results?.first { $0.delivery == nil }
    }
}
