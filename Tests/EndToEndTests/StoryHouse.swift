import Foundation
import JSONTree
import KioskTestSupport

/// A kiosk and a portal that tells one of the stories of `sync-fixtures/stories`, as `kiosk demo --story` does, but with the portal in a
/// process of its own.
struct StoryHouse {
    let house: House
    /// The ids of the story's dossiers, in its order.
    let dossiers: [String]

    /// The names of all stories.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: ShippedFiles.path(of: "sync-fixtures/stories"))
            .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }

    /// Begins a story: its portal's part is told, and the kiosk's dossiers are filed and sent as far as they go.
    ///
    /// - Parameter portalWords: further words for the portal's command.
    init(_ name: String, portalWords: [String] = []) async throws {
        let path = ShippedFiles.path(of: "sync-fixtures/stories/\(name).json")
        let text = try Data(contentsOf: URL(filePath: path))
        let tree = try JSONText.decode(JSONValue.self, from: text)
        house = try await House(
            settings: #"{"pin": {"logN": 14, "r": 8, "p": 1}, "sync": {"patienceSeconds": 0, "everyMinutes": 0}}"#,
            portalWords: portalWords)
        try await house.portal.tell(story: [UInt8](text))
        dossiers = try await Self.file(tree["dossiers"]?.arrayValue ?? [], in: house)
        if tree["sent"] != false { _ = try await house.json(["sync"], status: [0, 1, 3]) }
    }

    private static func file(_ told: [JSONValue], in house: House) async throws -> [String] {
        guard !told.isEmpty else { return [] }
        var ids: [String] = []
        for dossier in told {
            let procedure = dossier["procedure"]?.stringValue ?? ""
            var file = try await house.sampleFile(procedure)
            for (pointer, value) in dossier["answers"]?.objectValue ?? [:] {
                let place = JSONPointer(tokens: ["answers"] + (JSONPointer(pointer)?.tokens ?? []))
                guard file.set(dated(value), at: place) else { throw House.Failure("\(procedure): no place \(pointer)") }
            }
            let path = try house.folder.write("story-\(ids.count).json", [UInt8](try JSONText.encode(file)))
            var words = ["dossier", "new", "--procedure", procedure, "--answers", path]
            for component in dossier["papers"]?.arrayValue?.compactMap(\.stringValue) ?? [] {
                words += ["--attach", "\(component)=\(House.scan("giay-khai-sinh"))"]
            }
            ids.append(try await house.json(words)["id"]?.stringValue ?? "")
        }
        // As at a counter: with a reason for each warning, which the command line does not ask for.
        let served = try await ServedKiosk(house)
        for (id, dossier) in zip(ids, told) where dossier["draft"] != true {
            var review = [
                "consent.filing": "yes", "consent.keep-scans": "yes", "consent.contact": "yes", "consent.by": "applicant",
                "consent.evidence": "witnessed", "consent.reason": "Không có bút",
            ]
            for place in ["/applicant/citizenId", "/guests/@1/citizenId"] { review["r:\(place)"] = "Số mẫu để tập huấn" }
            try await served.post("/dossiers/\(id)/review", review)
        }
        try await served.stop()
        return ids
    }

    /// `today`, `today+3`, `todayT19:30` as a day or a time in Viet Nam.
    private static func dated(_ value: JSONValue) -> JSONValue {
        guard let text = value.stringValue, text.hasPrefix("today") else { return value }
        let parts = text.dropFirst(5).split(separator: "T", omittingEmptySubsequences: false)
        let day = Date().addingTimeInterval(7 * 3600 + 86_400 * (Double(parts[0]) ?? 0)).ISO8601Format().prefix(10)
        return .string(parts.count == 2 ? "\(day)T\(parts[1])" : String(day))
    }

    /// What the portal holds of the first dossier.
    func held() async throws -> PortalControl.Dossier? { try await house.portal.state().dossier(dossiers.first ?? "") }

    /// The worklist's rows: kind and whose.
    func rows() async throws -> [String] {
        try await house.json(["worklist"], status: [0, 3]).arrayValue?.compactMap { $0["kind"]?.stringValue } ?? []
    }
}
