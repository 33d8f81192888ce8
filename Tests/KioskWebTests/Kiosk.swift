import Foundation
import HTTPServing
import JSONTree
import KioskDomain
import KioskStore
import KioskSync
import KioskTestSupport
import KioskVault
import SQLiteAccess
import Synchronization
import Testing

@testable import KioskWeb

/// A real store in a folder of its own behind the pages, and a browser of sorts in front of them.
final class Kiosk: Sendable {
    static let pin = "482915"
    static let host = "127.0.0.1:8080"
    let folder: TemporaryFolder
    let store: KioskStore
    let web: KioskWeb
    let sync = FakeSync()
    let clock: Clock
    let catalogue: Catalogue
    let cookies = Mutex<[String: String]>([:])
    private let tokens = Mutex("")

    /// A clock that tests move.
    final class Clock: Sendable {
        private let time: Mutex<(wall: Date, uptime: Double)>
        init(_ date: Date) { time = Mutex((date, 1000)) }
        var now: Date { time.withLock { $0.wall } }
        var uptime: Double { time.withLock { $0.uptime } }
        /// Time passes.
        func advance(_ seconds: Double) { time.withLock { $0 = ($0.wall + seconds, $0.uptime + seconds) } }
        /// Somebody sets the wall clock.
        func set(by seconds: Double) { time.withLock { $0.wall += seconds } }
    }

    init(
        at start: Date? = nil, options: KioskWebOptions = KioskWebOptions(), catalogue: Catalogue? = nil,
        configuration: KioskStore.Configuration = KioskStore.Configuration()
    ) async throws {
        self.catalogue = try catalogue ?? Self.catalogue()
        folder = try TemporaryFolder()
        let clock = Clock(start ?? VietnamTime.instant(rfc3339: "2022-04-08T14:00:00+07:00") ?? .now)
        self.clock = clock
        let founding = KioskStore.Founding(
            kioskID: "kiosk-1", portalSecret: "secret", portal: "http://127.0.0.1:1", village: "Thôn Cẩm Sơn",
            operatorName: "Bùi Văn An",
            pin: Self.pin, pinCost: Vault.PINCost(logN: 14, r: 8, p: 1))
        store = try await KioskStore.found(founding, in: folder.file("data"), configuration: configuration, now: clock.now).store
        web = KioskWeb(
            store: store, catalogue: self.catalogue, sync: sync, options: options, now: { clock.now }, uptime: { clock.uptime },
            random: { try Secret.random(count: $0) })
    }

    /// The fields of the review of an applicant who agrees to everything.
    static let consent = [
        "consent.filing": "yes", "consent.keep-scans": "yes", "consent.contact": "yes", "consent.reuse": "yes",
        "consent.by": "applicant", "consent.evidence": "witnessed", "consent.reason": "Không có bút",
    ]

    static func catalogue() throws -> Catalogue { try read.get() }

    /// Read once: every test wants it.
    private static let read = Result { try Catalogue(json: try ShippedFiles.catalogue(), today: VietnamTime.day(of: Date())) }

    /// The store, opened beside the pages.
    func open() async throws -> UnlockedStore {
        try await store.unlock(operatorName: nil, pin: Self.pin, catalogue: catalogue, now: clock.now)
    }

    /// How many chunks of files are on the disk.
    func chunks() throws -> Int {
        try Connection(path: folder.file("data/attachments.sqlite"), kind: .blobs).first("SELECT count(*) FROM attachment_chunks")
        { $0.int(0) } ?? 0
    }

    // MARK: The browser

    struct Page {
        let response: HTTPResponse
        let bytes: [UInt8]
        var text: String { String(decoding: bytes, as: UTF8.self) }
        var status: Int { response.status }
        var location: String { response.headers["Location"] ?? "" }
        var json: JSONValue? { try? JSONText.decode(JSONValue.self, from: Data(text.utf8)) }
    }

    var csrf: String { tokens.withLock { $0 } }

    func send(
        _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8] = []
    ) async throws -> Page {
        var all = HTTPHeaders()
        all["Host"] = Self.host
        let jar = cookies.withLock { $0 }
        if !jar.isEmpty { all["Cookie"] = jar.map { "\($0)=\($1)" }.joined(separator: "; ") }
        for (name, value) in headers { all[name] = value }
        let response = try await web.respond(to: HTTPRequest(method: method, target: target, headers: all, body: body))
        for cookie in response.headers.values(of: "Set-Cookie") {
            let pair = cookie.split(separator: ";")[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies.withLock { $0[String(pair[0])] = String(pair[1]) }
        }
        let page = Page(response: response, bytes: try await Self.bytes(of: response))
        let text = page.text
        if let range = text.range(of: "csrf-token\" content=\"") {
            tokens.withLock { $0 = String(text[range.upperBound...].prefix(64)) }
        }
        return page
    }

    static func bytes(of response: HTTPResponse) async throws -> [UInt8] {
        switch response.body {
        case .bytes(let bytes): return bytes
        case .cut(_, let bytes): return bytes
        case .stream(_, let next):
            var all: [UInt8] = []
            while let piece = try await next() { all += piece }
            return all
        }
    }

    func get(_ target: String) async throws -> Page { try await send("GET", target) }

    /// Sends a form with the page's token.
    func post(_ target: String, _ fields: [String: String] = [:], token: String? = nil) async throws -> Page {
        var all = fields
        all["csrf"] = token ?? csrf
        return try await send(
            "POST", target, headers: ["Content-Type": "application/x-www-form-urlencoded", "Origin": "http://\(Self.host)"],
            body: Array(Self.encode(all).utf8))
    }

    static func encode(_ fields: [String: String]) -> String {
        let plain = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\u{0}"..."\u{7F}"))
        func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }
        return fields.map { "\(escaped($0))=\(escaped($1))" }.joined(separator: "&")
    }

    /// Sends what the script sends when a field is left.
    func answer(_ dossier: String, _ pointer: String, _ value: JSONValue, section: String) async throws -> Page {
        let body: JSONValue = ["pointer": .string(pointer), "value": value, "section": .string(section)]
        return try await send(
            "POST", "/dossiers/\(dossier)/answers", headers: ["Content-Type": "application/json", "X-CSRF-Token": csrf],
            body: Array(try JSONText.encode(body)))
    }

    func upload(_ dossier: String, _ component: String, name: String, _ bytes: [UInt8]) async throws -> Page {
        let name = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return try await send(
            "POST", "/dossiers/\(dossier)/papers?component=\(component)", headers: ["X-CSRF-Token": csrf, "X-File-Name": name],
            body: bytes)
    }

    /// Logs a village meeting with a photograph.
    ///
    /// - Returns: the entry's id.
    func logMeeting() async throws -> String {
        _ = try await post("/outreach", ["day": "08/04/2022", "channel": "meeting", "people": "45", "topic": "Lưu trú"])
        let entry = try #require(try await open().outreach(limit: 1).first?.id)
        let answer = try await send("POST", "/outreach/\(entry)/photo", headers: ["X-CSRF-Token": csrf], body: Picture.png)
        #expect(answer.status == 200 && answer.json?["saved"] == true)
        return entry
    }

    /// Unlocks, and opens the first page for its token.
    func unlock() async throws {
        _ = try await post("/unlock", ["pin": Self.pin])
        _ = try await get("/")
    }

    /// Serves the pages to a real browser that has unlocked them.
    func inBrowser(_ body: (_ browser: Browser, _ base: String) async throws -> Void) async throws {
        let server = try HTTPServer(port: 0) { try await self.web.respond(to: $0) }
        let task = Task { try await server.run() }
        defer { task.cancel() }
        try await Browser.run { browser in
            let base = "http://127.0.0.1:\(server.port)"
            try await browser.open(base + "/")
            try await browser.find("#pin").type(Self.pin)
            try await browser.button("Mở khóa").click()
            _ = try await browser.find(".tiles")
            try await body(browser, base)
        }
    }

    /// Begins a dossier and returns its id.
    func begin(_ procedure: String = "TT_NHAP_SINH") async throws -> String {
        let page = try await post("/dossiers/new", ["procedure": procedure])
        return String(page.location.split(separator: "/")[1])
    }

    /// A dossier with the catalogue's sample answers, and papers where they are required.
    func beginSample(_ procedure: String = "TT_NHAP_SINH") async throws -> String {
        let id = try await begin(procedure)
        let sample = catalogue.procedure(procedure)?.sample ?? .null
        let unlocked = try await open()
        let form = Form(try await unlocked.procedure(ofDossier: id), today: VietnamTime.day(of: clock.now))
        let warned = form.issues(in: sample).map(\.pointer.description)
        try await unlocked.changeDraft(of: id, now: clock.now) { draft in
            draft.answers = sample
            for pointer in warned { draft.reasons[pointer] = "Đúng như trên thẻ" }
        }
        for component in form.components(for: form.filed(sample)) where component.isRequired {
            _ = try await upload(id, component.component.id, name: "\(component.component.id).png", Picture.png)
        }
        return id
    }

    /// Seals a sample and returns its id.
    func sealSample(_ procedure: String = "TT_NHAP_SINH") async throws -> String {
        let id = try await beginSample(procedure)
        _ = try await post("/dossiers/\(id)/review", Self.consent)
        return id
    }
}

/// A sync that only counts.
final class FakeSync: SyncControl {
    private let state = Mutex((starts: 0, changes: 0, status: SyncStatus(isRunning: false)))
    var starts: Int { state.withLock { $0.starts } }
    /// How often limits changed.
    var changes: Int { state.withLock { $0.changes } }
    func limitsChanged(with store: UnlockedStore) async { state.withLock { $0.changes += 1 } }
    func start(with store: UnlockedStore) async { state.withLock { $0.starts += 1 } }
    func status() async -> SyncStatus { state.withLock { $0.status } }
    func set(_ status: SyncStatus) { state.withLock { $0.status = status } }
}

/// First bytes of files.
enum Picture {
    static let png = SampleFile.png(bytes: 400_008, seed: 31)
    static let webp: [UInt8] = Array("RIFF".utf8) + [1, 0, 0, 0] + Array("WEBPVP8 ".utf8) + [UInt8](repeating: 7, count: 100)
    static let heic: [UInt8] = [0, 0, 0, 24] + Array("ftypheic".utf8) + [UInt8](repeating: 7, count: 100)
}
