public import FoundationEssentials
internal import JSONTree
internal import KioskDomain
internal import KioskVault
internal import SQLiteAccess

/// What a resident told in an earlier dossier, for the block of the person who files.
struct EarlierAnswers {
    /// When that dossier was sealed.
    let sealedAt: Date
    /// The answers by the name they have in the block.
    let answers: [String: JSONValue]

    /// What is filled in; all else is asked anew.
    static let names = ["fullName", "birthDate", "sex", "phone"]
}

extension UnlockedStore {
    /// When the person whose citizen number stands in a draft's applicant block filed the last dossier here whose answers they
    /// agreed to have offered again; nil where there is none, or where the block already says the same.
    ///
    /// It tells nothing else: the answers are filled in only with ``reuseAnswers(in:now:)``, once the resident consented.
    ///
    /// - Throws: ``StoreError``: `.noDossier`, `.notADraft`.
    public func earlierAnswers(for id: String) async throws -> Date? {
        let procedure = try await procedure(ofDossier: id)
        return try await mapped {
            try await store.read { db in
                let draft = try self.readDraft(of: id, in: db)
                return try self.earlier(than: id, draft: draft, procedure: procedure, in: db)?.sealedAt
            }
        }
    }

    /// Fills name, birth date, sex and phone of the applicant in from the resident's last dossier, and notes that the resident
    /// consented to it.
    ///
    /// - Returns: whether there was anything to fill in.
    /// - Throws: ``StoreError``: `.noDossier`, `.notADraft`.
    @discardableResult
    public func reuseAnswers(in id: String, now: Date) async throws -> Bool {
        let procedure = try await procedure(ofDossier: id)
        return try await mapped {
            try await store.write { db in
                var draft = try self.readDraft(of: id, in: db)
                guard let earlier = try self.earlier(than: id, draft: draft, procedure: procedure, in: db) else { return false }
                for (name, answer) in earlier.answers { draft.answers.set(answer, at: procedure.applicant.appending(name)) }
                try self.noteHandOver(of: id, now: now, in: &db)
                try self.writeDraft(draft, of: id, procedure: procedure, now: now, in: &db)
                try db.addEvent(dossier: id, .reused, by: self.operatorRow.id, now: now)
                return true
            }
        }
    }

    private func earlier(
        than id: String, draft: Draft, procedure: Procedure, in db: borrowing Connection
    ) throws -> EarlierAnswers? {
        guard let number = draft.answers[procedure.applicant.appending("citizenId")]?.stringValue, !number.isEmpty else {
            return nil
        }
        let hash = vault.lookup.hash(Array(number.utf8), kind: "citizen")
        let rows = try db.all(
            """
            SELECT d.id, d.revision, d.procedure, d.catalogue_version, r.made_at, r.sealed FROM accounts a
            JOIN dossiers d ON d.account_id = a.id AND d.id <> \(id)
            JOIN revisions r ON r.dossier_id = d.id AND r.author = 'kiosk' AND r.number = d.revision
            WHERE a.citizen_hash = \(hash) ORDER BY d.sealed_at DESC, d.id DESC LIMIT 20
            """
        ) { ($0.text(0), $0.int(1), $0.text(2), $0.text(3), $0.int(4), $0.blob(5)) }
        for (other, revision, code, version, madeAt, sealed) in rows {
            let content = try open(RevisionContent.self, sealed, as: "revision/\(other)/kiosk/\(revision)")
            guard try agrees(content.consent, to: ConsentText.Purpose.reuse, of: other, in: db) == true else { continue }
            let block = try self.procedure(code, version: version).applicant
            var found: [String: JSONValue] = [:]
            for name in EarlierAnswers.names {
                if let answer = content.answers[block.appending(name)], !answer.isBlank { found[name] = answer }
            }
            let isNews = found.contains { draft.answers[procedure.applicant.appending($0.key)] != $0.value }
            return isNews ? EarlierAnswers(sealedAt: Date(milliseconds: madeAt), answers: found) : nil
        }
        return nil
    }
}
