internal import FoundationEssentials
internal import KioskSync
internal import PortalWire

/// Which call an answer belongs to; the same status means different things.
enum CallKind: Sendable, CaseIterable {
    case health, token, changes, catalogue, account, verification, newCode, createUpload, askOffset, append, dossier, readDossier,
        withdrawal, report
}

/// What an answer means: one table, in the order of portal-contract.md, to be read beside it.
///
/// The first line that fits counts. What becomes of an operation then is ``Judgement``'s: the words at the right of a line say it.
///
/// A success is 2xx whose body is the contract's (``PortalConnection/decode(_:_:)`` looks at it), 304 to a question for the catalogue,
/// and 404 in the portal's own words to a question for a dossier: there is none. A 2xx with anything else in it, a redirect and
/// whatever no line knows did not come from the portal.
enum Classification {
    private static let table: [Line] = [
        // Authentication
        Line([401], .any) { _ in .unauthenticated },  // one new token before this; then the run stops

        // Resident accounts
        Line([422], [.account], "account-mismatch", rejected),  // rejected
        Line([429], [.newCode]) { .codeTooSoon(retryAfter: $0.retryAfter) },  // retry, of this account alone
        Line([422], [.verification], "code-wrong", rejected),  // rejected, with attemptsLeft
        Line([410], [.verification], "code-expired", rejected),  // rejected
        Line([403], [.account, .verification, .newCode], "account-locked", rejected),  // rejected
        Line([404], [.verification, .newCode], if: \.isProblemDocument) { _ in .absent },  // gone: registered again

        // Attachments: tus 1.0.0; any tus server, so the status alone counts
        Line([409], .uploads) { _ in .wrongOffset },  // gone: the offset is asked for
        Line([404, 410], .uploads) { _ in .gone },  // gone: created anew
        Line([403], [.askOffset]) { _ in .gone },  // the same: tus lets a server hide it so
        Line([423], .uploads) { .uploadHeld(retryAfter: $0.retryAfter ?? 2) },  // retry, soon
        Line([460], .uploads) { _ in .checksumFailed },  // gone: sent again
        Line([413], .uploads, if: \.isThePortals) { refusal($0, "too-large") },  // rejected for good
        Line([413], [.createUpload, .append]) { _ in .requestTooLarge },  // a proxy's limit: smaller pieces

        // Dossiers
        Line([412], [.dossier]) { _ in .preconditionFailed },  // conflict: fetched and merged
        Line([422], [.dossier], "dossier-rejected", if: \.isOnlyDigestMismatch, missingFiles),  // retry, after its files
        Line([422], [.dossier], "dossier-rejected", rejected),  // rejected
        Line([424], [.dossier], if: \.hasProblem, missingFiles),  // retry, after its files
        Line([409], [.dossier], "duplicate-dossier", if: \.hasDuplicate, duplicate),  // conflict
        Line([403], [.dossier], "account-unverified") { _ in .accountUnverified },  // blocked
        Line([410], [.dossier], "procedure-retired", rejected),  // rejected
        Line([404], [.dossier], if: \.isProblemDocument) { _ in .absent },  // gone: created again
        Line([409], [.withdrawal], "already-resolved", rejected),  // rejected

        // Changes
        Line([410], [.changes]) { _ in .gone },  // gone: from the beginning

        // Ground rules
        Line([429, 503], .any) { .busy(retryAfter: $0.retryAfter) },  // retry: everyone waits
        Line([408, 423, 425], .any) { .failing(retryAfter: $0.retryAfter, mayHaveActed: false) },  // retry: not done
        Line([407, 511], .any) { .foreign($0.stranger) },  // a network that wants a login
        Line(500...599, .any) { .failing(retryAfter: $0.retryAfter, mayHaveActed: true) },  // in doubt
        Line(400...499, .any, if: \.hasProblem, rejected),  // rejected, in the portal's words
        Line(400...499, .uploads, if: \.isTus) { refusal($0, "upload-refused") },  // rejected, in the tus server's words
    ]

    /// Whether an answer's status is a success of the call, its body apart.
    static func isSuccess(_ answer: CurlAnswer, of call: CallKind) -> Bool {
        switch answer.status {
        case 200...299: true
        case 304: call == .catalogue
        case 404: call == .readDossier && AnswerFacts.isMediaType(answer, "application/problem+json")
        default: false
        }
    }

    /// What an answer that is no success means.
    static func failure(of answer: CurlAnswer, to call: CallKind, now: Date) -> PortalFailure {
        let facts = AnswerFacts(answer, now: now)
        return table.first { $0.fits(facts, call) }?.meaning(facts) ?? .foreign(facts.stranger)
    }

    /// What an answer means whose status is a success and whose body is not the contract's.
    static func stranger(_ answer: CurlAnswer, now: Date) -> PortalFailure { .foreign(AnswerFacts(answer, now: now).stranger) }

    // MARK: The lines

    /// A line of the table: statuses, calls, the problem's code or a condition where they are not enough, and the meaning.
    private struct Line: Sendable {
        let statuses: Set<Int>
        let calls: Calls
        let code: String?
        let condition: @Sendable (AnswerFacts) -> Bool
        let meaning: @Sendable (AnswerFacts) -> PortalFailure

        init(
            _ statuses: some Sequence<Int>, _ calls: Calls, _ code: String? = nil,
            if condition: @escaping @Sendable (AnswerFacts) -> Bool = { _ in true },
            _ meaning: @escaping @Sendable (AnswerFacts) -> PortalFailure
        ) {
            self.statuses = Set(statuses)
            self.calls = calls
            self.code = code
            self.condition = condition
            self.meaning = meaning
        }

        func fits(_ facts: AnswerFacts, _ call: CallKind) -> Bool {
            statuses.contains(facts.status) && calls.kinds.contains(call)
                && (code == nil || facts.problem?.code?.rawValue == code) && condition(facts)
        }
    }

    /// The calls that a line is of.
    private struct Calls: Sendable, ExpressibleByArrayLiteral {
        let kinds: Set<CallKind>
        static let any = Calls(kinds: Set(CallKind.allCases))
        static let uploads: Calls = [.createUpload, .askOffset, .append]
        init(kinds: Set<CallKind>) { self.kinds = kinds }
        init(arrayLiteral kinds: CallKind...) { self.kinds = Set(kinds) }
    }

    private static let rejected: @Sendable (AnswerFacts) -> PortalFailure = { refusal($0, "refused") }
    private static let duplicate: @Sendable (AnswerFacts) -> PortalFailure = { facts in
        let other = facts.problem?.conflictsWith
        return .duplicate(code: other?.code ?? "", receivedAt: other?.receivedAt ?? "", kiosk: other?.kiosk ?? "")
    }
    private static let missingFiles: @Sendable (AnswerFacts) -> PortalFailure = { facts in
        .filesMissing(facts.problem?.missing ?? facts.problem?.errors?.map(\.pointer) ?? [])
    }

    /// A refusal in the words of whoever answered.
    ///
    /// - Parameter code: where a problem document has none.
    @Sendable private static func refusal(_ facts: AnswerFacts, _ code: String) -> PortalFailure {
        let problem = facts.problem
        return .rejected(
            Rejection(
                code: problem?.code?.rawValue ?? code, status: facts.status,
                detail: problem?.detail ?? problem?.title ?? facts.plainWords,
                faults: (problem?.errors ?? []).map {
                    // The pointer goes into the request body; the answers are its `fields`.
                    let pointer = $0.pointer.hasPrefix("/fields/") ? String($0.pointer.dropFirst("/fields".count)) : $0.pointer
                    return Rejection.Fault(
                        pointer: pointer, code: $0.code, message: $0.message, expected: $0.expected, reason: $0.reason)
                }, attemptsLeft: problem?.attemptsLeft))
    }
}
