internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskStore
internal import KioskSync
internal import KioskVault
internal import Synchronization

/// A kiosk with its village head: the real store and the real engine.
final class SimulatedKiosk {
    /// What was sealed, to be found again.
    struct Sealed {
        /// What was typed into it, ever.
        var typed: [String]
        var digests: [String]
    }

    static let reason = JSONPointer("/stay/reason") ?? JSONPointer(tokens: [])
    /// The field that officers edit and no kiosk does.
    static let officers = JSONPointer("/guests/0/permanentAddress") ?? JSONPointer(tokens: [])
    private static let pin = "482915"
    private static let cost = Vault.PINCost(logN: 14, r: 8, p: 1)

    let number: Int
    let clock: SimulatedClock
    let line: SimulatedLine
    let folder: String
    private(set) var sealed: [String: Sealed] = [:]
    private(set) var order: [String] = []
    private(set) var bytesOfFiles = 0
    /// The citizen numbers that were typed here.
    private(set) var numbers: [String] = []
    private var store: UnlockedStore
    private var chance: Chance
    private let scenario: Scenario
    private let portal: SimulatedPortal
    private let catalogue: Catalogue
    private let log: @Sendable (String) -> Void
    private var words = 0

    init(
        _ number: Int, _ scenario: Scenario, portal: SimulatedPortal, catalogue: Catalogue, in folder: String,
        log: @escaping @Sendable (String) -> Void
    ) async throws {
        self.number = number
        self.scenario = scenario
        self.portal = portal
        self.catalogue = catalogue
        self.folder = folder
        self.log = log
        var chance = Chance(seed: scenario.seed &* 1_000_003 &+ UInt64(number))
        clock = SimulatedClock(seed: chance.next())
        line = SimulatedLine(portal, kiosk: number, clock: clock, scenario: scenario, seed: chance.next(), log: log)
        self.chance = chance
        let founding = KioskStore.Founding(
            kioskID: "sim-\(number)", portalSecret: "sim", portal: "http://127.0.0.1:1", village: "Thôn Mô Phỏng",
            operatorName: "Trưởng thôn", pin: Self.pin, pinCost: Self.cost)
        let founded = try await KioskStore.found(founding, in: folder, now: clock.now)
        store = try await founded.store.unlock(operatorName: nil, pin: Self.pin, catalogue: catalogue, now: clock.now)
    }

    // MARK: The day

    /// The village head's day: new dossiers, and what came back.
    ///
    /// - Parameter isThorough: whether everything that waits for a person is settled.
    func day(isThorough: Bool) async throws {
        if !isThorough {
            for _ in 0..<chance.int(0...2) { try await capture() }
        }
        for account in try await store.accountsAwaitingPerson() where isThorough || chance.oneIn(2) {
            let code = isThorough || !chance.oneIn(4) ? SimulatedPortal.code : "999999"
            try await store.enterCode(code, forAccount: account.id, now: clock.now)
        }
        for id in order where isThorough || chance.oneIn(2) { try await settle(id, isThorough: isThorough) }
    }

    private func word() -> String {
        words += 1
        return "Lý do số \(words) của máy \(number)"
    }

    private func answers(_ answers: JSONValue, reason: String) -> JSONValue {
        var answers = answers
        let (today, later) = (VietnamTime.day(of: clock.now), VietnamTime.day(of: clock.now.addingTimeInterval(2 * 86_400)))
        answers.set(.string("\(today)T19:30"), at: JSONPointer(tokens: ["stay", "from"]))
        answers.set(.string(later.description), at: JSONPointer(tokens: ["stay", "until"]))
        answers.set(.string(reason), at: Self.reason)
        return answers
    }

    private func capture() async throws {
        var form = catalogue.procedure("LUU_TRU")?.sample ?? .emptyObject
        let digits = String(String(chance.int(100_000...999_999)))
        numbers.append("099157" + digits)
        form.set(.string("099157" + digits), at: JSONPointer(tokens: ["applicant", "citizenId"]))
        let word = word()
        form = answers(form, reason: word)
        var files: [PlacedFile] = []
        for _ in 0..<chance.int(0...2) {
            let size = chance.oneIn(8) ? chance.int(300_000...600_000) : chance.int(1...3000)
            let seed = UInt8.random(in: 0...255, using: &chance)
            let writer = try await store.newAttachment(limit: size, now: clock.now)
            var bytes = [UInt8](repeating: seed, count: size)
            for index in 0..<min(size, 16) { bytes[index] = UInt8.random(in: 0...255, using: &chance) }
            try await writer.append(bytes)
            let file = try await writer.finish(now: clock.now)
            files.append(PlacedFile(component: "GIAY_TO_KHACH", fileName: "a.jpg", mediaType: "image/jpeg", file: file))
            bytesOfFiles += size
        }
        let id = try await store.fileDossier(
            procedure: "LUU_TRU", answers: form, files: files, sealing: .rehearsed(catalogue.consentText), now: clock.now
        ).id
        order.append(id)
        sealed[id] = Sealed(typed: [word], digests: files.map(\.file.sha256))
        if scenario.faults.contains(.duplicate), chance.oneIn(8) { portal.state.withLock { _ = $0.duplicates.insert(id) } }
        log("kiosk \(number) seals dossier \(order.count) with \(files.count) files")
    }

    /// What the village head does with a dossier.
    private func settle(_ id: String, isThorough: Bool) async throws {
        let detail = try await store.dossier(id)
        switch (detail.summary.state, detail.summary.status?.rawValue) {
        case (.conflict, _):
            if case .conflict(.edited(let divergence)) = detail.problem {
                var choices: [JSONPointer: Reconciliation.Choice] = [:]
                for clash in divergence.clashes {
                    // Nobody here insists on what an officer had written and the portal then lost.
                    let isOfficers = clash.pointer.tokens.last == Self.officers.tokens.last
                    choices[clash.pointer] = !isOfficers && chance.oneIn(2) ? .ours : .theirs
                }
                do {
                    _ = try await store.resolveConflict(of: id, choices: choices, now: clock.now)
                    return log("kiosk \(number) settles a conflict of dossier \(name(id))")
                } catch StoreError.notReady {
                    // What both sides make does not hold: the form is taken up again.
                }
            }
            if case .conflict(.absent) = detail.problem {
                try await store.sendAgain(id, now: clock.now)
                return log("kiosk \(number) sends dossier \(name(id)) again that the portal lost")
            }
            try await mend(id, officersAs: detail.portal?.answers[Self.officers])
        case (.rejected, let status):
            guard status.map({ PortalStatus(rawValue: $0).isOver }) != true else { return }
            try await mend(id)
        case (.draft, _): try await reseal(id)
        case (.delivered, "supplement-required"): try await mend(id)
        case (.delivered, "received") where !isThorough && chance.oneIn(6): try await mend(id)
        default: break
        }
    }

    /// - Parameter theirs: what the officer wrote; out of a conflict the form starts with what stood here.
    private func mend(_ id: String, officersAs theirs: JSONValue? = nil) async throws {
        try await store.reopen(id, now: clock.now)
        if let theirs {
            _ = try await store.changeDraft(of: id, now: clock.now) { $0.answers.set(theirs, at: Self.officers) }
        }
        try await reseal(id)
    }

    private func reseal(_ id: String) async throws {
        let word = word()
        let form = answers(try await store.draft(of: id).answers, reason: word)
        _ = try await store.changeDraft(of: id, now: clock.now) { $0.answers = form }
        sealed[id]?.typed.append(word)
        do {
            _ = try await store.seal(id, consent: .rehearsed(catalogue.consentText), acceptsWarnings: true, now: clock.now)
            log("kiosk \(number) seals dossier \(name(id)) again")
        } catch let error as StoreError {
            log("kiosk \(number) cannot seal dossier \(name(id)) yet: \(String(describing: error).prefix(40))")
        }
    }

    func name(_ id: String) -> String { order.firstIndex(of: id).map { String($0 + 1) } ?? "?" }

    // MARK: The night

    /// One night's run, as far as it comes.
    func night(isCalm: Bool) async throws {
        let options = Self.options(isCalm: isCalm)
        let crashing = CrashingStore(store, isBold: scenario.sabotage == .boldInDoubt)
        let isDown = !isCalm && scenario.faults.contains(.outage) && chance.oneIn(5)
        let rate = isCalm ? 0 : chance.pick([0, 3, 6, 12])
        line.state.withLock {
            $0.isDown = isDown
            $0.oneIn = rate
        }
        if isCalm {
            clock.set(error: 0)
        } else if scenario.faults.contains(.clock), chance.oneIn(8) {
            let error = chance.pick([0, 0, -3600, 7200, -3 * 31_536_000, 2 * 31_536_000])
            clock.set(error: Double(error))
            log("kiosk \(number): its clock is off by \(error) s")
        }
        let dies = !isCalm && scenario.faults.contains(.crash) && chance.oneIn(4)
        if dies { crashing.die(in: chance.int(0...25), after: chance.oneIn(2)) }
        do {
            let engine = SyncEngine(outbox: crashing, replica: crashing, portal: line, clock: clock, options: options)
            let report = try await engine.run()
            log(
                "kiosk \(number) sent \(report.delivered) dossiers, \(report.uploaded) files\(isDown ? ", the line was down" : "")"
            )
        } catch is Crash {
            log("kiosk \(number) dies in the run")
            line.noteCut()
            // Unlocking takes more time than all else: most of the time the same store goes on, whose state is the disk's anyway.
            if chance.oneIn(10) { try await reopen() }
        }
    }

    private static func options(isCalm: Bool) -> SyncEngine.Options {
        var options = SyncEngine.Options()
        // One at a time: what happens has one order.
        options.parallel = 1
        options.patience = isCalm ? 4000 : 300
        return options
    }

    private func reopen() async throws {
        store = try await KioskStore.open(folder: folder).unlock(
            operatorName: nil, pin: Self.pin, catalogue: catalogue, now: clock.now)
    }

    // MARK: What has to hold

    func standing() async throws -> OutboxStanding { try await store.standing() }

    func dossier(_ id: String) async throws -> DossierDetail { try await store.dossier(id) }

    func revisions(_ id: String) async throws -> [RevisionSummary] { try await store.revisions(of: id) }

    func states() async throws -> [DossierState: Int] { try await store.counts() }

    func draft(_ id: String) async throws -> JSONValue? { try? await store.draft(of: id).answers }
}
