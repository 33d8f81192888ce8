public import FoundationEssentials
internal import KioskDomain
public import KioskSync
internal import SQLiteAccess

extension KioskStore {
    /// How far a dossier of this kiosk is by the portal's last news, told without unlocking: only columns in the clear.
    ///
    /// - Returns: the progress, and when the kiosk last heard all of the portal; nil where no dossier here has this code and
    ///   procedure.
    /// - Throws: ``StoreError``.
    public func progress(code: String, procedure: String) async throws -> (progress: DossierProgress, heardAt: Date?)? {
        try await read { db in
            let found = try db.first(
                """
                SELECT portal_status, portal_status_at, portal_due_at FROM dossiers
                WHERE portal_code = \(code) AND procedure = \(procedure) AND portal_status IS NOT NULL
                """
            ) { (status: $0.text(0), at: $0.textOrNil(1), due: $0.textOrNil(2)) }
            guard let found else { return nil }
            let heard = try db.first("SELECT max(ended_at) FROM sync_runs WHERE stop IS NULL") { $0.intOrNil(0) } ?? nil
            return (
                DossierProgress(
                    code: code, procedure: procedure, status: PortalStatus(rawValue: found.status), statusAt: found.at ?? "",
                    dueAt: found.due), heard.map { Date(milliseconds: $0) }
            )
        }
    }
}
