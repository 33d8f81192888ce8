/// One thing that has to happen at the portal: a row of the outbox.
public struct Operation: Equatable, Sendable, Identifiable {
    /// What has to happen.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Register a resident's account.
        case account
        /// Hand in the six digits that a resident got.
        case verification
        /// Have a new code sent.
        case newCode = "new-code"
        /// Bring a file up.
        case upload
        /// Create a dossier, or amend it.
        case dossier
        /// Ask whether the portal still holds a dossier that it confirmed.
        case check
        /// Withdraw a dossier.
        case withdrawal
        /// Send a period's figures.
        case report
    }

    /// Where it stands.
    public enum State: String, Codable, Sendable, CaseIterable {
        /// To be done.
        case waiting
        /// Its request may be under way; found so by the next run, it is in doubt.
        case sending
        /// Sent, answer lost: to be repeated.
        case inDoubt = "in-doubt"
        /// Held by something that a run cannot mend, such as an account that is not verified.
        case blocked
        /// Refused: a person must mend what it is about.
        case rejected
        /// Our copy and the portal's both changed: a person decides.
        case conflict
        /// Done.
        case done
        /// Made needless by a later operation.
        case superseded
    }

    /// Its number in the outbox.
    public let id: Int
    /// What has to happen.
    public let kind: Kind
    /// The dossier, file or account it is about.
    public let subject: String
    /// Where it stands.
    public let state: State
    /// How often it was tried without an answer that settles it.
    public let attempts: Int
    /// Bytes of a file; 0 of anything else.
    public let size: Int

    /// A row of the outbox.
    public init(id: Int, kind: Kind, subject: String, state: State, attempts: Int, size: Int = 0) {
        self.id = id
        self.kind = kind
        self.subject = subject
        self.state = state
        self.attempts = attempts
        self.size = size
    }
}
