public import KioskDomain
public import KioskSync

/// What can be set of the pages.
public struct KioskWebOptions: Sendable {
    /// The largest file that is taken in.
    public var maximumFileBytes: Int = 256 * 1024 * 1024
    /// From how many bytes a dossier's papers are called too heavy for the portal.
    public var adviceDossierBytes: Int = 15 * 1024 * 1024
    /// What is wrong with a picture of a paper.
    public var quality = QualityThresholds()
    /// How many bytes a page that the kiosk makes of a picture may have.
    public var pageBytes: Int = 900_000
    /// After how many minutes without use the screen locks.
    public var sessionIdleMinutes: Int = 15
    /// When and how the kiosk sends by itself.
    public var sendPlan = SendPlan()
    /// When a dossier in doubt is told, and whom to call.
    public var worklist = WorklistPlan()
    /// The scanners; nil where there is no way to scan.
    public var scanner: (any Scanner)?
    /// The folder whose files can be taken in; nil where none is set.
    public var folder: (any PaperFolder)?
    /// Asks the portal how far any dossier is; nil where nobody can.
    public var progress: (any ProgressDesk)?
    /// When somebody is at the kiosk, line by line; empty where the settings do not say.
    public var openingHours: [LocalText] = []
    /// What reports are made with.
    public var report = ReportHeading()
    /// A band across every page that tells a training machine from a real one.
    public var trainingBanner: LocalText?
    /// What a learner is to do, shown on the home page of a demonstration.
    public var trainingTask: TrainingTask?
    /// The training PIN, shown on the unlock page of a demonstration.
    public var trainingPIN: String?

    /// The usual settings.
    public init() {}
}

/// What a learner at a training machine is to do.
public struct TrainingTask: Sendable {
    /// What it is about.
    public let title: LocalText
    /// Step by step.
    public let steps: [LocalText]

    /// A task: what it is about, and its steps.
    public init(title: LocalText, steps: [LocalText]) {
        self.title = title
        self.steps = steps
    }
}
