internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain

/// Carries one operation to its outcome: asks the machines, calls the ports.
struct Performer: Sendable {
    let outbox: any Outbox
    let portal: any PortalClient
    let clock: any SyncClock
    let judgement: Judgement
    let gauge: LineGauge
    let tally: RunTally
    let gate: RunGate

    /// How one attempt ended.
    struct Performed: Sendable {
        let operation: Operation
        let outcome: Outcome?
        let halt: Judgement.Halt?
    }

    /// Performs an operation and records how it ended.
    ///
    /// - Parameter isHeld: whether limits stop it between two requests.
    /// - Throws: what the outbox throws: a fault of the disk, which ends the run.
    func perform(_ operation: Operation, isHeld: Bool) async throws -> Performed {
        var outcome: Outcome
        var halt: Judgement.Halt?
        let began = clock.uptime
        var begun = began
        do {
            guard let content = try await outbox.begin(operation, now: clock.now) else {
                return Performed(operation: operation, outcome: nil, halt: nil)
            }
            begun = clock.uptime
            outcome = try await attempt(content, isHeld: isHeld)
        } catch is DamagedHere {
            outcome = .rejected(Rejection(code: Rejection.damagedHere, status: 0, detail: nil, faults: []))
        } catch let failure as PortalFailure {
            outcome = judgement.outcome(of: failure, for: operation, now: clock.now, chance: clock.random())
            halt = judgement.halt(after: failure)
        }
        tally.note(outcome)
        let attempted = clock.uptime
        try await outbox.record(outcome, of: operation, now: clock.now)
        gauge.noteLocal(seconds: begun - began + clock.uptime - attempted)
        return Performed(operation: operation, outcome: outcome, halt: halt)
    }

    private func attempt(_ content: OperationContent, isHeld: Bool) async throws -> Outcome {
        switch content {
        case .account(let application):
            .delivered(.account(try await measured { () async throws(PortalFailure) in try await portal.register(application) }))
        case .verification(let account, let code):
            .delivered(.account(try await portal.verify(account: account, code: code)))
        case .newCode(let account):
            .delivered(.account(try await portal.sendNewCode(account: account)))
        case .upload(let task):
            .delivered(.uploaded(url: try await upload(task, isHeld: isHeld)))
        case .dossier(let dossier):
            try await send(dossier)
        case .check(let dossier):
            .delivered(.dossier(try await held(dossier)))
        case .withdrawal(let dossier, let reason, let at):
            .delivered(.dossier(try await portal.withdraw(dossier: dossier, reason: reason, at: at)))
        case .report(let period, let figures):
            try await report(period, figures)
        }
    }

    private func report(_ period: String, _ figures: JSONValue) async throws -> Outcome {
        try await portal.sendReport(period: period, figures: figures)
        return .delivered(.nothing)
    }

    /// Follows the upload machine.
    ///
    /// An upload that holds more than the file is another file's: it counts as gone.
    /// A step that failed in a way that can be settled here (offset wrong, upload gone, the line broke and is back) is settled
    /// here, as long as the portal holds more after it than before, and a few times besides. A line that is not back ends the
    /// attempt, and the next one asks for the offset.
    private func upload(_ task: UploadTask, isHeld: Bool) async throws -> String {
        var machine = UploadMachine(size: task.size, url: task.url, piece: gauge.piece, whole: gauge.whole)
        var mishaps = 0
        var most = 0
        while true {
            var sending = 0
            if let held = machine.held {
                if held > most { (most, mishaps) = (held, 0) }
                tally.note(held: held, of: task.attachment)
            }
            do {
                machine.piece = gate.piece(atMost: gauge.piece, isHeld: isHeld, now: clock.now)
                machine.whole = gauge.whole
                let step = machine.step
                // What is up whole is recorded, also in a run that is being stopped: its address is kept nowhere else.
                if Task.isCancelled, !step.isLast { throw PortalFailure.stopped(mayHaveActed: false) }
                switch step {
                case .finished(let url):
                    return url
                case .create(let count):
                    tally.note(held: 0, of: task.attachment)
                    guard gate.lets(bytes: count, isHeld: isHeld, now: clock.now) else {
                        throw PortalFailure.stopped(mayHaveActed: false)
                    }
                    sending = count
                    let made = try await carried(outbox.piece(of: task.attachment, from: 0, count: count)) {
                        bytes throws(PortalFailure) in
                        try await portal.createUpload(task, firstBytes: bytes)
                    }
                    guard made.offset <= task.size else { throw PortalFailure.gone }
                    // A file that went up whole has its address committed with its outcome: one sync of the disk less.
                    if made.offset < task.size { try await outbox.keepUpload(of: task.attachment, url: made.url) }
                    machine.created(url: made.url, offset: made.offset)
                case .askOffset(let url):
                    let held = try await portal.offset(ofUpload: url)
                    guard held <= task.size else { throw PortalFailure.gone }
                    machine.holds(held)
                case .append(let url, let offset, let count):
                    guard gate.lets(bytes: count, isHeld: isHeld, now: clock.now) else {
                        throw PortalFailure.stopped(mayHaveActed: false)
                    }
                    sending = count
                    let held = try await carried(outbox.piece(of: task.attachment, from: offset, count: count)) {
                        bytes throws(PortalFailure) in
                        try await portal.append(bytes, at: offset, toUpload: url)
                    }
                    guard held <= task.size else { throw PortalFailure.gone }
                    machine.holds(held)
                }
            } catch let failure as PortalFailure {
                // A proxy's limit is found by halving, which ends at the shortest piece.
                if failure == .requestTooLarge, gauge.refused(bytes: sending) { continue }
                mishaps += 1
                guard mishaps <= 5 else { throw failure }
                switch failure {
                case .gone:
                    try await outbox.keepUpload(of: task.attachment, url: nil)
                    machine.lost()
                case .wrongOffset, .checksumFailed: machine.uncertain()
                case .line:
                    guard sending > 0, await portal.isHealthy() else { throw failure }
                    gauge.broke(bytes: sending)
                    machine.uncertain()
                default: throw failure
                }
                tally.note(judgement.fault(failure, now: clock.now))
            }
            try await countTraffic(atLeast: RunGate.countedEvery)
        }
    }

    /// Has the bytes of this run counted in their day, so that a run that is killed has not forgotten many.
    func countTraffic(atLeast least: Int) async throws {
        guard let bytes = gate.uncounted(of: portal.traffic.sent, atLeast: least) else { return }
        _ = try await outbox.countSent(bytes: bytes, now: clock.now)
    }

    /// Has a piece of a file carried; where it could not be read here, that is what went wrong, and not the line.
    private func carried<Answer>(
        _ piece: OutgoingBytes, _ call: (OutgoingBytes) async throws(PortalFailure) -> Answer
    ) async throws -> Answer {
        do {
            return try await measured(bytes: piece.count) { () async throws(PortalFailure) in try await call(piece) }
        } catch {
            throw piece.fault ?? error
        }
    }

    /// Makes a call and lets the gauge know what it carried.
    private func measured<Answer>(
        bytes: Int = 0, _ call: () async throws(PortalFailure) -> Answer
    ) async throws(PortalFailure) -> Answer {
        let mark = gauge.begin(uptime: clock.uptime)
        let answer = try await call()
        gauge.end(mark, bytes: bytes, uptime: clock.uptime)
        return answer
    }

    private func held(_ dossier: String) async throws -> PortalDossier {
        guard let held = try await portal.dossier(dossier) else { throw PortalFailure.absent }
        return held
    }

    private func send(_ dossier: OutgoingDossier) async throws -> Outcome {
        do {
            let held = try await measured(bytes: LineGauge.message) { () async throws(PortalFailure) in
                try await portal.send(dossier)
            }
            return .delivered(.dossier(held))
        } catch PortalFailure.preconditionFailed {
            return try await compare(dossier)
        } catch PortalFailure.absent {
            throw absence(of: dossier)
        }
    }

    /// Looks at the copy that a precondition was refused for.
    private func compare(_ dossier: OutgoingDossier) async throws -> Outcome {
        guard let theirs = try await portal.dossier(dossier.id) else { throw absence(of: dossier) }
        if theirs.holds(dossier.content) { return .delivered(.dossier(theirs)) }
        // A copy under the very ETag that was refused is an old view: another part of the portal has not heard yet.
        guard theirs.etag != dossier.etag else { throw PortalFailure.failing(retryAfter: nil, mayHaveActed: false) }
        return .moved(theirs)
    }

    /// What it means that the portal shows no copy: what is to be amended is gone; of what is to be created that is an old view.
    private func absence(of dossier: OutgoingDossier) -> PortalFailure {
        dossier.etag == nil ? .failing(retryAfter: nil, mayHaveActed: false) : .absent
    }
}
