internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
internal import KioskVault
internal import KioskWeb

extension Command {
    static let serve = Command(
        words: ["serve"], summary: "serves the kiosk's pages on this machine and syncs by itself once unlocked",
        details: """
            The pages can be reached from this machine only. Ctrl-C and SIGTERM stop it cleanly, with exit status 0: a run under way
            ends the piece of a file that it is at (for at most sync.stopSeconds), and the next one goes on there; a second one stops
            it at once. When it syncs by itself is set by sync.windows
            and sync.everyMinutes (kiosk.json); after each run standard error tells how it went and why what waits is not further.
            """,
        flags: [Flag(name: "port", value: "N", help: "the pages' port (default: of the settings, 8460; 0: any free one)")]
    ) { invocation in
        let port = try invocation.port("port")
        let opening = try Opening(invocation)
        let site = try KioskSite(
            opening, port: port ?? opening.settings.port ?? 8460, options: try KioskSite.options(opening))
        Terminal.say("Kiosk: \(site.address)/")
        try await Interruption.cancelling { try await site.run() }
        return ExitStatus.done
    }
}

/// The pages, their server and the sync behind them.
struct KioskSite: Sendable {
    let sync: SyncService
    private let server: HTTPServer

    init(_ opening: Opening, port: UInt16, options: KioskWebOptions) throws {
        let report: @Sendable (any Error) -> Void = { Terminal.complain("kiosk: \($0)") }
        let sync = SyncService(
            folder: opening.store.folder, settings: opening.settings, report: report, log: { Terminal.complain($0) })
        self.sync = sync
        let settings = opening.settings
        opening.store.remakeOwnCatalogue { day in
            do {
                return try settings.loadCatalogue(of: day)
            } catch {
                report(error)
                return nil
            }
        }
        let started = ContinuousClock.now
        var options = options
        options.progress = sync
        let web = KioskWeb(
            store: opening.store, catalogue: opening.catalogue, isConfigured: opening.settings.catalogue != nil, sync: sync,
            options: options, now: { Date() }, uptime: { started.duration(to: .now) / .seconds(1) },
            random: { try Secret.random(count: $0) },
            onUnlock: { store in
                ProcessMemory.giveBack()
                await sync.keep(store)
            })
        do {
            server = try HTTPServer(port: port, report: report) { request in try await web.respond(to: request) }
        } catch  where error.isAddressInUse {
            throw CommandFailure(
                spoken: "Cổng \(port) trên máy này đang có chương trình khác dùng. Có thể kiosk đã chạy rồi.",
                detail: "port \(port) is taken: stop the other program or name another port with --port")
        } catch {
            throw CommandFailure(spoken: "Không mở được cổng \(port) trên máy này.", detail: "\(error)")
        }
    }

    static func options(_ opening: Opening) throws -> KioskWebOptions {
        let settings = opening.settings
        var options = KioskWebOptions()
        options.maximumFileBytes = settings.configuration.limits.completed(by: opening.catalogue.limits).fileBytes
        if let advice = settings.limits?.adviceDossierMegabytes { options.adviceDossierBytes = advice * 1_048_576 }
        if let size = settings.limits?.pageKilobytes { options.pageBytes = size * 1000 }
        if let quality = settings.quality { options.quality = quality }
        options.scanner = SANEScanner(settings)
        if let watch = settings.watch {
            options.folder = WatchedFolder(path: watch.folder, deletes: watch.deleteAfterStoring ?? false)
        }
        options.sendPlan = settings.sendPlan
        options.openingHours = settings.village?.openingHours ?? []
        options.report = try settings.reportHeading()
        options.worklist = settings.worklistPlan
        if let idle = settings.idleMinutes { options.sessionIdleMinutes = idle }
        return options
    }

    var address: String { "http://127.0.0.1:\(server.port)" }

    /// Serves and syncs until the task is cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask { await sync.runByItself() }
            try await group.next()
            group.cancelAll()
        }
    }
}
