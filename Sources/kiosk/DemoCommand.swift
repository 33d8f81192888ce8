internal import FoundationEssentials
internal import Glibc
internal import KioskDomain
internal import KioskStore
internal import KioskVault
internal import KioskWeb
internal import TrainingPortal

extension Command {
    static let demo = Command(
        words: ["demo"], summary: "runs a kiosk and the training portal together, with invented dossiers in every state",
        details: """
            Prints both addresses and the training PIN. Without --data everything is made anew in a temporary folder that is
            removed at the end; with --data it stays and is used again. A story's task stands on the kiosk's home page; its officers
            act as dossiers arrive, until the program is stopped.
            """,
        flags: [
            Flag(
                name: "port", value: "N", help: "the kiosk's port, the portal's is the next one (default 8460; 0: any free ones)"),
            Flag(
                name: "story", value: "NAME",
                help:
                    "a scripted story instead: what the portal's officers do while somebody learns (list: names them; or a file)"),
        ]
    ) { invocation in
        if invocation["story"] == "list" {
            Terminal.say(try DemoStory.list())
            return ExitStatus.done
        }
        let story = try invocation["story"].map(DemoStory.load)
        let port = try invocation.port("port") ?? 8460
        let settings = sendingWhenTold(try Settings.load(invocation))
        let temporary = invocation["data"] == nil
        let folder = temporary ? try temporaryFolder() : Settings.dataFolder(invocation)
        defer { if temporary { try? FileManager.default.removeItem(atPath: folder) } }
        let options = TrainingPortalOptions(
            dataFolder: folder + "/portal", port: port == 0 ? 0 : port + 1, catalogue: try settings.catalogueForPortal())
        let portal = try TrainingPortal(options) { Terminal.complain("portal: \($0)") }
        try await Interruption.cancelling {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await portal.run() }
                if let story { await portal.tell(story) }
                let house = DemoHouse(folder: folder + "/kiosk", settings: settings, portal: portal, story: story)
                let opening = try await house.open()
                var web = try KioskSite.options(opening)
                web.trainingBanner = LocalText(
                    vi: "MÁY TẬP HUẤN — hồ sơ ở đây là giả", en: "TRAINING KIOSK — these dossiers are invented")
                web.trainingPIN = DemoHouse.pin
                web.trainingTask = story?.trainingTask
                let site = try KioskSite(opening, port: port, options: web)
                Terminal.say(
                    """
                    Kiosk:                        \(site.address)/
                    Cổng tập huấn (bàn cán bộ):   \(portal.address)/
                    Mã PIN tập huấn:              \(DemoHouse.pin)
                    Dữ liệu: \(folder)\(temporary ? " (xóa khi dừng)" : "")
                    Dừng: Ctrl-C
                    """)
                if let story { Terminal.say(Self.words(of: story)) }
                group.addTask { try await site.run() }
                try await group.next()
                group.cancelAll()
            }
        }
        return ExitStatus.done
    }

    /// What waits in the demonstration waits for whoever tries it, unless the settings say otherwise.
    private static func sendingWhenTold(_ settings: Settings) -> Settings {
        guard settings.sync?.everyMinutes == nil else { return settings }
        var changed = settings
        changed.sync = settings.sync ?? Settings.Sync()
        changed.sync?.everyMinutes = 0
        return changed
    }

    /// What the learner is told at the terminal.
    private static func words(of story: Story) -> String {
        let steps = story.task.enumerated().map { number, step in "\(number + 1). \(step.vi)" }
        return "\nBài tập: \(story.title.vi)\n" + steps.joined(separator: "\n")
    }

    private static func temporaryFolder() throws -> String {
        var template = Array(((Settings.environment("TMPDIR") ?? "/tmp") + "/village-kiosk-demo-XXXXXX").utf8CString)
        guard let path = template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) else {
            throw CommandFailure(spoken: "Không tạo được thư mục tạm.", detail: String(cString: strerror(errno)))
        }
        return String(cString: path)
    }
}
