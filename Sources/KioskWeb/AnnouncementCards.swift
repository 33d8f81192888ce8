internal import FoundationEssentials
internal import HTTPServing
internal import KioskDomain
internal import KioskStore
internal import KioskSync

extension Visit {
    /// What the portal wants told in the village, each with a button until it is read.
    func announcementCards() async throws -> HTML {
        let current = try await store.announcements(now: now)
        guard !current.isEmpty else { return "" }
        let read = try await store.readAnnouncements()
        return """
            <section class="card"><h2>\(say("Thông báo của Công an xã", "Announcements"))</h2>
            \(current.prefix(5).map { announcement -> HTML in
                let mark: HTML = read.contains(announcement.id)
                    ? "<p class=\"hint\">\(say("Đã đọc", "Read"))</p>"
                    : """
                    <form method="post" action="/announcements/\(announcement.id.escapedForQuery)/read">\(csrf)
                    <button class="button">\(say("Đã đọc", "I have read it"))<span class="unseen">: \(announcement.title)</span></button></form>
                    """
                return "<article class=\"announcement\"><h3>\(announcement.title)</h3>\(HTML.lines(announcement.body))\(mark)</article>"
            })</section>
            """
    }

    func readAnnouncement() async throws -> HTTPResponse {
        try await store.markRead(announcement: parameter("id"), now: now)
        return .redirect(to: LocalPath.checked(fields["next"]))
    }
}

extension Desk {
    /// What the portal lets anyone read, on the locked screen.
    func publicAnnouncements(_ say: Tongue) async throws -> HTML {
        let current = try await store.publicAnnouncements(now: now())
        guard !current.isEmpty else { return "" }
        return """
            <section class="card narrow"><h2>\(say("Thông báo của Công an xã", "Announcements"))</h2>
            \(current.prefix(3).map { announcement -> HTML in
                "<article class=\"announcement\"><h3>\(announcement.title)</h3>\(HTML.lines(announcement.body))</article>"
            })</section>
            """
    }
}
