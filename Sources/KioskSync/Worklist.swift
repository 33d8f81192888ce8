public import FoundationEssentials
public import KioskDomain

/// What can be set of the worklist.
public struct WorklistPlan: Equatable, Sendable {
    /// After how many days without an answer a dossier in doubt is told to a person; 1 to 60.
    public var inDoubtDays = 3
    /// The telephone of the commune police; nil where it is not configured.
    public var policePhone: String?

    /// The usual settings.
    public init() {}
}

/// Why a case stands in the worklist; where a case has several reasons, the first of this order counts.
public enum WorkKind: String, Codable, CaseIterable, Sendable {
    /// The portal refused it, or it cannot be read from this disk.
    case rejected
    /// The officer asks for more.
    case supplement
    /// An officer refused it for good, and the resident does not know yet.
    case refused
    /// Both sides changed, or the portal does not hold it any more.
    case conflict
    /// The resident has such a dossier at the portal already.
    case duplicate
    /// A sealed dossier was taken up again and not sealed since, or the portal settled it meanwhile.
    case mending
    /// Six digits are out, and the resident has to read them.
    case codeAwaited = "code-awaited"
    /// The account cannot be verified with the code that is out.
    case unverified = "account-unverified"
    /// The answer to sending it has been missing for too long.
    case inDoubt = "in-doubt"
    /// The result is due and not there.
    case overdue
    /// The result is there, and the resident does not know yet.
    case result
    /// To be read out in the village.
    case announcement
    /// A draft whose procedure has changed.
    case catalogue
    /// It waits for the resident to come back from elsewhere.
    case parked

    /// The row that a problem code of the portal leads to; nil where the machine goes on by itself.
    ///
    /// A code that is not known is a refusal (portal-contract.md, ground rules).
    public init?(problem code: String) {
        switch code {
        case "precondition-failed", "not-found": self = .conflict
        case "duplicate-dossier": self = .duplicate
        case "code-wrong": self = .codeAwaited
        case "code-expired", "account-locked", "account-unverified": self = .unverified
        case "attachments-missing", "too-many-requests", "cursor-unknown", "already-resolved": return nil
        default: self = .rejected
        }
    }
}

/// What is known of a case that may need a person.
public struct WorkFacts: Equatable, Sendable {
    /// What happened.
    public enum Cause: Equatable, Sendable {
        /// The portal's problem code, and its words.
        case problem(code: String, words: String?)
        /// The officer's last remark.
        case supplement(words: String?)
        /// Refused for good; the officer's last remark.
        case refused(words: String?)
        /// The result is there.
        case result
        /// It is being mended; whether the portal has settled it meanwhile.
        case mending(isSettled: Bool)
        /// How an account stands: the problem code, nil while a code is out; and the words for it.
        case account(code: String?, words: LocalText)
        /// Sent, and the answer never came.
        case doubt
        /// At the portal without a result.
        case atPortal
        /// To be read out.
        case announcement
        /// A draft whose procedure has changed.
        case catalogue
        /// Waits for the resident, and for what.
        case parked(words: String?)
    }

    /// The id of the dossier, account or announcement.
    public var id: String
    /// What happened.
    public var cause: Cause
    /// The resident, or the title of an announcement.
    public var whose: String
    /// The procedure, or what else it is about.
    public var what: LocalText
    /// Since when, by this machine's clock.
    public var since: Date
    /// By when the law, the portal or the code wants it.
    public var deadline: Date?
    /// The resident's telephone.
    public var phone: String?
    /// Whether the resident agreed to be called; nil where it was never asked.
    public var mayCall: Bool?

    /// A case.
    public init(
        id: String, cause: Cause, whose: String, what: LocalText, since: Date, deadline: Date? = nil, phone: String? = nil,
        mayCall: Bool? = nil
    ) {
        self.id = id
        self.cause = cause
        self.whose = whose
        self.what = what
        self.since = since
        self.deadline = deadline
        self.phone = phone
        self.mayCall = mayCall
    }
}

/// A row of the worklist: one case, one thing to do.
public struct WorkRow: Codable, Equatable, Sendable, Identifiable {
    /// Where the row's one action leads.
    public enum Subject: String, Codable, Sendable {
        /// A dossier.
        case dossier
        /// A dossier whose clashing fields can be compared.
        case clash
        /// A resident's account.
        case account
        /// An announcement.
        case announcement
    }

    /// Why it stands here.
    public let kind: WorkKind
    /// Where the row's one action leads.
    public let subject: Subject
    /// The id of the dossier, account or announcement.
    public let id: String
    /// The resident, or the title of an announcement.
    public let whose: String
    /// The procedure, or what else it is about.
    public let what: LocalText
    /// Why, in one sentence.
    public let why: LocalText
    /// What to do.
    public let todo: LocalText
    /// Who must come, or need not.
    public let mustCome: LocalText
    /// By when; nil where nothing sets a day.
    public let deadline: Date?
    /// Since when, by this machine's clock.
    public let since: Date
    /// The resident's telephone.
    public let phone: String?
    /// Whether the resident agreed to be called; nil where it was never asked.
    public let mayCall: Bool?
}

/// The worklist: from what is known to what a person has to do, in order.
public enum Worklist {
    /// The rows, the nearest deadline first, those without one after them by age, parked cases last.
    ///
    /// No case is hidden by the clock: where a time lies in the future the clock was or is wrong, and the case is shown.
    ///
    /// - Parameter facts: in any order; a case may stand there more than once and gets one row.
    public static func rows(_ facts: [WorkFacts], _ plan: WorklistPlan, now: Date) -> [WorkRow] {
        var byID: [String: WorkRow] = [:]
        for fact in facts {
            guard let kind = kind(of: fact, plan, now: now) else { continue }
            let row = row(fact, kind, plan, now: now)
            if let other = byID[fact.id], rank(other.kind) <= rank(kind) { continue }
            byID[fact.id] = row
        }
        return byID.values.sorted { order($0) < order($1) }
    }

    /// Whether a row answers to what was typed: every word to a word of the name, every number to the telephone.
    public static func matches(_ row: WorkRow, _ query: SearchQuery) -> Bool {
        let name = row.whose.split(separator: " ").flatMap { SearchWord.forms(of: String($0)) }
        let phone = SearchQuery.compact(row.phone ?? "")
        return query.words.allSatisfy { typed in name.contains { $0.match(typed) != nil } }
            && query.numbers.allSatisfy { $0.contains { phone.contains($0) } }
    }

    private static func order(_ row: WorkRow) -> (Int, Date, Date, String) {
        (row.kind == .parked ? 1 : 0, row.deadline ?? .distantFuture, row.since, row.id)
    }

    private static func rank(_ kind: WorkKind) -> Int { WorkKind.allCases.firstIndex(of: kind) ?? 0 }

    private static func kind(of fact: WorkFacts, _ plan: WorklistPlan, now: Date) -> WorkKind? {
        switch fact.cause {
        case .problem(let code, _): return WorkKind(problem: code)
        case .supplement: return .supplement
        case .refused: return .refused
        case .result: return .result
        case .mending: return .mending
        case .account(let code, _): return code.map { WorkKind(problem: $0) } ?? .codeAwaited
        case .doubt:
            let age = now.timeIntervalSince(fact.since)
            return age < 0 || age >= Double(plan.inDoubtDays) * 86_400 ? .inDoubt : nil
        case .atPortal: return fact.deadline.map { $0 < now } == true ? .overdue : nil
        case .announcement: return .announcement
        case .catalogue: return .catalogue
        case .parked: return .parked
        }
    }

    private static func subject(of cause: WorkFacts.Cause) -> WorkRow.Subject {
        switch cause {
        case .problem("precondition-failed", _): .clash
        case .account: .account
        case .announcement: .announcement
        case .problem, .supplement, .refused, .result, .mending, .doubt, .atPortal, .catalogue, .parked: .dossier
        }
    }

    private static func row(_ fact: WorkFacts, _ kind: WorkKind, _ plan: WorklistPlan, now: Date) -> WorkRow {
        let words = WorkWords(fact, kind, plan)
        return WorkRow(
            kind: kind, subject: subject(of: fact.cause), id: fact.id, whose: fact.whose, what: fact.what, why: words.why,
            todo: words.todo,
            mustCome: words.mustCome, deadline: fact.deadline, since: fact.since, phone: fact.phone, mayCall: fact.mayCall)
    }
}
