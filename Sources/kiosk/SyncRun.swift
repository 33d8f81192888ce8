internal import FoundationEssentials
internal import KioskStore
internal import KioskSync
internal import KioskTransport

/// One run of the real engine on an unlocked store.
enum SyncRun {
    /// Runs, if no other process or run is at it.
    ///
    /// - Returns: the report; nil where another one syncs on this data folder.
    static func perform(
        _ store: UnlockedStore, folder: String, settings: Settings, ignoresBackOff: Bool = false, patience: Double? = nil,
        progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws -> SyncReport? {
        guard let lock = try SyncLock(folder: folder) else { return nil }
        defer { withExtendedLifetime(lock) {} }
        let beganAt = Date()
        // Another process may have begun dossiers with an edition that is not at hand here.
        try await store.followCatalogue(now: beganAt)
        var options = SyncEngine.Options()
        options.parallel = settings.sync?.parallel ?? options.parallel
        options.patience = patience ?? settings.sync?.patienceSeconds ?? options.patience
        options.ignoresBackOff = ignoresBackOff
        let portal = PortalConnection(
            address: try PortalAddress(store.identity.portal), files: try settings.portal?.filesURL.map { try PortalAddress($0) },
            kioskID: store.identity.kioskID,
            secret: try await store.portalSecret(),
            authorities: settings.sync?.authorities, connections: options.parallel,
            stallSeconds: settings.sync?.stallSeconds ?? 30, now: { Date() })
        let engine = SyncEngine(
            outbox: store, replica: store, portal: portal, clock: SystemClock(), options: options, progress: progress)
        // Files of a capture that was broken off; a day is longer than any capture under way.
        try await store.purgeOrphans(olderThan: beganAt.addingTimeInterval(-86_400))
        // What pages and captures took goes back before the run wants its share of 64 MB.
        malloc_trim(0)
        let report = try await engine.run()
        // What reading a catalogue took goes back to the system.
        if report.catalogue != nil { malloc_trim(0) }
        try await store.keep(report, beganAt: beganAt, endedAt: Date())
        return report
    }
}
