internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Visit {
    func home() async throws -> HTTPResponse {
        let counts = try await store.counts()
        let waiting = (counts[.sealed] ?? 0) + (counts[.inDoubt] ?? 0)
        let drafts = counts[.draft] ?? 0
        let attention = try await attentionCount()
        let drafting: HTML = drafts == 0 ? "" : try await draftsCard()
        let content: HTML = """
            \(trainingTask)<h1 class="greeting">\(say("Hôm nay làm gì?", "What shall we do?"))</h1>
            \(clockNotice(try await store.clockError(now: now)))\(searchBox())<nav class="tiles" aria-label="\(say("Việc chính", "Main tasks"))">
            \(tile("/dossiers/new", "new", say("Làm hồ sơ mới", "New dossier"), say("Chọn thủ tục và điền tờ khai", "Choose a procedure")))
            \(tile("/dossiers?state=draft", "draft", say("Tiếp tục hồ sơ đang soạn", "Go on with a draft"), people(drafts), drafts))
            \(tile("/attention", attention > 0 ? "alarm" : "calm", say("Cần xử lý", "Needs you"),
                attention > 0 ? say("Bị trả lại, cần bổ sung, chờ mã", "Returned, to be supplemented, awaiting a code")
                    : say("Không có việc nào", "Nothing to do"), attention))
            \(tile("/sync", "send", say("Gửi lên cổng", "Send to the portal"),
                waiting > 0 ? say("\(waiting) hồ sơ chờ gửi", "\(waiting) waiting to be sent")
                    : say("Không có hồ sơ nào chờ gửi", "Nothing waits"), waiting))
            \(tile("/dossiers", "list", say("Danh sách hồ sơ", "All dossiers"), say("Tra cứu, in lại phiếu", "Look up, print again")))
            \(tile("/reports", "list", say("Báo cáo", "Reports"), say("Tháng, quý, năm", "Month, quarter, year")))
            \(tile("/outreach", "list", say("Tuyên truyền", "Spreading the word"), say("Bài đọc loa, tờ dán, nhật ký", "Texts, posters, log")))
            </nav><p class="sync-line">\(try await lastSync())\(waiting > 0 ? " \(try await forecast())" : "")</p>\(drafting)\(try await announcementCards())
            """
        return page(say("Trang đầu", "Home"), content)
    }

    private var trainingTask: HTML {
        guard let task = desk.options.trainingTask else { return "" }
        let steps = task.steps.map { step -> HTML in "<li>\(say(step))</li>" }
        return """
            <details class="card read" open><summary>\(say("Bài tập", "Exercise")): \(say(task.title))</summary><ol>\(steps)</ol></details>
            """
    }

    private func people(_ drafts: Int) -> String {
        drafts == 0
            ? say("Không có hồ sơ dở dang", "No unfinished dossier")
            : say("\(drafts) hồ sơ chưa ghi nhận", "\(drafts) not sealed yet")
    }

    private func tile(_ path: String, _ kind: String, _ title: String, _ text: String, _ count: Int = 0) -> HTML {
        let number: HTML = count > 0 ? "<span class=\"count\">\(count)</span>" : ""
        return """
            <a class="tile \(kind)" href="\(path)"><span class="tile-title">\(title)\(number)</span><span class="tile-text">\(text)</span></a>
            """
    }

    private func draftsCard() async throws -> HTML {
        var rows: [HTML] = []
        for row in try await store.dossiers(.state(.draft), limit: 3) { rows.append(try await draftRow(row)) }
        return """
            <section class="card"><h2>\(say("Đang soạn gần đây", "Recent drafts"))</h2><div class="rows">\(rows)</div></section>
            """
    }

    /// When the portal was reached last, in a sentence.
    private func lastSync() async throws -> String {
        guard let run = try await endedRuns(limit: 2).first else {
            return say("Máy chưa gửi lên cổng lần nào.", "The portal was never reached yet.")
        }
        let time = VietnamTime.spoken(run.endedAt)
        return run.stop == nil
            ? say("Lần gửi gần nhất: \(time).", "Last sync: \(time).")
            : say("Lần gửi gần nhất: \(time), chưa xong.", "Last sync: \(time), not completed.")
    }

    /// How long what waits will take.
    private func forecast() async throws -> String {
        say(try await store.outlook(desk.options.sendPlan, now: now).forecast.words)
    }
}
