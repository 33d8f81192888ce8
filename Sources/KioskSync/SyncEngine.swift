internal import FoundationEssentials

/// One run: pull changes, send what is due, pull again.
///
/// It asks the machines and calls the ports, and owns no rule.
public struct SyncEngine: Sendable {
    /// How a run behaves.
    public struct Options: Sendable {
        /// The most requests under way at once, 1 to 32; how many there are follows the line (``LineGauge``).
        public var parallel = 16
        /// How many seconds a run may spend waiting, for the line, for the portal or for a back-off to end.
        public var patience = 45.0
        /// Whether waiting operations are due at once.
        public var ignoresBackOff = false
        /// The back-off.
        public var policy = RetryPolicy.standard
        /// What may be sent, and until when.
        public var limits = SendLimits()
        /// Bytes a second that the client keeps to; pieces of files are cut so that none takes long.
        public var bytesPerSecond: Int?

        /// Sixteen at once, 45 seconds of patience.
        public init() {}
    }

    private let outbox: any Outbox
    private let replica: any Replica
    private let portal: any PortalClient
    private let clock: any SyncClock
    private let options: Options
    private let judgement: Judgement
    private let progress: @Sendable (SyncProgress) -> Void

    /// An engine.
    ///
    /// - Parameter progress: called whenever something happened.
    public init(
        outbox: any Outbox, replica: any Replica, portal: any PortalClient, clock: any SyncClock, options: Options = Options(),
        progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) {
        self.outbox = outbox
        self.replica = replica
        self.portal = portal
        self.clock = clock
        self.options = options
        self.progress = progress
        judgement = Judgement(policy: options.policy)
    }

    /// One run, to its end or until the task is cancelled: the operations under way end, no new one begins.
    ///
    /// - Throws: what the outbox or the replica throws: a fault of the disk.
    public func run() async throws -> SyncReport {
        var bounds = LineGauge.Bounds()
        bounds.most = options.parallel
        if let rate = options.bytesPerSecond {
            bounds.longestPiece = max(bounds.shortestPiece, min(bounds.longestPiece, Int(Double(rate) * bounds.pieceSeconds)))
        }
        let before = portal.traffic
        let sentToday = options.limits.bytesPerDay == nil ? 0 : try await outbox.countSent(bytes: 0, now: clock.now)
        let gate = RunGate(options.limits, sentToday: sentToday, before: before.sent, now: clock.now)
        var run = Run(before: before, patience: options.patience, gauge: LineGauge(bounds: bounds), gate: gate)
        tell(.pulling, run)
        try await outbox.beginRun(now: clock.now, ignoringBackOff: options.ignoresBackOff)
        try await pullPatiently(&run)
        if run.report.stop == nil {
            try await refreshCatalogue(&run)
            try await send(&run)
            if run.report.stop == nil || run.report.stop == .portalBusy { try await pullPatiently(&run) }
        }
        if run.report.stop == .line { run.report.trouble = run.trouble }
        run.report.standing = try await outbox.standing()
        try await performer(of: run).countTraffic(atLeast: 1)
        run.tally.write(into: &run.report, traffic: portal.traffic - run.before)
        // Less than this is a few round trips and tells nothing of the line.
        if run.report.bytesSent >= 256 << 10, run.sendingSeconds > 0 {
            run.report.bytesPerSecond = max(1, Int(Double(run.report.bytesSent) / run.sendingSeconds))
        }
        tell(.ended, run)
        return run.report
    }

    private struct Run {
        var report = SyncReport()
        let before: Traffic
        var patience: Double
        var probes = 0
        /// How many operations in a row failed at the portal.
        var failuresInARow = 0
        let gauge: LineGauge
        let gate: RunGate
        let tally = RunTally()
        /// How long operations were under way.
        var sendingSeconds = 0.0
        /// What was wrong with the line the last time.
        var trouble: LineTrouble?
    }

    private func performer(of run: Run) -> Performer {
        Performer(
            outbox: outbox, portal: portal, clock: clock, judgement: judgement, gauge: run.gauge, tally: run.tally, gate: run.gate
        )
    }

    /// Whether something new may begin.
    private func mayBegin(_ run: Run) -> Bool { !Task.isCancelled && run.gate.isOpen(now: clock.now) }

    /// Brings home what is new, before anything is sent and after; the line and a portal that asks for patience are given it.
    ///
    /// The first pull decides whether the portal is there at all. Without the last one the codes of what was sent come a night later.
    private func pullPatiently(_ run: inout Run) async throws {
        var breaks = 0
        while true {
            do {
                try await pullPages(&run)
                run.report.isFeedBroken = false
                return
            } catch let failure as PortalFailure {
                run.tally.note(judgement.fault(failure, now: clock.now))
                run.trouble = failure.trouble ?? run.trouble
                let isWaitedFor: Bool
                switch failure {
                case .busy(let retryAfter):
                    run.probes += 1
                    let wait = options.policy.delay(attempt: run.probes, chance: clock.random(), retryAfter: retryAfter)
                    isWaitedFor = await spend(wait, of: &run)
                // A line that is there and breaks under every page is an ill feed.
                case .line where breaks < 5:
                    breaks += 1
                    isWaitedFor = await lineReturns(&run)
                default: isWaitedFor = false
                }
                guard isWaitedFor else { return await note(failure, &run) }
            }
        }
    }

    /// What a pull that failed means for the run: a portal that is there with an ill feed takes dossiers all the same.
    private func note(_ failure: PortalFailure, _ run: inout Run) async {
        switch failure {
        case .unauthenticated: run.report.stop = .authentication
        case .busy: run.report.stop = .portalBusy
        default:
            if await answers(&run) {
                run.report.isFeedBroken = true
            } else {
                run.report.stop = .line
            }
        }
    }

    private func pullPages(_ run: inout Run) async throws {
        var cursor = try await replica.cursor()
        var hasRestarted = false
        while true {
            guard let batch = try await page(after: cursor, run.gauge) else {
                // A feed that forgets the places it has just given would be begun anew for ever.
                guard cursor != nil, !hasRestarted else { throw PortalFailure.notThePortal }
                try await replica.forgetCursor(now: clock.now)
                cursor = nil
                hasRestarted = true
                continue
            }
            run.report.changesApplied += try await replica.apply(batch, now: clock.now)
            // A feed that says there is more but does not move would be asked for ever.
            guard batch.more, batch.cursor != cursor, !Task.isCancelled else { return }
            cursor = batch.cursor
        }
    }

    /// A page; nil where the portal no longer knows the cursor.
    private func page(after cursor: String?, _ gauge: LineGauge) async throws(PortalFailure) -> ChangeBatch? {
        do {
            let mark = gauge.begin(uptime: clock.uptime)
            let batch = try await portal.changes(after: cursor)
            gauge.end(mark, bytes: 0, uptime: clock.uptime)
            return batch
        } catch {
            if error == .gone { return nil }
            throw error
        }
    }

    /// Asks for the portal's catalogue where it is time; whatever is wrong with it, the run goes on.
    private func refreshCatalogue(_ run: inout Run) async throws {
        let question = try await replica.catalogueQuestion(now: clock.now, atOnce: options.ignoresBackOff)
        guard let question, !Task.isCancelled else { return }
        do {
            let answer = try await portal.catalogue(etag: question.etag)
            run.report.catalogue = try await replica.takeCatalogue(answer, now: clock.now)
        } catch let failure as PortalFailure {
            try await replica.postponeCatalogue(until: CatalogueRules.askAgain(after: failure, now: clock.now))
        }
    }

    private func send(_ run: inout Run) async throws {
        let performer = performer(of: run)
        while true {
            let halt = try await sendUntilHalt(&run, performer)
            if Task.isCancelled {
                run.report.stop = .cancelled
                return
            }
            guard run.gate.isOpen(now: clock.now) else {
                run.report.stop = try await isWorkLeft(run) ? .windowClosed : nil
                return
            }
            run.failuresInARow = 0
            switch halt {
            case nil: return
            case .authentication:
                run.report.stop = .authentication
                return
            case .pause(let seconds):
                run.probes += 1
                let wait = options.policy.delay(attempt: run.probes, chance: clock.random(), retryAfter: nil)
                guard await spend(seconds ?? wait, of: &run) else {
                    run.report.stop = .portalBusy
                    return
                }
            case .line:
                guard await lineReturns(&run) else {
                    run.report.stop = .line
                    return
                }
            }
        }
    }

    private func isWorkLeft(_ run: Run) async throws -> Bool {
        try await outbox.nextDue(holding: run.gate.hold(now: clock.now)) != nil
    }

    /// Sends until nothing is due within the run's patience, or something stops the whole run.
    private func sendUntilHalt(_ run: inout Run, _ performer: Performer) async throws -> Judgement.Halt? {
        var halt: Judgement.Halt?
        while halt == nil, mayBegin(run) {
            let began = clock.uptime
            halt = try await sendBatch(&run, performer)
            run.sendingSeconds += clock.uptime - began
            guard halt == nil else { break }
            guard let next = try await outbox.nextDue(holding: run.gate.hold(now: clock.now)) else { return nil }
            let wait = max(0.05, next.timeIntervalSince(clock.now))
            guard await spend(wait, of: &run) else { return nil }
        }
        return halt
    }

    /// Keeps up to N operations under way until nothing is due or something stops the run.
    private func sendBatch(_ run: inout Run, _ performer: Performer) async throws -> Judgement.Halt? {
        try await withThrowingTaskGroup(of: Performer.Performed.self) { group in
            var halt: Judgement.Halt?
            var underWay: [Int: Int] = [:]
            var bytesUnderWay = 0
            var choice = Choice()
            while true {
                while halt == nil, mayBegin(run), run.gauge.mayBegin(underWay: underWay.count, bytesUnderWay: bytesUnderWay) {
                    let hold = run.gate.hold(now: clock.now)
                    guard let operation = try await next(of: &choice, besides: underWay, holding: hold) else { break }
                    let bytes = max(LineGauge.message, min(operation.size, run.gauge.piece))
                    underWay[operation.id] = bytes
                    bytesUnderWay += bytes
                    // What goes although large files wait is what the law wants today: nothing stops it half-way.
                    let isHeld = hold == nil && operation.size > SendLimits.largeFile
                    group.addTask { try await performer.perform(operation, isHeld: isHeld) }
                }
                guard let performed = try await group.next() else { return halt }
                bytesUnderWay -= underWay.removeValue(forKey: performed.operation.id) ?? 0
                count(performed, in: &run)
                if let found = performed.halt, halt == nil || found == .authentication { halt = found }
                if halt == nil, run.failuresInARow >= Self.failuresThatMeanThePortal { halt = .pause(seconds: nil) }
                tell(.sending, run)
            }
        }
    }

    /// The most urgent operations as they were looked up a moment ago.
    private struct Choice {
        var operations: ArraySlice<Operation> = []
        var hold: FileHold?
        var askedAt = -Double.infinity
    }

    /// So many seconds a choice stands: on a slow line each operation is looked up anew, on a fast one not each is worth a question.
    private static let choiceSeconds = 0.1

    /// The most urgent operation that is due and not under way; nil where there is none.
    private func next(of choice: inout Choice, besides underWay: [Int: Int], holding hold: FileHold?) async throws -> Operation? {
        if choice.operations.isEmpty || choice.hold != hold || !(0..<Self.choiceSeconds).contains(clock.uptime - choice.askedAt) {
            // Those under way are still listed where their beginning is not committed yet, so ask for that many more.
            let due = try await outbox.due(now: clock.now, limit: 2 * options.parallel + underWay.count, holding: hold)
            choice = Choice(operations: due.filter { underWay[$0.id] == nil }[...], hold: hold, askedAt: clock.uptime)
        }
        return choice.operations.popFirst()
    }

    /// So many failures of different operations in a row are the portal's, and it is left in peace for a while.
    private static let failuresThatMeanThePortal = 4

    private func count(_ performed: Performer.Performed, in run: inout Run) {
        switch performed.outcome {
        case .retry(.portalBusy, _), .inDoubt(.portalBusy, _): run.failuresInARow += 1
        case nil: break
        default: run.failuresInARow = 0
        }
        if case .line(let trouble) = performed.outcome?.fault { run.trouble = trouble }
        guard case .delivered(let effect) = performed.outcome else { return }
        run.probes = 0
        switch effect {
        case .dossier: if performed.operation.kind == .dossier { run.report.delivered += 1 }
        case .uploaded: run.report.uploaded += 1
        case .account, .nothing: break
        }
    }

    /// Waits for the line with cheap probes.
    private func lineReturns(_ run: inout Run) async -> Bool {
        // One answer that was strange is not the line: the operation waits for its own back-off, the others go on.
        if await answers(&run) { return true }
        while !Task.isCancelled, run.trouble?.mayPassSoon ?? true {
            run.probes += 1
            let wait = RetryPolicy(base: 1, cap: 5).delay(attempt: run.probes, chance: 0.5 + clock.random() / 2)
            guard await spend(wait, of: &run) else { return false }
            if await answers(&run) { return true }
        }
        return false
    }

    /// Whether the portal answers; where it does not, what is wrong with the line is noted.
    private func answers(_ run: inout Run) async -> Bool {
        do throws(PortalFailure) {
            try await portal.health()
            return true
        } catch {
            run.trouble = error.trouble ?? run.trouble
            return false
        }
    }

    /// Waits out of the run's patience; false where there is not enough of it.
    private func spend(_ seconds: Double, of run: inout Run) async -> Bool {
        guard seconds <= run.patience, !Task.isCancelled else { return false }
        run.patience -= seconds
        tell(.waiting, run)
        await clock.sleep(seconds: seconds)
        return true
    }

    private func tell(_ phase: SyncProgress.Phase, _ run: Run) {
        progress(
            SyncProgress(
                phase: phase, delivered: run.report.delivered, uploaded: run.report.uploaded,
                bytesSent: portal.traffic.sent - run.before.sent))
    }
}
