internal import KioskDomain
public import KioskSync
internal import PortalWire

extension PortalConnection: ProgressLookUp {
    /// How far a dossier is (``ProgressLookUp/progress(code:procedure:)``).
    public func progress(code: String, procedure: String) async throws(PortalFailure) -> KioskSync.DossierProgress? {
        let query = "code=\(Self.percentEncoded(code))&procedure=\(Self.percentEncoded(procedure))"
        let answer = try await call(.readDossier, CurlRequest(method: "GET", url: url("/v1/dossiers?\(query)")))
        guard answer.status != 404 else { return nil }
        let found = try decode(PortalWire.DossierProgress.self, answer)
        // An answer about another dossier is not the portal's.
        guard found.code == code, found.procedure == procedure else { throw .notThePortal }
        return KioskSync.DossierProgress(
            code: found.code, procedure: found.procedure, status: PortalStatus(rawValue: found.status),
            statusAt: found.statusAt, dueAt: found.dueAt)
    }
}
