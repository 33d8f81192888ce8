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
    var forecast: String
}

extension Visit {
    func syncPage() async throws -> HTTPResponse {
        let status = await desk.sync.status()
        let outlook = try await store.outlook(desk.options.sendPlan, now: now)
        let answer = try await syncAnswer(status, outlook)
        let runs = try await endedRuns(limit: 10)
        let content: HTML = """
            \(back("/", say("Trang đầu", "Home")))<h1>\(say("Gửi lên cổng", "Send to the portal"))</h1>
            \(refusedCatalogueNotice(try await store.catalogueStanding()))\(clockNotice(outlook.clockError))
            <div class="two-columns"><section class="card" id="sync" data-status="/sync/status" data-running="\(answer.running ? "true" : "false")"
            data-broken="\(say("Không hỏi được máy. Đang thử lại…", "The machine does not answer. Trying again…"))">
            <h2 data-title aria-live="polite">\(answer.title)</h2><progress\(" hidden", when: !answer.running)></progress>
            <div data-lines>\(answer.lines.map { line -> HTML in "<p>\(line)</p>" })</div>
            <form method="post" action="/sync">\(csrf)<button class="button primary block"\(" disabled", when: answer.running)>\(
                say("Gửi ngay", "Send now"))</button></form>
            <p class="help">\(byItself(outlook))</p>\(dayLimit(outlook))\(meteredSwitch(outlook))</section>
            <section class="card"><h2>\(say("Hàng chờ", "The queue"))</h2><ul class="standing" data-standing>\(
                answer.standing.map { line -> HTML in "<li>\(line)</li>" })</ul><p data-forecast>\(answer.forecast)</p></section></div>\(runsCard(runs))
            """
        return page(say("Gửi lên cổng", "Send to the portal"), content)
    }

    /// That this machine's clock is wrong; nothing where that is not known.
    func clockNotice(_ error: ClockError?) -> HTML {
        guard let error else { return "" }
        return notice(.bad, say(error.sentence) + " " + say(error.advice))
    }

    /// When the kiosk sends without being asked.
    private func byItself(_ outlook: Outlook) -> String {
        let plan = desk.options.sendPlan
        guard let next = outlook.next else {
            return say("Máy này chỉ gửi khi bấm nút.", "This machine sends only when the button is pressed.")
        }
        let leave = say(
            "Cứ để máy bật và mở khóa một lần trong ngày.", "Leave the machine on, and unlock it once a day.")
        if plan.windows.isEmpty {
            return say("Máy cũng tự gửi khi có mạng. ", "The machine also sends by itself when there is a line. ") + leave
        }
        let hours = plan.windows.map(\.description).joined(separator: ", ")
        let begins =
            next <= now
            ? "" : say(" Lần tới: \(VietnamTime.spoken(next)).", " Next time: \(VietnamTime.spoken(next)).")
        return say("Máy tự gửi trong giờ \(hours).", "The machine sends by itself at \(hours).") + "\(begins) \(leave)"
    }

    /// How much of the day's bytes is used, where they are limited.
    private func dayLimit(_ outlook: Outlook) -> HTML {
        guard let limit = desk.options.sendPlan.bytesPerDay else { return "" }
        let used = say(
            "Hôm nay đã gửi \(say.size(outlook.sentToday)) trên \(say.size(limit)) cho phép.",
            "\(say.size(outlook.sentToday)) of \(say.size(limit)) sent today.")
        guard outlook.isDayUsedUp else { return "<p class=\"help\">\(used)</p>" }
        let rest = say("Giấy tờ lớn chờ đến ngày mai, hồ sơ vẫn gửi.", "Large papers wait until tomorrow, dossiers go.")
        return "<p class=\"notice warn\">\(used) \(rest)</p>"
    }

    private func meteredSwitch(_ outlook: Outlook) -> HTML {
        let words =
            outlook.isMetered
            ? say(
                "Mạng tính tiền: chỉ gửi hồ sơ, chưa gửi giấy tờ lớn (trừ hồ sơ đến hạn hôm nay).",
                "Metered line: dossiers go, large papers wait (unless their dossier is due today).")
            : say("Mạng không tính tiền: gửi cả giấy tờ.", "The line is not metered: papers go too.")
        let label =
            outlook.isMetered
            ? say("Tắt «Mạng tính tiền»: gửi cả giấy tờ", "Switch “Metered line” off: send papers too")
            : say("Mạng tính tiền: chỉ gửi hồ sơ", "Metered line: send dossiers only")
        return """
            <form method="post" action="/sync/metered" class="metered">\(csrf)<p\(" class=\"notice warn\"", when: outlook.isMetered)>\(words)</p>
            <button class="button" name="metered" value="\(outlook.isMetered ? "no" : "yes")">\(label)</button></form>
            """
    }

    func switchMetered() async throws -> HTTPResponse {
        try await store.setMetered(fields["metered"] == "yes")
        await desk.sync.limitsChanged(with: store)
        return .redirect(to: "/sync")
    }

    func startSync() async throws -> HTTPResponse {
        await desk.sync.start(with: store)
        return .redirect(to: "/sync")
    }

    func syncStatus() async throws -> HTTPResponse {
        let outlook = try await store.outlook(desk.options.sendPlan, now: now)
        return try .encoded(try await syncAnswer(await desk.sync.status(), outlook))
    }

    private func syncAnswer(_ status: SyncStatus, _ outlook: Outlook) async throws -> SyncAnswer {
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
            if let stop = report.stop { lines.append(say(stop.words(report.trouble, clock: outlook.clockError))) }
        } else {
            title = say("Sẵn sàng gửi", "Ready to send")
        }
        if let trouble = status.trouble { lines.append(trouble) }
        return SyncAnswer(
            running: status.isRunning, title: title, lines: lines, standing: words(for: try await store.standing()),
            forecast: say(outlook.forecast.words))
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
