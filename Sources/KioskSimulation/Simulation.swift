internal import FoundationEssentials
internal import Glibc
internal import JSONTree
public import KioskDomain
internal import KioskStore
internal import KioskSync
internal import KioskVault
internal import Synchronization

/// Plays a world: days, nights, faults; then calm nights until everything is settled.
///
/// After every night and at the end it checks what must hold whatever happens.
public struct Simulation: Sendable {
    /// How a world ended.
    public struct Result: Sendable {
        /// What was broken, in words; nil: nothing.
        public var violation: String?
        /// What happened, a line an event; no personal data, which there is none of anyway.
        public var history: [String]
        /// Nights of kiosks that were played, the calm ones with them.
        public var kioskNights: Int
        /// Dossiers that were sealed.
        public var dossiers: Int
        /// Bytes of files sent, and bytes that the files have.
        public var sentBytes: Int
        /// Bytes that the files have.
        public var fileBytes: Int
    }

    private struct Violation: Error { let words: String }

    private final class History: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private static let calmNights = 40
    private let scenario: Scenario
    private let catalogue: Catalogue

    /// A world with a catalogue of procedures.
    public init(_ scenario: Scenario, catalogue: Catalogue) {
        self.scenario = scenario
        self.catalogue = catalogue
    }

    /// Plays it.
    ///
    /// - Throws: what is no part of the world, such as a full disk.
    public func run() async throws -> Result {
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var template = Array("\(parent)/kiosk-simulation-XXXXXX".utf8CString)
        guard let made = template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) else {
            throw StoreError.folder(parent, reason: String(cString: strerror(errno)))
        }
        let folder = String(cString: made)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let history = History()
        var result = Result(violation: nil, history: [], kioskNights: 0, dossiers: 0, sentBytes: 0, fileBytes: 0)
        let portal = SimulatedPortal()
        var kiosks: [SimulatedKiosk] = []
        for number in 1...scenario.kiosks {
            kiosks.append(
                try await SimulatedKiosk(number, scenario, portal: portal, catalogue: catalogue, in: "\(folder)/\(number)") {
                    history.add($0)
                })
        }
        do {
            try await play(kiosks, portal, history, &result)
        } catch let violation as Violation {
            result.violation = violation.words
        }
        result.history = history.all
        for kiosk in kiosks {
            result.dossiers += kiosk.order.count
            result.sentBytes += kiosk.line.traffic.fileBytes
            result.fileBytes += kiosk.bytesOfFiles
        }
        return result
    }

    private func play(
        _ kiosks: [SimulatedKiosk], _ portal: SimulatedPortal, _ history: History, _ result: inout Result
    ) async throws {
        var officers = Chance(seed: scenario.seed ^ 0x0FF1_CE25)
        for night in 1...max(1, scenario.nights) {
            history.add("night \(night)")
            for kiosk in kiosks {
                try await kiosk.day(isThorough: false)
                try await kiosk.night(isCalm: false)
                kiosk.clock.pass(43_200)
                result.kioskNights += 1
                try await check(kiosk)
            }
            if scenario.faults.contains(.restored), officers.oneIn(12) {
                history.add("the portal is restored and lacks \(portal.restore(&officers)) dossiers")
            }
            if scenario.faults.contains(.officers) { work(&officers, portal, history) }
        }
        history.add("calm")
        for kiosk in kiosks { result.kioskNights += try await calm(kiosk) }
        for kiosk in kiosks { try await checkEnd(kiosk, portal) }
        let known = kiosks.reduce(into: Set<String>()) { $0.formUnion($1.order) }
        guard portal.state.withLock({ Set($0.dossiers.keys) }) == known else {
            throw Violation(words: "the portal holds other dossiers than were sealed")
        }
    }

    /// The officers' day.
    private func work(_ chance: inout Chance, _ portal: SimulatedPortal, _ history: History) {
        portal.state.withLock { state in
            for (index, id) in state.order.enumerated() where chance.oneIn(3) {
                guard let held = state.dossiers[id], !held.dossier.status.isOver else { continue }
                let act = chance.int(0...5)
                history.add("an officer does \(act) with the portal's dossier \(index + 1)")
                SimulatedPortal.change(id, by: "officer", in: &state) { dossier in
                    switch act {
                    case 0, 1: dossier.answers.set(.string("Cán bộ ghi lần \(dossier.version)"), at: SimulatedKiosk.officers)
                    case 2: dossier.answers.set(.string("Cán bộ sửa lần \(dossier.version)"), at: SimulatedKiosk.reason)
                    case 3: dossier.status = PortalStatus(rawValue: "supplement-required")
                    case 4: dossier.status = PortalStatus(rawValue: "processing")
                    default: dossier.status = PortalStatus(rawValue: chance.oneIn(2) ? "resolved" : "returned")
                    }
                }
                if act < 2 {
                    let wrote = state.dossiers[id]?.dossier.answers[SimulatedKiosk.officers]?.stringValue
                    state.dossiers[id]?.officerWrote = wrote
                }
            }
        }
    }

    /// Nights without faults, with a village head who settles everything.
    private func calm(_ kiosk: SimulatedKiosk) async throws -> Int {
        for night in 1...Self.calmNights {
            try await kiosk.night(isCalm: true)
            kiosk.clock.pass(43_200)
            let standing = try await kiosk.standing()
            let states = try await kiosk.states()
            let isSettled =
                standing.pending + standing.inDoubt + standing.blocked + standing.conflicts + standing.supplements == 0
                && states.allSatisfy { [.delivered, .rejected].contains($0.key) || $0.value == 0 }
            if isSettled { return night }
            try await kiosk.day(isThorough: true)
        }
        let standing = try await kiosk.standing()
        throw Violation(words: "kiosk \(kiosk.number) is not settled after \(Self.calmNights) calm nights: \(standing)")
    }

    // MARK: What has to hold

    private func check(_ kiosk: SimulatedKiosk) async throws {
        let held = try await kiosk.states().values.reduce(0, +)
        guard held == kiosk.order.count else {
            throw Violation(words: "kiosk \(kiosk.number) holds \(held) of \(kiosk.order.count) dossiers")
        }
    }

    private func checkEnd(_ kiosk: SimulatedKiosk, _ portal: SimulatedPortal) async throws {
        func fail(_ id: String, _ words: String) -> Violation {
            Violation(words: "dossier \(kiosk.name(id)) of kiosk \(kiosk.number): \(words)")
        }
        for id in kiosk.order {
            guard let sealed = kiosk.sealed[id] else { continue }
            guard let held = portal.state.withLock({ $0.dossiers[id] }) else {
                let events = try await kiosk.dossier(id).events.map { $0.status?.rawValue ?? $0.kind.rawValue }
                throw fail(id, "the portal does not have it; its history: \(events.joined(separator: ", "))")
            }
            guard held.creations == 1 else { throw fail(id, "created \(held.creations) times") }
            let detail = try await kiosk.dossier(id)
            guard detail.summary.state == .delivered || held.dossier.status.isOver else {
                throw fail(id, "stands as \(detail.summary.state.rawValue)")
            }
            guard detail.portal?.etag == held.dossier.etag, detail.portal?.answers == held.dossier.answers else {
                throw fail(id, "the kiosk's view of the portal is not the portal's")
            }
            for digest in sealed.digests where held.dossier.papers.contains(where: { $0.sha256 == digest }) == false {
                throw fail(id, "a paper is not at the portal")
            }
            for paper in held.dossier.papers {
                guard let bytes = portal.state.withLock({ $0.files[paper.sha256] }),
                    Hex.encode(try SHA256Digest.of(bytes)) == paper.sha256
                else { throw fail(id, "a file is not what was sealed") }
            }
            if let wrote = held.officerWrote, held.dossier.answers[SimulatedKiosk.officers]?.stringValue != wrote {
                let copies = try await kiosk.revisions(id).map {
                    "\($0.author.rawValue) \($0.number): \($0.answers[SimulatedKiosk.officers]?.stringValue ?? "")"
                }
                throw fail(
                    id,
                    "an officer's edit of a field that nobody here touched is gone: «\(wrote)»; \(copies.joined(separator: "; "))"
                )
            }
            let reasons = Set(try await kiosk.revisions(id).compactMap { $0.answers[SimulatedKiosk.reason]?.stringValue })
            for word in sealed.typed where !reasons.contains(word) { throw fail(id, "something typed is in no revision") }
        }
        let (sent, cuts) = kiosk.line.state.withLock { ($0.traffic.fileBytes, $0.cuts) }
        // A fault can cost the piece that was under way, which is the whole of these files.
        guard sent <= kiosk.bytesOfFiles + cuts * 600_000 else {
            throw Violation(words: "kiosk \(kiosk.number) sent \(sent) bytes for \(kiosk.bytesOfFiles) with \(cuts) cuts")
        }
        try checkSecrecy(of: kiosk)
    }

    /// Nothing of what people typed lies readable on the disk.
    private func checkSecrecy(of kiosk: SimulatedKiosk) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: kiosk.folder) {
            guard let data = FileManager.default.contents(atPath: kiosk.folder + "/" + name) else { continue }
            for secret in ["Lý do số", "Cán bộ ghi", "Hà Thị Nụ", "099157"] where Self.holds(secret, data) {
                // Six digits stand in a random id now and then; a citizen number has twelve.
                if secret == "099157", !kiosk.numbers.contains(where: { Self.holds($0, data) }) { continue }
                throw Violation(words: "«\(secret)…» stands readable in \(name) of kiosk \(kiosk.number)")
            }
        }
    }

    private static func holds(_ secret: String, _ data: Data) -> Bool {
        let bytes = Array(secret.utf8)
        return data.withUnsafeBytes { space in
            guard let base = space.baseAddress else { return false }
            var from = 0
            while space.count - from >= bytes.count,
                let found = memchr(base + from, Int32(bytes[0]), space.count - from - bytes.count + 1)
            {
                if memcmp(found, bytes, bytes.count) == 0 { return true }
                from = UnsafeRawPointer(found) - base + 1
            }
            return false
        }
    }
}
