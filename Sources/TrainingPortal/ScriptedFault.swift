internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import PortalWire
internal import Synchronization

/// A fault to come: which requests meet it, and what happens to them.
///
/// For tests and demonstrations.
public struct ScriptedFault: Codable, Equatable, Sendable {
    /// What happens to a request.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// The connection is reset; the portal does nothing.
        case before
        /// The portal does its work, then the connection is reset without an answer.
        case after
        /// The portal does its work, then half of the answer is sent and the connection reset.
        case cutAnswer = "cut-answer"
        /// The portal answers ``ScriptedFault/status`` and does nothing.
        case status
        /// The portal does its work, then answers ``ScriptedFault/status``.
        case afterStatus = "after-status"
        /// The answer is 200 with a log-in page in HTML, as a captive portal of a mobile network gives; the portal does nothing.
        case html
        /// The answer is 200 with JSON that breaks off; the portal does nothing.
        case garbage
        /// The portal waits ``ScriptedFault/delayMs``, then does its work and answers.
        case slow
        /// The connection breaks when ``ScriptedFault/percent`` of the body has arrived; what the portal does with that, it does.
        case cutBody = "cut-body"
        /// The portal does its work; its answer's `ETag` is one that the portal never made.
        case wrongETag = "wrong-etag"
    }

    /// What happens.
    public var kind: Kind
    /// Only requests of this method; nil: of any.
    public var method: String?
    /// Only requests whose path begins so; nil: any path of the contract.
    public var pathPrefix: String?
    /// How many such requests pass before the fault begins; nil: none.
    public var skip: Int?
    /// How many requests meet the fault; nil: one.
    public var times: Int?
    /// The status for the kinds that answer one; nil: 503.
    public var status: Int?
    /// Seconds for `Retry-After` on that answer; nil: no such header.
    public var retryAfter: Int?
    /// Milliseconds for ``Kind/slow``; nil: 1000.
    public var delayMs: Int?
    /// How much of the body arrives for ``Kind/cutBody``, 0 to 100; nil: half.
    public var percent: Int?

    /// A fault.
    public init(
        kind: Kind, method: String? = nil, pathPrefix: String? = nil, skip: Int? = nil, times: Int? = nil, status: Int? = nil,
        retryAfter: Int? = nil, delayMs: Int? = nil, percent: Int? = nil
    ) {
        self.kind = kind
        self.method = method
        self.pathPrefix = pathPrefix
        self.skip = skip
        self.times = times
        self.status = status
        self.retryAfter = retryAfter
        self.delayMs = delayMs
        self.percent = percent
    }
}

/// The faults that are still to come, in the order they were asked for; the first that fits a request takes it.
final class FaultScript: Sendable {
    private struct Armed {
        let fault: ScriptedFault
        var skip: Int
        var times: Int
    }

    private let armed = Mutex<[Armed]>([])
    private let seen = Atomic<Int>(0)

    /// How many requests of the contract came so far.
    var requests: Int { seen.load(ordering: .relaxed) }

    /// Adds a fault.
    func add(_ fault: ScriptedFault) {
        armed.withLock { $0.append(Armed(fault: fault, skip: max(0, fault.skip ?? 0), times: max(1, fault.times ?? 1))) }
    }

    /// Forgets all faults.
    func clear() { armed.withLock { $0 = [] } }

    /// The fault that a request meets, used up by it; nil for none.
    func take(for request: HTTPRequest) -> ScriptedFault? {
        seen.add(1, ordering: .relaxed)
        let path = request.target.split(separator: "?", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        return armed.withLock { armed in
            for index in armed.indices {
                let fault = armed[index].fault
                guard fault.method.map({ $0 == request.method }) ?? true, fault.pathPrefix.map(path.hasPrefix) ?? true else {
                    continue
                }
                guard armed[index].skip == 0 else {
                    armed[index].skip -= 1
                    continue
                }
                armed[index].times -= 1
                if armed[index].times == 0 { armed.remove(at: index) }
                return fault
            }
            return nil
        }
    }
}

extension ScriptedFault {
    /// Plays the fault: `work` is what the portal does with the request.
    func play(on request: HTTPRequest, work: (HTTPRequest) async throws -> HTTPResponse) async throws -> HTTPResponse {
        let silence = HTTPResponse(status: 200, body: .cut(after: 0, of: []))
        switch kind {
        case .before:
            return silence
        case .after:
            _ = try await work(request)
            return silence
        case .cutAnswer:
            var response = try await work(request)
            guard case .bytes(let bytes) = response.body else { return silence }
            // Every head is longer than 80 bytes (status line, Date, Content-Length), so this always leaves some of the answer out.
            response.body = .cut(after: 40 + bytes.count / 2, of: bytes)
            return response
        case .status:
            return statusAnswer
        case .afterStatus:
            _ = try await work(request)
            return statusAnswer
        case .html:
            let page: HTML = "<!doctype html><title>Wi-Fi</title><p>Vui lòng đăng nhập mạng Wi-Fi để tiếp tục.</p>"
            return page.response()
        case .garbage:
            return .content("{\"status\": \"ok\", \"id\": ", type: "application/json")
        case .slow:
            try await Task.sleep(for: .milliseconds(delayMs ?? 1000))
            return try await work(request)
        case .cutBody:
            let length = request.headers["Content-Length"].flatMap { Int($0) } ?? 0
            var part = request
            part.body = request.body.breaking(after: length * (percent ?? 50) / 100)
            // The work fails for want of its body; whatever it says, nobody hears it.
            _ = try? await work(part)
            return silence
        case .wrongETag:
            var response = try await work(request)
            if response.headers["ETag"] != nil { response.headers["ETag"] = "\"never-made\"" }
            return response
        }
    }

    private var statusAnswer: HTTPResponse {
        let headers = retryAfter.map { [("Retry-After", String($0))] } ?? []
        return Refusal(
            .scripted, status ?? 503, "A scripted fault", detail: "The trainer asked for this answer.", headers: headers
        ).response
    }
}
