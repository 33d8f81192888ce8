internal import FoundationEssentials
internal import KioskStore
internal import KioskSync
internal import KioskWeb

/// Sync inside a serving kiosk: on demand, and by itself at intervals once someone has unlocked.
///
/// The keys stay in memory after the screen locks, so that the night's sync needs nobody; they go when the process ends.
actor SyncService: SyncControl {
    private let folder: String
    private let settings: Settings
    private let report: @Sendable (any Error) -> Void
    private var store: UnlockedStore?
    private var running: Task<Void, Never>?
    private var current = SyncStatus(isRunning: false, progress: nil, lastReport: nil, lastEndedAt: nil, trouble: nil)

    init(folder: String, settings: Settings, report: @escaping @Sendable (any Error) -> Void) {
        self.folder = folder
        self.settings = settings
        self.report = report
    }

    /// Keeps the keys for runs that nobody asks for.
    func keep(_ store: UnlockedStore) {
        self.store = store
    }

    /// Begins a run in the background if none is under way.
    func start(with store: UnlockedStore) {
        begin(with: store, ignoresBackOff: true)
    }

    /// How the run under way is going, and how the last one ended.
    func status() -> SyncStatus { current }

    private func begin(with store: UnlockedStore, ignoresBackOff: Bool) {
        guard running == nil else { return }
        current.isRunning = true
        current.trouble = nil
        current.progress = nil
        running = Task { [folder, settings] in
            do {
                let found = try await SyncRun.perform(
                    store, ignoresBackOff ? .request : .window, folder: folder, settings: settings, ignoresBackOff: ignoresBackOff
                ) { progress in
                    Task { await self.note(progress) }
                }
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

    /// Syncs at intervals until the task is cancelled; the run under way then ends what it is at.
    func runAtIntervals() async {
        let minutes = settings.sync?.everyMinutes ?? 15
        while !Task.isCancelled {
            // Up to a fifth later at random, so that a commune's kiosks do not come together.
            let seconds = Double(max(1, minutes) * 60) * Double.random(in: 1...1.2)
            try? await Task.sleep(for: .seconds(seconds))
            guard !Task.isCancelled, minutes > 0, let store else { continue }
            begin(with: store, ignoresBackOff: false)
        }
        running?.cancel()
        await running?.value
    }
}
