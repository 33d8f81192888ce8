public import FoundationEssentials
public import KioskStore
public import KioskSync
internal import Synchronization

/// The process died.
struct Crash: Error {}

/// The real store, with a process around it that can die before or after any transaction of a run.
public final class CrashingStore: Outbox, Replica {
    private struct State {
        /// Transactions so far.
        var transactions = 0
        /// So many transactions from now the process dies.
        var transactionsLeft: Int?
        var diesAfter = false
        /// What the dossiers under way sent, for ``Sabotage/boldInDoubt``.
        var sent: [String: OutgoingDossier] = [:]
    }

    private let store: UnlockedStore
    private let isBold: Bool
    private let death: @Sendable () throws -> Void
    private let state = Mutex(State())

    /// Around a store.
    ///
    /// - Parameter death: how the process dies.
    public convenience init(_ store: UnlockedStore, death: @escaping @Sendable () throws -> Void) {
        self.init(store, isBold: false, death: death)
    }

    init(_ store: UnlockedStore, isBold: Bool, death: @escaping @Sendable () throws -> Void = { throw Crash() }) {
        self.store = store
        self.isBold = isBold
        self.death = death
    }

    /// How many transactions there were so far.
    public var transactions: Int { state.withLock { $0.transactions } }

    /// The process will die so many transactions from now; nil: not.
    public func die(in transactions: Int?, after: Bool) {
        state.withLock {
            $0.transactionsLeft = transactions
            $0.diesAfter = after
        }
    }

    private func step<T>(_ work: () async throws -> T) async throws -> T {
        let (isLast, diesAfter) = state.withLock { state -> (Bool, Bool) in
            state.transactions += 1
            guard let left = state.transactionsLeft else { return (false, false) }
            state.transactionsLeft = left - 1
            return (left <= 0, state.diesAfter)
        }
        if isLast, !diesAfter { try death() }
        let result = try await work()
        if isLast { try death() }
        return result
    }

    // MARK: Outbox

    /// As the store does it (`Outbox`).
    public func beginRun(now: Date, ignoringBackOff: Bool) async throws {
        try await step { try await store.beginRun(now: now, ignoringBackOff: ignoringBackOff) }
    }

    /// As the store does it (`Outbox`).
    public func due(now: Date, limit: Int, holding: FileHold?) async throws -> [KioskSync.Operation] {
        try await store.due(now: now, limit: limit, holding: holding)
    }

    /// As the store does it (`Outbox`).
    public func nextDue(holding: FileHold?) async throws -> Date? { try await store.nextDue(holding: holding) }

    /// As the store does it (`Outbox`).
    public func begin(_ operation: KioskSync.Operation, now: Date) async throws -> OperationContent? {
        let content = try await step { try await store.begin(operation, now: now) }
        if isBold, case .dossier(let dossier) = content { state.withLock { $0.sent[operation.subject] = dossier } }
        return content
    }

    /// As the store does it (`Outbox`).
    public func record(_ outcome: Outcome, of operation: KioskSync.Operation, now: Date) async throws {
        var outcome = outcome
        if isBold, case .inDoubt = outcome, let sent = state.withLock({ $0.sent[operation.subject] }) {
            outcome = .delivered(
                .dossier(SimulatedPortal.representation(sent, version: 1, status: "received", at: sent.sealedAt)))
        }
        try await step { try await store.record(outcome, of: operation, now: now) }
    }

    /// As the store does it (`Outbox`).
    public func piece(of attachment: String, from offset: Int, count: Int) -> OutgoingBytes {
        store.piece(of: attachment, from: offset, count: count)
    }

    /// As the store does it (`Outbox`).
    public func keepUpload(of attachment: String, url: String?) async throws {
        try await step { try await store.keepUpload(of: attachment, url: url) }
    }

    /// As the store does it (`Outbox`).
    public func standing() async throws -> OutboxStanding { try await store.standing() }

    /// As the store does it (`Outbox`).
    public func countSent(bytes: Int, now: Date) async throws -> Int { try await store.countSent(bytes: bytes, now: now) }

    // MARK: Replica

    /// As the store does it (`Replica`).
    public func cursor() async throws -> String? { try await store.cursor() }

    /// As the store does it (`Replica`).
    public func apply(_ batch: ChangeBatch, now: Date) async throws -> Int {
        try await step { try await store.apply(batch, now: now) }
    }

    /// As the store does it (`Replica`).
    public func forgetCursor(now: Date) async throws { try await step { try await store.forgetCursor(now: now) } }

    /// As the store does it (`Replica`).
    public func catalogueQuestion(now: Date, atOnce: Bool) async throws -> CatalogueQuestion? {
        try await store.catalogueQuestion(now: now, atOnce: atOnce)
    }

    /// As the store does it (`Replica`).
    public func takeCatalogue(_ answer: CatalogueAnswer, now: Date) async throws -> CatalogueNews? {
        try await step { try await store.takeCatalogue(answer, now: now) }
    }

    /// As the store does it (`Replica`).
    public func postponeCatalogue(until instant: Date) async throws {
        try await step { try await store.postponeCatalogue(until: instant) }
    }
}
