internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore
internal import KioskSync
internal import KioskTransport
internal import KioskWeb

extension SyncRun {
    /// Asks the portal how far a dossier is.
    static func lookUp(
        code: String, procedure: String, with store: UnlockedStore, settings: Settings
    ) async throws -> ProgressAnswer {
        let portal = try await portal(of: store, settings: settings)
        do throws(PortalFailure) {
            return try await portal.progress(code: code, procedure: procedure).map { .found($0) } ?? .unknown
        } catch {
            return .unreachable
        }
    }
}

extension SyncService: ProgressDesk {
    /// Asks the portal with the keys that an unlocking left behind (``ProgressDesk/lookUp(code:procedure:)``).
    func lookUp(code: String, procedure: String) async -> ProgressAnswer {
        guard let (store, settings) = lookUpMeans() else { return .unreachable }
        do {
            return try await SyncRun.lookUp(code: code, procedure: procedure, with: store, settings: settings)
        } catch {
            complain(error)
            return .unreachable
        }
    }
}

extension Command {
    static let lookUp = Command(
        words: ["lookup"], operands: ["CODE"], summary: "tells how far a dossier is, by its code and procedure",
        details: """
            Asks the portal, for any dossier. Without a line it tells the last news of a dossier of this kiosk, and says of when
            they are. The code may be given in digits only. Exit status 3: not found, or nobody could be asked.
            """,
        flags: [Flag(name: "procedure", value: "P", help: "the procedure's code, such as TT_NHAP_SINH")] + unlockFlags
    ) { invocation in
        let procedure = try invocation.needed("procedure")
        guard let code = DossierCode.typed(invocation.operands[0]) else { throw UsageError("CODE is no dossier code") }
        let (opening, store) = try await Opening.unlock(invocation)
        let own = try await opening.store.progress(code: code, procedure: procedure)
        let view =
            switch try await SyncRun.lookUp(code: code, procedure: procedure, with: store, settings: opening.settings) {
            case .found(let progress): LookUpView(answer: "portal", progress: progress)
            case .unknown: LookUpView(answer: "unknown")
            case .unreachable:
                LookUpView(
                    answer: own == nil ? "unreachable" : "kiosk", progress: own?.progress,
                    heardAt: own?.heardAt.map(VietnamTime.rfc3339))
            }
        try Terminal.print(view, invocation) { view.words }
        return view.progress == nil ? ExitStatus.needsPerson : ExitStatus.done
    }
}

/// The answer as JSON and in words.
private struct LookUpView: Encodable {
    /// `portal` (asked just now), `kiosk` (its last news), `unknown` (the portal has none) or `unreachable`.
    var answer: String
    var progress: DossierProgress?
    /// Of when the kiosk's last news are (RFC 3339).
    var heardAt: String?

    var words: String {
        guard let progress else {
            return answer == "unknown"
                ? "Cổng không có hồ sơ mang mã này của thủ tục này."
                : "Bây giờ không có mạng, và máy này không nộp hồ sơ nào như vậy."
        }
        let source = answer == "portal" ? "" : "\nBây giờ không có mạng; đây là tin của cổng lúc \(heardAt ?? "chưa rõ")."
        let due = progress.dueAt.map { "\nHẹn: \($0)" } ?? ""
        return "\(progress.code)  \(progress.status.name.vi) từ \(progress.statusAt)\(due)\(source)"
    }
}
