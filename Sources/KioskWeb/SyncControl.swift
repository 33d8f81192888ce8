public import FoundationEssentials
public import KioskStore
public import KioskSync

/// What the pages may ask of the sync engine.
public protocol SyncControl: Sendable {
    /// Begins a run in the background if none is under way.
    func start(with store: UnlockedStore) async
    /// Has a run that is under way begin anew under the limits of now.
    func limitsChanged(with store: UnlockedStore) async
    /// How things are, for a page that asks every second.
    func status() async -> SyncStatus
}

/// How sync is going, for a page.
public struct SyncStatus: Codable, Sendable {
    /// Whether a run is under way.
    public var isRunning: Bool
    /// How the run is going.
    public var progress: SyncProgress?
    /// What the last run did.
    public var lastReport: SyncReport?
    /// When the last run ended.
    public var lastEndedAt: Date?
    /// A Vietnamese sentence on what stands in the way, such as another process that syncs.
    public var trouble: String?

    /// How sync is going.
    public init(
        isRunning: Bool, progress: SyncProgress? = nil, lastReport: SyncReport? = nil, lastEndedAt: Date? = nil,
        trouble: String? = nil
    ) {
        self.isRunning = isRunning
        self.progress = progress
        self.lastReport = lastReport
        self.lastEndedAt = lastEndedAt
        self.trouble = trouble
    }
}
