internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskSync
internal import Synchronization

/// A kiosk's way to the portal, and what goes wrong on it.
final class SimulatedLine: PortalClient {
    struct State {
        var chance: Chance
        /// One call in so many meets a fault; 0: none.
        var oneIn = 0
        var isDown = false
        var traffic = Traffic()
        /// Faults that cost bytes of files, since the beginning.
        var cuts = 0
    }

    let state: Mutex<State>
    private let portal: SimulatedPortal
    private let kiosk: Int
    private let clock: SimulatedClock
    private let scenario: Scenario
    private let log: @Sendable (String) -> Void

    init(
        _ portal: SimulatedPortal, kiosk: Int, clock: SimulatedClock, scenario: Scenario, seed: UInt64,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.portal = portal
        self.kiosk = kiosk
        self.clock = clock
        self.scenario = scenario
        self.log = log
        state = Mutex(State(chance: Chance(seed: seed)))
    }

    private enum Fault {
        case before(PortalFailure)
        case after(PortalFailure)
        /// So much of the body arrives.
        case cut(share: Double)
        /// The portal forgets the upload.
        case lost
        /// The kiosk's clock is set to so many seconds off, as a machine's is that gets the time when its line comes up.
        case clock(error: Double)
    }

    var traffic: Traffic { state.withLock { $0.traffic } }

    /// What happens to a call; nil: nothing.
    private func draw(_ call: String) -> (fault: Fault, name: String)? {
        let drawn: (Fault, String)? = state.withLock { state in
            if state.isDown { return (.before(.line(mayHaveActed: false)), "down") }
            guard state.chance.oneIn(state.oneIn) else { return nil }
            let kinds = scenario.faults.filter { Self.ofCalls.contains($0) }.sorted { $0.rawValue < $1.rawValue }
            guard !kinds.isEmpty else { return nil }
            let kind = state.chance.pick(kinds)
            return Self.fault(of: kind, call, &state.chance).map { ($0, kind.rawValue) }
        }
        if let drawn, drawn.1 != "down" { log("\(call): \(drawn.1)") }
        return drawn
    }

    private static let ofCalls: Set<FaultKind> = [
        .lostRequest, .lostAnswer, .cutBody, .busy, .failing, .garbage, .unauthenticated, .uploads, .clock,
    ]

    private static func fault(of kind: FaultKind, _ call: String, _ chance: inout Chance) -> Fault? {
        switch kind {
        case .lostRequest: return .before(.line(mayHaveActed: chance.oneIn(2)))
        case .lostAnswer: return .after(.line(mayHaveActed: true))
        case .cutBody: return call == "append" || call == "create" ? .cut(share: Double(chance.int(0...9)) / 10) : nil
        case .busy: return .before(.busy(retryAfter: chance.oneIn(2) ? nil : Double(chance.int(1...90))))
        case .failing:
            let failure = PortalFailure.failing(
                retryAfter: chance.oneIn(2) ? nil : Double(chance.int(1...90)), mayHaveActed: true)
            return chance.oneIn(2) ? .before(failure) : .after(failure)
        case .garbage: return chance.oneIn(2) ? .before(.notThePortal) : .after(.notThePortal)
        case .unauthenticated: return .before(.unauthenticated)
        case .uploads:
            guard ["append", "offset"].contains(call) else { return nil }
            return chance.oneIn(2) ? .lost : .before(.uploadHeld(retryAfter: Double(chance.int(1...20))))
        case .clock: return .clock(error: Double(chance.pick([0, -3600, 7200, -3 * 31_536_000, 2 * 31_536_000])))
        case .outage, .crash, .officers, .restored, .duplicate: return nil
        }
    }

    private func play<Answer>(
        _ call: String, cut: (Double) -> Void = { _ in }, lose: () -> Void = {},
        _ work: () throws(PortalFailure) -> Answer
    ) throws(PortalFailure) -> Answer {
        clock.pass(0.3)
        switch draw(call)?.fault {
        case nil: return try work()
        case .before(let failure): throw failure
        case .after(let failure):
            _ = try work()
            throw failure
        case .cut(let share):
            cut(share)
            throw .line(mayHaveActed: true)
        case .lost:
            lose()
            return try work()
        case .clock(let error):
            clock.set(error: error)
            return try work()
        }
    }

    private func read(_ bytes: OutgoingBytes) throws(PortalFailure) -> [UInt8] {
        guard let all = bytes.all() else { throw .line(mayHaveActed: false) }
        return all
    }

    private func count(_ bytes: [UInt8]) {
        state.withLock {
            $0.traffic.sent += bytes.count
            $0.traffic.fileBytes += bytes.count
        }
    }

    /// A piece that was under way may have to be sent again.
    func noteCut() { state.withLock { $0.cuts += 1 } }

    // MARK: The calls

    func health() async throws(PortalFailure) { try play("health") { () } }

    func changes(after cursor: String?) async throws(PortalFailure) -> ChangeBatch {
        try play("changes") { () throws(PortalFailure) in try portal.changes(of: kiosk, after: cursor) }
    }

    func catalogue(etag: String?) async throws(PortalFailure) -> CatalogueAnswer { try play("catalogue") { .unchanged } }

    func register(_ application: AccountApplication) async throws(PortalFailure) -> AccountProgress {
        try play("register") { portal.register(application) }
    }

    func verify(account: String, code: String) async throws(PortalFailure) -> AccountProgress {
        try play("verify") { () throws(PortalFailure) in try portal.verify(account, code) }
    }

    func sendNewCode(account: String) async throws(PortalFailure) -> AccountProgress {
        try play("new-code") { () throws(PortalFailure) in try portal.sendNewCode(account) }
    }

    func createUpload(_ task: UploadTask, firstBytes: OutgoingBytes) async throws(PortalFailure) -> (url: String, offset: Int) {
        let bytes = changed(try read(firstBytes), isLast: firstBytes.count == task.size)
        count(bytes)
        do {
            return try play(
                "create",
                cut: { share in
                    // The address of what arrived is lost with the answer.
                    _ = portal.create(task, Array(bytes.prefix(Int(Double(bytes.count) * share))))
                }
            ) { portal.create(task, bytes) }
        } catch {
            noteCut()
            throw error
        }
    }

    func offset(ofUpload url: String) async throws(PortalFailure) -> Int {
        try play("offset", lose: { portal.state.withLock { $0.uploads[url] = nil } }) { () throws(PortalFailure) in
            try portal.offset(url)
        }
    }

    func append(_ bytes: OutgoingBytes, at offset: Int, toUpload url: String) async throws(PortalFailure) -> Int {
        let size = portal.state.withLock { $0.uploads[url]?.size }
        let bytes = changed(try read(bytes), isLast: offset + bytes.count == size)
        count(bytes)
        do {
            return try play(
                "append",
                cut: { share in _ = try? portal.append(Array(bytes.prefix(Int(Double(bytes.count) * share))), at: offset, to: url)
                },
                lose: {
                    noteCut()
                    portal.state.withLock { $0.uploads[url] = nil }
                }
            ) { () throws(PortalFailure) in try portal.append(bytes, at: offset, to: url) }
        } catch {
            noteCut()
            throw error
        }
    }

    func send(_ dossier: OutgoingDossier) async throws(PortalFailure) -> PortalDossier {
        var sent = dossier
        if scenario.faults.contains(.officers), state.withLock({ $0.chance.oneIn(6) }) { portal.editMeanwhile(dossier.id) }
        if scenario.sabotage == .forcedETag, let newest = portal.dossier(dossier.id) { sent.etag = newest.etag }
        return try play("send") { () throws(PortalFailure) in try portal.put(sent, by: kiosk, at: VietnamTime.rfc3339(clock.now))
        }
    }

    func dossier(_ id: String) async throws(PortalFailure) -> PortalDossier? { try play("read") { portal.dossier(id) } }

    func withdraw(dossier: String, reason: String, at: String) async throws(PortalFailure) -> PortalDossier {
        try play("withdraw") { () throws(PortalFailure) in try portal.withdraw(dossier, at: at) }
    }

    func sendReport(period: String, figures: JSONValue) async throws(PortalFailure) { try play("report") {} }

    /// The sabotage of ``Sabotage/changedFile``: a portal that checks digests never takes such a file, and so nothing ever drains.
    private func changed(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
        guard scenario.sabotage == .changedFile, isLast, var last = bytes.last else { return bytes }
        last ^= 1
        return bytes.dropLast() + [last]
    }
}
