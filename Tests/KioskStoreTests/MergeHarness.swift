import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import Testing

let reason = "/stay/reason"
let until = "/stay/until"
/// When a person or the portal acts after ``morning``.
let later = morning.addingTimeInterval(60)

/// The notice of stay as an officer left it.
func edited(_ id: String, version: Int = 2, _ change: (inout JSONValue) -> Void) throws
    -> PortalDossier
{
    var answers = try Kiosk.sample("LUU_TRU")
    change(&answers)
    return Kiosk.portal(id, answers: answers, version: version, editedBy: "officer")
}

/// The portal's copy comes with the feed.
func feed(_ kiosk: Kiosk, _ dossier: PortalDossier) async throws {
    let batch = ChangeBatch(changes: [.dossier(dossier)], cursor: "c\(dossier.version)", more: false)
    #expect(try await kiosk.store.apply(batch, now: later) == 1)
}

/// A delivered notice of stay that is being mended.
func mending(_ change: @escaping @Sendable (inout JSONValue) -> Void = { _ in }) async throws -> (Kiosk, String) {
    let kiosk = try await Kiosk()
    let id = try await kiosk.stay()
    try await kiosk.deliver(id)
    try await kiosk.store.reopen(id, now: morning)
    try await kiosk.store.changeDraft(of: id, now: morning) { change(&$0.answers) }
    return (kiosk, id)
}

/// The same, sealed again and being sent.
func amending(_ change: @escaping @Sendable (inout JSONValue) -> Void) async throws -> (
    Kiosk, String, KioskSync.Operation
) {
    let (kiosk, id) = try await mending(change)
    _ = try await kiosk.store.seal(id, consent: .applicant, acceptsWarnings: true, now: morning)
    return (kiosk, id, try await kiosk.begin(.dossier, id).operation)
}

/// What is sent of the dossier next.
func outgoing(_ kiosk: Kiosk, now: Date? = nil) async throws -> OutgoingDossier {
    guard case .dossier(let dossier) = try await kiosk.begin(.dossier, now: now ?? later).content else {
        throw StoreError.noDossier
    }
    return dossier
}

/// What a person has to decide.
func divergence(_ kiosk: Kiosk, _ id: String) async throws -> Divergence {
    let problem = try await kiosk.store.dossier(id).problem
    guard case .conflict(.edited(let divergence)) = problem else { throw StoreError.noConflict }
    return divergence
}
