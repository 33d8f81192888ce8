public import Foundation
public import JSONTree

/// Files that lie in the repository and are part of the product.
public enum ShippedFiles {
    /// The procedure catalogue that a kiosk comes with.
    ///
    /// - Throws: the error of reading.
    public static func catalogue() throws -> Data {
        try Data(contentsOf: root.appending(path: "kiosk-config/catalogue/catalogue.json"))
    }

    /// The table of days on which offices are closed that a kiosk comes with.
    ///
    /// - Throws: the error of reading.
    public static func holidays() throws -> Data {
        try Data(contentsOf: root.appending(path: "kiosk-config/holidays.json"))
    }

    /// A catalogue of two procedures, for tests of the catalogue itself.
    ///
    /// - Throws: the error of reading.
    public static func smallCatalogue() throws -> Data {
        try Data(contentsOf: root.appending(path: "sync-fixtures/small-catalogue.json"))
    }

    /// That catalogue of two procedures under another version and with a new question, «Số nhà», in both.
    ///
    /// - Parameter change: what else is changed.
    /// - Throws: the error of reading.
    public static func newerCatalogue(_ version: String, change: (inout JSONValue) -> Void = { _ in }) throws -> Data {
        var catalogue = try JSONText.decode(JSONValue.self, from: try smallCatalogue())
        catalogue.set(.string(version), at: JSONPointer(tokens: ["version"]))
        for (index, procedure) in (catalogue["procedures"]?.arrayValue ?? []).enumerated() {
            let place = JSONPointer(tokens: ["procedures", "\(index)", "sections", "0", "fields"])
            let label: JSONValue = ["vi": "Số nhà", "en": "House number"]
            let field: JSONValue = ["pointer": "/applicant/houseNumber", "type": "text", "label": label]
            let old = procedure["sections"]?.arrayValue?.first?["fields"]?.arrayValue ?? []
            catalogue.set(.array(old + [field]), at: place)
        }
        change(&catalogue)
        return try JSONText.encode(catalogue)
    }

    /// The files of a folder of `sync-fixtures`, by name.
    ///
    /// - Throws: the error of reading.
    public static func fixtures(_ folder: String) throws -> [(name: String, data: Data)] {
        let place = root.appending(path: "sync-fixtures/\(folder)")
        return try FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }.sorted { $0.path() < $1.path() }
            .map { ($0.lastPathComponent, try Data(contentsOf: $0)) }
    }

    /// The path of a file or folder of the repository, such as `sync-fixtures/tus_server.py`.
    public static func path(of name: String) -> String { root.appending(path: name).path(percentEncoded: false) }

    private static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }
}
