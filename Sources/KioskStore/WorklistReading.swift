public import FoundationEssentials
internal import JSONTree
internal import KioskDomain
public import KioskSync
internal import SQLiteAccess

/// A case that stood in the worklist and does not any more.
public struct SettledCase: Equatable, Sendable {
    /// The dossier.
    public let dossier: DossierSummary
    /// What it stood there for last.
    public let cause: DossierEvent.Kind
    /// When that was.
    public let since: Date
}

extension UnlockedStore {
    /// For how many days a settled case is shown.
    public static let settledDays = 30

    /// What needs a person, in order (``Worklist``).
    ///
    /// - Throws: ``StoreError``.
    public func worklist(_ plan: WorklistPlan, now: Date) async throws -> [WorkRow] {
        var facts: [WorkFacts] = []
        let accounts = try await accountsAwaitingPerson(limit: 10_000)
        for account in accounts where account.waiting == nil { facts.append(self.facts(of: account, now: now)) }
        let awaited = Set(accounts.map(\.id))
        for row in try await casesOfDossiers(now: now) {
            if let fact = try await self.facts(of: row, awaitedAccounts: awaited) { facts.append(fact) }
        }
        for row in try await draftsOfOtherEditions(limit: 10_000) where try hasChanged(row) {
            facts.append(self.facts(of: row, .catalogue, since: row.updatedAt))
        }
        for one in try await announcementsToRead(now: now) {
            facts.append(
                WorkFacts(
                    id: one.id, cause: .announcement, whose: one.title,
                    what: LocalText(vi: "Thông báo của Công an xã", en: "Announcement"),
                    since: one.validFrom.flatMap(VietnamTime.instant(rfc3339:)) ?? now,
                    deadline: one.validUntil.flatMap(VietnamTime.instant(rfc3339:))))
        }
        return Worklist.rows(facts, plan, now: now)
    }

    /// Dossiers that stood in the worklist, do not any more, and had news in the last thirty days; the newest first.
    ///
    /// - Parameter rows: the worklist now.
    /// - Throws: ``StoreError``.
    public func settledCases(besides rows: [WorkRow], now: Date) async throws -> [SettledCase] {
        let open = Set(rows.map(\.id))
        let since = now.addingTimeInterval(-Double(Self.settledDays) * 86_400).milliseconds
        let query: SQL = """
            SELECT d.id, e.kind, e.at FROM dossiers d JOIN events e ON e.id = (SELECT max(id) FROM events WHERE dossier_id = d.id
                AND kind IN ('rejected', 'conflict', 'not-at-portal', 'blocked', 'status:supplement-required', 'status:refused'))
            WHERE d.updated_at >= \(since) ORDER BY d.updated_at DESC LIMIT 200
            """
        return try await mapped {
            try await store.read { db in
                let found = try db.all(query) { ($0.text(0), $0.text(1), Date(milliseconds: $0.int(2))) }
                return try found.compactMap { id, kind, at in
                    guard !open.contains(id),
                        let summary = try db.first("\(part: Self.columns) WHERE id = \(id)", self.summary),
                        !summary.awaitsAccount
                    else { return nil }
                    // A refusal by the officer is one as well as that by the portal's checks.
                    let cause = kind == "status:refused" ? .rejected : DossierEvent.Kind(rawValue: kind) ?? .status
                    return SettledCase(dossier: summary, cause: cause, since: at)
                }
            }
        }
    }

    /// What holds now and nobody here has read yet, the newest first.
    ///
    /// - Throws: ``StoreError``.
    public func announcementsToRead(now: Date) async throws -> [Announcement] {
        try await store.read { db in
            let read = Set(try db.all("SELECT DISTINCT announcement_id FROM announcement_reads") { $0.text(0) })
            return try db.announcements(now: now).filter { !read.contains($0.id) }
        }
    }

    /// Whether the procedure of a draft is another in the catalogue in use.
    private func hasChanged(_ row: DossierSummary) throws -> Bool {
        guard let new = catalogue.procedure(row.procedure) else { return true }
        return ProcedureChange(from: try procedure(row.procedure, version: row.catalogueVersion), to: new) != nil
    }

    // MARK: Facts

    private func casesOfDossiers(now: Date) async throws -> [DossierSummary] {
        // Days and instants compare as texts do: all that is due today is before tomorrow.
        let tomorrow = VietnamTime.day(of: now).adding(days: 1).description
        let query: SQL = """
            \(part: Self.columns) WHERE id IN (
                SELECT id FROM dossiers WHERE state IN ('rejected', 'conflict', 'in-doubt')
                UNION SELECT id FROM dossiers WHERE state = 'draft' AND revision > 0
                UNION SELECT id FROM dossiers WHERE state = 'delivered' AND portal_status = 'supplement-required'
                UNION SELECT id FROM dossiers WHERE portal_due_at < \(tomorrow)
                    AND state = 'delivered' AND coalesce(portal_status, '') NOT IN ('resolved', 'returned', 'refused', 'withdrawn')
                UNION SELECT id FROM dossiers WHERE \(part: Connection.isToBeTold)
                UNION SELECT subject FROM outbox WHERE outbox.state = 'blocked')
            """
        return try await mapped { try await store.read { db in try db.all(query, self.summary) } }
    }

    private func facts(of row: DossierSummary, awaitedAccounts: Set<String>) async throws -> WorkFacts? {
        let detail = try await dossier(row.id)
        guard let (cause, since) = try await cause(of: detail, awaitedAccounts) else { return nil }
        var fact = facts(of: row, cause, since: since)
        if cause == .atPortal || row.status == .supplementRequired {
            fact.deadline = row.dueAt.flatMap(VietnamTime.instant(rfc3339:))
        }
        let applicant = try procedure(row.procedure, version: row.catalogueVersion).applicant
        fact.phone = detail.answers[applicant.appending("phone")]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        if let account = detail.account {
            fact.mayCall = try await mapped {
                try await store.read { db in try self.agreesToContact(account: account, in: db) }
            }
        }
        return fact
    }

    private func facts(of row: DossierSummary, _ cause: WorkFacts.Cause, since: Date) -> WorkFacts {
        let name = row.subject.isEmpty ? row.applicant : row.subject
        let title = (try? procedure(row.procedure, version: row.catalogueVersion))?.name
        return WorkFacts(
            id: row.id, cause: cause, whose: name, what: title ?? LocalText(vi: row.procedure, en: row.procedure), since: since,
            deadline: row.sendBy)
    }

    private func cause(
        of detail: DossierDetail, _ awaitedAccounts: Set<String>
    ) async throws -> (WorkFacts.Cause, since: Date)? {
        let row = detail.summary
        if let parkedAt = row.parkedAt {
            let said: String? =
                if case .rejection(let refusal) = detail.problem {
                    refusal.faults.first?.message ?? refusal.detail
                } else {
                    detail.portal?.remarks.last?.text
                }
            return (.parked(words: said), parkedAt)
        }
        switch (row.state, detail.problem) {
        case (.rejected, .rejection(let refusal)):
            return (.problem(code: refusal.code, words: refusal.faults.first?.message ?? refusal.detail), row.updatedAt)
        case (.rejected, _): return (.problem(code: "dossier-rejected", words: nil), row.updatedAt)
        case (.conflict, .conflict(.duplicate)): return (.problem(code: "duplicate-dossier", words: nil), row.updatedAt)
        case (.conflict, .conflict(.absent)): return (.problem(code: "not-found", words: nil), row.updatedAt)
        case (.conflict, _): return (.problem(code: "precondition-failed", words: nil), row.updatedAt)
        case (.draft, _): return (.mending(isSettled: row.status?.isOver == true), row.updatedAt)
        case (.inDoubt, _):
            let sealed = row.sealedAt ?? .distantPast
            return (.doubt, detail.events.first { $0.kind == .inDoubt && $0.at >= sealed }?.at ?? row.updatedAt)
        case (.delivered, _) where row.isToBeTold:
            return (row.status == .refused ? .refused(words: detail.portal?.remarks.last?.text) : .result, row.updatedAt)
        case (.delivered, _):
            guard row.status == .supplementRequired else { return (.atPortal, row.updatedAt) }
            return (.supplement(words: detail.portal?.remarks.last?.text), row.updatedAt)
        default:
            guard row.awaitsAccount, let id = detail.account, !awaitedAccounts.contains(id),
                try await account(id)?.state != AccountRow.new
            else { return nil }
            return (.problem(code: "account-unverified", words: nil), row.updatedAt)
        }
    }

    private func facts(of account: AccountRow, now: Date) -> WorkFacts {
        let standing = account.codeStanding(at: now)
        let code: String? =
            switch standing {
            case .wrong: "code-wrong"
            case .expired: "code-expired"
            case .locked: "account-locked"
            case .sent: nil
            case .unsent, .verified, .refused: "account-unverified"
            }
        let words = account.words(at: now)
        return WorkFacts(
            id: account.id,
            cause: .account(
                code: code,
                words: LocalText(vi: words.map(\.vi).joined(separator: " "), en: words.map(\.en).joined(separator: " "))),
            whose: account.fullName, what: LocalText(vi: "Tài khoản trên cổng", en: "Account at the portal"),
            since: account.since, deadline: account.expiresAt, phone: account.phone, mayCall: account.agreesToContact)
    }
}
