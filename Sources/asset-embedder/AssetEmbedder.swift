import Foundation

/// `asset-embedder OUTPUT FOLDER…` writes every file below the folders as a raw string literal into one Swift file, under its path in
/// the folder; `PREFIX=FOLDER` puts something before it.
///
/// A file that is no UTF-8 text becomes base64 text.
///
/// A literal of 1 MB compiles in 2 s where SwiftPM's own `.embedInCode` (an array of bytes) needs minutes.
@main
struct AssetEmbedder {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else {
            FileHandle.standardError.write(Data("usage: asset-embedder OUTPUT FOLDER…\n".utf8))
            exit(2)
        }
        var source = "// Made by asset-embedder from the files below Assets. Do not edit.\n"
        source += "enum EmbeddedAssets {\n    static let files: [String: String] = [\n"
        var count = 0
        for argument in arguments.dropFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let (prefix, folder) = parts.count == 2 ? (parts[0], parts[1]) : ("", argument)
            let root = URL(filePath: folder, directoryHint: .isDirectory)
            let names = (try? FileManager.default.subpathsOfDirectory(atPath: root.path())) ?? []
            for name in names.sorted() {
                let file = root.appending(path: name)
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: file.path(), isDirectory: &isFolder), !isFolder.boolValue else {
                    continue
                }
                let data = try Data(contentsOf: file)
                let text = String(data: data, encoding: .utf8) ?? data.base64EncodedString()
                source += "        \"\(prefix)\(name)\": \(literal(text)),\n"
                count += 1
            }
        }
        source += count == 0 ? "        :\n" : ""
        source += "    ]\n}\n"
        try Data(source.utf8).write(to: URL(filePath: output))
    }

    private static func literal(_ text: String) -> String {
        var fence = "#"
        while text.contains("\"\"\"" + fence) || text.contains("\\" + fence) { fence += "#" }
        return "\(fence)\"\"\"\n\(text)\n\"\"\"\(fence)"
    }
}
