internal import FoundationEssentials
internal import Glibc
internal import JSONTree
internal import KioskDomain
internal import KioskSimulation
internal import KioskStore
internal import KioskSync
internal import KioskTransport
internal import KioskVault
internal import TrainingPortal

/// Two machines and an officer, and what each of them typed and saw.
final class InterleavedWorld {
    /// What was played.
    struct Tally: CustomStringConvertible {
        var words = 0
        var clashes = 0
        var merges = 0
        var closed = 0
        var description: String { "\(words) words, \(clashes) clashes, \(merges) merges, \(closed) settled" }

        static func += (sum: inout Tally, other: Tally) {
            sum.words += other.words
            sum.clashes += other.clashes
            sum.merges += other.merges
            sum.closed += other.closed
        }
    }

    /// Something that must not be.
    struct Broken: Error {
        let dossier: String
        let what: String
    }

    struct Machine {
        let name: String
        let store: UnlockedStore
    }

    static let reason = JSONPointer(tokens: ["stay", "reason"])
    static let guests = JSONPointer(tokens: ["guests"])

    var tally = Tally()
    var chance: Chance
    let portal: TrainingPortal
    let catalogue: Catalogue
    var machines: [Machine] = []
    var ids: [String] = []
    let clock = FastClock()
    let officer: PortalConnection
    /// Who typed each word, by the dossier.
    var typed: [String: [String: String]] = [:]
    /// Words that a machine was given for good, so that they have to stand in a revision.
    var given: [String: Set<String>] = [:]
    /// Words that somebody took away who saw them.
    var takenAway: [String: Set<String>] = [:]
    /// Clashes ever shown, and those that a machine shows now.
    var shown: [String: Set<String>] = [:]
    var open: [String: Set<String>] = [:]
    var closed: Set<String> = []
    var lines: [String: [String]] = [:]
    var numbers = 0

    init(_ seed: UInt64, portal: TrainingPortal, catalogue: Catalogue, in folder: String) async throws {
        chance = Chance(seed: seed)
        self.portal = portal
        self.catalogue = catalogue
        officer = try Self.connection(portal)
        let cost = Vault.PINCost(logN: 14, r: 8, p: 1)
        let first = try await Bench.kiosk(in: folder + "/a", portal: portal.address, catalogue: catalogue, cost: cost)
        let sample = catalogue.procedure("LUU_TRU")?.sample ?? .emptyObject
        for _ in 0..<Interleave.dossiersInAWorld {
            ids.append(
                try await first.fileDossier(
                    procedure: "LUU_TRU", answers: sample, files: [], sealing: .rehearsed(catalogue.consentText), now: clock.now
                ).id)
        }
        machines = [Machine(name: "kiosk A", store: first)]
        try await sync(0)
        try FileManager.default.copyItem(atPath: folder + "/a", toPath: folder + "/b")
        let copy = try await KioskStore.open(folder: folder + "/b")
            .unlock(operatorName: nil, pin: Bench.pin, catalogue: catalogue, now: clock.now)
        machines.append(Machine(name: "kiosk B", store: copy))
    }

    private static func connection(_ portal: TrainingPortal) throws -> PortalConnection {
        PortalConnection(address: try PortalAddress(portal.address), kioskID: "kiosk-lab", secret: "lab", now: { Date() })
    }

    func history(of dossier: String) -> [String] { lines[dossier] ?? [] }

    func note(_ dossier: String, _ line: String) { lines[dossier, default: []].append(line) }

    // MARK: The play

    func play() async throws {
        for _ in 0..<(ids.count * 7) {
            await clock.sleep(seconds: 60)
            let id = chance.pick(ids)
            switch chance.int(0...99) {
            case 0..<44: try await act(chance.int(0...1), id, isThorough: false)
            case 44..<82: try await officerActs(id)
            default: try await sync(chance.int(0...1))
            }
        }
        try await settle()
        for id in ids { try await judge(id) }
    }

    /// Syncs and decides until nothing is left; it has to come to an end.
    private func settle() async throws {
        for _ in 0..<12 {
            var isCalm = true
            for index in machines.indices {
                for id in ids where try await act(index, id, isThorough: true) { isCalm = false }
                let before = try await machines[index].store.standing()
                try await sync(index)
                let after = try await machines[index].store.standing()
                if before.pending > 0 || after.pending > 0 || after.conflicts > 0 { isCalm = false }
            }
            if isCalm { return }
        }
        for machine in machines {
            for id in ids {
                let state = try await machine.store.dossier(id).summary.state
                guard state == .delivered else {
                    throw Broken(
                        dossier: id,
                        what:
                            "\(machine.name) never comes to rest: \(state.rawValue), \(try await machine.store.queue(now: clock.now).filter { $0.subject == id })"
                    )
                }
            }
        }
    }

    private func sync(_ index: Int) async throws {
        await clock.sleep(seconds: 60)
        var options = SyncEngine.Options()
        // One at a time: what happens has one order.
        options.parallel = 1
        let store = machines[index].store
        let connection = try Self.connection(portal)
        _ = try await SyncEngine(outbox: store, replica: store, portal: connection, clock: clock, options: options).run()
        for id in ids { try await look(index, id, after: "a sync") }
    }

    private func word(_ id: String, by name: String) -> String {
        numbers += 1
        tally.words += 1
        let word = "Lời \(numbers)"
        typed[id, default: [:]][word] = name
        return word
    }

    /// Somebody who saw a value takes it away.
    private func takeAway(_ value: JSONValue?, of id: String) {
        for word in words(in: value) { takenAway[id, default: []].insert(word) }
    }

    func words(in value: JSONValue?) -> [String] {
        switch value {
        case .string(let text): text.hasPrefix("Lời ") ? [text] : []
        case .array(let elements): elements.flatMap { words(in: $0) }
        case .object(let members): members.values.flatMap { words(in: $0) }
        default: []
        }
    }

    // MARK: A village head

    /// What the village head at a machine does with a dossier.
    ///
    /// - Returns: whether there was anything to do.
    @discardableResult
    private func act(_ index: Int, _ id: String, isThorough: Bool) async throws -> Bool {
        let (name, store) = (machines[index].name, machines[index].store)
        let detail = try await store.dossier(id)
        switch detail.summary.state {
        case .delivered where !isThorough && !closed.contains(id):
            guard detail.summary.status?.isOver != true else { return false }
            try await store.reopen(id, now: clock.now)
            note(id, "\(name) opens the form")
            try await type(index, id)
            if !chance.oneIn(3) { try await seal(index, id) }
        case .draft where detail.summary.status?.isOver == true:
            given[id, default: []].formUnion(words(in: detail.answers))
            try await store.stopMending(id, now: clock.now)
            note(id, "\(name) stops mending what the portal settled")
        case .draft:
            if !isThorough, chance.oneIn(2) { try await type(index, id) }
            try await seal(index, id)
        case .conflict where isThorough || chance.oneIn(2):
            guard case .conflict(.edited(let divergence)) = detail.problem else {
                throw Broken(dossier: id, what: "\(name): a conflict of another kind")
            }
            try await decide(index, id, divergence)
        default: return false
        }
        try await look(index, id, after: "\(name)'s work")
        return true
    }

    /// Changes something in the open form: the reason, a guest's address, a guest more or fewer.
    private func type(_ index: Int, _ id: String) async throws {
        let (name, store) = (machines[index].name, machines[index].store)
        for _ in 0..<chance.int(1...2) {
            var answers = try await store.draft(of: id).answers
            var list = answers[Self.guests]?.arrayValue ?? []
            switch chance.int(0...5) {
            case 0 where list.count > 1:
                let gone = list.remove(at: chance.int(0...list.count - 1))
                takeAway(gone, of: id)
                note(id, "\(name) takes guest \(gone["id"]?.stringValue ?? "") out")
                answers.set(.array(list), at: Self.guests)
            case 1:
                let address = word(id, by: name)
                list.append(guest("\(name.last.map(String.init) ?? "")\(numbers)", address: address))
                note(id, "\(name) adds a guest of «\(address)»")
                answers.set(.array(list), at: Self.guests)
            case 2 where !list.isEmpty, 3 where !list.isEmpty:
                let number = chance.int(0...list.count - 1)
                let place = Self.guests.appending(String(number)).appending("permanentAddress")
                takeAway(answers[place], of: id)
                let address = word(id, by: name)
                note(id, "\(name) types «\(address)» for guest \(list[number]["id"]?.stringValue ?? "")")
                answers.set(.string(address), at: place)
            default:
                takeAway(answers[Self.reason], of: id)
                let word = word(id, by: name)
                note(id, "\(name) types «\(word)» as the reason")
                answers.set(.string(word), at: Self.reason)
            }
            _ = try await store.changeDraft(of: id, now: clock.now) { [answers] in $0.answers = answers }
        }
    }

    private func guest(_ id: String, address: String) -> JSONValue {
        [
            "id": .string(id), "fullName": "Hà Văn Khách", "birthDate": "1990", "sex": "male", "document": "khong",
            "permanentAddress": .string(address),
        ]
    }

    private func seal(_ index: Int, _ id: String) async throws {
        // Each side took another guest out and none is left: the form wants one.
        let draft = try await machines[index].store.draft(of: id).answers
        if draft[Self.guests]?.arrayValue?.isEmpty != false {
            let address = word(id, by: machines[index].name)
            let guest = guest("\(machines[index].name.suffix(1))\(numbers)", address: address)
            note(id, "\(machines[index].name) adds a guest of «\(address)», for none is left")
            _ = try await machines[index].store.changeDraft(of: id, now: clock.now) {
                $0.answers.set(.array([guest]), at: Self.guests)
            }
        }
        given[id, default: []].formUnion(words(in: try await machines[index].store.draft(of: id).answers))
        let sealed = try await machines[index].store.seal(
            id, consent: .rehearsed(catalogue.consentText), acceptsWarnings: true, now: clock.now)
        note(id, "\(machines[index].name) seals it: \(sealed.state.rawValue)")
    }

    private func decide(_ index: Int, _ id: String, _ divergence: Divergence) async throws {
        let (name, store) = (machines[index].name, machines[index].store)
        if chance.oneIn(4) || !divergence.broken.isEmpty {
            // The form is taken up again instead; it shows both sides and starts with ours.
            for clash in divergence.clashes { takeAway(clash.theirs, of: id) }
            try await store.reopen(id, now: clock.now)
            open["\(name) \(id)"] = []
            note(id, "\(name) takes the form up again out of the conflict")
            return try await seal(index, id)
        }
        var choices: [JSONPointer: Reconciliation.Choice] = [:]
        for clash in divergence.clashes {
            let isText = (clash.ours ?? clash.theirs)?.stringValue != nil
            switch chance.int(0...(isText ? 4 : 3)) {
            case 0...1:
                choices[clash.pointer] = .ours
                takeAway(clash.theirs, of: id)
            case 2...3:
                choices[clash.pointer] = .theirs
                takeAway(clash.ours, of: id)
            default:
                takeAway(clash.ours, of: id)
                takeAway(clash.theirs, of: id)
                choices[clash.pointer] = .value(.string(word(id, by: name)))
            }
        }
        for case .value(let value) in choices.values { given[id, default: []].formUnion(words(in: value)) }
        let sealed: UnlockedStore.Sealed
        do {
            sealed = try await store.resolveConflict(of: id, choices: choices, now: clock.now)
        } catch StoreError.notReady {
            // What was chosen does not hold together: the form is taken up again.
            try await store.reopen(id, now: clock.now)
            open["\(name) \(id)"] = []
            note(id, "\(name) takes the form up again: the choices do not hold")
            return try await seal(index, id)
        }
        open["\(name) \(id)"] = []
        note(id, "\(name) decides \(choices.map { "\($0.key): \($0.value)" }.sorted()): \(sealed.state.rawValue)")
    }

    // MARK: The officer

    private func officerActs(_ id: String) async throws {
        guard !closed.contains(id), let held = try await officer.dossier(id) else { return }
        if chance.oneIn(60) {
            try await portal.perform(.refuse(remark: "Không giải quyết"), on: id)
            closed.insert(id)
            tally.closed += 1
            return note(id, "the officer refuses it")
        }
        if held.status.rawValue == "received", chance.oneIn(8) {
            note(id, "the officer accepts it")
            return try await portal.perform(.accept, on: id)
        }
        let list = held.answers[Self.guests]?.arrayValue ?? []
        let word = word(id, by: "the officer")
        let place: JSONPointer
        let value: JSONValue
        switch chance.int(0...3) {
        case 0:
            place = Self.guests
            value = .array(list + [guest("o\(numbers)", address: word)])
        case 1 where list.count > 1:
            let number = chance.int(0...list.count - 1)
            takeAway(list[number], of: id)
            takeAway(.string(word), of: id)
            typed[id]?[word] = nil
            place = Self.guests
            value = .array(list.enumerated().filter { $0.offset != number }.map(\.element))
        case 2 where !list.isEmpty:
            place = Self.guests.appending(String(chance.int(0...list.count - 1))).appending("permanentAddress")
            takeAway(held.answers[place], of: id)
            value = .string(word)
        default:
            place = Self.reason
            takeAway(held.answers[place], of: id)
            value = .string(word)
        }
        note(id, "the officer puts at \(place): \(value.text)")
        try await portal.perform(.editField(pointer: "/fields\(place)", value: value), on: id)
    }
}

extension JSONValue {
    var text: String { (try? JSONText.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "?" }
}
