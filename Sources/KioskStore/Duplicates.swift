public import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskSync
internal import KioskVault
internal import SQLiteAccess

extension UnlockedStore {
    /// Other dossiers on this machine of the person who files a draft and of its procedure that are not over, the newest first.
    ///
    /// Sealed ones are found by the keyed hash of the citizen number, drafts by opening those of the procedure; nothing is written.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.notADraft`.
    public func likelyDuplicates(of id: String, limit: Int = 3) async throws -> [DossierSummary] {
        let procedure = try await procedure(ofDossier: id)
        guard !procedure.mayRepeat else { return [] }
        return try await mapped {
            try await store.read { db in
                let place = procedure.applicant.appending("citizenId")
                let number = try self.readDraft(of: id, in: db).answers[place]?.stringValue.map { StoredText.clean($0) } ?? ""
                guard number.count >= 9 else { return [] }
                let hash = self.vault.lookup.hash(Array(number.utf8), kind: "citizen")
                let sealed = try db.all(
                    """
                    \(part: Self.columns) WHERE account_id = (SELECT id FROM accounts WHERE citizen_hash = \(hash))
                        AND procedure = \(procedure.code) AND id <> \(id) AND state NOT IN ('draft', 'withdrawn')
                        AND ifnull(portal_status, '') NOT IN ('resolved', 'returned', 'refused', 'withdrawn')
                    ORDER BY sealed_at DESC LIMIT \(limit)
                    """, self.summary)
                // Of people who come to one meeting house a hundred open forms of one procedure are more than there will ever be.
                let drafts = try db.all(
                    """
                    \(part: Self.columns) WHERE state = 'draft' AND procedure = \(procedure.code) AND id <> \(id)
                    ORDER BY updated_at DESC LIMIT 100
                    """, self.summary)
                let same = try drafts.filter {
                    try self.readDraft(of: $0.id, in: db).answers[place]?.stringValue.map { StoredText.clean($0) } == number
                }
                return Array((sealed + same).prefix(limit))
            }
        }
    }

    /// The dossier of this machine that the portal knows by a code; nil where it is another kiosk's.
    ///
    /// - Throws: ``StoreError``.
    public func dossier(withCode code: String) async throws -> DossierSummary? {
        try await mapped {
            try await store.read { db in
                try db.first("\(part: Self.columns) WHERE portal_code = \(code) LIMIT 1", self.summary)
            }
        }
    }

    /// Sends a dossier again that the portal took for a duplicate, with why it is none.
    ///
    /// - Parameter explanation: for the officer, at most 500 letters.
    /// - Throws: ``StoreError``: `.noConflict` where the portal did not take it for one; `.withdrawalIncomplete` without an explanation;
    ///   `.noDossier`.
    public func explainDuplicate(_ id: String, explanation: String, now: Date) async throws {
        let text = StoredText.clean(explanation)
        guard !text.isEmpty, text.count <= Withdrawal.longestReason else { throw StoreError.withdrawalIncomplete }
        try await mapped {
            try await store.write { db in
                let row = try db.first("SELECT problem, account_id, send_by, state FROM dossiers WHERE id = \(id)") {
                    ($0.blobOrNil(0), $0.textOrNil(1), $0.intOrNil(2), $0.text(3))
                }
                guard let (problem, account, sendBy, state) = row else { throw StoreError.noDossier }
                guard case .conflict(.duplicate) = try self.openIfPresent(DossierProblem.self, problem, as: "problem/\(id)"),
                    state == DossierState.conflict.rawValue, let account, let ours = try self.ownRevision(of: id, in: db)
                else { throw StoreError.noConflict }
                let etag =
                    try db.first("SELECT etag FROM outbox WHERE subject = \(id) AND kind = 'dossier' ORDER BY id DESC LIMIT 1") {
                        $0.textOrNil(0)
                    } ?? nil
                var content = ours.content
                content.explanation = text
                let papers = try self.sentPapers(of: id, in: db)
                let number = try self.insertRevision(
                    of: id, content: content, base: ours.base, by: self.operatorRow.id, now: now, in: &db)
                try db.run(
                    """
                    UPDATE dossiers SET state = 'sealed', problem = NULL, revision = \(number), updated_at = \(now.milliseconds)
                    WHERE id = \(id)
                    """)
                try self.enqueueDossier(
                    id, revision: number, papers: papers, account: (account, nil), sendBy: sendBy.map { Date(milliseconds: $0) },
                    etag: etag, now: now, in: &db)
                try self.addMergeEvent(
                    .explained, dossier: id, [], revision: number, by: self.operatorRow.id, now: now, in: &db)
            }
        }
    }
}
