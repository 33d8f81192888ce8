internal import FoundationEssentials
internal import TrainingPortal

extension Command {
    static let portal = Command(
        words: ["portal"], summary: "runs the training portal with its officer's desk, alone",
        details: "For training and tests on this machine only; it is not the real portal.",
        flags: [
            Flag(name: "port", value: "N", help: "its port (default 8470; 0: any free one)"),
            Flag(
                name: "files-folder", value: "DIR",
                help: "the folder of another tus server that takes the files (the kiosk's portal.filesURL)"),
            Flag(
                name: "largest-file", value: "BYTES",
                help: "the largest file that it takes (default 314572800); larger ones get 413"),
        ]
    ) { invocation in
        let port = try invocation.port("port") ?? 8470
        guard invocation["data"] != nil else {
            throw UsageError("--data DIR is missing: the portal's own folder, not the kiosk's")
        }
        let catalogue = try Settings.load(invocation).catalogueForPortal()
        var options = TrainingPortalOptions(dataFolder: Settings.dataFolder(invocation), port: port, catalogue: catalogue)
        options.filesElsewhere = invocation["files-folder"].map { .folder(Settings.absolute($0)) }
        if let text = invocation["largest-file"] {
            guard let bytes = Int(text), bytes > 0 else { throw UsageError("--largest-file wants a number of bytes") }
            options.maxFileBytes = bytes
        }
        let portal = try TrainingPortal(options) { Terminal.complain("portal: \($0)") }
        Terminal.say("Cổng tập huấn (bàn cán bộ): \(portal.address)/")
        try await Interruption.cancelling { try await portal.run() }
        return ExitStatus.done
    }
}
