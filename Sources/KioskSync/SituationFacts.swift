public import FoundationEssentials
public import KioskDomain

/// What is known of an operation, for words.
public struct OperationFacts: Equatable, Sendable {
    /// What has to happen.
    public var kind: Operation.Kind
    /// Where it stands.
    public var state: Operation.State
    /// Why it is not further: a ``RetryReason``, a ``BlockReason`` or the code of a refusal.
    public var reason: String?
    /// How many operations come first.
    public var needs: Int
    /// Before when it is not tried.
    public var notBefore: Date
    /// Bytes of a file; 0 of anything else.
    public var size: Int
    /// Whether the law wants its dossier today, so that no limit holds it up.
    public var isWantedToday: Bool

    /// What is known of an operation.
    public init(
        kind: Operation.Kind, state: Operation.State, reason: String? = nil, needs: Int = 0,
        notBefore: Date = Date(timeIntervalSince1970: 0), size: Int = 0, isWantedToday: Bool = false
    ) {
        self.kind = kind
        self.state = state
        self.reason = reason
        self.needs = needs
        self.notBefore = notBefore
        self.size = size
        self.isWantedToday = isWantedToday
    }
}

/// What is known of a dossier, for words.
public struct DossierFacts: Equatable, Sendable {
    /// Where it stands here.
    public var state: DossierState
    /// Whether it was sealed before.
    public var wasSealed: Bool
    /// Where it stands at the portal.
    public var status: PortalStatus?
    /// Why a person is needed, where it was refused or both sides changed.
    public var trouble: Trouble?
    /// The operation that takes it to the portal.
    public var operation: OperationFacts?
    /// Those of its files that are not up yet.
    public var files: [OperationFacts]
    /// The state of the resident's account.
    public var account: String?
    /// What takes the resident's withdrawal to the portal; nil where there is none.
    public var withdrawal: OperationFacts?

    /// Why a person is needed.
    public enum Trouble: Sendable {
        /// It cannot be read from this disk.
        case damaged
        /// The resident already has such a dossier.
        case duplicate
        /// The portal does not hold it any more.
        case absent
    }

    /// What is known of a dossier.
    public init(
        state: DossierState, wasSealed: Bool = true, status: PortalStatus? = nil, trouble: Trouble? = nil,
        operation: OperationFacts? = nil, files: [OperationFacts] = [], account: String? = nil, withdrawal: OperationFacts? = nil
    ) {
        self.state = state
        self.wasSealed = wasSealed
        self.status = status
        self.trouble = trouble
        self.operation = operation
        self.files = files
        self.account = account
        self.withdrawal = withdrawal
    }
}
