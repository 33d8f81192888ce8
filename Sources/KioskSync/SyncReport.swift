/// What a run did, and how things stand after it.
public struct SyncReport: Codable, Equatable, Sendable {
    /// Why a run ended before all was done.
    public enum Stop: String, Codable, Sendable {
        /// The portal was not reached, or the line went down and stayed down.
        case line
        /// The kiosk's id or secret was refused.
        case authentication
        /// The portal asked for more patience than the run has.
        case portalBusy = "portal-busy"
        /// Someone stopped it.
        case cancelled
        /// The window in which this kiosk sends by itself closed; the next one goes on.
        case windowClosed = "window-closed"
        /// The process ended before the run did: a power cut, or a fault of the disk.
        case brokenOff = "broken-off"
    }

    /// Dossiers that the portal confirmed in this run.
    public var delivered = 0
    /// Files that the portal confirmed in this run.
    public var uploaded = 0
    /// Bytes of request bodies sent in this run.
    public var bytesSent = 0
    /// Bytes of answers.
    public var bytesReceived = 0
    /// Bytes of files that were sent and that the portal did not count in this run: they went twice or may have to.
    public var bytesSentTwice = 0
    /// Bytes a second while the run was sending; nil where too little was sent to tell.
    public var bytesPerSecond: Int?
    /// How many attempts ended how.
    public var outcomes: [Outcome.Kind: Int] = [:]
    /// Passing faults by their class, those too that were settled within an attempt.
    public var faults: [RetryReason: Int] = [:]
    /// Changes of the portal that were new.
    public var changesApplied = 0
    /// Whether the portal's changes could not be read although the portal answers; what is sealed goes all the same.
    public var isFeedBroken = false
    /// What there is to say of a catalogue that the portal published; nil for nothing new.
    public var catalogue: CatalogueNews?
    /// How the queue stands.
    public var standing = OutboxStanding()
    /// Why the run ended early; nil where all was done that could be.
    public var stop: Stop?
    /// What was wrong with the line at its end, where that is why.
    public var trouble: LineTrouble?

    /// A run that did nothing yet.
    public init() {}

    /// Whether the run was cut short or something is left that a later run will do.
    public var workIsLeft: Bool { stop != nil || isFeedBroken || standing.pending + standing.inDoubt > 0 }
}

/// How a run is going, for a screen.
public struct SyncProgress: Codable, Equatable, Sendable {
    /// What the run is at.
    public enum Phase: String, Codable, Sendable {
        /// Asking for changes.
        case pulling
        /// Sending.
        case sending
        /// Waiting for the line or the portal.
        case waiting
        /// Ended.
        case ended
    }
    /// What the run is at.
    public var phase: Phase
    /// Dossiers confirmed.
    public var delivered: Int
    /// Files confirmed.
    public var uploaded: Int
    /// Bytes sent.
    public var bytesSent: Int

    /// How a run is going.
    public init(phase: Phase, delivered: Int, uploaded: Int, bytesSent: Int) {
        self.phase = phase
        self.delivered = delivered
        self.uploaded = uploaded
        self.bytesSent = bytesSent
    }
}
