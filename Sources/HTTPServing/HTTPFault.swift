/// A request that is refused before any handler sees it, with the status that says why.
public struct HTTPFault: Error, Equatable, Sendable {
    /// The status of the answer.
    public let status: Int
    /// A sentence for the answer's body.
    public let reason: String

    /// A refusal.
    public init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }
}

/// An error that knows how to be answered.
///
/// Any other error that a handler throws becomes a bare 500.
public protocol HTTPResponseError: Error {
    /// The answer.
    var response: HTTPResponse { get }
}

extension HTTPFault: HTTPResponseError {
    /// The status with the reason as plain text.
    public var response: HTTPResponse {
        HTTPResponse.text(reason + "\n", status: status)
    }
}
