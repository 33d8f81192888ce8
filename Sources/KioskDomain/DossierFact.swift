public import FoundationEssentials

/// What a report counts of one dossier; nothing in it is about a person, and it stays when all else of the dossier is purged.
public struct DossierFact: Equatable, Sendable {
    /// The dossier's id.
    public var id: String
    /// The code of its procedure.
    public var procedure: String
    /// When its capture began.
    public var capturedAt: Date
    /// When it was first sealed.
    public var sealedAt: Date
    /// By when the law wants it at the portal; nil where it does not say.
    public var sendBy: Date?
    /// When the kiosk first learnt that the portal has it.
    public var uploadedAt: Date?
    /// When the portal received it, by the portal's clock.
    public var receivedAt: Date?
    /// By when the portal means to settle it.
    public var dueAt: Date?
    /// When it was settled, by the portal's clock: it had a result, was refused or was withdrawn.
    public var settledAt: Date?
    /// The status with which it was settled.
    public var settledAs: PortalStatus?
    /// When it was first returned: refused by the portal's checks, to be supplemented, or refused for good.
    public var firstReturnAt: Date?

    /// What a report counts of one dossier.
    public init(
        id: String, procedure: String, capturedAt: Date, sealedAt: Date, sendBy: Date? = nil, uploadedAt: Date? = nil,
        receivedAt: Date? = nil, dueAt: Date? = nil, settledAt: Date? = nil, settledAs: PortalStatus? = nil,
        firstReturnAt: Date? = nil
    ) {
        self.id = id
        self.procedure = procedure
        self.capturedAt = capturedAt
        self.sealedAt = sealedAt
        self.sendBy = sendBy
        self.uploadedAt = uploadedAt
        self.receivedAt = receivedAt
        self.dueAt = dueAt
        self.settledAt = settledAt
        self.settledAs = settledAs
        self.firstReturnAt = firstReturnAt
    }
}

/// A dossier was returned once.
public struct ReturnFact: Equatable, Sendable {
    /// The dossier's id.
    public var dossier: String
    /// When.
    public var at: Date
    /// Why: a code of the contract.
    public var code: String

    /// A dossier was returned once.
    public init(dossier: String, at: Date, code: String) {
        self.dossier = dossier
        self.at = at
        self.code = code
    }

    /// A code as a report may keep it: a portal's own words could be about a person, so what is no code becomes `other`.
    public static func code(_ text: String) -> String {
        let isCode =
            (1...40).contains(text.utf8.count) && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
        return isCode ? text : "other"
    }
}
