import Foundation
import JSONTree
import KioskTestSupport
import KioskVault
import PortalWire
import Synchronization
import Testing
import TrainingPortal

/// A clock that stands still until a test moves it; it begins on Monday 2026-11-23 at 08:00 in Vietnam.
final class StillClock: Sendable {
    private let seconds = Mutex(1_795_395_600.0)

    var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }

    func advance(_ interval: Double) { seconds.withLock { $0 += interval } }
}

/// Runs a portal over a folder while `body` does.
func withPortal(
    in folder: TemporaryFolder? = nil, catalogue: String = testCatalogue,
    adjust: (inout TrainingPortalOptions) -> Void = { _ in },
    _ body: (PortalHarness) async throws -> Void
) async throws {
    let folder = try folder ?? TemporaryFolder()
    let clock = StillClock()
    var options = TrainingPortalOptions(dataFolder: folder.path + "/portal", port: 0, catalogue: Array(catalogue.utf8))
    options.now = { clock.now }
    adjust(&options)
    let portal = try TrainingPortal(options) { error in Issue.record(error) }
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await portal.run() }
        try await body(PortalHarness(portal: portal, clock: clock))
        group.cancelAll()
        try await group.waitForAll()
    }
}

/// One procedure with a component that every dossier needs, and the one that may be open many times.
let testCatalogue = """
    {"version": "test-1", "procedures": [
      {"code": "TAM_TRU", "name": {"vi": "Đăng ký tạm trú"}, "components": [
        {"id": "CT01", "name": {"vi": "Tờ khai CT01"}, "required": true}, {"id": "CO10", "requiredWhen": {"field": "x"}}]},
      {"code": "LUU_TRU", "name": {"vi": "Thông báo lưu trú"}, "components": []}]}
    """

/// Lò Thị Mai, who has an account.
let mai: JSONValue = ["citizenId": "099194000123", "fullName": "Lò Thị Mai", "birthDate": "1994-03-12", "sex": "female"]

/// A running portal and what tests do with it.
struct PortalHarness: Sendable {
    let portal: TrainingPortal
    let clock: StillClock

    /// Sends one request on a connection of its own; nil where no whole answer came.
    func send(_ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8]? = nil) async throws -> Answer? {
        let connection = try await RawConnection(port: portal.port)
        try await connection.send(head(method, path, headers: headers, length: body?.count) + (body ?? []))
        return Answer(try await connection.receive(), hasBody: method != "HEAD")
    }

    func head(_ method: String, _ path: String, headers: [String: String], length: Int?) -> [UInt8] {
        var all = ["Host": "127.0.0.1:\(portal.port)", "Connection": "close"]
        if let length { all["Content-Length"] = String(length) }
        all.merge(headers) { _, given in given }
        return Array(("\(method) \(path) HTTP/1.1\r\n" + all.map { "\($0): \($1)\r\n" }.joined() + "\r\n").utf8)
    }

    func requestToken(kiosk: String, secret: String, grant: String = "client_credentials") async throws -> Answer? {
        let basic = Data("\(kiosk):\(secret)".utf8).base64EncodedString()
        return try await send(
            "POST", "/oauth2/token",
            headers: ["Authorization": "Basic \(basic)", "Content-Type": "application/x-www-form-urlencoded"],
            body: Array("grant_type=\(grant)".utf8))
    }

    /// A kiosk with a token.
    func kiosk(_ id: String = "kiosk-1") async throws -> TestKiosk {
        let answer = try #require(try await requestToken(kiosk: id, secret: "secret of \(id)"))
        return TestKiosk(harness: self, id: id, token: try answer.message(TokenMessage.self).accessToken)
    }

    func state() async throws -> JSONValue { try #require(try await send("GET", "/training/state")).json() }

    func arm(_ fault: ScriptedFault) async throws {
        let body = Array(try JSONText.encode(fault))
        #expect(try await send("POST", "/training/faults", body: body)?.status == 204)
    }
}

/// A kiosk as the portal sees it.
struct TestKiosk: Sendable {
    let harness: PortalHarness
    let id: String
    let token: String

    func send(_ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8]? = nil) async throws -> Answer? {
        try await harness.send(
            method, path, headers: headers.merging(["Authorization": "Bearer \(token)"]) { given, _ in given }, body: body)
    }

    func send(_ method: String, _ path: String, headers: [String: String] = [:], json: some Encodable) async throws -> Answer {
        try #require(try await send(method, path, headers: headers, body: Array(try JSONText.encode(json))))
    }

    func get(_ path: String) async throws -> Answer { try #require(try await send("GET", path)) }

    // MARK: Accounts

    func registration(_ person: JSONValue, phone: String = "0900000101") -> AccountRegistration {
        AccountRegistration(
            citizenId: person["citizenId"]?.stringValue ?? "", idKind: "cccd", fullName: person["fullName"]?.stringValue ?? "",
            birthDate: person["birthDate"]?.stringValue ?? "", sex: person["sex"]?.stringValue ?? "", phone: phone,
            consentAt: "2026-11-22T15:00:00+07:00")
    }

    /// A verified account of a resident who has one already.
    func account(of person: JSONValue = mai) async throws -> String {
        let id = newId()
        let answer = try await send("PUT", "/v1/accounts/\(id)", json: registration(person))
        try #require(answer.status == 200)
        return id
    }

    // MARK: Files

    static func metadata(_ sha256: String, name: String = "a.jpg") -> String {
        Tus.encode(metadata: [("filename", name), ("filetype", "image/jpeg"), ("sha256", sha256), ("dossier", newId())])
    }

    /// Creates an upload; `first` goes with it.
    func create(_ length: Int, sha256: String, first: [UInt8]? = nil, headers: [String: String] = [:]) async throws -> Answer? {
        var all = ["Tus-Resumable": "1.0.0", "Upload-Length": String(length), "Upload-Metadata": Self.metadata(sha256)]
        if first != nil { all["Content-Type"] = Tus.contentType }
        return try await send("POST", "/v1/files/", headers: all.merging(headers) { _, given in given }, body: first)
    }

    func patch(_ path: String, at offset: Int, _ bytes: [UInt8], headers: [String: String] = [:]) async throws -> Answer? {
        let all = ["Tus-Resumable": "1.0.0", "Content-Type": Tus.contentType, "Upload-Offset": String(offset)]
        return try await send("PATCH", path, headers: all.merging(headers) { _, given in given }, body: bytes)
    }

    func offset(_ path: String) async throws -> Answer? { try await send("HEAD", path, headers: ["Tus-Resumable": "1.0.0"]) }

    /// A whole upload and the attachment that names it.
    func upload(_ bytes: [UInt8], component: String = "CT01", mediaType: String = "image/jpeg") async throws -> AttachmentMessage
    {
        let sha256 = Hex.encode(try SHA256Digest.of(bytes))
        let answer = try #require(try await create(bytes.count, sha256: sha256, first: bytes))
        try #require(answer.status == 201)
        return AttachmentMessage(
            id: newId(), component: component, fileName: "\(component)_1.jpg", mediaType: mediaType, size: bytes.count,
            sha256: sha256,
            upload: answer.headers["location"])
    }

    // MARK: Dossiers

    /// A dossier that the portal takes, of Lò Thị Mai unless told otherwise.
    func submission(
        account: String, procedure: String = "TAM_TRU", applicant: JSONValue = mai, attachments: [AttachmentMessage] = [],
        revision: Int = 1
    ) -> DossierSubmission {
        DossierSubmission(
            procedure: procedure, catalogueVersion: "test-1", account: account, kiosk: id, village: "thon-mau",
            capturedAt: "2026-11-22T15:00:00+07:00", sealedAt: "2026-11-22T15:30:00+07:00", revision: revision,
            fields: ["applicant": applicant, "content": "Đăng ký"], attachments: attachments,
            consent: ConsentMessage(at: "2026-11-22T15:29:00+07:00", by: "applicant", text: "Tôi đồng ý."))
    }

    func put(_ submission: DossierSubmission, _ id: String, ifMatch etag: String? = nil) async throws -> Answer {
        let condition = etag.map { ["If-Match": $0] } ?? ["If-None-Match": "*"]
        return try await send("PUT", "/v1/dossiers/\(id)", headers: condition, json: submission)
    }

    /// Files a notice of stay, which needs no paper; returns its id.
    func file(applicant: JSONValue = mai) async throws -> String {
        let id = newId()
        let answer = try await put(
            submission(account: try await account(of: applicant), procedure: "LUU_TRU", applicant: applicant), id)
        try #require(answer.status == 201)
        return id
    }
}

/// The path of a `Location`.
func path(of answer: Answer?) throws -> String {
    try #require(answer?.headers["location"].flatMap { URL(string: $0) }).path()
}

func newId() -> String { UUID().uuidString.lowercased() }
