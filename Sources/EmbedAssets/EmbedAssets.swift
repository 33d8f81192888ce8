import Foundation
import PackagePlugin

/// Turns the real files under a target's `Assets` folder (and, for the programs, the package's `kiosk-config`, sample scans and stories)
/// into one Swift file of raw string literals, so that the binary can be moved alone.
@main
struct EmbedAssets: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        var folders = [target.directoryURL.appending(path: "Assets")]
        if target.name == "kiosk" || target.name == "kiosk-lab" {
            // The settings' defaults and the catalogue; and the sample scans, for the demonstration.
            folders = ["kiosk-config", "sync-fixtures/scans"].map { context.package.directoryURL.appending(path: $0) }
        }
        if target.name == "kiosk-lab" {
            // The pages' own measures, which the benchmark runs in a browser.
            folders.append(context.package.directoryURL.appending(path: "Sources/KioskWeb/Assets"))
        }
        var (arguments, inputs) = (folders.map { $0.path() }, folders.flatMap { files(below: $0) })
        if target.name == "kiosk" {
            let stories = context.package.directoryURL.appending(path: "sync-fixtures/stories")
            arguments.append("stories/=" + stories.path())
            inputs += files(below: stories)
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedAssets.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(inputs.count) assets of \(target.name)",
                executable: try context.tool(named: "asset-embedder").url,
                arguments: [output.path()] + arguments,
                inputFiles: inputs,
                outputFiles: [output])
        ]
    }

    private func files(below folder: URL) -> [URL] {
        let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
        return (walker?.allObjects as? [URL] ?? [])
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
            .sorted { $0.path() < $1.path() }
    }
}
