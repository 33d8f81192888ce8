import Foundation
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import Testing

@testable import HTTPServing
@testable import KioskWeb

/// Every page in both languages: for people who see little, hear a page read, or set it large.
@Suite(.serialized) struct PageTests {
    @Test("axe-core finds nothing serious on any page", Axe.requirement) func axe() async throws {
        let source = try Axe.source()
        try await everyPage { browser, place in
            let findings = try await browser.seriousFindings(source)
            #expect(findings.isEmpty, "\(place)\n\(findings.joined(separator: "\n"))")
        }
    }

    @Test("At 200 % zoom of a 1280 × 800 screen nothing scrolls sideways or is cut off", Browser.requirement)
    func zoom() async throws {
        try await everyPage(width: 640, height: 400, scale: 2) { browser, place in
            let misfits = try await browser.misfits()
            #expect(misfits.isEmpty, "\(place)\n\(misfits.joined(separator: "\n"))")
        }
    }

    /// Shows every page to `check`; an address of the kiosk that it does not come to is a failure.
    private func everyPage(
        width: Int = 1280, height: Int = 800, scale: Int = 1, check: (Browser, String) async throws -> Void
    ) async throws {
        let kiosk = try await Kiosk()
        let places = try await PagePlaces(in: kiosk)
        let server = try HTTPServer(port: 0) { try await kiosk.web.respond(to: $0) }
        let task = Task { try await server.run() }
        defer { task.cancel() }
        let base = "http://127.0.0.1:\(server.port)"
        var open = Set(kiosk.web.router.routes.filter { $0.method == "GET" }.map(\.pattern))
        try await Browser.run { browser in
            try await browser.setScreen(width: width, height: height, scale: scale)
            func visit(_ path: String, _ language: String) async throws {
                try await browser.open(base + path)
                let segments = path.prefix { $0 != "?" }.split(separator: "/").map(String.init)
                open = open.filter { kiosk.web.router.match($0, segments) == nil }
                guard try await browser.execute("return document.contentType") == "text/html" else { return }
                let shown = try await browser.execute("return document.documentElement.lang").stringValue
                #expect(shown == language, "\(path)")
                try await check(browser, "\(path) (\(language))")
            }
            for language in ["en", "vi"] {
                try await visit("/unlock?idle=1", language == "en" ? "vi" : "en")
                try await browser.find(".languages [value=\(language)]").click()
                try await eventually("in \(language)") {
                    try await browser.execute("return document.documentElement.lang").stringValue == language
                }
                try await browser.find("#pin").type("000000")
                try await browser.find(".unlock .button").click()
                try await eventually("the wrong PIN is told") { try await browser.count(".unlock .notice.bad") == 1 }
                try await check(browser, "a wrong PIN (\(language))")
            }
            try await browser.find("#pin").type(Kiosk.pin)
            try await browser.find(".unlock .button").click()
            try await eventually("unlocked") { try await browser.count(".tiles") == 1 }
            for language in ["vi", "en"] {
                try await browser.open(base)
                try await browser.find(".languages [value=\(language)]").click()
                try await eventually("in \(language)") {
                    try await browser.execute("return document.documentElement.lang").stringValue == language
                }
                for place in places.all { try await visit(place, language) }
                for (path, clicks) in places.opened {
                    // What the last click sent may be answered only now, in place of what is opened.
                    try await eventually("at \(path)") {
                        try await browser.open(base + path)
                        return try await browser.url() == base + path
                    }
                    for click in clicks {
                        // Some of it is made by the page's script.
                        try await eventually("\(click) at \(path)") { try await browser.count(click) > 0 }
                        // In the middle, where no bar at the edge is in the way.
                        try await browser.execute(
                            "document.querySelector(arguments[0])?.scrollIntoView({block: 'center'})", [.string(click)])
                        try await browser.find(click).click()
                    }
                    try await eventually("\(clicks) at \(path)") {
                        try await browser.execute("return document.readyState") == "complete"
                    }
                    try await check(browser, "\(path) after \(clicks) (\(language))")
                }
                for text in ["lo thi", "khongcoai"] {
                    try await browser.open(base + "/dossiers")
                    try await browser.find("#find").type(text)
                    try await browser.find(".find button").click()
                    try await eventually("found") { try await browser.url().contains("/search/") }
                    try await visit(String(try await browser.url().dropFirst(base.count)), language)
                }
            }
        }
        #expect(open.isEmpty, "no page was shown of \(open.map { "/" + $0.joined(separator: "/") }.sorted())")
    }
}

/// A kiosk with dossiers in all their states, and the addresses at which something is to be seen.
struct PagePlaces {
    private(set) var all: [String] = []
    /// What is seen only after clicks: what is said of an empty consent, ways to prove it, the keyboard of a touch screen.
    private(set) var opened: [(path: String, clicks: [String])] = []

    init(in kiosk: Kiosk) async throws {
        kiosk.clock.advance(0)
        try await kiosk.unlock()
        try await forms(kiosk)
        try await states(kiosk)
        try await runs(kiosk)
        let meeting = try await kiosk.logMeeting()
        all.append("/outreach/\(meeting)/photo")
        kiosk.sync.set(SyncStatus(isRunning: false, lastReport: SyncReport(), lastEndedAt: kiosk.clock.now))
        all += [
            "/", "/dossiers/new", "/guide", "/guide?at=0", "/guide?at=1", "/dossiers", "/dossiers?state=draft",
            "/dossiers?state=sealed",
            "/attention", "/attention?kind=rejected", "/attention?kind=parked", "/attention/calls", "/accounts",
            "/announcements/lich-truc", "/sync", "/sync/status", "/sync/runs", "/session", "/assets/kiosk.css",
            "/nowhere", "/outreach", "/outreach/text/luu-tru", "/reports", "/reports/2022-04", "/reports/2022-04/print",
            "/reports/2022-04/csv", "/reports/2022-04/json",
        ]
    }

    /// Each kind of question, empty and half right, with what the check says of it; papers and review of both.
    private mutating func forms(_ kiosk: Kiosk) async throws {
        var seen: Set<FormField.Kind> = []
        for procedure in try Kiosk.catalogue().procedures {
            let sections = procedure.sections.filter { section in
                let isNew =
                    !seen.isSuperset(of: section.fields.map(\.type)) || section.repeats != nil && seen.insert(.text).inserted
                seen.formUnion(section.fields.map(\.type))
                return isNew
            }
            guard !sections.isEmpty else { continue }
            let id = try await kiosk.begin(procedure.code)
            all += sections.map { "/dossiers/\(id)/form/\($0.id)?check=1" }
        }
        let empty = try await kiosk.begin()
        all += [
            "/dossiers/\(empty)/form", "/dossiers/\(empty)/papers", "/dossiers/\(empty)/review?check=1",
            "/dossiers/\(empty)/discard",
        ]

        let full = try await kiosk.beginSample("TT_HO_TRONG_XA")
        let section =
            "/dossiers/\(full)/form/"
            + (try Kiosk.catalogue().procedure("TT_HO_TRONG_XA")?.sections.first { $0.repeats != nil }?.id ?? "")
        _ = try await kiosk.post(section, ["do": "add"])
        _ = try await kiosk.post(section, ["do": "add"])
        try await kiosk.open().changeDraft(of: full, now: kiosk.clock.now) { $0.reasons["/applicant/citizenId"] = "" }
        let papers = try await kiosk.open().papers(of: full)
        all += [
            section, section + "?check=1", "/dossiers/\(full)/form/nguoi-khai", "/dossiers/\(full)/papers",
            "/dossiers/\(full)/review",
            "/dossiers/\(full)/papers/\(papers.first?.id ?? "")/content",
            "/dossiers/\(full)/papers/\(papers.first?.id ?? "")/original", "/dossiers/\(full)/scan", "/scanner",
            "/dossiers/\(full)",
        ]
        let ready = try await kiosk.beginSample()
        let review = "/dossiers/\(ready)/review"
        let seal = "#consent button.primary"
        let evidence = "[name='consent.evidence']"
        let guardian = ["[name='consent.by'][value=guardian]", "[name='consent.cannotWrite']"]
        opened += [
            (review, []), (review, [seal]), (review, guardian + [evidence + "[value=signature]"]),
            (review, guardian + [evidence + "[value=photo]", seal]), (review, [evidence + "[value=witnessed]", seal]),
            ("/dossiers/\(ready)/form/nguoi-khai", [".card-scan button"]),
            // Shown, and put away again.
            ("/dossiers/\(ready)/form/nguoi-khai", ["[data-keyboard]"]),
            ("/dossiers/\(ready)/form/nguoi-khai", ["[data-keyboard]"]),
        ]
    }

    /// The record is full, runs of every occasion and every end; and the clock is wrong.
    private func runs(_ kiosk: Kiosk) async throws {
        let store = try await kiosk.open()
        // By what the portal said, this machine's clock is years slow.
        try await store.keepClock(
            ClockReading(portal: kiosk.clock.now + 70_000_000, kiosk: kiosk.clock.now, boot: nil))
        let stops: [SyncReport.Stop?] = [nil, .line, .authentication, .portalBusy, .cancelled, .windowClosed, .brokenOff]
        for number in 0..<UnlockedStore.runsKept {
            let now = kiosk.clock.now
            let occasion = SyncOccasion.allCases[number % SyncOccasion.allCases.count]
            let id = try await store.beginRecord(occasion, now: now)
            var report = SyncReport()
            report.delivered = number
            report.bytesSent = number * 100_000
            report.bytesPerSecond = number % 2 == 0 ? nil : 80_000
            report.bytesSentTwice = number * 9000
            report.outcomes = [.delivered: number, .rejected: number % 3]
            report.faults = number % 5 == 0 ? Dictionary(uniqueKeysWithValues: RetryReason.allCases.map { ($0, 12) }) : [:]
            report.stop = stops[number % stops.count]
            if report.stop == .line { report.trouble = LineTrouble.allCases[number % LineTrouble.allCases.count] }
            try await store.endRecord(id, report, now: now.addingTimeInterval(Double(number * number)))
        }
    }

    /// A dossier in each state that a run of the sync leaves behind.
    private mutating func states(_ kiosk: Kiosk) async throws {
        let stay = try await kiosk.beginSample("LUU_TRU")
        _ = try await kiosk.send(
            "POST", "/dossiers/\(stay)/consent/page", headers: ["X-CSRF-Token": kiosk.csrf], body: Picture.png)
        let photo = Kiosk.consent.merging(["consent.evidence": "photo"]) { $1 }
        _ = try await kiosk.post("/dossiers/\(stay)/review", photo)
        let signed = try await kiosk.beginSample("TT_HO_TRONG_XA")
        _ = try await kiosk.send(
            "POST", "/dossiers/\(signed)/consent/page", headers: ["X-CSRF-Token": kiosk.csrf], body: Picture.png)
        let born = try await kiosk.sealSample("TT_NHAP_SINH")
        let away = try await kiosk.sealSample("TAM_VANG")
        let card = try await kiosk.sealSample("CCCD_CAP")
        let lost = try await kiosk.sealSample("CCCD_LAI")
        let gone = try await kiosk.sealSample("LUU_TRU")
        let done = try await kiosk.sealSample("LUU_TRU")
        let doubtful = try await kiosk.sealSample("LUU_TRU")
        let unlocked = try await kiosk.open()
        let other = try await kiosk.beginSample("LUU_TRU")
        try await unlocked.changeDraft(of: other, now: kiosk.clock.now) {
            $0.answers.set("0900000199", at: JSONPointer(tokens: ["applicant", "phone"]))
        }
        _ = try await kiosk.post("/dossiers/\(other)/review", Kiosk.consent)
        let rejection = Rejection(
            code: "dossier-rejected", status: 422, detail: "Thông tin chưa khớp.",
            faults: [
                Rejection.Fault(
                    pointer: "/child/birthDate", code: "population-mismatch", message: "Ngày sinh không khớp",
                    expected: "2022-03-21")
            ])
        func held(_ id: String, version: Int, _ status: String, remark: String? = nil, _ answers: JSONValue) -> PortalDossier {
            PortalDossier(
                id: id, code: "G01.\(id)", version: version, status: PortalStatus(rawValue: status),
                statusAt: "2022-04-08T15:00:00+07:00", dueAt: "2022-04-19T17:00:00+07:00",
                remarks: (remark.map { [$0] } ?? []).map {
                    .init(at: "2022-04-08T15:00:00+07:00", by: "Công an xã Mẫu", text: $0, pointer: "/applicant/phone")
                }, procedure: id == away ? "TAM_VANG" : "CCCD_LAI", answers: answers, papers: [], editedBy: "officer",
                etag: "\"\(version)\"")
        }
        let waiting = try await unlocked.dossier(stay).account
        func run(_ outcomes: [String: Outcome]) async throws {
            for _ in 0..<4 {
                for operation in try await unlocked.due(now: kiosk.clock.now, limit: 50)
                where operation.subject != stay && operation.subject != other {
                    guard try await unlocked.begin(operation, now: kiosk.clock.now) != nil else { continue }
                    let isWaiting = operation.subject == waiting
                    let account = AccountProgress(
                        status: isWaiting ? "code-sent" : "verified", expiresAt: isWaiting ? "2022-04-09T10:00:00+07:00" : nil,
                        attemptsLeft: isWaiting ? 3 : nil)
                    let outcome: Outcome =
                        switch operation.kind {
                        case .upload: .delivered(.uploaded(url: "/v1/files/1"))
                        case .account: .delivered(.account(account))
                        default: outcomes[operation.subject] ?? .delivered(.nothing)
                        }
                    try await unlocked.record(outcome, of: operation, now: kiosk.clock.now)
                }
            }
        }
        var answers = try await unlocked.dossier(away).answers
        try await run([
            done: .delivered(
                .dossier(held(done, version: 1, "resolved", remark: "Mời đến nhận.", try await unlocked.dossier(done).answers))),
            gone: .delivered(.dossier(held(gone, version: 1, "received", try await unlocked.dossier(gone).answers))),
            born: .rejected(rejection), away: .delivered(.dossier(held(away, version: 1, "supplement-required", answers))),
            card: .duplicate(code: "G01.1", receivedAt: "2022-04-08T15:00:00+07:00", kiosk: "kiosk-2"),
            doubtful: .inDoubt(.line(.broken), notBefore: kiosk.clock.now.addingTimeInterval(60)),
            lost: .delivered(
                .dossier(
                    held(
                        lost, version: 2, "supplement-required", remark: "Chụp lại giấy.",
                        try await unlocked.dossier(lost).answers))),
        ])
        // Both sides change the same answer of the one who is away.
        let reason = JSONPointer(tokens: ["absence", "reason"])
        _ = try await kiosk.post("/dossiers/\(away)/reopen")
        try await unlocked.changeDraft(of: away, now: kiosk.clock.now) { $0.answers.set("Đi làm xa", at: reason) }
        _ = try await kiosk.post("/dossiers/\(away)/review", Kiosk.consent)
        answers.set("Đi học xa", at: reason)
        try await run([away: .moved(held(away, version: 2, "processing", answers))])
        // The portal was restored from a backup of before the other stay.
        try await unlocked.forgetCursor(now: kiosk.clock.now)
        try await run([gone: .absent(notBefore: kiosk.clock.now)])
        let states = try await [born, away, card, lost, gone].asyncMap { try await unlocked.dossier($0).summary.state }
        #expect(states == [.rejected, .conflict, .conflict, .delivered, .conflict])
        let announcement = Announcement(
            id: "lich-truc", title: "Lịch trực", body: "Thứ hai: làm căn cước lưu động.", validFrom: nil,
            validUntil: "2099-04-09T00:00:00+07:00")
        _ = try await unlocked.apply(
            ChangeBatch(changes: [.announcement(announcement)], cursor: "c", more: false), now: kiosk.clock.now)
        all += [stay, other, born, away, card, lost, gone].map { "/dossiers/\($0)" }
        all += [
            "/dossiers/\(born)/referral", "/dossiers/\(away)/conflict", "/dossiers/\(card)/withdraw", "/dossiers/\(done)/result",
            "/dossiers/\(done)",
        ]
        all += ["/dossiers/\(doubtful)/doubt", "/accounts/\(waiting ?? "")", "/accounts/\(waiting ?? "")?code=wrong"]
        opened.append(("/dossiers/\(away)/conflict", ["#f-absence-reason input[value=theirs]", "button[value=preview]"]))
        all += ["/dossiers/\(signed)/consent/page", "/dossiers/\(stay)/consents/1", "/dossiers/\(stay)/consents/1/page"]
        all += [born, away, card, signed].map { "/dossiers/\($0)/sheet" } + ["/dossiers/\(card)/wish"]
        all += ["lookup", "steps", "bring", "hours"].map { "/public/\($0)" }
        all += (try Kiosk.catalogue().slips ?? []).map { "/slips/\($0.id)" }
        all += ["/dossiers/\(stay)/receipt", "/dossiers/\(born)/receipt", "/dossiers/\(stay)/script"]
    }
}

extension Array {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var mapped: [T] = []
        for element in self { mapped.append(try await transform(element)) }
        return mapped
    }
}
