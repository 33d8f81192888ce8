internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskWeb
internal import TrainingPortal

/// The stories that `kiosk demo --story` tells (`sync-fixtures/stories`), and how the kiosk begins one.
enum DemoStory {
    /// The names of the stories in the program.
    static var names: [String] {
        EmbeddedAssets.files.keys.compactMap { name in
            name.hasPrefix("stories/") && name.hasSuffix(".json") ? String(name.dropFirst(8).dropLast(5)) : nil
        }.sorted()
    }

    /// A story of the program by its name, or one of a file.
    ///
    /// - Throws: `UsageError` for a name that is none, `CommandFailure` with the place of a fault in the file.
    static func load(_ name: String) throws -> Story {
        let isFile = name.contains("/") || name.hasSuffix(".json")
        let json: Data
        if isFile {
            json = try Files.read(name, what: "--story")
        } else if let text = EmbeddedAssets.files["stories/\(name).json"] {
            json = Data(text.utf8)
        } else {
            throw UsageError("there is no story \(name); known are \(names.joined(separator: ", ")), or a file's path")
        }
        do {
            return try Story(json: json)
        } catch {
            throw CommandFailure(spoken: "Câu chuyện tập huấn \(name) có lỗi.", detail: "\(name): \(error)")
        }
    }

    /// What is printed for `--story list`.
    static func list() throws -> String {
        try names.map { name in
            let title = try load(name).title
            return "\(name)\n    \(title.vi)\n    \(title.en)"
        }.joined(separator: "\n")
    }
}

extension Story {
    /// As the pages show it.
    var trainingTask: TrainingTask {
        TrainingTask(title: title.localText, steps: task.map(\.localText))
    }
}

extension Story.Words {
    fileprivate var localText: LocalText { LocalText(vi: vi, en: en) }
}

extension DemoHouse {
    /// Makes the dossiers of a story.
    func fill(_ store: UnlockedStore, with story: Story) async throws {
        for dossier in story.dossiers { try await file(dossier, store) }
        if story.isSent { try await sync(store) }
    }

    private func file(_ dossier: Story.Dossier, _ store: UnlockedStore) async throws {
        guard let procedure = store.catalogue.procedure(dossier.procedure) else {
            throw CommandFailure(
                spoken: "Câu chuyện tập huấn có thủ tục không còn trong danh mục.", detail: "no procedure \(dossier.procedure)")
        }
        var answers = procedure.sample ?? .emptyObject
        for (pointer, value) in (dossier.answers ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let place = JSONPointer(pointer), answers.set(Story.dated(value, now: Date()), at: place) else {
                throw CommandFailure(
                    spoken: "Câu chuyện tập huấn có câu trả lời không đặt được vào tờ khai.",
                    detail: "\(dossier.procedure): \(pointer) cannot be reached in the sample")
            }
        }
        var files: [PlacedFile] = []
        for component in dossier.papers ?? [] {
            files.append(try await scan(Self.sampleScan(of: component), component: component, store))
        }
        guard dossier.draft == true else {
            _ = try await store.fileDossier(
                procedure: dossier.procedure, answers: answers, files: files, sealing: .rehearsed(store.catalogue.consentText),
                now: Date())
            return
        }
        let id = try await store.beginDossier(procedure: dossier.procedure, now: Date())
        let filled = answers
        try await store.changeDraft(of: id, now: Date()) { $0.answers = filled }
        for file in files { try await store.addPaper(file, to: id, now: Date()) }
    }

    private static func sampleScan(of component: String) -> String {
        switch component {
        case "TO_KHAI_CT01": "to-khai-ct01.png"
        case "DONG_Y_CHU_HO": "dong-y-chu-ho.png"
        default: "giay-khai-sinh.png"
        }
    }
}
