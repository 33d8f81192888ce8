internal import FoundationEssentials
internal import HTTPServing
internal import JSONTree
internal import PortalWire

/// A refusal of the contract: a problem document (RFC 9457) thrown from wherever the reason is found.
struct Refusal: HTTPResponseError {
    let response: HTTPResponse

    /// A refusal with a problem document.
    init(_ problem: Problem, headers: [(String, String)] = []) {
        // A Problem holds texts and numbers only; writing it as JSON cannot fail.
        let body = (try? JSONText.encode(problem)) ?? Data()
        var response = HTTPResponse.json(body, status: problem.status ?? 500, type: "application/problem+json")
        for (name, value) in headers { response.headers.add(name, value) }
        self.response = response
    }

    /// A refusal without lists.
    init(_ code: ProblemCode, _ status: Int, _ title: String, detail: String, headers: [(String, String)] = []) {
        self.init(Problem(code: code, title: title, status: status, detail: detail), headers: headers)
    }

    /// 404: nothing is here, or nothing that this kiosk may see.
    static func notFound(_ what: String) -> Refusal {
        Refusal(.notFound, 404, "Not found", detail: "There is no such \(what) of this kiosk.")
    }

    /// 400: the request cannot be read.
    static func malformed(_ detail: String) -> Refusal {
        Refusal(.malformed, 400, "The request is malformed", detail: detail)
    }

    /// 422 `dossier-rejected`.
    static func rejected(_ errors: [Problem.FieldFault]) -> Refusal {
        Refusal(
            Problem(
                code: .dossierRejected, title: "Hồ sơ bị trả lại", status: 422,
                detail: "Hồ sơ có \(errors.count) chỗ chưa đúng.", errors: errors))
    }

    /// An answer of the server's own, such as 404 of the router, as a problem document.
    static func problem(of response: HTTPResponse) -> HTTPResponse {
        guard response.status >= 400, response.headers["Content-Type"]?.hasPrefix("text/plain") == true,
            case .bytes(let bytes) = response.body
        else { return response }
        let detail = String(decoding: bytes, as: UTF8.self).split(separator: "\n").joined(separator: " ")
        let kept = response.headers.fields.filter { $0.name != "Content-Type" }.map { ($0.name, $0.value) }
        return Refusal(.refused, response.status, "The request is refused", detail: detail, headers: kept).response
    }
}

extension ProblemCode {
    /// 400: the request cannot be read.
    static let malformed = ProblemCode(rawValue: "malformed")
    /// 404.
    static let notFound = ProblemCode(rawValue: "not-found")
    /// Refused by the server before any rule of the contract was looked at.
    static let refused = ProblemCode(rawValue: "request-refused")
    /// 401.
    static let unauthorized = ProblemCode(rawValue: "unauthorized")
    /// 412.
    static let preconditionFailed = ProblemCode(rawValue: "precondition-failed")
    /// 428.
    static let preconditionRequired = ProblemCode(rawValue: "precondition-required")
    /// 429.
    static let tooManyRequests = ProblemCode(rawValue: "too-many-requests")
    /// 410 of the changes feed.
    static let cursorUnknown = ProblemCode(rawValue: "cursor-unknown")
    /// An answer that a scripted fault gave.
    static let scripted = ProblemCode(rawValue: "scripted-fault")
}

extension HTTPResponse {
    /// A message of the contract as JSON.
    static func message(_ value: some Encodable, status: Int = 200) throws -> HTTPResponse {
        .json(try JSONText.encode(value), status: status)
    }
}
