import Foundation
import JSONTree
import KioskSync
import Testing

@testable import KioskTransport

/// Every answer that portal-contract.md names, in its order, with what becomes of the operation; and what it does not name.
@Suite struct ClassificationTableTests {
    /// What becomes of an operation.
    enum Becomes: Equatable, CustomTestStringConvertible {
        case delivered, retry, inDoubt, conflict, blocked, absent, filesMissing
        case rejected(String)
        /// Fetched and merged.
        case merged
        /// Retried, and the run stops: the line, or the kiosk's own credentials, or everyone waits.
        case stopsTheRun(Judgement.Halt)
        /// That step begins anew: an upload's offset is asked for, it is created anew or goes on in smaller pieces; a feed from its start.
        case stepAnew

        var testDescription: String { "\(self)" }
    }

    /// What an answer carries besides its status.
    enum Body {
        /// Nothing, or what is not read.
        case none
        /// A problem document with a code of the contract, and further members.
        case problem(String, String = "")
        /// Another's page.
        case html
        /// A tus server's own words.
        case tus
        /// A gateway's JSON.
        case json
    }

    private struct Row {
        let call: CallKind
        let status: Int
        let body: Body
        let becomes: Becomes
        init(_ call: CallKind, _ status: Int, _ body: Body, _ becomes: Becomes) {
            (self.call, self.status, self.body, self.becomes) = (call, status, body, becomes)
        }
    }

    private static let duplicate =
        ", \"conflictsWith\": {\"code\": \"c\", \"procedure\": \"p\", \"receivedAt\": \"r\", \"kiosk\": \"k\"}"
    private static let digest =
        ", \"errors\": [{\"pointer\": \"/attachments/0\", \"code\": \"attachment-digest-mismatch\", \"message\": \"m\"}]"
    private static let both = """
        , "errors": [{"pointer": "/attachments/0", "code": "attachment-digest-mismatch", "message": "m"},
        {"pointer": "/fields/a", "code": "invalid", "message": "m"}]
        """
    private static let scan =
        ", \"errors\": [{\"pointer\": \"/attachments/0\", \"code\": \"unreadable-scan\", \"message\": \"m\"}]"

    private static let contract: [Row] = [
        // Authentication: a second 401
        Row(.dossier, 401, .none, .stopsTheRun(.authentication)),
        Row(.token, 401, .none, .stopsTheRun(.authentication)),
        // Health
        Row(.health, 200, .none, .delivered),
        // Catalogue
        Row(.catalogue, 200, .none, .delivered),
        Row(.catalogue, 304, .none, .delivered),
        // Resident accounts
        Row(.account, 202, .none, .delivered),
        Row(.account, 200, .none, .delivered),
        Row(.account, 422, .problem("account-mismatch"), .rejected("account-mismatch")),
        Row(.account, 403, .problem("account-locked"), .rejected("account-locked")),
        Row(.newCode, 202, .none, .delivered),
        Row(.newCode, 429, .problem("too-many-requests"), .retry),
        Row(.newCode, 429, .none, .retry),
        Row(.newCode, 403, .problem("account-locked"), .rejected("account-locked")),
        Row(.newCode, 404, .problem("not-found"), .absent),
        Row(.verification, 200, .none, .delivered),
        Row(.verification, 422, .problem("code-wrong", ", \"attemptsLeft\": 3"), .rejected("code-wrong")),
        Row(.verification, 410, .problem("code-expired"), .rejected("code-expired")),
        Row(.verification, 403, .problem("account-locked"), .rejected("account-locked")),
        Row(.verification, 404, .problem("not-found"), .absent),
        // Attachments
        Row(.createUpload, 201, .none, .delivered),
        Row(.askOffset, 200, .none, .delivered),
        Row(.append, 204, .none, .delivered),
        Row(.append, 409, .none, .stepAnew),
        Row(.askOffset, 404, .none, .stepAnew),
        Row(.append, 404, .problem("not-found"), .stepAnew),
        Row(.askOffset, 410, .none, .stepAnew),
        Row(.askOffset, 403, .none, .stepAnew),
        Row(.append, 423, .none, .retry),
        Row(.append, 460, .none, .stepAnew),
        Row(.createUpload, 460, .none, .stepAnew),
        Row(.createUpload, 413, .problem("file-too-large"), .rejected("file-too-large")),
        Row(.createUpload, 413, .tus, .rejected("too-large")),
        Row(.createUpload, 413, .html, .stepAnew),
        Row(.createUpload, 415, .tus, .rejected("upload-refused")),
        // Dossiers
        Row(.dossier, 201, .none, .delivered),
        Row(.dossier, 200, .none, .delivered),
        Row(.dossier, 412, .problem("precondition-failed"), .merged),
        Row(.dossier, 412, .none, .merged),
        Row(.dossier, 422, .problem("dossier-rejected", scan), .rejected("dossier-rejected")),
        Row(.dossier, 422, .problem("dossier-rejected", digest), .filesMissing),
        Row(.dossier, 422, .problem("dossier-rejected", both), .rejected("dossier-rejected")),
        Row(.dossier, 424, .problem("attachments-missing", ", \"missing\": [\"a\"]"), .filesMissing),
        Row(.dossier, 409, .problem("duplicate-dossier", duplicate), .conflict),
        Row(.dossier, 409, .problem("duplicate-dossier"), .rejected("duplicate-dossier")),
        Row(.dossier, 403, .problem("account-unverified"), .blocked),
        Row(.dossier, 410, .problem("procedure-retired"), .rejected("procedure-retired")),
        Row(.dossier, 404, .problem("not-found"), .absent),
        Row(.readDossier, 200, .none, .delivered),
        Row(.readDossier, 404, .problem("not-found"), .delivered),
        Row(.withdrawal, 200, .none, .delivered),
        Row(.withdrawal, 409, .problem("already-resolved"), .rejected("already-resolved")),
        // Changes
        Row(.changes, 200, .none, .delivered),
        Row(.changes, 410, .problem("cursor-unknown"), .stepAnew),
        // Reports
        Row(.report, 204, .none, .delivered),
        // What another than the portal says of the same things
        Row(.dossier, 404, .none, .stopsTheRun(.line)),
        Row(.dossier, 404, .html, .stopsTheRun(.line)),
        Row(.readDossier, 404, .html, .stopsTheRun(.line)),
        Row(.readDossier, 404, .json, .stopsTheRun(.line)),
        Row(.dossier, 403, .json, .stopsTheRun(.line)),
        Row(.account, 400, .json, .stopsTheRun(.line)),
        Row(.newCode, 404, .html, .stopsTheRun(.line)),
        Row(.dossier, 424, .html, .stopsTheRun(.line)),
        Row(.dossier, 403, .html, .stopsTheRun(.line)),
        Row(.verification, 410, .html, .stopsTheRun(.line)),
        Row(.dossier, 413, .html, .stopsTheRun(.line)),
    ]

    /// What means the same for every call that writes.
    private static let ground: [(status: Int, body: Body, becomes: Becomes)] = [
        (503, .none, .stopsTheRun(.pause(seconds: nil))), (408, .none, .retry), (425, .none, .retry),
        // An unknown 4xx in the portal's own words is a refusal, without them it is not the portal's.
        (400, .problem("malformed"), .rejected("malformed")), (418, .problem("of-the-future"), .rejected("of-the-future")),
        (428, .problem("precondition-required"), .rejected("precondition-required")),
        (418, .html, .stopsTheRun(.line)), (451, .none, .stopsTheRun(.line)), (405, .html, .stopsTheRun(.line)),
        // An unknown 5xx is a retry, of what may have been done.
        (500, .none, .inDoubt), (502, .html, .inDoubt), (504, .html, .inDoubt), (507, .problem("of-the-future"), .inDoubt),
        (599, .none, .inDoubt),
        // Captive portals, proxies, redirects.
        (511, .html, .stopsTheRun(.line)), (407, .html, .stopsTheRun(.line)), (302, .none, .stopsTheRun(.line)),
        (308, .none, .stopsTheRun(.line)), (600, .none, .stopsTheRun(.line)), (101, .none, .stopsTheRun(.line)),
    ]

    @Test func `each line of the contract`() {
        for row in Self.contract {
            #expect(becomes(row.call, row.status, row.body) == row.becomes, "\(row.call) \(row.status) \(row.body)")
        }
    }

    @Test func `the ground rules, for every call that writes`() {
        for call: CallKind in [.account, .verification, .newCode, .dossier, .withdrawal, .report] {
            for row in Self.ground {
                #expect(becomes(call, row.status, row.body) == row.becomes, "\(call) \(row.status) \(row.body)")
            }
            if call != .newCode { #expect(becomes(call, 429, .none) == .stopsTheRun(.pause(seconds: nil)), "\(call)") }
        }
    }

    /// The table of Sources/KioskSync/README.md: the row of the worklist that each problem code leads to; nil: the machine goes on.
    private static let worklist: [String: WorkKind?] = [
        "account-mismatch": .rejected, "account-locked": .unverified, "code-wrong": .codeAwaited, "code-expired": .unverified,
        "account-unverified": .unverified, "too-many-requests": nil, "not-found": .conflict, "file-too-large": .rejected,
        "precondition-failed": .conflict, "dossier-rejected": .rejected, "attachments-missing": nil,
        "duplicate-dossier": .duplicate, "procedure-retired": .rejected, "already-resolved": nil,
        "cursor-unknown": nil,
    ]

    @Test func `each problem code leads to the row of the worklist that the README names`() throws {
        let codes = Set(
            Self.contract.compactMap { row in if case .problem(let code, _) = row.body { code } else { nil } })
        #expect(codes == Set(Self.worklist.keys), "a code without a line here")
        let readme = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../Sources/KioskSync/README.md"), encoding: .utf8)
        for (code, kind) in Self.worklist {
            #expect(WorkKind(problem: code) == kind, "\(code)")
            #expect(readme.contains("| `\(code)` | \(kind.map { "`\($0.rawValue)`" } ?? "none") |"), "\(code)")
        }
        #expect(WorkKind(problem: "of-the-future") == .rejected)
        // What is refused for good never leads nowhere, but for a withdrawal that came too late.
        for row in Self.contract {
            guard case .rejected(let code) = row.becomes, code != "already-resolved" else { continue }
            #expect(WorkKind(problem: code) != nil, "\(code)")
        }
    }

    @Test func `guesses that are left come with the refusal`() {
        guard case .rejected(let refusal) = failure(.verification, 422, .problem("code-wrong", ", \"attemptsLeft\": 3")) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.attemptsLeft == 3 && refusal.status == 422)
    }

    // MARK: From an answer to what becomes of it

    private func answer(_ status: Int, _ body: Body) -> CurlAnswer {
        let (headers, text): ([String: String], String) =
            switch body {
            case .none: ([:], "")
            case .html: (["content-type": "text/html"], "<p>Wi-Fi</p>")
            case .json: (["content-type": "application/json"], "{\"message\": \"no Route matched\"}")
            case .tus: (["content-type": "text/plain", "tus-resumable": "1.0.0"], "not taken")
            case .problem(let code, let members):
                (["content-type": "application/problem+json"], "{\"type\": \"urn:village-portal:\(code)\"\(members)}")
            }
        return CurlAnswer(status: status, headers: headers, body: Array(text.utf8))
    }

    private func failure(_ call: CallKind, _ status: Int, _ body: Body) -> PortalFailure {
        Classification.failure(of: answer(status, body), to: call, now: Date(timeIntervalSince1970: 0))
    }

    private func becomes(_ call: CallKind, _ status: Int, _ body: Body) -> Becomes {
        if Classification.isSuccess(answer(status, body), of: call) { return .delivered }
        let failure = failure(call, status, body)
        let judgement = Judgement()
        if let halt = judgement.halt(after: failure) { return .stopsTheRun(halt) }
        let kinds: [CallKind: KioskSync.Operation.Kind] = [
            .account: .account, .verification: .verification, .newCode: .newCode, .createUpload: .upload, .askOffset: .upload,
            .append: .upload, .withdrawal: .withdrawal, .report: .report, .readDossier: .check,
        ]
        switch failure {
        case .preconditionFailed: return .merged  // by the performer, which fetches the portal's copy
        case .gone, .wrongOffset, .checksumFailed, .requestTooLarge: return .stepAnew
        default: break
        }
        let operation = Operation(id: 1, kind: kinds[call] ?? .dossier, subject: "s", state: .sending, attempts: 0)
        switch judgement.outcome(of: failure, for: operation, now: Date(timeIntervalSince1970: 0), chance: 0) {
        case .delivered: return .delivered
        case .retry: return .retry
        case .inDoubt: return .inDoubt
        case .rejected(let refusal): return .rejected(refusal.code)
        case .duplicate: return .conflict
        case .moved: return .merged
        case .blocked: return .blocked
        case .absent: return .absent
        case .filesMissing: return .filesMissing
        }
    }
}
