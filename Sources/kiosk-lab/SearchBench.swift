internal import FoundationEssentials
internal import Glibc
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskVault

/// Searching many dossiers: what the index costs to build and to keep, and how long an answer takes.
enum SearchBench {
    static func run(count: Int) async throws {
        try await Bench.inTemporaryFolder { folder in
            let catalogue = try Bench.catalogue()
            let store = try await Bench.kiosk(
                in: folder + "/kiosk", portal: "http://127.0.0.1:1", catalogue: catalogue,
                cost: Vault.PINCost(logN: 14, r: 8, p: 1))
            let sample = catalogue.procedure("LUU_TRU")?.sample ?? .emptyObject
            for number in 0..<count {
                _ = try await store.fileDossier(
                    procedure: "LUU_TRU", answers: person(number, sample), files: [],
                    sealing: .rehearsed(store.catalogue.consentText), now: Date())
            }
            _ = try await store.dossiers(limit: 50)
            let before = resident()
            let first = try await Bench.seconds { _ = try await store.find("nguyen") }
            print("the first search of \(count), every label opened: \(Bench.milliseconds(first)) ms")
            print("resident memory of the index: \(Bench.rounded(Double(resident() - before) / 1_048_576, 1)) MB")
            for text in ["Nguyễn Thị Hương", "huong nguyen", "n", "0789", "thị 4567", "khongcoai", "099000012345"] {
                var times: [Double] = []
                for _ in 0..<100 { times.append(try await Bench.seconds { _ = try await store.find(text) }) }
                print("«\(text)», \(try await store.find(text).total) found: \(Bench.words(times))")
            }
            var pages: [Double] = []
            for _ in 0..<50 {
                pages.append(try await Bench.seconds { _ = try await store.dossiersByName(state: nil, limit: 26) })
            }
            print("a page by name: \(Bench.words(pages))")
            var saves: [Double] = []
            guard let id = try await store.dossiers(limit: 1).first?.id else { return }
            for number in 0..<200 {
                try await store.changeDraft(of: id, now: Date()) { $0.section = String(number) }
                saves.append(try await Bench.seconds { _ = try await store.find("nguyen") })
            }
            print("a search after one change: \(Bench.words(saves))")
        }
    }

    /// An invented resident.
    private static func person(_ number: Int, _ sample: JSONValue) -> JSONValue {
        let families = [
            "Nguyễn", "Trần", "Lê", "Phạm", "Bùi", "Hoàng", "Lò", "Vi", "Hà", "Quách", "Trương", "Đinh", "Cao", "Lương", "Phùng",
        ]
        let middles = ["Thị", "Văn", "Minh", "Thị Thu", "Đức", "Ngọc", "Hữu", "Xuân", "Thị Hồng", "Quốc"]
        let given = [
            "Hương", "Hường", "Hùng", "Hưng", "An", "Ân", "Bình", "Châu", "Dũng", "Đức", "Giang", "Hà", "Hải", "Hạnh", "Hiền",
            "Hoa", "Hòa",
            "Huệ", "Khánh", "Lan", "Linh", "Loan", "Long", "Mai", "Nam", "Nga", "Nụ", "Páo", "Phúc", "Quân", "Sơn", "Thắng",
            "Thủy", "Tú", "Vân",
        ]
        var random = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        func pick(_ texts: [String]) -> String {
            random = (random ^ (random >> 29)) &* 0xBF58_476D_1CE4_E5B9
            return texts[Int(random >> 33) % texts.count]
        }
        func name() -> JSONValue { .string("\(pick(families)) \(pick(middles)) \(pick(given))") }
        func digits(_ prefix: String, _ value: Int, _ width: Int) -> JSONValue {
            let text = String(value)
            return .string(prefix + String(repeating: "0", count: max(0, width - text.count)) + text)
        }
        var answers = sample
        let values: [(String, JSONValue)] = [
            ("/applicant/fullName", name()), ("/guests/0/fullName", name()), ("/applicant/citizenId", digits("0990", number, 8)),
            ("/guests/0/citizenId", digits("0381", number, 8)), ("/applicant/phone", digits("09", number, 8)),
        ]
        for (place, value) in values {
            if let pointer = JSONPointer(place) { answers.set(value, at: pointer) }
        }
        return answers
    }

    /// Bytes of memory in use.
    private static func resident() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
