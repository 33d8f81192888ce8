import Foundation
import JSONTree
import KioskSync
import Testing

@testable import KioskTransport

@Suite struct ClassificationTests {
    private let now = Date(timeIntervalSince1970: 1_795_395_600)
    private static let uploads: [CallKind] = [.createUpload, .askOffset, .append]

    private func classify(
        _ status: Int, _ call: CallKind = .dossier, code: String? = nil, members: String = "", headers: [String: String] = [:],
        type: String = "application/problem+json"
    ) -> PortalFailure {
        let text = code.map { "{\"type\": \"urn:village-portal:\($0)\"\(members)}" } ?? ""
        let all = headers.merging(text.isEmpty ? [:] : ["content-type": type]) { given, _ in given }
        return Classification.failure(of: CurlAnswer(status: status, headers: all, body: Array(text.utf8)), to: call, now: now)
    }

    private func rejected(_ code: String, _ status: Int) -> PortalFailure {
        .rejected(Rejection(code: code, status: status, detail: nil, faults: []))
    }

    @Test func `what is not the contract's is not the portal's`() {
        for call in CallKind.allCases {
            for status in [200, 204, 100, 600] { #expect(classify(status, call) == .notThePortal, "\(status)") }
            for status in [301, 302, 303, 307, 308] {
                #expect(classify(status, call) == .foreign(.redirect), "\(status)")
            }
            #expect(classify(407, call) == .foreign(.proxyLogin) && classify(511, call) == .foreign(.page))
            for status in [400, 402, 405, 406, 411, 418, 431, 451] {
                #expect(classify(status, call) == .notThePortal, "\(status) without a problem")
            }
            #expect(classify(400, call, code: "x", type: "text/html") == .foreign(.page))
        }
        #expect(classify(404, .dossier) == .notThePortal && classify(404, .account) == .notThePortal)
    }

    @Test func `what means the same for every call`() {
        for call in CallKind.allCases {
            #expect(classify(401, call) == .unauthenticated)
            for status in [429, 503] where status != 429 || call != .newCode {
                #expect(classify(status, call) == .busy(retryAfter: nil), "\(status)")
                #expect(classify(status, call, headers: ["retry-after": "7"]) == .busy(retryAfter: 7), "\(status)")
            }
            for (status, acted) in [(408, false), (425, false), (500, true), (501, true), (502, true), (504, true), (599, true)] {
                #expect(classify(status, call) == .failing(retryAfter: nil, mayHaveActed: acted), "\(status)")
                #expect(
                    classify(status, call, headers: ["retry-after": "7"]) == .failing(retryAfter: 7, mayHaveActed: acted),
                    "\(status)")
            }
            let isPiece = call == .createUpload || call == .append
            #expect(classify(413, call) == (isPiece ? .requestTooLarge : .notThePortal), "\(call)")
            #expect(
                classify(413, call, code: "x", type: "text/html") == (isPiece ? .requestTooLarge : .foreign(.page)), "\(call)")
            #expect(classify(413, call, code: "file-too-large") == rejected("file-too-large", 413))
            #expect(classify(400, call, code: "malformed") == rejected("malformed", 400))
            #expect(classify(418, call, code: "of-the-future") == rejected("of-the-future", 418))
        }
    }

    @Test func `what an answer says comes with its meaning`() {
        let other = ", \"conflictsWith\": {\"code\": \"c\", \"procedure\": \"p\", \"receivedAt\": \"r\", \"kiosk\": \"k\"}"
        let digest =
            ", \"errors\": [{\"pointer\": \"/attachments/0\", \"code\": \"attachment-digest-mismatch\", \"message\": \"m\"}]"
        #expect(classify(409, code: "duplicate-dossier", members: other) == .duplicate(code: "c", receivedAt: "r", kiosk: "k"))
        #expect(
            classify(424, code: "attachments-missing", members: ", \"missing\": [\"a\", \"b\"]") == .filesMissing(["a", "b"]))
        #expect(classify(424, code: "attachments-missing") == .filesMissing([]), "none named: all")
        #expect(classify(422, code: "dossier-rejected", members: digest) == .filesMissing(["/attachments/0"]))
        #expect(classify(423, .append, headers: ["retry-after": "9"]) == .uploadHeld(retryAfter: 9))
        #expect(classify(429, .newCode, headers: ["retry-after": "9"]) == .codeTooSoon(retryAfter: 9))
        #expect(
            classify(423, .dossier, headers: ["retry-after": "9"]) == .failing(retryAfter: 9, mayHaveActed: false),
            "the contract lets Retry-After stand on any 423")
    }

    @Test func `what is one call's means nothing for the others`() {
        let other = ", \"conflictsWith\": {\"code\": \"c\", \"procedure\": \"p\", \"receivedAt\": \"r\", \"kiosk\": \"k\"}"
        for call in CallKind.allCases where call != .dossier {
            // tus lets a server hide an upload that is gone behind 403.
            #expect(
                classify(403, call, code: "account-unverified")
                    == (call == .askOffset ? .gone : rejected("account-unverified", 403)), "\(call)")
            #expect(classify(424, call) == .notThePortal, "\(call)")
            #expect(classify(412, call) == .notThePortal, "\(call)")
            guard !Self.uploads.contains(call) else { continue }
            #expect(
                classify(409, call, code: "duplicate-dossier", members: other) == rejected("duplicate-dossier", 409), "\(call)")
        }
        for call in CallKind.allCases {
            let isUpload = Self.uploads.contains(call)
            #expect((classify(460, call) == .checksumFailed) == isUpload, "\(call)")
            #expect((classify(409, call) == .wrongOffset) == isUpload, "\(call)")
            #expect((classify(423, call) == .uploadHeld(retryAfter: 2)) == isUpload, "\(call)")
            #expect((classify(404, call) == .gone) == isUpload, "\(call)")
            #expect((classify(410, call) == .gone) == (isUpload || call == .changes), "\(call)")
        }
    }

    @Test func `a tus server without problem documents refuses in its own words`() {
        func answer(_ call: CallKind, _ headers: [String: String]) -> PortalFailure {
            Classification.failure(
                of: CurlAnswer(status: 415, headers: headers, body: Array("ERR_NO: not taken".utf8)), to: call, now: now)
        }
        let tus = ["tus-resumable": "1.0.0", "content-type": "text/plain; charset=utf-8"]
        let words = Rejection(code: "upload-refused", status: 415, detail: "ERR_NO: not taken", faults: [])
        for call in CallKind.allCases {
            #expect(answer(call, tus) == (Self.uploads.contains(call) ? .rejected(words) : .notThePortal), "\(call)")
            #expect(answer(call, ["content-type": "text/plain"]) == .notThePortal, "a proxy's words")
        }
    }

    @Test func `media types are read in any case of letters`() {
        #expect(classify(400, code: "malformed", type: "Application/Problem+JSON; charset=UTF-8") == rejected("malformed", 400))
        #expect(classify(400, code: "malformed", type: "application/jsonp") == .notThePortal)
    }

    @Test func `a refusal is in the portal's words, its pointers into the answers`() {
        let errors = """
            , "detail": "Sai", "errors": [{"pointer": "/fields/applicant/birthDate", "code": "population-mismatch", "message": "m", "expected": "1958"},
            {"pointer": "/attachments/0", "code": "attachment-digest-mismatch", "message": "n"}]
            """
        let wanted = Rejection(
            code: "dossier-rejected", status: 422, detail: "Sai",
            faults: [
                Rejection.Fault(pointer: "/applicant/birthDate", code: "population-mismatch", message: "m", expected: "1958"),
                Rejection.Fault(pointer: "/attachments/0", code: "attachment-digest-mismatch", message: "n"),
            ])
        #expect(
            classify(422, code: "dossier-rejected", members: errors) == .rejected(wanted),
            "a person mends it where one fault is a person's")
    }

    @Test(arguments: [
        ("0", 0.0), ("120", 120), ("99999999", 86_400), ("-5", nil), ("soon", nil), ("", nil), ("nan", nil),
        ("Mon, 23 Nov 2026 01:02:00 GMT", 120), ("Monday, 23-Nov-26 01:02:00 GMT", 120), ("Mon Nov 23 01:02:00 2026", 120),
        ("Mon, 23 Nov 2026 00:59:00 GMT", 0), ("Sun, 23 Nov 2036 00:59:00 GMT", 86_400),
    ])
    func `both forms of Retry-After are read`(text: String, seconds: Double?) {
        #expect(classify(503, headers: ["retry-after": text]) == .busy(retryAfter: seconds), "\(text)")
    }

    @Test func `a date counts from the portal's clock, not from ours`() {
        let headers = ["retry-after": "Tue, 01 Jan 2030 00:00:30 GMT", "date": "Tue, 01 Jan 2030 00:00:00 GMT"]
        #expect(classify(429, headers: headers) == .busy(retryAfter: 30))
    }
}
