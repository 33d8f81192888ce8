public import FoundationEssentials
public import KioskDomain
public import KioskSync
internal import SQLiteAccess

/// Something that happened to a dossier.
public struct DossierEvent: Codable, Equatable, Sendable {
    /// What happened.
    public enum Kind: String, Codable, Sendable {
        /// The form was begun.
        case begun
        /// Another operator went on with it.
        case handedOver = "handed-over"
        /// The resident consented to what an earlier dossier says of them being filled in.
        case reused = "answers-reused"
        /// The resident consented to papers of earlier dossiers being used.
        case papersReused = "papers-reused"
        /// It is over, and the files that its pages were made of were removed.
        case originalsRemoved = "originals-removed"
        /// It was sealed.
        case sealed
        /// It was taken up again.
        case reopened
        /// The answer to sending it was lost.
        case inDoubt = "in-doubt"
        /// The portal has it.
        case delivered
        /// The portal refused it.
        case rejected
        /// A person has to decide.
        case conflict
        /// What was changed here and at the portal was merged by itself.
        case merged
        /// The portal's copy was changed while the form is being filled in, and is merged when that is sealed.
        case editedAtPortal = "edited-at-portal"
        /// A person decided a conflict.
        case resolved = "conflict-resolved"
        /// It waits for the resident's account.
        case blocked
        /// The portal does not hold it any more.
        case absent = "not-at-portal"
        /// Someone had it sent again as it was sealed, because the portal does not hold it any more.
        case sentAgain = "sent-again"
        /// The one who files it is described otherwise than in their account, which stays as it is.
        case accountDiffers = "account-differs"
        /// Someone had the resident's account registered with what this dossier says.
        case accountCorrected = "account-corrected"
        /// The portal went back to an older copy: what it lost is sent again.
        case wentBack = "portal-went-back"
        /// The portal settled the dossier before what was sealed here could be sent.
        case notSent = "not-sent"
        /// Someone stopped mending it, because the portal settled it meanwhile or the resident withdraws it.
        case mendingStopped = "mending-stopped"
        /// A decision of a conflict was taken back before it was sent.
        case undone = "resolution-undone"
        /// It is sent again with why it is no duplicate.
        case explained = "duplicate-explained"
        /// The resident withdraws it.
        case withdrawalAsked = "withdrawal-asked"
        /// The withdrawal was taken back before it was sent.
        case withdrawalCancelled = "withdrawal-cancelled"
        /// The portal refused the withdrawal: it had settled the dossier.
        case withdrawalRefused = "withdrawal-refused"
        /// It is withdrawn, and the portal does not have it.
        case withdrawn
        /// It was set aside until the resident comes back.
        case parked
        /// The resident is back: it was taken up again.
        case unparked
        /// The resident was told what the portal decided.
        case told = "resident-told"
        /// A new dossier was begun from it, because the portal refused it.
        case filedAnew = "filed-anew"
        /// It was begun from a refused one.
        case filedAnewFrom = "filed-anew-from"
        /// Its status at the portal changed.
        case status
        /// The resident took back an optional purpose of the consent.
        case consentWithdrawn = "consent-withdrawn"
    }

    /// When.
    public let at: Date
    /// What happened.
    public let kind: Kind
    /// The new status at the portal (`status`).
    public let status: PortalStatus?
    /// The id of the purpose that was taken back (`consentWithdrawn`).
    public let purpose: String?
    /// The id of the other dossier (`filedAnew`, `filedAnewFrom`).
    public let other: String?
    /// Who did it; nil where it was the machine or the portal.
    public let operatorName: String?
    /// What was taken from where (`merged`, `resolved`).
    public let changes: [MergedChange]?
    /// The revision that a merge made.
    public let revision: Int?
    /// Why the resident withdraws it, and who consented (`withdrawalAsked`).
    public let withdrawal: Withdrawal?
}

/// What is sealed of a merge's event.
struct MergeNote: Codable, Equatable {
    var changes: [MergedChange]
    /// Nil where it went into a form being mended.
    var revision: Int?
}

extension Connection {
    func addPortalEvent(dossier: String, status: PortalStatus, now: Date) throws {
        try run(
            """
            INSERT INTO events (dossier_id, at, kind, operator_id)
            VALUES (\(dossier), \(now.milliseconds), \("status:" + status.rawValue), NULL)
            """)
    }

}

extension UnlockedStore {
    /// What happened to a dossier, oldest first.
    func events(of dossier: String, in db: borrowing Connection) throws -> [DossierEvent] {
        try db.all(
            """
            SELECT e.at, e.kind, o.name, e.id, e.sealed FROM events e LEFT JOIN operators o ON o.id = e.operator_id
            WHERE e.dossier_id = \(dossier) ORDER BY e.id
            """
        ) { row in
            let id = row.int(3)
            let parts = row.text(1).split(separator: ":", maxSplits: 1).map(String.init)
            let kind = DossierEvent.Kind(rawValue: parts.first ?? "") ?? .status
            let detail = parts.count > 1 ? parts[1] : nil
            let asked = kind == .withdrawalAsked
            let withdrawal = try self.openIfPresent(Withdrawal.self, asked ? row.blobOrNil(4) : nil, as: "event/\(id)")
            let note = try self.openIfPresent(MergeNote.self, asked ? nil : row.blobOrNil(4), as: "event/\(id)")
            return DossierEvent(
                at: Date(milliseconds: row.int(0)), kind: kind,
                status: kind == .status ? detail.map(PortalStatus.init) : nil,
                purpose: kind == .consentWithdrawn ? detail : nil,
                other: [.filedAnew, .filedAnewFrom].contains(kind) ? detail : nil, operatorName: row.textOrNil(2),
                changes: note?.changes, revision: note?.revision, withdrawal: withdrawal)
        }
    }
}
