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
        words: ["status"], summary: "tells how the kiosk stands",
        details: """
            "catalogue" is the one in use for new dossiers: its version, where it comes from (built-in, configured, portal), since
            when it is here by sync, and the portal's last one where it is refused, with the fault.
            """,
        flags: unlockFlags
    ) { invocation in
        let (opening, store) = try await Opening.unlock(invocation)
        struct Status: Encodable {
            let kiosk: KioskStore.Identity
            let data: String
            let catalogue: CatalogueStanding
            let dossiers: [String: Int]
            let queue: OutboxStanding
            let lastSync: SyncRunView?
        }
        let counts = try await store.counts()
        let status = Status(
            kiosk: store.identity, data: opening.store.folder, catalogue: try await store.catalogueStanding(),
            dossiers: Dictionary(uniqueKeysWithValues: DossierState.allCases.map { ($0.rawValue, counts[$0] ?? 0) }),
            queue: try await store.standing(), lastSync: try await store.syncRuns(limit: 1).first.map(SyncRunView.init))
        try Terminal.print(status, invocation) {
            let states = DossierState.allCases.map { "\($0.name.vi): \(counts[$0] ?? 0)" }.joined(separator: "; ")
            let last = status.lastSync.map { "Lần gửi cuối: \($0.words)" } ?? "Chưa gửi lần nào."
            return
                "\(status.kiosk.village) — \(status.kiosk.kioskID) → \(status.kiosk.portal)\n\(states)\n\(last)\n\(status.catalogue.words)"
        }
        return status.queue.needsPerson || status.catalogue.refused != nil ? ExitStatus.needsPerson : ExitStatus.done
    }
}

extension CatalogueStanding {
    /// The standing in words.
    var words: String {
        let place =
            switch origin {
            case .builtIn: "có sẵn trong chương trình"
            case .configured: "theo tệp trong cấu hình"
            case .portal: "nhận từ cổng" + (since.map { " lúc \(VietnamTime.spoken($0))" } ?? "")
            }
        return "Danh mục thủ tục: bản \(version), \(place)." + (refused.map { "\n\($0.words)" } ?? "")
    }
}

extension CatalogueStanding.Refusal {
    /// What is wrong, for the village head and for whoever helps.
    var words: String {
        "Danh mục mới từ cổng có lỗi, máy không dùng; hãy báo người hỗ trợ:\n  \(version.map { "\($0): " } ?? "")\(fault)"
    }
}
