public import FoundationEssentials
internal import KioskDomain
internal import SQLiteAccess

// A case that nobody in the village can mend, mostly because the population database is wrong, is set aside until its resident comes back
// from the commune police. It stays in every list. Whatever moves the dossier, here or at the portal, ends the parking (a trigger).

extension UnlockedStore {
    /// Sets a dossier aside until its resident comes back; one that is set aside already stays so since when it was.
    ///
    /// - Throws: ``StoreError``: `.notReopenable` where it waits for nobody in the village, `.noDossier`.
    public func park(_ id: String, now: Date) async throws {
        try await changeParking(of: id, to: now, now: now)
    }

    /// Takes a dossier up again that was set aside; nothing happens to one that was not.
    ///
    /// - Throws: ``StoreError/noDossier``.
    public func unpark(_ id: String, now: Date) async throws {
        try await changeParking(of: id, to: nil, now: now)
    }

    private func changeParking(of id: String, to since: Date?, now: Date) async throws {
        try await mapped {
            try await store.write { db in
                let row = try db.first(
                    "SELECT state, portal_status, parked_at IS NOT NULL, revision FROM dossiers WHERE id = \(id)"
                ) {
                    (DossierState(rawValue: $0.text(0)), $0.textOrNil(1).map(PortalStatus.init), $0.bool(2), $0.int(3))
                }
                guard let (state, status, isParked, revision) = row, let state else { throw StoreError.noDossier }
                guard isParked == (since == nil) else { return }
                if since != nil {
                    let waits =
                        state == .rejected || state == .delivered && status == .supplementRequired
                        || state == .draft && revision > 0 && status?.isOver != true
                    guard waits else { throw StoreError.notReopenable(state) }
                }
                try db.run(
                    "UPDATE dossiers SET parked_at = \(since?.milliseconds), updated_at = \(now.milliseconds) WHERE id = \(id)")
                try db.addEvent(dossier: id, since == nil ? .unparked : .parked, by: self.operatorRow.id, now: now)
            }
        }
    }
}
