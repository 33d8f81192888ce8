internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore

extension Visit {
    /// The log of what was done to spread the word, a form for more, and texts to read out.
    func outreachPage() async throws -> HTTPResponse { try await outreachPage(refusal: nil) }

    private func outreachPage(refusal: String?) async throws -> HTTPResponse {
        let rows = try await store.outreach(limit: 100).map(row)
        let log: HTML =
            rows.isEmpty
            ? "<p class=\"nothing\">\(say("Chưa ghi lần nào.", "Nothing logged yet."))</p>"
            : """
            <table class="report-table"><caption>\(say("Đã ghi", "Logged"))</caption><thead><tr><th scope="col">\(say("Ngày", "Day"))</th>
            <th scope="col">\(say("Hình thức", "Channel"))</th><th scope="col">\(say("Lượt người", "People"))</th><th scope="col">\(say("Nội dung", "Topic"))</th></tr></thead><tbody>\(rows)</tbody></table>
            """
        let warning: HTML = refusal.map { notice(.bad, $0) } ?? ""
        let channels = OutreachChannel.allCases.map { channel -> HTML in
            """
            <label class="choice"><input type="radio" name="channel" value="\(channel.rawValue)" required\(" checked", when: fields["channel"] == channel.rawValue)><span>\(say(channel.name))</span></label>
            """
        }
        let texts = store.catalogue.groups.map { group -> HTML in
            "<li><a class=\"button\" href=\"/outreach/text/\(group.id)\">\(say(group.name).capitalizedFirst)</a></li>"
        }
        let content: HTML = """
            \(back("/", say("Trang đầu", "Home")))<h1>\(say("Tuyên truyền", "Spreading the word"))</h1>\(warning)
            <form class="card" method="post" action="/outreach">\(csrf)<h2>\(say("Ghi một lần tuyên truyền", "Log an occasion"))</h2>
            <div class="field"><label for="day">\(say("Ngày", "Day"))</label><input id="day" name="day" required value="\(fields["day"] ?? today.spoken)" autocomplete="off"></div>
            <fieldset class="field"><legend>\(say("Hình thức", "Channel"))</legend><div class="choices">\(channels)</div></fieldset>
            <div class="field"><label for="people">\(say("Số người nghe (ước chừng)", "People reached, about"))</label>
            <input id="people" name="people" required inputmode="numeric" value="\(fields["people"] ?? "")" autocomplete="off"></div>
            <div class="field"><label for="topic">\(say("Nội dung", "Topic"))</label><input id="topic" name="topic" required maxlength="300" value="\(fields["topic"] ?? "")" autocomplete="off"></div>
            <button class="button primary">\(say("Ghi lại", "Log it"))</button></form>
            <section class="card"><h2>\(say("Bài đọc loa và tờ dán", "Texts to read out and posters"))</h2><ul class="periods">\(texts)</ul></section>
            <section class="card">\(log)</section>
            """
        return page(
            say("Tuyên truyền", "Spreading the word"), content, status: refusal == nil ? 200 : 422, assets: ["report.css"])
    }

    private func row(_ entry: OutreachEntry) -> HTML {
        let what = "\(say(entry.channel.name)) \(entry.day.spoken)"
        let zone = DropZone(upload: "/outreach/\(entry.id)/photo", limit: desk.options.maximumFileBytes, say: say)
        return """
            <tr class="entry"><td>\(entry.day.spoken)</td><td class="words">\(say(entry.channel.name))</td><td>\(ReportTable.number(entry.people, say.language))</td><td class="words">\(entry.topic)</td></tr>
            <tr><td class="words component" colspan="4"><ul class="files">\(entry.photo.map { photoItem($0, of: entry.id) } ?? "")</ul><span class="state"></span>
            <div class="drop small" \(zone.attributes)><label class="button small add">+ \(say("Thêm ảnh", "Add a photo"))<span class="unseen">: \(what)</span><input type="file"
            class="unseen" capture="environment" accept=".jpg,.jpeg,.png,image/*"></label>
            <details><summary>\(say("Ghi nhầm? Xóa…", "A mistake? Remove…"))<span class="unseen"> \(what)</span></summary>
            <form method="post" action="/outreach/\(entry.id)/remove">\(csrf)<button class="button small">\(say("Xóa hẳn lần này", "Remove it for good"))</button></form></details>
            <div class="progress" role="status" aria-live="polite"></div></div></td></tr>
            """
    }

    private func photoItem(_ photo: OutreachPhoto, of entry: String) -> HTML {
        let (path, title) = ("/outreach/\(entry)/photo", say("Ảnh", "Photo"))
        let inner: HTML =
            ["image/jpeg", "image/png"].contains(photo.mediaType)
            ? "<img src=\"\(path)\" alt=\"\(title)\" loading=\"lazy\">" : "<span class=\"sheet\">\(title)</span>"
        return "<li><a class=\"thumb\" href=\"\(path)\" target=\"_blank\" rel=\"noopener\">\(inner)</a></li>"
    }

    /// Takes an entry's photograph in (`POST /outreach/{entry}/photo`), in the place of the one it had.
    func uploadOutreachPhoto() async throws -> HTTPResponse {
        let entry = parameter("entry")
        let taken = try await takeFileIn(component: "")
        do {
            try await store.setOutreachPhoto(taken.file, mediaType: taken.mediaType, of: entry, now: desk.now())
        } catch {
            try? await store.forget([taken.file.attachment])
            throw error
        }
        guard let photo = try await store.outreachPhoto(of: entry) else { throw StoreError.noOutreach }
        let state: HTML = "<span class=\"badge good\">\(say("Đã lưu ảnh", "Saved"))</span>"
        return try .encoded(
            UploadAnswer(saved: true, files: photoItem(photo, of: entry).markup, state: state.markup, total: nil))
    }

    /// An entry's photograph.
    func outreachPhoto() async throws -> HTTPResponse {
        guard let photo = try await store.outreachPhoto(of: parameter("entry")) else { throw StoreError.noOutreach }
        return content(of: photo.attachment, size: photo.size, mediaType: photo.mediaType)
    }

    /// Takes an entry out that was logged by mistake.
    func removeOutreach() async throws -> HTTPResponse {
        try await store.removeOutreach(parameter("entry"))
        return .redirect(to: "/outreach")
    }

    func logOutreach() async throws -> HTTPResponse {
        let topic = String((fields["topic"] ?? "").prefix(300))
        guard let written = PartialDate(fields["day"] ?? ""), let month = written.month, let number = written.day,
            let day = CalendarDate(year: written.year, month: month, day: number), day <= today
        else {
            return try await outreachPage(
                refusal: say("Ngày ghi như 08/04/2022, không sau hôm nay.", "A day such as 08/04/2022, not after today."))
        }
        guard let channel = OutreachChannel(rawValue: fields["channel"] ?? "") else {
            return try await outreachPage(refusal: say("Chọn một hình thức.", "Choose a channel."))
        }
        guard let people = Int(fields["people"] ?? ""), (0...100_000).contains(people) else {
            return try await outreachPage(
                refusal: say("Số người là số từ 0 đến 100.000.", "People: a number from 0 to 100,000."))
        }
        guard topic.contains(where: { !$0.isWhitespace }) else {
            return try await outreachPage(refusal: say("Ghi nội dung.", "Say what it was about."))
        }
        try await store.logOutreach(day: day, channel: channel, people: people, topic: topic, now: now)
        return .redirect(to: "/outreach")
    }

    /// A text to read out, printed as a poster: what can be done here, for whom, what to bring, why it pays.
    func outreachText() throws -> HTTPResponse {
        guard let group = store.catalogue.groups.first(where: { $0.id == parameter("group") }) else {
            throw HTTPFault(404, "no such group")
        }
        let items = store.catalogue.procedures.filter { $0.group == group.id }.map { procedure -> HTML in
            let papers = procedure.components.map { say($0.name) }.joined(separator: "; ")
            let bring: HTML =
                papers.isEmpty ? "" : "<p>\(say("Giấy tờ có thể cần:", "Papers that may be needed:")) \(papers).</p>"
            return "<li><h2>\(say(procedure.name).capitalizedFirst)</h2><p>\(say(procedure.summary))</p>\(bring)</li>"
        }
        let content: HTML = """
            <div class="screen-only">\(back("/outreach", say("Tuyên truyền", "Spreading the word")))\(printBar(say("In tờ dán", "Print the poster")))</div>
            <article class="poster"><p class="over">\(store.identity.village)</p><h1>\(say(group.name).capitalizedFirst)</h1>
            <p class="lead">\(say("Kính thưa bà con. Nay bà con làm hồ sơ ngay tại nhà văn hóa thôn, không phải đi xa, không mất phí dịch vụ. Trưởng thôn giúp điền tờ khai, chụp giấy tờ và gửi lên Cổng dịch vụ công; bà con theo dõi được kết quả bằng mã hồ sơ.",
                "Dear neighbours. You can now file at the village hall: no long way, no charge for the help. The village head helps to fill in the form, takes pictures of your papers and sends them to the portal; you follow the result by the dossier's code."))</p>
            <ul class="poster-list">\(items)</ul></article>
            """
        return page(say("Bài tuyên truyền", "Text"), content, assets: ["report.css"])
    }
}
