internal import Dispatch
internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore
internal import KioskSync
internal import KioskTransport

/// One run of the real engine on an unlocked store.
enum SyncRun {
    /// Runs, if no other process or run is at it.
    ///
    /// - Parameters:
    ///   - occasion: why; a run for a dossier of today's deadline leaves other large files alone outside the windows.
    ///   - until: when it begins nothing new any more.
    /// - Returns: the report; nil where another one syncs on this data folder.
    static func perform(
        _ store: UnlockedStore, _ occasion: SyncOccasion, folder: String, settings: Settings, until: Date? = nil,
        ignoresBackOff: Bool = false, patience: Double? = nil, progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws -> SyncReport? {
        guard let lock = try SyncLock(folder: folder) else { return nil }
        defer { withExtendedLifetime(lock) {} }
        let beganAt = Date()
        // Another process may have begun dossiers with an edition that is not at hand here.
        try await store.followCatalogue(now: beganAt)
        let plan = settings.sendPlan
        var options = SyncEngine.Options()
        options.parallel = settings.sync?.parallel ?? options.parallel
        options.patience = patience ?? settings.sync?.patienceSeconds ?? options.patience
        options.ignoresBackOff = ignoresBackOff
        options.bytesPerSecond = plan.bytesPerSecond
        options.limits.bytesPerDay = plan.bytesPerDay
        options.limits.until = until
        let isOpen = plan.schedule(of: store.identity.kioskID).isOpen(at: beganAt)
        let isMetered = try await store.isMetered()
        options.limits.holdsLargeFiles = isMetered || (occasion == .deadline && !isOpen)
        let portal = try await portal(of: store, settings: settings)
        let engine = SyncEngine(
            outbox: store, replica: store, portal: portal, clock: SystemClock(), options: options, progress: progress)
        // Files of a capture that was broken off; a day is longer than any capture under way.
        try await store.purgeOrphans(olderThan: beganAt.addingTimeInterval(-86_400))
        await queueReports(store, settings: settings, now: beganAt)
        // Until the run has ended its record says that it was broken off.
        let record = try await store.beginRecord(occasion, now: beganAt)
        // What pages and captures took goes back before the run wants its share of 64 MB.
        ProcessMemory.giveBack()
        let report = try await stopping(portal, after: settings.sync?.stopSeconds ?? 20) { try await engine.run() }
        // What reading a catalogue took goes back to the system.
        if report.catalogue != nil { ProcessMemory.giveBack() }
        try await store.endRecord(record, report, now: Date())
        if let reading = portal.clockReading { try await store.keepClock(reading) }
        return report
    }

    /// Queues what is to be reported; whatever is wrong with the figures, dossiers go.
    private static func queueReports(_ store: UnlockedStore, settings: Settings, now: Date) async {
        do {
            let heading = try settings.reportHeading()
            // A clock that is known to be wrong would report months that are not over, or never were.
            guard heading.isAutomatic, try await store.clockError(now: now) == nil else { return }
            try await store.queueEndedReports(cutOff: heading.cutOff, calendar: heading.workingDays, now: now)
        } catch {
            Terminal.complain("reports were not queued: \(error)")
        }
    }

    /// Runs work that is cancelled in two steps: nothing new begins, and what is under way so many seconds later is broken off.
    static func stopping<Result: Sendable>(
        _ portal: PortalConnection, after seconds: Int, _ work: @Sendable () async throws -> Result
    ) async rethrows -> Result {
        try await withTaskCancellationHandler {
            try await work()
        } onCancel: {
            DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { [weak portal] in portal?.stop() }
        }
    }

    /// The portal, as the settings reach it.
    static func portal(of store: UnlockedStore, settings: Settings) async throws -> PortalConnection {
        var proxy: Proxy?
        if let address = settings.sync?.proxy.flatMap(ProxyAddress.init) {
            proxy = Proxy(address, login: try await store.proxyLogin().flatMap(Proxy.Login.init))
        }
        return PortalConnection(
            address: try PortalAddress(store.identity.portal), files: try settings.portal?.filesURL.map { try PortalAddress($0) },
            kioskID: store.identity.kioskID, secret: try await store.portalSecret(), trust: settings.trust, proxy: proxy,
            connections: settings.sync?.parallel ?? SyncEngine.Options().parallel,
            stallSeconds: settings.sync?.stallSeconds ?? 30, bytesPerSecond: settings.sendPlan.bytesPerSecond, now: { Date() },
            boot: { store.bootTime })
    }
}
