public import KioskDomain

/// How far a dossier is, without anything personal: what whoever has its code may know.
public struct DossierProgress: Codable, Equatable, Sendable {
    /// The portal's dossier code.
    public var code: String
    /// The procedure's code.
    public var procedure: String
    /// Its status.
    public var status: PortalStatus
    /// Since when (RFC 3339).
    public var statusAt: String
    /// When the result is due (RFC 3339), where the portal has said so.
    public var dueAt: String?

    /// A progress.
    public init(code: String, procedure: String, status: PortalStatus, statusAt: String, dueAt: String?) {
        self.code = code
        self.procedure = procedure
        self.status = status
        self.statusAt = statusAt
        self.dueAt = dueAt
    }
}

/// Asks the portal how far any dossier is (`GET /v1/dossiers?code=…&procedure=…`).
public protocol ProgressLookUp: Sendable {
    /// How far the dossier of this code and procedure is; nil where the portal has none.
    func progress(code: String, procedure: String) async throws(PortalFailure) -> DossierProgress?
}
