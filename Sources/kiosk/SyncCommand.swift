internal import FoundationEssentials
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Command {
    static let sync = Command(
        words: ["sync"], summary: "one run: takes what is sealed to the portal and brings home what the portal has to say",
        details: """
            Prints {"delivered", "uploaded", "bytesSent", "changesApplied"} of this run and {"rejected", "conflicts", "blocked",
            "inDoubt", "pending"} as they stand after it; "newCatalogue", the version of a catalogue that came with this run; and
            "refusedCatalogue" while the portal's last one is broken and not used, with the fault; "forecast": how long what still waits
            will take; "stop": why it ended early, and "trouble": what was wrong with the line. Exit status: 0 all done, 1 the portal
            was not reached, the run was stopped or work is left, 3 something needs a person. On SIGTERM or Ctrl-C it ends the piece of a
            file that it is at (for at most sync.stopSeconds) and the next run goes on there; a second signal stops it at once, which
            loses nothing either. It runs whatever sync.windows say, within the other limits. For a timer: KIOSK_PIN_FILE names
            the file with the PIN.
            """,
        flags: [Flag(name: "now", value: nil, help: "try at once what waits for its back-off to end")] + unlockFlags
    ) { invocation in
        let (opening, store) = try await Opening.unlock(invocation)
        let report = try await Interruption.cancelling {
            try await SyncRun.perform(
                store, .timer, folder: opening.store.folder, settings: opening.settings, ignoresBackOff: invocation.isSet("now"),
                progress: showProgress)
        }
        guard let report else {
            throw CommandFailure(
                spoken: "Máy đang gửi hồ sơ ở cửa sổ khác. Chờ xong rồi thử lại.",
                detail: "another process syncs on this data folder")
        }
        let refused = try await store.catalogueStanding().refused
        let outlook = try await store.outlook(opening.settings.sendPlan, now: Date())
        let view = SyncView(report, refused: refused, forecast: ForecastView(outlook.forecast))
        if Terminal.isTerminal { Terminal.complain("") }
        try Terminal.print(view, invocation) { view.words }
        for complaint in report.complaints(clock: outlook.clockError) { Terminal.complain(complaint.vi) }
        if report.workIsLeft { return ExitStatus.failed }
        return report.standing.needsPerson || refused != nil ? ExitStatus.needsPerson : ExitStatus.done
    }

    @Sendable private static func showProgress(_ progress: SyncProgress) {
        guard Terminal.isTerminal else { return }
        let doing =
            switch progress.phase {
            case .pulling: "hỏi tin mới"
            case .sending: "đang gửi"
            case .waiting: "đang chờ"
            case .ended: "xong"
            }
        Terminal.overwrite("\(doing): \(progress.delivered) hồ sơ, \(progress.uploaded) tệp, \(progress.bytesSent / 1024) kB")
    }
}

/// A run as `kiosk sync` prints it.
struct SyncView: Encodable {
    let delivered: Int
    let uploaded: Int
    let rejected: Int
    let conflicts: Int
    let blocked: Int
    let inDoubt: Int
    let pending: Int
    let supplements: Int
    let bytesSent: Int
    let changesApplied: Int
    let newCatalogue: String?
    let refusedCatalogue: CatalogueStanding.Refusal?
    let forecast: ForecastView
    let stop: String?
    let trouble: LineTrouble?

    init(_ report: SyncReport, refused: CatalogueStanding.Refusal?, forecast: ForecastView) {
        self.forecast = forecast
        delivered = report.delivered
        uploaded = report.uploaded
        rejected = report.standing.rejected
        conflicts = report.standing.conflicts
        blocked = report.standing.blocked
        inDoubt = report.standing.inDoubt
        pending = report.standing.pending
        supplements = report.standing.supplements
        bytesSent = report.bytesSent
        changesApplied = report.changesApplied
        newCatalogue = report.catalogue.flatMap { $0.fault == nil ? $0.version : nil }
        refusedCatalogue = refused
        stop = report.stop?.rawValue
        trouble = report.trouble
    }

    var words: String {
        """
        Đã gửi \(delivered) hồ sơ, \(uploaded) tệp (\(bytesSent / 1024) kB); nhận \(changesApplied) tin mới.
        Còn chờ: \(pending); chưa rõ kết quả: \(inDoubt); bị trả lại: \(rejected); cần đối chiếu: \(conflicts); \
        chờ tài khoản: \(blocked); yêu cầu bổ sung: \(supplements).
        \(forecast.sentence)
        """ + (newCatalogue.map { "\nĐã nhận danh mục thủ tục mới: bản \($0)." } ?? "")
            + (refusedCatalogue.map { "\n\($0.words)" } ?? "")
    }
}
