internal import FoundationEssentials
internal import JSONTree
internal import KioskSimulation
internal import KioskSync

/// Random flat records changed on two sides, with what the merge makes of them, one JSON object a line: what an independent
/// oracle (`sync-fixtures/check_merge.py`, SQLite's session extension) is held against.
enum MergeCases {
    static func run(seed: Int, count: Int) throws {
        var random = Chance(seed: UInt64(truncatingIfNeeded: seed))
        for _ in 0..<count {
            let base = records(&random)
            let ours = edited(base, added: "7", &random)
            let theirs = edited(base, added: "8", &random)
            let merge = Merge.merge(base: base, ours: ours, theirs: theirs, policy: .resident)
            let line = JSONValue.object([
                "base": base, "ours": ours, "theirs": theirs, "merged": merge.value ?? .null,
                "clashes": .array(merge.clashes.map { .string($0.pointer.description) }),
            ])
            print(String(decoding: try JSONText.encode(line), as: UTF8.self))
        }
    }

    private static let names = ["a", "b", "c"]

    private static func value(_ random: inout Chance) -> JSONValue {
        .string(["1", "2", "3", "4"][Int.random(in: 0...3, using: &random)])
    }

    private static func record(_ id: String, _ random: inout Chance) -> JSONValue {
        var members: [String: JSONValue] = ["id": .string(id)]
        for name in names { members[name] = value(&random) }
        return .object(members)
    }

    private static func records(_ random: inout Chance) -> JSONValue {
        .array((0..<Int.random(in: 0...4, using: &random)).map { record(String($0), &random) })
    }

    private static func edited(_ base: JSONValue, added id: String, _ random: inout Chance) -> JSONValue {
        var list = base.arrayValue ?? []
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            switch Int.random(in: 0...5, using: &random) {
            case 0 where !list.isEmpty: list.remove(at: Int.random(in: 0..<list.count, using: &random))
            case 1 where !list.contains(where: { $0["id"]?.stringValue == id }): list.append(record(id, &random))
            // The same record made on both sides.
            case 2 where !list.contains(where: { $0["id"] == "9" }): list.append(record("9", &random))
            default:
                guard !list.isEmpty else { continue }
                let place = JSONPointer(tokens: [names[Int.random(in: 0...2, using: &random)]])
                list[Int.random(in: 0..<list.count, using: &random)].set(value(&random), at: place)
            }
        }
        return .array(list)
    }
}
