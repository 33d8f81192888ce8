internal import FoundationEssentials
internal import JSONTree
internal import KioskDomain

/// Carries one operation to its outcome: asks the machines, calls the ports.
struct Performer: Sendable {
    let outbox: any Outbox
    let portal: any PortalClient
    let clock: any SyncClock
    let judgement: Judgement

    /// How one attempt ended.
    struct Performed: Sendable {
        let operation: Operation
        let outcome: Outcome?
        let halt: Judgement.Halt?
    }

    /// Performs an operation and records how it ended.
    ///
    /// - Throws: what the outbox throws: a fault of the disk, which ends the run.
    func perform(_ operation: Operation) async throws -> Performed {
        guard let content = try await outbox.begin(operation, now: clock.now) else {
            return Performed(operation: operation, outcome: nil, halt: nil)
        }
        var outcome: Outcome
        var halt: Judgement.Halt?
        do {
            outcome = try await attempt(content)
        } catch let failure as PortalFailure {
            outcome = judgement.outcome(of: failure, for: operation, now: clock.now, chance: clock.random())
            halt = judgement.halt(after: failure)
        }
        try await outbox.record(outcome, of: operation, now: clock.now)
        return Performed(operation: operation, outcome: outcome, halt: halt)
    }

    private func attempt(_ content: OperationContent) async throws -> Outcome {
        switch content {
        case .account(let application):
            .delivered(.account(try await portal.register(application)))
        case .verification(let account, let code):
            .delivered(.account(try await portal.verify(account: account, code: code)))
        case .upload(let task):
            .delivered(.uploaded(url: try await upload(task)))
        case .dossier(let dossier):
            try await send(dossier)
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
    /// A step that failed in a way the machine can settle (offset wrong, upload gone, lock still held) is settled here a few
    /// times; a line that broke ends the attempt, and the next one asks for the offset.
    private func upload(_ task: UploadTask) async throws -> String {
        var machine = UploadMachine(size: task.size, url: task.url)
        var mishaps = 0
        while true {
            do {
                if Task.isCancelled { throw PortalFailure.stopped }
                switch machine.step {
                case .finished(let url):
                    return url
                case .create(let count):
                    let bytes = try await outbox.bytes(of: task.attachment, from: 0, count: count)
                    let made = try await portal.createUpload(task, firstBytes: bytes)
                    guard made.offset <= task.size else { throw PortalFailure.gone }
                    // A file that went up whole has its address committed with its outcome: one sync of the disk less.
                    if made.offset < task.size { try await outbox.keepUpload(of: task.attachment, url: made.url) }
                    machine.created(url: made.url, offset: made.offset)
                case .askOffset(let url):
                    let held = try await portal.offset(ofUpload: url)
                    guard held <= task.size else { throw PortalFailure.gone }
                    machine.holds(held)
                case .append(let url, let offset, let count):
                    let bytes = try await outbox.bytes(of: task.attachment, from: offset, count: count)
                    let held = try await portal.append(bytes, at: offset, toUpload: url)
                    guard held <= task.size else { throw PortalFailure.gone }
                    machine.holds(held)
                }
            } catch let failure as PortalFailure {
                mishaps += 1
                guard mishaps <= 5 else { throw failure }
                switch failure {
                case .gone:
                    try await outbox.keepUpload(of: task.attachment, url: nil)
                    machine.lost()
                case .wrongOffset, .checksumFailed: machine.uncertain()
                default: throw failure
                }
            }
        }
    }

    private func send(_ dossier: OutgoingDossier) async throws -> Outcome {
        do {
            return .delivered(.dossier(try await portal.send(dossier)))
        } catch PortalFailure.preconditionFailed {
            guard let theirs = try await portal.dossier(dossier.id) else { throw PortalFailure.busy(retryAfter: nil) }
            if theirs.holds(dossier.content) { return .delivered(.dossier(theirs)) }
            // A copy under the very ETag that was refused is an old one: another part of the portal has not heard of the newer.
            guard theirs.etag != dossier.etag else { throw PortalFailure.busy(retryAfter: nil) }
            return .moved(theirs)
        }
    }
}
