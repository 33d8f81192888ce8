internal import FoundationEssentials
internal import KioskStore
internal import KioskSync
internal import KioskTransport
internal import KioskWeb

/// Sync inside a serving kiosk: on demand, and by itself by the ``Schedule`` once someone has unlocked.
///
/// The keys stay in memory after the screen locks, so that the night's sync needs nobody; they go when the process ends.
actor SyncService: SyncControl {
    private let folder: String
    private let settings: Settings
    private let report: @Sendable (any Error) -> Void
    private let log: @Sendable (String) -> Void
    private var store: UnlockedStore?
    private var unlockedAt = Date()
    private var running: Task<Void, Never>?
    private var current = SyncStatus(isRunning: false, progress: nil, lastReport: nil, lastEndedAt: nil, trouble: nil)
    private var probes = (count: 0, last: Date?.none)

    init(
        folder: String, settings: Settings, report: @escaping @Sendable (any Error) -> Void,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.folder = folder
        self.settings = settings
        self.report = report
        self.log = log
    }

    /// Keeps the keys for runs that nobody asks for.
    func keep(_ store: UnlockedStore) {
        if self.store == nil { unlockedAt = Date() }
        self.store = store
    }

    /// What a look-up needs; nil while nobody has unlocked the kiosk.
    func lookUpMeans() -> (UnlockedStore, Settings)? { store.map { ($0, settings) } }

    /// Tells whoever keeps the machine of an error that a page can do nothing about.
    func complain(_ error: any Error) { report(error) }

    /// Begins a run in the background if none is under way.
    func start(with store: UnlockedStore) {
        begin(.request, with: store)
    }

    /// Ends the run under way, which began under other limits, and begins another.
    func limitsChanged(with store: UnlockedStore) async {
        guard let running else { return }
        running.cancel()
        await running.value
        begin(.request, with: store)
    }

    /// How the run under way is going, and how the last one ended.
    func status() -> SyncStatus { current }

    private func begin(_ occasion: SyncOccasion, until: Date? = nil, with store: UnlockedStore) {
        guard running == nil else { return }
        probes = (0, nil)
        current.isRunning = true
        current.trouble = nil
        current.progress = nil
        running = Task { [folder, settings] in
            do {
                let found = try await SyncRun.perform(
                    store, occasion, folder: folder, settings: settings, until: until, ignoresBackOff: occasion == .request
                ) { progress in
                    Task { await self.note(progress) }
                }
                if let found { log(try await SyncLog.lines(found, occasion, store, settings.sendPlan)) }
                self.end(found, trouble: found == nil ? "Máy đang gửi hồ sơ ở cửa sổ khác. Chờ xong rồi thử lại." : nil)
            } catch {
                self.report(error)
                self.end(
                    nil, trouble: (error as? StoreError)?.spoken ?? "Chương trình gặp lỗi khi gửi. Dữ liệu vẫn còn; hãy thử lại.")
            }
        }
    }

    private func note(_ progress: SyncProgress) {
        // What was told during a run may arrive after its end.
        if current.isRunning { current.progress = progress }
    }

    private func end(_ found: SyncReport?, trouble: String?) {
        running = nil
        current.isRunning = false
        current.trouble = trouble
        if let found {
            current.lastReport = found
            current.lastEndedAt = Date()
        }
    }

    /// Syncs by its schedule until the task is cancelled; the run under way then ends what it is at.
    ///
    /// It looks every few seconds: a clock that is set, a machine that slept and a dossier that is due today are noticed at once.
    func runByItself() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(2))
            guard !Task.isCancelled, running == nil, let store else { continue }
            do {
                try await takeStep(store)
            } catch {
                report(error)
            }
        }
        running?.cancel()
        await running?.value
    }

    private func takeStep(_ store: UnlockedStore) async throws {
        let now = Date()
        let schedule = settings.sendPlan.schedule(of: store.identity.kioskID)
        let runs = try await store.syncRuns(limit: 12).map(\.past)
        var facts = Schedule.Facts(unlockedAt: unlockedAt, lastRun: runs.first)
        facts.failures = Schedule.failures(in: runs)
        (facts.probes, facts.probedAt) = probes
        facts.urgentSealedAt = try await store.urgentSealedAt(now: now)
        let step = schedule.next(facts, now: now)
        guard let at = step.at, at <= now, running == nil else { return }
        switch step {
        case .run(let occasion, _, let until): begin(occasion, until: until, with: store)
        case .probe:
            let portal = try await SyncRun.portal(of: store, settings: settings)
            let isThere = await SyncRun.stopping(portal, after: 0) { await portal.isHealthy() }
            guard running == nil else { return }
            guard isThere, case .run(let occasion, _, let until) = schedule.whenLineReturns(now: Date()) else {
                probes = (probes.count + 1, Date())
                return
            }
            begin(occasion, until: until, with: store)
        case .nothing: return
        }
    }
}
