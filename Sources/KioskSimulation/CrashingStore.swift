internal import FoundationEssentials
internal import KioskStore
internal import KioskSync
internal import Synchronization

/// The process died.
struct Crash: Error {}

/// The real store, with a process around it that can die before or after any transaction of a run.
final class CrashingStore: Outbox, Replica {
    private struct State {
        /// So many transactions from now the process dies.
        var transactionsLeft: Int?
        var diesAfter = false
        /// What the dossiers under way sent, for ``Sabotage/boldInDoubt``.
        var sent: [String: OutgoingDossier] = [:]
    }

    private let store: UnlockedStore
    private let isBold: Bool
    private let state = Mutex(State())

    init(_ store: UnlockedStore, isBold: Bool) {
        self.store = store
        self.isBold = isBold
    }

    /// The process will die so many transactions from now; nil: not.
    func die(in transactions: Int?, after: Bool) {
        state.withLock {
            $0.transactionsLeft = transactions
            $0.diesAfter = after
        }
    }

    private func step<T>(_ work: () async throws -> T) async throws -> T {
        let (isLast, diesAfter) = state.withLock { state -> (Bool, Bool) in
            guard let left = state.transactionsLeft else { return (false, false) }
            state.transactionsLeft = left - 1
            return (left <= 0, state.diesAfter)
        }
        if isLast, !diesAfter { throw Crash() }
        let result = try await work()
        if isLast { throw Crash() }
        return result
    }

    // MARK: Outbox

    func beginRun(now: Date, ignoringBackOff: Bool) async throws {
        try await step { try await store.beginRun(now: now, ignoringBackOff: ignoringBackOff) }
    }

    func due(now: Date, limit: Int, holding: FileHold?) async throws -> [KioskSync.Operation] {
        try await store.due(now: now, limit: limit, holding: holding)
    }

    func nextDue(holding: FileHold?) async throws -> Date? { try await store.nextDue(holding: holding) }

    func begin(_ operation: KioskSync.Operation, now: Date) async throws -> OperationContent? {
        let content = try await step { try await store.begin(operation, now: now) }
        if isBold, case .dossier(let dossier) = content { state.withLock { $0.sent[operation.subject] = dossier } }
        return content
    }

    func record(_ outcome: Outcome, of operation: KioskSync.Operation, now: Date) async throws {
        var outcome = outcome
        if isBold, case .inDoubt = outcome, let sent = state.withLock({ $0.sent[operation.subject] }) {
            outcome = .delivered(
                .dossier(SimulatedPortal.representation(sent, version: 1, status: "received", at: sent.sealedAt)))
        }
        try await step { try await store.record(outcome, of: operation, now: now) }
    }

    func bytes(of attachment: String, from offset: Int, count: Int) async throws -> [UInt8] {
        try await store.bytes(of: attachment, from: offset, count: count)
    }

    func keepUpload(of attachment: String, url: String?) async throws {
        try await step { try await store.keepUpload(of: attachment, url: url) }
    }

    func standing() async throws -> OutboxStanding { try await store.standing() }

    func countSent(bytes: Int, now: Date) async throws -> Int { try await store.countSent(bytes: bytes, now: now) }

    // MARK: Replica

    func cursor() async throws -> String? { try await store.cursor() }

    func apply(_ batch: ChangeBatch, now: Date) async throws -> Int { try await step { try await store.apply(batch, now: now) } }

    func forgetCursor(now: Date) async throws { try await step { try await store.forgetCursor(now: now) } }

    func catalogueQuestion(now: Date, atOnce: Bool) async throws -> CatalogueQuestion? { nil }

    func takeCatalogue(_ answer: CatalogueAnswer, now: Date) async throws -> CatalogueNews? { nil }

    func postponeCatalogue(until instant: Date) async throws {}
}
