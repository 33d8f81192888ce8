internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Command {
    static let queueList = Command(
        words: ["queue", "list"], summary: "lists what waits to be sent, in its order, and why", flags: unlockFlags
    ) { invocation in
        let (_, store) = try await Opening.unlock(invocation)
        let rows = try await store.queue()
        try Terminal.print(rows, invocation) {
            rows.map {
                "\($0.id)  \($0.kind)  \($0.subject)  \($0.state)\($0.reason.map { " (\($0))" } ?? "")  \($0.attempts)×  \(VietnamTime.spoken($0.notBefore))"
            }.joined(separator: "\n")
        }
        return ExitStatus.done
    }

    static let status = Command(
        words: ["status"], summary: "tells how the kiosk stands", flags: unlockFlags
    ) { invocation in
        let (opening, store) = try await Opening.unlock(invocation)
        struct Status: Encodable {
            let kiosk: KioskStore.Identity
            let data: String
            let catalogue: String
            let dossiers: [String: Int]
            let queue: OutboxStanding
            let lastSync: SyncRunRow?
        }
        let counts = try await store.counts()
        let status = Status(
            kiosk: store.identity, data: opening.store.folder, catalogue: opening.catalogue.version,
            dossiers: Dictionary(uniqueKeysWithValues: DossierState.allCases.map { ($0.rawValue, counts[$0] ?? 0) }),
            queue: try await store.standing(), lastSync: try await store.syncRuns(limit: 1).first)
        try Terminal.print(status, invocation) {
            let states = DossierState.allCases.map { "\($0.name.vi): \(counts[$0] ?? 0)" }.joined(separator: "; ")
            let last = status.lastSync.map { "Lần gửi cuối: \(VietnamTime.spoken($0.endedAt))" } ?? "Chưa gửi lần nào."
            return "\(status.kiosk.village) — \(status.kiosk.kioskID) → \(status.kiosk.portal)\n\(states)\n\(last)"
        }
        return status.queue.needsPerson ? ExitStatus.needsPerson : ExitStatus.done
    }
}
