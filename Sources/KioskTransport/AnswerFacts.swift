internal import CCurl
internal import FoundationEssentials
internal import JSONTree
internal import PortalWire

/// What ``Classification`` wants to know of an answer.
struct AnswerFacts: Sendable {
    let status: Int
    /// Its problem document; also one that is called plain JSON, if it is of the contract's: a gateway's own JSON is not the portal's.
    let problem: Problem?
    /// Whether it is called a problem document, which only the portal's own words are.
    let isProblemDocument: Bool
    /// Whether it names the tus protocol: a tus server that is not the portal's own has no problem documents.
    let isTus: Bool
    /// Seconds that it asks for.
    let retryAfter: Double?
    /// What it says in plain text, cut to a sentence's length.
    let plainWords: String?

    init(_ answer: CurlAnswer, now: Date) {
        status = answer.status
        isProblemDocument = Self.isMediaType(answer, "application/problem+json")
        let isJSON = isProblemDocument || Self.isMediaType(answer, "application/json")
        let found = isJSON ? try? JSONText.decode(Problem.self, from: Data(answer.body)) : nil
        problem = isProblemDocument || found?.code != nil ? found : nil
        isTus = answer.headers["tus-resumable"] != nil
        isPage = Self.isMediaType(answer, "text/html") || Self.isMediaType(answer, "application/xhtml+xml")
        retryAfter = Self.retryAfter(answer, now: now)
        let words = Self.isMediaType(answer, "text/plain") ? String(decoding: answer.body.prefix(300), as: UTF8.self) : ""
        plainWords = words.isEmpty ? nil : words
    }

    /// Whether there is a problem document.
    var hasProblem: Bool { problem != nil }

    /// Whether it is a page for people.
    let isPage: Bool

    /// Whether it comes from the portal or its tus server, and not from something on the way.
    var isThePortals: Bool { hasProblem || isTus }

    /// Whether nothing is wrong but files that came other than they were declared.
    var isOnlyDigestMismatch: Bool {
        guard let errors = problem?.errors, !errors.isEmpty else { return false }
        return errors.allSatisfy { $0.code == "attachment-digest-mismatch" }
    }

    /// Whether it names the dossier that stands in the way.
    var hasDuplicate: Bool { problem?.conflictsWith != nil }

    /// Whether a body is of a media type (RFC 9110, 8.3.1: in any case of letters, parameters aside).
    static func isMediaType(_ answer: CurlAnswer, _ name: String) -> Bool {
        let type = answer.headers["content-type"]?.prefix { $0 != ";" && !$0.isWhitespace }
        return type?.lowercased() == name
    }

    /// Seconds that `Retry-After` asks for, in either form (RFC 9110, 10.2.3); at most a day, for a portal whose clock is wrong.
    private static func retryAfter(_ answer: CurlAnswer, now: Date) -> Double? {
        guard let text = answer.headers["retry-after"] else { return nil }
        if let seconds = Double(text), seconds >= 0 { return min(seconds, 86_400) }
        guard let instant = HTTPInstant.parse(text) else { return nil }
        // The portal's own clock says from when: ours may be wrong by years.
        let sent = answer.headers["date"].flatMap(HTTPInstant.parse) ?? now
        return min(max(0, instant.timeIntervalSince(sent)), 86_400)
    }
}

/// The date of an HTTP header, read by libcurl (RFC 9110, 5.6.7).
enum HTTPInstant {
    static func parse(_ text: String) -> Date? {
        let seconds = curl_getdate(text, nil)
        return seconds < 0 ? nil : Date(timeIntervalSince1970: Double(seconds))
    }
}
