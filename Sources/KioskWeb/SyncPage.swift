internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
internal import KioskSync

/// What the sync page asks for every second, in words.
struct SyncAnswer: Codable {
    var running: Bool
    var title: String
    var lines: [String]
    var standing: [String]
}

extension Visit {
    func syncPage() async throws -> HTTPResponse {
        let status = await desk.sync.status()
        let answer = try await syncAnswer(status)
        let runs = try await endedRuns(limit: 10)
        let content: HTML = """
            \(back("/", say("Trang đầu", "Home")))<h1>\(say("Gửi lên cổng", "Send to the portal"))</h1>
            \(refusedCatalogueNotice(try await store.catalogueStanding()))
            <div class="two-columns"><section class="card" id="sync" data-status="/sync/status" data-running="\(answer.running ? "true" : "false")"
            data-broken="\(say("Không hỏi được máy. Đang thử lại…", "The machine does not answer. Trying again…"))">
            <h2 data-title aria-live="polite">\(answer.title)</h2><progress\(" hidden", when: !answer.running)></progress>
            <div data-lines>\(answer.lines.map { line -> HTML in "<p>\(line)</p>" })</div>
            <form method="post" action="/sync">\(csrf)<button class="button primary block"\(" disabled", when: answer.running)>\(
                say("Gửi ngay", "Send now"))</button></form>
            <p class="help">\(say("Máy cũng tự gửi ban đêm. Cứ để máy bật và mở khóa một lần trong ngày.",
                "The machine also sends at night by itself. Leave it on, and unlock it once a day."))</p></section>
            <section class="card"><h2>\(say("Hàng chờ", "The queue"))</h2><ul class="standing" data-standing>\(
                answer.standing.map { line -> HTML in "<li>\(line)</li>" })</ul></section></div>\(runsCard(runs))
            """
        return page(say("Gửi lên cổng", "Send to the portal"), content)
    }

    func startSync() async throws -> HTTPResponse {
        await desk.sync.start(with: store)
        return .redirect(to: "/sync")
    }

    func syncStatus() async throws -> HTTPResponse {
        try .encoded(try await syncAnswer(await desk.sync.status()))
    }

    private func syncAnswer(_ status: SyncStatus) async throws -> SyncAnswer {
        var lines: [String] = []
        let title: String
        if status.isRunning {
            title = phase(status.progress?.phase)
            if let progress = status.progress {
                lines.append(
                    say(
                        "Đã gửi \(progress.delivered) hồ sơ, \(progress.uploaded) tệp (\(say.size(progress.bytesSent))).",
                        "\(progress.delivered) dossiers and \(progress.uploaded) files sent (\(say.size(progress.bytesSent)))."))
            }
        } else if let report = status.lastReport {
            title =
                report.stop == nil
                ? say("Lần gửi gần nhất đã xong", "The last run is done")
                : say("Lần gửi gần nhất chưa xong", "The last run did not finish")
            if let ended = status.lastEndedAt {
                lines.append(say("Lúc \(VietnamTime.spoken(ended)).", "At \(VietnamTime.spoken(ended))."))
            }
            lines.append(
                say(
                    "Đã gửi \(report.delivered) hồ sơ, \(report.uploaded) tệp; nhận \(report.changesApplied) tin mới từ cổng.",
                    "\(report.delivered) dossiers and \(report.uploaded) files sent, \(report.changesApplied) news from the portal."
                ))
            if let news = report.catalogue { lines.append(words(for: news)) }
            if let stop = report.stop { lines.append(say(stop.words)) }
        } else {
            title = say("Sẵn sàng gửi", "Ready to send")
        }
        if let trouble = status.trouble { lines.append(trouble) }
        return SyncAnswer(running: status.isRunning, title: title, lines: lines, standing: words(for: try await store.standing()))
    }

    private func words(for news: CatalogueNews) -> String {
        news.fault == nil
            ? say(
                "Đã nhận danh mục thủ tục mới (bản \(news.version ?? "")); hồ sơ mới theo danh mục này.",
                "A new catalogue came (\(news.version ?? "")); new dossiers follow it.")
            : say(
                "Danh mục thủ tục mới từ cổng có lỗi, máy không dùng; xem mục Cần xử lý.",
                "The portal's new catalogue is broken and is not used; see Needs you.")
    }

    private func phase(_ phase: SyncProgress.Phase?) -> String {
        switch phase {
        case .pulling: say("Đang hỏi cổng có tin gì mới…", "Asking for news…")
        case .sending: say("Đang gửi…", "Sending…")
        case .waiting: say("Đang chờ mạng hoặc chờ cổng…", "Waiting for the line or the portal…")
        case .ended, nil: say("Đang chuẩn bị…", "Getting ready…")
        }
    }

    private func words(for standing: OutboxStanding) -> [String] {
        let counts: [(Int, LocalText)] = [
            (
                standing.pending,
                LocalText(vi: "việc chờ gửi (hồ sơ, tệp, tài khoản)", en: "waiting to be sent (dossiers, files, accounts)")
            ),
            (standing.inDoubt, LocalText(vi: "việc chưa rõ kết quả, máy sẽ hỏi lại", en: "in doubt; the machine asks again")),
            (standing.blocked, LocalText(vi: "hồ sơ chờ mã 6 số của người dân", en: "dossiers wait for a resident's code")),
            (standing.rejected, LocalText(vi: "hồ sơ bị trả lại, cần sửa", en: "dossiers returned, to be mended")),
            (standing.conflicts, LocalText(vi: "hồ sơ cần đối chiếu", en: "dossiers to be compared")),
            (standing.supplements, LocalText(vi: "hồ sơ cần bổ sung", en: "dossiers to be supplemented")),
        ]
        let lines = counts.filter { $0.0 > 0 }.map { "\($0.0) \(say($0.1))" }
        return lines.isEmpty ? [say("Không còn gì chờ gửi.", "Nothing waits to be sent.")] : lines
    }
}
