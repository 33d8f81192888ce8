internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Command {
    static let queueList = Command(
        words: ["queue", "list"], summary: "lists what waits to be sent, in its order, and why",
        details: """
            Prints {"forecast", "operations"}: how long what waits will take by the speed of recent runs (an honest "unknown" where
            nothing was measured), and of each operation where it is, why it is not further, what happens next and when
            ("sentence"), and whose move it is ("move": village-head, resident, line, portal, time, clock, certificate, police, machine,
            nobody; clock: this machine's is wrong). "clock" is there where this machine's clock is known to be wrong: by how many
            seconds it is ahead (negative: behind) of the portal's, and what to do.
            """,
        flags: unlockFlags
    ) { invocation in
        let (opening, store) = try await Opening.unlock(invocation)
        let now = Date()
        let outlook = try await store.outlook(opening.settings.sendPlan, now: now)
        let view = QueueView(
            forecast: ForecastView(outlook.forecast), clock: outlook.clockError.map(ClockView.init),
            operations: try await store.queue(now: now).map { QueueView.Row($0, outlook) })
        try Terminal.print(view, invocation) {
            (view.operations.map { "\($0.id)  \($0.kind)  \($0.subject)  \($0.state)  \($0.attempts)×  \($0.sentence)" }
                + [view.forecast.sentence] + (view.clock.map { [$0.sentence] } ?? [])).joined(separator: "\n")
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
            let clock: ClockView?
        }
        let counts = try await store.counts()
        let status = Status(
            kiosk: store.identity, data: opening.store.folder, catalogue: try await store.catalogueStanding(),
            dossiers: Dictionary(uniqueKeysWithValues: DossierState.allCases.map { ($0.rawValue, counts[$0] ?? 0) }),
            queue: try await store.standing(), lastSync: try await store.syncRuns(limit: 1).first.map(SyncRunView.init),
            clock: try await store.clockError(now: Date()).map(ClockView.init))
        try Terminal.print(status, invocation) {
            let states = DossierState.allCases.map { "\($0.name.vi): \(counts[$0] ?? 0)" }.joined(separator: "; ")
            let last = status.lastSync.map { "Lần gửi cuối: \($0.words)" } ?? "Chưa gửi lần nào."
            return
                "\(status.kiosk.village) — \(status.kiosk.kioskID) → \(status.kiosk.portal)\n\(states)\n\(last)\n\(status.catalogue.words)"
                + (status.clock.map { "\n\($0.sentence)" } ?? "")
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

/// The queue as `kiosk queue list` prints it; times are RFC 3339.
struct QueueView: Encodable {
    let forecast: ForecastView
    let clock: ClockView?
    let operations: [Row]

    struct Row: Encodable {
        let id: Int
        let kind: String
        let subject: String
        let state: String
        let reason: String?
        let attempts: Int
        let needs: Int
        let notBefore: String
        let size: Int
        let sentence: String
        let move: Situation.Mover

        init(_ row: QueueRow, _ outlook: Outlook) {
            let situation = Situation(row.facts, outlook)
            id = row.id
            kind = row.kind
            subject = row.subject
            state = row.state
            reason = row.reason
            attempts = row.attempts
            needs = row.needs
            notBefore = VietnamTime.rfc3339(row.notBefore)
            size = row.size
            sentence = situation.sentence.vi
            move = situation.mover
        }
    }
}

/// A wrong clock as commands print it.
struct ClockView: Encodable {
    let secondsAhead: Int
    let sentence: String

    init(_ error: ClockError) {
        secondsAhead = Int(error.ahead)
        sentence = "\(error.sentence.vi) \(error.advice.vi)"
    }
}

/// A forecast as commands print it.
struct ForecastView: Encodable {
    let when: Forecast.When
    let minutes: Int?
    let goes: Int?
    let heldBytes: Int
    let sentence: String

    init(_ forecast: Forecast) {
        when = forecast.when
        minutes = forecast.minutes
        goes = forecast.goes
        heldBytes = forecast.heldBytes
        sentence = forecast.words.vi
    }
}
