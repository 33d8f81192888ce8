internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskVault

/// A made year of dossiers: codes and times, nobody in it.
///
/// It is kept as the portal would tell it: a line for each dossier, its history in order. `sync-fixtures/year/count.py` counts the same
/// file on its own.
enum Year {
    /// Prints a year: `id,procedure,captured,sealed,sendBy,uploaded,due,history`, times in seconds since 1970, the history as
    /// `status@time` with spaces between.
    static func make(seed: UInt64, count: Int) throws {
        var chance = YearChance(state: seed)
        let catalogue = try Bench.catalogue()
        print("id,procedure,captured,sealed,sendBy,uploaded,due,history")
        for number in 0..<count { print(line(number, catalogue.procedures.map(\.code), &chance)) }
    }

    private static func line(_ number: Int, _ codes: [String], _ chance: inout YearChance) -> String {
        let code = chance.below(3) == 0 ? "LUU_TRU" : codes[chance.below(codes.count)]
        // From 1 November 2025 to 15 December 2026, so that dossiers cross both ends of the year.
        let captured = 1_761_930_000 + chance.below(409 * 86_400)
        let sealed = captured + 300 + chance.below(3600)
        let sendBy = code == "LUU_TRU" ? String(captured + chance.below(12 * 3600)) : ""
        guard chance.below(40) > 0 else { return "d\(number),\(code),\(captured),\(sealed),\(sendBy),,," }
        var time = sealed + 60 + chance.below(chance.below(4) == 0 ? 20 * 86_400 : 86_400)
        let uploaded = time
        var history: [String] = []
        if chance.below(12) == 0 {
            history.append(
                "rejected:\(["population-mismatch", "unreadable-scan", "missing-component"][chance.below(3)])@\(sealed + 30)")
        }
        history.append("received@\(time)")
        let due = chance.below(5) == 0 ? String(time + (2 + chance.below(8)) * 86_400) : ""
        func later(_ days: Int) -> Int { 600 + chance.below(days * 86_400) }
        for status in ["accepted", "processing"] where chance.below(10) > 0 {
            time += later(1)
            history.append("\(status)@\(time)")
        }
        if chance.below(8) == 0 {
            time += later(3)
            history.append("supplement-required@\(time)")
            time += later(4)
            history.append("processing@\(time)")
        }
        if chance.below(15) > 0 {
            time += later(11)
            history.append("\(["resolved", "resolved", "resolved", "resolved", "refused", "withdrawn"][chance.below(6)])@\(time)")
            if history.last?.hasPrefix("resolved") == true, chance.below(2) == 0 {
                time += later(5)
                history.append("returned@\(time)")
            }
        }
        return "d\(number),\(code),\(captured),\(sealed),\(sendBy),\(uploaded),\(due),\(history.joined(separator: " "))"
    }

    /// Reads a year back.
    static func read(_ path: String) throws -> (facts: [DossierFact], returns: [ReturnFact]) {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var facts: [DossierFact] = []
        var returns: [ReturnFact] = []
        for line in text.split(separator: "\n").dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard cells.count == 8, let captured = time(cells[2]), let sealed = time(cells[3]) else {
                throw LabError("\(path): «\(line)» is no dossier")
            }
            var fact = DossierFact(
                id: cells[0], procedure: cells[1], capturedAt: captured, sealedAt: sealed, sendBy: time(cells[4]),
                uploadedAt: time(cells[5]), dueAt: time(cells[6]))
            for step in cells[7].split(separator: " ") {
                let parts = step.split(separator: "@").map(String.init)
                guard parts.count == 2, let at = time(parts[1]) else { throw LabError("\(path): «\(step)» is no step") }
                add(parts[0], at, to: &fact, &returns)
            }
            facts.append(fact)
        }
        return (facts, returns)
    }

    private static func add(_ step: String, _ at: Date, to fact: inout DossierFact, _ returns: inout [ReturnFact]) {
        let status = PortalStatus(rawValue: step)
        if step.hasPrefix("rejected:") {
            returns.append(ReturnFact(dossier: fact.id, at: at, code: String(step.dropFirst("rejected:".count))))
            fact.firstReturnAt = fact.firstReturnAt ?? at
            return
        }
        if step == "received" { fact.receivedAt = at }
        if status == .supplementRequired || status == .refused {
            returns.append(ReturnFact(dossier: fact.id, at: at, code: step))
            fact.firstReturnAt = fact.firstReturnAt ?? at
        }
        if status.isOver, fact.settledAt == nil { (fact.settledAt, fact.settledAs) = (at, status) }
    }

    private static func time(_ text: String) -> Date? { Double(text).map { Date(timeIntervalSince1970: $0) } }

    /// Puts a year into a kiosk's store and prints the figures of its months, quarters and the year, a JSON object a line.
    static func figures(of path: String, year: Int) async throws {
        let (facts, returns) = try read(path)
        let calendar = try workingDays()
        try await Bench.inTemporaryFolder { folder in
            let store = try await kiosk(in: folder)
            try await store.takeFacts(facts, returns: returns)
            let parts: [ReportPeriod.Part] =
                (1...12).map { .month($0) } + (1...4).map { .quarter($0) } + [.half(1), .half(2), .nineMonths, .year]
            for period in parts.compactMap({ ReportPeriod(year: year, part: $0) }) {
                let figures = try await store.report(
                    period, cutOff: ReportPeriod.usualCutOff, calendar: calendar, now: .distantFuture)
                print(String(decoding: try JSONText.encode(figures), as: UTF8.self))
            }
        }
    }

    static func workingDays() throws -> WorkingDays {
        try WorkingDays(json: Data((EmbeddedAssets.files["holidays.json"] ?? "").utf8))
    }

    static func kiosk(in folder: String) async throws -> UnlockedStore {
        try await Bench.kiosk(
            in: folder + "/kiosk", portal: "http://127.0.0.1:1", catalogue: try Bench.catalogue(),
            cost: Vault.PINCost(logN: 14, r: 8, p: 1))
    }
}

/// Numbers from a seed (SplitMix64), the same on every machine.
struct YearChance {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
}
