internal import CCurl
internal import FoundationEssentials
internal import JSONTree
internal import KioskSync
internal import PortalWire

/// Which call an answer belongs to; the same status means different things.
enum CallKind: Sendable {
    case health, token, changes, catalogue, account, verification, newCode, createUpload, askOffset, append, dossier, readDossier,
        withdrawal,
        report

    var isUpload: Bool { self == .createUpload || self == .askOffset || self == .append }
}

/// The one table that says what an answer means (portal-contract.md; to be read beside it, line by line).
///
/// | status | of | means |
/// |---|---|---|
/// | 2xx, body as the contract says | any | success |
/// | 200 with JSON and an `ETag`, over the limit | catalogue | success: too large |
/// | 304 to a question with an `ETag` | catalogue | success: unchanged |
/// | 2xx otherwise, 3xx, 407, 511 | any | not the portal |
/// | 401 twice | any | unauthenticated |
/// | 403 `account-unverified` | dossier | account unverified |
/// | 403 | asking an upload's offset | gone (tus may hide it so) |
/// | 404, 410 | upload | gone |
/// | 410 | changes | gone |
/// | 404 | reading a dossier | success: there is none |
/// | 429 | asking for a new code | code too soon, with `Retry-After`: of this account alone |
/// | 429, 503 | any | busy, with `Retry-After`: everyone waits |
/// | 408, 425 | any | failing, with `Retry-After`; the portal did not act |
/// | other 5xx | any | failing, with `Retry-After`; the portal may have acted |
/// | 409 | upload | wrong offset |
/// | 409 `duplicate-dossier` | dossier | duplicate |
/// | 412 | dossier | precondition failed |
/// | 413 with a problem document | any | rejected |
/// | 413 without | bytes of an upload | request too large: a proxy's limit |
/// | 422, only `attachment-digest-mismatch` | dossier | files missing |
/// | 423 | upload | upload held |
/// | 423 | any other | failing, with `Retry-After`; the portal did not act |
/// | 424 | dossier | files missing |
/// | 460 | upload | checksum failed |
/// | other 4xx with a problem document | any | rejected, in the portal's words |
/// | other 4xx with `Tus-Resumable` | upload | rejected, in the tus server's words |
/// | other 4xx without | any | not the portal |
enum Classification {
    /// Whether an answer's status is a success of the call, its body apart.
    static func isSuccess(_ answer: CurlAnswer, of call: CallKind) -> Bool {
        switch answer.status {
        case 200...299: true
        case 304: call == .catalogue
        case 404: call == .readDossier
        default: false
        }
    }

    /// What an answer that is no success means.
    static func failure(of answer: CurlAnswer, to call: CallKind, now: Date) -> PortalFailure {
        let problem = problem(in: answer)
        switch answer.status {
        case 401: return .unauthenticated
        case 403 where call == .dossier && problem?.code == .accountUnverified: return .accountUnverified
        case 404 where call.isUpload, 410 where call.isUpload || call == .changes: return .gone
        // tus lets a server hide an upload that is gone behind 403.
        case 403 where call == .askOffset: return .gone
        case 407, 511: return .notThePortal
        case 429 where call == .newCode: return .codeTooSoon(retryAfter: retryAfter(answer, now: now))
        case 429, 503: return .busy(retryAfter: retryAfter(answer, now: now))
        case 408, 425: return .failing(retryAfter: retryAfter(answer, now: now), mayHaveActed: false)
        case 409 where call.isUpload: return .wrongOffset
        case 409 where call == .dossier:
            if problem?.code == .duplicateDossier, let other = problem?.conflictsWith {
                return .duplicate(code: other.code, receivedAt: other.receivedAt, kiosk: other.kiosk)
            }
        case 412 where call == .dossier: return .preconditionFailed
        case 413 where problem == nil && (call == .createUpload || call == .append): return .requestTooLarge
        case 413 where problem != nil: return .rejected(rejection(problem, status: 413, fallback: "too-large"))
        case 422 where call == .dossier && problem.map(isOnlyDigestMismatch) == true:
            return .filesMissing(problem?.errors?.map(\.pointer) ?? [])
        case 423 where call.isUpload: return .uploadHeld(retryAfter: retryAfter(answer, now: now) ?? 2)
        case 423: return .failing(retryAfter: retryAfter(answer, now: now), mayHaveActed: false)
        case 424 where call == .dossier: return .filesMissing(problem?.missing ?? [])
        case 460 where call.isUpload: return .checksumFailed
        case 500...599: return .failing(retryAfter: retryAfter(answer, now: now), mayHaveActed: true)
        default: break
        }
        guard (400...499).contains(answer.status) else { return .notThePortal }
        if let problem { return .rejected(rejection(problem, status: answer.status, fallback: "refused")) }
        // A tus server that is not the portal's own has no problem documents, but it names its protocol.
        guard call.isUpload, answer.headers["tus-resumable"] != nil else { return .notThePortal }
        return .rejected(Rejection(code: "upload-refused", status: answer.status, detail: plainWords(of: answer), faults: []))
    }

    /// What a server says in plain text, cut to a sentence's length.
    private static func plainWords(of answer: CurlAnswer) -> String? {
        guard isMediaType(answer, "text/plain") else { return nil }
        let words = String(decoding: answer.body.prefix(300), as: UTF8.self)
        return words.isEmpty ? nil : words
    }

    private static func problem(in answer: CurlAnswer) -> Problem? {
        guard isMediaType(answer, "application/problem+json") || isMediaType(answer, "application/json") else { return nil }
        return try? JSONText.decode(Problem.self, from: Data(answer.body))
    }

    /// Whether a body is of a media type (RFC 9110, 8.3.1: in any case of letters, parameters aside).
    static func isMediaType(_ answer: CurlAnswer, _ name: String) -> Bool {
        let type = answer.headers["content-type"]?.prefix { $0 != ";" && !$0.isWhitespace }
        return type?.lowercased() == name
    }

    private static func isOnlyDigestMismatch(_ problem: Problem) -> Bool {
        guard let errors = problem.errors, !errors.isEmpty else { return false }
        return errors.allSatisfy { $0.code == "attachment-digest-mismatch" }
    }

    private static func rejection(_ problem: Problem?, status: Int, fallback: String) -> Rejection {
        Rejection(
            code: problem?.code?.rawValue ?? fallback, status: status, detail: problem?.detail ?? problem?.title,
            faults: (problem?.errors ?? []).map {
                // The pointer goes into the request body; the answers are its `fields`.
                let pointer = $0.pointer.hasPrefix("/fields/") ? String($0.pointer.dropFirst("/fields".count)) : $0.pointer
                return Rejection.Fault(pointer: pointer, code: $0.code, message: $0.message, expected: $0.expected)
            }, attemptsLeft: problem?.attemptsLeft)
    }

    /// Seconds that `Retry-After` asks for, in either form (RFC 9110, 10.2.3); at most a day, for a portal whose clock is wrong.
    static func retryAfter(_ answer: CurlAnswer, now: Date) -> Double? {
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
