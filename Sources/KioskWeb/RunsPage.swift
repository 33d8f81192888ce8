internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Visit {
    /// What the last runs did: drawn, and as a table that says the same.
    func runsPage() async throws -> HTTPResponse {
        let runs = try await endedRuns(limit: UnlockedStore.runsKept)
        let title = say("Nhật ký gửi", "Record of runs")
        let content: HTML = """
            \(back("/sync", say("Gửi lên cổng", "Send to the portal")))<h1>\(title)</h1>
            \(runs.isEmpty ? notice(.info, say("Máy chưa gửi lần nào.", "Nothing was sent yet.")) : """
                <section class="card"><h2>\(say("\(runs.count) lần gửi gần nhất", "The last \(runs.count) runs"))</h2>
                \(chart(runs.reversed()))</section><section class="card">\(table(of: runs))</section>
                """)
            """
        return page(title, content)
    }

    /// The last runs without the one under way, whose record says until its end that it was broken off.
    func endedRuns(limit: Int) async throws -> [SyncRunRow] {
        let runs = try await store.syncRuns(limit: limit)
        guard await desk.sync.status().isRunning, runs.first?.stop == .brokenOff else { return runs }
        return Array(runs.dropFirst())
    }

    /// The last runs on the sync page.
    func runsCard(_ runs: [SyncRunRow]) -> HTML {
        guard !runs.isEmpty else { return "" }
        return """
            <section class="card"><h2>\(say("Các lần gửi gần đây", "Recent runs"))</h2>\(table(of: runs))
            <p><a class="button" href="/sync/runs">\(say("Nhật ký gửi", "Record of runs"))</a></p></section>
            """
    }

    private func table(of runs: [SyncRunRow]) -> HTML {
        let rows = runs.map { run -> HTML in
            let occasion: HTML = run.occasion.map { "<br><small>\(say($0.name))</small>" } ?? ""
            let news: HTML =
                run.changesApplied == 0 ? "" : "<br>\(say("\(run.changesApplied) tin mới", "\(run.changesApplied) news"))"
            let speed: HTML = run.bytesPerSecond.map { "<br><small>\(say.size($0))/s</small>" } ?? ""
            return """
                <tr><td>\(VietnamTime.spoken(run.beganAt))\(occasion)</td>
                <td>\(say("\(run.delivered) hồ sơ, \(run.uploaded) tệp", "\(run.delivered) dossiers, \(run.uploaded) files"))<br>\(
                    say("gửi \(say.size(run.bytesSent)), nhận \(say.size(run.bytesReceived))",
                        "\(say.size(run.bytesSent)) sent, \(say.size(run.bytesReceived)) received"))\(news)</td>
                <td class="right">\(duration(run.seconds))\(speed)</td><td>\(HTML.join(result(of: run).map { "<p>\($0)</p>" }))</td></tr>
                """
        }
        return """
            <table class="runs"><thead><tr><th>\(say("Bắt đầu", "Began"))</th><th>\(say("Đã gửi và nhận", "Sent and received"))</th>
            <th class="right">\(say("Mất", "Took"))</th><th>\(say("Kết quả", "Result"))</th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    /// How a run ended, what it met, and what went twice.
    private func result(of run: SyncRunRow) -> [String] {
        var lines = [run.stop.map { say($0.words(run.trouble)) } ?? say("Xong", "Done")]
        let faults = run.faults.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\(say($0.key.name)) \($0.value)×" }
        if !faults.isEmpty { lines.append(say("Trục trặc: ", "Met: ") + faults.joined(separator: ", ")) }
        let people = [Outcome.Kind.rejected, .conflict, .blocked].reduce(0) { $0 + (run.outcomes[$1] ?? 0) }
        if people > 0 { lines.append(say("\(people) việc cần người xử lý", "\(people) things for a person")) }
        // Below that it is heads and rounding.
        if run.bytesSentTwice > 65_536 {
            lines.append(say("\(say.size(run.bytesSentTwice)) phải gửi lại", "\(say.size(run.bytesSentTwice)) to be sent again"))
        }
        return lines
    }

    private func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        if whole < 60 { return say("\(whole) giây", "\(whole) s") }
        if whole < 5400 { return say("\((whole + 30) / 60) phút", "\((whole + 30) / 60) min") }
        return say("\((whole + 1800) / 3600) giờ", "\((whole + 1800) / 3600) h")
    }

    /// A bar for each run, oldest first: how much it sent; one that ended early is hatched, so that colour is not needed.
    private func chart(_ runs: [SyncRunRow]) -> HTML {
        let width = 900
        let height = 160
        let most = max(1, runs.map(\.bytesSent).max() ?? 1)
        let step = Double(width) / Double(max(runs.count, 30))
        let bars = runs.enumerated().map { index, run -> HTML in
            let tall = run.bytesSent == 0 ? 3 : max(6, Int(Double(height) * Double(run.bytesSent) / Double(most)))
            let x = Int(Double(index) * step)
            let fill = run.stop == nil ? "run-done" : "run-cut"
            return """
                <rect class="\(fill)" x="\(String(x))" y="\(String(height - tall))" width="\(String(max(4, Int(step) - 3)))" height="\(
                    String(tall))"></rect>
                """
        }
        let ended = runs.count { $0.stop != nil }
        let total = runs.reduce(0) { $0 + $1.bytesSent }
        let dossiers = runs.reduce(0) { $0 + $1.delivered }
        let label = say(
            "Biểu đồ \(runs.count) lần gửi, cũ nhất bên trái: gửi tất cả \(dossiers) hồ sơ, \(say.size(total)); lần nhiều nhất \(say.size(most == 1 ? 0 : most)); \(ended) lần chưa xong. Bảng ở dưới ghi từng lần.",
            "Chart of \(runs.count) runs, the oldest at the left: \(dossiers) dossiers and \(say.size(total)) in all; \(say.size(most == 1 ? 0 : most)) at most; \(ended) ended early. The table below has each."
        )
        return """
            <svg class="runs-chart" viewBox="0 0 \(String(width)) \(String(height + 2))" role="img" aria-label="\(label)"><defs>
            <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect class="run-cut-ground" width="6" height="6"></rect><rect class="run-cut-line" width="3" height="6"></rect></pattern></defs>
            \(bars)<rect class="run-base" x="0" y="\(String(height))" width="\(String(width))" height="2"></rect></svg>
            <p class="help"><span class="key run-done-key"></span>\(say("xong", "done")) <span class="key run-cut-key"></span>\(
                say("chưa xong", "ended early")) – \(say("cột càng cao, gửi càng nhiều", "the taller, the more was sent"))</p>
            """
    }
}
