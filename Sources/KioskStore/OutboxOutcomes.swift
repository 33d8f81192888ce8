public import FoundationEssentials
internal import JSONTree
internal import KioskDomain
public import KioskSync
internal import KioskVault
internal import SQLiteAccess

/// Why a dossier stands still; sealed, because a portal's words can name people.
public enum DossierProblem: Codable, Equatable, Sendable {
    /// The portal refused it.
    case rejection(Rejection)
    /// A person decides.
    case conflict(Conflict)
}

extension UnlockedStore {
    /// Commits how an attempt ended together with what it changes (``Outbox/record(_:of:now:)``).
    public func record(_ outcome: Outcome, of operation: KioskSync.Operation, now: Date) async throws {
        try await mapped {
            try await store.writeTogether { db in
                // A newer revision may have taken this operation's place while it was under way; what the portal said of the
                // dossier is kept all the same.
                let isCurrent =
                    try db.first("SELECT state = 'sending' FROM outbox WHERE id = \(operation.id)") { $0.bool(0) } ?? false
                switch outcome {
                case .delivered(.dossier(let theirs))
                where try isCurrent && operation.kind == .check && self.isBehind(theirs, in: db):
                    guard try self.believesOlder(operation, now: now, in: &db) else { return }
                    try self.finish(operation.id, now: now, in: &db)
                    _ = try self.applyPortal(theirs, isFollowed: true, wentBack: true, now: now, in: &db)
                case .delivered(let effect):
                    try self.take(effect, of: operation, isCurrent: isCurrent, now: now, in: &db)
                    if isCurrent { try self.finish(operation.id, now: now, in: &db) }
                case .moved(let theirs):
                    let isBehind = try isCurrent && self.isBehind(theirs, in: db)
                    if isBehind, try !self.believesOlder(operation, now: now, in: &db) { return }
                    _ = try self.applyPortal(theirs, isFollowed: !isCurrent, wentBack: isBehind, now: now, in: &db)
                    guard isCurrent else { return }
                    if theirs.status.isOver { return try self.settleClosed(theirs, previous: nil, now: now, in: &db) }
                    do {
                        try self.reconcile(operation, now: now, in: &db)
                    } catch VaultError.doesNotOpen {
                        let damage = Rejection(code: Rejection.damagedHere, status: 0, detail: nil, faults: [])
                        try self.hold(operation, .rejected(damage), now: now, in: &db)
                    }
                case .absent(let notBefore):
                    guard isCurrent else { return }
                    try self.noteAbsence(operation, notBefore: notBefore, now: now, in: &db)
                case .retry, .inDoubt, .rejected, .duplicate, .blocked, .filesMissing:
                    guard isCurrent else { return }
                    try self.hold(operation, outcome, now: now, in: &db)
                }
            }
        }
    }

    /// Marks an operation done and frees what waited for it.
    func finish(_ operation: Int, now: Date, in db: inout Connection) throws {
        try db.run(
            "UPDATE outbox SET state = 'done', needs = 0, reason = NULL, sealed = NULL, updated_at = \(now.milliseconds) WHERE id = \(operation)"
        )
        let waiting = try db.all("SELECT operation FROM outbox_needs WHERE needed = \(operation)") { $0.int(0) }
        try db.run("DELETE FROM outbox_needs WHERE needed = \(operation)")
        for other in waiting { try db.recountNeeds(of: other) }
    }

    private func take(
        _ effect: Outcome.Effect, of operation: KioskSync.Operation, isCurrent: Bool, now: Date, in db: inout Connection
    ) throws {
        switch effect {
        case .account(let progress):
            try applyAccount(operation.subject, progress, now: now, in: &db)
        case .uploaded(let url):
            try db.run("UPDATE attachments SET upload_url = \(url), is_uploaded = 1 WHERE id = \(operation.subject)")
        case .dossier(let dossier):
            _ = try applyPortal(dossier, isFollowed: !isCurrent || operation.kind != .dossier, now: now, in: &db)
            guard isCurrent, operation.kind == .dossier else { return }
            try db.run(
                "UPDATE dossiers SET state = 'delivered', problem = NULL, updated_at = \(now.milliseconds) WHERE id = \(operation.subject)"
            )
            try db.addEvent(dossier: operation.subject, .delivered, by: nil, now: now)
            // The answer to a repeat: the portal took ours before, and an officer has changed it since.
            let number = try db.first("SELECT revision FROM outbox WHERE id = \(operation.id)") { $0.int(0) }
            if dossier.editedBy == "officer", let ours = try ownRevision(of: operation.subject, number: number, in: db),
                !dossier.holds(ours.content)
            {
                try takeOver(dossier, base: ours.side, ours: ours, now: now, in: &db)
            }
        case .nothing: break
        }
    }

    private func hold(_ operation: KioskSync.Operation, _ outcome: Outcome, now: Date, in db: inout Connection) throws {
        let id = operation.id
        switch outcome {
        case .retry(let reason, let notBefore):
            try again(id, state: "waiting", reason, notBefore, now, in: &db)
        case .inDoubt(let reason, let notBefore):
            try again(id, state: "in-doubt", reason, notBefore, now, in: &db)
            guard operation.kind == .dossier else { return }
            try db.run("UPDATE dossiers SET state = 'in-doubt' WHERE id = \(operation.subject) AND state = 'sealed'")
            if operation.state != .inDoubt { try db.addEvent(dossier: operation.subject, .inDoubt, by: nil, now: now) }
        case .rejected(let rejection):
            try db.run(
                "UPDATE outbox SET state = 'rejected', reason = \(rejection.code), updated_at = \(now.milliseconds) WHERE id = \(id)"
            )
            try reject(operation, rejection, now: now, in: &db)
        case .duplicate(let code, let receivedAt, let kiosk):
            try db.run("UPDATE outbox SET state = 'conflict', updated_at = \(now.milliseconds) WHERE id = \(id)")
            let conflict = Conflict.duplicate(code: code, receivedAt: receivedAt, kiosk: kiosk)
            try stop(operation.subject, .conflict, .conflict(conflict), event: .conflict, now: now, in: &db)
        case .blocked(let reason, let notBefore):
            if try !registerVerifiedAgain(operation, reason, notBefore: notBefore, now: now, in: &db) {
                try db.run(
                    "UPDATE outbox SET state = 'blocked', reason = \(reason.rawValue), updated_at = \(now.milliseconds) WHERE id = \(id)"
                )
            }
            let last = try db.first("SELECT kind FROM events WHERE dossier_id = \(operation.subject) ORDER BY id DESC LIMIT 1") {
                $0.text(0)
            }
            if last != DossierEvent.Kind.blocked.rawValue {
                try db.addEvent(dossier: operation.subject, .blocked, by: nil, now: now)
            }
        case .filesMissing(let digests, let notBefore):
            try bringUpAgain(operation, digests, now: now, in: &db)
            try again(id, state: "waiting", .uploadRestart, notBefore, now, in: &db)
        case .delivered, .moved, .absent: break
        }
    }

    /// Merges what was refused with the newest copy known of the portal.
    private func reconcile(_ operation: KioskSync.Operation, now: Date, in db: inout Connection) throws {
        let etag = try db.first("SELECT portal_etag FROM dossiers WHERE id = \(operation.subject)") { $0.textOrNil(0) } ?? nil
        let row = try db.first(
            "SELECT id, revision, etag, attempts FROM outbox WHERE id = \(operation.id)", Self.openOperation)
        guard let row, let theirs = try portalDossier(operation.subject, etag: etag, in: db) else { throw StoreError.noDossier }
        guard row.etag != theirs.etag else {
            // The portal showed an older copy than the one it refused ours for.
            let wait = RetryPolicy.standard.delay(attempt: operation.attempts + 1, chance: 1)
            return try again(row.id, state: "waiting", .portalBusy, now.addingTimeInterval(wait), now, in: &db)
        }
        try reconcile(operation.subject, row, with: theirs, now: now, in: &db)
    }

    func again(
        _ id: Int, state: String, _ reason: RetryReason, _ notBefore: Date, _ now: Date, in db: inout Connection
    ) throws {
        let charge = reason.chargesAttempt ? 1 : 0
        try db.run(
            """
            UPDATE outbox SET state = \(state), reason = \(reason.rawValue), not_before = \(notBefore.milliseconds),
                attempts = attempts + \(charge), updated_at = \(now.milliseconds) WHERE id = \(id)
            """)
    }

    // MARK: Refusals

    private func reject(_ operation: KioskSync.Operation, _ rejection: Rejection, now: Date, in db: inout Connection) throws {
        switch operation.kind {
        case .dossier:
            let status = try db.first("SELECT portal_status, portal_etag FROM dossiers WHERE id = \(operation.subject)") {
                ($0.textOrNil(0).map(PortalStatus.init), $0.textOrNil(1))
            }
            try stop(operation.subject, .rejected, .rejection(rejection), event: .rejected, now: now, in: &db)
            if status?.0?.isOver == true, let theirs = try portalDossier(operation.subject, etag: status?.1, in: db) {
                try settleClosed(theirs, previous: nil, now: now, in: &db)
            }
        case .account:
            try refuseAccount(operation, now: now, in: &db)
            try rejectDependents(of: operation.id, now: now, in: &db) { dossier, db in
                let prefix = try self.procedure(dossier.procedure, version: dossier.version, in: db).applicant.description
                var passedOn = rejection
                for index in passedOn.faults.indices { passedOn.faults[index].pointer = prefix + passedOn.faults[index].pointer }
                return passedOn
            }
        case .verification, .newCode: try refuseCode(of: operation.subject, rejection, now: now, in: &db)
        case .upload:
            try rejectDependents(of: operation.id, now: now, in: &db) { dossier, db in
                let component = try db.first(
                    "SELECT component FROM papers WHERE dossier_id = \(dossier.id) AND attachment_id = \(operation.subject)"
                ) { $0.text(0) }
                var passedOn = rejection
                passedOn.faults = [
                    Rejection.Fault(
                        pointer: "/attachments/\(component ?? "")", code: rejection.code,
                        message: rejection.detail
                            ?? (rejection.code == Rejection.damagedHere
                                ? "Tệp này trong máy bị hỏng. Hãy xóa và quét lại."
                                : "Cổng không nhận tệp này. Hãy quét lại với dung lượng nhỏ hơn."))
                ]
                return passedOn
            }
        case .withdrawal: try refuseWithdrawal(operation, now: now, in: &db)
        case .check, .report: break
        }
    }

    private struct Dependent {
        let id: String
        let procedure: String
        let version: String
    }

    /// Rejects the dossiers whose operations wait for one that was refused.
    private func rejectDependents(
        of operation: Int, now: Date, in db: inout Connection, _ words: (Dependent, borrowing Connection) throws -> Rejection
    ) throws {
        let dependents = try db.all(
            """
            SELECT o.id, d.id, d.procedure, d.catalogue_version FROM outbox_needs n JOIN outbox o ON o.id = n.operation
                JOIN dossiers d ON d.id = o.subject WHERE n.needed = \(operation) AND o.kind = 'dossier'
            """
        ) { ($0.int(0), Dependent(id: $0.text(1), procedure: $0.text(2), version: $0.text(3))) }
        for (waiting, dossier) in dependents {
            let rejection = try words(dossier, db)
            try db.run(
                "UPDATE outbox SET state = 'rejected', reason = \(rejection.code), updated_at = \(now.milliseconds) WHERE id = \(waiting)"
            )
            try stop(dossier.id, .rejected, .rejection(rejection), event: .rejected, now: now, in: &db)
        }
    }

    func stop(
        _ dossier: String, _ state: DossierState, _ problem: DossierProblem, event: DossierEvent.Kind, now: Date,
        in db: inout Connection
    ) throws {
        let sealed = try seal(problem, as: "problem/\(dossier)")
        try db.run(
            "UPDATE dossiers SET state = \(state.rawValue), problem = \(sealed), updated_at = \(now.milliseconds) WHERE id = \(dossier)"
        )
        try db.addEvent(dossier: dossier, event, by: nil, now: now)
        if case .rejection(let rejection) = problem { try db.addReturns(of: dossier, rejection, now: now) }
    }

    /// Queues a dossier's files anew that the portal has lost; the dossier waits for them.
    private func bringUpAgain(_ operation: KioskSync.Operation, _ digests: [String], now: Date, in db: inout Connection) throws {
        let all = try sentPapers(of: operation.subject, in: db)
        let named = Set(digests.map { $0.lowercased() })
        let found = all.filter { named.contains($0.sha256) }
        // Names that are none of ours, or none at all, mean all.
        let papers = found.isEmpty ? all : found
        let urgency =
            try db.first("SELECT urgency FROM outbox WHERE id = \(operation.id)") { Date(milliseconds: $0.int(0)) } ?? now
        var needed: Set<Int> = []
        for paper in papers {
            try db.run("UPDATE attachments SET upload_url = NULL, is_uploaded = 0 WHERE id = \(paper.attachment)")
            needed.insert(try db.enqueueUpload(of: paper.attachment, size: paper.size, urgency: urgency, now: now))
        }
        try db.need(Array(needed), before: operation.id)
    }
}
